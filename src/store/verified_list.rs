//! `verified`, listed: for inspectors, with what became of the documents that each answer rests on.

use serde::Serialize;
use sqlx::Row;

use super::overview::contains;
use super::verified::{READABLE, columns, may_be_read, stored};
use super::within::limits;
use super::{Result, Store, StoredVerified, now_ms, unsigned};
use crate::domain::{
    Collection, DocumentId, GenerationId, PersonId, Readable, Role, SourceState, VerifiedId, VerifiedState,
};

/// Which verified answers to list. An absent field restricts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct VerifiedQuery<'query> {
    /// Only those that stand so.
    pub state: Option<VerifiedState>,
    /// Only those of this owner; the inner nothing is whoever works at the machine itself.
    pub owner: Option<Option<PersonId>>,
    /// Only those that contain this text in a question or a sentence.
    pub text: Option<&'query str>,
    /// How many to leave out at the start.
    pub offset: u32,
    /// How many to list.
    pub limit: u32,
}

/// A document that a verified answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifiedSource {
    /// The document.
    pub document: DocumentId,
    /// Its title as it was.
    pub title: String,
    /// Its path as it was.
    pub path: String,
    /// What became of it.
    #[serde(flatten)]
    pub state: SourceState,
}

const FILTER: &str = "(?4 IS NULL OR state = ?4) AND (?5 = 0 OR v.owner IS ?6) \
     AND (?3 IS NULL OR v.statements LIKE ?3 ESCAPE '\\' OR EXISTS (SELECT 1 FROM verified_questions q \
          WHERE q.verified = v.id AND q.question LIKE ?3 ESCAPE '\\'))";

impl Store {
    /// One page of the verified answers that may be read, withdrawn and expired ones first, and how many there are in
    /// all.
    pub async fn verified_page(
        &self,
        query: &VerifiedQuery<'_>,
        readable: &Readable,
    ) -> Result<(Vec<StoredVerified>, u64)> {
        let limits = limits(readable);
        let pattern = query.text.filter(|text| !text.trim().is_empty()).map(contains);
        let listed = format!(
            "FROM (SELECT {} FROM verified v WHERE {}) v WHERE {FILTER}",
            columns(),
            may_be_read(readable)
        );
        let page = format!(
            "SELECT * {listed} ORDER BY state = 'in-force', verified_ms DESC, id DESC LIMIT ?7 OFFSET ?8"
        );
        let count = format!("SELECT COUNT(*) {listed}");
        let bound = |statement: String| {
            sqlx::query(sqlx::AssertSqlSafe(statement))
                .bind(limits.clone())
                .bind(now_ms())
                .bind(pattern.clone())
                .bind(query.state.map(VerifiedState::as_str))
                .bind(query.owner.is_some())
                .bind(query.owner.flatten().map(|owner| owner.0))
        };
        let rows = bound(page)
            .bind(query.limit)
            .bind(query.offset)
            .fetch_all(&self.reader)
            .await?;
        let total: i64 = bound(count).fetch_one(&self.reader).await?.try_get(0)?;
        let read = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
        Ok((
            self.with_questions(&read).await?,
            u64::try_from(total).unwrap_or(0),
        ))
    }

    /// How many verified answers that may be read stand how, in the order of [`VerifiedState::ALL`].
    pub async fn verified_counts(&self, readable: &Readable) -> Result<[u32; 3]> {
        let statement = format!(
            "SELECT state, COUNT(*) FROM (SELECT {} FROM verified v WHERE {}) GROUP BY state",
            columns(),
            may_be_read(readable)
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(limits(readable))
            .bind(now_ms())
            .fetch_all(&self.reader)
            .await?;
        let mut counts = [0; 3];
        for row in rows {
            let state: &str = row.try_get(0)?;
            if let Some(place) = VerifiedState::ALL
                .iter()
                .position(|known| known.as_str() == state)
            {
                counts[place] = unsigned(row.try_get(1)?);
            }
        }
        Ok(counts)
    }

    /// The verified answers that are not in force and wait for `owner`, or whose owner cannot be told: is no longer
    /// there, inspects no longer, or may not read any more what they rest on; those that may be read, and no more than
    /// `limit`.
    pub async fn verified_waiting(
        &self,
        owner: Option<PersonId>,
        readable: &Readable,
        limit: u32,
    ) -> Result<Vec<StoredVerified>> {
        let statement = format!(
            "SELECT * FROM (SELECT {} FROM verified v WHERE {}) v \
             WHERE state <> 'in-force' AND (v.owner IS ?3 OR NOT EXISTS (SELECT 1 FROM json_each(?5) o \
                   WHERE o.value ->> 'owner' = v.owner AND {})) \
             ORDER BY verified_ms DESC, id DESC LIMIT ?4",
            columns(),
            may_be_read(readable),
            READABLE.replace("?1", "(o.value ->> 'limits')")
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(limits(readable))
            .bind(now_ms())
            .bind(owner.map(|owner| owner.0))
            .bind(limit)
            .bind(self.owners_who_inspect().await?)
            .fetch_all(&self.reader)
            .await?;
        let read = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
        self.with_questions(&read).await
    }

    /// The owners of verified answers who may look into the inbox, as JSON: `[{"owner": 3, "limits": ["hr"]}]`, without
    /// limits where they may read everything.
    async fn owners_who_inspect(&self) -> Result<String> {
        let rows = sqlx::query("SELECT DISTINCT owner FROM verified WHERE owner IS NOT NULL")
            .fetch_all(&self.reader)
            .await?;
        let mut owners = Vec::with_capacity(rows.len());
        for row in rows {
            let owner: i64 = row.try_get(0)?;
            let person = self.person(PersonId(owner)).await?;
            if let Some(person) = person.filter(|person| person.role >= Role::Inspector) {
                let limits = person.readable.limits();
                owners.push(serde_json::json!({ "owner": owner, "limits": limits }));
            }
        }
        Ok(serde_json::Value::Array(owners).to_string())
    }

    /// What a verified answer rests on, and what became of it. A document that lies where the reader may not look is
    /// gone.
    pub async fn verified_sources(&self, id: VerifiedId, readable: &Readable) -> Result<Vec<VerifiedSource>> {
        let rows = sqlx::query(
            "SELECT s.document, s.title, s.path, s.generation, s.collection, d.generation, d.path \
             FROM verified_sources s LEFT JOIN documents d ON d.id = s.document AND d.missing_ms IS NULL \
             AND d.generation IS NOT NULL WHERE s.verified = ?1 ORDER BY s.path",
        )
        .bind(id.0)
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| {
                let then = (GenerationId(row.try_get(3)?), Collection(row.try_get(4)?));
                let now = row.try_get::<Option<i64>, _>(5)?.map(GenerationId);
                let lies: Option<String> = row.try_get(6)?;
                let collection = lies.as_deref().map(Collection::of_path);
                let state = match (now, collection) {
                    (Some(_), _) if !lies.as_deref().is_some_and(|path| readable.allows(path)) => {
                        SourceState::Gone
                    }
                    (Some(_), Some(to)) if to != then.1 => SourceState::Moved { to },
                    (Some(now), Some(_)) if now == then.0 => SourceState::Same,
                    (Some(_), Some(_)) => SourceState::Changed,
                    _ => SourceState::Gone,
                };
                Ok(VerifiedSource {
                    document: DocumentId(row.try_get(0)?),
                    title: row.try_get(1)?,
                    path: row.try_get(2)?,
                    state,
                })
            })
            .collect()
    }
}
