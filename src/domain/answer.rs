//! An answer: sentences, each with the citations that support it, or a plain refusal with the nearest passages.

use serde::{Deserialize, Serialize};

use super::verified::VerifiedAnswer;
use super::{Collection, DocumentId, Formatting, GenerationId, Locator, PassageId, ScoredPassage, Span};

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
    /// What the columns are called, where it is a row of a table and the passage says so; empty for a column without a name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

impl Quote {
    /// What stands between the cells of a row.
    pub const CELLS: &'static str = " | ";

    /// The cells of a row, each with the name of its column; a sentence as one cell without a name.
    pub fn cells(&self) -> impl Iterator<Item = (Option<&str>, &str)> {
        let names = self.columns.iter().map(|name| Some(name.as_str()));
        let cells = self.text.split(Self::CELLS);
        names
            .chain(std::iter::repeat(None))
            .zip(cells)
            .map(|(name, cell)| {
                let cell = cell.trim();
                (name.filter(|name| !name.is_empty() && *name != cell), cell)
            })
    }

    /// The sentence as it reads by itself: `Thread: M8 | Torque: 25 Nm`.
    pub fn spoken(&self) -> String {
        let cells = self.cells().filter(|(_, cell)| !cell.is_empty());
        let named = cells.map(|(name, cell)| match name {
            Some(name) => format!("{name}: {cell}"),
            None => cell.to_owned(),
        });
        named.collect::<Vec<_>>().join(Self::CELLS)
    }
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

/// A sentence that a language model wrote, with the places that it cites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The sentence, without its marks.
    pub text: String,
    /// The places; empty where nothing in the passages says so.
    pub citations: Vec<Citation>,
    /// Whether these places bear it out.
    pub support: Support,
    /// How it is set.
    #[serde(default, skip_serializing_if = "Formatting::is_plain")]
    pub formatting: Formatting,
}

/// Whether what is cited bears out a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Support {
    /// The passages cited say so.
    Supported,
    /// Figures, codes or names of the sentence stand in none of the passages cited.
    Missing {
        /// These.
        words: Vec<String>,
    },
    /// Nothing in the passages is like it.
    Unsupported,
}

/// What a language model wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Its sentences, in order.
    pub statements: Vec<Statement>,
    /// What it said to itself before.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub thinking: String,
    /// What it could read and say at once.
    #[serde(flatten)]
    pub bounds: Bounds,
}

/// Where a language model met its bounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Passages that it was given.
    pub read: u32,
    /// Passages that did not fit into its window.
    pub left_out: u32,
    /// Whether it was cut off at the greatest length.
    #[serde(default)]
    pub cut: bool,
    /// Whether it was ended because it said the same again and again.
    #[serde(default)]
    pub repeats: bool,
    /// Whether the reader stopped it, or went away: its sentences until then are whole.
    #[serde(default)]
    pub stopped: bool,
}

/// Why a language model that is in use did not write an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unwritten {
    /// As many people are waiting for it already as may.
    Busy,
    /// It is being loaded.
    Loading,
    /// It does not know the language of the question.
    Language,
    /// Not one passage fits into its window.
    Window,
    /// It failed; the log says how.
    Failed,
    /// It was stopped before it had written a sentence.
    Stopped,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Answered or refused.
    pub verdict: Verdict,
    /// The question as it was understood, where it follows another one and cannot stand alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub understood: Option<String>,
    /// The verified answer to the same question, if there is one; it comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<VerifiedAnswer>,
    /// What a language model wrote, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<Written>,
    /// Why it did not, though one is in use and was to write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unwritten: Option<Unwritten>,
    /// The sentences of the documents themselves, in reading order; empty when refused.
    pub quotes: Vec<Quote>,
    /// The strength of the evidence, 0 to 1; below the calibrated threshold the answer is a refusal.
    pub evidence: f32,
    /// The passages that were looked at, best first.
    pub passages: Vec<ScoredPassage>,
    /// What made the answer: `quotes`, or a model's name.
    pub generator: String,
    /// From the question to the end of the answer, milliseconds.
    pub duration_ms: u64,
    /// What the answer before it rests on, where something of that one went into this one: into how the question was
    /// understood, or into what a model was given. It is kept with the answer, and shown to nobody.
    #[serde(skip)]
    pub leans_on: Vec<RestsOn>,
}

/// Something that an answer rests on: whoever may not read it is not shown the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RestsOn {
    /// A document, wherever it lies now.
    Document(DocumentId),
    /// The path at which a document lay then.
    Path(String),
    /// A collection in which a document lay then: so it was kept before paths were.
    Collection(Collection),
}

/// What an answer sends while it is made, in this order: `Verified`, if there is one; `Passages`; the `Sentence`s of the documents; where a model
/// writes, `Writing`, its `Thinking`, and for each of its sentences the `Delta`s as they come and then the `Statement`; `Done`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum AnswerEvent {
    /// An inspector has answered the same question.
    Verified {
        /// That answer.
        answer: VerifiedAnswer,
    },
    /// What was retrieved, best first.
    Passages {
        /// The question as it was understood, where that is not how it was put.
        #[serde(skip_serializing_if = "Option::is_none")]
        understood: Option<String>,
        /// The passages.
        passages: Vec<ScoredPassage>,
    },
    /// The next sentence of the documents.
    Sentence {
        /// The sentence with its citation.
        quote: Quote,
    },
    /// A model has begun to write.
    Writing {
        /// The name by which it can be stopped.
        stop: String,
    },
    /// What the model says to itself goes on.
    Thinking {
        /// The next words.
        text: String,
    },
    /// The sentence that the model is writing goes on.
    Delta {
        /// The next words, without marks.
        text: String,
    },
    /// The sentence that the model was writing is complete and checked.
    Statement {
        /// The sentence.
        statement: Statement,
    },
    /// The end.
    Done {
        /// Answered or refused.
        verdict: Verdict,
        /// The strength of the evidence, 0 to 1.
        evidence: f32,
        /// What made the answer.
        generator: String,
        /// Why a model that is in use did not write.
        #[serde(skip_serializing_if = "Option::is_none")]
        unwritten: Option<Unwritten>,
        /// Where the model met its bounds; all nothing where none wrote.
        #[serde(flatten)]
        bounds: Bounds,
        /// Milliseconds since the question.
        duration_ms: u64,
        /// The name under which the answer was kept; nothing if it could not be kept.
        id: Option<String>,
    },
}
