//! What a language model was given and wrote in the conversations of late, word for word: a follow-up goes on from
//! there, so that nothing before it is computed again. Lost with the process, and then a follow-up starts anew.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use super::verify::Ground;
use crate::generate::Message;
use crate::store::AnswerId;

/// Conversations that are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(64).expect("a number above zero");

/// A conversation with a model.
#[derive(Debug, Clone)]
pub(super) struct Transcript {
    /// The model: another one has other words for things.
    pub model: String,
    /// Every message, the last one the model's.
    pub messages: Vec<Message>,
    /// The passages in them.
    pub grounds: Vec<Ground>,
}

/// The conversations of late, by their last answer.
#[derive(Clone)]
pub(super) struct Transcripts(Arc<Mutex<LruCache<String, Transcript>>>);

impl Default for Transcripts {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(REMEMBERED))))
    }
}

impl Transcripts {
    /// The conversation that ended with `answer`.
    pub fn get(&self, answer: &AnswerId) -> Option<Transcript> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&answer.0).cloned()
    }

    /// Remembers a conversation.
    pub fn put(&self, answer: &AnswerId, transcript: Transcript) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.put(answer.0.clone(), transcript);
    }
}
