//! `documents`, read: a document as people see it, and as ingestion knows it.

use std::collections::HashMap;

use futures::TryStreamExt;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Result, Store, StoreError, ledger, numbers, unsigned};
use crate::domain::{
    Collection, ContentHash, Document, DocumentId, DocumentState, FileKind, GenerationId, Reason,
};

/// What tells without reading a file that it has not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
pub struct Stamp {
    /// Size in bytes.
    pub size: u64,
    /// Modification time, nanoseconds since 1970; programs can set it to anything.
    #[serde(default)]
    pub modified_ns: i64,
    /// Time of the last change of content or attributes, nanoseconds since 1970; only the system sets it.
    #[serde(default)]
    pub changed_ns: i64,
}

/// A document as ingestion decides about it, those whose file is missing included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The document.
    pub id: DocumentId,
    /// Its path, or the last one that it had.
    pub path: String,
    /// Its collection.
    pub collection: Collection,
    /// Its format.
    pub kind: FileKind,
    /// The file when it was last looked at.
    pub stamp: Stamp,
    /// Its content, where it could be read.
    pub hash: Option<ContentHash>,
    /// Where it stands.
    pub state: DocumentState,
    /// The generation that answers.
    pub generation: Option<GenerationId>,
    /// Whether its file is not there at present.
    pub missing: bool,
}

/// A file that says the same as another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// Its document.
    pub document: DocumentId,
    /// Its path.
    pub path: String,
    /// Its title.
    pub title: String,
    /// Its format.
    pub kind: FileKind,
    /// Modification time of the file, milliseconds since 1970.
    pub modified_ms: i64,
}

/// The columns of a [`Document`], in the order that [`document`] reads.
pub(super) const DOCUMENT: &str = "d.id, d.path, d.collection, d.kind, d.title, d.size_bytes, d.modified_ns, d.state, \
     d.duplicate_of, d.reason, d.generation, d.pages, d.passages, d.updated_ms, d.page_text, d.page_ocr, \
     d.page_doubtful, d.page_empty, d.page_picture, d.page_failed, d.page_skipped";

impl Store {
    /// The document, unless its file is gone.
    pub async fn document(&self, id: DocumentId) -> Result<Option<Document>> {
        let statement = sqlx::AssertSqlSafe(format!(
            "SELECT {DOCUMENT} FROM documents d WHERE d.id = ?1 AND d.missing_ms IS NULL"
        ));
        let row = sqlx::query(statement)
            .bind(id.0)
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(document).transpose()
    }

    /// The document whose file lies at `path`, relative to the watched folder.
    pub async fn document_by_path(&self, path: &str) -> Result<Option<Document>> {
        let statement = sqlx::AssertSqlSafe(format!(
            "SELECT {DOCUMENT} FROM documents d WHERE d.path = ?1 AND d.missing_ms IS NULL"
        ));
        let row = sqlx::query(statement)
            .bind(path)
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(document).transpose()
    }

    /// The document that answers where `document` is read: it itself, or the one of which it shows the text, since it says
    /// the same.
    pub async fn answering(&self, document: &Document) -> Result<DocumentId> {
        let row = sqlx::query("SELECT id FROM documents WHERE generation = ?1")
            .bind(document.generation.map(|generation| generation.0))
            .fetch_optional(&self.reader)
            .await?;
        row.map_or(Ok(document.id), |row| Ok(DocumentId(row.try_get(0)?)))
    }

    /// What is known of `path`.
    pub async fn known_at(&self, path: &str) -> Result<Option<Known>> {
        let row = sqlx::query(
            "SELECT id, path, collection, kind, size_bytes, modified_ns, changed_ns, hash, state, duplicate_of, \
             reason, generation, missing_ms FROM documents WHERE path = ?1",
        )
        .bind(path)
        .fetch_optional(&self.reader)
        .await?;
        row.as_ref().map(known).transpose()
    }

