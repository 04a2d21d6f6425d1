//! One run over the queue until nothing is left: the jobs are begun one after the other, while the embedder and the
//! indexes work on the ones before. Everything between the stages is bounded, so the memory is too.
//!
//! There are two lanes: one reads every file without recognising text, the other one reads those again in which some must
//! be recognised. That may take hours, and neither their own text nor what is dropped behind them is to wait for it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::dispatch::{Dispatch, Lane};
use super::pipeline::Shared;
use super::tables::Tables;
use super::{IngestError, commit, embedding};
use crate::domain::GenerationId;
use crate::store::JobId;

/// Parts that are read ahead: half a minute of work for the embedder, a few megabytes of text.
const READ_AHEAD: usize = 64;
/// Parts that are embedded and wait for the indexes.
const EMBEDDED_AHEAD: usize = 32;
/// Between two looks at what is to be done beside the queue.
const MEANWHILE: Duration = Duration::from_secs(30);
/// How long a job rests whose file changed or went away while it was read. The scout is quicker as a rule.
const REST: Duration = Duration::from_secs(2);

/// Works until nothing is left that can be done now, or until `stop`. Returns when to try again what could not. That may
/// be hours later, so `meanwhile` is called each half minute.
pub(super) async fn drain(
    shared: &Arc<Shared>,
    tables: &Tables,
    stop: &CancellationToken,
    mut meanwhile: impl FnMut(),
) -> Result<Option<Instant>, IngestError> {
    shared.taken.clear();
    let (pieces, to_embed) = mpsc::channel(READ_AHEAD);
    let (embedded, to_commit) = mpsc::channel(EMBEDDED_AHEAD);
    let mut stages = JoinSet::new();
    stages.spawn(embedding::embed_all(Arc::clone(shared), to_embed, embedded));
    stages.spawn(commit::commit_all(Arc::clone(shared), tables.clone(), to_commit));
    for lane in [Lane::Text, Lane::Recognition] {
        stages.spawn(Dispatch::new(Arc::clone(shared), tables.target.clone(), pieces.clone(), lane).run());
    }
    drop(pieces);
    let mut clock = tokio::time::interval(MEANWHILE);
    loop {
        tokio::select! {
            _ = clock.tick() => meanwhile(),
            // Dropping the stages ends them where they are, as a crash would; what they did is done again.
            () = stop.cancelled() => {
                shared.store.readings_stopped().await?;
                return Ok(None);
            }
            ended = stages.join_next() => match ended {
                None => break,
                Some(Ok(Ok(()))) => {}
                Some(Ok(Err(error))) => {
                    drop(stages);
                    // The file that was being read has no part in it.
                    let _ = shared.store.readings_stopped().await;
                    return Err(error);
                }
                Some(Err(error)) => return Err(error.into()),
            },
        }
    }
    Ok(shared.taken.next_try())
}

/// The jobs and generations of the session at hand.
#[derive(Debug, Default)]
pub(super) struct Taken {
    in_hand: Mutex<InHand>,
    /// Rung for each of the lanes.
    text: Notify,
    recognition: Notify,
}

#[derive(Debug, Default)]
struct InHand {
    /// Jobs that were begun; with a time, ones that rest until then.
    jobs: HashMap<JobId, Option<Instant>>,
    /// Generations that are on their way into the indexes, which the sweep must leave alone.
    generations: HashSet<GenerationId>,
    /// Jobs for files that cannot be reached now.
    absent: HashSet<JobId>,
    /// Lanes that have found nothing to do since the last generation arrived.
    waiting: HashSet<Lane>,
    /// Whether all is done.
    over: bool,
}

impl InHand {
    /// Whether nothing is on its way.
    fn is_idle(&self) -> bool {
        self.generations.is_empty() && self.jobs.values().all(Option::is_some)
    }
}

