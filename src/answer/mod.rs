//! From a question to an answer whose every sentence points at its place, or to a plain refusal.
//!
//! The way of a question: make it stand alone if it follows another one (`followup`), look whether an inspector has
//! answered it (`recall`), retrieve, weigh every sentence of
//! the best passages, refuse if the best of them is too weak ([`calibration`]), quote the best. Where a language model is
//! in use it then writes (`writing`): from a `prompt` of numbered passages, its marks read by `cite`, each sentence
//! checked by `verify`. Quotes are there in any case. What was given is kept as it was given.

pub mod calibration;
mod cite;
mod clauses;
mod denial;
mod excerpts;
mod figures;
mod flow;
mod followup;
mod history;
mod mixed;
mod prompt;
mod quantities;
mod recall;
mod rounds;
mod same;
mod signs;
mod speaker;
mod suggest;
mod terms;
mod trail;
mod transcripts;
mod verify;
mod writing;

#[cfg(test)]
mod tests;

use std::ops::Deref;

use futures::channel::{mpsc, oneshot};
use futures::future::{self, Either};
use futures::{Stream, StreamExt};
use serde::{Deserialize, Serialize};

use crate::domain::{
    Action, Answer, AnswerEvent, NewEntry, Question, Readable, ScoredPassage, SearchFilter, Staff, Unwritten,
    Verdict, Written,
};
use crate::embed::EmbedError;
use crate::generate::{Brief, Evidence, candidates};
use crate::retrieve::{Method, RetrieveError, Retrieved, Retriever};
use crate::store::{Store, StoreError};

use speaker::{Speaker, Stops};
use suggest::FrequentQuestions;
use transcripts::Transcripts;
use writing::Outcome;

/// What the rooms below call these things is what they are called here.
pub use crate::generate::{Condition, QUOTES, Route};
pub use crate::store::{AnswerId, Conversation, StoredAnswer};
pub use cite::{Marked, marked};
pub use same::{Essence, Likeness};
pub use suggest::Suggestion;

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
    /// There is no such answer, or it rests on documents that whoever asks may not read.
    #[error("there is no such answer")]
    NotFound,
    /// A language model was to write, and none is in use.
    #[error("no language model is in use: see `gemba models list`, or ask for quotes")]
    NoModel,
    /// A language model was to write, and cannot.
    #[error("the language model cannot write this answer: {}", reason(*.0))]
    Unwritten(Unwritten),
}

fn reason(unwritten: Unwritten) -> &'static str {
    match unwritten {
        Unwritten::Busy => "it is busy, try again",
        Unwritten::Loading => "it is being loaded, try again",
        Unwritten::Language => "it does not write the language of the question",
        Unwritten::Window => {
            "not one passage fits into its window; give it more context in the configuration"
        }
        Unwritten::Failed => "it failed, and the log says how",
        Unwritten::Stopped => "it was stopped",
    }
}

/// Who is to write an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WrittenBy {
    /// The language model where one is in use and can, and the documents themselves in any case.
    #[default]
    Best,
    /// Nobody: the documents' own sentences are enough.
    Quotes,
    /// The language model or nobody: it is an error if it cannot.
    Model,
}

/// What somebody asks.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The question.
    pub question: Question,
    /// Which documents may answer.
    pub filter: SearchFilter,
    /// The answer that was read when the question was put; a question that leans on it is understood with it.
    pub follows: Option<AnswerId>,
    /// Who is to write.
    pub by: WrittenBy,
}

impl Ask {
    /// Asks all documents, with nothing before.
    pub fn new(question: Question) -> Self {
        Self {
            question,
            filter: SearchFilter::default(),
            follows: None,
            by: WrittenBy::default(),
        }
    }
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
    route: Route,
    transcripts: Transcripts,
    frequent: FrequentQuestions,
    stops: Stops,
}

impl Answerer {
    /// An answerer that lets the model on `route` write, if there is one.
    pub fn new(store: Store, retriever: Retriever, route: Route) -> Self {
        Self {
            store,
            retriever,
            route,
            transcripts: Transcripts::default(),
            frequent: FrequentQuestions::default(),
            stops: Stops::default(),
        }
    }

    /// The same, with another model to write.
    #[must_use]
    pub fn with_route(&self, route: Route) -> Self {
        Self {
            route,
            ..self.clone()
        }
    }

