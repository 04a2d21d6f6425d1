//! Answers as pages show them: sentences with their marks, sources with the words that are cited, or a refusal. A whole
//! page and a stream are made of the same parts, so that they look the same.

mod sentence;
#[cfg(test)]
mod tests;
mod verified;

use std::borrow::Cow;
use std::collections::BTreeMap;

use askama::Template;

use super::opinion::OpinionPart;
use super::page::address;
use super::picture::Shapes;
use super::source::{Looked, SourcePart};
use super::texts::Texts;
use super::words;
use crate::answer::{QUOTES, StoredAnswer};
use crate::domain::{Bounds, Citation, Opinion, Quote, Unwritten, Verdict, VerifiedAnswer, Written};

pub use sentence::{SentencePart, StatementPart, citations};
pub use verified::{VerifiedPart, by};

/// Passages shown beside a refusal.
const NEAREST: usize = 5;

/// An answer as it is to be shown: as it was given, or as it was kept.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'answer> {
    /// The question as it was understood, where that is not how it was put.
    pub understood: Option<&'answer str>,
    /// The verified answer that comes first.
    pub verified: Option<&'answer VerifiedAnswer>,
    /// What a model wrote.
    pub written: Option<&'answer Written>,
    /// The sentences of the documents.
    pub quotes: &'answer [Quote],
    /// The passages that were looked at.
    pub looked: &'answer [Looked],
    /// The shapes of the pages that are cited.
    pub shapes: &'answer Shapes,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'answer> {
    /// What was asked.
    pub question: &'answer str,
    /// The collection that was asked, as a parameter.
    pub collection: &'answer str,
    /// Answered or refused.
    pub verdict: Verdict,
    /// What made it.
    pub generator: &'answer str,
    /// Why a model that is in use did not write.
    pub unwritten: Option<Unwritten>,
    /// Where the model met its bounds.
    pub bounds: Bounds,
    /// How long it took.
    pub duration_ms: u64,
    /// The name under which it was kept, if it was.
    pub id: Option<&'answer str>,
    /// What the reader has said of it.
    pub opinion: Option<&'answer Opinion>,
    /// Whether this is its permanent address already.
    pub permanent: bool,
}

/// An answer, whole or still empty.
#[derive(Template)]
#[template(path = "parts/answer.html")]
pub struct AnswerPart {
    t: Texts,
    waiting: bool,
    refused: bool,
    understood: Option<String>,
    verified: Option<VerifiedPart>,
    thinking: String,
    statements: Vec<StatementPart>,
    sentences: Vec<SentencePart>,
    sources: Vec<SourcePart>,
    end: String,
    nearest: String,
}

/// What stands below the sentences.
#[derive(Template)]
#[template(path = "parts/end.html")]
pub struct EndPart {
    t: Texts,
    notes: Vec<String>,
    how: String,
    permalink: Option<String>,
    search: String,
    opinion: Option<OpinionPart>,
    follows: Option<String>,
    collection: String,
}

/// A question and its answer earlier in the conversation.
#[derive(Template)]
#[template(path = "parts/earlier.html")]
pub struct EarlierPart {
    t: Texts,
    question: String,
    text: String,
    href: String,
}

/// The passages nearest to a question that was refused.
#[derive(Template)]
#[template(path = "parts/nearest.html")]
pub struct NearestPart {
    t: Texts,
    passages: Vec<SourcePart>,
}

impl AnswerPart {
    /// An answer to fill while it streams.
    pub fn skeleton(t: Texts) -> Self {
        Self {
            t,
            waiting: true,
            refused: false,
            understood: None,
            verified: None,
            thinking: String::new(),
            statements: Vec::new(),
            sentences: Vec::new(),
            sources: Vec::new(),
            end: String::new(),
            nearest: String::new(),
        }
    }

