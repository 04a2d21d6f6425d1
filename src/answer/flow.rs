//! The way of one question: understood, retrieved, weighed, quoted, written, kept; said as it goes.

use std::sync::Arc;
use std::time::Instant;

use futures::StreamExt;

use super::followup::{self, Earlier};
use super::speaker::Speaker;
use super::trail::Trail;
use super::transcripts::Transcript;
use super::writing::{self, Failure, Outcome};
use super::{AnswerError, Answerer, Ask, Considered, Given, LOOKED_AT, WrittenBy};
use crate::domain::{Answer, AnswerEvent, Question, Staff, Unwritten, Verdict};
use crate::generate::{Condition, Event, GenerateError, Local, QUOTES, quotes};
use crate::retrieve::Method;
use crate::store::{AnswerId, StoredAnswer};

/// Tokens that a model may take to put a question in other words.
const REWRITE_TOKENS: usize = 96;

impl Answerer {
    pub(super) async fn run(&self, staff: &Staff, ask: Ask, speaker: &Speaker) -> Result<Given, AnswerError> {
        let started = Instant::now();
        let writer = self.writer(&ask)?;
        let earlier = match &ask.follows {
            Some(id) => self.found(staff, id).await?,
            None => None,
        };
        // An answer that is not there, or may not be read, is followed by nothing.
        let follows = earlier.as_ref().map(|earlier| earlier.id.clone());
        let before_it = match &follows {
            Some(id) => self.store.rests_on(id).await?,
            None => Vec::new(),
        };
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
        let verified = self.recall(staff, question, &ask.filter).await?;
        let mut trail = Trail::of(&self.store, staff, &ask.question);
        if let Some(answer) = verified.clone() {
            trail.shows(&[], Some(&answer));
            speaker.say(AnswerEvent::Verified { answer });
        }
        let retrieved = self
            .retriever
            .gather(staff, question, &ask.filter, Method::Hybrid, LOOKED_AT)
            .await?;
        trail.shows(&retrieved.passages, verified.as_ref());
        let understood = understood.as_ref().map(|question| question.as_str().to_owned());
        speaker.say(AnswerEvent::Passages {
            understood: understood.clone(),
            passages: retrieved.passages.clone(),
        });
        let considered = self.weigh(question, retrieved).await?;
        let mut answer = Answer {
            verdict: considered.verdict(),
            understood,
            verified,
            written: None,
            unwritten: None,
            quotes: Vec::new(),
            evidence: considered.strength,
            passages: Vec::new(),
            generator: QUOTES.to_owned(),
            duration_ms: 0,
            leans_on: Vec::new(),
        };
        if answer.understood.is_some() {
            answer.leans_on.clone_from(&before_it);
        }
        let mut transcript = None;
        if answer.verdict == Verdict::Answered {
            answer.quotes = quotes(&considered.brief);
            for quote in &answer.quotes {
                speaker.say(AnswerEvent::Sentence { quote: quote.clone() });
            }
            let written = match &writer {
                Ok(writer) => {
                    let before = match &follows {
                        Some(id) => self.still_shown(staff, id).await?,
                        None => None,
                    };
                    if before.is_some() {
                        answer.leans_on = before_it;
                    }
                    self.let_write(writer, &considered, before, speaker)
                        .await?
                        .map(Some)
                }
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
                (Err(unwritten), _) if ask.by == WrittenBy::Model && unwritten != Unwritten::Stopped => {
                    return Err(AnswerError::Unwritten(unwritten));
                }
                (Err(unwritten), _) => answer.unwritten = Some(unwritten),
                (Ok(_), _) => {}
            }
        }
        answer.passages = considered.passages;
        answer.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        trail.ends(&answer);
        let id = self.keep(staff, &ask.question, &answer, follows.as_ref()).await;
        if let (Some(id), Some(transcript)) = (&id, transcript) {
            self.transcripts.put(id, transcript);
        }
        speaker.say(AnswerEvent::Done {
            verdict: answer.verdict,
            evidence: answer.evidence,
            generator: answer.generator.clone(),
            unwritten: answer.unwritten,
            bounds: answer
                .written
                .as_ref()
                .map(|written| written.bounds)
                .unwrap_or_default(),
            duration_ms: answer.duration_ms,
            id: id.as_ref().map(ToString::to_string),
        });
        Ok(Given { answer, id })
    }

