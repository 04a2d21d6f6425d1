//! How much memory the processes take that this one has started: those that read files, and the programs that they start.
//!
//! Each of them is gone after its file, so they are looked at while they work. What a system counts of children that have
//! ended would hold the memory that their parent had when it started them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::metrics::round;

/// How often it is looked. More often would take time from what is measured.
const LOOK: Duration = Duration::from_millis(100);

/// Looks at the processes that this one has started, until it is asked what they had.
#[derive(Debug)]
pub struct Watch {
    over: Arc<AtomicBool>,
    looking: JoinHandle<u64>,
}

impl Watch {
    /// Begins to look.
    pub fn begin() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&over);
        let looking = thread::spawn(move || {
            let mut most = 0;
            loop {
                let last = until.load(Ordering::Acquire);
                most = descendants()
                    .into_iter()
                    .filter_map(resident)
                    .sum::<u64>()
                    .max(most);
                if last {
                    return most;
                }
                thread::park_timeout(LOOK);
            }
        });
        Self { over, looking }
    }

    /// Megabytes that they were seen to have together, at most; pages that they share count in each of them. 0 where the
    /// system does not say.
    #[expect(clippy::cast_precision_loss, reason = "megabytes need no more digits")]
    pub fn end(self) -> f64 {
        self.over.store(true, Ordering::Release);
        self.looking.thread().unpark();
        let kibibytes = self.looking.join().unwrap_or(0);
        round(kibibytes as f64 * 1_024.0 / 1e6)
    }
}

/// The processes that this one has started, and those that they have.
fn descendants() -> BTreeSet<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let parents: BTreeMap<u32, u32> = entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|process: u32| Some((process, parent(process)?)))
        .collect();
    let mut found = BTreeSet::from([std::process::id()]);
    loop {
        let more: Vec<u32> = parents
            .iter()
            .filter(|(process, parent)| found.contains(parent) && !found.contains(process))
            .map(|(process, _)| *process)
            .collect();
        if more.is_empty() {
            found.remove(&std::process::id());
            return found;
        }
        found.extend(more);
    }
}

/// Its name, which stands before it in brackets, may hold anything.
fn parent(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

/// Kibibytes that a process has in memory.
fn resident(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn what_a_child_and_its_child_have_is_seen() {
        let mut child = Command::new("sh")
            .args(["-c", "sh -c 'echo ready; read line'; true"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = [0; 5];
        child.stdout.as_mut().unwrap().read_exact(&mut ready).unwrap();
        let watch = Watch::begin();
        let found = descendants();
        assert!(found.contains(&child.id()));
        assert!(found.iter().any(|process| parent(*process) == Some(child.id())));
        assert!(!found.contains(&std::process::id()));
        assert!(watch.end() > 0.0);
        drop(child.stdin.take());
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
