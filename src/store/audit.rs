//! `audit`: who did what and was shown what. Rows are added and read; triggers let nobody change or remove one, but for
//! those whose time is over.

mod typing;

#[cfg(test)]
mod tests;

use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::overview::contains;
use super::{Result, Store, now_ms};
use crate::domain::{Action, NewEntry, PersonId, Shown};

pub(super) use typing::Typing;

/// The longest text of a row, in characters.
const LONGEST: usize = 2_000;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// Its number; a later row has a higher one.
    pub id: i64,
    /// When, milliseconds since 1970.
    pub at_ms: i64,
    /// Who; nothing for whoever worked at the machine itself, or nobody who is known.
    pub person: Option<PersonId>,
    /// The name as it was then, or as it was typed.
    pub name: String,
    /// What, by the name of [`Action::as_str`]; one that this version does not know is left as it is.
    pub action: String,
    /// The question, the account, the group, the file.
    pub subject: String,
    /// What else is worth knowing.
    pub detail: String,
    /// The address that it came from.
    pub address: String,
    /// What was shown.
    pub shown: Vec<Shown>,
}

/// Which rows are wanted. An absent field restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only rows that contain this text.
    pub text: Option<String>,
    /// Only rows of people whose name contains this text.
    pub person: Option<String>,
    /// Only this.
    pub action: Option<Action>,
    /// Not before, milliseconds since 1970.
    pub from_ms: Option<i64>,
    /// Before, milliseconds since 1970.
    pub to_ms: Option<i64>,
}

impl Store {
    /// The same store, writing down in the audit log what people ask. Without this the log says only that they did.
    #[must_use]
    pub fn keeping_questions(mut self, keep: bool) -> Self {
        self.questions = keep;
        self
    }

    /// Adds a row to the audit log.
    pub async fn record(&self, entry: &NewEntry) -> Result<()> {
        let cut = |text: &str| text.chars().take(LONGEST).collect::<String>();
        let subject = if self.questions || !entry.action.is_question() {
            cut(&entry.subject)
        } else {
            String::new()
        };
        // Numbers and texts can always be written as JSON.
        let shown = serde_json::to_string(&entry.shown).unwrap_or_else(|_| "[]".to_owned());
        sqlx::query(
            "INSERT INTO audit (at_ms, person, name, action, subject, detail, address, shown) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )
        .bind(now_ms())
        .bind(entry.person.map(|person| person.0))
        .bind(cut(&entry.name))
        .bind(entry.action.as_str())
        .bind(subject)
        .bind(cut(&entry.detail))
        .bind(&entry.address)
        .bind(shown)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Adds a row to the audit log without making anybody wait, after what its person was typing until then. That it cannot be added is logged and hinders nothing.
    pub fn record_later(&self, entry: NewEntry) {
        let (typed, entry) = self.typing.before(entry);
        let store = self.clone();
        let work = async move {
            for entry in typed.iter().chain([&entry]) {
                store.record_or_log(entry).await;
            }
        };
        self.later.spawn_on(work, &self.runtime);
    }

    /// Adds a row to the audit log. That it cannot be added is logged and hinders nothing.
    pub async fn record_or_log(&self, entry: &NewEntry) {
        if let Err(error) = self.record(entry).await {
            let action = entry.action.as_str();
            tracing::error!(%error, action, name = entry.name, "the audit log could not be written");
        }
    }

    /// A page of the audit log, the newest row first, and how many rows there are in all.
    pub async fn audit_page(
        &self,
        query: &AuditQuery,
        offset: u64,
        limit: u32,
    ) -> Result<(Vec<AuditEntry>, u64)> {
        let mut page =
            query.select("SELECT id, at_ms, person, name, action, subject, detail, address, shown");
        page.push(" ORDER BY id DESC LIMIT ").push_bind(limit);
        page.push(" OFFSET ")
            .push_bind(i64::try_from(offset).unwrap_or(i64::MAX));
        let rows = page.build().fetch_all(&self.reader).await?;
        let total: i64 = query
            .select("SELECT COUNT(*)")
            .build()
            .fetch_one(&self.reader)
            .await?
            .try_get(0)?;
        Ok((
            rows.iter().map(entry).collect::<Result<_>>()?,
            u64::try_from(total).unwrap_or(0),
        ))
    }

    /// The newest `limit` rows of the audit log that are older than the row `before`.
    pub async fn audit_before(
        &self,
        query: &AuditQuery,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        let mut part =
            query.select("SELECT id, at_ms, person, name, action, subject, detail, address, shown");
        part.push(" AND id < ").push_bind(before.unwrap_or(i64::MAX));
        part.push(" ORDER BY id DESC LIMIT ").push_bind(limit);
        let rows = part.build().fetch_all(&self.reader).await?;
        rows.iter().map(entry).collect()
    }

    /// Removes the rows of the audit log that were written before `before_ms`, and says how many they were. What is
    /// younger than a day is not removed, whatever is asked for.
    pub async fn purge_audit(&self, before_ms: i64) -> Result<u64> {
        let mut transaction = self.writer.begin().await?;
        sqlx::query("UPDATE audit_horizon SET before_ms = MIN(?1, (unixepoch() - 86400) * 1000)")
            .bind(before_ms)
            .execute(&mut *transaction)
            .await?;
        let gone = sqlx::query("DELETE FROM audit WHERE at_ms < (SELECT before_ms FROM audit_horizon)")
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        sqlx::query("UPDATE audit_horizon SET before_ms = 0")
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(gone)
    }
}

impl AuditQuery {
    fn select(&self, what: &'static str) -> QueryBuilder<Sqlite> {
        let mut select = QueryBuilder::new(what);
        select.push(" FROM audit WHERE TRUE");
        if let Some(text) = &self.text {
            select.push(
                " AND (name || ' ' || subject || ' ' || detail || ' ' || address || ' ' || shown) LIKE ",
            );
            select.push_bind(contains(text)).push(" ESCAPE '\\'");
        }
        if let Some(person) = &self.person {
            select.push(" AND name LIKE ");
            select.push_bind(contains(person)).push(" ESCAPE '\\'");
        }
        if let Some(action) = self.action {
            select.push(" AND action = ").push_bind(action.as_str());
        }
        if let Some(from) = self.from_ms {
            select.push(" AND at_ms >= ").push_bind(from);
        }
        if let Some(to) = self.to_ms {
            select.push(" AND at_ms < ").push_bind(to);
        }
        select
    }
}

fn entry(row: &SqliteRow) -> Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.try_get(0)?,
        at_ms: row.try_get(1)?,
        person: row.try_get::<Option<i64>, _>(2)?.map(PersonId),
        name: row.try_get(3)?,
        action: row.try_get(4)?,
        subject: row.try_get(5)?,
        detail: row.try_get(6)?,
        address: row.try_get(7)?,
        // Written by this room alone; a later version may write more into it.
        shown: serde_json::from_str(row.try_get(8)?).unwrap_or_default(),
    })
}
