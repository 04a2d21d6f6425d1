//! A configuration file whose fields are asked for by name, with messages that name file and field.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::EngineError;

/// A configuration file, and where it lies, for the messages.
pub(super) struct Json {
    pub path: PathBuf,
    value: Value,
}

impl Json {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, EngineError> {
        let text = std::fs::read_to_string(path).map_err(|source| EngineError::Read {
            path: path.to_owned(),
            source,
        })?;
        let value = serde_json::from_str(&text).map_err(|error| EngineError::Malformed {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            path: path.to_owned(),
            value,
        })
    }

    /// The value at a path of names with dots between them; models of several parts keep it under `text_config`.
    pub fn find<'a>(&'a self, field: &str) -> Option<&'a Value> {
        let at = |start: &'a Value| field.split('.').try_fold(start, |value, name| value.get(name));
        at(&self.value).or_else(|| at(self.value.get("text_config")?))
    }

    fn wrong(&self, field: &str, reason: String) -> EngineError {
        EngineError::Field {
            path: self.path.clone(),
            field: field.to_owned(),
            reason,
        }
    }

    /// A field that counts something; at least 1.
    pub fn size(&self, field: &str) -> Result<usize, EngineError> {
        let value = self
            .find(field)
            .ok_or_else(|| self.wrong(field, "is missing".to_owned()))?;
        match value.as_u64().and_then(|size| usize::try_from(size).ok()) {
            Some(size) if (1..=1 << 32).contains(&size) => Ok(size),
            _ => Err(self.wrong(field, format!("is {value}, not a size"))),
        }
    }

    /// A field that holds one token id or several.
    pub fn tokens(&self, field: &str) -> Result<Vec<u32>, EngineError> {
        let value = self
            .find(field)
            .ok_or_else(|| self.wrong(field, "is missing".to_owned()))?;
        let one = |value: &Value| value.as_u64().and_then(|token| u32::try_from(token).ok());
        let tokens: Option<Vec<u32>> = match value {
            Value::Array(tokens) => tokens.iter().map(one).collect(),
            token => one(token).map(|token| vec![token]),
        };
        tokens
            .filter(|tokens| !tokens.is_empty())
            .ok_or_else(|| self.wrong(field, format!("is {value}, not a token id")))
    }
}
