//! `concerns`, listed: the inbox of an inspector, who sees those that rest on nothing that they may not read.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::concerns::ConcernGroupId;
use super::feedback::complaint;
use super::within::collections;
use super::{AnswerId, Result, Store, StoreError, unsigned};
use crate::domain::{Complaint, PersonId, Readable};

/// Open concerns that are looked through for a list, the newest first: older ones come up when these are settled.
const LOOKED_THROUGH: u32 = 5_000;

/// True where somebody disliked the answer of `c`.
const DISLIKED: &str = "EXISTS (SELECT 1 FROM feedback f WHERE f.answer = c.answer AND f.is_right = 0)";

/// True where `c` is still to be looked at. An answer that was only disliked is no concern once nobody dislikes it.
pub(super) const OPEN: &str = "c.settled_ms IS NULL AND (c.kind <> 'answered' OR EXISTS (SELECT 1 FROM feedback f \
     WHERE f.answer = c.answer AND f.is_right = 0))";

/// True where the collections in `?1` (nothing: all) hold all that the answer of `c` rests on, then and now.
pub(super) const READABLE: &str = "(?1 IS NULL OR NOT EXISTS (SELECT 1 FROM concern_sources r \
     LEFT JOIN documents d ON d.id = r.document WHERE r.answer = c.answer \
     AND (r.collection NOT IN (SELECT value FROM json_each(?1)) \
          OR d.collection NOT IN (SELECT value FROM json_each(?1)))))";

/// Why an answer is a concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConcernKind {
    /// The documents did not answer.
    Refused,
    /// Sentences of it were doubtful.
    Doubtful,
    /// Somebody disliked it.
    Disliked,
}

impl ConcernKind {
    /// Every kind, as a filter lists them.
    pub const ALL: [Self; 3] = [Self::Refused, Self::Doubtful, Self::Disliked];

    /// The name used in addresses and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Doubtful => "doubtful",
            Self::Disliked => "disliked",
        }
    }

    /// The inverse of [`ConcernKind::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Which groups to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct InboxQuery {
    /// Only those with a concern of this kind.
    pub kind: Option<ConcernKind>,
    /// The most frequent first, in the place of the newest.
    pub frequent: bool,
    /// How many to leave out at the start.
    pub offset: u32,
    /// How many to list.
    pub limit: u32,
}

/// Open concerns whose questions are alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InboxGroup {
    /// Names it.
    pub id: ConcernGroupId,
    /// The newest question.
    pub question: String,
    /// Its answer.
    pub answer: AnswerId,
    /// When it was asked, milliseconds since 1970.
    pub asked_ms: i64,
    /// Concerns in all.
    pub count: u32,
    /// Of them, those that were refused.
    pub refused: u32,
    /// Those with doubtful sentences.
    pub doubtful: u32,
    /// Those that somebody disliked.
    pub disliked: u32,
}

/// What somebody said of the answer of a concern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dislike {
    /// Why it is not right.
    pub complaint: Option<Complaint>,
    /// In the person's own words.
    pub comment: String,
}

/// One answer that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Concern {
    /// The answer.
    pub answer: AnswerId,
    /// What was asked.
    pub question: String,
    /// When, milliseconds since 1970.
    pub asked_ms: i64,
    /// Who asked; nothing where that is not to be shown, or nobody was signed in.
    pub asker: Option<String>,
    /// Whether it was refused.
    pub refused: bool,
    /// Whether sentences of it are doubtful.
    pub doubtful: bool,
    /// What those say who disliked it.
    pub dislikes: Vec<Dislike>,
}

/// What an inspector said about the document that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingDocument {
    /// The group of questions that it would answer.
    pub group: ConcernGroupId,
    /// The question of that group.
    pub question: String,
    /// The document, in the inspector's words.
    pub missing: String,
    /// Who said so; empty for whoever worked at the machine itself.
    pub by: String,
    /// The account of that person.
    #[serde(skip)]
    pub person: Option<PersonId>,
    /// When, milliseconds since 1970.
    pub named_ms: i64,
}

