//! The vectors of texts that were asked for lately. People ask about the same few pages again and again, and every
//! answer compares the sentences of its pages with the question: most of those vectors are known from the last answer.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

/// How many vectors are kept: about 6 MB of a model with 384 numbers.
const KEPT: NonZeroUsize = NonZeroUsize::new(4_096).expect("a number above zero");

/// Known vectors, by the hash of their text; the one that was not asked for longest goes first.
pub(super) struct Recent(Mutex<LruCache<blake3::Hash, Arc<[f32]>>>);

impl Default for Recent {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

/// What is known of several texts.
pub(super) struct Looked {
    /// In the order of the texts; empty where it is not known.
    pub vectors: Vec<Vec<f32>>,
    /// The places of those that are not known.
    pub missing: Vec<usize>,
}

impl Recent {
    /// Looks up `texts`.
    pub fn look(&self, texts: &[String]) -> Looked {
        let mut known = self.locked();
        let mut missing = Vec::new();
        let vectors = texts
            .iter()
            .enumerate()
            .map(|(place, text)| match known.get(&blake3::hash(text.as_bytes())) {
                Some(vector) => vector.to_vec(),
                None => {
                    missing.push(place);
                    Vec::new()
                }
            })
            .collect();
        Looked { vectors, missing }
    }

    /// Remembers the vector of `text`.
    pub fn remember(&self, text: &str, vector: &[f32]) {
        self.locked()
            .put(blake3::hash(text.as_bytes()), Arc::from(vector));
    }

    fn locked(&self) -> MutexGuard<'_, LruCache<blake3::Hash, Arc<[f32]>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_was_remembered_is_known_and_the_rest_is_missing() {
        let recent = Recent::default();
        recent.remember("second", &[2.0]);
        let Looked { vectors, missing } = recent.look(&texts(&["first", "second", "third"]));
        assert_eq!(vectors, [vec![], vec![2.0], vec![]]);
        assert_eq!(missing, [0, 2]);
    }

    #[test]
    fn what_was_not_asked_for_longest_is_forgotten_first() {
        let recent = Recent::default();
        for number in 0..KEPT.get() {
            recent.remember(&number.to_string(), &[1.0]);
        }
        recent.look(&texts(&["0"]));
        recent.remember("new", &[1.0]);
        assert_eq!(recent.look(&texts(&["0", "1", "new"])).missing, [1]);
    }
}
