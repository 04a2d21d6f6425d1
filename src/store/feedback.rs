//! `feedback`: what people say of answers, one opinion a person and answer.

use sqlx::Row;

use super::{AnswerId, Result, Store, StoreError, now_ms};
use crate::domain::{Complaint, Opinion, PersonId};

impl Store {
    /// Keeps what `person` says of an answer, in the place of what the person said before. An answer that is disliked
    /// becomes a concern, also where an inspector had done with it.
    pub async fn record_opinion(
        &self,
        answer: &AnswerId,
        person: Option<PersonId>,
        opinion: &Opinion,
    ) -> Result<()> {
        let mut transaction = self.writer.begin().await?;
        sqlx::query(
            "INSERT INTO feedback (answer, person, is_right, complaint, comment, given_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (answer, COALESCE(person, 0)) DO UPDATE SET \
             is_right = excluded.is_right, complaint = excluded.complaint, comment = excluded.comment, \
             given_ms = excluded.given_ms",
        )
        .bind(&answer.0)
        .bind(person.map(|person| person.0))
        .bind(opinion.right)
        .bind(opinion.complaint.map(Complaint::as_str))
        .bind(&opinion.comment)
        .bind(now_ms())
        .execute(&mut *transaction)
        .await?;
        if !opinion.right {
            sqlx::query(
                "INSERT INTO concerns (answer, kind, asked_ms) SELECT id, 'answered', created_ms FROM answers \
                 WHERE id = ?1 ON CONFLICT (answer) DO UPDATE SET settled_ms = NULL",
            )
            .bind(&answer.0)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// What `person` says of an answer.
    pub async fn opinion(&self, answer: &AnswerId, person: Option<PersonId>) -> Result<Option<Opinion>> {
        let row = sqlx::query(
            "SELECT is_right, complaint, comment FROM feedback \
             WHERE answer = ?1 AND COALESCE(person, 0) = COALESCE(?2, 0)",
        )
        .bind(&answer.0)
        .bind(person.map(|person| person.0))
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| {
            Ok(Opinion {
                right: row.try_get(0)?,
                complaint: complaint(row.try_get(1)?)?,
                comment: row.try_get(2)?,
            })
        })
        .transpose()
    }
}

pub(super) fn complaint(name: Option<&str>) -> Result<Option<Complaint>> {
    name.map(|name| {
        Complaint::parse(name).ok_or_else(|| StoreError::Unknown {
            what: format!("the complaint {name:?}"),
        })
    })
    .transpose()
}
