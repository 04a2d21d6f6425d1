//! `jobs`: what is still to be done. A job says only *for which document*; what is to be done is decided from the rows
//! as they are when it runs, so running one twice, or after a crash, comes to the same end.

use sqlx::{Row, SqliteConnection};

use super::documents::{Stamp, kind, stamp};
use super::{Result, Store, StoreError, now_ms, unsigned};
use crate::domain::{Collection, DocumentId, FileKind};

/// Identifies a job. A document that changes again while its job runs gets a new one, which makes the old one void.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub i64);

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// Read the file and make its text searchable.
    Read,
    /// Carry the document's collection and title as they are now into the indexes; its text stays as it is.
    Relocate,
}

impl JobKind {
    /// The name in the store.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Relocate => "relocate",
        }
    }
}

/// A job with what is needed to begin it.
#[derive(Debug, Clone)]
pub struct Job {
    /// The job.
    pub id: JobId,
    /// For which document.
    pub document: DocumentId,
    /// What.
    pub kind: JobKind,
    /// Where the file lies.
    pub path: String,
    /// Its collection.
    pub collection: Collection,
    /// Its format.
    pub format: FileKind,
    /// The file as it was when its content was taken.
    pub stamp: Stamp,
    /// How often the process died while the file was read.
    pub attempts: u32,
    /// Whether text is recognised in the file. Without it, a file that needs it is read again afterwards.
    pub recognise: bool,
}

/// The next jobs of a lane. `CROSS JOIN` because SQLite then takes the tables in this order: the queue may be long, and so
/// may the list of documents.
const READY: &str = "SELECT j.id, j.document, j.kind, d.path, d.collection, d.kind, j.attempts, d.size_bytes, \
     d.modified_ns, d.changed_ns, j.recognise \
     FROM jobs j CROSS JOIN documents d ON d.id = j.document \
     WHERE j.id > ?1 AND j.recognise = ?3 AND d.missing_ms IS NULL AND NOT (j.kind = 'read' AND EXISTS ( \
         SELECT 1 FROM documents e CROSS JOIN jobs f ON f.document = e.id AND f.kind = 'read' \
         WHERE e.hash = d.hash AND e.missing_ms IS NULL AND f.recognise = j.recognise AND f.id < j.id \
     )) ORDER BY j.id LIMIT ?2";

