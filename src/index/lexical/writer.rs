//! The one writer of the word index: made at the first write, thrown away when a write fails.

use std::sync::PoisonError;

use tantivy::directory::error::LockError;
use tantivy::indexer::LogMergePolicy;
use tantivy::{IndexWriter, TantivyError};

use super::schema::Fields;
use super::{IndexError, Inner};

/// Documents that wait for a commit are held in memory up to this size, then written to a segment of their own.
const MEMORY_BYTES: usize = 48 << 20;

/// After an error tantivy's writer cannot be used any more (its thread has ended), so the next write makes a new one,
/// which starts from the last commit.
#[derive(Default)]
pub(super) struct Writer(Option<IndexWriter>);

impl Inner {
    /// Runs `change` and commits it; searches see it when this returns.
    pub(super) fn commit(
        &self,
        change: impl FnOnce(&IndexWriter, &Fields) -> tantivy::Result<()>,
    ) -> Result<(), IndexError> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writer = match slot.0.take() {
            Some(writer) => writer,
            None => self.new_writer()?,
        };
        change(&writer, &self.fields)?;
        writer.commit()?;
        slot.0 = Some(writer);
        self.reader.reload()?;
        Ok(())
    }

    /// Merges all segments into one, without what was deleted, and removes the files of those that were. Writes wait.
    pub(super) fn merge(&self) -> Result<(), IndexError> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writer = match slot.0.take() {
            Some(writer) => writer,
            None => self.new_writer()?,
        };
        let segments = self.index.searchable_segment_metas()?;
        if segments.len() > 1 || segments.iter().any(|segment| segment.num_deleted_docs() > 0) {
            let ids: Vec<_> = segments.iter().map(|segment| segment.id()).collect();
            writer.merge(&ids).wait()?;
        }
        // The searcher at hand holds the old files open.
        self.reader.reload()?;
        writer.garbage_collect_files().wait()?;
        slot.0 = Some(writer);
        Ok(())
    }

    fn new_writer(&self) -> Result<IndexWriter, IndexError> {
        // One thread: what takes time is embedding, and one thread makes one segment a commit.
        let writer: IndexWriter = match self.index.writer_with_num_threads(1, MEMORY_BYTES) {
            Ok(writer) => writer,
            Err(TantivyError::LockFailure(LockError::LockBusy, _)) => {
                return Err(IndexError::InUse {
                    path: self.folder.clone(),
                });
            }
            Err(error) => return Err(error.into()),
        };
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(policy));
        Ok(writer)
    }
}
