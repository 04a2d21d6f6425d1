//! A verified answer: one that an inspector stands for, as long as what it rests on says what it said.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Collection, Statement};

/// Identifies a verified answer; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VerifiedId(pub i64);

impl fmt::Display for VerifiedId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// An answer that an inspector stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedAnswer {
    /// Names it.
    pub id: VerifiedId,
    /// The questions that it answers, at least one; the first is its title.
    pub questions: Vec<String>,
    /// Its sentences, each with at least one citation.
    pub statements: Vec<Statement>,
    /// The name of the inspector; empty for whoever works at the machine itself.
    pub owner: String,
    /// When it was verified last, milliseconds since 1970.
    pub verified_ms: i64,
    /// Until when it holds, milliseconds since 1970.
    pub expires_ms: i64,
}

impl VerifiedAnswer {
    /// The question that it answers.
    pub fn question(&self) -> &str {
        self.questions.first().map_or("", String::as_str)
    }

    /// Its sentences, one after the other.
    pub fn text(&self) -> String {
        let sentences: Vec<&str> = self
            .statements
            .iter()
            .map(|statement| statement.text.as_str())
            .collect();
        sentences.join(" ")
    }
}

/// Whether a verified answer is shown to those who ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerifiedState {
    /// It is.
    InForce,
    /// Something that it rests on has changed, was moved or is gone.
    Withdrawn,
    /// Its time is over.
    Expired,
}

impl VerifiedState {
    /// Every state, as a filter lists them.
    pub const ALL: [Self; 3] = [Self::InForce, Self::Withdrawn, Self::Expired];

    /// The name used in statements of the store, in addresses and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// The inverse of [`VerifiedState::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// What became of a document since it was cited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum SourceState {
    /// Nothing.
    Same,
    /// It says something else now.
    Changed,
    /// It lies in another collection.
    Moved {
        /// This one.
        to: Collection,
    },
    /// It was deleted, cannot be read any more, or lies where the reader may not look.
    Gone,
}
