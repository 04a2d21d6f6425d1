//! `verified`, with its questions and sources: answers that inspectors stand for. Whether one is in force is decided by
//! a join with the documents at the moment of asking.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::overview::contains;
use super::within::limits;
use super::{Result, Store, StoreError, now_ms, numbers};
use crate::domain::{
    Citation, Collection, DocumentId, FileKind, PersonId, Readable, Scope, Statement, VerifiedAnswer,
    VerifiedId, VerifiedState,
};

/// Questions that are compared with one that is asked, the newest first.
const MOST_QUESTIONS: u32 = 10_000;

/// True where something that `v` rests on is not as it was, or not in force any more.
pub(super) fn broken() -> String {
    format!(
        "EXISTS (SELECT 1 FROM verified_sources s LEFT JOIN documents d \
         ON d.id = s.document AND d.generation = s.generation AND d.collection = s.collection AND d.missing_ms IS NULL \
         LEFT JOIN controlled c ON c.document = s.document \
         WHERE s.verified = v.id AND (d.id IS NULL OR (c.document IS NOT NULL AND {})))",
        super::controlled::OVER
    )
}

/// True where the collections in `?1` (nothing: all) hold all that `v` rests on, where it lay then and where it lies now.
pub(super) const READABLE: &str = "(?1 IS NULL OR NOT EXISTS (SELECT 1 FROM verified_sources s \
     LEFT JOIN documents d ON d.id = s.document WHERE s.verified = v.id \
     AND (s.collection NOT IN (SELECT value FROM json_each(?1)) \
          OR d.collection NOT IN (SELECT value FROM json_each(?1)))))";

/// The same for whoever may read below the folder in `?1`.
const READABLE_BELOW: &str = "NOT EXISTS (SELECT 1 FROM verified_sources s \
     LEFT JOIN documents d ON d.id = s.document WHERE s.verified = v.id \
     AND (substr(s.path, 1, length(?1)) <> ?1 OR substr(d.path, 1, length(?1)) <> ?1))";

/// True where all that `v` rests on may be read, with the [`limits`] in `?1`.
pub(super) fn may_be_read(readable: &Readable) -> &'static str {
    match readable {
        Readable::Everything | Readable::Only(_) => READABLE,
        Readable::Below(_) => READABLE_BELOW,
    }
}

/// A verified answer as an inspector writes it.
#[derive(Debug, Clone)]
pub struct NewVerified<'new> {
    /// The questions that it answers.
    pub questions: &'new [String],
    /// Its sentences; together they cite at least one document.
    pub statements: &'new [Statement],
    /// Who stands for it; nothing for whoever works at the machine itself.
    pub owner: Option<PersonId>,
    /// The name to show.
    pub owner_name: &'new str,
    /// Until when it holds, milliseconds since 1970.
    pub expires_ms: i64,
}

/// A verified answer and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StoredVerified {
    /// The answer.
    #[serde(flatten)]
    pub answer: VerifiedAnswer,
    /// The account of its owner, if it is still there.
    #[serde(skip)]
    pub owner: Option<PersonId>,
    /// How it stands.
    pub state: VerifiedState,
}

/// A question that a verified answer answers.
#[derive(Debug, Clone)]
pub struct KnownQuestion {
    /// The answer.
    pub id: VerifiedId,
    /// Its place among the questions of the answer.
    pub ordinal: i64,
    /// The question.
    pub question: String,
    /// Its vector, where the model that was asked for made it.
    pub vector: Option<Vec<f32>>,
}