    /// A whole answer.
    pub fn whole(t: Texts, shown: Shown<'_>, ending: Ending<'_>) -> Result<Self, askama::Error> {
        let Shown {
            understood,
            verified,
            written,
            quotes,
            looked,
            shapes,
        } = shown;
        let refused = ending.verdict == Verdict::Refused;
        let permanent = ending.permanent;
        let statements = written.map_or(&[][..], |written| written.statements.as_slice());
        let mut numbered: BTreeMap<u32, Vec<&Citation>> = BTreeMap::new();
        for citation in citations(quotes, statements) {
            numbered.entry(citation.number).or_default().push(citation);
        }
        let nearest = if refused {
            NearestPart::new(t, ending.question, looked).render()?
        } else {
            String::new()
        };
        Ok(Self {
            t,
            waiting: false,
            refused,
            understood: understood.map(str::to_owned),
            verified: verified.map(|verified| VerifiedPart::new(t, verified, permanent)),
            thinking: written
                .map(|written| written.thinking.clone())
                .unwrap_or_default(),
            statements: statements
                .iter()
                .map(|statement| StatementPart::new(t, statement))
                .collect(),
            sentences: quotes.iter().map(|quote| SentencePart::new(t, quote)).collect(),
            sources: numbered
                .values()
                .filter_map(|citations| SourcePart::cited(t, citations, looked, shapes))
                .collect(),
            end: EndPart::new(t, ending).render()?,
            nearest,
        })
    }
}

impl EndPart {
    /// What stands below the sentences of an answer that ended so.
    pub fn new(t: Texts, ending: Ending<'_>) -> Self {
        let duration = words::duration(t, ending.duration_ms);
        let refused = ending.verdict == Verdict::Refused;
        let how = match ending.generator {
            QUOTES if refused => t.with("how-refused", "duration", &duration),
            QUOTES => t.with("how-quotes", "duration", &duration),
            name if refused => t.with_all("how-model-refused", &[("name", name), ("duration", &duration)]),
            name => {
                let (read, left_out) = (
                    t.count("passages-count", ending.bounds.read),
                    t.count("passages-count", ending.bounds.left_out),
                );
                let parts = [
                    ("name", name),
                    ("duration", &duration),
                    ("read", &read),
                    ("left_out", &left_out),
                ];
                let key = if ending.bounds.left_out > 0 {
                    "how-model-cut"
                } else {
                    "how-model"
                };
                t.with_all(key, &parts)
            }
        };
        let mut notes = Vec::new();
        notes.extend(ending.unwritten.map(|unwritten| t.get(unwritten_key(unwritten))));
        if ending.bounds.cut {
            notes.push(t.get("note-cut"));
        }
        if ending.bounds.repeats {
            notes.push(t.get("note-repeats"));
        }
        if ending.bounds.stopped {
            notes.push(t.get("note-stopped"));
        }
        let permalink = ending.id.filter(|_| !ending.permanent);
        Self {
            t,
            notes: notes.into_iter().map(Cow::into_owned).collect(),
            how: how.into_owned(),
            permalink: permalink.map(|id| format!("/answers/{id}")),
            search: address("/search", &[("q", ending.question)]),
            opinion: ending.id.map(|id| OpinionPart::new(t, id, ending.opinion)),
            follows: ending.id.map(str::to_owned),
            collection: ending.collection.to_owned(),
        }
    }
}

fn unwritten_key(unwritten: Unwritten) -> &'static str {
    match unwritten {
        Unwritten::Busy => "note-busy",
        Unwritten::Loading => "note-loading",
        Unwritten::Language => "note-language",
        Unwritten::Window => "note-window",
        Unwritten::Failed => "note-failed",
        Unwritten::Stopped => "note-stopped-early",
    }
}

impl EarlierPart {
    /// An answer that was kept.
    pub fn new(t: Texts, answer: &StoredAnswer) -> Self {
        let text = match answer.verdict {
            Verdict::Answered => answer.text(),
            Verdict::Refused if answer.verified.is_none() => t.get("refused-title").into_owned(),
            Verdict::Refused => answer.text(),
        };
        Self {
            t,
            question: answer.question.clone(),
            text,
            href: format!("/answers/{}", answer.id),
        }
    }
}

impl NearestPart {
    /// The nearest of the passages that were looked at.
    pub fn new(t: Texts, question: &str, looked: &[Looked]) -> Self {
        let passages = looked
            .iter()
            .take(NEAREST)
            .map(|passage| SourcePart::near(t, question, passage))
            .collect();
        Self { t, passages }
    }
}
