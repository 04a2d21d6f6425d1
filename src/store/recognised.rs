//! `recognised`: the words of pages whose text was recognised from a picture, with their places; and which documents are
//! read again when recognition becomes better.

use sqlx::{Row, SqliteConnection};

use super::generations::bury;
use super::jobs::{cancel, enqueue_fresh};
use super::ledger::{self, NOTHING};
use super::{Failure, FinishedReading, JobKind, Result, Store, now_ms, unsigned};
use crate::domain::{GenerationId, OCR_LATER, PageFate};

impl Store {
    /// The words of a page, as they were given to [`Finished`](super::Finished); nothing where they were not recognised.
    pub async fn recognised(&self, generation: GenerationId, page: u32) -> Result<Option<String>> {
        let row = sqlx::query("SELECT words FROM recognised WHERE generation = ?1 AND page = ?2")
            .bind(generation.0)
            .bind(page)
            .fetch_optional(&self.reader)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Has every document read again of which pages lack text for one of these reasons, by their codes. Those of which
    /// some pages can be searched answer until then. Returns how many they are.
    pub async fn read_again(&self, codes: &[&str]) -> Result<u64> {
        let mut transaction = self.writer.begin().await?;
        let patterns: Vec<String> = codes
            .iter()
            .map(|code| format!("%\"code\":\"{code}\"%"))
            .collect();
        let patterns = serde_json::to_string(&patterns).unwrap_or_else(|_| "[]".to_owned());
        let rows = sqlx::query(
            "SELECT d.id, d.state FROM documents d LEFT JOIN generations g ON g.id = d.generation \
             WHERE d.missing_ms IS NULL AND d.hash IS NOT NULL AND d.state IN ('searchable', 'failed') \
               AND d.page_lacking > 0 \
               AND EXISTS (SELECT 1 FROM json_each(?1) j WHERE COALESCE(d.coverage, g.coverage) LIKE j.value)",
        )
        .bind(patterns)
        .fetch_all(&mut *transaction)
        .await?;
        for row in &rows {
            let document: i64 = row.try_get(0)?;
            let clearing = match row.try_get(1)? {
                "failed" => format!(", reason = NULL, {NOTHING}"),
                _ => String::new(),
            };
            let pending = sqlx::AssertSqlSafe(format!(
                "UPDATE documents SET state = 'pending', updated_ms = ?2{clearing} WHERE id = ?1"
            ));
            sqlx::query(pending)
                .bind(document)
                .bind(now_ms())
                .execute(&mut *transaction)
                .await?;
            enqueue_fresh(&mut transaction, document).await?;
        }
        transaction.commit().await?;
        Ok(rows.len() as u64)
    }
}

/// A reading that was to recognise text has failed: what was read before without that still answers, and the pages that
/// waited for it say why they have no text. False where there is nothing of the kind.
pub(super) async fn text_is_kept(
    connection: &mut SqliteConnection,
    reading: &FinishedReading,
    failure: &Failure,
) -> Result<bool> {
    let row = sqlx::query(
        "SELECT g.id, g.coverage, g.pages, g.passages FROM jobs j JOIN documents d ON d.id = j.document \
         JOIN generations g ON g.id = d.generation WHERE j.id = ?1 AND j.recognise AND g.hash = d.hash",
    )
    .bind(reading.job.0)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let fate = PageFate::Failed {
        reason: failure.reason.clone(),
    };
    let coverage = ledger::kept(row.try_get(1)?, unsigned(row.try_get(2)?))?.instead_of(OCR_LATER, &fate);
    sqlx::query("UPDATE generations SET coverage = ?2, put_off = 0 WHERE id = ?1")
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
    pages: &[(u32, String)],
    copied: Option<GenerationId>,
) -> Result<()> {
    for (page, words) in pages {
        sqlx::query("INSERT OR REPLACE INTO recognised (generation, page, words) VALUES (?1, ?2, ?3)")
            .bind(generation.0)
            .bind(page)
            .bind(words)
            .execute(&mut *connection)
            .await?;
    }
    if let Some(source) = copied {
        sqlx::query(
            "INSERT OR REPLACE INTO recognised (generation, page, words) \
             SELECT ?1, page, words FROM recognised WHERE generation = ?2",
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
