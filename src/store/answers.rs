//! `answers`: every answer as it was given, with its quotes as they were.

use std::fmt;

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{Result, Store, StoreError, now_ms};
use crate::domain::{Answer, Question, Quote, Verdict};

/// Names an answer in its permanent address. Drawn at random, so that nobody finds an answer by counting.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnswerId(pub String);

impl fmt::Display for AnswerId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An answer that was given.
#[derive(Debug, Clone, Serialize)]
pub struct StoredAnswer {
    /// Its name.
    pub id: AnswerId,
    /// What was asked.
    pub question: String,
    /// Answered or refused.
    pub verdict: Verdict,
    /// The sentences, as they were.
    pub quotes: Vec<Quote>,
    /// The strength of the evidence.
    pub evidence: f32,
    /// What wrote it.
    pub generator: String,
    /// How long it took.
    pub duration_ms: u64,
    /// The passages that were looked at, best first, in the form in which they were sent.
    pub passages: serde_json::Value,
    /// When, milliseconds since 1970.
    pub created_ms: i64,
}

/// What of an [`Answer`] is read back.
#[derive(Deserialize)]
struct Kept {
    verdict: Verdict,
    quotes: Vec<Quote>,
    evidence: f32,
    passages: serde_json::Value,
    generator: String,
    duration_ms: u64,
}

impl Store {
    /// Keeps an answer and names it.
    pub async fn record_answer(&self, question: &Question, answer: &Answer) -> Result<AnswerId> {
        let json = serde_json::to_string(answer).map_err(|error| StoreError::Unknown {
            what: format!("an answer that cannot be written ({error})"),
        })?;
        let row = sqlx::query(
            "INSERT INTO answers (id, question, answer, created_ms) \
             VALUES (lower(hex(randomblob(12))), ?1, ?2, ?3) RETURNING id",
        )
        .bind(question.as_str())
        .bind(json)
        .bind(now_ms())
        .fetch_one(&self.writer)
        .await?;
        Ok(AnswerId(row.try_get(0)?))
    }

    /// The answer of that name.
    pub async fn answer(&self, id: &AnswerId) -> Result<Option<StoredAnswer>> {
        let Some(row) = sqlx::query("SELECT question, answer, created_ms FROM answers WHERE id = ?1")
            .bind(&id.0)
            .fetch_optional(&self.reader)
            .await?
        else {
            return Ok(None);
        };
        let kept: Kept = serde_json::from_str(row.try_get(1)?).map_err(|error| StoreError::Unknown {
            what: format!("an answer in another form ({error})"),
        })?;
        Ok(Some(StoredAnswer {
            id: id.clone(),
            question: row.try_get(0)?,
            verdict: kept.verdict,
            quotes: kept.quotes,
            evidence: kept.evidence,
            generator: kept.generator,
            duration_ms: kept.duration_ms,
            passages: kept.passages,
            created_ms: row.try_get(2)?,
        }))
    }
}
