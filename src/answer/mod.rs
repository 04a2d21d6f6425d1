//! From a question to an answer whose every sentence points at its place, or to a plain refusal.
//!
//! The way of a question: make it stand alone if it follows another one ([`followup`]), retrieve, weigh every sentence of
//! the best passages, refuse if the best of them is too weak ([`calibration`]), quote the best. Where a language model is
//! in use it then writes ([`writing`]): from a [`prompt`] of numbered passages, its marks read by [`cite`], each sentence
//! checked by [`verify`]. Quotes are there in any case. What was given is kept as it was given.

pub mod calibration;
mod cite;
mod excerpts;
mod figures;
mod followup;
mod prompt;
mod transcripts;
mod verify;
mod writing;

#[cfg(test)]
mod tests;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Instant;

use futures::channel::mpsc;
use futures::{FutureExt, Stream, StreamExt, future, stream};
use serde::{Deserialize, Serialize};

use crate::domain::{
    Answer, AnswerEvent, Question, ScoredPassage, SearchFilter, Unwritten, Verdict, Written,
};
use crate::embed::EmbedError;
use crate::generate::{
    Brief, Condition, Event, Evidence, GenerateError, Local, QUOTES, Route, candidates, quotes,
};
use crate::retrieve::{Method, RetrieveError, Retrieved, Retriever};
use crate::store::{AnswerId, Store, StoreError, StoredAnswer};

use followup::Earlier;
use transcripts::{Transcript, Transcripts};
use writing::{Failure, Outcome};

/// How many passages an answer looks at; the first few of them are read sentence by sentence.
const LOOKED_AT: usize = 8;
/// Tokens that a model may take to put a question in other words.
const REWRITE_TOKENS: usize = 96;

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
}

