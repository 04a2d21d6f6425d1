//! Verified answers: drafted from an answer or from nothing, kept with what they rest on, renewed, deleted.

use crate::answer::AnswerId;
use crate::domain::{
    Action, Collection, Inspector, PassageId, Question, RestsOn, ScoredPassage, SearchFilter, VerifiedId,
};
use crate::retrieve::Method;
use crate::store::{NewVerified, StoredVerified, VerifiedQuery, VerifiedSource, VisiblePassage};

use super::lines::{Typed, questions, statements, text_with_marks, typed};
use super::{ConcernGroupId, Review, ReviewError};

/// For how many months a verified answer may hold; the fourth is what is usual.
pub const MONTHS: [u32; 6] = [1, 3, 6, 12, 24, 36];
/// The twelfth part of a year.
const MONTH_MS: i64 = 365 * 24 * 3_600 * 1_000 / 12;

/// Passages to choose from.
pub const MOST_PASSAGES: usize = 40;
/// Passages that a search for more of them shows.
const FOUND: usize = 8;

/// A verified answer as an inspector writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// The questions that it answers, one a line.
    pub questions: String,
    /// Its sentences; a mark such as `[2]` cites the second of `passages`.
    pub text: String,
    /// The passages to choose from.
    pub passages: Vec<PassageId>,
    /// For how many months it is to hold.
    pub months: u32,
}

/// A draft with the passages that it may cite, as they are now.
#[derive(Debug, Clone)]
pub struct Drafted {
    /// The draft.
    pub draft: Draft,
    /// Its passages, in order.
    pub passages: Vec<VisiblePassage>,
}

/// Passages that a search found.
pub type Passages = Vec<ScoredPassage>;

/// A verified answer with what became of the documents that it rests on.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Verified {
    /// The answer and how it stands.
    #[serde(flatten)]
    pub stored: StoredVerified,
    /// What it rests on.
    pub sources: Vec<VerifiedSource>,
}

