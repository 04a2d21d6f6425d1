//! `generations`: built in the dark, made visible by one transaction, dead when replaced.

use sqlx::{Row, SqliteConnection};

use super::controlled::{control, read_declared};
use super::documents::{file_title, hash, reason_text};
use super::jobs::{cancel, enqueue, enqueue_recognition};
use super::ledger::{self, NOTHING};
use super::{JobId, JobKind, Result, Store, StoreError, now_ms, numbers, recognised, unsigned};
use crate::domain::{
    ContentHash, Coverage, Declared, DeclaredInside, DocumentId, GenerationId, PageFate, Reason,
};

/// Text that was read before and says the same: it is copied, not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The generation to copy.
    pub generation: GenerationId,
    /// Its title, if the title stands in the file.
    pub title: Option<String>,
    /// What became of its pages.
    pub coverage: Coverage,
    /// How many passages it must have; fewer are there while it is being deleted.
    pub passages: u32,
    /// What its file says of itself as a controlled document.
    pub declared: DeclaredInside,
    /// Whether there is text in its file that was not recognised.
    pub unrecognised: bool,
}

/// What reading a file came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The title, if one stands in the file.
    pub title: Option<String>,
    /// What became of its pages.
    pub coverage: Coverage,
    /// Passages, all of which are in the store and in both indexes.
    pub passages: u32,
    /// What its file says of itself as a controlled document.
    pub declared: DeclaredInside,
    /// The revision that the document is, by its name and its file, if it is controlled.
    pub controlled: Option<Declared>,
    /// The words of recognised pages with their places.
    pub recognised: Vec<RecognisedWords>,
    /// The generation that it was copied from, whose recognised pages it takes over.
    pub copied: Option<GenerationId>,
    /// Whether there is text in the file that was not recognised.
    pub unrecognised: bool,
    /// Whether the file is read again for that.
    pub put_off: bool,
}

/// The words of one recognised page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecognisedWords {
    /// The file inside the file; empty for the file itself.
    pub part: String,
    /// The page, from 1.
    pub page: u32,
    /// As JSON, with their places.
    pub words: String,
}

/// Why a file cannot be searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The reason, for an administrator.
    pub reason: Reason,
    /// What became of its pages.
    pub coverage: Coverage,
}

impl From<Reason> for Failure {
    /// A file that could not be read at all.
    fn from(reason: Reason) -> Self {
        Self {
            coverage: Coverage::whole(PageFate::Failed {
                reason: reason.clone(),
            }),
            reason,
        }
    }
}

/// The end of one reading.
#[derive(Debug, Clone)]
pub struct FinishedReading {
    /// The job.
    pub job: JobId,
    /// Its document.
    pub document: DocumentId,
    /// The generation that was built.
    pub generation: GenerationId,
    /// Where the file lay when it was read: where the indexes have it, by its collection and its title.
    pub path: String,
    /// What it came to.
    pub result: std::result::Result<Finished, Failure>,
}

impl Store {
    /// Begins to build what a job asks for, with the content that the document has now. A generation that an earlier
    /// attempt left behind is dead. `None` if the job is void. With the generation comes one to copy from, if any.
    pub async fn begin_generation(
        &self,
        job: JobId,
    ) -> Result<Option<(GenerationId, ContentHash, Option<Source>)>> {
        let mut transaction = self.writer.begin().await?;
        let Some(row) = sqlx::query(
            "SELECT d.id, d.hash, d.kind, j.fresh, j.recognise FROM jobs j JOIN documents d ON d.id = j.document \
             WHERE j.id = ?1 AND j.kind = 'read' AND d.hash IS NOT NULL",
        )
        .bind(job.0)
        .fetch_optional(&mut *transaction)
        .await?
        else {
            return Ok(None);
        };
        let document: i64 = row.try_get(0)?;
        let Some(content) = hash(row.try_get(1)?)? else {
            return Ok(None);
        };
        let format: String = row.try_get(2)?;
        let (fresh, recognise): (bool, bool) = (row.try_get(3)?, row.try_get(4)?);
        sqlx::query("UPDATE generations SET state = 'dead' WHERE document = ?1 AND state = 'building'")
            .bind(document)
            .execute(&mut *transaction)
            .await?;
        // A dead generation still has its text until it is swept; only one that was complete has a number of passages.
        // One in which text was not recognised is no source for a reading that does that.
        let source = sqlx::query(
            "SELECT id, title, titled, pages, coverage, passages, declared, unrecognised FROM generations WHERE NOT ?3 \
             AND hash = ?1 AND kind = ?2 AND passages > 0 AND state <> 'building' AND NOT (?4 AND unrecognised) \
             ORDER BY unrecognised, state, id DESC LIMIT 1",
        )
        .bind(content.0.as_slice())
        .bind(&format)
        .bind(fresh)
        .bind(recognise)
        .fetch_optional(&mut *transaction)
        .await?
        .map(|row| -> Result<Source> {
            let titled: bool = row.try_get(2)?;
            Ok(Source {
                generation: GenerationId(row.try_get(0)?),
                title: if titled { Some(row.try_get(1)?) } else { None },
                coverage: ledger::kept(row.try_get(4)?, unsigned(row.try_get(3)?))?,
                passages: unsigned(row.try_get(5)?),
                declared: read_declared(row.try_get(6)?),
                unrecognised: row.try_get(7)?,
            })
        })
        .transpose()?;
        let row = sqlx::query(
            "INSERT INTO generations (document, state, hash, kind, created_ms) VALUES (?1, 'building', ?2, ?3, ?4) \
             RETURNING id",
        )
        .bind(document)
        .bind(content.0.as_slice())
        .bind(&format)
        .bind(now_ms())
        .fetch_one(&mut *transaction)
        .await?;
        let generation = GenerationId(row.try_get(0)?);
        transaction.commit().await?;
        Ok(Some((generation, content, source)))
    }

