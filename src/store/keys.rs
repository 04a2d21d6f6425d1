//! `api_keys`: what lets programs in. What they hold is kept only as a hash.

use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Result, Store, now_ms};
use crate::domain::PersonId;

/// Identifies an API key in lists; it opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(pub i64);

/// An API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApiKey {
    /// Names it.
    pub id: KeyId,
    /// Whose it is.
    pub person: PersonId,
    /// What it is for, in its maker's words.
    pub name: String,
    /// The names of what it may be used for, with spaces between them.
    pub scopes: String,
    /// When it was made, milliseconds since 1970.
    pub created_ms: i64,
    /// When it ends.
    pub expires_ms: i64,
    /// When it was last used.
    pub seen_ms: Option<i64>,
}

const KEY: &str = "SELECT id, person, name, scopes, created_ms, expires_ms, seen_ms FROM api_keys";

impl Store {
    /// Keeps a new key of `person`.
    pub async fn add_key(
        &self,
        hash: &[u8; 32],
        person: PersonId,
        name: &str,
        scopes: &str,
        expires_ms: i64,
    ) -> Result<KeyId> {
        let row = sqlx::query(
            "INSERT INTO api_keys (hash, person, name, scopes, created_ms, expires_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
        )
        .bind(hash.as_slice())
        .bind(person.0)
        .bind(name)
        .bind(scopes)
        .bind(now_ms())
        .bind(expires_ms)
        .fetch_one(&self.writer)
        .await?;
        Ok(KeyId(row.try_get(0)?))
    }

    /// The key with this hash.
    pub async fn key(&self, hash: &[u8; 32]) -> Result<Option<ApiKey>> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{KEY} WHERE hash = ?1")))
            .bind(hash.as_slice())
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(key).transpose()
    }

    /// The keys of a person, the newest first.
    pub async fn keys_of(&self, person: PersonId) -> Result<Vec<ApiKey>> {
        let statement = format!("{KEY} WHERE person = ?1 ORDER BY id DESC");
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(person.0)
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(key).collect()
    }

    /// Notes that a key is in use.
    pub async fn touch_key(&self, id: KeyId) -> Result<()> {
        sqlx::query("UPDATE api_keys SET seen_ms = ?2 WHERE id = ?1")
            .bind(id.0)
            .bind(now_ms())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Forgets a key of `person`, and says what it was called.
    pub async fn remove_key(&self, person: PersonId, id: KeyId) -> Result<Option<String>> {
        let row = sqlx::query("DELETE FROM api_keys WHERE id = ?1 AND person = ?2 RETURNING name")
            .bind(id.0)
            .bind(person.0)
            .fetch_optional(&self.writer)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Forgets every key of `person`.
    pub async fn remove_keys(&self, person: PersonId) -> Result<()> {
        sqlx::query("DELETE FROM api_keys WHERE person = ?1")
            .bind(person.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Forgets the keys that ended before `expired_ms`.
    pub async fn purge_keys(&self, expired_ms: i64) -> Result<()> {
        sqlx::query("DELETE FROM api_keys WHERE expires_ms < ?1")
            .bind(expired_ms)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

fn key(row: &SqliteRow) -> Result<ApiKey> {
    Ok(ApiKey {
        id: KeyId(row.try_get(0)?),
        person: PersonId(row.try_get(1)?),
        name: row.try_get(2)?,
        scopes: row.try_get(3)?,
        created_ms: row.try_get(4)?,
        expires_ms: row.try_get(5)?,
        seen_ms: row.try_get(6)?,
    })
}
