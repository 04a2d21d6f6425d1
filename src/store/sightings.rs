//! `documents`, written: what becomes of a document row when its file is seen, moved, changed, or gone.
//!
//! Which of these happened is decided by ingestion; each function here carries one of them out in one transaction,
//! together with the job that it makes necessary.

use sqlx::{Row, SqliteConnection};

use super::documents::{Stamp, file_title, reason_text};
use super::jobs::{cancel, enqueue, enqueue_fresh};
use super::ledger::{self, NOTHING};
use super::{JobKind, Result, Store, now_ms};
use crate::domain::{Collection, ContentHash, Coverage, DocumentId, FileKind, PageFate, Reason};

/// Documents that are forgotten in one transaction.
const PURGED_TOGETHER: u32 = 200;

/// A file that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Relative to the watched folder, `/` between names.
    pub path: String,
    /// Its collection.
    pub collection: Collection,
    /// Its format.
    pub kind: FileKind,
    /// The file as it was.
    pub stamp: Stamp,
    /// Its content; absent where it could not be read.
    pub hash: Option<ContentHash>,
}

impl Store {
    /// The same file with the same content: only what tells so without reading is renewed. A file that had gone
    /// answers again.
    pub async fn touch(&self, document: DocumentId, stamp: Stamp) -> Result<()> {
        sqlx::query(
            "UPDATE documents SET size_bytes = ?2, modified_ns = ?3, changed_ns = ?4, missing_ms = NULL WHERE id = ?1",
        )
        .bind(document.0)
        .bind(size(stamp))
        .bind(stamp.modified_ns)
        .bind(stamp.changed_ns)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// A file at a new path is to be read.
    pub async fn add_document(&self, sighting: &Sighting) -> Result<DocumentId> {
        let mut transaction = self.writer.begin().await?;
        let id = record(&mut transaction, sighting, "pending", None, None).await?;
        enqueue(&mut transaction, id, JobKind::Read).await?;
        transaction.commit().await?;
        Ok(DocumentId(id))
    }

    /// The file at a known path has other content: it is read again, and until then what it said before answers. Its
    /// duplicates now answer for themselves.
    pub async fn change_document(&self, document: DocumentId, sighting: &Sighting) -> Result<()> {
        let mut transaction = self.writer.begin().await?;
        hand_over(&mut transaction, document.0).await?;
        record(&mut transaction, sighting, "pending", None, None).await?;
        enqueue(&mut transaction, document.0, JobKind::Read).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The file was moved or renamed: the row goes along, and what it says stays. Both indexes learn the new
    /// collection from a job; where the format is another one now (`read_again`), it is read again.
    pub async fn move_document(
        &self,
        document: DocumentId,
        sighting: &Sighting,
        read_again: bool,
    ) -> Result<()> {
        let mut transaction = self.writer.begin().await?;
        sqlx::query(
            "UPDATE documents SET path = ?2, collection = ?3, kind = ?4, \
             title = CASE titled WHEN 1 THEN title ELSE ?5 END, size_bytes = ?6, modified_ns = ?7, changed_ns = ?8, \
             missing_ms = NULL, updated_ms = ?9 WHERE id = ?1",
        )
        .bind(document.0)
        .bind(&sighting.path)
        .bind(sighting.collection.as_str())
        .bind(sighting.kind.as_str())
        .bind(file_title(&sighting.path))
        .bind(size(sighting.stamp))
        .bind(sighting.stamp.modified_ns)
        .bind(sighting.stamp.changed_ns)
        .bind(now_ms())
        .execute(&mut *transaction)
        .await?;
        if read_again {
            sqlx::query(
                "UPDATE documents SET state = 'pending', reason = NULL, duplicate_of = NULL WHERE id = ?1",
            )
            .bind(document.0)
            .execute(&mut *transaction)
            .await?;
            enqueue(&mut transaction, document.0, JobKind::Read).await?;
        }
        enqueue(&mut transaction, document.0, JobKind::Relocate).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The file says the same as `of`, which answers for it. Nothing is done, and `false` returned, if `of` no longer
    /// can.
    pub async fn mark_duplicate(
        &self,
        at: Option<DocumentId>,
        sighting: &Sighting,
        of: DocumentId,
    ) -> Result<bool> {
        let mut transaction = self.writer.begin().await?;
        let answers = sqlx::query(
            "SELECT 1 FROM documents WHERE id = ?1 AND missing_ms IS NULL AND state IN ('pending', 'searchable')",
        )
        .bind(of.0)
        .fetch_optional(&mut *transaction)
        .await?;
        if answers.is_none() {
            return Ok(false);
        }
        if let Some(document) = at {
            hand_over(&mut transaction, document.0).await?;
            silence(&mut transaction, document.0).await?;
        }
        record(&mut transaction, sighting, "duplicate", Some(of.0), None).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The file cannot be read at all; nothing that it said before answers in its place.
    pub async fn mark_unreadable(&self, sighting: &Sighting, reason: &Reason) -> Result<()> {
        let mut transaction = self.writer.begin().await?;
        let row = sqlx::query("SELECT id FROM documents WHERE path = ?1")
            .bind(&sighting.path)
            .fetch_optional(&mut *transaction)
            .await?;
        if let Some(row) = row {
            let document = row.try_get(0)?;
            hand_over(&mut transaction, document).await?;
            silence(&mut transaction, document).await?;
        }
        let document = record(&mut transaction, sighting, "failed", None, Some(reason)).await?;
        let failed = Coverage::whole(PageFate::Failed {
            reason: reason.clone(),
        });
        ledger::fails(&mut transaction, document, &failed).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The file is not there: it stops answering with this statement. A duplicate takes its place at once; without
    /// one, the row stays until [`Store::purge_missing`], so that a file that was only moved is known again.
    pub async fn mark_missing(&self, path: &str) -> Result<bool> {
        let mut transaction = self.writer.begin().await?;
        let Some(row) = sqlx::query(
            "SELECT id, state, generation, titled FROM documents WHERE path = ?1 AND missing_ms IS NULL",
        )
        .bind(path)
        .fetch_optional(&mut *transaction)
        .await?
        else {
            return Ok(false);
        };
        let document: i64 = row.try_get(0)?;
        let state: String = row.try_get(1)?;
        let heir = sqlx::query(
            "SELECT id, path, size_bytes, modified_ns, changed_ns, kind FROM documents \
             WHERE duplicate_of = ?1 AND missing_ms IS NULL ORDER BY id LIMIT 1",
        )
        .bind(document)
        .fetch_optional(&mut *transaction)
        .await?;
        if state == "duplicate" || state == "failed" {
            forget(&mut transaction, document).await?;
        } else if let Some(heir) = heir {
            sqlx::query("DELETE FROM documents WHERE id = ?1")
                .bind(heir.try_get::<i64, _>(0)?)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(
                "UPDATE documents SET path = ?2, title = CASE titled WHEN 1 THEN title ELSE ?3 END, \
                 size_bytes = ?4, modified_ns = ?5, changed_ns = ?6, kind = ?7, updated_ms = ?8 WHERE id = ?1",
            )
            .bind(document)
            .bind(heir.try_get::<&str, _>(1)?)
            .bind(file_title(heir.try_get(1)?))
            .bind(heir.try_get::<i64, _>(2)?)
            .bind(heir.try_get::<i64, _>(3)?)
            .bind(heir.try_get::<i64, _>(4)?)
            .bind(heir.try_get::<&str, _>(5)?)
            .bind(now_ms())
            .execute(&mut *transaction)
            .await?;
            enqueue(&mut transaction, document, JobKind::Relocate).await?;
        } else {
            sqlx::query("UPDATE documents SET missing_ms = ?2 WHERE id = ?1")
                .bind(document)
                .bind(now_ms())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Forgets the documents whose files have been gone since before `before_ms`; what they said becomes dead
    /// generations, which the indexes let go of next. Returns how many there were.
    pub async fn purge_missing(&self, before_ms: i64) -> Result<u64> {
        let mut purged = 0;
        loop {
            // Whoever else writes waits for a few of them and not for all of a folder that was deleted.
            let mut transaction = self.writer.begin().await?;
            let rows = sqlx::query("SELECT id FROM documents WHERE missing_ms < ?1 LIMIT ?2")
                .bind(before_ms)
                .bind(PURGED_TOGETHER)
                .fetch_all(&mut *transaction)
                .await?;
            for row in &rows {
                forget(&mut transaction, row.try_get(0)?).await?;
            }
            transaction.commit().await?;
            purged += rows.len() as u64;
            if rows.len() < PURGED_TOGETHER as usize {
                return Ok(purged);
            }
        }
    }

    /// Makes the next look at a file that failed read it anew, whatever is known of it. One with pages that are not as
    /// they should be is read again and answers until then. Returns its path; nothing where there is nothing to retry.
    pub async fn retry_document(&self, document: DocumentId) -> Result<Option<String>> {
        let mut transaction = self.writer.begin().await?;
        let failed = sqlx::AssertSqlSafe(format!(
            "UPDATE documents SET state = 'pending', reason = NULL, duplicate_of = NULL, hash = NULL, size_bytes = 0, \
             modified_ns = 0, changed_ns = 0, updated_ms = ?2, {NOTHING} \
             WHERE id = ?1 AND state = 'failed' AND missing_ms IS NULL RETURNING path"
        ));
        let mut row = sqlx::query(failed)
            .bind(document.0)
            .bind(now_ms())
            .fetch_optional(&mut *transaction)
            .await?;
        if row.is_none() {
            row = sqlx::query(
                "UPDATE documents SET state = 'pending', updated_ms = ?2 WHERE id = ?1 AND state = 'searchable' \
                 AND missing_ms IS NULL AND hash IS NOT NULL AND (page_lacking + page_doubtful + page_empty > 0 \
                   OR EXISTS (SELECT 1 FROM generations g WHERE g.id = documents.generation \
                              AND json_extract(g.coverage, '$.pictures') IS NOT NULL)) RETURNING path",
            )
            .bind(document.0)
            .bind(now_ms())
            .fetch_optional(&mut *transaction)
            .await?;
            if row.is_some() {
                enqueue_fresh(&mut transaction, document.0).await?;
            }
        }
        transaction.commit().await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}

/// The duplicates of a document that no longer says the same: the oldest is read (copied, as long as the old text is
/// there), the others become duplicates of that one.
pub(super) async fn hand_over(connection: &mut SqliteConnection, document: i64) -> Result<()> {
    let Some(heir) = sqlx::query("SELECT id FROM documents WHERE duplicate_of = ?1 ORDER BY id LIMIT 1")
        .bind(document)
        .fetch_optional(&mut *connection)
        .await?
    else {
        return Ok(());
    };
    let heir: i64 = heir.try_get(0)?;
    sqlx::query("UPDATE documents SET state = 'pending', duplicate_of = NULL, updated_ms = ?2 WHERE id = ?1")
        .bind(heir)
        .bind(now_ms())
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE documents SET duplicate_of = ?2 WHERE duplicate_of = ?1")
        .bind(document)
        .bind(heir)
        .execute(&mut *connection)
        .await?;
    enqueue(connection, heir, JobKind::Read).await
}

/// Nothing that the document said answers any more, and nothing is to be done for it.
async fn silence(connection: &mut SqliteConnection, document: i64) -> Result<()> {
    sqlx::query("UPDATE generations SET state = 'dead' WHERE document = ?1")
        .bind(document)
        .execute(&mut *connection)
        .await?;
    let nothing = sqlx::AssertSqlSafe(format!(
        "UPDATE documents SET generation = NULL, titled = 0, {NOTHING} WHERE id = ?1"
    ));
    sqlx::query(nothing)
        .bind(document)
        .execute(&mut *connection)
        .await?;
    cancel(connection, document, JobKind::Read).await?;
    cancel(connection, document, JobKind::Relocate).await
}

async fn forget(connection: &mut SqliteConnection, document: i64) -> Result<()> {
    hand_over(connection, document).await?;
    silence(connection, document).await?;
    sqlx::query("DELETE FROM documents WHERE id = ?1")
        .bind(document)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Writes down what is known of the file at a path, whether or not the path is known. The title of a known one stays: it
/// is renewed when the file has been read.
async fn record(
    connection: &mut SqliteConnection,
    sighting: &Sighting,
    state: &str,
    of: Option<i64>,
    reason: Option<&Reason>,
) -> Result<i64> {
    let row = sqlx::query(
        "INSERT INTO documents (path, collection, kind, title, size_bytes, modified_ns, changed_ns, hash, state, \
         duplicate_of, reason, updated_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
         ON CONFLICT (path) DO UPDATE SET size_bytes = excluded.size_bytes, modified_ns = excluded.modified_ns, \
         changed_ns = excluded.changed_ns, hash = excluded.hash, state = excluded.state, \
         duplicate_of = excluded.duplicate_of, reason = excluded.reason, missing_ms = NULL, \
         updated_ms = excluded.updated_ms RETURNING id",
    )
    .bind(&sighting.path)
    .bind(sighting.collection.as_str())
    .bind(sighting.kind.as_str())
    .bind(file_title(&sighting.path))
    .bind(size(sighting.stamp))
    .bind(sighting.stamp.modified_ns)
    .bind(sighting.stamp.changed_ns)
    .bind(sighting.hash.as_ref().map(|hash| hash.0.as_slice()))
    .bind(state)
    .bind(of)
    .bind(reason.map(reason_text))
    .bind(now_ms())
    .fetch_one(&mut *connection)
    .await?;
    Ok(row.try_get(0)?)
}

fn size(stamp: Stamp) -> i64 {
    i64::try_from(stamp.size).unwrap_or(i64::MAX)
}
