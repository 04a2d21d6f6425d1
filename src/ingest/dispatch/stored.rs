//! Work that needs no file: what the store has already is copied, moved to another collection, or given to an index again.

use std::sync::Arc;

use super::{Dispatch, file_title};
use crate::domain::{Coverage, DeclaredInside};
use crate::ingest::piece::{Outcome, Piece, Restore, Staged, Task, Work};
use crate::ingest::{IngestError, control};
use crate::store::{Finished, Job, LiveGeneration, Source};

/// Passages that are taken from the store together.
const PAGE: u32 = 256;

impl Dispatch {
    /// The same bytes were read before: their passages and vectors are taken over.
    pub(super) async fn copy(
        &self,
        work: &Arc<Work>,
        job: &Job,
        source: Source,
    ) -> Result<Outcome, IngestError> {
        let title: Arc<str> = source
            .title
            .clone()
            .unwrap_or_else(|| file_title(&job.path).to_owned())
            .into();
        let mut ordinal = 0;
        while ordinal < source.passages {
            let page = self
                .shared
                .store
                .neighbours(source.generation, ordinal..=ordinal + PAGE - 1)
                .await?;
            let ids: Vec<_> = page.iter().map(|passage| passage.id).collect();
            let mut vectors = self.target.vectors(&ids).await?;
            if page.is_empty() {
                // It was deleted meanwhile; the next attempt reads the file.
                return Ok(Outcome::Later);
            }
            let staged = page.into_iter().map(|passage| Staged {
                vector: vectors.remove(&passage.id),
                id: None,
                locator: passage.locator,
                text: passage.text,
            });
            ordinal = self.send_parts(work, &title, ordinal, staged).await;
        }
        Ok(Outcome::Done(Finished {
            title: source.title,
            coverage: source.coverage,
            passages: ordinal,
            controlled: control::controlled(self.shared.names.declared(&job.path), source.declared.clone()),
            declared: source.declared,
            recognised: Vec::new(),
            copied: Some(source.generation),
            unrecognised: source.unrecognised,
            put_off: self.is_put_off(source.unrecognised),
        }))
    }

    pub(super) async fn relocate(&self, job: &Job) -> Result<(), IngestError> {
        let Some(live) = self.shared.store.live_generation(job.document).await? else {
            self.shared.store.end_job(job.id).await?;
            self.shared.taken.release(job.id);
            return Ok(());
        };
        self.send_stored(Task::Relocate(job.id), live, true, false).await
    }

    pub(super) async fn restore(&self, restore: Restore) -> Result<(), IngestError> {
        // As it is now: it may have been moved, or replaced, since the list was made.
        let live = self.shared.store.live_generation(restore.document).await?;
        let Some(live) = live.filter(|live| live.generation == restore.generation) else {
            return Ok(());
        };
        self.send_stored(Task::Restore, live, restore.words, restore.vectors)
            .await
    }

    /// Sends what the store has of a generation, with the vectors that the index still has.
    async fn send_stored(
        &self,
        task: Task,
        live: LiveGeneration,
        words: bool,
        vectors: bool,
    ) -> Result<(), IngestError> {
        self.shared.taken.hold(live.generation);
        let title: Arc<str> = live.title.into();
        let work = Arc::new(Work {
            task,
            document: live.document,
            generation: live.generation,
            path: live.path.into(),
            collection: live.collection,
            kind: live.kind,
            bytes: 0,
            words,
            vectors,
        });
        let mut ordinal = 0;
        while ordinal < live.passages {
            let page = self
                .shared
                .store
                .neighbours(live.generation, ordinal..=ordinal + PAGE - 1)
                .await?;
            if page.is_empty() {
                break;
            }
            let ids: Vec<_> = page.iter().map(|passage| passage.id).collect();
            let mut known = if vectors {
                self.target.vectors(&ids).await?
            } else {
                Default::default()
            };
            let staged = page.into_iter().map(|passage| Staged {
                id: Some(passage.id),
                vector: known.remove(&passage.id),
                locator: passage.locator,
                text: passage.text,
            });
            ordinal = self.send_parts(&work, &title, ordinal, staged).await;
        }
        let finished = Finished {
            title: None,
            coverage: Coverage::default(),
            passages: ordinal,
            declared: DeclaredInside::default(),
            controlled: None,
            recognised: Vec::new(),
            copied: None,
            unrecognised: false,
            put_off: false,
        };
        self.send(Piece::End(work, Box::new(Outcome::Done(finished))))
            .await;
        Ok(())
    }
}
