//! What the engine's handle and its thread share: the scheduler, the requests that wait, and the figures.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::scheduler::{Id, Scheduler};
use super::sequence::Job;

/// What the engine has done since it was loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Steps taken.
    pub steps: u64,
    /// Time that they took.
    pub busy: Duration,
    /// The part of it inside ONNX Runtime.
    pub running: Duration,
    /// Tokens of prompts that were computed.
    pub prefilled: u64,
    /// Tokens of prompts that had been computed before.
    pub reused: u64,
    /// Tokens that were chosen.
    pub decoded: u64,
}

/// What the engine's handle and its thread share; held for moments, never during a run.
pub(super) struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

pub(super) struct State {
    pub scheduler: Scheduler,
    /// The requests that wait.
    pub jobs: BTreeMap<Id, Job>,
    pub next: Id,
    pub figures: Figures,
    /// The handle is gone.
    pub closing: bool,
    /// The thread is gone.
    pub stopped: bool,
}

impl Shared {
    pub fn new(scheduler: Scheduler) -> Self {
        Self {
            state: Mutex::new(State {
                scheduler,
                jobs: BTreeMap::new(),
                next: 0,
                figures: Figures::default(),
                closing: false,
                stopped: false,
            }),
            wake: Condvar::new(),
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the thread that there is something to do.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits until it is told so.
    pub fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.wake.wait(state).unwrap_or_else(PoisonError::into_inner)
    }
}
