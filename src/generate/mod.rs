//! From passages to answers. [`quotes()`] needs no model and is always there; a [`Local`] model writes, if one is in use.
//!
//! [`candidates`] weighs every sentence of the passages that were found. What it finds is used twice: the room above
//! decides by the best sentence's [`Evidence`] whether to answer at all, and [`quotes()`] takes the best ones as they
//! are. [`Route`] says which model writes at the moment, and lets another one take its place.

mod asked;
mod evidence;
mod local;
mod pieces;
mod quotes;
mod route;

#[cfg(test)]
mod tests;

use crate::domain::Question;

/// What the engine calls these things is what they are called here.
pub use crate::engine::{Canceller, Event, Finish, Generation, Message, Role};
pub use asked::AskedKind;
pub use evidence::{Candidate, Evidence, Excerpt, candidates};
pub use local::{GenerateError, Local, Profile};
pub use pieces::{Piece, pieces};
pub use quotes::{QUOTES, quotes};
pub use route::{Condition, Route};

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
