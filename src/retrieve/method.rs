//! Which indexes a question is put to: words, meaning, or both.

use std::fmt;
use std::str::FromStr;

/// Which indexes are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Words alone: BM25.
    Lexical,
    /// Meaning alone: nearest vectors.
    Dense,
    /// Both, fused: what people get.
    #[default]
    Hybrid,
}

impl Method {
    /// The name used on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lexical => "lexical",
            Self::Dense => "dense",
            Self::Hybrid => "hybrid",
        }
    }
}

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(name: &str) -> Result<Self, UnknownMethod> {
        let known = [Self::Lexical, Self::Dense, Self::Hybrid];
        known
            .into_iter()
            .find(|method| method.as_str() == name)
            .ok_or(UnknownMethod)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// No method has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the methods are lexical, dense and hybrid")]
pub struct UnknownMethod;
