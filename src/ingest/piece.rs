//! What runs through a session: passages on their way from a file, or from the store, into the indexes.

use std::sync::Arc;

use super::embedding_input;
use crate::domain::{Collection, DocumentId, FileKind, GenerationId, Locator, PassageId};
use crate::store::{Failure, Finished, JobId};

/// What runs through a session.
#[derive(Debug)]
pub(super) enum Piece {
    /// Passages.
    Part(Part),
    /// The end of one piece of work.
    End(Arc<Work>, Box<Outcome>),
    /// Nothing comes for a while: write what is there.
    Flush,
}

/// Some passages of one generation.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) work: Arc<Work>,
    pub(super) title: Arc<str>,
    pub(super) first_ordinal: u32,
    pub(super) passages: Vec<Staged>,
}

/// A passage on its way.
#[derive(Debug)]
pub(super) struct Staged {
    /// Absent as long as it is not in the store.
    pub(super) id: Option<PassageId>,
    pub(super) locator: Locator,
    pub(super) text: String,
    pub(super) vector: Option<Vec<f32>>,
}

/// For what passages are on their way.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) task: Task,
    pub(super) document: DocumentId,
    pub(super) generation: GenerationId,
    /// Where the file lies.
    pub(super) path: Arc<str>,
    pub(super) collection: Collection,
    pub(super) kind: FileKind,
    /// Size of the file that is read.
    pub(super) bytes: u64,
    /// Whether the word index is to have them.
    pub(super) words: bool,
    /// Whether the vector index is to have them.
    pub(super) vectors: bool,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    /// A file is read, or copied from one that says the same.
    Read(JobId),
    /// A moved document is filed under its new collection.
    Relocate(JobId),
    /// An index lacks what the store has.
    Restore,
}

/// How it ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// All of it was sent.
    Done(Finished),
    /// The file cannot be read.
    Failed(Failure),
    /// Not now: the file changed or went away meanwhile.
    Later,
    /// Nothing is to be had of it before text is recognised in it, which is done beside the other files.
    PutOff,
}

/// A generation that an index must be given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Restore {
    pub(super) document: DocumentId,
    pub(super) generation: GenerationId,
    pub(super) words: bool,
    pub(super) vectors: bool,
}

impl Part {
    /// What must be embedded of it, by position.
    pub(super) fn inputs(&self) -> Vec<(usize, String)> {
        if !self.work.vectors {
            return Vec::new();
        }
        let lacking = self
            .passages
            .iter()
            .enumerate()
            .filter(|(_, passage)| passage.vector.is_none());
        lacking
            .map(|(position, passage)| {
                (
                    position,
                    embedding_input(&self.title, &passage.locator.headings, &passage.text),
                )
            })
            .collect()
    }
}
