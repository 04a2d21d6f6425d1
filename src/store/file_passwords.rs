//! `file_passwords`: what opens files that are encrypted. A row goes with its document.

use sqlx::Row;

use super::{Result, Store};
use crate::domain::{DocumentId, FilePassword};

impl Store {
    /// What opens the file of a document: the password that was given for it, else the one of another file that says the
    /// same.
    pub async fn file_password(&self, document: DocumentId) -> Result<Option<FilePassword>> {
        let row = sqlx::query(
            "SELECT p.password FROM documents d JOIN documents e ON e.id = d.id OR e.hash = d.hash \
             JOIN file_passwords p ON p.document = e.id WHERE d.id = ?1 ORDER BY e.id <> d.id, e.id LIMIT 1",
        )
        .bind(document.0)
        .fetch_optional(&self.reader)
        .await?;
        let password = row.map(|row| row.try_get::<String, _>(0)).transpose()?;
        Ok(password.and_then(|text| FilePassword::new(&text)))
    }

    /// Keeps what opens the file of a document, in the place of what was kept. Returns the other documents of the same
    /// content that could not be read.
    pub async fn keep_file_password(
        &self,
        document: DocumentId,
        password: &FilePassword,
    ) -> Result<Vec<DocumentId>> {
        sqlx::query("INSERT OR REPLACE INTO file_passwords (document, password) VALUES (?1, ?2)")
            .bind(document.0)
            .bind(password.reveal())
            .execute(&self.writer)
            .await?;
        let rows = sqlx::query(
            "SELECT e.id FROM documents d JOIN documents e ON e.hash = d.hash AND e.id <> d.id \
             WHERE d.id = ?1 AND e.state = 'failed' AND e.missing_ms IS NULL ORDER BY e.id",
        )
        .bind(document.0)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| Ok(DocumentId(row.try_get(0)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Collection, ContentHash, FileKind};
    use crate::store::{Sighting, Stamp};

    #[tokio::test]
    async fn a_password_goes_with_its_document() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("gemba.db")).await.unwrap();
        let sighting = Sighting {
            path: "a/press.pdf".to_owned(),
            collection: Collection("a".to_owned()),
            kind: FileKind::Pdf,
            stamp: Stamp::default(),
            hash: Some(ContentHash([7; 32])),
        };
        let first = store.add_document(&sighting).await.unwrap();
        let copy = Sighting {
            path: "b/press.pdf".to_owned(),
            ..sighting.clone()
        };
        let copy = store.add_document(&copy).await.unwrap();
        let other = Sighting {
            path: "c/press.pdf".to_owned(),
            hash: Some(ContentHash([8; 32])),
            ..sighting.clone()
        };
        let other = store.add_document(&other).await.unwrap();
        let password = FilePassword::new("torque 87").unwrap();
        store.keep_file_password(first, &password).await.unwrap();
        assert_eq!(store.file_password(first).await.unwrap(), Some(password.clone()));
        assert_eq!(store.file_password(copy).await.unwrap(), Some(password));
        assert_eq!(store.file_password(other).await.unwrap(), None);
        store.mark_missing(&sighting.path).await.unwrap();
        store.purge_missing(i64::MAX).await.unwrap();
        assert_eq!(store.file_password(first).await.unwrap(), None);
        assert_eq!(store.file_password(copy).await.unwrap(), None);
        store.close().await;
    }
}
