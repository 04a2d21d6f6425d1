//! How far an index agrees with the store, for those who only look.

use std::path::Path;

use super::IngestError;
use super::tables::in_force;
use super::window::Window;
use crate::domain::GenerationId;
use crate::index::{GenerationCounts, LexicalIndex, VectorIndex};
use crate::store::Store;

/// What tells an index from the store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Documents whose passages it does not hold as the store has them.
    pub differing: u64,
    /// Passages that it holds of generations which the store no longer shows. They are waste, not a fault: they are cleaned
    /// up in passing and no query shows them.
    pub stale: u64,
}

/// How far the word index agrees with the store.
pub async fn words_agree(store: &Store, index: &LexicalIndex) -> Result<Agreement, IngestError> {
    agreement(store, async |after, most| {
        let index = index.clone();
        Ok(tokio::task::spawn_blocking(move || index.generations(after, most)).await??)
    })
    .await
}

/// How far the vector table in force agrees with the store, without making or changing anything; nothing if there is none in
/// `folder`.
pub async fn vectors_agree(store: &Store, folder: &Path) -> Result<Option<Agreement>, IngestError> {
    let Some(index) = in_force(store, folder).await? else {
        return Ok(None);
    };
    let counts = async |after, most| Ok(VectorIndex::generations(&index, after, most).await?);
    agreement(store, counts).await.map(Some)
}

async fn agreement(
    store: &Store,
    counts: impl AsyncFn(GenerationId, usize) -> Result<GenerationCounts, IngestError>,
) -> Result<Agreement, IngestError> {
    let mut agreement = Agreement::default();
    let mut after = GenerationId(0);
    loop {
        let window = Window::take_one(store, after, &counts).await?;
        let (differing, stale) = window.figures();
        agreement.differing += differing;
        agreement.stale += stale;
        match window.end() {
            Some(end) => after = end,
            None => return Ok(agreement),
        }
    }
}
