//! How far an index agrees with the store, for those who only look: at both at once beside a server that works, from time
//! to time.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::JoinHandle;

use super::IngestError;
use super::pipeline::Shared;
use super::scout::now_ms;
use super::tables::in_force;
use super::window::Window;
use crate::domain::GenerationId;
use crate::index::{GenerationCounts, LexicalIndex, VectorIndex};
use crate::store::Store;

/// For how long what was found is believed: to look costs a look at the generation of every passage.
const BELIEVED: Duration = if cfg!(test) {
    Duration::ZERO
} else {
    Duration::from_secs(60)
};

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

/// What was found when both indexes were last laid beside the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Looked {
    /// Documents whose passages an index does not hold as the store has them; nothing where it could not be seen.
    pub differing: Option<u64>,
    /// When, milliseconds since 1970.
    pub looked_ms: i64,
}

/// What was found last, and who looks.
#[derive(Debug, Default)]
pub(super) struct Looks(Mutex<Looking>);

#[derive(Debug, Default)]
struct Looking {
    last: Option<(Instant, Looked)>,
    running: Option<JoinHandle<()>>,
}

/// What was found last; nothing where it has not been looked at. Looks anew beside it where that is due.
pub(super) fn looked(shared: &Arc<Shared>) -> Option<Looked> {
    let mut looking = shared.looks.0.lock().unwrap_or_else(PoisonError::into_inner);
    let believed = |(when, _): &(Instant, Looked)| when.elapsed() < BELIEVED;
    let busy = |running: &JoinHandle<()>| !running.is_finished();
    if !looking.last.as_ref().is_some_and(believed) && !looking.running.as_ref().is_some_and(busy) {
        let shared = Arc::clone(shared);
        looking.running = Some(tokio::spawn(async move {
            let found = look(&shared).await;
            if let Err(error) = &found {
                tracing::warn!(%error, "it could not be seen whether the indexes agree with the store");
            }
            let looked = Looked {
                differing: found.ok(),
                looked_ms: now_ms(),
            };
            let mut looking = shared.looks.0.lock().unwrap_or_else(PoisonError::into_inner);
            looking.last = Some((Instant::now(), looked));
        }));
    }
    looking.last.as_ref().map(|(_, looked)| looked.clone())
}

async fn look(shared: &Shared) -> Result<u64, IngestError> {
    let differing = differing(shared).await?;
    if differing == 0 {
        return Ok(0);
    }
    // A document may have gone after the store was read and before the indexes were.
    Ok(differing.min(self::differing(shared).await?))
}

async fn differing(shared: &Shared) -> Result<u64, IngestError> {
    let vectors = VectorIndex::clone(&*shared.vectors.get());
    let (mut differing, mut after) = (0, GenerationId(0));
    loop {
        let window = Window::take(&shared.store, &shared.lexical, &vectors, after).await?;
        differing += window.difference().restores.len() as u64;
        match window.end() {
            Some(end) => after = end,
            None => return Ok(differing),
        }
    }
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
