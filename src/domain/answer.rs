//! An answer: sentences, each with the citations that support it, or a plain refusal with the nearest passages.

use serde::{Deserialize, Serialize};

use super::{DocumentId, GenerationId, Locator, PassageId, ScoredPassage, Span};

/// Points from a sentence of an answer at the place where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The number shown as `[n]`, from 1; the same passage has the same number throughout an answer.
    pub number: u32,
    /// The passage.
    pub passage: PassageId,
    /// Its document.
    pub document: DocumentId,
    /// The generation of the document that was read.
    pub generation: GenerationId,
    /// The document's title as it was.
    pub title: String,
    /// The document's path as it was.
    pub path: String,
    /// Where the passage stands.
    pub locator: Locator,
    /// The words cited, verbatim.
    pub quote: String,
    /// Characters of the passage's text that the quote takes up.
    pub span: Span,
}

/// A sentence of an answer that is a verbatim quote, with its citation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// The sentence, verbatim.
    pub text: String,
    /// Where it stands.
    pub citation: Citation,
    /// How well it answers, 0 to 1; comparable within one answer.
    pub score: f32,
}

/// Whether the documents answer the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The evidence is strong enough to answer.
    Answered,
    /// It is not: the nearest passages are shown and nothing is claimed.
    Refused,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Answered or refused.
    pub verdict: Verdict,
    /// The sentences in reading order; empty when refused.
    pub quotes: Vec<Quote>,
    /// The strength of the evidence, 0 to 1; below the calibrated threshold the answer is a refusal.
    pub evidence: f32,
    /// The passages that were looked at, best first.
    pub passages: Vec<ScoredPassage>,
    /// What wrote the answer: `quotes`, or a model's name.
    pub generator: String,
    /// From the question to the end of the answer, milliseconds.
    pub duration_ms: u64,
}

/// What an answer sends while it is made, in this order: `Passages`, then `Sentence`s, then `Done`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum AnswerEvent {
    /// What was retrieved, best first.
    Passages {
        /// The passages.
        passages: Vec<ScoredPassage>,
    },
    /// The next sentence.
    Sentence {
        /// The sentence with its citation.
        quote: Quote,
    },
    /// The end.
    Done {
        /// Answered or refused.
        verdict: Verdict,
        /// The strength of the evidence, 0 to 1.
        evidence: f32,
        /// What wrote the answer.
        generator: String,
        /// Milliseconds since the question.
        duration_ms: u64,
        /// The name under which the answer was kept; nothing if it could not be kept.
        id: Option<String>,
    },
}
