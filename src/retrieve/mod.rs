//! From a question to ranked passages: both indexes at once, fusion, the join with the store, near-duplicates folded.
//!
//! How the ranking is made, and why:
//!
//! - The scores of both indexes are brought to one scale and added ([`fuse()`]). Meaning weighs 0.4 where the embedder
//!   knows the question's language and nothing where it does not, since its vectors say nothing there.
//! - The first passages are then ranked again by their best sentence: a passage whose *one* sentence holds most of the
//!   question answers it better than one over which the words are scattered.
//! - What the store does not show is dropped, however high it stands: the indexes are never believed alone.

mod below;
mod embedders;
mod fold;
mod fuse;
mod method;
mod rank;

#[cfg(test)]
pub(crate) mod shelf;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::{
    Action, Language, NewEntry, PassageId, Question, Revision, Scope, ScoredPassage, SearchFilter, Shown,
    Staff, Standing,
};
use crate::embed::{EmbedError, Embedder};
use crate::index::analysis::codes;
use crate::index::coverage::QuestionTerms;
use crate::index::{CurrentVectors, IndexError, LexicalIndex, VectorIndex};
use crate::store::{Store, StoreError, VisiblePassage};

pub use embedders::QuestionEmbedders;
pub use fold::Fingerprint;
pub use fuse::{Fused, Hit, fuse};
pub use method::{Method, UnknownMethod};
use rank::{SENTENCE_DEPTH, fold_duplicates, rank_by_sentences};

/// The share of meaning beside words: the best, or within a quarter point of the best, on every set tried.
const DENSE_WEIGHT: f32 = 0.4;
/// Hits asked of each index, at least.
const LEAST_HITS: usize = 100;
/// Hits asked of each index where some of them will be left out, for their age or their folder.
const HITS_OF_ALL: usize = 1_000;

/// Why nothing could be retrieved.
#[derive(Debug, thiserror::Error)]
pub enum RetrieveError {
    /// An index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The question could not be embedded.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The process is shutting down.
    #[error("the search was interrupted because the server is stopping")]
    Interrupted,
}

/// What a question found, with what was learned about the question on the way.
#[derive(Clone)]
pub struct Retrieved {
    /// Best first.
    pub passages: Vec<ScoredPassage>,
    /// The question's terms and how rare each is.
    pub terms: QuestionTerms,
    /// The question's meaning, where the embedder knows its language.
    pub meaning: Option<Meaning>,
}

/// The vector of a question.
#[derive(Clone)]
pub struct Meaning {
    /// The vector.
    pub vector: Vec<f32>,
    /// What made it, and can make others that compare with it.
    pub embedder: Arc<dyn Embedder>,
}

/// Finds passages. Cheap to clone; reads only.
#[derive(Clone)]
pub struct Retriever {
    store: Store,
    lexical: LexicalIndex,
    vectors: CurrentVectors,
    embedders: QuestionEmbedders,
}

impl Retriever {
    /// A retriever over the store and both indexes.
    pub fn new(
        store: Store,
        lexical: LexicalIndex,
        vectors: CurrentVectors,
        embedders: QuestionEmbedders,
    ) -> Self {
        Self {
            store,
            lexical,
            vectors,
            embedders,
        }
    }

    /// The embedder of questions, where it knows `language`.
    pub fn embedder_for(&self, language: Language) -> Option<Arc<dyn Embedder>> {
        let (embedder, _) = self.embedders.in_force(&self.vectors);
        embedder.knows(language).then_some(embedder)
    }

