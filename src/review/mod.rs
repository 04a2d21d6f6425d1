//! What people say of answers, and what inspectors make of it.
//!
//! Whoever may read an answer may say whether it is right (`feedback`). What was refused, disliked or poorly supported
//! comes to the inspectors' inbox (`inbox`), put together where questions are alike (`grouping`). From there, or from
//! any answer, an inspector writes a verified answer (`verifying`, as `lines`), which is shown first to those who ask the same, as
//! long as the documents that it rests on stay as they were.
//!
//! Nobody sees here what rests on documents that they may not read, and no count of it.

mod feedback;
mod grouping;
mod inbox;
mod lines;
mod verifying;

#[cfg(test)]
mod tests;

use std::fmt;

use crate::answer::{AnswerError, Answerer};
use crate::config::ReviewConfig;
use crate::domain::{Action, InvalidQuestion, NewEntry, Staff, TooLong};
use crate::embed::EmbedError;
use crate::retrieve::{RetrieveError, Retriever};
use crate::store::{Store, StoreError};

/// What the store calls these things is what they are called here.
pub use crate::store::{
    Concern, ConcernGroupId, ConcernKind, Dislike, InboxGroup, InboxQuery, MissingDocument, StoredVerified,
    VerifiedQuery, VerifiedSource,
};
pub use inbox::{Group, Inbox};
pub use verifying::{Draft, Drafted, MONTHS, MOST_PASSAGES, Passages, Verified};

/// What can go wrong in a review.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// No such verified answer or group, or one that may not be read.
    #[error("there is no such thing in the review: it may have been deleted or done with")]
    NotFound,
    /// A text is longer than is kept.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The question of a verified answer cannot be asked.
    #[error(transparent)]
    Question(#[from] InvalidQuestion),
    /// A verified answer has no sentence.
    #[error("the verified answer has no sentence: write at least one")]
    Empty,
    /// A sentence of a verified answer cites nothing.
    #[error("this sentence cites no passage: add a mark such as [1] to {sentence:?}")]
    Uncited {
        /// The sentence.
        sentence: String,
    },
    /// A verified answer has more than is kept.
    #[error("a verified answer has at most {most} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many are allowed.
        most: usize,
    },
    /// A passage that is cited does not answer any more, or may not be read.
    #[error("a passage that is cited is not there any more: its document has changed, choose another one")]
    PassageGone,
    /// Nobody chose until when a verified answer holds.
    #[error("a verified answer holds for 1, 3, 6, 12, 24 or 36 months")]
    Months,
    /// The answer that is spoken of.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A search for passages.
    #[error(transparent)]
    Retrieve(#[from] RetrieveError),
    /// Questions could not be compared.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The use cases of reviews. Cheap to clone.
#[derive(Clone)]
pub struct Review {
    store: Store,
    retriever: Retriever,
    answerer: Answerer,
    show_askers: bool,
}

impl Review {
    /// Reviews of what `answerer` says.
    pub fn new(store: Store, retriever: Retriever, answerer: Answerer, config: &ReviewConfig) -> Self {
        Self {
            store,
            retriever,
            answerer,
            show_askers: config.show_askers,
        }
    }

    /// Notes in the audit log what somebody did, to what, and to which one.
    fn note(&self, staff: &Staff, action: Action, subject: &str, id: impl fmt::Display) {
        let entry = NewEntry::of(staff, action, subject).with(id.to_string());
        self.store.record_later(entry);
    }
}
