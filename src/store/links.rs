//! `invitations` and `services`: who has yet to choose a password, and whose account has none.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row;

use super::{Result, Store, now_ms};
use crate::domain::PersonId;

impl Store {
    /// Keeps the hash of a link with which `person` chooses a password; an earlier link is of no use any more.
    pub async fn set_link(&self, person: PersonId, hash: &[u8; 32], expires_ms: i64) -> Result<()> {
        sqlx::query(
            "INSERT INTO invitations (person, hash, expires_ms) VALUES (?1, ?2, ?3) \
             ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, expires_ms = excluded.expires_ms",
        )
        .bind(person.0)
        .bind(hash.as_slice())
        .bind(expires_ms)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Whose link has this hash, if it is still good.
    pub async fn holder_of_link(&self, hash: &[u8; 32]) -> Result<Option<PersonId>> {
        let row = sqlx::query("SELECT person FROM invitations WHERE hash = ?1 AND expires_ms > ?2")
            .bind(hash.as_slice())
            .bind(now_ms())
            .fetch_optional(&self.reader)
            .await?;
        Ok(row.map(|row| row.try_get(0).map(PersonId)).transpose()?)
    }

    /// Uses a link up: its holder has this password, in PHC form, and no session any more. Nothing, with nothing changed,
    /// if it is not good any more.
    pub async fn use_link(&self, hash: &[u8; 32], password: &str) -> Result<Option<PersonId>> {
        let mut transaction = self.writer.begin().await?;
        let row = sqlx::query("DELETE FROM invitations WHERE hash = ?1 AND expires_ms > ?2 RETURNING person")
            .bind(hash.as_slice())
            .bind(now_ms())
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let person: i64 = row.try_get(0)?;
        sqlx::query("UPDATE people SET password = ?2 WHERE id = ?1")
            .bind(person)
            .bind(password)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM sessions WHERE person = ?1")
            .bind(person)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Some(PersonId(person)))
    }

    /// The links that are good, by holder, with when they end.
    pub async fn links(&self) -> Result<BTreeMap<PersonId, i64>> {
        let rows = sqlx::query("SELECT person, expires_ms FROM invitations WHERE expires_ms > ?1")
            .bind(now_ms())
            .fetch_all(&self.reader)
            .await?;
        rows.iter()
            .map(|row| Ok((PersonId(row.try_get(0)?), row.try_get(1)?)))
            .collect()
    }

    /// Forgets the link of `person`.
    pub async fn forget_link(&self, person: PersonId) -> Result<()> {
        sqlx::query("DELETE FROM invitations WHERE person = ?1")
            .bind(person.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Says that an account is that of a program.
    pub async fn mark_service(&self, person: PersonId) -> Result<()> {
        sqlx::query("INSERT INTO services (person) VALUES (?1) ON CONFLICT DO NOTHING")
            .bind(person.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The accounts of programs.
    pub async fn services(&self) -> Result<BTreeSet<PersonId>> {
        let rows = sqlx::query("SELECT person FROM services")
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(|row| Ok(PersonId(row.try_get(0)?))).collect()
    }
}