impl Store {
    /// One page of the groups that `query` asks for, of the concerns that may be read, and how many there are in all.
    pub async fn inbox_page(&self, query: InboxQuery, readable: &Readable) -> Result<(Vec<InboxGroup>, u64)> {
        let grouped = format!(
            "WITH open AS (SELECT c.answer, c.kind, c.asked_ms, c.grouping, {DISLIKED} AS disliked FROM concerns c \
                 WHERE {OPEN} AND c.grouping IS NOT NULL AND {READABLE} ORDER BY c.asked_ms DESC LIMIT ?2), \
             listed AS (SELECT grouping, COUNT(*) AS number, MAX(asked_ms) AS newest, answer, \
                 SUM(kind = 'refused') AS refused, SUM(kind = 'doubtful') AS doubtful, SUM(disliked) AS disliked \
                 FROM open GROUP BY grouping) "
        );
        let filter = "WHERE (?3 IS NULL OR CASE ?3 WHEN 'refused' THEN refused WHEN 'doubtful' THEN doubtful \
                      ELSE disliked END > 0)";
        let order = if query.frequent {
            "number DESC, newest DESC"
        } else {
            "newest DESC, number DESC"
        };
        let page = format!(
            "{grouped} SELECT l.grouping, l.number, l.newest, l.answer, l.refused, l.doubtful, l.disliked, a.question \
             FROM listed l JOIN answers a ON a.id = l.answer {filter} ORDER BY {order}, l.grouping LIMIT ?4 OFFSET ?5"
        );
        let count = format!("{grouped} SELECT COUNT(*) FROM listed {filter}");
        let bound = |statement: String| {
            sqlx::query(sqlx::AssertSqlSafe(statement))
                .bind(collections(readable))
                .bind(LOOKED_THROUGH)
                .bind(query.kind.map(ConcernKind::as_str))
        };
        let rows = bound(page)
            .bind(query.limit)
            .bind(query.offset)
            .fetch_all(&self.reader)
            .await?;
        let total: i64 = bound(count).fetch_one(&self.reader).await?.try_get(0)?;
        let groups = rows
            .iter()
            .map(|row| {
                let number = |column: usize| -> Result<u32> { Ok(unsigned(row.try_get(column)?)) };
                Ok(InboxGroup {
                    id: ConcernGroupId(row.try_get(0)?),
                    question: row.try_get(7)?,
                    answer: AnswerId(row.try_get(3)?),
                    asked_ms: row.try_get(2)?,
                    count: number(1)?,
                    refused: number(4)?,
                    doubtful: number(5)?,
                    disliked: number(6)?,
                })
            })
            .collect::<Result<_>>()?;
        Ok((groups, u64::try_from(total).unwrap_or(0)))
    }

    /// The newest open concerns of a group that may be read, and whether the group holds some that may not.
    pub async fn concerns_of(
        &self,
        group: ConcernGroupId,
        readable: &Readable,
        limit: u32,
    ) -> Result<(Vec<Concern>, bool)> {
        let statement = format!(
            "SELECT c.answer, a.question, c.asked_ms, p.name, c.kind \
             FROM concerns c JOIN answers a ON a.id = c.answer LEFT JOIN people p ON p.id = a.person \
             WHERE c.grouping = ?2 AND {OPEN} AND {READABLE} ORDER BY c.asked_ms DESC LIMIT ?3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(collections(readable))
            .bind(group.0)
            .bind(limit)
            .fetch_all(&self.reader)
            .await?;
        let mut concerns = Vec::with_capacity(rows.len());
        for row in &rows {
            let kind: &str = row.try_get(4)?;
            let answer = AnswerId(row.try_get(0)?);
            concerns.push(Concern {
                dislikes: self.dislikes(&answer).await?,
                answer,
                question: row.try_get(1)?,
                asked_ms: row.try_get(2)?,
                asker: row.try_get(3)?,
                refused: kind == "refused",
                doubtful: kind == "doubtful",
            });
        }
        let statement =
            format!("SELECT EXISTS (SELECT 1 FROM concerns c WHERE c.grouping = ?2 AND NOT {READABLE})");
        let hidden = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(collections(readable))
            .bind(group.0)
            .fetch_one(&self.reader)
            .await?
            .try_get(0)?;
        Ok((concerns, hidden))
    }

    async fn dislikes(&self, answer: &AnswerId) -> Result<Vec<Dislike>> {
        let rows = sqlx::query(
            "SELECT complaint, comment FROM feedback WHERE answer = ?1 AND is_right = 0 \
             ORDER BY given_ms DESC LIMIT 20",
        )
        .bind(&answer.0)
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Dislike {
                    complaint: complaint(row.try_get(0)?)?,
                    comment: row.try_get(1)?,
                })
            })
            .collect()
    }

    /// What was said about the document that a group misses.
    pub async fn missing_of(&self, group: ConcernGroupId) -> Result<Option<MissingDocument>> {
        let statement = format!("{MISSING} AND g.id = ?1");
        let row = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(group.0)
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(missing).transpose()
    }

    /// One page of all documents that inspectors say are missing, the newest first, and how many there are.
    pub async fn missing_documents(&self, offset: u32, limit: u32) -> Result<(Vec<MissingDocument>, u64)> {
        let statement = format!("{MISSING} ORDER BY g.missing_ms DESC, g.id DESC LIMIT ?1 OFFSET ?2");
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(limit)
            .bind(offset)
            .fetch_all(&self.reader)
            .await?;
        let total: i64 = sqlx::query("SELECT COUNT(*) FROM concern_groups WHERE missing_ms IS NOT NULL")
            .fetch_one(&self.reader)
            .await?
            .try_get(0)?;
        let listed = rows.iter().map(missing).collect::<Result<_>>()?;
        Ok((listed, u64::try_from(total).unwrap_or(0)))
    }
}

const MISSING: &str = "SELECT g.id, g.question, g.missing, g.missing_name, g.missing_by, g.missing_ms \
     FROM concern_groups g WHERE g.missing_ms IS NOT NULL";

fn missing(row: &sqlx::sqlite::SqliteRow) -> Result<MissingDocument, StoreError> {
    Ok(MissingDocument {
        group: ConcernGroupId(row.try_get(0)?),
        question: row.try_get(1)?,
        missing: row.try_get(2)?,
        by: row.try_get(3)?,
        person: row.try_get::<Option<i64>, _>(4)?.map(PersonId),
        named_ms: row.try_get(5)?,
    })
}
