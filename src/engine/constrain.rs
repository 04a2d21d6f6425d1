//! Holds answers to a form: what would leave it is taken out of the logits before a token is chosen.

use std::path::Path;
use std::sync::Arc;

use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::{ApproximateTokEnv, TokEnv, TokRxInfo, TokTrie};
use llguidance::{Matcher, ParserFactory, token_bytes_from_tokenizer_json};
use serde_json::Value;

use super::EngineError;

/// The form of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Constraint {
    /// JSON that this schema describes.
    JsonSchema(Value),
    /// Text that this regular expression matches from beginning to end.
    Regex(String),
}

/// Makes forms for the vocabulary of one model.
pub(super) struct Forms {
    factory: ParserFactory,
}

impl Forms {
    /// Reads the bytes of each token from the model's `tokenizer.json`.
    ///
    /// # Errors
    ///
    /// [`EngineError::Constraint`] for a tokenizer whose tokens are no bytes.
    pub fn read(tokenizer: &Path, vocabulary: usize, eos: &[u32]) -> Result<Self, EngineError> {
        let refused = |error: &dyn std::fmt::Display| EngineError::Constraint(error.to_string());
        let text = std::fs::read_to_string(tokenizer).map_err(|error| refused(&error))?;
        let json: Value = serde_json::from_str(&text).map_err(|error| refused(&error))?;
        let mut words = token_bytes_from_tokenizer_json(&json).map_err(|error| refused(&error))?;
        // Models have logits for more tokens than they know, to fill up a multiple of some power of two.
        words.resize(vocabulary, Vec::new());
        let end = eos.first().copied().unwrap_or(0);
        let info = TokRxInfo::new(vocabulary as u32, end);
        let trie = TokTrie::from(&info, &words).with_eos_tokens(eos);
        let environment: TokEnv = Arc::new(ApproximateTokEnv::new(trie));
        let mut factory = ParserFactory::new_simple(&environment).map_err(|error| refused(&error))?;
        factory.quiet();
        Ok(Self { factory })
    }

    /// The form of one answer.
    ///
    /// # Errors
    ///
    /// [`EngineError::Constraint`] with what is wrong with the schema or the expression.
    pub fn form(&self, constraint: &Constraint) -> Result<Form, EngineError> {
        let grammar = match constraint {
            Constraint::JsonSchema(schema) => TopLevelGrammar::from_json_schema(schema.clone()),
            Constraint::Regex(expression) => TopLevelGrammar::from_regex(expression),
        };
        let matcher = Matcher::new(self.factory.create_parser(grammar));
        match matcher.get_error() {
            Some(error) => Err(EngineError::Constraint(error)),
            None => Ok(Form { matcher }),
        }
    }
}

/// The form of one answer, as far as it has come.
pub(super) struct Form {
    matcher: Matcher,
}

impl Form {
    /// Takes the tokens that would leave the form out of the logits; once it is complete only the end is left.
    ///
    /// # Errors
    ///
    /// [`EngineError::Constraint`] if the form became too large to follow.
    pub fn mask(&mut self, logits: &mut [f32]) -> Result<(), EngineError> {
        let allowed = self.matcher.compute_mask_or_eos().map_err(refused)?;
        for (token, logit) in logits.iter_mut().enumerate() {
            if token >= allowed.len() || !allowed.is_allowed(token as u32) {
                *logit = f32::NEG_INFINITY;
            }
        }
        Ok(())
    }

    /// Goes on by a token that was chosen; `true` once nothing can follow any more.
    ///
    /// # Errors
    ///
    /// [`EngineError::Constraint`] if the token is not one of the form.
    pub fn accept(&mut self, token: u32) -> Result<bool, EngineError> {
        self.matcher.consume_token(token).map_err(refused)?;
        Ok(self.matcher.is_stopped())
    }
}

fn refused(error: impl std::fmt::Display) -> EngineError {
    EngineError::Constraint(error.to_string())
}
