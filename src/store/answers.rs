//! `answers`: every answer as it was given, with its quotes as they were.

use std::fmt;

use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Result, Store, StoreError, now_ms};
use crate::domain::{
    Answer, Collection, DocumentId, PersonId, Question, Quote, Readable, RestsOn, Support, Unwritten,
    Verdict, VerifiedAnswer, Written,
};

/// Answers of a conversation that are read back.
pub const LONGEST_CONVERSATION: u32 = 20;

/// What the answer `?1` names, as `named (key, value)`: paths and collections as text, documents as numbers. Answers that
/// were kept before they said themselves what they lean on are read with all that went into them before.
pub(super) const NAMED: &str = "WITH RECURSIVE chain (id) AS ( \
         SELECT ?1 \
         UNION \
         SELECT a.follows FROM chain JOIN answers a ON a.id = chain.id \
         WHERE a.follows IS NOT NULL AND json_type(a.answer, '$.leans_on') IS NULL \
         AND (a.answer ->> '$.understood' IS NOT NULL OR a.answer ->> '$.generator' <> 'quotes')), \
     named (key, value) AS ( \
         SELECT t.key, t.value FROM chain JOIN answers a ON a.id = chain.id, json_tree(a.answer) t \
         WHERE t.key IN ('path', 'collection') AND t.type = 'text' OR t.key = 'document' AND t.type = 'integer') ";

/// Names an answer in its permanent address. Drawn at random, so that nobody finds an answer by counting.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnswerId(pub String);

impl fmt::Display for AnswerId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An answer that was given.
#[derive(Debug, Clone, Serialize)]
pub struct StoredAnswer {
    /// Its name.
    pub id: AnswerId,
    /// Who asked; nothing for whoever worked at the machine itself.
    pub person: Option<PersonId>,
    /// What was asked.
    pub question: String,
    /// The answer that was read when it was asked, if it followed one.
    pub follows: Option<AnswerId>,
    /// Answered or refused.
    pub verdict: Verdict,
    /// The question as it was understood, where it could not stand alone.
    pub understood: Option<String>,
    /// The verified answer that was shown first, as it was.
    pub verified: Option<VerifiedAnswer>,
    /// What a language model wrote.
    pub written: Option<Written>,
    /// Why it did not.
    pub unwritten: Option<Unwritten>,
    /// The sentences of the documents, as they were.
    pub quotes: Vec<Quote>,
    /// The strength of the evidence.
    pub evidence: f32,
    /// What wrote it.
    pub generator: String,
    /// How long it took.
    pub duration_ms: u64,
    /// The passages that were looked at, best first, in the form in which they were sent.
    pub passages: serde_json::Value,
    /// When, milliseconds since 1970.
    pub created_ms: i64,
    /// What it took from the answer before it; unknown of answers that were kept before this was.
    #[serde(skip)]
    pub leans_on: Option<Vec<RestsOn>>,
}

/// What of an [`Answer`] is read back.
#[derive(Deserialize)]
struct Kept {
    verdict: Verdict,
    understood: Option<String>,
    verified: Option<VerifiedAnswer>,
    written: Option<Written>,
    unwritten: Option<Unwritten>,
    quotes: Vec<Quote>,
    evidence: f32,
    passages: serde_json::Value,
    generator: String,
    duration_ms: u64,
    leans_on: Option<Vec<RestsOn>>,
}

impl StoredAnswer {
    /// The sentences that were read as the answer: those of an inspector, or what a model wrote, or else the quotes.
    pub fn text(&self) -> String {
        if let Some(verified) = &self.verified {
            return verified.text();
        }
        let sentences: Vec<String> = match &self.written {
            Some(written) => written
                .statements
                .iter()
                .map(|statement| statement.text.clone())
                .collect(),
            None => self.quotes.iter().map(Quote::spoken).collect(),
        };
        sentences.join(" ")
    }
}

/// An answer as it is kept: with what nobody is shown.
#[derive(Serialize)]
struct Keeping<'a> {
    #[serde(flatten)]
    answer: &'a Answer,
    leans_on: &'a [RestsOn],
}

