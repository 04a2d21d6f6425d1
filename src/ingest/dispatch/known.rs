//! Passages that are as they were: a document that changed in one place, or is read again with text recognised, is embedded
//! only where it says something else.

use std::collections::HashMap;

use super::Dispatch;
use crate::domain::{DocumentId, PassageId};
use crate::ingest::piece::Staged;
use crate::ingest::{IngestError, embedding_input};

/// Passages that are taken from the store together.
const PAGE: u32 = 256;

/// What of a document was embedded before, by what the embedder was given.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<blake3::Hash, PassageId>);

impl Dispatch {
    /// What answers of a document at present.
    pub(super) async fn known(&self, document: DocumentId) -> Result<Known, IngestError> {
        let mut known = Known::default();
        let Some(live) = self.shared.store.live_generation(document).await? else {
            return Ok(known);
        };
        let mut ordinal = 0;
        while ordinal < live.passages {
            let range = ordinal..=ordinal + PAGE - 1;
            for passage in self.shared.store.neighbours(live.generation, range).await? {
                known.0.insert(
                    key(&live.title, &passage.locator.headings, &passage.text),
                    passage.id,
                );
            }
            ordinal += PAGE;
        }
        Ok(known)
    }

    /// Gives passages the vectors that they had, as far as the index still has them.
    pub(super) async fn recall(
        &self,
        known: &Known,
        title: &str,
        passages: &mut [Staged],
    ) -> Result<(), IngestError> {
        if known.0.is_empty() {
            return Ok(());
        }
        let before = |passage: &Staged| {
            known
                .0
                .get(&key(title, &passage.locator.headings, &passage.text))
                .copied()
        };
        let ids: Vec<Option<PassageId>> = passages.iter().map(before).collect();
        let wanted: Vec<PassageId> = ids.iter().flatten().copied().collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let vectors = self.target.vectors(&wanted).await?;
        for (passage, id) in passages.iter_mut().zip(ids) {
            passage.vector = id.and_then(|id| vectors.get(&id).cloned());
        }
        Ok(())
    }
}

fn key(title: &str, headings: &[String], text: &str) -> blake3::Hash {
    blake3::hash(embedding_input(title, headings, text).as_bytes())
}
