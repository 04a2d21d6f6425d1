//! `documents`, counted and listed: what the Library page, `doctor` and the collection filter show.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::documents::{DOCUMENT, document};
use super::within::{limits, standing, state, within};
use super::{Result, Store, ledger, unsigned};
use crate::domain::{Collection, Document, FileKind, PageCounts, Readable};

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
    /// Pages, slides and sheets, those of files that cannot be searched included.
    pub pages: u64,
    /// What became of them. A file without pages counts as one.
    pub coverage: PageCounts,
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
    /// Files of which nothing can be searched, then those with the most pages that should have text and have none, then
    /// those with the most pages of doubtful text.
    Worst,
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

/// True of a document `d` that a query asks for and that may be read.
pub(super) fn filter(readable: &Readable) -> String {
    format!(
        "d.missing_ms IS NULL AND {} AND (?1 IS NULL OR {} = ?1) \
         AND (?2 IS NULL OR d.collection = ?2) AND (?3 IS NULL OR d.kind = ?3) \
         AND (?4 IS NULL OR d.path LIKE ?4 ESCAPE '\\' OR d.title LIKE ?4 ESCAPE '\\')",
        within(readable, 5),
        state(readable, 5)
    )
}

/// The same of what is counted, where no words are given.
const STANDING_FILTER: &str = "(?1 IS NULL OR d.state = ?1) AND (?2 IS NULL OR d.collection = ?2) \
     AND (?3 IS NULL OR d.kind = ?3) AND ?4 IS NULL";

/// How many files lie in a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionCounts {
    /// The collection.
    pub collection: Collection,
    /// All of its files.
    pub documents: u32,
    /// Those that can be searched, or say the same as one that can.
    pub searchable: u32,
}

