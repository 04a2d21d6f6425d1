//! From a question to an answer whose every sentence points at its place, or to a plain refusal.
//!
//! The way of a question: retrieve, weigh every sentence of the best passages, refuse if the best of them is too weak
//! ([`calibration`]), else let the generator write, then keep the answer as it was given.

pub mod calibration;
mod excerpts;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Instant;

use futures::Stream;
use futures::stream::try_unfold;
use serde::Serialize;

use crate::domain::{Answer, AnswerEvent, Question, Quote, ScoredPassage, SearchFilter, Verdict};
use crate::embed::EmbedError;
use crate::generate::{Brief, Evidence, Generator, candidates};
use crate::retrieve::{Method, RetrieveError, Retrieved, Retriever};
use crate::store::{AnswerId, Store, StoreError};

/// How many passages an answer looks at; the first few of them are read sentence by sentence.
const LOOKED_AT: usize = 8;

/// Why there is no answer, not even a refusal.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// Nothing could be retrieved.
    #[error(transparent)]
    Retrieve(#[from] RetrieveError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Sentences could not be compared.
    #[error(transparent)]
    Embed(#[from] EmbedError),
}

/// An answer that was given, and the name under which it was kept. Reads like the answer itself.
#[derive(Debug, Clone, Serialize)]
pub struct Given {
    /// The answer.
    #[serde(flatten)]
    pub answer: Answer,
    /// Its name in the store; nothing if it could not be kept.
    pub id: Option<AnswerId>,
}

impl Deref for Given {
    type Target = Answer;

    fn deref(&self) -> &Answer {
        &self.answer
    }
}

/// What is known about a question before anything is said.
#[derive(Debug, Clone)]
pub struct Considered {
    /// What was retrieved, best first.
    pub passages: Vec<ScoredPassage>,
    /// What an answer would be written from.
    pub brief: Brief,
    /// The evidence of the best sentence; nothing where nothing was found.
    pub evidence: Option<Evidence>,
    /// Its strength, 0 to 1.
    pub strength: f32,
}

impl Considered {
    /// Whether the evidence is strong enough.
    pub fn verdict(&self) -> Verdict {
        if self.evidence.is_some() && self.strength >= calibration::THRESHOLD {
            Verdict::Answered
        } else {
            Verdict::Refused
        }
    }
}

/// Answers questions. Cheap to clone.
#[derive(Clone)]
pub struct Answerer {
    store: Store,
    retriever: Retriever,
    generator: Arc<dyn Generator>,
}

impl Answerer {
    /// An answerer that lets `generator` write.
    pub fn new(store: Store, retriever: Retriever, generator: Arc<dyn Generator>) -> Self {
        Self {
            store,
            retriever,
            generator,
        }
    }

    /// The answer, event by event: passages, sentences, the end. Dropping the stream gives up what is being done.
    pub fn ask(
        &self,
        question: Question,
        filter: SearchFilter,
    ) -> impl Stream<Item = Result<AnswerEvent, AnswerError>> + Send + use<> {
        let begin = Step::Retrieve {
            answerer: self.clone(),
            question,
            filter,
            started: Instant::now(),
        };
        try_unfold(begin, Step::next)
    }

    /// The whole answer.
    pub async fn answer(&self, question: &Question, filter: &SearchFilter) -> Result<Given, AnswerError> {
        let started = Instant::now();
        let considered = self.consider(question, filter, Method::Hybrid).await?;
        Ok(self.give(question, considered, started).await)
    }

    /// Everything up to the point where something would be said; nothing is kept.
    pub async fn consider(
        &self,
        question: &Question,
        filter: &SearchFilter,
        method: Method,
    ) -> Result<Considered, AnswerError> {
        let retrieved = self.retriever.gather(question, filter, method, LOOKED_AT).await?;
        self.weigh(question, retrieved).await
    }

    /// What the generator writes, whether or not the evidence is strong enough.
    pub fn write(&self, considered: &Considered) -> Vec<Quote> {
        self.generator.write(&considered.brief)
    }

    async fn weigh(&self, question: &Question, retrieved: Retrieved) -> Result<Considered, AnswerError> {
        let Retrieved {
            passages,
            terms,
            meaning,
        } = retrieved;
        let excerpts = excerpts::read(&self.store, &passages).await?;
        let meaning = meaning
            .as_ref()
            .map(|meaning| (meaning.vector.as_slice(), meaning.embedder.as_ref()));
        let candidates = candidates(question, &terms, meaning, &excerpts).await?;
        let evidence = candidates.first().map(|best| best.evidence);
        let strength = evidence.map_or(0.0, |evidence| {
            calibration::strength(&evidence, question.language())
        });
        let brief = Brief {
            question: question.clone(),
            excerpts,
            candidates,
        };
        Ok(Considered {
            passages,
            brief,
            evidence,
            strength,
        })
    }

    async fn give(&self, question: &Question, considered: Considered, started: Instant) -> Given {
        let verdict = considered.verdict();
        let quotes = match verdict {
            Verdict::Answered => self.write(&considered),
            Verdict::Refused => Vec::new(),
        };
        let answer = Answer {
            verdict,
            quotes,
            evidence: considered.strength,
            passages: considered.passages,
            generator: self.generator.name().to_owned(),
            duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        let id = match self.store.record_answer(question, &answer).await {
            Ok(id) => Some(id),
            // Whoever asked shall have the answer all the same.
            Err(error) => {
                tracing::warn!(%error, "an answer was given but could not be kept");
                None
            }
        };
        Given { answer, id }
    }
}

/// How far a streamed answer has come.
enum Step {
    Retrieve {
        answerer: Answerer,
        question: Question,
        filter: SearchFilter,
        started: Instant,
    },
    Weigh {
        answerer: Answerer,
        question: Question,
        retrieved: Box<Retrieved>,
        started: Instant,
    },
    Say(VecDeque<AnswerEvent>),
}

impl Step {
    async fn next(self) -> Result<Option<(AnswerEvent, Self)>, AnswerError> {
        match self {
            Self::Retrieve {
                answerer,
                question,
                filter,
                started,
            } => {
                let retrieved = Box::new(
                    answerer
                        .retriever
                        .gather(&question, &filter, Method::Hybrid, LOOKED_AT)
                        .await?,
                );
                let event = AnswerEvent::Passages {
                    passages: retrieved.passages.clone(),
                };
                Ok(Some((
                    event,
                    Self::Weigh {
                        answerer,
                        question,
                        retrieved,
                        started,
                    },
                )))
            }
            Self::Weigh {
                answerer,
                question,
                retrieved,
                started,
            } => {
                let considered = answerer.weigh(&question, *retrieved).await?;
                let Given { answer, id } = answerer.give(&question, considered, started).await;
                let Answer {
                    verdict,
                    quotes,
                    evidence,
                    generator,
                    duration_ms,
                    ..
                } = answer;
                let mut events: VecDeque<_> = quotes
                    .into_iter()
                    .map(|quote| AnswerEvent::Sentence { quote })
                    .collect();
                events.push_back(AnswerEvent::Done {
                    verdict,
                    evidence,
                    generator,
                    duration_ms,
                    id: id.map(|id| id.to_string()),
                });
                Ok(Self::say(events))
            }
            Self::Say(events) => Ok(Self::say(events)),
        }
    }

    fn say(mut events: VecDeque<AnswerEvent>) -> Option<(AnswerEvent, Self)> {
        events.pop_front().map(|event| (event, Self::Say(events)))
    }
}
