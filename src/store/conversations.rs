//! `answers`, as the conversations that people had, and what they call them.

use serde::Serialize;
use sqlx::Row;

use super::{AnswerId, Result, Store, unsigned};
use crate::domain::PersonId;

/// A conversation of one person: questions that followed one another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conversation {
    /// Its first answer, which names it.
    pub id: AnswerId,
    /// Its last answer, at which it can be gone on with.
    pub last: AnswerId,
    /// What its person calls it, or else its first question.
    pub name: String,
    /// How many questions it has.
    pub questions: u32,
    /// When the last one was asked, milliseconds since 1970.
    pub asked_ms: i64,
}

impl Store {
    /// A page of the conversations of a person, the latest first, and how many there are; of whoever worked at the
    /// machine itself where nobody is named.
    pub async fn conversations_of(
        &self,
        person: Option<PersonId>,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<Conversation>, u64)> {
        let person = person.map(|person| person.0);
        let rows = sqlx::query(
            "SELECT l.conversation, \
             (SELECT id FROM answers a WHERE a.conversation = l.conversation ORDER BY created_ms DESC, id LIMIT 1), \
             COALESCE(n.name, (SELECT question FROM answers a WHERE a.id = l.conversation), ''), l.questions, l.asked_ms \
             FROM (SELECT conversation, COUNT(*) AS questions, MAX(created_ms) AS asked_ms FROM answers \
                   WHERE person IS ?1 GROUP BY conversation ORDER BY asked_ms DESC, conversation LIMIT ?2 OFFSET ?3) l \
             LEFT JOIN conversation_names n ON n.conversation = l.conversation \
             ORDER BY l.asked_ms DESC, l.conversation",
        )
        .bind(person)
        .bind(limit)
        .bind(offset)
        .fetch_all(&self.reader)
        .await?;
        let total: i64 = sqlx::query("SELECT COUNT(DISTINCT conversation) FROM answers WHERE person IS ?1")
            .bind(person)
            .fetch_one(&self.reader)
            .await?
            .try_get(0)?;
        let mut conversations = Vec::with_capacity(rows.len());
        for row in rows {
            conversations.push(Conversation {
                id: AnswerId(row.try_get(0)?),
                last: AnswerId(row.try_get(1)?),
                name: row.try_get(2)?,
                questions: unsigned(row.try_get(3)?),
                asked_ms: row.try_get(4)?,
            });
        }
        Ok((conversations, u64::try_from(total).unwrap_or(0)))
    }

    /// Gives a conversation of `person` another name; an empty one stands for its first question. False if there is no
    /// such conversation.
    pub async fn name_conversation(
        &self,
        person: Option<PersonId>,
        id: &AnswerId,
        name: &str,
    ) -> Result<bool> {
        let mut transaction = self.writer.begin().await?;
        let row =
            sqlx::query("SELECT EXISTS (SELECT 1 FROM answers WHERE conversation = ?1 AND person IS ?2)")
                .bind(&id.0)
                .bind(person.map(|person| person.0))
                .fetch_one(&mut *transaction)
                .await?;
        let exists: bool = row.try_get(0)?;
        if exists {
            let statement = if name.is_empty() {
                "DELETE FROM conversation_names WHERE conversation = ?1"
            } else {
                "INSERT INTO conversation_names (conversation, name) VALUES (?1, ?2) \
                 ON CONFLICT (conversation) DO UPDATE SET name = excluded.name"
            };
            let query = sqlx::query(statement).bind(&id.0);
            let query = if name.is_empty() { query } else { query.bind(name) };
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(exists)
    }

    /// Deletes a conversation of `person` with all its answers; their links lead nowhere from then on. False if there is
    /// no such conversation.
    pub async fn delete_conversation(&self, person: Option<PersonId>, id: &AnswerId) -> Result<bool> {
        let mut transaction = self.writer.begin().await?;
        let deleted = sqlx::query("DELETE FROM answers WHERE conversation = ?1 AND person IS ?2")
            .bind(&id.0)
            .bind(person.map(|person| person.0))
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        if deleted > 0 {
            sqlx::query("DELETE FROM conversation_names WHERE conversation = ?1")
                .bind(&id.0)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(deleted > 0)
    }
}
