//! The revisions of a controlled document: which one it is, which others there are, and two of them side by side.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::compare::{self, Compared};
use super::drawing::one_within;
use super::{Library, LibraryError};
use crate::domain::{Action, Collection, DocumentId, NewEntry, Passage, Readable, Revision, Shown, Staff};
use crate::store::RevisionOf;

/// How long somebody waits until it is his turn to compare.
const PATIENCE: Duration = Duration::from_secs(20);

/// One at a time: a comparison holds the text of both revisions, and may take a core for seconds. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Comparisons(Arc<Semaphore>);

impl Default for Comparisons {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Comparisons {
    async fn turn(&self, patience: Duration) -> Result<OwnedSemaphorePermit, LibraryError> {
        one_within(&self.0, patience).await.ok_or(LibraryError::Comparing)
    }
}

/// One of the revisions of a controlled document.
#[derive(Debug, Clone)]
pub struct RevisionEntry {
    /// Its document.
    pub document: DocumentId,
    /// Its title.
    pub title: String,
    /// Its path.
    pub path: String,
    /// Which one it is, and how it stands.
    pub revision: Revision,
}

/// Two revisions side by side.
#[derive(Debug)]
pub struct Comparison {
    /// The one that came first.
    pub before: RevisionEntry,
    /// The one that came after it.
    pub after: RevisionEntry,
    /// Their lines.
    pub lines: Vec<Compared>,
    /// How many lines of each were compared, where one of them has more: what changed behind those is not there.
    pub only: Option<usize>,
}

impl Library {
    /// The revision that a document is, if it is controlled.
    pub async fn revision(&self, staff: &Staff, id: DocumentId) -> Result<Option<Revision>, LibraryError> {
        let document = self.document(staff, id).await?;
        let Readable::Below(folder) = &staff.readable else {
            let controlled = self.store.controlled(id).await?;
            return Ok(controlled.map(|controlled| controlled.seen_by(&staff.readable)));
        };
        let answers = self.store.answering(&document).await?;
        let mut controlled = self.store.controlled(answers).await?;
        self.store.later_below(folder, controlled.iter_mut()).await?;
        Ok(controlled.map(|controlled| controlled.seen_by(&staff.readable)))
    }

    /// The revisions of the number that a document bears, the latest first; none where it is not controlled.
    pub async fn revisions(&self, staff: &Staff, id: DocumentId) -> Result<Vec<RevisionEntry>, LibraryError> {
        let Some(here) = self.revision(staff, id).await? else {
            return Ok(Vec::new());
        };
        let mut all = self.store.revisions_of(&here.number).await?;
        if let Readable::Below(folder) = &staff.readable {
            self.give_to_twins(folder, &mut all).await?;
        }
        Ok(all
            .into_iter()
            .filter(|found| staff.readable.allows(&found.path))
            .map(|found| RevisionEntry {
                document: found.document,
                title: found.title,
                path: found.path,
                revision: found.controlled.seen_by(&staff.readable),
            })
            .collect())
    }

    /// Two revisions of one number side by side, in the order in which they came.
    ///
    /// # Errors
    /// [`LibraryError::Comparing`] where too many others compare at this moment.
    pub async fn compare(
        &self,
        staff: &Staff,
        one: DocumentId,
        other: DocumentId,
    ) -> Result<Comparison, LibraryError> {
        // The latest first, so the first of the two that is found came after the other.
        let mut two = self.revisions(staff, one).await?;
        two.retain(|found| found.document == one || found.document == other);
        let (Some(before), Some(after)) = (two.pop(), two.pop()) else {
            return Err(LibraryError::NotFound);
        };
        let turn = self.comparisons.turn(PATIENCE).await?;
        let (earlier, later) = (
            self.text_of(staff, &before).await?,
            self.text_of(staff, &after).await?,
        );
        let compared = tokio::task::spawn_blocking(move || {
            // Until it is done, whether or not somebody still waits for it.
            let _turn = turn;
            compare::compare(&earlier, &later)
        });
        let compared = compared.await.map_err(|_| LibraryError::NotFound)?;
        Ok(Comparison {
            lines: compared.lines,
            only: compared.only,
            before,
            after,
        })
    }

    /// Gives the revisions that lie elsewhere to those files below `folder` that say the same.
    async fn give_to_twins(&self, folder: &str, revisions: &mut [RevisionOf]) -> Result<(), LibraryError> {
        let elsewhere = revisions.iter().filter(|found| !found.path.starts_with(folder));
        let elsewhere: Vec<DocumentId> = elsewhere.map(|found| found.document).collect();
        let mut twins = self.store.twins_below(&elsewhere, folder).await?;
        for found in revisions.iter_mut() {
            if let Some(twin) = twins.remove(&found.document) {
                found.document = twin.document;
                found.title = twin.title;
                found.collection = Collection::of_path(&twin.path);
                found.path = twin.path;
            }
        }
        let controlled = revisions.iter_mut().map(|found| &mut found.controlled);
        Ok(self.store.later_below(folder, controlled).await?)
    }

    async fn text_of(&self, staff: &Staff, entry: &RevisionEntry) -> Result<Vec<Passage>, LibraryError> {
        let document = self.document(staff, entry.document).await?;
        let generation = document.generation.ok_or(LibraryError::NotFound)?;
        let passages = self.store.passages_of(generation).await?;
        let shown = Shown::of(passages.iter().map(|passage| (passage, entry.path.as_str())));
        self.store
            .record_later(NewEntry::of(staff, Action::Read, &entry.path).showing(shown));
        Ok(passages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_comparison_is_made_at_a_time_and_who_waits_too_long_is_told_so() {
        let comparisons = Comparisons::default();
        let turn = comparisons.turn(PATIENCE).await.unwrap();
        let other = comparisons.clone().turn(Duration::from_millis(20)).await;
        assert!(matches!(other, Err(LibraryError::Comparing)), "{other:?}");
        drop(turn);
        assert!(comparisons.turn(PATIENCE).await.is_ok());
    }
}