    /// The answer, event by event. Dropping the stream frees the model's place at its next step: what it had written by
    /// then is kept as an answer that was stopped. If it had not begun, what is being done is given up.
    pub fn ask(
        &self,
        staff: &Staff,
        ask: Ask,
    ) -> impl Stream<Item = Result<AnswerEvent, AnswerError>> + Send + use<> {
        let (sender, events) = mpsc::unbounded();
        let (reading, gone) = oneshot::channel::<()>();
        let speaker = Speaker::to(staff.id, &self.stops, sender);
        let (answerer, staff) = (self.clone(), staff.clone());
        tokio::spawn(async move {
            let run = std::pin::pin!(answerer.run(&staff, ask, &speaker));
            let result = match future::select(run, gone).await {
                Either::Left((result, _)) => result,
                Either::Right((_, run)) if speaker.reader_gone() => run.await,
                Either::Right(_) => return,
            };
            if let Err(error) = result {
                speaker.fail(error);
            }
        });
        events.inspect(move |_| {
            // Dropped with the stream.
            let _ = &reading;
        })
    }

    /// Ends the answer that a model is writing for this person, under the name that the stream gave; `false` if there is
    /// none. What was written until then is kept.
    pub fn stop(&self, staff: &Staff, name: &str) -> bool {
        self.stops.stop(staff.id, name)
    }

    /// The whole answer.
    pub async fn answer(&self, staff: &Staff, ask: Ask) -> Result<Given, AnswerError> {
        self.run(staff, ask, &Speaker::alone()).await
    }

    /// Everything up to the point where something would be said; nothing is kept.
    pub async fn consider(
        &self,
        staff: &Staff,
        question: &Question,
        filter: &SearchFilter,
        method: Method,
    ) -> Result<Considered, AnswerError> {
        let retrieved = self
            .retriever
            .gather(staff, question, filter, method, LOOKED_AT)
            .await?;
        self.weigh(question, retrieved).await
    }

    /// What the model writes from what was considered, whether or not the evidence is strong enough; nothing where it
    /// says that the passages do not tell. For measuring: nothing is kept.
    pub async fn write(&self, considered: &Considered) -> Result<Option<Written>, AnswerError> {
        let writer = self.route.writer().ok_or(AnswerError::NoModel)?;
        match self
            .let_write(&writer, considered, None, &Speaker::alone())
            .await?
        {
            Ok(Outcome { refused: true, .. }) => Ok(None),
            Ok(outcome) => Ok(Some(outcome.written)),
            Err(unwritten) => Err(AnswerError::Unwritten(unwritten)),
        }
    }

    /// Whether a model is going to write, as far as can be said before it is asked.
    pub fn may_write(&self, ask: &Ask) -> bool {
        matches!(self.writer(ask), Ok(Ok(_)))
    }

    /// How it stands with the language model.
    pub fn condition(&self) -> Condition {
        self.route.condition()
    }

    /// Answers that the model is writing, and questions that wait for it.
    pub fn load(&self) -> (usize, usize) {
        self.route.writer().map_or((0, 0), |writer| writer.load())
    }

    /// An answer as it was given, if every document that it rests on may be read. The audit log says that it was opened.
    pub async fn given(&self, staff: &Staff, id: &AnswerId) -> Result<StoredAnswer, AnswerError> {
        let found = self.readable(staff, id).await?;
        // The passages are kept as they were sent, the list as the log keeps it is made of them.
        let kept = serde_json::from_value(found.passages.clone()).unwrap_or_default();
        let mut shown = trail::gathered(kept);
        if let Some(verified) = &found.verified {
            trail::add_cited(&mut shown, verified);
        }
        let entry = NewEntry::of(staff, Action::AnswerOpened, id.to_string());
        self.store.record_later(entry.showing(shown));
        Ok(found)
    }

    /// An answer, if every document that it rests on may be read.
    async fn readable(&self, staff: &Staff, id: &AnswerId) -> Result<StoredAnswer, AnswerError> {
        let found = self.store.answer(id).await?.ok_or(AnswerError::NotFound)?;
        if self.may_read(staff, id).await? {
            Ok(found)
        } else {
            Err(AnswerError::NotFound)
        }
    }

    /// The conversation that ends with an answer, from its first question on, without the answers that rest on documents
    /// that may not be read; empty if there is no such answer.
    pub async fn conversation(&self, staff: &Staff, id: &AnswerId) -> Result<Vec<StoredAnswer>, AnswerError> {
        let mut conversation = Vec::new();
        for answer in self.store.conversation(id).await? {
            if self.may_read(staff, &answer.id).await? {
                conversation.push(answer);
            }
        }
        Ok(conversation)
    }

    /// Whether all documents that an answer rests on may be read, where they lay then and where they lie now: those that it
    /// names, and those of the answers before it of which something went into it.
    async fn may_read(&self, staff: &Staff, id: &AnswerId) -> Result<bool, AnswerError> {
        if staff.readable == Readable::Everything {
            return Ok(true);
        }
        Ok(self.store.rests_on_readable(id, &staff.readable).await?)
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
}
