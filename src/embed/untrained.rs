//! For tests: a model that was trained on nothing. It knows no language, as where none is installed that knows the
//! documents', and counts what it is asked to embed.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;

use super::{EmbedError, Embedder};
use crate::domain::Language;

/// The model.
pub(crate) struct Untrained {
    name: &'static str,
    embedded: AtomicUsize,
}

impl Untrained {
    /// How many numbers its vectors have.
    pub const DIMENSION: usize = 4;

    /// With `name` for its fingerprint.
    pub fn named(name: &'static str) -> Self {
        Self {
            name,
            embedded: AtomicUsize::new(0),
        }
    }

    /// How many texts it has embedded.
    pub fn embedded(&self) -> usize {
        self.embedded.load(Ordering::SeqCst)
    }
}

impl Embedder for Untrained {
    fn dimension(&self) -> usize {
        Self::DIMENSION
    }

    fn fingerprint(&self) -> &str {
        self.name
    }

    fn knows(&self, _language: Language) -> bool {
        false
    }

    fn count_tokens(&self, text: &str) -> usize {
        text.split_whitespace().count()
    }

    fn max_tokens(&self) -> usize {
        256
    }

    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, EmbedError>> {
        self.embedded.fetch_add(texts.len(), Ordering::SeqCst);
        let vector = |text: &String| vec![1.0, text.len() as f32, 0.5, 0.0];
        Box::pin(async move { Ok(texts.iter().map(vector).collect()) })
    }

    fn embed_now(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, EmbedError>> {
        self.embed(texts)
    }
}
