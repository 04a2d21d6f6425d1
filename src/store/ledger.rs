//! The ledger: what became of the pages of each document. How many fared how stands on the document's row; the pages
//! themselves with the generation that answers, or on the row of a document that failed.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::documents::{DOCUMENT, document};
use super::overview::{contains, filter};
use super::within::limits;
use super::{DocumentQuery, Result, Store, StoreError};
use crate::domain::{Collection, Coverage, Document, DocumentId, FileKind, PageCounts, Readable};

/// The counts of a document of which nothing answers and nothing is known.
pub(super) const NOTHING: &str = "pages = 0, passages = 0, page_text = 0, page_ocr = 0, page_doubtful = 0, \
     page_empty = 0, page_picture = 0, page_failed = 0, page_skipped = 0, coverage = NULL";

impl Store {
    /// What became of every page of a document; nothing where it has not been read.
    pub async fn coverage(&self, id: DocumentId) -> Result<Option<Coverage>> {
        let row = sqlx::query(
            "SELECT COALESCE(d.coverage, g.coverage), d.pages, d.page_text FROM documents d \
             LEFT JOIN generations g ON g.id = d.generation WHERE d.id = ?1 AND d.missing_ms IS NULL",
        )
        .bind(id.0)
        .fetch_optional(&self.reader)
        .await?;
        row.as_ref()
            .map(|row| coverage(row, 0))
            .transpose()
            .map(Option::flatten)
    }

    /// The next documents of those that `query` asks for, by path, each with what became of its pages: for tables of
    /// all of them. The order and the part that `query` asks for do not count.
    pub async fn coverage_after(
        &self,
        query: &DocumentQuery<'_>,
        readable: &Readable,
        after: &str,
        limit: u32,
    ) -> Result<Vec<(Document, Option<Coverage>)>> {
        let statement = sqlx::AssertSqlSafe(format!(
            "SELECT {DOCUMENT}, COALESCE(d.coverage, g.coverage), d.pages, d.page_text \
             FROM documents d LEFT JOIN generations g ON g.id = d.generation \
             WHERE {} AND d.path > ?6 ORDER BY d.path LIMIT ?7",
            filter(readable)
        ));
        let rows = sqlx::query(statement)
            .bind(query.state)
            .bind(query.collection.map(Collection::as_str))
            .bind(query.kind.map(FileKind::as_str))
            .bind(query.text.filter(|text| !text.trim().is_empty()).map(contains))
            .bind(limits(readable))
            .bind(after)
            .bind(limit)
            .fetch_all(&self.reader)
            .await?;
        let column = rows.first().map_or(0, |row| row.len().saturating_sub(3));
        rows.iter()
            .map(|row| Ok((document(row)?, coverage(row, column)?)))
            .collect()
    }
}

/// The generation that was read answers, and with it its counts.
pub(super) async fn answers(
    connection: &mut SqliteConnection,
    document: i64,
    coverage: &Coverage,
    passages: u32,
) -> Result<()> {
    write(connection, document, coverage, passages, None).await
}

/// Nothing of a document and its duplicates can be searched: the pages are kept on their rows.
pub(super) async fn fails(
    connection: &mut SqliteConnection,
    document: i64,
    coverage: &Coverage,
) -> Result<()> {
    write(connection, document, coverage, 0, Some(&text(coverage))).await
}

async fn write(
    connection: &mut SqliteConnection,
    document: i64,
    coverage: &Coverage,
    passages: u32,
    kept: Option<&str>,
) -> Result<()> {
    let counts = coverage.counts();
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    sqlx::query(
        "UPDATE documents SET pages = ?2, passages = ?3, page_text = ?4, page_ocr = ?5, page_doubtful = ?6, \
         page_empty = ?7, page_picture = ?8, page_failed = ?9, page_skipped = ?10, coverage = ?11 \
         WHERE id = ?1 OR (?11 IS NOT NULL AND duplicate_of = ?1)",
    )
    .bind(document)
    .bind(coverage.pages())
    .bind(passages)
    .bind(number(counts.text))
    .bind(number(counts.ocr))
    .bind(number(counts.doubtful))
    .bind(number(counts.empty))
    .bind(number(counts.picture))
    .bind(number(counts.failed))
    .bind(number(counts.skipped))
    .bind(kept)
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// How pages are kept that are not all plain text.
pub(super) fn exceptional(coverage: &Coverage) -> Option<String> {
    let plain = coverage.exceptions().is_empty() && coverage.pictures().is_empty();
    (!plain).then(|| text(coverage))
}

fn text(coverage: &Coverage) -> String {
    // Numbers and texts can always be written as JSON.
    serde_json::to_string(coverage).unwrap_or_default()
}

/// Pages as they are kept; without them, so many pages of plain text.
pub(super) fn kept(text: Option<&str>, pages: u32) -> Result<Coverage> {
    text.map_or_else(
        || Ok(Coverage::of_text(pages)),
        |text| {
            serde_json::from_str(text).map_err(|_| StoreError::Unknown {
                what: format!("the account of pages {text:?}"),
            })
        },
    )
}

fn coverage(row: &SqliteRow, column: usize) -> Result<Option<Coverage>> {
    let text: Option<&str> = row.try_get(column)?;
    let searchable: i64 = row.try_get(column + 2)?;
    if text.is_none() && searchable == 0 {
        return Ok(None);
    }
    kept(text, super::unsigned(row.try_get(column + 1)?)).map(Some)
}

/// The counts of pages, from the column `first` on, in the order of [`DOCUMENT`].
pub(super) fn counts(row: &SqliteRow, first: usize) -> Result<PageCounts> {
    let number =
        |column: usize| -> Result<u64> { Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0)) };
    Ok(PageCounts {
        text: number(first)?,
        ocr: number(first + 1)?,
        doubtful: number(first + 2)?,
        empty: number(first + 3)?,
        picture: number(first + 4)?,
        failed: number(first + 5)?,
        skipped: number(first + 6)?,
    })
}
