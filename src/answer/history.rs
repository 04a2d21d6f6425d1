//! The conversations of one person: listed, named and deleted by that person alone.

use super::{AnswerError, Answerer};
use crate::domain::Staff;
use crate::store::{AnswerId, Conversation};

/// The longest name of a conversation, in characters; more is cut off.
const LONGEST_NAME: usize = 200;

impl Answerer {
    /// A page of this person's conversations, the latest first, and how many there are.
    pub async fn conversations(
        &self,
        staff: &Staff,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<Conversation>, u64), AnswerError> {
        if !has_history(staff) {
            return Ok((Vec::new(), 0));
        }
        Ok(self.store.conversations_of(staff.id, offset, limit).await?)
    }

    /// Gives one of this person's conversations another name; an empty one stands for its first question.
    pub async fn name_conversation(
        &self,
        staff: &Staff,
        id: &AnswerId,
        name: &str,
    ) -> Result<(), AnswerError> {
        let name: String = name
            .trim()
            .chars()
            .map(|character| if character.is_control() { ' ' } else { character })
            .take(LONGEST_NAME)
            .collect();
        if has_history(staff) && self.store.name_conversation(staff.id, id, &name).await? {
            Ok(())
        } else {
            Err(AnswerError::NotFound)
        }
    }

    /// Deletes one of this person's conversations with all its answers.
    pub async fn delete_conversation(&self, staff: &Staff, id: &AnswerId) -> Result<(), AnswerError> {
        if has_history(staff) && self.store.delete_conversation(staff.id, id).await? {
            Ok(())
        } else {
            Err(AnswerError::NotFound)
        }
    }
}

/// Whether what somebody asks is told from what others ask: by an account, or because nobody else is let in. Visitors
/// without an account share none.
pub(super) fn has_history(staff: &Staff) -> bool {
    staff.id.is_some() || staff.administrator().is_some()
}