impl Store {
    /// Keeps a verified answer, in the place of `id` where that is given; nothing where there is no `id`.
    pub async fn keep_verified(
        &self,
        id: Option<VerifiedId>,
        new: &NewVerified<'_>,
    ) -> Result<Option<VerifiedId>> {
        let statements = serde_json::to_string(new.statements).map_err(|error| StoreError::Unknown {
            what: format!("a verified answer that cannot be written ({error})"),
        })?;
        let mut transaction = self.writer.begin().await?;
        let statement = match id {
            Some(_) => {
                "UPDATE verified SET statements = ?2, owner = ?3, owner_name = ?4, verified_ms = ?5, \
                 expires_ms = ?6 WHERE id = ?1 RETURNING id"
            }
            None => {
                "INSERT INTO verified (id, statements, owner, owner_name, verified_ms, expires_ms) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id"
            }
        };
        let row = sqlx::query(statement)
            .bind(id.map(|id| id.0))
            .bind(statements)
            .bind(new.owner.map(|owner| owner.0))
            .bind(new.owner_name)
            .bind(now_ms())
            .bind(new.expires_ms)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let kept: i64 = row.try_get(0)?;
        for table in ["verified_questions", "verified_sources"] {
            let statement = format!("DELETE FROM {table} WHERE verified = ?1");
            sqlx::query(sqlx::AssertSqlSafe(statement))
                .bind(kept)
                .execute(&mut *transaction)
                .await?;
        }
        for (ordinal, question) in (0_i64..).zip(new.questions) {
            sqlx::query("INSERT INTO verified_questions (verified, ordinal, question) VALUES (?1, ?2, ?3)")
                .bind(kept)
                .bind(ordinal)
                .bind(question)
                .execute(&mut *transaction)
                .await?;
        }
        let cited = new.statements.iter().flat_map(|statement| &statement.citations);
        for citation in cited {
            add_source(&mut transaction, kept, citation).await?;
        }
        transaction.commit().await?;
        Ok(Some(VerifiedId(kept)))
    }

    /// Deletes a verified answer; false if there is none.
    pub async fn delete_verified(&self, id: VerifiedId) -> Result<bool> {
        let done = sqlx::query("DELETE FROM verified WHERE id = ?1")
            .bind(id.0)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// The questions of all verified answers in force that rest on nothing outside `scope`, with their vectors where
    /// `model` made them; where something was `typed`, those that contain it.
    pub async fn verified_questions(
        &self,
        scope: &Scope,
        model: Option<&str>,
        typed: Option<&str>,
    ) -> Result<Vec<KnownQuestion>> {
        let collections = scope
            .collections
            .clone()
            .map_or(Readable::Everything, Readable::Only);
        let kinds: Vec<&str> = scope.kinds.iter().copied().map(FileKind::as_str).collect();
        let kinds = (!kinds.is_empty()).then(|| serde_json::json!(kinds).to_string());
        let broken = broken();
        let statement = format!(
            "SELECT q.verified, q.ordinal, q.question, CASE WHEN q.model = ?3 THEN q.vector END \
             FROM verified v JOIN verified_questions q ON q.verified = v.id \
             WHERE v.expires_ms > ?2 AND (?8 IS NULL OR q.question LIKE ?8 ESCAPE '\\') AND {READABLE} AND NOT {broken} \
             AND (?4 IS NULL OR NOT EXISTS (SELECT 1 FROM verified_sources s JOIN documents d ON d.id = s.document \
                  WHERE s.verified = v.id AND d.kind NOT IN (SELECT value FROM json_each(?4)))) \
             AND NOT EXISTS (SELECT 1 FROM verified_sources s JOIN documents d ON d.id = s.document \
                  WHERE s.verified = v.id AND (substr(s.path, 1, length(?6)) <> ?6 \
                  OR substr(d.path, 1, length(?6)) <> ?6 OR d.modified_ns <= ?7 * 1000000)) \
             ORDER BY v.id DESC, q.ordinal LIMIT ?5"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(limits(&collections))
            .bind(now_ms())
            .bind(model)
            .bind(kinds)
            .bind(MOST_QUESTIONS)
            .bind(scope.below.as_deref())
            .bind(scope.changed_after_ms)
            .bind(typed.map(contains))
            .fetch_all(&self.reader)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(KnownQuestion {
                    id: VerifiedId(row.try_get(0)?),
                    ordinal: row.try_get(1)?,
                    question: row.try_get(2)?,
                    vector: row.try_get::<Option<&[u8]>, _>(3)?.map(vector),
                })
            })
            .collect()
    }

