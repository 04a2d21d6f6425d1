//! Lets a language model write an answer: the prompt that fits, its words as they come, each sentence checked.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures::StreamExt;

use super::Considered;
use super::cite::{Cited, Citer};
use super::prompt;
use super::rounds::Rounds;
use super::speaker::Speaker;
use super::transcripts::Transcript;
use super::verify::{Ground, Verifier};
use crate::domain::{
    AnswerEvent, Bounds, PassageId, Question, ScoredPassage, Statement, Support, Written, sentences,
};
use crate::embed::{EmbedError, Embedder};
use crate::generate::{Brief, Event, Finish, GenerateError, Local, Message, Role, quotes};

/// Passages that a model is given at most; beyond these they hold it up more than they help.
const MOST_PASSAGES: usize = 8;

/// Why nothing was written.
pub(super) enum Failure {
    /// Not one passage fits into the model's window.
    Window,
    /// It was stopped before it had written a sentence.
    Stopped,
    /// The model failed or is busy.
    Generate(GenerateError),
    /// Sentences could not be compared.
    Embed(EmbedError),
}

impl From<GenerateError> for Failure {
    fn from(error: GenerateError) -> Self {
        Self::Generate(error)
    }
}

impl From<EmbedError> for Failure {
    fn from(error: EmbedError) -> Self {
        Self::Embed(error)
    }
}

/// What a model made of a question.
pub(super) struct Outcome {
    /// What it wrote.
    pub written: Written,
    /// Whether it says that the passages do not tell.
    pub refused: bool,
    /// What a follow-up goes on from.
    pub transcript: Transcript,
}

/// What a model is given.
struct Given {
    messages: Vec<Message>,
    grounds: Vec<Ground>,
    left_out: usize,
}

/// Writes an answer to `question` from what was considered, going on from `before`, and says it as it comes.
pub(super) async fn write(
    writer: &Arc<Local>,
    question: &Question,
    considered: &Considered,
    before: Option<Transcript>,
    embedder: Option<Arc<dyn Embedder>>,
    speaker: &Speaker,
) -> Result<Outcome, Failure> {
    let mut shown = Shown::after(&considered.brief);
    let given = compose(writer, question, &order(considered), before)?;
    let tokens = writer.profile().answer_tokens;
    let mut generation = writer.write(&given.messages, tokens)?;
    let stoppable = speaker.writes(generation.canceller());
    let most = given
        .grounds
        .iter()
        .map(|ground| ground.number)
        .max()
        .unwrap_or(0);
    let read = u32::try_from(given.grounds.len()).unwrap_or(u32::MAX);
    let verifier = Verifier {
        grounds: given.grounds,
        embedder,
    };
    let mut citer = Citer::new(most);
    let mut raw = String::new();
    let mut written = Written {
        bounds: Bounds {
            read,
            left_out: u32::try_from(given.left_out).unwrap_or(u32::MAX),
            ..Bounds::default()
        },
        ..Written::default()
    };
    let mut held = Some(Vec::new());
    let (mut rounds, mut told) = (Rounds::default(), String::new());
    while let Some(event) = generation.next().await {
        let cited = match event.map_err(GenerateError::from)? {
            Event::Thinking(text) => {
                written.thinking.push_str(&text);
                speaker.say(AnswerEvent::Thinking { text });
                continue;
            }
            Event::Text(text) => {
                raw.push_str(&text);
                written.bounds.repeats = rounds.turns(&text);
                citer.push(&text)
            }
            Event::Done(usage) => {
                written.bounds.cut = usage.finish == Finish::Length;
                written.bounds.stopped = usage.finish == Finish::Cancelled;
                citer.finish()
            }
        };
        for cited in cited {
            let event = match cited {
                Cited::Words(text) => AnswerEvent::Delta { text },
                Cited::Sentence(marked, _) if prompt::echoes(question, &marked.text) => continue,
                Cited::Sentence(marked, _) if written.bounds.stopped && !is_whole(&marked.text) => continue,
                Cited::Sentence(marked, formatting) => {
                    let as_told = marked.to_string();
                    let mut statement = shown.renumbered(verifier.check(marked).await?);
                    statement.formatting = formatting;
                    if rounds.repeats(&statement.text, statement.support == Support::Supported) {
                        written.bounds.repeats = true;
                        break;
                    }
                    told.push_str(&as_told);
                    written.statements.push(statement.clone());
                    AnswerEvent::Statement { statement }
                }
            };
            match &mut held {
                Some(held) => held.push(event),
                None => speaker.say(event),
            }
        }
        // What may become a refusal is held back: a claim that is taken back would have been read.
        if held.is_some() && !prompt::may_refuse(&raw) {
            held.take()
                .into_iter()
                .flatten()
                .for_each(|event| speaker.say(event));
        }
        if written.bounds.repeats {
            break;
        }
    }
    drop((generation, stoppable));
    if written.bounds.stopped && written.statements.is_empty() {
        return Err(Failure::Stopped);
    }
    if written.bounds.repeats || written.bounds.stopped {
        // A follow-up would go on in the same circle, or with half a sentence.
        raw = told;
    }
    let refused = held.is_some() && refuses(&raw, &written.statements);
    if !refused {
        held.take()
            .into_iter()
            .flatten()
            .for_each(|event| speaker.say(event));
    }
    let mut messages = given.messages;
    messages.push(Message {
        role: Role::Assistant,
        content: raw,
    });
    Ok(Outcome {
        written,
        refused,
        transcript: Transcript {
            model: writer.profile().id.clone(),
            messages,
            grounds: verifier.grounds,
        },
    })
}

/// The numbers that a reader sees: a passage has the same one under the quotes and under what is written, whatever
/// number the model knows it by.
struct Shown(HashMap<PassageId, u32>);

