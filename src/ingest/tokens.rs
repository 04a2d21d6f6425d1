//! How many tokens a text has, counted word by word and remembered: counting every text as a whole would cost as much
//! as the tokens that the embedder makes of it, and the same words come again and again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::embed::Embedder;

/// Words that are remembered; in all some megabytes.
const MOST_WORDS: usize = 60_000;
/// Longer words are mostly numbers, addresses, or Chinese, and rarely come again.
const LONGEST_WORD: usize = 24;

/// Counts of words, for one embedder.
#[derive(Debug, Default)]
pub(super) struct TokenCounts(Mutex<HashMap<Box<str>, u16>>);

impl TokenCounts {
    /// How many tokens `text` has. Tokens never reach over white space.
    pub(super) fn count(&self, text: &str, embedder: &dyn Embedder) -> usize {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tokens = 0;
        for word in text.split_whitespace() {
            if word.len() > LONGEST_WORD {
                tokens += embedder.count_tokens(word);
            } else if let Some(count) = known.get(word) {
                tokens += usize::from(*count);
            } else {
                let count = embedder.count_tokens(word);
                tokens += count;
                if known.len() >= MOST_WORDS {
                    // Those that come often are soon there again.
                    known.clear();
                }
                known.insert(word.into(), u16::try_from(count).unwrap_or(u16::MAX));
            }
        }
        tokens
    }
}