impl Store {
    /// One page of the documents that `query` asks for, of those that may be read, and how many there are in all.
    pub async fn documents_page(
        &self,
        query: &DocumentQuery<'_>,
        readable: &Readable,
    ) -> Result<(Vec<Document>, u64)> {
        let limits = limits(readable);
        let pattern = query.text.filter(|text| !text.trim().is_empty()).map(contains);
        let restricted = query.state.is_some()
            || query.collection.is_some()
            || query.kind.is_some()
            || pattern.is_some()
            || limits.is_some();
        let page = sqlx::AssertSqlSafe(listing(query.sort, restricted, readable));
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
        // Only for words in their names must all documents be looked at.
        let total = match pattern {
            Some(_) => format!(
                "SELECT COUNT(*) FROM documents d NOT INDEXED WHERE {}",
                filter(readable)
            ),
            None => format!(
                "SELECT COALESCE(SUM(d.documents), 0) FROM {} d WHERE {STANDING_FILTER}",
                standing(readable, 5)
            ),
        };
        let total = sqlx::AssertSqlSafe(total);
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
        let statement = format!(
            "SELECT state, SUM(documents), SUM(pages), SUM(passages), SUM(page_text), SUM(page_ocr), \
             SUM(page_doubtful), SUM(page_empty), SUM(page_picture), SUM(page_failed), SUM(page_skipped) \
             FROM {} GROUP BY state",
            standing(readable, 1)
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
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
            counts.passages += number(3)?;
            counts.coverage = counts.coverage + ledger::counts(&row, 4)?;
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
    pub async fn collections(&self, readable: &Readable) -> Result<Vec<CollectionCounts>> {
        let statement = format!(
            "SELECT collection, SUM(documents), SUM(answering) FROM {} GROUP BY collection ORDER BY collection",
            standing(readable, 1)
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(limits(readable))
            .fetch_all(&self.reader)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(CollectionCounts {
                    collection: Collection(row.try_get(0)?),
                    documents: unsigned(row.try_get(1)?),
                    searchable: unsigned(row.try_get(2)?),
                })
            })
            .collect()
    }

    /// Every format of which there are files, with their number.
    pub async fn kinds(&self, readable: &Readable) -> Result<Vec<(FileKind, u32)>> {
        let statement = format!(
            "SELECT kind, SUM(documents) FROM {} GROUP BY kind",
            standing(readable, 1)
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(limits(readable))
            .fetch_all(&self.reader)
            .await?;
        let mut kinds = Vec::new();
        for row in rows {
            // A format of a later version says nothing here.
            if let Some(kind) = FileKind::parse(row.try_get(0)?) {
                kinds.push((kind, unsigned(row.try_get(1)?)));
            }
        }
        kinds.sort_by_key(|(kind, _)| FileKind::ALL.iter().position(|one| one == kind));
        Ok(kinds)
    }
}

/// One page of the documents in this order. Without restrictions an index has some orders ready, and the page is all that
/// is looked at. Elsewhere all documents are looked at, one after the other as they lie in the table: through an index
/// that has them in another order each would be searched for, which takes ten times as long.
fn listing(sort: DocumentSort, restricted: bool, readable: &Readable) -> String {
    let by_state = format!(
        "CASE {} WHEN 'failed' THEN 0 WHEN 'pending' THEN 1 WHEN 'duplicate' THEN 2 ELSE 3 END, d.path",
        state(readable, 5)
    );
    let (order, is_ready) = match sort {
        DocumentSort::Path => ("d.path", !restricted),
        DocumentSort::Title => ("d.title COLLATE NOCASE, d.path", false),
        DocumentSort::Updated => ("d.updated_ms DESC, d.id DESC", false),
        // Its index has what is restricted as well.
        DocumentSort::State => (by_state.as_str(), true),
        DocumentSort::Size => ("d.size_bytes DESC, d.path", false),
        DocumentSort::Worst => (
            "d.is_mute DESC, d.page_lacking DESC, d.page_doubtful DESC, d.page_empty DESC, d.path",
            !restricted,
        ),
    };
    let through = if is_ready { "" } else { "NOT INDEXED" };
    let filter = filter(readable);
    format!("SELECT {DOCUMENT} FROM documents d {through} WHERE {filter} ORDER BY {order} LIMIT ?6 OFFSET ?7")
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

#[cfg(test)]
impl Store {
    /// Whether what is counted is what there is.
    pub(crate) async fn counts_are_true(&self) -> bool {
        let counted = "SELECT collection, kind, state, COUNT(*), SUM(answers), SUM(pages), SUM(passages), SUM(page_text), \
             SUM(page_ocr), SUM(page_doubtful), SUM(page_empty), SUM(page_picture), SUM(page_failed), SUM(page_skipped) \
             FROM documents WHERE missing_ms IS NULL GROUP BY collection, kind, state";
        let statement = format!(
            "SELECT (SELECT COUNT(*) FROM (SELECT * FROM standing EXCEPT {counted})) + \
             (SELECT COUNT(*) FROM ({counted} EXCEPT SELECT * FROM standing))"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(statement)).fetch_one(&self.reader);
        row.await.unwrap().get::<i64, _>(0) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{DocumentSort, Readable, listing};
    use crate::store::plan_of;

    #[tokio::test]
    async fn a_page_of_the_library_is_taken_from_an_index_where_one_has_its_order() {
        for (sort, restricted, index) in [
            (DocumentSort::State, false, "documents_listed"),
            (DocumentSort::State, true, "documents_listed"),
            (DocumentSort::Path, false, "sqlite_autoindex_documents_1"),
            (DocumentSort::Worst, false, "documents_by_badness"),
        ] {
            let plan = plan_of(&listing(sort, restricted, &Readable::Everything)).await;
            assert_eq!(
                plan[0],
                format!("SCAN d USING INDEX {index}"),
                "{sort:?}: {plan:?}"
            );
            assert!(
                !plan.iter().any(|step| step.contains("ORDER BY")),
                "{sort:?}: {plan:?}"
            );
        }
        for (sort, restricted) in [
            (DocumentSort::Path, true),
            (DocumentSort::Worst, true),
            (DocumentSort::Title, false),
            (DocumentSort::Updated, false),
            (DocumentSort::Size, true),
        ] {
            assert_eq!(
                plan_of(&listing(sort, restricted, &Readable::Everything)).await[0],
                "SCAN d",
                "{sort:?}"
            );
        }
    }
}
