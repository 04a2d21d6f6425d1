//! Texts to vectors. A question never waits behind the passages of an ingest for longer than one of them takes.
//!
//! Each session of the model has an owner thread; all of them take from one queue of two priorities. One text is run at
//! a time: on a CPU a batch is no faster, and in a batch a quantised model makes a vector depend on its neighbours.

mod local;
mod queue;
mod recent;
mod runtime;
mod session;

#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
pub(crate) mod untrained;

use std::path::PathBuf;

use futures::future::BoxFuture;

use crate::domain::Language;
use crate::models::ModelError;

pub use crate::models::Precision;
pub use local::{LocalEmbedder, Sessions};
pub use runtime::Runtime;

/// Turns texts into vectors of length 1 that are near to each other when the texts mean the same.
pub trait Embedder: Send + Sync {
    /// How many numbers a vector has.
    fn dimension(&self) -> usize;

    /// Names the model and all that changes its vectors: vectors of different fingerprints cannot be compared.
    fn fingerprint(&self) -> &str;

    /// Whether the model understands a language. Vectors of a text in another one mean nothing.
    fn knows(&self, language: Language) -> bool;

    /// How many tokens of the model `text` has, without those that mark its beginning and end.
    fn count_tokens(&self, text: &str) -> usize;

    /// The most tokens of a text that the model reads; the rest is cut off.
    fn max_tokens(&self) -> usize;

    /// Vectors of texts that nobody waits for, in their order. Waits while too many others wait. Dropping the future
    /// gives up what has not been begun.
    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, EmbedError>>;

    /// Vectors of texts that somebody waits for: they overtake [`Embedder::embed`]. What was asked for lately is
    /// remembered.
    fn embed_now(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, EmbedError>>;

    /// The vector of a question; overtakes like [`Embedder::embed_now`].
    fn embed_query(&self, text: &str) -> BoxFuture<'_, Result<Vec<f32>, EmbedError>> {
        let vectors = self.embed_now(vec![text.to_owned()]);
        Box::pin(async move { vectors.await?.pop().ok_or(EmbedError::Stopped) })
    }
}

/// Why there are no vectors.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The library that runs models cannot be loaded.
    #[error("ONNX Runtime cannot be loaded from {}: {reason}; run ./appliance/run, or point `runtime` at it", path.display())]
    Runtime {
        /// Where it was looked for.
        path: PathBuf,
        /// What the loader says.
        reason: String,
    },
    /// The model's files are not usable.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The model does not accept its files.
    #[error("the model in {} cannot be loaded: install it again ({reason})", folder.display())]
    Load {
        /// The model's folder.
        folder: PathBuf,
        /// What the runtime says.
        reason: String,
    },
    /// A text could not be embedded.
    #[error("a text could not be embedded: {reason}")]
    Run {
        /// What the runtime says.
        reason: String,
    },
    /// The embedder is shutting down.
    #[error("the embedder has stopped")]
    Stopped,
}

/// How alike two vectors of the same embedder are: 1 for the same meaning. Both have length 1.
pub fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
