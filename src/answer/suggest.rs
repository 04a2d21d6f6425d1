//! Questions that a person may want to ask, while it is being typed: one's own of before, and those that many asked.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{AnswerError, Answerer};
use crate::domain::Staff;
use crate::store::AnswerId;

/// How many people must have asked a question before others are shown it: what one of few asked would tell who it was.
const PEOPLE: u32 = 3;
/// How long the list of frequent questions is used before it is made again.
const FRESH: Duration = Duration::from_secs(60);

/// The frequent questions, the most frequent first, each with its latest answer.
type Frequent = Arc<Vec<(String, AnswerId)>>;

/// The list, and when it was made.
#[derive(Clone, Default)]
pub(super) struct FrequentQuestions(Arc<Mutex<Option<(Instant, Frequent)>>>);

impl Answerer {
    /// Up to `limit` questions that contain what was `typed`, the person's own first; with nothing typed, those that most
    /// people ask. Questions of others are shown only to those who may read what their answers rest on.
    pub async fn suggest(
        &self,
        staff: &Staff,
        typed: &str,
        limit: usize,
    ) -> Result<Vec<String>, AnswerError> {
        let typed = typed.trim();
        let mut found: Vec<String> = Vec::new();
        if !typed.is_empty() && super::history::has_history(staff) {
            let limit = u32::try_from(limit).unwrap_or(u32::MAX);
            found = self.store.own_questions(staff.id, typed, limit).await?;
        }
        let lower = typed.to_lowercase();
        for (question, answer) in self.frequent().await?.iter() {
            if found.len() >= limit {
                break;
            }
            let matches = question.to_lowercase().contains(&lower);
            let known = || found.iter().any(|known| known.eq_ignore_ascii_case(question));
            if matches && !known() && self.may_read(staff, answer).await? {
                found.push(question.clone());
            }
        }
        Ok(found)
    }

    async fn frequent(&self) -> Result<Frequent, AnswerError> {
        let kept = |kept: &FrequentQuestions| {
            let kept = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.clone().filter(|(made, _)| made.elapsed() < FRESH)
        };
        if let Some((_, list)) = kept(&self.frequent) {
            return Ok(list);
        }
        let list: Frequent = Arc::new(self.store.frequent_questions(PEOPLE).await?);
        let mut kept = self.frequent.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((Instant::now(), Arc::clone(&list)));
        Ok(list)
    }
}
