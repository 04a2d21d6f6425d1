//! `generations` that answer: what both indexes must hold.

use sqlx::Row;

use super::documents::kind;
use super::{Result, Store, unsigned};
use crate::domain::{Collection, DocumentId, FileKind, GenerationId};

/// A generation that answers, or will again when its file comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveGeneration {
    /// The generation.
    pub generation: GenerationId,
    /// Its document.
    pub document: DocumentId,
    /// Where its file lies.
    pub path: String,
    /// The document's collection.
    pub collection: Collection,
    /// The document's format.
    pub kind: FileKind,
    /// The document's title.
    pub title: String,
    /// How many passages it has.
    pub passages: u32,
}

/// How much of a document both indexes must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveCount {
    /// The document.
    pub document: DocumentId,
    /// Its generation that answers.
    pub generation: GenerationId,
    /// How many passages it has.
    pub passages: u32,
}

impl Store {
    /// At most `limit` generations after `after` that both indexes must hold, whole, in their order.
    pub async fn live_counts(&self, after: GenerationId, limit: u32) -> Result<Vec<LiveCount>> {
        let rows = sqlx::query(
            "SELECT d.id, g.id, g.passages FROM documents d JOIN generations g ON g.id = d.generation \
             WHERE d.generation > ?1 ORDER BY d.generation LIMIT ?2",
        )
        .bind(after.0)
        .bind(limit)
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(LiveCount {
                    document: DocumentId(row.try_get(0)?),
                    generation: GenerationId(row.try_get(1)?),
                    passages: unsigned(row.try_get(2)?),
                })
            })
            .collect()
    }

    /// How many documents answer, and how many passages they have.
    pub async fn live_totals(&self) -> Result<(u64, u64)> {
        let row = sqlx::query(
            "SELECT COUNT(*), COALESCE(SUM(g.passages), 0) FROM documents d JOIN generations g ON g.id = d.generation",
        )
        .fetch_one(&self.reader)
        .await?;
        let (documents, passages): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        Ok((documents.unsigned_abs(), passages.unsigned_abs()))
    }

    /// The generation of a document that both indexes must hold.
    pub async fn live_generation(&self, document: DocumentId) -> Result<Option<LiveGeneration>> {
        let row = sqlx::query(
            "SELECT g.id, d.id, d.path, d.collection, d.kind, d.title, g.passages \
             FROM documents d JOIN generations g ON g.id = d.generation WHERE d.id = ?1",
        )
        .bind(document.0)
        .fetch_optional(&self.reader)
        .await?;
        row.as_ref().map(live).transpose()
    }
}

fn live(row: &sqlx::sqlite::SqliteRow) -> Result<LiveGeneration> {
    Ok(LiveGeneration {
        generation: GenerationId(row.try_get(0)?),
        document: DocumentId(row.try_get(1)?),
        path: row.try_get(2)?,
        collection: Collection(row.try_get(3)?),
        kind: kind(row.try_get(4)?)?,
        title: row.try_get(5)?,
        passages: unsigned(row.try_get(6)?),
    })
}
