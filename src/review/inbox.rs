//! The inbox: what was refused, disliked or poorly supported, put together by question, and verified answers that are
//! not in force any more.

use serde::Serialize;

use super::grouping::Compared;
use super::{
    Concern, ConcernGroupId, InboxGroup, InboxQuery, MissingDocument, Review, ReviewError, Verified,
};
use crate::domain::{Action, Administrator, Inspector, Language, bounded};
use crate::store::{Grouping, NewConcern};

/// Concerns that one request compares with the groups: what is left over comes with the next one.
const TAKEN_AT_ONCE: u32 = 50;
/// Groups that a question is compared with, the newest ones.
const COMPARED: u32 = 1_000;
/// Concerns of a group that are shown.
const SHOWN: u32 = 20;
/// Verified answers out of force that are shown above the groups.
const WAITING: u32 = 20;
/// The longest note on a document that is missing, in characters.
const LONGEST: usize = 500;

/// A page of the inbox.
#[derive(Debug, Clone, Serialize)]
pub struct Inbox {
    /// Verified answers of the inspector, or of somebody who cannot be told, that are not in force any more.
    pub waiting: Vec<Verified>,
    /// Groups of questions.
    pub groups: Vec<InboxGroup>,
    /// How many groups there are in all.
    pub total: u64,
}

/// A group of questions.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// Names it.
    pub id: ConcernGroupId,
    /// Its open concerns, the newest first.
    pub concerns: Vec<Concern>,
    /// Which document is missing, if an inspector said so.
    pub missing: Option<MissingDocument>,
}

impl Review {
    /// One page of the inbox.
    pub async fn inbox(&self, inspector: &Inspector, query: InboxQuery) -> Result<Inbox, ReviewError> {
        self.take_in().await?;
        let readable = &inspector.readable;
        let stored = self
            .store
            .verified_waiting(inspector.id, readable, WAITING)
            .await?;
        let mut waiting = Vec::with_capacity(stored.len());
        for stored in stored {
            let sources = self.store.verified_sources(stored.answer.id, readable).await?;
            waiting.push(Verified { stored, sources });
        }
        let (groups, total) = self.store.inbox_page(query, readable).await?;
        Ok(Inbox {
            waiting,
            groups,
            total,
        })
    }

    /// How many things wait in the inbox.
    pub async fn count_inbox(&self, inspector: &Inspector) -> Result<u64, ReviewError> {
        self.take_in().await?;
        let readable = &inspector.readable;
        let waiting = self
            .store
            .verified_waiting(inspector.id, readable, WAITING)
            .await?;
        let (_, groups) = self.store.inbox_page(InboxQuery::default(), readable).await?;
        Ok(groups + waiting.len() as u64)
    }

    /// A group with its open concerns; nothing of it where there are none that may be read.
    pub async fn group(&self, inspector: &Inspector, id: ConcernGroupId) -> Result<Group, ReviewError> {
        let (mut concerns, hidden) = self.store.concerns_of(id, &inspector.readable, SHOWN).await?;
        if concerns.is_empty() {
            return Err(ReviewError::NotFound);
        }
        if !self.show_askers {
            for concern in &mut concerns {
                concern.asker = None;
            }
        }
        // The note may tell of what only others may read.
        let missing = self.store.missing_of(id).await?;
        let missing = missing.filter(|missing| !hidden || missing.person == inspector.id);
        Ok(Group {
            id,
            concerns,
            missing,
        })
    }

    /// Whoever looks is done with the open concerns of a group that they may read.
    pub async fn dismiss(&self, inspector: &Inspector, id: ConcernGroupId) -> Result<(), ReviewError> {
        let (concerns, _) = self.store.concerns_of(id, &inspector.readable, 1).await?;
        if self.store.settle_concerns(id, &inspector.readable).await? == 0 {
            return Err(ReviewError::NotFound);
        }
        let question = concerns.first().map_or("", |concern| concern.question.as_str());
        self.note(inspector, Action::ConcernSettled, question, id.0);
        Ok(())
    }

    /// Notes which document would answer a group; an empty text takes the note back.
    pub async fn name_missing(
        &self,
        inspector: &Inspector,
        id: ConcernGroupId,
        text: &str,
    ) -> Result<(), ReviewError> {
        self.group(inspector, id).await?;
        let text = bounded(text, LONGEST)?;
        self.store
            .name_missing(id, &text, inspector.id, &inspector.name)
            .await?;
        let action = match text.is_empty() {
            true => Action::MissingEnded,
            false => Action::MissingNamed,
        };
        self.note(inspector, action, &text, id.0);
        Ok(())
    }

    /// One page of the documents that inspectors say are missing, and how many there are.
    pub async fn missing_documents(
        &self,
        _administrator: &Administrator,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<MissingDocument>, u64), ReviewError> {
        Ok(self.store.missing_documents(offset, limit).await?)
    }

    /// A document that was missing is there now, or will not come: the note on it goes.
    pub async fn end_missing(
        &self,
        administrator: &Administrator,
        id: ConcernGroupId,
    ) -> Result<(), ReviewError> {
        let missing = self.store.missing_of(id).await?;
        if !self.store.name_missing(id, "", None, "").await? {
            return Err(ReviewError::NotFound);
        }
        let text = missing.map(|missing| missing.missing).unwrap_or_default();
        self.note(administrator, Action::MissingEnded, &text, id.0);
        Ok(())
    }

    /// Puts new concerns into groups.
    async fn take_in(&self) -> Result<(), ReviewError> {
        let new = self.store.concerns_to_group(TAKEN_AT_ONCE).await?;
        for language in [Language::English, Language::Chinese] {
            let of_language = |new: &&NewConcern| Language::of(&new.question) == language;
            let some: Vec<&NewConcern> = new.iter().filter(of_language).collect();
            if !some.is_empty() {
                self.take_in_of(language, &some).await?;
            }
        }
        Ok(())
    }

    async fn take_in_of(&self, language: Language, new: &[&NewConcern]) -> Result<(), ReviewError> {
        let embedder = self.retriever.embedder_for(language);
        let model = embedder.as_ref().map(|embedder| embedder.fingerprint());
        let known = self.store.concern_groups(model, COMPARED).await?;
        let mut ids: Vec<ConcernGroupId> = known.iter().map(|group| group.id).collect();
        let mut groups: Vec<Compared> = known
            .into_iter()
            .map(|group| Compared::new(&group.question, group.vector))
            .collect();
        for concern in new {
            let vector = match &embedder {
                Some(embedder) => Some(embedder.embed_query(&concern.question).await?),
                None => None,
            };
            let compared = Compared::new(&concern.question, vector.clone());
            let near = compared.nearest(&groups);
            let grouping = match near {
                Some(place) => Grouping::Known(ids[place]),
                None => Grouping::New {
                    question: &concern.question,
                    vector: model.zip(vector.as_deref()),
                },
            };
            let id = self.store.group_concern(&concern.answer, grouping).await?;
            if near.is_none() {
                ids.push(id);
                groups.push(compared);
            }
        }
        Ok(())
    }
}
