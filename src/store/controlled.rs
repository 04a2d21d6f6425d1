//! `controlled`: which document is which revision of which number, and what came after it. Which one is in force is decided
//! by a join at the moment of asking, so it changes with the day, and with every file that comes and goes.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Result, Store, StoreError};
use crate::domain::{
    Collection, ControlStatus, Controlled, Declared, DeclaredInside, DocumentId, GenerationId, Later,
    revision_rank,
};

/// The columns of what is controlled of the document `d`, joined as `c`: seven, absent where it is not.
pub(super) const COLUMNS: &str = "c.number, c.revision, c.effective, c.status, \
     COALESCE(c.effective > date('now', 'localtime'), 0), \
     (SELECT json_group_array(json_array(document, path, revision)) FROM \
         (SELECT n.document, e.path, n.revision FROM controlled n JOIN documents e ON e.id = n.document \
          WHERE n.number = c.number AND n.rank > c.rank AND n.status = 'released' \
            AND (n.effective IS NULL OR n.effective <= date('now', 'localtime')) \
            AND e.generation IS NOT NULL AND e.missing_ms IS NULL ORDER BY n.rank DESC, n.document))";

/// The join that they come from.
pub(super) const JOIN: &str = "LEFT JOIN controlled c ON c.document = d.id";

/// True where the revision `c` is not in force, whoever asks.
pub(super) const OVER: &str = "(c.status <> 'released' OR c.effective > date('now', 'localtime') OR EXISTS \
     (SELECT 1 FROM controlled n JOIN documents e ON e.id = n.document \
      WHERE n.number = c.number AND n.rank > c.rank AND n.status = 'released' \
        AND (n.effective IS NULL OR n.effective <= date('now', 'localtime')) \
        AND e.generation IS NOT NULL AND e.missing_ms IS NULL))";

/// One of the revisions of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionOf {
    /// Its document.
    pub document: DocumentId,
    /// Where that lies.
    pub collection: Collection,
    /// Its path.
    pub path: String,
    /// Its title.
    pub title: String,
    /// What is controlled of it.
    pub controlled: Controlled,
}

impl Store {
    /// Whether any document is a revision that is not in force.
    pub async fn has_old_revisions(&self) -> Result<bool> {
        let statement = format!("SELECT EXISTS (SELECT 1 FROM controlled c WHERE {OVER})");
        let row = sqlx::query(sqlx::AssertSqlSafe(statement))
            .fetch_one(&self.reader)
            .await?;
        Ok(row.try_get(0)?)
    }

    /// The revision that a document is, if it is controlled.
    pub async fn controlled(&self, document: DocumentId) -> Result<Option<Controlled>> {
        let statement = format!("SELECT {COLUMNS} FROM documents d {JOIN} WHERE d.id = ?1");
        let row = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(document.0)
            .fetch_optional(&self.reader)
            .await?;
        row.map_or(Ok(None), |row| controlled(&row, 0))
    }

    /// Names, in place of later revisions that lie elsewhere, those files below `folder`, which has `/` at its end, that say
    /// the same.
    pub async fn later_below<'controlled>(
        &self,
        folder: &str,
        controlled: impl Iterator<Item = &'controlled mut Controlled> + Send,
    ) -> Result<()> {
        let mut elsewhere: Vec<&mut Later> = controlled
            .flat_map(|controlled| &mut controlled.later)
            .filter(|later| !later.path.starts_with(folder))
            .collect();
        if elsewhere.is_empty() {
            return Ok(());
        }
        let documents: Vec<DocumentId> = elsewhere.iter().map(|later| later.document).collect();
        let twins = self.twins_below(&documents, folder).await?;
        for later in &mut elsewhere {
            if let Some(twin) = twins.get(&later.document) {
                later.document = twin.document;
                later.collection = Collection::of_path(&twin.path);
                later.path.clone_from(&twin.path);
            }
        }
        Ok(())
    }

    /// Every revision of a number that answers, the latest first.
    pub async fn revisions_of(&self, number: &str) -> Result<Vec<RevisionOf>> {
        let statement = format!(
            "SELECT {COLUMNS}, d.id, d.collection, d.path, d.title FROM documents d {JOIN} \
             WHERE c.number = ?1 AND d.generation IS NOT NULL AND d.missing_ms IS NULL ORDER BY c.rank DESC, d.path"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(number)
            .fetch_all(&self.reader)
            .await?;
        let mut revisions = Vec::with_capacity(rows.len());
        for row in &rows {
            if let Some(controlled) = controlled(row, 0)? {
                revisions.push(RevisionOf {
                    document: DocumentId(row.try_get(6)?),
                    collection: Collection(row.try_get(7)?),
                    path: row.try_get(8)?,
                    title: row.try_get(9)?,
                    controlled,
                });
            }
        }
        Ok(revisions)
    }

    /// What the file of a generation says of itself as a controlled document.
    pub async fn declared(&self, generation: GenerationId) -> Result<DeclaredInside> {
        let row = sqlx::query("SELECT declared FROM generations WHERE id = ?1")
            .bind(generation.0)
            .fetch_optional(&self.reader)
            .await?;
        let text: Option<String> = row.map_or(Ok(None), |row| row.try_get(0))?;
        Ok(read_declared(text.as_deref()))
    }

    /// Writes down which revision a document is; nothing where it is not controlled.
    pub async fn set_controlled(&self, document: DocumentId, declared: Option<&Declared>) -> Result<()> {
        let mut connection = self.writer.acquire().await?;
        control(&mut connection, document, declared).await
    }
}

/// What was written down of a file; nothing where that cannot be read any more.
pub(super) fn read_declared(text: Option<&str>) -> DeclaredInside {
    text.and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

/// Writes in the caller's transaction.
pub(super) async fn control(
    connection: &mut SqliteConnection,
    document: DocumentId,
    declared: Option<&Declared>,
) -> Result<()> {
    sqlx::query("DELETE FROM controlled WHERE document = ?1")
        .bind(document.0)
        .execute(&mut *connection)
        .await?;
    let Some((declared, number)) =
        declared.and_then(|declared| Some((declared, declared.number.as_deref()?)))
    else {
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO controlled (document, number, revision, rank, effective, status) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(document.0)
    .bind(number)
    .bind(declared.revision.as_deref())
    .bind(declared.revision.as_deref().map(revision_rank))
    .bind(declared.effective.as_deref())
    .bind(declared.status.unwrap_or_default().as_str())
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Reads [`COLUMNS`], the first of which is column `first`.
pub(super) fn controlled(row: &SqliteRow, first: usize) -> Result<Option<Controlled>> {
    let Some(number) = row.try_get::<Option<String>, _>(first)? else {
        return Ok(None);
    };
    let unknown = |what: String| StoreError::Unknown { what };
    let status: &str = row.try_get(first + 3)?;
    let later: &str = row.try_get(first + 5)?;
    let later: Vec<(i64, String, Option<String>)> =
        serde_json::from_str(later).map_err(|error| unknown(format!("a list of revisions ({error})")))?;
    Ok(Some(Controlled {
        number,
        revision: row.try_get(first + 1)?,
        effective: row.try_get(first + 2)?,
        status: ControlStatus::parse(status).ok_or_else(|| unknown(format!("the status {status:?}")))?,
        to_come: row.try_get(first + 4)?,
        later: later
            .into_iter()
            .map(|(document, path, revision)| Later {
                document: DocumentId(document),
                collection: Collection::of_path(&path),
                path,
                revision: revision.unwrap_or_default(),
            })
            .collect(),
    }))
}
