//! `documents`, counted and listed: what the Library page, `doctor` and the collection filter show.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::documents::{DOCUMENT, document};
use super::{Result, Store, limits, unsigned};
use crate::domain::{Collection, Document, FileKind, Readable};

/// How many files stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LibraryCounts {
    /// Every file.
    pub documents: u64,
    /// Files that answer for themselves.
    pub searchable: u64,
    /// Files for which another one answers.
    pub duplicate: u64,
    /// Files that could not be read.
    pub failed: u64,
    /// Files that wait.
    pub pending: u64,
    /// Pages, slides and sheets that answer.
    pub pages: u64,
    /// Of these, the ones without text.
    pub empty_pages: u64,
    /// Passages that answer.
    pub passages: u64,
}

/// In which order documents are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentSort {
    /// By path.
    #[default]
    Path,
    /// By title.
    Title,
    /// What changed last comes first.
    Updated,
    /// Failed, pending, duplicate, searchable; then by path.
    State,
    /// The largest first.
    Size,
}

/// Which documents to list. An absent field restricts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct DocumentQuery<'query> {
    /// Only this state, by the name of [`DocumentState::as_str`](crate::domain::DocumentState::as_str).
    pub state: Option<&'query str>,
    /// Only this collection.
    pub collection: Option<&'query Collection>,
    /// Only this format.
    pub kind: Option<FileKind>,
    /// Only paths and titles that contain this text.
    pub text: Option<&'query str>,
    /// The order.
    pub sort: DocumentSort,
    /// How many to leave out at the start.
    pub offset: u32,
    /// How many to list.
    pub limit: u32,
}

const FILTER: &str = "d.missing_ms IS NULL AND (?5 IS NULL OR d.collection IN (SELECT value FROM json_each(?5))) \
     AND (?1 IS NULL OR d.state = ?1) \
     AND (?2 IS NULL OR d.collection = ?2) AND (?3 IS NULL OR d.kind = ?3) \
     AND (?4 IS NULL OR d.path LIKE ?4 ESCAPE '\\' OR d.title LIKE ?4 ESCAPE '\\')";

impl Store {
    /// One page of the documents that `query` asks for, of those that may be read, and how many there are in all.
    pub async fn documents_page(
        &self,
        query: &DocumentQuery<'_>,
        readable: &Readable,
    ) -> Result<(Vec<Document>, u64)> {
        let limits = limits(readable);
        let order = match query.sort {
            DocumentSort::Path => "d.path",
            DocumentSort::Title => "d.title COLLATE NOCASE, d.path",
            DocumentSort::Updated => "d.updated_ms DESC, d.id DESC",
            DocumentSort::State => {
                "CASE d.state WHEN 'failed' THEN 0 WHEN 'pending' THEN 1 WHEN 'duplicate' THEN 2 ELSE 3 END, d.path"
            }
            DocumentSort::Size => "d.size_bytes DESC, d.path",
        };
        let pattern = query.text.filter(|text| !text.trim().is_empty()).map(contains);
        let page = sqlx::AssertSqlSafe(format!(
            "SELECT {DOCUMENT} WHERE {FILTER} ORDER BY {order} LIMIT ?6 OFFSET ?7"
        ));
        let rows = sqlx::query(page)
            .bind(query.state)
            .bind(query.collection.map(Collection::as_str))
            .bind(query.kind.map(FileKind::as_str))
            .bind(pattern.as_deref())
            .bind(limits.as_deref())
            .bind(query.limit)
            .bind(query.offset)
            .fetch_all(&self.reader)
            .await?;
        let total = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM documents d WHERE {FILTER}"));
        let total: i64 = sqlx::query(total)
            .bind(query.state)
            .bind(query.collection.map(Collection::as_str))
            .bind(query.kind.map(FileKind::as_str))
            .bind(pattern.as_deref())
            .bind(limits.as_deref())
            .fetch_one(&self.reader)
            .await?
            .try_get(0)?;
        Ok((
            rows.iter().map(document).collect::<Result<_>>()?,
            u64::try_from(total).unwrap_or(0),
        ))
    }

    /// How many of the files that may be read stand where, and what answers.
    pub async fn counts(&self, readable: &Readable) -> Result<LibraryCounts> {
        let rows = sqlx::query(
            "SELECT d.state, COUNT(*), COALESCE(SUM(g.pages), 0), COALESCE(SUM(g.empty_pages), 0), \
             COALESCE(SUM(g.passages), 0) \
             FROM documents d LEFT JOIN generations g ON g.id = d.generation \
             WHERE d.missing_ms IS NULL AND (?1 IS NULL OR d.collection IN (SELECT value FROM json_each(?1))) \
             GROUP BY d.state",
        )
        .bind(limits(readable))
        .fetch_all(&self.reader)
        .await?;
        let mut counts = LibraryCounts::default();
        for row in rows {
            let number = |column: usize| -> Result<u64> {
                Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
            };
            let files = number(1)?;
            counts.documents += files;
            counts.pages += number(2)?;
            counts.empty_pages += number(3)?;
            counts.passages += number(4)?;
            match row.try_get(0)? {
                "searchable" => counts.searchable = files,
                "duplicate" => counts.duplicate = files,
                "failed" => counts.failed = files,
                _ => counts.pending = files,
            }
        }
        Ok(counts)
    }

    /// Every collection that may be read with how many files lie in it, by name.
    pub async fn collections(&self, readable: &Readable) -> Result<Vec<(Collection, u32)>> {
        let rows = sqlx::query(
            "SELECT collection, COUNT(*) FROM documents \
             WHERE missing_ms IS NULL AND (?1 IS NULL OR collection IN (SELECT value FROM json_each(?1))) \
             GROUP BY collection ORDER BY collection",
        )
        .bind(limits(readable))
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| Ok((Collection(row.try_get(0)?), unsigned(row.try_get(1)?))))
            .collect()
    }
}

/// A LIKE pattern for text that people typed: `%` and `_` mean themselves.
pub(super) fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.trim().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
