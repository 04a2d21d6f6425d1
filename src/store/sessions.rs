//! `sessions`: browsers that signed in. What they hold is kept only as a hash.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{Result, Store, now_ms};
use crate::domain::PersonId;

/// Identifies a session in lists; it opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(pub i64);

/// A browser that signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Names it.
    pub id: SessionId,
    /// Who signed in.
    pub person: PersonId,
    /// When, milliseconds since 1970.
    pub created_ms: i64,
    /// When it was last used.
    pub seen_ms: i64,
    /// The address that it came from.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

const SESSION: &str = "SELECT id, person, created_ms, seen_ms, address, agent FROM sessions";

impl Store {
    /// Keeps a new session of `person` and notes that the person was seen.
    pub async fn add_session(
        &self,
        hash: &[u8; 32],
        person: PersonId,
        address: &str,
        agent: &str,
    ) -> Result<()> {
        let now = now_ms();
        let mut transaction = self.writer.begin().await?;
        sqlx::query(
            "INSERT INTO sessions (hash, person, created_ms, seen_ms, address, agent) VALUES (?1, ?2, ?3, ?3, ?4, ?5)",
        )
        .bind(hash.as_slice())
        .bind(person.0)
        .bind(now)
        .bind(address)
        .bind(agent)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("UPDATE people SET seen_ms = ?2 WHERE id = ?1")
            .bind(person.0)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The session with this hash.
    pub async fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{SESSION} WHERE hash = ?1")))
            .bind(hash.as_slice())
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(session).transpose()
    }

    /// The sessions of a person, the one used last first.
    pub async fn sessions_of(&self, person: PersonId) -> Result<Vec<Session>> {
        let statement = format!("{SESSION} WHERE person = ?1 ORDER BY seen_ms DESC, id DESC");
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(person.0)
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(session).collect()
    }

    /// Notes that a session is in use.
    pub async fn touch_session(&self, id: SessionId) -> Result<()> {
        sqlx::query("UPDATE sessions SET seen_ms = ?2 WHERE id = ?1")
            .bind(id.0)
            .bind(now_ms())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Ends a session of `person`; false if the person has none of that name.
    pub async fn end_session(&self, person: PersonId, id: SessionId) -> Result<bool> {
        let done = sqlx::query("DELETE FROM sessions WHERE id = ?1 AND person = ?2")
            .bind(id.0)
            .bind(person.0)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Ends every session of `person`, but for one.
    pub async fn end_sessions(&self, person: PersonId, except: Option<SessionId>) -> Result<()> {
        sqlx::query("DELETE FROM sessions WHERE person = ?1 AND id IS NOT ?2")
            .bind(person.0)
            .bind(except.map(|id| id.0))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Forgets sessions that were last used before `seen_ms` or began before `created_ms`.
    pub async fn purge_sessions(&self, seen_ms: i64, created_ms: i64) -> Result<()> {
        sqlx::query("DELETE FROM sessions WHERE seen_ms < ?1 OR created_ms < ?2")
            .bind(seen_ms)
            .bind(created_ms)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

fn session(row: &sqlx::sqlite::SqliteRow) -> Result<Session> {
    Ok(Session {
        id: SessionId(row.try_get(0)?),
        person: PersonId(row.try_get(1)?),
        created_ms: row.try_get(2)?,
        seen_ms: row.try_get(3)?,
        address: row.try_get(4)?,
        agent: row.try_get(5)?,
    })
}
