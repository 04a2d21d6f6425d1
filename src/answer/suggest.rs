//! Questions that a person may want to ask, while it is being typed: those with a verified answer, one's own of before, and
//! those that many asked.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::{AnswerError, Answerer};
use crate::domain::{Scope, SearchFilter, Staff};
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

/// A question to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// The question.
    pub question: String,
    /// Whether an inspector stands for its answer.
    pub verified: bool,
}

impl Answerer {
    /// Up to `limit` questions that contain what was `typed`: those of verified answers in force first, one of each, then the
    /// person's own, then frequent ones; with nothing typed, those that most people ask. Verified answers and questions of
    /// others are shown only to those who may read what they rest on.
    pub async fn suggest(
        &self,
        staff: &Staff,
        typed: &str,
        limit: usize,
    ) -> Result<Vec<Suggestion>, AnswerError> {
        let typed = typed.trim();
        let mut found = Found::default();
        if !typed.is_empty() {
            let scope = Scope::of(&SearchFilter::default(), &staff.readable);
            let known = self.store.verified_questions(&scope, None, Some(typed)).await?;
            let mut answers = BTreeSet::new();
            let one_each = known.into_iter().filter(|known| answers.insert(known.id.0));
            // Places are left for the others.
            for known in one_each.take(limit.div_ceil(2)) {
                found.add(known.question, true);
            }
            if super::history::has_history(staff) {
                let limit = u32::try_from(limit).unwrap_or(u32::MAX);
                for question in self.store.own_questions(staff.id, typed, limit).await? {
                    found.add(question, false);
                }
            }
        }
        let lower = typed.to_lowercase();
        for (question, answer) in self.frequent().await?.iter() {
            if found.0.len() >= limit {
                break;
            }
            let matches = question.to_lowercase().contains(&lower);
            if matches && !found.has(question) && self.may_read(staff, answer).await? {
                found.add(question.clone(), false);
            }
        }
        found.0.truncate(limit);
        Ok(found.0)
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

/// Questions, each once.
#[derive(Default)]
struct Found(Vec<Suggestion>);

impl Found {
    fn has(&self, question: &str) -> bool {
        self.0
            .iter()
            .any(|known| known.question.to_lowercase() == question.to_lowercase())
    }

    fn add(&mut self, question: String, verified: bool) {
        if !self.has(&question) {
            self.0.push(Suggestion { question, verified });
        }
    }
}
