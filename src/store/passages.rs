//! `passages`: the text itself, and the join that decides what of it is visible.

use std::ops::RangeInclusive;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::controlled;
use super::documents::kind;
use super::{Result, Store, StoreError, numbers, unsigned};
use crate::domain::{
    Collection, Controlled, DocumentId, FileKind, GenerationId, Locator, Passage, PassageId,
};

/// A passage that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPassage {
    /// Where it stands.
    pub locator: Locator,
    /// Its text.
    pub text: String,
}

/// A passage that answers at this moment, with its document as it is at this moment.
#[derive(Debug, Clone, PartialEq)]
pub struct VisiblePassage {
    /// The passage.
    pub passage: Passage,
    /// The document's title.
    pub title: String,
    /// The document's path.
    pub path: String,
    /// The document's collection.
    pub collection: Collection,
    /// The document's format.
    pub kind: FileKind,
    /// When its file changed, milliseconds since 1970.
    pub modified_ms: i64,
    /// The revision that it is, if it is a controlled document.
    pub controlled: Option<Controlled>,
}

impl Store {
    /// Adds passages to a generation that is being built, the first at `first_ordinal`, and names them.
    pub async fn insert_passages(
        &self,
        generation: GenerationId,
        first_ordinal: u32,
        passages: &[NewPassage],
    ) -> Result<Vec<PassageId>> {
        let mut transaction = self.writer.begin().await?;
        let mut ids = Vec::with_capacity(passages.len());
        for (ordinal, passage) in (first_ordinal..).zip(passages) {
            let locator = serde_json::to_string(&passage.locator).map_err(|error| StoreError::Unknown {
                what: format!("a place that cannot be written ({error})"),
            })?;
            let row = sqlx::query(
                "INSERT INTO passages (generation, ordinal, locator, text) VALUES (?1, ?2, ?3, ?4) RETURNING id",
            )
            .bind(generation.0)
            .bind(ordinal)
            .bind(locator)
            .bind(&passage.text)
            .fetch_one(&mut *transaction)
            .await?;
            ids.push(PassageId(row.try_get(0)?));
        }
        transaction.commit().await?;
        Ok(ids)
    }

    /// The passages of a generation in order: the whole text of the document.
    pub async fn passages_of(&self, generation: GenerationId) -> Result<Vec<Passage>> {
        self.neighbours(generation, 0..=u32::MAX).await
    }

    /// The passages of a generation whose ordinals lie in `ordinals`, in order.
    pub async fn neighbours(
        &self,
        generation: GenerationId,
        ordinals: RangeInclusive<u32>,
    ) -> Result<Vec<Passage>> {
        let rows = sqlx::query(
            "SELECT p.id, g.document, p.generation, p.ordinal, p.locator, p.text \
             FROM passages p JOIN generations g ON g.id = p.generation \
             WHERE p.generation = ?1 AND p.ordinal BETWEEN ?2 AND ?3 ORDER BY p.ordinal",
        )
        .bind(generation.0)
        .bind(*ordinals.start())
        .bind(*ordinals.end())
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(passage).collect()
    }

    /// The ordinal of the first passage of a page or slide; where that has no text, of the first passage after it, and at
    /// the end of the last one before it. Nothing where passages have no such numbers.
    pub async fn passage_at_page(&self, generation: GenerationId, page: u32) -> Result<Option<u32>> {
        let row = sqlx::query(
            "WITH numbered AS (SELECT ordinal, \
             coalesce(json_extract(locator, '$.page'), json_extract(locator, '$.slide')) AS number \
             FROM passages WHERE generation = ?1) \
             SELECT coalesce((SELECT min(ordinal) FROM numbered WHERE number = ?2), \
             (SELECT min(ordinal) FROM numbered WHERE number > ?2), \
             (SELECT max(ordinal) FROM numbered WHERE number < ?2))",
        )
        .bind(generation.0)
        .bind(page)
        .fetch_one(&self.reader)
        .await?;
        let ordinal: Option<i64> = row.try_get(0)?;
        Ok(ordinal.map(unsigned))
    }

    /// The names of the sheets of which a generation has text, in their order, and whether they are hidden.
    pub async fn sheets_of(&self, generation: GenerationId) -> Result<Vec<(String, bool)>> {
        let rows = sqlx::query(
            "SELECT json_extract(locator, '$.sheet') AS sheet, \
             max(coalesce(json_extract(locator, '$.hidden'), 0)) FROM passages \
             WHERE generation = ?1 AND sheet IS NOT NULL GROUP BY sheet ORDER BY min(ordinal)",
        )
        .bind(generation.0)
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? != 0)))
            .collect()
    }

    /// Those of the passages that answer at this moment, in no particular order. What was deleted, replaced or not
    /// finished is left out, whatever the indexes say.
    pub async fn passages_visible(&self, ids: &[PassageId]) -> Result<Vec<VisiblePassage>> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(visible_among()))
            .bind(numbers(ids.iter().map(|id| id.0)))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(visible).collect()
    }

    /// The next visible passages after `after`, in the order of their names: pages through all of them in bounded
    /// memory.
    pub async fn passages_visible_after(&self, after: PassageId, limit: u32) -> Result<Vec<VisiblePassage>> {
        let statement = format!("{} WHERE p.id > ?1 ORDER BY p.id LIMIT ?2", visible_passages());
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(after.0)
            .bind(limit)
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(visible).collect()
    }
}

fn visible_among() -> String {
    format!(
        "{} WHERE p.id IN (SELECT value FROM json_each(?1))",
        visible_passages()
    )
}

/// The columns of a [`VisiblePassage`] and the join that decides what is visible.
fn visible_passages() -> String {
    format!(
        "SELECT p.id, d.id, p.generation, p.ordinal, p.locator, p.text, d.title, d.path, d.collection, d.kind, \
         d.modified_ns, {} FROM passages p JOIN documents d ON d.generation = p.generation AND d.missing_ms IS NULL {}",
        controlled::COLUMNS,
        controlled::JOIN
    )
}

fn visible(row: &SqliteRow) -> Result<VisiblePassage> {
    Ok(VisiblePassage {
        passage: passage(row)?,
        title: row.try_get(6)?,
        path: row.try_get(7)?,
        collection: Collection(row.try_get(8)?),
        kind: kind(row.try_get(9)?)?,
        modified_ms: row.try_get::<i64, _>(10)? / 1_000_000,
        controlled: controlled::controlled(row, 11)?,
    })
}

fn passage(row: &SqliteRow) -> Result<Passage> {
    let locator: &str = row.try_get(4)?;
    Ok(Passage {
        id: PassageId(row.try_get(0)?),
        document: DocumentId(row.try_get(1)?),
        generation: GenerationId(row.try_get(2)?),
        ordinal: unsigned(row.try_get(3)?),
        locator: serde_json::from_str(locator).map_err(|_| StoreError::Unknown {
            what: format!("the place {locator:?}"),
        })?,
        text: row.try_get(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan_of;

    #[tokio::test]
    async fn what_answers_is_looked_up_by_its_names_and_not_among_all_documents() {
        let plan = plan_of(&visible_among()).await;
        for step in [
            "SEARCH p USING INTEGER PRIMARY KEY (rowid=?)",
            "SEARCH d USING INDEX documents_by_generation (generation=?)",
        ] {
            assert!(plan.iter().any(|found| found == step), "{step}: {plan:#?}");
        }
    }
}
