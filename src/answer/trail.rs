//! What the audit log learns of a question: who asked, what was shown, how it ended. Also where whoever asked went away
//! before the end, for they have seen the passages by then.

use serde::Deserialize;

use crate::domain::{
    Action, Answer, Citation, DocumentId, GenerationId, NewEntry, PassageId, Question, ScoredPassage, Shown,
    Staff, Unwritten, Verdict, VerifiedAnswer,
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

/// Adds what a verified answer cites to what was shown.
pub(super) fn add_cited(shown: &mut Vec<Shown>, verified: &VerifiedAnswer) {
    let statements = verified.statements.iter();
    for citation in statements.flat_map(|statement| &statement.citations) {
        let Citation {
            passage,
            document,
            generation,
            path,
            ..
        } = citation;
        let is_known =
            |known: &Shown| known.generation == Some(*generation) && known.passages.contains(passage);
        if !shown.iter().any(is_known) {
            Shown::add(shown, *document, *generation, path, *passage);
        }
    }
}

/// A question on its way; written down when it is dropped, if anything was shown by then.
pub(super) struct Trail {
    store: Store,
    entry: NewEntry,
    begun: bool,
}

impl Trail {
    /// Of a question to which nothing was said yet.
    pub(super) fn of(store: &Store, staff: &Staff, question: &Question) -> Self {
        Self {
            store: store.clone(),
            entry: NewEntry::of(staff, Action::Asked, question.as_str()).with("stopped"),
            begun: false,
        }
    }

    /// Notes what was shown: the passages that were found, and what a verified answer cites.
    pub(super) fn shows(&mut self, passages: &[ScoredPassage], verified: Option<&VerifiedAnswer>) {
        let mut shown = Shown::found(passages);
        if let Some(verified) = verified {
            add_cited(&mut shown, verified);
        }
        self.entry.shown = shown;
        self.begun = true;
    }

    /// Notes how it ended.
    pub(super) fn ends(&mut self, answer: &Answer) {
        let verdict = match answer.verdict {
            Verdict::Answered => "answered",
            Verdict::Refused => "refused",
        };
        let stopped = answer.unwritten == Some(Unwritten::Stopped)
            || answer
                .written
                .as_ref()
                .is_some_and(|written| written.bounds.stopped);
        let stopped = if stopped { ", stopped" } else { "" };
        self.entry.detail = format!("{verdict}, {}{stopped}", answer.generator);
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        if self.begun {
            self.store.record_later(self.entry.clone());
        }
    }
}