    /// Notes in the audit log that `staff` searched and was shown these passages. What is found while somebody types is
    /// one row once it stands.
    pub fn shown<'found>(
        &self,
        staff: &Staff,
        question: &Question,
        passages: impl IntoIterator<Item = &'found ScoredPassage>,
        typing: bool,
    ) {
        let passages = passages.into_iter();
        let shown = Shown::of(passages.map(|found| (&found.passage, found.path.as_str())));
        let entry = NewEntry::of(staff, Action::Searched, question.as_str()).showing(shown);
        if typing {
            self.store.record_once_settled(entry);
        } else {
            self.store.record_later(entry);
        }
    }

    /// The best `limit` passages that `filter` allows, of those that `staff` may read; best first. What of them is shown
    /// is to be noted with [`Retriever::shown`].
    pub async fn retrieve(
        &self,
        staff: &Staff,
        question: &Question,
        filter: &SearchFilter,
        method: Method,
        limit: usize,
    ) -> Result<Vec<ScoredPassage>, RetrieveError> {
        Ok(self
            .gather(staff, question, filter, method, limit)
            .await?
            .passages)
    }

    /// What a person who searches is shown, best first: a code that is typed whole comes first, and of the last word its
    /// beginning is enough.
    pub async fn search(
        &self,
        staff: &Staff,
        query: &Question,
        filter: &SearchFilter,
        limit: usize,
    ) -> Result<Vec<ScoredPassage>, RetrieveError> {
        let found = self
            .find(staff, query, filter, Method::Hybrid, limit, true)
            .await?;
        let mut passages = found.passages;
        let asked = codes(query.as_str());
        if !asked.is_empty() {
            // A stable sort: among those that hold all codes, and among the others, the ranking stays.
            passages.sort_by_key(|found| {
                let held = codes(&found.passage.text);
                !asked.iter().all(|code| held.contains(code))
            });
        }
        Ok(passages)
    }

    /// Like [`Retriever::retrieve`], with what an answer is made from besides.
    pub async fn gather(
        &self,
        staff: &Staff,
        question: &Question,
        filter: &SearchFilter,
        method: Method,
        limit: usize,
    ) -> Result<Retrieved, RetrieveError> {
        self.find(staff, question, filter, method, limit, false).await
    }

    async fn find(
        &self,
        staff: &Staff,
        question: &Question,
        filter: &SearchFilter,
        method: Method,
        limit: usize,
        typing: bool,
    ) -> Result<Retrieved, RetrieveError> {
        let scope = self.scope(staff, filter).await?;
        let narrower = scope.is_narrower_than_indexes()
            || (!filter.all_revisions && self.store.has_old_revisions().await?);
        let hits = if narrower {
            HITS_OF_ALL
        } else {
            LEAST_HITS.max(2 * limit)
        };
        let (embedder, index) = self.embedders.in_force(&self.vectors);
        let known = embedder.knows(question.language());
        let asks_meaning = method == Method::Dense || (method == Method::Hybrid && known);
        let (words, meaning) = tokio::join!(
            self.by_words(
                question,
                &scope,
                if method == Method::Dense { 0 } else { hits },
                typing
            ),
            async {
                if asks_meaning {
                    by_meaning(&*embedder, index, question, &scope, hits).await
                } else {
                    Ok((None, Vec::new()))
                }
            },
        );
        let (terms, lexical) = words?;
        let (vector, dense, dense_weight) = match (meaning, method) {
            (Ok((vector, dense)), Method::Hybrid) if known => (vector, dense, DENSE_WEIGHT),
            (Ok((vector, dense)), Method::Dense) => (vector, dense, 1.0),
            (Ok(_), _) => (None, Vec::new(), 0.0),
            (Err(error), Method::Dense) => return Err(error),
            // Words still find; a search that works by half is better than none.
            (Err(error), _) => {
                tracing::warn!(%error, "searched by words alone, since the search by meaning failed");
                (None, Vec::new(), 0.0)
            }
        };
        let mut passages = self
            .visible(staff, filter, &fuse(&lexical, &dense, dense_weight), limit)
            .await?;
        if method == Method::Hybrid {
            rank_by_sentences(&mut passages, &terms);
            passages = fold_duplicates(passages, limit);
        }
        passages.truncate(limit);
        Ok(Retrieved {
            passages,
            terms,
            meaning: vector
                .filter(|_| known)
                .map(|vector| Meaning { vector, embedder }),
        })
    }

    async fn by_words(
        &self,
        question: &Question,
        scope: &Scope,
        limit: usize,
        typing: bool,
    ) -> Result<(QuestionTerms, Vec<Hit>), RetrieveError> {
        let (index, question, scope) = (self.lexical.clone(), question.clone(), scope.clone());
        let search = move || {
            let text = question.as_str();
            let hits = if typing {
                index.search_typed(text, &scope, limit)?
            } else {
                index.search(text, &scope, limit)?
            };
            Ok::<_, IndexError>((QuestionTerms::of(&question, &index)?, hits))
        };
        let (terms, hits) = tokio::task::spawn_blocking(search)
            .await
            .map_err(|_| RetrieveError::Interrupted)??;
        Ok((
            terms,
            hits.into_iter()
                .map(|hit| Hit {
                    passage: hit.passage,
                    score: hit.score,
                })
                .collect(),
        ))
    }

    /// The first passages of the ranking that the store shows, that `staff` may read and that `filter` allows, whatever the
    /// indexes said; of controlled documents only the revision in force, unless all are asked for. Enough for `limit` after folding, if there are so many.
    async fn visible(
        &self,
        staff: &Staff,
        filter: &SearchFilter,
        ranking: &[Fused],
        limit: usize,
    ) -> Result<Vec<ScoredPassage>, RetrieveError> {
        let scope = Scope::of(filter, &staff.readable);
        let wanted = limit + SENTENCE_DEPTH;
        let mut found: Vec<ScoredPassage> = Vec::with_capacity(wanted);
        for some in ranking.chunks(wanted.max(1)) {
            let ids: Vec<PassageId> = some.iter().map(|fused| fused.passage).collect();
            let mut shown: HashMap<PassageId, (VisiblePassage, Option<Revision>)> =
                HashMap::with_capacity(ids.len());
            for mut visible in self.still_readable(staff, &ids).await? {
                let allowed = scope.allows(
                    &visible.collection,
                    visible.kind,
                    &visible.path,
                    visible.modified_ms,
                );
                let controlled = visible.controlled.take();
                let revision = controlled.map(|controlled| controlled.seen_by(&staff.readable));
                let holds = revision
                    .as_ref()
                    .is_none_or(|revision| revision.standing == Standing::InForce);
                if allowed && (holds || filter.all_revisions) {
                    shown.insert(visible.passage.id, (visible, revision));
                }
            }
            for fused in some {
                if let Some((visible, revision)) = shown.remove(&fused.passage) {
                    found.push(scored(visible, revision, fused));
                }
            }
            if found.len() >= wanted {
                break;
            }
        }
        Ok(found)
    }
}

/// The question's vector and the passages nearest to it; none where no index can be compared with it.
async fn by_meaning(
    embedder: &dyn Embedder,
    index: Option<Arc<VectorIndex>>,
    question: &Question,
    scope: &Scope,
    limit: usize,
) -> Result<(Option<Vec<f32>>, Vec<Hit>), RetrieveError> {
    let vector = embedder.embed_query(question.as_str()).await?;
    let hits = match index {
        Some(index) => index.search(&vector, scope, limit).await?,
        None => Vec::new(),
    };
    let hits = hits
        .into_iter()
        .map(|hit| Hit {
            passage: hit.passage,
            score: hit.similarity,
        })
        .collect();
    Ok((Some(vector), hits))
}

fn scored(visible: VisiblePassage, revision: Option<Revision>, fused: &Fused) -> ScoredPassage {
    ScoredPassage {
        passage: visible.passage,
        title: visible.title,
        path: visible.path,
        collection: visible.collection,
        kind: visible.kind,
        score: fused.score,
        lexical: fused.lexical,
        dense: fused.dense,
        revision,
    }
}
