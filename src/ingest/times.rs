//! Where the time of an ingest goes, stage by stage: what the benchmark prints.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

/// Time spent in each stage, in seconds. Stages run side by side, so they add up to more than the wall time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct StageTimes {
    /// Reading files to know their content.
    pub hash: f64,
    /// Taking text out of files.
    pub parse: f64,
    /// Cutting it into passages, tokens counted.
    pub chunk: f64,
    /// Writing the store.
    pub store: f64,
    /// Wall time during which at least one passage was being embedded.
    pub embed: f64,
    /// Writing the vector index.
    pub vectors: f64,
    /// Writing the word index.
    pub words: f64,
}

/// A stage of which the time is taken.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stage {
    Hash,
    Parse,
    Chunk,
    Store,
    Vectors,
    Words,
}

/// Counts as the stages run; shared by all of them.
#[derive(Debug, Default)]
pub(super) struct StageClock {
    nanoseconds: [AtomicU64; 6],
    embedding: Mutex<Embedding>,
}

#[derive(Debug, Default)]
struct Embedding {
    running: usize,
    since: Option<Instant>,
    total: Duration,
}

impl StageClock {
    /// Adds to a stage.
    pub(super) fn add(&self, stage: Stage, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds[stage as usize].fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// Takes the time of `work`.
    pub(super) async fn time<T>(&self, stage: Stage, work: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let result = work.await;
        self.add(stage, start.elapsed());
        result
    }

    /// Takes the time during which at least one of these runs.
    pub(super) async fn embedding<T>(&self, work: impl Future<Output = T>) -> T {
        let running = Running::start(self);
        let result = work.await;
        drop(running);
        result
    }

    /// What has been counted so far.
    pub(super) fn read(&self) -> StageTimes {
        let seconds = |stage: Stage| {
            Duration::from_nanos(self.nanoseconds[stage as usize].load(Ordering::Relaxed)).as_secs_f64()
        };
        let embedding = self.embedding.lock().unwrap_or_else(PoisonError::into_inner);
        let running = embedding.since.map_or(Duration::ZERO, |since| since.elapsed());
        StageTimes {
            hash: seconds(Stage::Hash),
            parse: seconds(Stage::Parse),
            chunk: seconds(Stage::Chunk),
            store: seconds(Stage::Store),
            embed: (embedding.total + running).as_secs_f64(),
            vectors: seconds(Stage::Vectors),
            words: seconds(Stage::Words),
        }
    }
}

/// Ends its share of the embedding time however it ends.
struct Running<'clock>(&'clock StageClock);

impl<'clock> Running<'clock> {
    fn start(clock: &'clock StageClock) -> Self {
        let mut embedding = clock.embedding.lock().unwrap_or_else(PoisonError::into_inner);
        embedding.running += 1;
        if embedding.running == 1 {
            embedding.since = Some(Instant::now());
        }
        Self(clock)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut embedding = self.0.embedding.lock().unwrap_or_else(PoisonError::into_inner);
        embedding.running -= 1;
        if embedding.running == 0
            && let Some(since) = embedding.since.take()
        {
            embedding.total += since.elapsed();
        }
    }
}
