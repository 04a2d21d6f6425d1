//! `answers`, as questions that are asked again and again.

use sqlx::Row;

use super::overview::contains;
use super::{AnswerId, Result, Store, now_ms};
use crate::domain::PersonId;

/// Questions that are longer ago are not frequent any more, milliseconds.
const LATELY: i64 = 180 * 24 * 60 * 60 * 1_000;
/// Frequent questions that are listed.
const MOST: u32 = 300;

impl Store {
    /// Questions of one person that contain `typed`, the latest first; of whoever worked at the machine itself where nobody is
    /// named.
    pub async fn own_questions(
        &self,
        person: Option<PersonId>,
        typed: &str,
        limit: u32,
    ) -> Result<Vec<String>> {
        let rows = sqlx::query(
            "SELECT question FROM answers WHERE person IS ?1 AND question LIKE ?2 ESCAPE '\\' \
             GROUP BY question COLLATE NOCASE ORDER BY MAX(created_ms) DESC LIMIT ?3",
        )
        .bind(person.map(|person| person.0))
        .bind(contains(typed))
        .bind(limit)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Questions that at least `people` different people asked lately and that were answered, the most frequent first, each
    /// with its latest answer.
    pub async fn frequent_questions(&self, people: u32) -> Result<Vec<(String, AnswerId)>> {
        // Of the columns that are not grouped SQLite gives those of the row with the greatest time. An answer begins with its
        // verdict, so that it need not be parsed to know it.
        let rows = sqlx::query(
            "SELECT question, id, MAX(created_ms) FROM answers \
             WHERE created_ms > ?1 AND person IS NOT NULL AND follows IS NULL \
             AND substr(answer, 1, 21) = '{\"verdict\":\"answered\"' \
             GROUP BY question COLLATE NOCASE HAVING COUNT(DISTINCT person) >= ?2 \
             ORDER BY COUNT(DISTINCT person) DESC, question LIMIT ?3",
        )
        .bind(now_ms() - LATELY)
        .bind(people)
        .bind(MOST)
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, AnswerId(row.try_get(1)?))))
            .collect()
    }
}