    /// The last step of reading, for several files at once: what was built becomes visible, what it replaces is dead,
    /// the jobs are done. A reading whose job has become void leaves a dead generation and nothing else.
    pub async fn finish(&self, readings: &[FinishedReading]) -> Result<()> {
        let mut transaction = self.writer.begin().await?;
        for reading in readings {
            // The path as it is now: the file may have been renamed while it was read.
            let path: Option<String> = sqlx::query(
                "SELECT d.path FROM jobs j JOIN documents d ON d.id = j.document WHERE j.id = ?1 AND d.id = ?2",
            )
            .bind(reading.job.0)
            .bind(reading.document.0)
            .fetch_optional(&mut *transaction)
            .await?
            .map(|row| row.try_get(0))
            .transpose()?;
            match (&reading.result, path) {
                (Ok(finished), Some(path)) => complete(&mut transaction, reading, &path, finished).await?,
                (Err(failure), Some(_)) => fail(&mut transaction, reading, failure).await?,
                (_, None) => bury(&mut transaction, reading.generation).await?,
            }
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Gives up one generation; its job stays and begins another.
    pub async fn abandon_generation(&self, generation: GenerationId) -> Result<()> {
        let mut connection = self.writer.acquire().await?;
        bury(&mut connection, generation).await
    }

    /// At start: nothing is being built, so whatever says so was left behind by a crash.
    pub async fn abandon_unfinished(&self) -> Result<u64> {
        let done = sqlx::query("UPDATE generations SET state = 'dead' WHERE state = 'building'")
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected())
    }

    /// Generations that the indexes are to let go of, oldest first.
    pub async fn dead_generations(&self, limit: u32) -> Result<Vec<GenerationId>> {
        // Said twice, because the index is one of the few that are not complete.
        let rows = sqlx::query(
            "SELECT id FROM generations WHERE state <> 'complete' AND state = 'dead' ORDER BY id LIMIT ?1",
        )
        .bind(limit)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| Ok(GenerationId(row.try_get(0)?))).collect()
    }

    /// Deletes dead generations with their text, when both indexes have let go of them. In parts, so that a document
    /// of a million passages does not hold up other writers.
    pub async fn forget_generations(&self, generations: &[GenerationId]) -> Result<()> {
        const PART: u32 = 5_000;
        let list = numbers(generations.iter().map(|generation| generation.0));
        loop {
            let done = sqlx::query(
                "DELETE FROM passages WHERE id IN (SELECT p.id FROM passages p JOIN generations g ON g.id = p.generation \
                 WHERE g.state = 'dead' AND g.id IN (SELECT value FROM json_each(?1)) LIMIT ?2)",
            )
            .bind(&list)
            .bind(PART)
            .execute(&self.writer)
            .await?;
            if done.rows_affected() < u64::from(PART) {
                break;
            }
        }
        sqlx::query(
            "DELETE FROM recognised WHERE generation IN (SELECT id FROM generations WHERE state = 'dead' \
             AND id IN (SELECT value FROM json_each(?1)))",
        )
        .bind(&list)
        .execute(&self.writer)
        .await?;
        sqlx::query(
            "DELETE FROM generations WHERE state = 'dead' AND id IN (SELECT value FROM json_each(?1))",
        )
        .bind(&list)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// The content that a generation was read from, while the generation is there.
    pub async fn content_of(&self, generation: GenerationId) -> Result<Option<ContentHash>> {
        let row = sqlx::query("SELECT hash FROM generations WHERE id = ?1")
            .bind(generation.0)
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| hash(row.try_get(0)?))
            .transpose()
            .map(Option::flatten)
    }
}

