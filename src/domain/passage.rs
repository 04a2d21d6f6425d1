//! A passage: the piece of a document that is indexed, found, quoted and cited.

use serde::{Deserialize, Serialize};

use super::{Collection, DocumentId, FileKind, GenerationId, Locator, Revision};

/// Identifies a passage of one generation. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PassageId(pub i64);

/// A half-open range of characters (Unicode scalar values, not bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

/// A piece of one generation of a document. Passages of a generation do not overlap; in order of `ordinal` they are
/// the whole text of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// Identifies it in the store and in both indexes.
    pub id: PassageId,
    /// The document.
    pub document: DocumentId,
    /// The generation of the document.
    pub generation: GenerationId,
    /// Position in the document, from 0.
    pub ordinal: u32,
    /// Where it stands.
    pub locator: Locator,
    /// The text as people read it.
    pub text: String,
}

/// A passage that a query found, with what a reader needs to know about its document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoredPassage {
    /// The passage. Where neighbours were joined, its text is theirs together.
    #[serde(flatten)]
    pub passage: Passage,
    /// The document's title.
    pub title: String,
    /// The document's path in the watched folder.
    pub path: String,
    /// The document's collection.
    pub collection: Collection,
    /// The document's format.
    pub kind: FileKind,
    /// Fused score, higher is better, comparable within one query only.
    pub score: f32,
    /// BM25 score, where the lexical index found it.
    pub lexical: Option<f32>,
    /// Cosine similarity to the question, where the vector index found it.
    pub dense: Option<f32>,
    /// The revision that its document is, if that is controlled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
}
