//! `file_passwords`: what opens files that are encrypted, several where files inside one have passwords of their own. The rows
//! go with their document.

use sqlx::Row;

use super::jobs::enqueue_fresh;
use super::{Result, Store, now_ms};
use crate::domain::{DocumentId, FilePassword};

/// Passwords that are kept of one document. Each is tried with every file that asks for one.
const MOST: u32 = 64;

impl Store {
    /// What opens the file of a document, and those inside it: the passwords that were given for it, the last one first, then
    /// those of other files that say the same.
    pub async fn file_passwords(&self, document: DocumentId) -> Result<Vec<FilePassword>> {
        let rows = sqlx::query(
            "SELECT p.password FROM documents d JOIN documents e ON e.id = d.id OR e.hash = d.hash \
             JOIN file_passwords p ON p.document = e.id WHERE d.id = ?1 \
             GROUP BY p.password ORDER BY MIN(e.id <> d.id), MAX(p.id) DESC LIMIT ?2",
        )
        .bind(document.0)
        .bind(MOST)
        .fetch_all(&self.reader)
        .await?;
        let mut passwords = Vec::new();
        for row in rows {
            passwords.extend(FilePassword::new(&row.try_get::<String, _>(0)?));
        }
        Ok(passwords)
    }

    /// Keeps what opens the file of a document, or one inside it, beside what was kept. Returns the other documents of the same
    /// content that are not read to the end.
    pub async fn keep_file_password(
        &self,
        document: DocumentId,
        password: &FilePassword,
    ) -> Result<Vec<DocumentId>> {
        let mut transaction = self.writer.begin().await?;
        sqlx::query("INSERT OR REPLACE INTO file_passwords (document, password) VALUES (?1, ?2)")
            .bind(document.0)
            .bind(password.reveal())
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "DELETE FROM file_passwords WHERE document = ?1 AND id NOT IN \
             (SELECT id FROM file_passwords WHERE document = ?1 ORDER BY id DESC LIMIT ?2)",
        )
        .bind(document.0)
        .bind(MOST)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let rows = sqlx::query(
            "SELECT e.id FROM documents d JOIN documents e ON e.hash = d.hash AND e.id <> d.id \
             WHERE d.id = ?1 AND e.missing_ms IS NULL AND (e.state IN ('failed', 'pending') \
                 OR (e.state = 'searchable' AND e.page_lacking > 0)) ORDER BY e.id",
        )
        .bind(document.0)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| Ok(DocumentId(row.try_get(0)?))).collect()
    }

    /// Has a document that waits to be read, or is being read, read from the beginning: whoever reads it now does not know what
    /// has come to be known. Returns whether it was one.
    pub async fn begin_again(&self, document: DocumentId) -> Result<bool> {
        let mut transaction = self.writer.begin().await?;
        let row = sqlx::query(
            "UPDATE documents SET updated_ms = ?2 WHERE id = ?1 AND state = 'pending' AND missing_ms IS NULL \
             AND hash IS NOT NULL RETURNING id",
        )
        .bind(document.0)
        .bind(now_ms())
        .fetch_optional(&mut *transaction)
        .await?;
        if row.is_some() {
            enqueue_fresh(&mut transaction, document.0).await?;
        }
        transaction.commit().await?;
        Ok(row.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Collection, ContentHash, FileKind};
    use crate::store::{JobId, Sighting, Stamp};

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
        let password = |text| FilePassword::new(text).unwrap();
        let (one, two) = (password("torque 87"), password("torque 88"));
        store.keep_file_password(first, &one).await.unwrap();
        for document in [first, copy] {
            assert_eq!(kept(&store, document).await, std::slice::from_ref(&one));
        }
        assert!(kept(&store, other).await.is_empty());
        // Another one, for a file inside, does not take the place of the first, nor does one that is given twice come twice.
        for _ in 0..2 {
            store.keep_file_password(first, &two).await.unwrap();
        }
        assert_eq!(kept(&store, first).await, [two.clone(), one.clone()]);
        store.keep_file_password(copy, &one).await.unwrap();
        assert_eq!(kept(&store, copy).await, [one.clone(), two]);
        store.mark_missing(&sighting.path).await.unwrap();
        store.purge_missing(i64::MAX).await.unwrap();
        assert!(kept(&store, first).await.is_empty());
        assert_eq!(kept(&store, copy).await, [one]);
        store.close().await;
    }

    async fn kept(store: &Store, document: DocumentId) -> Vec<FilePassword> {
        store.file_passwords(document).await.unwrap()
    }

    async fn job(store: &Store, document: DocumentId) -> JobId {
        let row = sqlx::query("SELECT id FROM jobs WHERE document = ?1")
            .bind(document.0)
            .fetch_one(&store.reader)
            .await
            .unwrap();
        JobId(row.try_get(0).unwrap())
    }

    #[tokio::test]
    async fn copies_that_are_not_read_to_the_end_and_what_is_being_read_are_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("gemba.db")).await.unwrap();
        let mut documents = Vec::new();
        for name in ["first", "whole", "lacking", "pending"] {
            let sighting = Sighting {
                path: format!("{name}/mails.zip"),
                collection: Collection(name.to_owned()),
                kind: FileKind::Archive,
                stamp: Stamp::default(),
                hash: Some(ContentHash([7; 32])),
            };
            documents.push(store.add_document(&sighting).await.unwrap());
        }
        for (document, failed) in [(0, 1), (1, 0), (2, 1)] {
            let read =
                "UPDATE documents SET state = 'searchable', page_text = 2, page_failed = ?2 WHERE id = ?1";
            let read = sqlx::query(read).bind(documents[document].0).bind(failed);
            read.execute(&store.writer).await.unwrap();
        }
        let (lacking, pending) = (documents[2], documents[3]);
        let password = FilePassword::new("torque 87").unwrap();
        let others = store.keep_file_password(documents[0], &password).await.unwrap();
        assert_eq!(others, [lacking, pending]);
        // The reading that goes on is void, and another one waits.
        let before = job(&store, pending).await;
        assert!(store.begin_again(pending).await.unwrap());
        assert!(!store.is_wanted(before, 0).await.unwrap());
        assert!(job(&store, pending).await > before);
        assert!(!store.begin_again(lacking).await.unwrap());
        store.close().await;
    }
}