async fn complete(
    connection: &mut SqliteConnection,
    reading: &FinishedReading,
    path: &str,
    finished: &Finished,
) -> Result<()> {
    sqlx::query("UPDATE generations SET state = 'dead' WHERE document = ?1 AND id <> ?2")
        .bind(reading.document.0)
        .bind(reading.generation.0)
        .execute(&mut *connection)
        .await?;
    let declared = (!finished.declared.is_empty())
        .then(|| serde_json::to_string(&finished.declared))
        .transpose()
        .map_err(|error| StoreError::Unknown {
            what: format!("what a file says of itself ({error})"),
        })?;
    control(connection, reading.document, finished.controlled.as_ref()).await?;
    sqlx::query(
        "UPDATE generations SET state = 'complete', title = COALESCE(?2, ''), titled = ?2 IS NOT NULL, pages = ?3, \
         coverage = ?4, passages = ?5, declared = ?6, unrecognised = ?7 WHERE id = ?1",
    )
    .bind(reading.generation.0)
    .bind(finished.title.as_deref())
    .bind(finished.coverage.pages())
    .bind(ledger::exceptional(&finished.coverage))
    .bind(finished.passages)
    .bind(declared)
    .bind(finished.unrecognised)
    .execute(&mut *connection)
    .await?;
    // The line that makes the generation visible.
    sqlx::query(
        "UPDATE documents SET generation = ?2, state = 'searchable', reason = NULL, duplicate_of = NULL, \
         title = ?3, titled = ?4, updated_ms = ?5 WHERE id = ?1",
    )
    .bind(reading.document.0)
    .bind(reading.generation.0)
    .bind(finished.title.as_deref().unwrap_or_else(|| file_title(path)))
    .bind(finished.title.is_some())
    .bind(now_ms())
    .execute(&mut *connection)
    .await?;
    recognised::keep(
        connection,
        reading.generation,
        &finished.recognised,
        finished.copied,
    )
    .await?;
    ledger::answers(
        connection,
        reading.document.0,
        &finished.coverage,
        finished.passages,
    )
    .await?;
    // Files of the same content that failed when this one did not answer yet.
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE documents SET state = 'duplicate', reason = NULL, duplicate_of = ?1, updated_ms = ?2, {NOTHING} \
         WHERE state = 'failed' AND id <> ?1 \
           AND (hash, collection) = (SELECT hash, collection FROM documents WHERE id = ?1)"
    )))
    .bind(reading.document.0)
    .bind(now_ms())
    .execute(&mut *connection)
    .await?;
    // It was moved since, and the indexes may have learned that before they had this.
    if path != reading.path {
        enqueue(connection, reading.document.0, JobKind::Relocate).await?;
    }
    if finished.put_off {
        return enqueue_recognition(connection, reading.document.0).await;
    }
    cancel(connection, reading.document.0, JobKind::Read).await
}

/// Duplicates say the same, so they cannot be read either.
async fn fail(connection: &mut SqliteConnection, reading: &FinishedReading, failure: &Failure) -> Result<()> {
    if recognised::text_is_kept(connection, reading, failure).await? {
        return Ok(());
    }
    ledger::fails(connection, reading.document.0, &failure.coverage).await?;
    sqlx::query("UPDATE generations SET state = 'dead' WHERE document = ?1")
        .bind(reading.document.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "UPDATE documents SET state = 'failed', reason = ?2, duplicate_of = NULL, updated_ms = ?3, \
         generation = NULL, titled = 0 WHERE id = ?1 OR duplicate_of = ?1",
    )
    .bind(reading.document.0)
    .bind(reason_text(&failure.reason))
    .bind(now_ms())
    .execute(&mut *connection)
    .await?;
    cancel(connection, reading.document.0, JobKind::Relocate).await?;
    cancel(connection, reading.document.0, JobKind::Read).await
}

pub(super) async fn bury(connection: &mut SqliteConnection, generation: GenerationId) -> Result<()> {
    sqlx::query("UPDATE generations SET state = 'dead' WHERE id = ?1 AND state = 'building'")
        .bind(generation.0)
        .execute(&mut *connection)
        .await?;
    Ok(())
}