    /// Where a document's file lies, or lay last.
    pub async fn path_of(&self, document: DocumentId) -> Result<Option<String>> {
        let row = sqlx::query("SELECT path FROM documents WHERE id = ?1")
            .bind(document.0)
            .fetch_optional(&self.reader)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Every document with this content, oldest first.
    pub async fn twins(&self, hash: &ContentHash) -> Result<Vec<Known>> {
        let rows = sqlx::query(
            "SELECT id, path, collection, kind, size_bytes, modified_ns, changed_ns, hash, state, duplicate_of, \
             reason, generation, missing_ms FROM documents WHERE hash = ?1 ORDER BY id",
        )
        .bind(hash.0.as_slice())
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(known).collect()
    }

    /// A file below `folder`, which has `/` at its end, that says the same as each of these documents; of several the first
    /// by path.
    pub async fn twins_below(
        &self,
        documents: &[DocumentId],
        folder: &str,
    ) -> Result<HashMap<DocumentId, Twin>> {
        let rows = sqlx::query(
            "SELECT duplicate_of, id, path, title, kind, modified_ns FROM documents \
             WHERE missing_ms IS NULL AND path >= ?1 AND path < ?2 AND duplicate_of IN (SELECT value FROM json_each(?3)) ORDER BY path DESC",
        )
        .bind(folder)
        .bind(behind(folder))
        .bind(numbers(documents.iter().map(|document| document.0)))
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| {
                let twin = Twin {
                    document: DocumentId(row.try_get(1)?),
                    path: row.try_get(2)?,
                    title: row.try_get(3)?,
                    kind: kind(row.try_get(4)?)?,
                    modified_ms: row.try_get::<i64, _>(5)? / 1_000_000,
                };
                Ok((DocumentId(row.try_get(0)?), twin))
            })
            .collect()
    }

    /// The stamps of those of `paths` that are known and were there when last looked at.
    pub async fn stamps_of<'paths>(
        &self,
        paths: impl Iterator<Item = &'paths str>,
    ) -> Result<HashMap<String, Stamp>> {
        let list = serde_json::Value::from_iter(paths).to_string();
        let mut rows = sqlx::query(
            "SELECT path, size_bytes, modified_ns, changed_ns FROM documents \
             WHERE missing_ms IS NULL AND path IN (SELECT value FROM json_each(?1))",
        )
        .bind(list)
        .fetch(&self.reader);
        let mut stamps = HashMap::new();
        while let Some(row) = rows.try_next().await? {
            stamps.insert(row.try_get(0)?, stamp(&row, 1)?);
        }
        Ok(stamps)
    }

    /// The documents that answer for the files below `folder`, which has `/` at its end, wherever they lie; nothing where
    /// they are more than `most`.
    pub async fn documents_below(&self, folder: &str, most: u32) -> Result<Option<Vec<DocumentId>>> {
        let rows = sqlx::query(
            "SELECT DISTINCT COALESCE(duplicate_of, id) FROM documents WHERE missing_ms IS NULL \
             AND (generation IS NOT NULL OR duplicate_of IS NOT NULL) AND path >= ?1 AND path < ?2 LIMIT ?3",
        )
        .bind(folder)
        .bind(behind(folder))
        .bind(most.saturating_add(1))
        .fetch_all(&self.reader)
        .await?;
        let few = rows.len() <= most as usize;
        let documents = rows.iter().map(|row| Ok(DocumentId(row.try_get(0)?)));
        few.then(|| documents.collect()).transpose()
    }

    /// The next `limit` files after `after`, by path, that were there when last looked at: `folder` itself and what lies
    /// below it, or all of them where it is empty.
    pub async fn paths_below(&self, folder: &str, after: &str, limit: u32) -> Result<Vec<String>> {
        // Comparing against the next character after '/' finds the folder's files by the index of the path.
        let (from, to) = match folder {
            "" => (String::new(), "\u{10ffff}".to_owned()),
            folder => (format!("{folder}/"), format!("{folder}0")),
        };
        let rows = sqlx::query(
            "SELECT path FROM documents \
             WHERE missing_ms IS NULL AND path > ?4 AND ((path >= ?1 AND path < ?2) OR path = ?3) \
             ORDER BY path LIMIT ?5",
        )
        .bind(from)
        .bind(to)
        .bind(folder)
        .bind(after)
        .bind(limit)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}