impl Taken {
    fn lock(&self) -> MutexGuard<'_, InHand> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clear(&self) {
        let mut taken = self.lock();
        let now = Instant::now();
        taken
            .jobs
            .retain(|_, until| until.is_some_and(|until| until > now));
        taken.generations.clear();
        taken.absent.clear();
        taken.waiting.clear();
        taken.over = false;
    }

    /// Takes a job for a lane, unless it is in hand already, rests or was left.
    pub(super) fn take(&self, job: JobId, lane: Lane) -> bool {
        let mut taken = self.lock();
        match taken.jobs.get(&job) {
            _ if taken.absent.contains(&job) => false,
            Some(None) => false,
            Some(Some(until)) if *until > Instant::now() => false,
            _ => {
                taken.jobs.insert(job, None);
                taken.waiting.remove(&lane);
                true
            }
        }
    }

    /// Puts a job down.
    pub(super) fn release(&self, job: JobId) {
        self.lock().jobs.remove(&job);
    }

    /// Puts a job down and lets it rest.
    pub(super) fn rest(&self, job: JobId) {
        self.lock().jobs.insert(job, Some(Instant::now() + REST));
    }

    /// Leaves a job whose file cannot be reached, for this session or until [`Taken::returned`].
    pub(super) fn leave(&self, job: JobId) {
        let mut taken = self.lock();
        taken.jobs.remove(&job);
        taken.absent.insert(job);
    }

    /// Files can be reached again that could not.
    pub(super) fn returned(&self) {
        let mut taken = self.lock();
        taken.absent.clear();
        taken.waiting.clear();
        drop(taken);
        self.ring();
    }

    /// Something has changed: both lanes are to look again.
    pub(super) fn ring(&self) {
        self.text.notify_one();
        self.recognition.notify_one();
    }

    /// A lane has found nothing to do. True if that holds for both and nothing is on its way: then all is done.
    pub(super) fn waits(&self, lane: Lane) -> bool {
        let mut taken = self.lock();
        taken.waiting.insert(lane);
        if !taken.over && taken.waiting.len() == 2 && taken.is_idle() {
            // It stays so, whatever the other lane still finds: this one is gone.
            taken.over = true;
            match lane {
                Lane::Text => self.recognition.notify_one(),
                Lane::Recognition => self.text.notify_one(),
            }
        }
        taken.over
    }

    /// Whether the lane that reads text has found nothing to do. As long as it reads, what comes together is written together.
    pub(super) fn waits_for_text(&self) -> bool {
        self.lock().waiting.contains(&Lane::Text)
    }

    /// Until a lane is to look again.
    pub(super) async fn rung(&self, lane: Lane) {
        match lane {
            Lane::Text => self.text.notified().await,
            Lane::Recognition => self.recognition.notified().await,
        }
    }

    /// A generation is on its way.
    pub(super) fn hold(&self, generation: GenerationId) {
        self.lock().generations.insert(generation);
    }

    /// It has arrived.
    pub(super) fn let_go(&self, generation: GenerationId) {
        let mut taken = self.lock();
        taken.generations.remove(&generation);
        // What its end has left to do, both lanes must see before they say that there is nothing.
        taken.waiting.clear();
    }

    /// Whether it is on its way.
    pub(super) fn holds(&self, generation: GenerationId) -> bool {
        self.lock().generations.contains(&generation)
    }

    /// When the first of the jobs that rest may be taken again.
    fn next_try(&self) -> Option<Instant> {
        self.lock().jobs.values().flatten().min().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_done_when_both_lanes_find_nothing_after_the_last_generation_arrived() {
        let taken = Taken::default();
        taken.hold(GenerationId(1));
        assert!(!taken.waits(Lane::Text));
        assert!(!taken.waits(Lane::Recognition), "a generation is on its way");
        taken.let_go(GenerationId(1));
        assert!(!taken.waits(Lane::Text), "the other lane has not looked since");
        assert!(taken.waits(Lane::Recognition));
        taken.ring();
        assert!(taken.waits(Lane::Text), "what was over began again");
    }

    #[test]
    fn a_job_that_was_left_is_taken_when_its_file_returned_and_nobody_waits_for_it_until_then() {
        let taken = Taken::default();
        assert!(taken.take(JobId(1), Lane::Text));
        taken.leave(JobId(1));
        assert!(!taken.take(JobId(1), Lane::Text));
        assert_eq!(taken.next_try(), None);
        assert!(!taken.waits(Lane::Text));
        taken.returned();
        assert!(taken.take(JobId(1), Lane::Text));
        assert!(!taken.waits(Lane::Text) && !taken.waits(Lane::Recognition));
    }

    #[test]
    fn a_lane_that_finds_more_after_all_was_done_still_ends() {
        let taken = Taken::default();
        assert!(!taken.waits(Lane::Recognition));
        assert!(taken.waits(Lane::Text));
        taken.hold(GenerationId(1));
        taken.let_go(GenerationId(1));
        assert!(taken.waits(Lane::Recognition));
    }
}
