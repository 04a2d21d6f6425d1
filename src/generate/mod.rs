//! From passages to sentences that answer. [`Quotes`] needs no model and is always there.
//!
//! [`candidates`] weighs every sentence of the passages that were found. What it finds is used twice: the room above
//! decides by the best sentence's [`Evidence`] whether to answer at all, and a [`Generator`] writes the answer.

mod asked;
mod evidence;
mod pieces;
mod quotes;

#[cfg(test)]
mod tests;

use crate::domain::{Question, Quote};

pub use asked::AskedKind;
pub use evidence::{Candidate, Evidence, Excerpt, candidates};
pub use quotes::Quotes;

/// What an answer is written from.
#[derive(Debug, Clone)]
pub struct Brief {
    /// What was asked.
    pub question: Question,
    /// The passages that were found, best first, each with the neighbours that were looked at.
    pub excerpts: Vec<Excerpt>,
    /// Their sentences, best first.
    pub candidates: Vec<Candidate>,
}

/// Writes an answer from a [`Brief`]. Every sentence points at where it stands.
pub trait Generator: Send + Sync {
    /// The name by which it is chosen, kept with each of its answers.
    fn name(&self) -> &str;

    /// The sentences in reading order. The answer is not refused, so there should be one at least.
    fn write(&self, brief: &Brief) -> Vec<Quote>;
}