    /// Keeps the vector that `model` made of a question.
    pub async fn keep_question_vector(
        &self,
        question: &KnownQuestion,
        model: &str,
        vector: &[f32],
    ) -> Result<()> {
        sqlx::query(
            "UPDATE verified_questions SET model = ?4, vector = ?5 \
             WHERE verified = ?1 AND ordinal = ?2 AND question = ?3",
        )
        .bind(question.id.0)
        .bind(question.ordinal)
        .bind(&question.question)
        .bind(model)
        .bind(bytes(vector))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// A verified answer, if all that it rests on may be read, where it lay then and where it lies now.
    pub async fn verified(&self, id: VerifiedId, readable: &Readable) -> Result<Option<StoredVerified>> {
        let statement = format!(
            "SELECT {} FROM verified v WHERE v.id = ?3 AND {}",
            columns(),
            may_be_read(readable)
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(limits(readable))
            .bind(now_ms())
            .bind(id.0)
            .fetch_optional(&self.reader)
            .await?;
        match row {
            Some(row) => Ok(Some(self.with_questions(&[stored(&row)?]).await?.remove(0))),
            None => Ok(None),
        }
    }

    /// Gives verified answers that were read their questions.
    pub(super) async fn with_questions(&self, read: &[StoredVerified]) -> Result<Vec<StoredVerified>> {
        let mut read = read.to_vec();
        let rows = sqlx::query(
            "SELECT verified, question FROM verified_questions \
             WHERE verified IN (SELECT value FROM json_each(?1)) ORDER BY verified, ordinal",
        )
        .bind(numbers(read.iter().map(|stored| stored.answer.id.0)))
        .fetch_all(&self.reader)
        .await?;
        for row in rows {
            let id = VerifiedId(row.try_get(0)?);
            if let Some(stored) = read.iter_mut().find(|stored| stored.answer.id == id) {
                stored.answer.questions.push(row.try_get(1)?);
            }
        }
        Ok(read)
    }
}

/// The columns of a [`StoredVerified`]; `?2` is the time.
pub(super) fn columns() -> String {
    let broken = broken();
    format!(
        "v.id, v.statements, v.owner, v.owner_name, v.verified_ms, v.expires_ms, \
         CASE WHEN {broken} THEN 'withdrawn' WHEN v.expires_ms <= ?2 THEN 'expired' ELSE 'in-force' END AS state"
    )
}

pub(super) fn stored(row: &SqliteRow) -> Result<StoredVerified> {
    let statements: &str = row.try_get(1)?;
    let state: &str = row.try_get(6)?;
    Ok(StoredVerified {
        answer: VerifiedAnswer {
            id: VerifiedId(row.try_get(0)?),
            questions: Vec::new(),
            statements: serde_json::from_str(statements).map_err(|error| StoreError::Unknown {
                what: format!("a verified answer in another form ({error})"),
            })?,
            owner: row.try_get(3)?,
            verified_ms: row.try_get(4)?,
            expires_ms: row.try_get(5)?,
        },
        owner: row.try_get::<Option<i64>, _>(2)?.map(PersonId),
        state: VerifiedState::parse(state).ok_or_else(|| StoreError::Unknown {
            what: format!("the state {state:?}"),
        })?,
    })
}

async fn add_source(connection: &mut SqliteConnection, verified: i64, citation: &Citation) -> Result<()> {
    let DocumentId(document) = citation.document;
    // Two generations of one document cannot both be in force: a citation of the older one stays and withdraws it.
    sqlx::query(
        "INSERT INTO verified_sources (verified, document, generation, collection, title, path) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT (verified, document) DO UPDATE SET generation = MIN(generation, excluded.generation)",
    )
    .bind(verified)
    .bind(document)
    .bind(citation.generation.0)
    .bind(Collection::of_path(&citation.path).as_str())
    .bind(&citation.title)
    .bind(&citation.path)
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// A vector as it is kept.
pub(super) fn bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A vector that was kept.
pub(super) fn vector(bytes: &[u8]) -> Vec<f32> {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.iter().map(|number| f32::from_le_bytes(*number)).collect()
}