impl Store {
    /// Keeps an answer and names it. `follows` is the answer that was read when `person` asked the question.
    pub async fn record_answer(
        &self,
        question: &Question,
        answer: &Answer,
        follows: Option<&AnswerId>,
        person: Option<PersonId>,
    ) -> Result<AnswerId> {
        let kept = Keeping {
            answer,
            leans_on: &answer.leans_on,
        };
        let json = serde_json::to_string(&kept).map_err(|error| StoreError::Unknown {
            what: format!("an answer that cannot be written ({error})"),
        })?;
        let mut transaction = self.writer.begin().await?;
        let now = now_ms();
        let row = sqlx::query(
            "WITH new (id) AS MATERIALIZED (SELECT lower(hex(randomblob(12)))) \
             INSERT INTO answers (id, question, answer, created_ms, follows, person, conversation) \
             SELECT new.id, ?1, ?2, ?3, ?4, ?5, \
             COALESCE((SELECT conversation FROM answers WHERE id = ?4 AND person IS ?5), new.id) FROM new \
             RETURNING id",
        )
        .bind(question.as_str())
        .bind(json)
        .bind(now)
        .bind(follows.map(|id| id.0.as_str()))
        .bind(person.map(|person| person.0))
        .fetch_one(&mut *transaction)
        .await?;
        let id = AnswerId(row.try_get(0)?);
        if let Some(kind) = concern(answer) {
            sqlx::query("INSERT INTO concerns (answer, kind, asked_ms) VALUES (?1, ?2, ?3)")
                .bind(&id.0)
                .bind(kind)
                .bind(now)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(id)
    }

    /// The answer of that name.
    pub async fn answer(&self, id: &AnswerId) -> Result<Option<StoredAnswer>> {
        let row = sqlx::query(
            "SELECT id, question, answer, created_ms, follows, person FROM answers WHERE id = ?1",
        )
        .bind(&id.0)
        .fetch_optional(&self.reader)
        .await?;
        row.as_ref().map(stored).transpose()
    }

    /// Whether all documents that an answer rests on are `readable`, where they lay then and where they lie now.
    pub async fn rests_on_readable(&self, id: &AnswerId, readable: &Readable) -> Result<bool> {
        let statement = format!(
            "{NAMED} SELECT key = 'path', value FROM named WHERE key <> 'document' \
             UNION SELECT 1, d.path FROM named n JOIN documents d ON d.id = n.value WHERE n.key = 'document'"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(&id.0)
            .fetch_all(&self.reader)
            .await?;
        for row in rows {
            let place: &str = row.try_get(1)?;
            // A collection is named beside the path in it, which decides.
            let is_path: bool = row.try_get(0)?;
            let may_be_read = if is_path {
                readable.allows(place)
            } else {
                readable.reaches(place)
            };
            if !may_be_read {
                return Ok(false);
            }
        }
        match readable {
            Readable::Below(_) => Ok(!self.leans_on_unknown_paths(id).await?),
            Readable::Everything | Readable::Only(_) => Ok(true),
        }
    }

    /// Whether an answer leans on something of which only the collection is known: so it was kept before paths were, and
    /// nobody can tell below which folder that lay.
    async fn leans_on_unknown_paths(&self, id: &AnswerId) -> Result<bool> {
        let statement = format!(
            "{NAMED} SELECT a.answer -> '$.leans_on' FROM chain JOIN answers a ON a.id = chain.id \
             WHERE json_type(a.answer, '$.leans_on') = 'array'"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(&id.0)
            .fetch_all(&self.reader)
            .await?;
        for row in rows {
            let leans_on: Vec<RestsOn> =
                serde_json::from_str(row.try_get(0)?).map_err(|error| StoreError::Unknown {
                    what: format!("what an answer leans on ({error})"),
                })?;
            let lies_in = |collection: &Collection| {
                leans_on.iter().any(
                    |known| matches!(known, RestsOn::Path(path) if Collection::of_path(path) == *collection),
                )
            };
            let alone =
                |named: &RestsOn| matches!(named, RestsOn::Collection(collection) if !lies_in(collection));
            if leans_on.iter().any(alone) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// All that an answer rests on, to be kept with one that leans on it. So it is known even when this one is deleted.
    pub async fn rests_on(&self, id: &AnswerId) -> Result<Vec<RestsOn>> {
        let statement = format!("{NAMED} SELECT DISTINCT key, value FROM named ORDER BY key, value");
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(&id.0)
            .fetch_all(&self.reader)
            .await?;
        let mut rests_on = Vec::with_capacity(rows.len());
        for row in rows {
            let named = match row.try_get(0)? {
                "document" => RestsOn::Document(DocumentId(row.try_get(1)?)),
                "path" => RestsOn::Path(row.try_get(1)?),
                _ => RestsOn::Collection(Collection(row.try_get(1)?)),
            };
            if !rests_on.contains(&named) {
                rests_on.push(named);
            }
        }
        Ok(rests_on)
    }

    /// Puts an answer into the form that it had before answers said what they lean on.
    #[cfg(test)]
    pub(crate) async fn forget_what_it_leans_on(&self, id: &AnswerId) {
        let statement = "UPDATE answers SET answer = json_remove(answer, '$.leans_on') WHERE id = ?1";
        let done = sqlx::query(statement).bind(&id.0).execute(&self.writer).await;
        assert_eq!(done.map(|done| done.rows_affected()).ok(), Some(1));
    }

    /// The conversation that ends with the answer `id`, from its first question on; no more than the last
    /// 20 answers of it. Empty if there is no such answer.
    pub async fn conversation(&self, id: &AnswerId) -> Result<Vec<StoredAnswer>> {
        let rows = sqlx::query(
            "WITH RECURSIVE chain (id, back) AS ( \
                 SELECT ?1, 0 \
                 UNION ALL \
                 SELECT a.follows, back + 1 FROM chain JOIN answers a ON a.id = chain.id \
                 WHERE a.follows IS NOT NULL AND back + 1 < ?2) \
             SELECT a.id, a.question, a.answer, a.created_ms, a.follows, a.person \
             FROM chain JOIN answers a ON a.id = chain.id ORDER BY chain.back DESC",
        )
        .bind(&id.0)
        .bind(LONGEST_CONVERSATION)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(stored).collect()
    }
}

/// Why somebody should look at an answer, if so: as a kind of `concerns`.
fn concern(answer: &Answer) -> Option<&'static str> {
    let doubtful = |written: &Written| {
        let mut statements = written.statements.iter();
        statements.any(|statement| statement.support != Support::Supported)
    };
    if answer.verified.is_some() {
        None
    } else if answer.verdict == Verdict::Refused {
        Some("refused")
    } else {
        answer
            .written
            .as_ref()
            .is_some_and(doubtful)
            .then_some("doubtful")
    }
}

pub(super) fn stored(row: &SqliteRow) -> Result<StoredAnswer> {
    let kept: Kept = serde_json::from_str(row.try_get(2)?).map_err(|error| StoreError::Unknown {
        what: format!("an answer in another form ({error})"),
    })?;
    let follows: Option<String> = row.try_get(4)?;
    Ok(StoredAnswer {
        id: AnswerId(row.try_get(0)?),
        person: row.try_get::<Option<i64>, _>(5)?.map(PersonId),
        question: row.try_get(1)?,
        follows: follows.map(AnswerId),
        verdict: kept.verdict,
        understood: kept.understood,
        verified: kept.verified,
        written: kept.written,
        unwritten: kept.unwritten,
        quotes: kept.quotes,
        evidence: kept.evidence,
        generator: kept.generator,
        duration_ms: kept.duration_ms,
        passages: kept.passages,
        created_ms: row.try_get(3)?,
        leans_on: kept.leans_on,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_leans_on_a_collection_of_which_no_path_was_kept_is_not_shown_below_one_of_its_folders() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("gemba.sqlite")).await.unwrap();
        let (collection, path) = (
            RestsOn::Collection(Collection("machines".to_owned())),
            RestsOn::Path("machines/press-4/manual.md".to_owned()),
        );
        let below = Readable::below("machines/press-4");
        let whole = Readable::below("machines");
        for (leans_on, shown_below) in [(vec![collection.clone()], false), (vec![collection, path], true)] {
            let answer = Answer {
                verdict: Verdict::Answered,
                understood: None,
                verified: None,
                written: None,
                unwritten: None,
                quotes: Vec::new(),
                evidence: 1.0,
                passages: Vec::new(),
                generator: "quotes".to_owned(),
                duration_ms: 0,
                leans_on,
            };
            let question = Question::parse("And then?").unwrap();
            let id = store.record_answer(&question, &answer, None, None).await.unwrap();
            let shown = store.rests_on_readable(&id, &below).await.unwrap();
            assert_eq!(shown, shown_below, "{:?}", answer.leans_on);
            assert!(store.rests_on_readable(&id, &whole).await.unwrap());
        }
    }
}