    /// An answer as it was given, if there is one that may be read.
    async fn found(&self, staff: &Staff, id: &AnswerId) -> Result<Option<StoredAnswer>, AnswerError> {
        match self.readable(staff, id).await {
            Ok(answer) => Ok(Some(answer)),
            Err(AnswerError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The model that is to write; else why it does not, if one is in use.
    pub(super) fn writer(&self, ask: &Ask) -> Result<Result<Arc<Local>, Option<Unwritten>>, AnswerError> {
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

    pub(super) async fn let_write(
        &self,
        writer: &Arc<Local>,
        considered: &Considered,
        before: Option<Transcript>,
        speaker: &Speaker,
    ) -> Result<Result<Outcome, Unwritten>, AnswerError> {
        let question = &considered.brief.question;
        let embedder = self.retriever.embedder_for(question.language());
        let outcome = writing::write(writer, question, considered, before, embedder, speaker).await;
        Ok(match outcome {
            Ok(outcome) => Ok(outcome),
            Err(Failure::Embed(error)) => return Err(error.into()),
            Err(Failure::Window) => Err(Unwritten::Window),
            Err(Failure::Stopped) => Err(Unwritten::Stopped),
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

    /// What the model said before, if every passage in it still says the same today and may be read.
    async fn still_shown(&self, staff: &Staff, id: &AnswerId) -> Result<Option<Transcript>, AnswerError> {
        let Some(transcript) = self.transcripts.get(id) else {
            return Ok(None);
        };
        let ids: Vec<_> = transcript
            .grounds
            .iter()
            .map(|ground| ground.passage.passage.id)
            .collect();
        let readable = self.retriever.still_readable(staff, &ids).await?;
        let all = ids
            .iter()
            .all(|id| readable.iter().any(|shown| shown.passage.id == *id));
        Ok(all.then_some(transcript))
    }

    /// Keeps an answer. Whoever asked shall have it even where it cannot be kept.
    async fn keep(
        &self,
        staff: &Staff,
        question: &Question,
        answer: &Answer,
        follows: Option<&AnswerId>,
    ) -> Option<AnswerId> {
        let kept = self
            .store
            .record_answer(question, answer, follows, staff.id)
            .await;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::verify::Ground;
    use crate::domain::{Person, Readable, SearchFilter};
    use crate::generate::Route;
    use crate::retrieve::shelf::Shelf;

    #[tokio::test]
    async fn a_conversation_goes_on_at_a_sign_whose_file_says_the_same_as_one_elsewhere_and_at_no_other() {
        let original = "machines/press-4/manual.md";
        let shelf = Shelf::of(&[(original, &["The press stops."])]).await;
        shelf.add_twin(original, "machines/press-5/manual.md", 1).await;
        let retriever = shelf.retriever();
        let answerer = Answerer::new(shelf.store.clone(), retriever.clone(), Route::default());
        let at = |folder: &str| Person::visitor(Readable::below(folder)).staff();
        let (question, filter) = (Question::parse("press").unwrap(), SearchFilter::default());
        let found = retriever
            .retrieve(&at("machines/press-5"), &question, &filter, Method::Hybrid, 1)
            .await
            .unwrap();
        let id = AnswerId("one".to_owned());
        let transcript = Transcript {
            model: "model".to_owned(),
            messages: Vec::new(),
            grounds: vec![Ground::new(1, found[0].clone())],
        };
        answerer.transcripts.put(&id, transcript);
        for (folder, goes_on) in [
            ("machines/press-5", true),
            ("machines/press-4", true),
            ("machines/press-6", false),
        ] {
            let before = answerer.still_shown(&at(folder), &id).await.unwrap();
            assert_eq!(before.is_some(), goes_on, "{folder}");
        }
        shelf
            .store
            .mark_missing("machines/press-5/manual.md")
            .await
            .unwrap();
        let before = answerer.still_shown(&at("machines/press-5"), &id).await.unwrap();
        assert!(before.is_none(), "the file is gone");
    }
}
