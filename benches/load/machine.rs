//! What the whole machine is busy with, and what it waits for, from the kernel's counters.

use std::fs;

/// A share of the processor's time above which nothing more can be had of it.
const FULL: f64 = 0.9;
/// A share of the time spent waiting for the disk above which that is what holds the work up.
const WAITING: f64 = 0.25;

/// Ticks of all processors since the machine was started.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ticks {
    all: f64,
    idle: f64,
    waiting: f64,
}

impl Ticks {
    /// What `/proc/stat` says at this moment.
    pub fn now() -> Self {
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        let first = stat.lines().next().unwrap_or_default();
        let ticks: Vec<f64> = first
            .split_whitespace()
            .skip(1)
            .take(8)
            .flat_map(str::parse)
            .collect();
        let at = |place: usize| ticks.get(place).copied().unwrap_or_default();
        Self {
            all: ticks.iter().sum(),
            idle: at(3),
            waiting: at(4),
        }
    }

    /// What was used up since: the processor, the disk, or neither, in words; `server` are the cores that the server used.
    pub fn used_up_since(self, server: f64) -> String {
        let now = Self::now();
        let all = (now.all - self.all).max(1.0);
        let waited = (now.waiting - self.waiting) / all;
        let busy = 1.0 - (now.idle - self.idle) / all - waited;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let shares = format!(
            "{server:.1} of {cores} cores busy with the server, {:.0} % of the machine with all, {:.0} % waiting for the disk",
            busy * 100.0,
            waited * 100.0
        );
        let first = if busy > FULL && server < 0.5 * busy * cores as f64 {
            "the processor, more of it beside the server than in it"
        } else if busy > FULL {
            "the processor"
        } else if waited > WAITING {
            "the disk"
        } else {
            "neither processor nor disk: requests wait for one another"
        };
        format!("{first} ({shares})")
    }
}
