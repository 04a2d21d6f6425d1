//! What a file that stands still is: the same, changed, moved, a duplicate, or new.

use std::collections::HashSet;

use super::{Scout, now_ms};
use crate::domain::{Collection, DocumentId, FileKind};
use crate::ingest::faults::Step;
use crate::ingest::law::{self, Event};
use crate::ingest::parse::ParseError;
use crate::ingest::times::Stage;
use crate::ingest::walk::{self, Found};
use crate::ingest::{IngestError, control};
use crate::store::{Known, Sighting, Stamp};

impl Scout {
    /// Finds out what a file that stands still is, and carries it out.
    pub(super) async fn judge(&mut self, path: &str, stamp: Stamp) -> Result<(), IngestError> {
        let Some(kind) = FileKind::of_path(path) else {
            return Ok(());
        };
        let at = self.shared.store.known_at(path).await?;
        if at.as_ref().is_some_and(|at| at.stamp == stamp && !at.missing) {
            return Ok(());
        }
        let mut sighting = Sighting {
            path: path.to_owned(),
            collection: Collection::of_path(path),
            kind,
            stamp,
            hash: None,
        };
        let limit = self.shared.documents.max_file_megabytes.saturating_mul(1 << 20);
        if stamp.size > limit {
            let reason = ParseError::too_large(stamp.size, limit).reason();
            return Ok(self.shared.store.mark_unreadable(&sighting, &reason).await?);
        }
        let full = self.shared.documents.folder.join(path);
        let hashing = tokio::task::spawn_blocking(move || walk::content(&full));
        let alone = HashSet::new();
        let hashing = self.shared.unless_hung(path, &alone, hashing);
        let Some(hashed) = self.shared.clock.time(Stage::Hash, hashing).await else {
            return Ok(());
        };
        match hashed? {
            Ok(content) => sighting.hash = Some(content),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return self.missing(path).await,
            // A network that fails says nothing of the file.
            Err(_) if !self.shared.answers_at(path).await => return Ok(()),
            Err(error) => {
                let reason = ParseError::from_io(error).reason();
                return Ok(self.shared.store.mark_unreadable(&sighting, &reason).await?);
            }
        }
        match self.shared.look(path).await {
            Found::File(after) if after == stamp => {}
            // What was hashed may be half of the old and half of the new.
            Found::File(after) => {
                self.settle.sight(path, Some(after), now_ms());
                return Ok(());
            }
            // Nobody can tell now whether it is gone: the next walk sees it again.
            Found::Unknown => return Ok(()),
            _ => return self.missing(path).await,
        }
        self.shared.faults.after(Step::Hashed)?;
        self.carry_out(&sighting).await
    }

    async fn carry_out(&self, sighting: &Sighting) -> Result<(), IngestError> {
        let store = &self.shared.store;
        loop {
            let at = store.known_at(&sighting.path).await?;
            let twins = match &sighting.hash {
                Some(hash) => {
                    self.miss_moved(&sighting.path, &store.twins(hash).await?).await?;
                    store.twins(hash).await?
                }
                None => Vec::new(),
            };
            match law::decide(sighting, at.as_ref(), &twins) {
                Event::Same(document) => store.touch(document, sighting.stamp).await?,
                Event::Changed(document) => {
                    store.change_document(document, sighting).await?;
                    self.shared.faults.after(Step::Queued)?;
                }
                Event::Moved { document, read_again } => {
                    store.move_document(document, sighting, read_again).await?;
                    self.renumber(document, &sighting.path).await?;
                    self.shared.faults.after(Step::Moved)?;
                }
                Event::Duplicate { at, of } => {
                    if !store.mark_duplicate(at, sighting, of).await? {
                        continue;
                    }
                }
                Event::New => {
                    store.add_document(sighting).await?;
                    self.shared.faults.after(Step::Queued)?;
                }
            }
            self.shared.jobs.notify_one();
            return Ok(());
        }
    }

    /// The name of a file says which revision it is, and has changed.
    async fn renumber(&self, document: DocumentId, path: &str) -> Result<(), IngestError> {
        let store = &self.shared.store;
        if let Some(live) = store.live_generation(document).await? {
            let inside = store.declared(live.generation).await?;
            let controlled = control::controlled(self.shared.names.declared(path), inside);
            store.set_controlled(document, controlled.as_ref()).await?;
        }
        Ok(())
    }

    /// A file that was moved may be seen at its new place before it is missed at its old one, and would be taken for a
    /// copy.
    async fn miss_moved(&self, path: &str, twins: &[Known]) -> Result<(), IngestError> {
        for twin in twins.iter().filter(|twin| !twin.missing && twin.path != path) {
            if self.shared.look(&twin.path).await == Found::Nothing {
                self.shared.check_folder().await?;
                self.missing(&twin.path).await?;
            }
        }
        Ok(())
    }
}
