//! `mounted_folders`: what is mounted inside the documents folder, and since when it cannot be reached.

use serde::Serialize;
use sqlx::Row;

use super::{Result, Store};

/// Something that is, or was, mounted inside the documents folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MountedFolder {
    /// Its mount point, relative to the documents folder.
    pub path: String,
    /// The type of its file system, as the kernel names it: `cifs`, `nfs4`.
    pub kind: String,
    /// Since when it cannot be reached, milliseconds since 1970; absent while it can.
    pub unreachable_ms: Option<i64>,
}

impl MountedFolder {
    /// Whether `path` lies in it, or is it.
    pub fn holds(&self, path: &str) -> bool {
        lies_in(path, &self.path)
    }
}

/// Whether `path` is `folder` or lies in it; everything lies in the watched folder, which has no name.
pub fn lies_in(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Store {
    /// All of them, by path.
    pub async fn mounted_folders(&self) -> Result<Vec<MountedFolder>> {
        let rows = sqlx::query("SELECT path, kind, unreachable_ms FROM mounted_folders ORDER BY path")
            .fetch_all(&self.reader)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(MountedFolder {
                    path: row.try_get(0)?,
                    kind: row.try_get(1)?,
                    unreachable_ms: row.try_get(2)?,
                })
            })
            .collect()
    }

    /// Writes down how one stands.
    pub async fn set_mounted_folder(&self, folder: &MountedFolder) -> Result<()> {
        sqlx::query(
            "INSERT INTO mounted_folders (path, kind, unreachable_ms) VALUES (?1, ?2, ?3) \
             ON CONFLICT (path) DO UPDATE SET kind = excluded.kind, unreachable_ms = excluded.unreachable_ms",
        )
        .bind(&folder.path)
        .bind(&folder.kind)
        .bind(folder.unreachable_ms)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Forgets one, so that what lay in it is taken for deleted. `false` if none is known at `path`.
    pub async fn forget_mounted_folder(&self, path: &str) -> Result<bool> {
        let done = sqlx::query("DELETE FROM mounted_folders WHERE path = ?1")
            .bind(path)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mounted_folder_holds_what_lies_in_it_and_nothing_that_is_only_named_alike() {
        let folder = MountedFolder {
            path: "quality/nas".to_owned(),
            kind: "cifs".to_owned(),
            unreachable_ms: None,
        };
        assert!(folder.holds("quality/nas/a.md") && folder.holds("quality/nas"));
        assert!(!folder.holds("quality/nas2/a.md") && !folder.holds("quality/a.md"));
    }
}
