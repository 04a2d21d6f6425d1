//! `recognised`: the words of pages whose text was recognised from a picture, with their places; and which documents are
//! read again when recognition becomes better.

use sqlx::{Row, SqliteConnection};

use super::generations::bury;
use super::jobs::{cancel, enqueue_fresh, enqueue_recognition};
use super::ledger::{self, NOTHING};
use super::{Failure, FinishedReading, JobKind, RecognisedWords, Result, Store, now_ms, unsigned};
use crate::domain::{GenerationId, OCR_LATER, PageFate};

impl Store {
    /// The words of a page, as they were given to [`Finished`](super::Finished); nothing where they were not recognised.
    /// `part` is the file inside the file, empty for the file itself.
    pub async fn recognised(
        &self,
        generation: GenerationId,
        part: &str,
        page: u32,
    ) -> Result<Option<String>> {
        let row =
            sqlx::query("SELECT words FROM recognised WHERE generation = ?1 AND page = ?2 AND part = ?3")
                .bind(generation.0)
                .bind(page)
                .bind(part)
                .fetch_optional(&self.reader)
                .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Has text recognised that was not when it could not be: in documents that answer without it, and in those that could
    /// not be read for one of these reasons, by their codes. Returns how many they are.
    pub async fn recognise_what_waits(&self, codes: &[&str]) -> Result<u64> {
        let mut transaction = self.writer.begin().await?;
        let answering = sqlx::query(
            "SELECT d.id FROM documents d JOIN generations g ON g.id = d.generation \
             WHERE g.unrecognised AND d.missing_ms IS NULL AND d.hash = g.hash \
               AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.document = d.id AND j.kind = 'read')",
        )
        .fetch_all(&mut *transaction)
        .await?;
        for row in &answering {
            enqueue_recognition(&mut transaction, row.try_get(0)?).await?;
        }
        let patterns: Vec<String> = codes
            .iter()
            .map(|code| format!("%\"code\":\"{code}\"%"))
            .collect();
        let patterns = serde_json::to_string(&patterns).unwrap_or_else(|_| "[]".to_owned());
        let pending = sqlx::AssertSqlSafe(format!(
            "UPDATE documents SET state = 'pending', updated_ms = ?2, reason = NULL, {NOTHING} \
             WHERE missing_ms IS NULL AND hash IS NOT NULL AND state = 'failed' AND page_lacking > 0 \
               AND EXISTS (SELECT 1 FROM json_each(?1) j WHERE coverage LIKE j.value) RETURNING id"
        ));
        let failed = sqlx::query(pending)
            .bind(patterns)
            .bind(now_ms())
            .fetch_all(&mut *transaction)
            .await?;
        for row in &failed {
            enqueue_fresh(&mut transaction, row.try_get(0)?).await?;
        }
        transaction.commit().await?;
        Ok((answering.len() + failed.len()) as u64)
    }
}

/// A reading that was to recognise text has failed: what was read before without that still answers, and the pages that
/// waited for it, or the pictures among their text, say why they have none. False where there is nothing of the kind.
pub(super) async fn text_is_kept(
    connection: &mut SqliteConnection,
    reading: &FinishedReading,
    failure: &Failure,
) -> Result<bool> {
    let row = sqlx::query(
        "SELECT g.id, g.coverage, g.pages, g.passages, g.unrecognised FROM jobs j JOIN documents d ON d.id = j.document \
         JOIN generations g ON g.id = d.generation WHERE j.id = ?1 AND j.recognise AND g.hash = d.hash",
    )
    .bind(reading.job.0)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let fate = PageFate::Failed {
        reason: failure.reason.clone(),
    };
    let before = ledger::kept(row.try_get(1)?, unsigned(row.try_get(2)?))?;
    let mut coverage = before.clone().instead_of(OCR_LATER, &fate);
    if coverage == before && row.try_get(4)? {
        // No page waited as a whole, so it was for pictures among their text.
        coverage.pictures_of_the_whole_fared(fate);
    }
    sqlx::query("UPDATE generations SET coverage = ?2, unrecognised = 0 WHERE id = ?1")
        .bind(row.try_get::<i64, _>(0)?)
        .bind(ledger::exceptional(&coverage))
        .execute(&mut *connection)
        .await?;
    let passages = unsigned(row.try_get(3)?);
    ledger::answers(connection, reading.document.0, &coverage, passages).await?;
    // It may have been pending because somebody wanted it read again.
    sqlx::query("UPDATE documents SET state = 'searchable', reason = NULL, updated_ms = ?2 WHERE id = ?1")
        .bind(reading.document.0)
        .bind(now_ms())
        .execute(&mut *connection)
        .await?;
    bury(connection, reading.generation).await?;
    cancel(connection, reading.document.0, JobKind::Read).await?;
    Ok(true)
}

/// Keeps the words of a generation that becomes visible, its own or those of the one that it was copied from.
pub(super) async fn keep(
    connection: &mut SqliteConnection,
    generation: GenerationId,
    pages: &[RecognisedWords],
    copied: Option<GenerationId>,
) -> Result<()> {
    for RecognisedWords { part, page, words } in pages {
        sqlx::query(
            "INSERT OR REPLACE INTO recognised (generation, part, page, words) VALUES (?1, ?2, ?3, ?4)",
        )
        .bind(generation.0)
        .bind(part)
        .bind(page)
        .bind(words)
        .execute(&mut *connection)
        .await?;
    }
    if let Some(source) = copied {
        sqlx::query(
            "INSERT OR REPLACE INTO recognised (generation, part, page, words) \
             SELECT ?1, part, page, words FROM recognised WHERE generation = ?2",
        )
        .bind(generation.0)
        .bind(source.0)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