impl Shown {
    fn after(brief: &Brief) -> Self {
        let quotes = quotes(brief);
        Self(
            quotes
                .iter()
                .map(|quote| (quote.citation.passage, quote.citation.number))
                .collect(),
        )
    }

    fn renumbered(&mut self, mut statement: Statement) -> Statement {
        for citation in &mut statement.citations {
            let next = self.0.values().max().map_or(1, |last| last + 1);
            citation.number = *self.0.entry(citation.passage).or_insert(next);
        }
        statement
    }
}

/// Whether a sentence was written to its end: another one could begin behind it.
fn is_whole(sentence: &str) -> bool {
    // `2.` may have been on its way to 2.5.
    let figure = sentence
        .strip_suffix('.')
        .is_some_and(|before| before.ends_with(|last: char| last.is_ascii_digit()));
    !figure && sentences(&format!("{sentence} A")).len() > sentences(sentence).len()
}

/// Nothing written is a refusal too.
fn refuses(raw: &str, statements: &[Statement]) -> bool {
    let told = statements
        .iter()
        .skip(1)
        .any(|statement| statement.support == Support::Supported);
    statements.is_empty() || prompt::refuses(raw) && !told
}

/// The passages in the order in which they are wanted: those that the quotes stand in, then as they were found.
fn order(considered: &Considered) -> Vec<ScoredPassage> {
    let mut seen: HashSet<PassageId> = HashSet::new();
    let quoted: Vec<PassageId> = quotes(&considered.brief)
        .iter()
        .map(|quote| quote.citation.passage)
        .collect();
    let excerpts = &considered.brief.excerpts;
    let first = quoted
        .iter()
        .filter_map(|id| excerpts.iter().find(|excerpt| excerpt.passage.passage.id == *id));
    let found = excerpts.iter().filter(|excerpt| excerpt.found);
    let around = excerpts.iter().filter(|excerpt| !excerpt.found);
    first
        .chain(found)
        .chain(around)
        .filter(|excerpt| seen.insert(excerpt.passage.passage.id))
        .map(|excerpt| excerpt.passage.clone())
        .collect()
}

/// The messages for a question, with as many of the passages as fit. Goes on from `before` where there is room.
fn compose(
    writer: &Local,
    question: &Question,
    wanted: &[ScoredPassage],
    before: Option<Transcript>,
) -> Result<Given, Failure> {
    let before = before.filter(|before| before.model == writer.profile().id);
    if let Some(before) = before {
        let known: HashSet<PassageId> = before
            .grounds
            .iter()
            .map(|ground| ground.passage.passage.id)
            .collect();
        let new: Vec<ScoredPassage> = wanted
            .iter()
            .filter(|passage| !known.contains(&passage.passage.id))
            .cloned()
            .collect();
        let first = new.first().map(|passage| passage.passage.id);
        let given = attach(writer, question, &new, before.messages, before.grounds)?;
        // Where the best new passage has no room, the conversation is left behind.
        let best_fits = |given: &Given| {
            first.is_none_or(|id| given.grounds.iter().any(|ground| ground.passage.passage.id == id))
        };
        if let Some(given) = given.filter(best_fits) {
            return Ok(given);
        }
    }
    let rules = vec![prompt::rules(question.language())];
    attach(writer, question, wanted, rules, Vec::new())?
        .filter(|given| !given.grounds.is_empty())
        .ok_or(Failure::Window)
}

/// The messages with the question attached and those of `passages` that fit; nothing if not even the question does.
fn attach(
    writer: &Local,
    question: &Question,
    passages: &[ScoredPassage],
    messages: Vec<Message>,
    grounds: Vec<Ground>,
) -> Result<Option<Given>, Failure> {
    let profile = writer.profile();
    let with = |messages: &[Message], blocks: &str| -> Vec<Message> {
        let mut messages = messages.to_vec();
        messages.push(prompt::question(question, blocks));
        messages
    };
    let bare = writer.count(&with(&messages, ""))? + profile.answer_tokens;
    let Some(room) = writer.window().checked_sub(bare) else {
        return Ok(None);
    };
    let first = grounds.iter().map(|ground| ground.number).max().unwrap_or(0) + 1;
    let block = |place: usize, passage: &ScoredPassage| {
        prompt::passage(
            first.saturating_add(u32::try_from(place).unwrap_or(u32::MAX)),
            passage,
        )
    };
    let mut costs = Vec::with_capacity(passages.len());
    for passage in passages {
        costs.push(writer.count_text(&block(0, passage))? + 1);
    }
    let mut chosen = prompt::fit(&costs, room.min(profile.passage_tokens), MOST_PASSAGES);
    loop {
        let blocks: String = (0..)
            .zip(&chosen)
            .map(|(place, index)| block(place, &passages[*index]))
            .collect();
        let all = with(&messages, &blocks);
        // Tokens of parts do not quite add up to those of the whole.
        if writer.count(&all)? + profile.answer_tokens > writer.window() && chosen.pop().is_some() {
            continue;
        }
        let mut grounds = grounds;
        let new = (first..)
            .zip(&chosen)
            .map(|(number, index)| Ground::new(number, passages[*index].clone()));
        grounds.extend(new);
        return Ok(Some(Given {
            messages: all,
            grounds,
            left_out: passages.len() - chosen.len(),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_was_stopped_in_the_middle_is_not_whole() {
        for (sentence, whole) in [
            ("You have 27 days.", true),
            ("You have 27", false),
            ("You have 2.", false),
            ("See No.", false),
            ("停机后挂牌。", true),
            ("停机后", false),
        ] {
            assert_eq!(is_whole(sentence), whole, "{sentence}");
        }
    }
}
