//! A question as it may enter the house: trimmed, not empty, not longer than a page.

use serde::{Deserialize, Serialize};

use super::{Collection, FileKind, Language};

/// What a person asks or searches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Question(String);

/// Why a text is no question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidQuestion {
    /// Nothing but white space.
    #[error("the question is empty: write what you want to know")]
    Empty,
    /// More than [`Question::MAX_CHARACTERS`].
    #[error("the question has {characters} characters: {max} are allowed, please shorten it", max = Question::MAX_CHARACTERS)]
    TooLong {
        /// How many it has.
        characters: usize,
    },
}

impl Question {
    /// The longest question, in characters.
    pub const MAX_CHARACTERS: usize = 2_000;

    /// Trims `text`, replaces control characters by spaces and bounds its length.
    pub fn parse(text: &str) -> Result<Self, InvalidQuestion> {
        let cleaned: String = text
            .chars()
            .map(|character| if character.is_control() { ' ' } else { character })
            .collect();
        let cleaned = cleaned.trim();
        if cleaned.is_empty() {
            return Err(InvalidQuestion::Empty);
        }
        let characters = cleaned.chars().count();
        if characters > Self::MAX_CHARACTERS {
            return Err(InvalidQuestion::TooLong { characters });
        }
        Ok(Self(cleaned.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language that it is written in.
    pub fn language(&self) -> Language {
        Language::of(&self.0)
    }
}

/// Which documents a query may find. An empty list restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchFilter {
    /// Only these collections.
    #[serde(default)]
    pub collections: Vec<Collection>,
    /// Only these formats.
    #[serde(default)]
    pub kinds: Vec<FileKind>,
    /// Only files that changed after this time, milliseconds since 1970.
    #[serde(default)]
    pub changed_after_ms: Option<i64>,
    /// Also revisions of controlled documents that are not in force.
    #[serde(default)]
    pub all_revisions: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_of_white_space_is_refused() {
        assert_eq!(Question::parse(" \n\t "), Err(InvalidQuestion::Empty));
    }

    #[test]
    fn a_question_is_trimmed_and_control_characters_become_spaces() {
        let question = Question::parse("  what\u{0}now? \n").map(|q| q.as_str().to_owned());
        assert_eq!(question, Ok("what now?".to_owned()));
    }

    #[test]
    fn a_question_longer_than_a_page_is_refused_with_its_length() {
        let text = "很".repeat(2_001);
        assert_eq!(
            Question::parse(&text),
            Err(InvalidQuestion::TooLong { characters: 2_001 })
        );
    }
}
