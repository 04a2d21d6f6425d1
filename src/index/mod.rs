//! The two indexes, derived from the store: words in [`lexical`], meanings in [`vector`].
//!
//! Neither is believed without the store, which alone knows what is visible; either can be deleted and rebuilt from
//! it. What the indexes promise:
//!
//! - a write is one commit, or as many as it takes to come to the same end when it is run again;
//! - a passage is in an index once, however often it is written;
//! - collection and format are filtered inside the index, so that a filter never costs a result.

pub mod analysis;
pub mod coverage;
mod current;
mod generations;
pub mod lexical;
pub mod vector;

use std::path::PathBuf;

pub use current::CurrentVectors;
pub use generations::GenerationCounts;
pub use lexical::{LexicalDocument, LexicalHit, LexicalIndex};
pub use vector::{Maintained, MaintenancePolicy, VectorHit, VectorIndex, VectorRow};

use crate::domain::{DocumentId, GenerationId};

/// What leaves an index before something is added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Removal {
    /// Every passage of a document.
    Document(DocumentId),
    /// Every passage of one generation.
    Generation(GenerationId),
}

/// What went wrong with an index, by what can be done about it.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Its folder cannot be used.
    #[error("the index folder {} cannot be used: check that it exists, is writable and not full", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another process writes to it.
    #[error("the index {} is written by another process: stop the other gemba first", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// It was made by another version, or is damaged.
    #[error("the index {} cannot be read by this version ({reason}): run `gemba reindex`", path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// A vector does not have as many numbers as the index's vectors.
    #[error("a vector has {found} numbers where the index has {expected}: was the embedding model changed?")]
    Dimension {
        /// What the index has.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// tantivy failed.
    #[error("the word index failed")]
    Lexical(#[from] tantivy::TantivyError),
    /// LanceDB failed.
    #[error("the vector index failed")]
    Vector(#[from] lancedb::Error),
    /// Rows could not be put into columns or back.
    #[error("rows of the vector index are malformed")]
    Rows(#[from] arrow_schema::ArrowError),
}
