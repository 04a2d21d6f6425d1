//! Works off the queue for as long as the server runs, and keeps the indexes in shape between two rounds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::faults::Step;
use super::pipeline::Shared;
use super::scout::now_ms;
use super::session::drain;
use super::tables::{self, Tables};
use super::{IndexPart, IngestError, Upkeep, commit, reconcile};
use crate::index::{MaintenancePolicy, VectorIndex};

/// For how long a document whose file is gone is remembered: a file that was moved turns up again by then.
pub(super) const KEEP_MISSING: Duration = Duration::from_secs(60);
/// Between two rounds when nothing is told.
const TICK: Duration = Duration::from_secs(30);
/// Before what went wrong is tried again.
const RETRY: Duration = Duration::from_secs(5);
/// Between two rounds of maintenance: where files come one by one, each commit leaves a small file in the vector index, and
/// after some dozens of them every search is many times slower.
const MAINTENANCE: Duration = Duration::from_secs(30);

/// Makes the indexes agree with the store and finds out into which tables to write.
pub(super) async fn begin(shared: &Arc<Shared>) -> Result<Tables, IngestError> {
    let tables = tables::choose(shared, false).await?;
    let restores = reconcile::reconcile(shared, &tables).await?;
    shared.set_restores(restores);
    Ok(tables)
}

/// Ends a round: puts new vectors in force if they are complete, forgets what is gone, and lets the vector index put
/// itself in order.
pub(super) async fn finish(
    shared: &Arc<Shared>,
    tables: &mut Tables,
    keep_missing: Duration,
) -> Result<(), IngestError> {
    tidy(shared, tables, keep_missing).await?;
    tables.target.maintain(&MaintenancePolicy::default()).await?;
    Ok(())
}

async fn tidy(shared: &Arc<Shared>, tables: &mut Tables, keep_missing: Duration) -> Result<(), IngestError> {
    if shared.restores_left() == 0 {
        tables::switch(shared, tables).await?;
    }
    forget_missing(shared, keep_missing).await?;
    commit::sweep(shared, tables).await
}

/// Forgets the documents whose files have been gone for longer than `keep`.
pub(super) async fn forget_missing(shared: &Shared, keep: Duration) -> Result<(), IngestError> {
    let keep_ms = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
    // Strictly before: what went missing in this very millisecond is forgotten as well when nothing is to be kept.
    let before = now_ms().saturating_add(1).saturating_sub(keep_ms);
    if shared.store.purge_missing(before).await? > 0 {
        shared.faults.after(Step::Purged)?;
    }
    Ok(())
}

/// Runs until `stop`. Trouble that is no file's fault is told and tried again.
pub(super) async fn work(shared: Arc<Shared>, stop: CancellationToken) -> Result<(), IngestError> {
    let mut tables = None;
    let mut maintenance = Maintenance::default();
    while !stop.is_cancelled() {
        let pause = match round(&shared, &mut tables, &mut maintenance, &stop).await {
            Ok(next_try) => {
                next_try.map_or(TICK, |at| at.saturating_duration_since(Instant::now()).min(TICK))
            }
            Err(error) => {
                let reason = error.reason();
                if shared.board.status().trouble.as_ref() != Some(&reason) {
                    tracing::error!("{reason}");
                }
                shared.board.change(|status| status.trouble = Some(reason));
                // What was under way is unknown: the next round begins by comparing.
                tables = None;
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(RETRY) => {}
                }
                continue;
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = shared.jobs.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    Ok(())
}

async fn round(
    shared: &Arc<Shared>,
    tables: &mut Option<Tables>,
    maintenance: &mut Maintenance,
    stop: &CancellationToken,
) -> Result<Option<Instant>, IngestError> {
    let tables = match tables {
        Some(tables) => tables,
        None => tables.insert(begin(shared).await?),
    };
    let target = tables.target.clone();
    let next_try = drain(shared, tables, stop, || maintenance.start_if_due(shared, &target)).await?;
    if stop.is_cancelled() {
        return Ok(None);
    }
    tidy(shared, tables, KEEP_MISSING).await?;
    maintenance.start_if_due(shared, &tables.target);
    shared.board.change(|status| status.trouble = None);
    Ok(next_try)
}

/// Maintenance goes on beside everything else: taking many new vectors into their index lasts minutes.
#[derive(Default)]
struct Maintenance {
    running: Option<tokio::task::JoinHandle<()>>,
    begun: Option<Instant>,
}

impl Maintenance {
    /// Whether it is time for it, or somebody has asked, and none is going on.
    fn is_due(&self, asked: bool, now: Instant) -> bool {
        let busy = self
            .running
            .as_ref()
            .is_some_and(|running| !running.is_finished());
        let lately = self
            .begun
            .is_some_and(|begun| now.saturating_duration_since(begun) < MAINTENANCE);
        !busy && (asked || !lately)
    }

    /// One at a time, whoever asks for it.
    fn start_if_due(&mut self, shared: &Arc<Shared>, index: &VectorIndex) {
        let asked = shared.board.status().upkeep.asked;
        let now = Instant::now();
        if !self.is_due(asked, now) {
            return;
        }
        self.begun = Some(now);
        let (shared, index) = (Arc::clone(shared), index.clone());
        self.running = Some(tokio::spawn(async move {
            if asked {
                let done = put_in_order(&shared, &index).await;
                if let Err(error) = &done {
                    tracing::warn!(%error, "the indexes could not be put in order");
                }
                shared.board.change(|status| {
                    status.upkeep = Upkeep {
                        asked: false,
                        current: None,
                        ended_ms: Some(now_ms()),
                        failed: done.is_err(),
                    }
                });
                return;
            }
            match index.maintain(&MaintenancePolicy::default()).await {
                Ok(done) => tracing::debug!(?done, "the vector index was put in order"),
                // Searches and writes work without it; the next round tries again.
                Err(error) => tracing::warn!(%error, "the vector index could not be put in order"),
            }
            // Somebody may have asked for more meanwhile.
            shared.jobs.notify_one();
        }));
    }
}

/// Does all that can be done for both indexes, because somebody asked for it.
async fn put_in_order(shared: &Arc<Shared>, vectors: &VectorIndex) -> Result<(), IngestError> {
    let now = |part| {
        shared.board.change(|status| status.upkeep.current = Some(part));
    };
    now(IndexPart::Vectors);
    let done = vectors.maintain(&MaintenancePolicy::thorough()).await?;
    now(IndexPart::Words);
    let lexical = shared.lexical.clone();
    tokio::task::spawn_blocking(move || lexical.merge()).await??;
    tracing::info!(
        files_compacted = done.files_compacted,
        bytes_freed = done.bytes_freed,
        "the indexes were put in order"
    );
    Ok(())
}

impl Drop for Maintenance {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn indexes_are_put_in_order_from_time_to_time_or_when_asked_and_never_twice_at_once() {
        let now = Instant::now();
        let mut maintenance = Maintenance::default();
        assert!(
            maintenance.is_due(false, now),
            "a server that starts begins with it"
        );
        maintenance.begun = Some(now);
        assert!(!maintenance.is_due(false, now + MAINTENANCE / 2));
        assert!(maintenance.is_due(true, now + MAINTENANCE / 2));
        assert!(maintenance.is_due(false, now + MAINTENANCE));
        maintenance.running = Some(tokio::spawn(std::future::pending()));
        assert!(!maintenance.is_due(false, now + MAINTENANCE * 2));
        assert!(!maintenance.is_due(true, now + MAINTENANCE * 2));
    }
}