impl Store {
    /// The next jobs after `after` that can begin, oldest first: those that recognise text, or the others. Of files with the
    /// same content only the first can: the others are copied from it when it is read.
    pub async fn ready_jobs(&self, recognise: bool, after: JobId, limit: u32) -> Result<Vec<Job>> {
        let rows = sqlx::query(READY)
            .bind(after.0)
            .bind(limit)
            .bind(recognise)
            .fetch_all(&self.reader)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Job {
                    id: JobId(row.try_get(0)?),
                    document: DocumentId(row.try_get(1)?),
                    kind: match row.try_get(2)? {
                        "read" => JobKind::Read,
                        "relocate" => JobKind::Relocate,
                        other => {
                            return Err(StoreError::Unknown {
                                what: format!("the job {other:?}"),
                            });
                        }
                    },
                    path: row.try_get(3)?,
                    collection: Collection(row.try_get(4)?),
                    format: kind(row.try_get(5)?)?,
                    attempts: unsigned(row.try_get(6)?),
                    stamp: stamp(row, 7)?,
                    recognise: row.try_get(10)?,
                })
            })
            .collect()
    }

    /// Whether what a job reads is still wanted: it is void if the file was replaced, and the file may be gone since before
    /// `before_ms`.
    pub async fn is_wanted(&self, job: JobId, before_ms: i64) -> Result<bool> {
        let row = sqlx::query(
            "SELECT 1 FROM jobs j JOIN documents d ON d.id = j.document \
             WHERE j.id = ?1 AND COALESCE(d.missing_ms >= ?2, TRUE)",
        )
        .bind(job.0)
        .bind(before_ms)
        .fetch_optional(&self.reader)
        .await?;
        Ok(row.is_some())
    }

    /// How many jobs wait, for files that are there.
    pub async fn waiting_jobs(&self) -> Result<u64> {
        let row = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM jobs) - \
             (SELECT COUNT(*) FROM documents d CROSS JOIN jobs j ON j.document = d.id WHERE d.missing_ms IS NOT NULL)",
        )
        .fetch_one(&self.reader)
        .await?;
        Ok(u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0))
    }

    /// Counts that reading begins: if the process dies before [`Store::reading_ended`], the count stays.
    pub async fn reading_begins(&self, job: JobId) -> Result<()> {
        sqlx::query("UPDATE jobs SET attempts = attempts + 1 WHERE id = ?1")
            .bind(job.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Takes the count back: the process outlived the reading.
    pub async fn reading_ended(&self, job: JobId) -> Result<()> {
        sqlx::query("UPDATE jobs SET attempts = 0 WHERE id = ?1")
            .bind(job.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Takes the counts of all jobs back: the process stops reading of its own will.
    pub async fn readings_stopped(&self) -> Result<()> {
        sqlx::query("UPDATE jobs SET attempts = 0 WHERE attempts > 0")
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Makes a job one that recognises text: without that, nothing is to be had of its file.
    pub async fn recognise(&self, job: JobId) -> Result<()> {
        sqlx::query("UPDATE jobs SET recognise = 1 WHERE id = ?1")
            .bind(job.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Ends a job of which nothing is left to do.
    pub async fn end_job(&self, job: JobId) -> Result<()> {
        sqlx::query("DELETE FROM jobs WHERE id = ?1")
            .bind(job.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Puts the jobs during whose reading the process died behind all others, so that one file cannot keep the rest
    /// from being read.
    pub async fn postpone_interrupted(&self) -> Result<()> {
        // Replacing a row gives it a new number, larger than every one before.
        sqlx::query(
            "INSERT OR REPLACE INTO jobs (document, kind, attempts, fresh, recognise, created_ms) \
             SELECT document, kind, attempts, fresh, recognise, created_ms FROM jobs WHERE attempts > 0 ORDER BY id",
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}

/// Writes a job in the caller's transaction; one that the document had before is void.
pub(super) async fn enqueue(connection: &mut SqliteConnection, document: i64, kind: JobKind) -> Result<()> {
    sqlx::query("DELETE FROM jobs WHERE document = ?1 AND kind = ?2")
        .bind(document)
        .bind(kind.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO jobs (document, kind, created_ms) VALUES (?1, ?2, ?3)")
        .bind(document)
        .bind(kind.as_str())
        .bind(now_ms())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// The same for a reading that takes nothing over from a file that says the same. Where text was recognised in what the
/// document says now, it recognises text at once: a reading without that would take those pages out of the answers.
pub(super) async fn enqueue_fresh(connection: &mut SqliteConnection, document: i64) -> Result<()> {
    enqueue(connection, document, JobKind::Read).await?;
    sqlx::query(
        "UPDATE jobs SET fresh = 1, recognise = EXISTS ( \
             SELECT 1 FROM documents d JOIN passages p ON p.generation = d.generation \
             WHERE d.id = jobs.document AND json_extract(p.locator, '$.ocr') IS NOT NULL \
         ) WHERE document = ?1 AND kind = 'read'",
    )
    .bind(document)
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// The same for a reading that recognises text, or takes that over from a file that says the same.
pub(super) async fn enqueue_recognition(connection: &mut SqliteConnection, document: i64) -> Result<()> {
    enqueue(connection, document, JobKind::Read).await?;
    sqlx::query("UPDATE jobs SET recognise = 1 WHERE document = ?1 AND kind = 'read'")
        .bind(document)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Takes the document's jobs of this kind away, in the caller's transaction.
pub(super) async fn cancel(connection: &mut SqliteConnection, document: i64, kind: JobKind) -> Result<()> {
    sqlx::query("DELETE FROM jobs WHERE document = ?1 AND kind = ?2")
        .bind(document)
        .bind(kind.as_str())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan_of;

    #[tokio::test]
    async fn the_next_jobs_are_found_without_going_through_the_queue_or_the_documents() {
        let plan = plan_of(READY).await;
        for step in [
            "SEARCH j USING INDEX jobs_by_lane (recognise=? AND id>?)",
            "SEARCH d USING INTEGER PRIMARY KEY (rowid=?)",
            "SEARCH e USING INDEX documents_by_hash (hash=?)",
        ] {
            assert!(plan.iter().any(|found| found == step), "{step}: {plan:#?}");
        }
        let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(!sorts, "{plan:#?}");
    }
}
