//! What the audit log learns of a question: who asked, what was shown, how it ended. Also where whoever asked went away
//! before the end, for they have seen the passages by then.

use serde::Deserialize;

use crate::domain::{
    Action, Answer, DocumentId, GenerationId, NewEntry, PassageId, Question, ScoredPassage, Shown, Staff,
    Unwritten, Verdict,
};
use crate::store::Store;

/// What the log needs of a passage that was kept with an answer.
#[derive(Deserialize)]
pub(super) struct KeptPassage {
    id: PassageId,
    document: DocumentId,
    generation: GenerationId,
    path: String,
}

/// Passages that were kept with an answer, by document and generation.
pub(super) fn gathered(passages: Vec<KeptPassage>) -> Vec<Shown> {
    let mut shown = Vec::new();
    for passage in passages {
        Shown::add(
            &mut shown,
            passage.document,
            passage.generation,
            &passage.path,
            passage.id,
        );
    }
    shown
}

/// A question on its way; written down when it is dropped.
pub(super) struct Trail {
    store: Store,
    entry: Option<NewEntry>,
}

impl Trail {
    /// Of a question for which these passages were shown.
    pub(super) fn of(store: &Store, staff: &Staff, question: &Question, passages: &[ScoredPassage]) -> Self {
        let entry = NewEntry::of(staff, Action::Asked, question.as_str())
            .with("stopped")
            .showing(Shown::found(passages));
        Self {
            store: store.clone(),
            entry: Some(entry),
        }
    }

    /// Notes how it ended.
    pub(super) fn ends(&mut self, answer: &Answer) {
        let verdict = match answer.verdict {
            Verdict::Answered => "answered",
            Verdict::Refused => "refused",
        };
        if let Some(entry) = &mut self.entry {
            let stopped = answer.unwritten == Some(Unwritten::Stopped)
                || answer
                    .written
                    .as_ref()
                    .is_some_and(|written| written.bounds.stopped);
            let stopped = if stopped { ", stopped" } else { "" };
            entry.detail = format!("{verdict}, {}{stopped}", answer.generator);
        }
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.store.record_later(entry);
        }
    }
}
