//! Why a file could not be read: a sentence for an administrator, and what it takes to say it in another language.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Names the kind of trouble, for programs and for the catalogues of texts: `password`.
    pub code: String,
    /// What the sentence mentions, by name: `pages` is `12`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
    /// The whole sentence in English: what is wrong and what to do.
    pub sentence: String,
}

impl Reason {
    /// The detail that names the file inside the file that is meant.
    pub const PART: &str = "part";

    /// The code of a PDF that asks for its password.
    pub const PDF_PASSWORD: &str = "pdf-password";

    /// A reason without details.
    pub fn new(code: &str, sentence: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            details: BTreeMap::new(),
            sentence: sentence.into(),
        }
    }

    /// The same of the file `part` inside the file; one that names its file already is left as it is.
    #[must_use]
    pub fn in_part(self, part: &str) -> Self {
        if part.is_empty() || self.details.contains_key(Self::PART) {
            return self;
        }
        let sentence = format!("in {part}: {}", self.sentence);
        Self { sentence, ..self }.with(Self::PART, part)
    }

    /// With something that the sentence mentions.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.details.insert(name.to_owned(), value.to_string());
        self
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}
