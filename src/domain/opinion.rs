//! What somebody says of an answer: right or not, and why not.

use serde::{Deserialize, Serialize};

/// Why an answer is not right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Complaint {
    /// It says what is not so.
    Wrong,
    /// It was so once.
    Outdated,
    /// It answers another question.
    OffTopic,
    /// Its source does not say so.
    Unsupported,
}

impl Complaint {
    /// Every complaint, as a form lists them.
    pub const ALL: [Self; 4] = [Self::Wrong, Self::Outdated, Self::OffTopic, Self::Unsupported];

    /// The name used in the store, in forms and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Outdated => "outdated",
            Self::OffTopic => "off-topic",
            Self::Unsupported => "unsupported",
        }
    }

    /// The inverse of [`Complaint::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|complaint| complaint.as_str() == name)
    }
}

/// What one person says of one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opinion {
    /// Whether the answer is right.
    pub right: bool,
    /// Why it is not, if that was chosen.
    pub complaint: Option<Complaint>,
    /// In the person's own words; may be empty.
    pub comment: String,
}

/// A text that is longer than is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text has {characters} characters: {most} are allowed, please shorten it")]
pub struct TooLong {
    /// How many it has.
    pub characters: usize,
    /// How many are allowed.
    pub most: usize,
}

impl Opinion {
    /// The longest comment, in characters.
    pub const MAX_CHARACTERS: usize = 1_000;

    /// An opinion; what is right has no complaint. White space around the comment goes.
    pub fn new(right: bool, complaint: Option<Complaint>, comment: &str) -> Result<Self, TooLong> {
        Ok(Self {
            right,
            complaint: complaint.filter(|_| !right),
            comment: bounded(comment, Self::MAX_CHARACTERS)?,
        })
    }
}

/// `text` without white space around it and with its lines ended alike, if it has no more than `most` characters.
pub fn bounded(text: &str, most: usize) -> Result<String, TooLong> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    let characters = text.chars().count();
    if characters > most {
        return Err(TooLong { characters, most });
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_known_by_its_name() {
        for complaint in Complaint::ALL {
            assert_eq!(Complaint::parse(complaint.as_str()), Some(complaint));
        }
        assert_eq!(Complaint::parse("ugly"), None);
    }

    #[test]
    fn what_is_right_has_no_complaint_and_a_comment_has_a_bound() {
        let opinion = Opinion::new(true, Some(Complaint::Wrong), " yes\r\nindeed ").unwrap();
        assert_eq!(
            (opinion.complaint, opinion.comment.as_str()),
            (None, "yes\nindeed")
        );
        assert_eq!(
            Opinion::new(false, None, &"字".repeat(1_001)),
            Err(TooLong {
                characters: 1_001,
                most: 1_000
            })
        );
    }
}