impl Answerer {
    /// An answerer that lets the model on `route` write, if there is one.
    pub fn new(store: Store, retriever: Retriever, route: Route) -> Self {
        Self {
            store,
            retriever,
            route,
            transcripts: Transcripts::default(),
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

    /// The answer, event by event. Dropping the stream gives up what is being done, and frees the model's place.
    pub fn ask(&self, ask: Ask) -> impl Stream<Item = Result<AnswerEvent, AnswerError>> + Send + use<> {
        let (speaker, events) = mpsc::unbounded();
        let speaker = Speaker(speaker);
        let answerer = self.clone();
        let work = async move {
            let result = answerer.run(ask, &speaker).await;
            if let Err(error) = result {
                speaker.fail(error);
            }
        };
        // The work goes on only while somebody reads.
        stream::select(events, work.into_stream().filter_map(|()| future::ready(None)))
    }

    /// The whole answer.
    pub async fn answer(&self, ask: Ask) -> Result<Given, AnswerError> {
        self.run(ask, &Speaker(mpsc::unbounded().0)).await
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

    /// What the model writes from what was considered, whether or not the evidence is strong enough; nothing where it
    /// says that the passages do not tell. For measuring: nothing is kept.
    pub async fn write(&self, considered: &Considered) -> Result<Option<Written>, AnswerError> {
        let writer = self.route.writer().ok_or(AnswerError::NoModel)?;
        let speaker = Speaker(mpsc::unbounded().0);
        match self.let_write(&writer, considered, None, &speaker).await? {
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

    /// The conversation that ends with an answer, from its first question on; empty if there is no such answer.
    pub async fn conversation(&self, id: &AnswerId) -> Result<Vec<StoredAnswer>, AnswerError> {
        Ok(self.store.conversation(id).await?)
    }

    async fn run(&self, ask: Ask, speaker: &Speaker) -> Result<Given, AnswerError> {
        let started = Instant::now();
        let writer = self.writer(&ask)?;
        let earlier = match &ask.follows {
            Some(id) => self.store.answer(id).await?,
            None => None,
        };
        // An answer that is not there any more is followed by nothing.
        let follows = earlier.as_ref().map(|earlier| earlier.id.clone());
        let understood = match earlier {
            Some(earlier) if followup::leans(&ask.question) => {
                let earlier = Earlier {
                    answer: earlier.text(),
                    question: earlier.understood.unwrap_or(earlier.question),
                };
                Some(
                    self.understand(&ask.question, &earlier, writer.as_ref().ok())
                        .await,
                )
            }
            _ => None,
        };
        let question = understood.as_ref().unwrap_or(&ask.question);
        let retrieved = self
            .retriever
            .gather(question, &ask.filter, Method::Hybrid, LOOKED_AT)
            .await?;
        let understood = understood.as_ref().map(|question| question.as_str().to_owned());
        speaker.say(AnswerEvent::Passages {
            understood: understood.clone(),
            passages: retrieved.passages.clone(),
        });
        let considered = self.weigh(question, retrieved).await?;
        let mut answer = Answer {
            verdict: considered.verdict(),
            understood,
            written: None,
            unwritten: None,
            quotes: Vec::new(),
            evidence: considered.strength,
            passages: Vec::new(),
            generator: QUOTES.to_owned(),
            duration_ms: 0,
        };
        let mut transcript = None;
        if answer.verdict == Verdict::Answered {
            answer.quotes = quotes(&considered.brief);
            for quote in &answer.quotes {
                speaker.say(AnswerEvent::Sentence { quote: quote.clone() });
            }
            let written = match &writer {
                Ok(writer) => self
                    .let_write(writer, &considered, follows.as_ref(), speaker)
                    .await?
                    .map(Some),
                Err(Some(unwritten)) => Err(*unwritten),
                Err(None) => Ok(None),
            };
            match (written, &writer) {
                (Ok(Some(outcome)), Ok(writer)) => {
                    answer.generator.clone_from(&writer.profile().id);
                    transcript = Some(outcome.transcript);
                    if outcome.refused {
                        answer.verdict = Verdict::Refused;
                    } else {
                        answer.written = Some(outcome.written);
                    }
                }
                (Err(unwritten), _) if ask.by == WrittenBy::Model => {
                    return Err(AnswerError::Unwritten(unwritten));
                }
                (Err(unwritten), _) => answer.unwritten = Some(unwritten),
                (Ok(_), _) => {}
            }
        }
        answer.passages = considered.passages;
        answer.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let id = self.keep(&ask.question, &answer, follows.as_ref()).await;
        if let (Some(id), Some(transcript)) = (&id, transcript) {
            self.transcripts.put(id, transcript);
        }
        speaker.say(AnswerEvent::Done {
            verdict: answer.verdict,
            evidence: answer.evidence,
            generator: answer.generator.clone(),
            unwritten: answer.unwritten,
            left_out: answer.written.as_ref().map_or(0, |written| written.left_out),
            cut: answer.written.as_ref().is_some_and(|written| written.cut),
            duration_ms: answer.duration_ms,
            id: id.as_ref().map(ToString::to_string),
        });
        Ok(Given { answer, id })
    }

    /// The model that is to write; else why it does not, if one is in use.
    fn writer(&self, ask: &Ask) -> Result<Result<Arc<Local>, Option<Unwritten>>, AnswerError> {
        if ask.by == WrittenBy::Quotes {
            return Ok(Err(None));
        }
        let found = match (self.route.writer(), self.route.condition()) {
            (Some(writer), _) if writer.writes(ask.question.language()) => Ok(writer),
            (Some(_), _) => Err(Some(Unwritten::Language)),
            (None, Condition::Loading { .. }) => Err(Some(Unwritten::Loading)),
            (None, Condition::Failed { .. }) => Err(Some(Unwritten::Failed)),
            (None, _) => Err(None),
        };
        match found {
            Err(None) if ask.by == WrittenBy::Model => Err(AnswerError::NoModel),
            Err(Some(unwritten)) if ask.by == WrittenBy::Model => Err(AnswerError::Unwritten(unwritten)),
            found => Ok(found),
        }
    }

    /// The question, understandable without the one before: in a model's words where they can be believed.
    async fn understand(
        &self,
        question: &Question,
        earlier: &Earlier,
        writer: Option<&Arc<Local>>,
    ) -> Question {
        if let Some(writer) = writer.filter(|writer| !writer.profile().demonstration) {
            match rewrite(writer, question, earlier).await {
                Ok(rewritten) => {
                    if let Some(believed) = followup::believable(&rewritten, question, earlier) {
                        return believed;
                    }
                }
                Err(error) => tracing::info!(%error, "a question was not put in other words"),
            }
        }
        followup::joined(question, earlier)
    }

    async fn let_write(
        &self,
        writer: &Arc<Local>,
        considered: &Considered,
        follows: Option<&AnswerId>,
        speaker: &Speaker,
    ) -> Result<Result<Outcome, Unwritten>, AnswerError> {
        let question = &considered.brief.question;
        let before = match follows {
            Some(id) => self.still_shown(id).await?,
            None => None,
        };
        let embedder = self.retriever.embedder_for(question.language());
        let outcome = writing::write(writer, question, considered, before, embedder, speaker).await;
        Ok(match outcome {
            Ok(outcome) => Ok(outcome),
            Err(Failure::Embed(error)) => return Err(error.into()),
            Err(Failure::Window) => Err(Unwritten::Window),
            Err(Failure::Generate(GenerateError::Busy { waiting })) => {
                tracing::info!(waiting, "the language model is busy: an answer is quotes alone");
                Err(Unwritten::Busy)
            }
            Err(Failure::Generate(error)) => {
                tracing::error!(%error, "the language model failed: an answer is quotes alone");
                Err(Unwritten::Failed)
            }
        })
    }

    /// What the model said before, if every passage in it still says the same today.
    async fn still_shown(&self, id: &AnswerId) -> Result<Option<Transcript>, AnswerError> {
        let Some(transcript) = self.transcripts.get(id) else {
            return Ok(None);
        };
        let ids: Vec<_> = transcript
            .grounds
            .iter()
            .map(|ground| ground.passage.passage.id)
            .collect();
        let shown = self.store.passages_visible(&ids).await?.len();
        Ok((shown == ids.len()).then_some(transcript))
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

    /// Keeps an answer. Whoever asked shall have it even where it cannot be kept.
    async fn keep(
        &self,
        question: &Question,
        answer: &Answer,
        follows: Option<&AnswerId>,
    ) -> Option<AnswerId> {
        let kept = self.store.record_answer(question, answer, follows).await;
        kept.inspect_err(|error| tracing::warn!(%error, "an answer was given but could not be kept"))
            .ok()
    }
}

/// What a model makes of a question that leans on another one.
async fn rewrite(writer: &Local, question: &Question, earlier: &Earlier) -> Result<String, GenerateError> {
    let mut words = String::new();
    let mut generation = writer.write(&followup::prompt(question, earlier), REWRITE_TOKENS)?;
    while let Some(event) = generation.next().await {
        if let Event::Text(text) = event? {
            words.push_str(&text);
        }
    }
    Ok(words)
}

/// Says what happens to an answer to whoever reads it, if anybody does.
struct Speaker(mpsc::UnboundedSender<Result<AnswerEvent, AnswerError>>);

impl Speaker {
    fn say(&self, event: AnswerEvent) {
        // Nobody reads where only the whole answer is wanted.
        let _ = self.0.unbounded_send(Ok(event));
    }

    fn fail(&self, error: AnswerError) {
        let _ = self.0.unbounded_send(Err(error));
    }
}
