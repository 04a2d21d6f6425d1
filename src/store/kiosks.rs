//! `kiosks`: signs on machines, each with the link to its documents.

use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Result, Store, now_ms};

/// Identifies a kiosk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KioskId(pub i64);

/// A sign on a machine or in an area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kiosk {
    /// Identifies it.
    pub id: KioskId,
    /// What the sign is about.
    pub name: String,
    /// What its link carries.
    #[serde(skip)]
    pub key: String,
    /// The folder whose documents are asked, relative to the documents folder, `/` between names.
    pub folder: String,
}

impl Store {
    /// Keeps a kiosk; nothing if its name is taken.
    pub async fn add_kiosk(&self, name: &str, key: &str, folder: &str) -> Result<Option<KioskId>> {
        let row = sqlx::query(
            "INSERT INTO kiosks (name, key, folder, created_ms) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT DO NOTHING RETURNING id",
        )
        .bind(name)
        .bind(key)
        .bind(folder)
        .bind(now_ms())
        .fetch_optional(&self.writer)
        .await?;
        Ok(row.map(|row| row.try_get(0).map(KioskId)).transpose()?)
    }

    /// Every kiosk, by name.
    pub async fn kiosks(&self) -> Result<Vec<Kiosk>> {
        let rows = sqlx::query("SELECT id, name, key, folder FROM kiosks ORDER BY name")
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(kiosk).collect()
    }

    /// The kiosk whose link carries `key`.
    pub async fn kiosk_with(&self, key: &str) -> Result<Option<Kiosk>> {
        let row = sqlx::query("SELECT id, name, key, folder FROM kiosks WHERE key = ?1")
            .bind(key)
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(kiosk).transpose()
    }

    /// Forgets a kiosk: its link leads nowhere from then on.
    pub async fn remove_kiosk(&self, id: KioskId) -> Result<()> {
        sqlx::query("DELETE FROM kiosks WHERE id = ?1")
            .bind(id.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

fn kiosk(row: &SqliteRow) -> Result<Kiosk> {
    Ok(Kiosk {
        id: KioskId(row.try_get(0)?),
        name: row.try_get(1)?,
        key: row.try_get(2)?,
        folder: row.try_get(3)?,
    })
}
