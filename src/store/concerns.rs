//! `concerns` and their groups, written: answers that somebody should look at, put together where their questions are
//! alike.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::answers::NAMED;
use super::concern_list::{OPEN, READABLE};
use super::verified::{bytes, vector};
use super::within::collections;
use super::{AnswerId, Result, Store, now_ms};
use crate::domain::{PersonId, Readable};

/// Identifies a group of concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConcernGroupId(pub i64);

/// A concern that was not compared with the others yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConcern {
    /// The answer.
    pub answer: AnswerId,
    /// The question, as it was understood.
    pub question: String,
}

/// A group to which a question may belong.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownGroup {
    /// Names it.
    pub id: ConcernGroupId,
    /// Its first question.
    pub question: String,
    /// The vector of that, where the model that was asked for made it.
    pub vector: Option<Vec<f32>>,
}

/// Where a concern goes.
#[derive(Debug, Clone, Copy)]
pub enum Grouping<'group> {
    /// To those that were there before.
    Known(ConcernGroupId),
    /// To a group of its own.
    New {
        /// Its question.
        question: &'group str,
        /// What made the vector of that, and the vector.
        vector: Option<(&'group str, &'group [f32])>,
    },
}

impl Store {
    /// The oldest concerns that were not compared with the others yet.
    pub async fn concerns_to_group(&self, limit: u32) -> Result<Vec<NewConcern>> {
        let rows = sqlx::query(
            "SELECT c.answer, COALESCE(a.answer ->> '$.understood', a.question) \
             FROM concerns c JOIN answers a ON a.id = c.answer WHERE c.grouping IS NULL ORDER BY c.asked_ms LIMIT ?1",
        )
        .bind(limit)
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(NewConcern {
                    answer: AnswerId(row.try_get(0)?),
                    question: row.try_get(1)?,
                })
            })
            .collect()
    }

    /// The newest groups, with the vectors that `model` made.
    pub async fn concern_groups(&self, model: Option<&str>, limit: u32) -> Result<Vec<KnownGroup>> {
        let rows = sqlx::query(
            "SELECT id, question, CASE WHEN model = ?1 THEN vector END FROM concern_groups ORDER BY id DESC LIMIT ?2",
        )
        .bind(model)
        .bind(limit)
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(KnownGroup {
                    id: ConcernGroupId(row.try_get(0)?),
                    question: row.try_get(1)?,
                    vector: row.try_get::<Option<&[u8]>, _>(2)?.map(vector),
                })
            })
            .collect()
    }

    /// Puts a concern into a group, and notes what its answer rests on. Returns the group.
    pub async fn group_concern(&self, answer: &AnswerId, grouping: Grouping<'_>) -> Result<ConcernGroupId> {
        let mut transaction = self.writer.begin().await?;
        let group = match grouping {
            Grouping::Known(ConcernGroupId(group)) => group,
            Grouping::New { question, vector } => sqlx::query(
                "INSERT INTO concern_groups (question, model, vector) VALUES (?1, ?2, ?3) RETURNING id",
            )
            .bind(question)
            .bind(vector.map(|(model, _)| model))
            .bind(vector.map(|(_, vector)| bytes(vector)))
            .fetch_one(&mut *transaction)
            .await?
            .try_get(0)?,
        };
        let done = sqlx::query("UPDATE concerns SET grouping = ?2 WHERE answer = ?1 AND grouping IS NULL")
            .bind(&answer.0)
            .bind(group)
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            // Another request was faster, or the answer was deleted.
            transaction.rollback().await?;
            return Ok(ConcernGroupId(group));
        }
        for rests_on in [
            "SELECT ?1, 0, CASE key WHEN 'collection' THEN value \
                    ELSE substr(value, 1, MAX(0, instr(value, '/') - 1)) END FROM named WHERE key <> 'document'",
            "SELECT ?1, d.id, d.collection FROM named n JOIN documents d ON d.id = n.value WHERE n.key = 'document'",
        ] {
            let statement = format!(
                "{NAMED} INSERT OR IGNORE INTO concern_sources (answer, document, collection) {rests_on}"
            );
            sqlx::query(sqlx::AssertSqlSafe(statement))
                .bind(&answer.0)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(ConcernGroupId(group))
    }

    /// Settles the open concerns of a group that may be read. Returns how many there were.
    pub async fn settle_concerns(&self, group: ConcernGroupId, readable: &Readable) -> Result<u64> {
        let statement = format!(
            "UPDATE concerns SET settled_ms = ?3 WHERE answer IN (SELECT c.answer FROM concerns c \
             WHERE c.grouping = ?2 AND {OPEN} AND {READABLE})"
        );
        let done = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(collections(readable))
            .bind(group.0)
            .bind(now_ms())
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected())
    }

    /// Notes which document is missing, or takes the note back where `text` is empty; false if there is no such group.
    pub async fn name_missing(
        &self,
        group: ConcernGroupId,
        text: &str,
        by: Option<PersonId>,
        name: &str,
    ) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE concern_groups SET missing = ?2, missing_by = ?3, missing_name = ?4, \
             missing_ms = CASE WHEN ?2 <> '' THEN ?5 END WHERE id = ?1",
        )
        .bind(group.0)
        .bind(text)
        .bind(by.map(|by| by.0))
        .bind(name)
        .bind(now_ms())
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }
}