/// The first text behind all paths below `folder`, which has `/` at its end: `0` is the character after that.
fn behind(folder: &str) -> String {
    format!("{}0", folder.trim_end_matches('/'))
}

/// What a document is called that does not say it itself: the file's name without its extension.
pub(super) fn file_title(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

pub(super) fn document(row: &SqliteRow) -> Result<Document> {
    Ok(Document {
        id: DocumentId(row.try_get(0)?),
        path: row.try_get(1)?,
        collection: Collection(row.try_get(2)?),
        kind: kind(row.try_get(3)?)?,
        title: row.try_get(4)?,
        size_bytes: u64::try_from(row.try_get::<i64, _>(5)?).unwrap_or(0),
        modified_ms: row.try_get::<i64, _>(6)? / 1_000_000,
        state: state(row.try_get(7)?, row.try_get(8)?, row.try_get(9)?)?,
        generation: row.try_get::<Option<i64>, _>(10)?.map(GenerationId),
        pages: unsigned(row.try_get(11)?),
        passages: unsigned(row.try_get(12)?),
        updated_ms: row.try_get(13)?,
        coverage: ledger::counts(row, 14)?,
    })
}

fn known(row: &SqliteRow) -> Result<Known> {
    Ok(Known {
        id: DocumentId(row.try_get(0)?),
        path: row.try_get(1)?,
        collection: Collection(row.try_get(2)?),
        kind: kind(row.try_get(3)?)?,
        stamp: stamp(row, 4)?,
        hash: hash(row.try_get(7)?)?,
        state: state(row.try_get(8)?, row.try_get(9)?, row.try_get(10)?)?,
        generation: row.try_get::<Option<i64>, _>(11)?.map(GenerationId),
        missing: row.try_get::<Option<i64>, _>(12)?.is_some(),
    })
}

pub(super) fn stamp(row: &SqliteRow, first: usize) -> Result<Stamp> {
    Ok(Stamp {
        size: u64::try_from(row.try_get::<i64, _>(first)?).unwrap_or(0),
        modified_ns: row.try_get(first + 1)?,
        changed_ns: row.try_get(first + 2)?,
    })
}

pub(super) fn kind(name: &str) -> Result<FileKind> {
    FileKind::parse(name).ok_or_else(|| StoreError::Unknown {
        what: format!("the format {name:?}"),
    })
}

pub(super) fn hash(bytes: Option<&[u8]>) -> Result<Option<ContentHash>> {
    bytes
        .map(|bytes| {
            bytes
                .try_into()
                .map(ContentHash)
                .map_err(|_| StoreError::Unknown {
                    what: format!("a hash of {} bytes", bytes.len()),
                })
        })
        .transpose()
}

/// How a reason is kept.
pub(super) fn reason_text(reason: &Reason) -> String {
    serde_json::to_string(reason).unwrap_or_else(|_| reason.sentence.clone())
}

/// A reason as it was kept; before it had a name it was a sentence alone.
fn reason_of(text: String) -> Reason {
    serde_json::from_str(&text).unwrap_or_else(|_| Reason::new("unnamed", text))
}

fn state(name: &str, of: Option<i64>, reason: Option<String>) -> Result<DocumentState> {
    match (name, of, reason) {
        ("pending", ..) => Ok(DocumentState::Pending),
        ("searchable", ..) => Ok(DocumentState::Searchable),
        ("duplicate", Some(of), _) => Ok(DocumentState::Duplicate { of: DocumentId(of) }),
        ("failed", _, Some(reason)) => Ok(DocumentState::Failed {
            reason: reason_of(reason),
        }),
        (other, ..) => Err(StoreError::Unknown {
            what: format!("the state {other:?}"),
        }),
    }
}
