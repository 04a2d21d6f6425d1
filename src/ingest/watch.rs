//! Live events of the watched folder, gathered until the scout takes them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use notify_debouncer_full::notify::event::{AccessKind, AccessMode};
use notify_debouncer_full::notify::{self, EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, NoCache, new_debouncer_opt};
use tokio::sync::Notify;

/// More paths than this are not remembered one by one: the folder is walked over instead.
const MOST_PATHS: usize = 10_000;
/// Events of one path within this time are one.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// Paths at which something happened. Only *where* is believed of an event, never *what*: the scout looks for itself,
/// so events that come twice, late or out of order do no harm.
#[derive(Debug, Default)]
pub(super) struct Signs {
    marked: Mutex<Marked>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Marked {
    paths: HashSet<PathBuf>,
    everything: bool,
}

/// What is to be looked at.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// All of the folder.
    Everything,
    /// These paths, with whatever lies under them.
    Paths(Vec<PathBuf>),
}

impl Signs {
    /// Something happened at `path`.
    pub(super) fn mark(&self, path: PathBuf) {
        let mut marked = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        if !marked.everything {
            marked.paths.insert(path);
            if marked.paths.len() > MOST_PATHS {
                marked.paths = HashSet::new();
                marked.everything = true;
            }
        }
        drop(marked);
        self.changed.notify_one();
    }

    /// Events were lost, or may have been.
    pub(super) fn mark_everything(&self) {
        let mut marked = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        *marked = Marked {
            paths: HashSet::new(),
            everything: true,
        };
        drop(marked);
        self.changed.notify_one();
    }

    /// What was marked since the last time, if anything.
    pub(super) fn take(&self) -> Option<Sign> {
        let marked = std::mem::take(&mut *self.marked.lock().unwrap_or_else(PoisonError::into_inner));
        if marked.everything {
            return Some(Sign::Everything);
        }
        (!marked.paths.is_empty()).then(|| Sign::Paths(marked.paths.into_iter().collect()))
    }

    /// Whether nothing is marked.
    pub(super) fn is_empty(&self) -> bool {
        let marked = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        !marked.everything && marked.paths.is_empty()
    }

    /// Waits until something is marked; may also wake up when nothing is.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }
}

/// Watches as long as it lives.
#[derive(Debug)]
pub(super) struct Watch(
    #[expect(dead_code, reason = "held for what it does while it lives")]
    Debouncer<RecommendedWatcher, NoCache>,
);

impl Watch {
    /// Has the events of `folder` and everything under it marked in `signs`.
    pub(super) fn start(folder: &Path, signs: Arc<Signs>) -> notify::Result<Self> {
        let handler = move |result: DebounceEventResult| match result {
            Ok(events) => {
                for event in events {
                    if event.need_rescan() {
                        signs.mark_everything();
                    } else if matters(&event.kind) {
                        event.paths.iter().for_each(|path| signs.mark(path.clone()));
                    }
                }
            }
            Err(errors) => {
                for error in errors {
                    tracing::warn!(%error, "events of the documents folder were lost: it is walked over");
                }
                signs.mark_everything();
            }
        };
        // Links are not followed here either; their targets are none of ours.
        let config = notify::Config::default().with_follow_symlinks(false);
        let mut debouncer = new_debouncer_opt(DEBOUNCE, None, handler, NoCache::new(), config)?;
        debouncer.watch(folder, RecursiveMode::Recursive)?;
        Ok(Self(debouncer))
    }
}

/// Reading is no change; otherwise our own reading would be told to us without end.
fn matters(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_marked_twice_is_taken_once() {
        let signs = Signs::default();
        signs.mark("/a".into());
        signs.mark("/a".into());
        assert_eq!(signs.take(), Some(Sign::Paths(vec!["/a".into()])));
        assert_eq!(signs.take(), None);
    }

    #[test]
    fn a_storm_of_events_becomes_one_walk() {
        let signs = Signs::default();
        for number in 0..=MOST_PATHS {
            signs.mark(format!("/{number}").into());
        }
        signs.mark("/more".into());
        assert_eq!(signs.take(), Some(Sign::Everything));
        assert!(signs.is_empty());
    }

    #[tokio::test]
    async fn a_file_that_is_written_is_marked_and_one_that_is_read_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let read = folder.path().join("read.md");
        std::fs::write(&read, "x").unwrap();
        let signs = Arc::new(Signs::default());
        let _watch = Watch::start(folder.path(), Arc::clone(&signs)).unwrap();
        let _ = std::fs::read(&read).unwrap();
        let written = folder.path().join("written.md");
        std::fs::write(&written, "x").unwrap();
        let mut seen = HashSet::new();
        while !seen.contains(&written) {
            tokio::time::timeout(Duration::from_secs(10), signs.changed())
                .await
                .unwrap();
            if let Some(Sign::Paths(paths)) = signs.take() {
                seen.extend(paths);
            }
        }
        assert!(!seen.contains(&read), "{seen:?}");
    }
}