impl Review {
    /// A draft from an answer: its question, as it was understood where that tells of no other collections than those
    /// that are cited; its sentences with their marks, and the passages that it cites, as far as
    /// they still answer; of a refusal, the nearest passages.
    pub async fn draft_from_answer(
        &self,
        inspector: &Inspector,
        id: &AnswerId,
    ) -> Result<Drafted, ReviewError> {
        let answer = self.answerer.given(inspector, id).await?;
        let statements: Vec<Typed<'_>> = match &answer.written {
            Some(written) => written.statements.iter().map(typed).collect(),
            None => answer
                .quotes
                .iter()
                .map(|quote| (quote.text.replace('\n', " "), vec![&quote.citation]))
                .collect(),
        };
        let mut wanted: Vec<PassageId> = Vec::new();
        for citation in statements.iter().flat_map(|(_, citations)| citations) {
            if !wanted.contains(&citation.passage) {
                wanted.push(citation.passage);
            }
        }
        // What a refusal found nearest is there to choose from too.
        let looked = answer.passages.as_array().into_iter().flatten();
        for id in looked.filter_map(|passage| passage["id"].as_i64()) {
            if !wanted.contains(&PassageId(id)) {
                wanted.push(PassageId(id));
            }
        }
        let passages = self.readable_passages(inspector, &wanted).await?;
        let text = text_with_marks(&statements, &passages);
        // Words of the conversation before may tell of what not everybody may read who is going to be shown this.
        let cited: Vec<&Collection> = passages
            .iter()
            .filter(|passage| cites(&statements, passage.passage.id) || statements.is_empty())
            .map(|passage| &passage.collection)
            .collect();
        let shown = |before: &RestsOn| match before {
            RestsOn::Path(path) => cited.contains(&&Collection::of_path(path)),
            RestsOn::Collection(collection) => cited.contains(&collection),
            RestsOn::Document(_) => true,
        };
        let understood = answer
            .understood
            .filter(|_| answer.leans_on.is_some_and(|before| before.iter().all(shown)));
        let question = understood.unwrap_or(answer.question);
        Ok(Drafted {
            draft: draft(question, text, &passages, 12),
            passages,
        })
    }

    /// A draft from a verified answer, to verify it against the text as it is now: where a document has changed, the
    /// passages that come nearest to what was cited take the place of the old ones.
    pub async fn draft_from_verified(
        &self,
        inspector: &Inspector,
        id: VerifiedId,
    ) -> Result<Drafted, ReviewError> {
        let stored = self.stored(inspector, id).await?;
        let statements: Vec<Typed<'_>> = stored.answer.statements.iter().map(typed).collect();
        let cited: Vec<PassageId> = statements
            .iter()
            .flat_map(|(_, citations)| citations.iter().map(|citation| citation.passage))
            .collect();
        let mut passages = self.readable_passages(inspector, &cited).await?;
        let mut known = passages.len();
        for citation in statements.iter().flat_map(|(_, citations)| citations) {
            if passages
                .iter()
                .any(|passage| passage.passage.id == citation.passage)
            {
                continue;
            }
            let Ok(question) = Question::parse(&citation.quote) else {
                continue;
            };
            let found = self.search(inspector, &question).await?;
            let near: Vec<PassageId> = found.iter().take(3).map(|found| found.passage.id).collect();
            for near in self.readable_passages(inspector, &near).await? {
                if !passages
                    .iter()
                    .any(|passage| passage.passage.id == near.passage.id)
                {
                    passages.push(near);
                }
            }
            known += 1;
            if known > MOST_PASSAGES {
                break;
            }
        }
        passages.truncate(MOST_PASSAGES);
        let text = text_with_marks(&statements, &passages);
        let questions = stored.answer.questions.join("\n");
        Ok(Drafted {
            draft: draft(questions, text, &passages, 12),
            passages,
        })
    }

    /// A draft that was sent back, with the passages of it that still answer and may be read.
    pub async fn draft(&self, inspector: &Inspector, draft: Draft) -> Result<Drafted, ReviewError> {
        let passages = self.readable_passages(inspector, &draft.passages).await?;
        Ok(Drafted { draft, passages })
    }

    /// Passages to cite, found by words and meaning.
    pub async fn passages(&self, inspector: &Inspector, query: &str) -> Result<Passages, ReviewError> {
        let query = Question::parse(query)?;
        let found = self.search(inspector, &query).await?;
        self.retriever.shown(inspector, &query, &found, false);
        Ok(found)
    }

    /// Keeps a verified answer, in the place of `id` where that is given; whoever keeps it stands for it. The open
    /// concerns of `group` that the inspector may read are done with.
    pub async fn verify(
        &self,
        inspector: &Inspector,
        id: Option<VerifiedId>,
        draft: &Draft,
        group: Option<ConcernGroupId>,
    ) -> Result<VerifiedId, ReviewError> {
        if let Some(id) = id {
            self.stored(inspector, id).await?;
        }
        let questions = questions(&draft.questions)?;
        let passages = self.readable_passages(inspector, &draft.passages).await?;
        let statements = statements(draft, &passages)?;
        if !MONTHS.contains(&draft.months) {
            return Err(ReviewError::Months);
        }
        let new = NewVerified {
            questions: &questions,
            statements: &statements,
            owner: inspector.id,
            owner_name: &inspector.name,
            expires_ms: chrono::Utc::now().timestamp_millis() + i64::from(draft.months) * MONTH_MS,
        };
        let kept = self.store.keep_verified(id, &new).await?;
        if let Some(group) = group {
            self.store.settle_concerns(group, &inspector.readable).await?;
        }
        let kept = kept.ok_or(ReviewError::NotFound)?;
        self.note(inspector, Action::Verified, &questions[0], kept);
        Ok(kept)
    }

    /// A verified answer whose documents may all be read.
    pub async fn verified(&self, inspector: &Inspector, id: VerifiedId) -> Result<Verified, ReviewError> {
        let stored = self.stored(inspector, id).await?;
        let sources = self.store.verified_sources(id, &inspector.readable).await?;
        Ok(Verified { stored, sources })
    }

    /// One page of the verified answers whose documents may be read, those that are not in force first, and how many
    /// there are.
    pub async fn list_verified(
        &self,
        inspector: &Inspector,
        query: &VerifiedQuery<'_>,
    ) -> Result<(Vec<StoredVerified>, u64), ReviewError> {
        Ok(self.store.verified_page(query, &inspector.readable).await?)
    }

    /// How many verified answers stand how, in the order of [`VerifiedState::ALL`](crate::domain::VerifiedState::ALL).
    pub async fn count_verified(&self, inspector: &Inspector) -> Result<[u32; 3], ReviewError> {
        Ok(self.store.verified_counts(&inspector.readable).await?)
    }

    /// Deletes a verified answer.
    pub async fn delete_verified(&self, inspector: &Inspector, id: VerifiedId) -> Result<(), ReviewError> {
        let stored = self.stored(inspector, id).await?;
        self.store.delete_verified(id).await?;
        self.note(inspector, Action::VerifiedDeleted, stored.answer.question(), id);
        Ok(())
    }

    async fn stored(&self, inspector: &Inspector, id: VerifiedId) -> Result<StoredVerified, ReviewError> {
        let found = self.store.verified(id, &inspector.readable).await?;
        found.ok_or(ReviewError::NotFound)
    }

    async fn search(&self, inspector: &Inspector, question: &Question) -> Result<Passages, ReviewError> {
        let filter = SearchFilter::default();
        Ok(self
            .retriever
            .retrieve(inspector, question, &filter, Method::Hybrid, FOUND)
            .await?)
    }

    /// Those of the passages that answer and may be read, in the order in which they are asked for.
    async fn readable_passages(
        &self,
        inspector: &Inspector,
        ids: &[PassageId],
    ) -> Result<Vec<VisiblePassage>, ReviewError> {
        let ids = &ids[..ids.len().min(MOST_PASSAGES)];
        let mut found = self.store.passages_visible(ids).await?;
        found.retain(|found| inspector.readable.allows(&found.path));
        found.sort_by_key(|found| ids.iter().position(|id| *id == found.passage.id));
        Ok(found)
    }
}

fn cites(statements: &[Typed<'_>], passage: PassageId) -> bool {
    let mut citations = statements.iter().flat_map(|(_, citations)| citations);
    citations.any(|citation| citation.passage == passage)
}

fn draft(questions: String, text: String, passages: &[VisiblePassage], months: u32) -> Draft {
    Draft {
        questions,
        text,
        passages: passages.iter().map(|passage| passage.passage.id).collect(),
        months,
    }
}
