//! What ingestion tells of itself: progress for the command line, status for the Library page.

use serde::Serialize;
use tokio::sync::watch;

use crate::domain::Reason;
use crate::store::MountedFolder;

/// How far a pass has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Files that have reached their end.
    pub done: u64,
    /// Files that are known to need work, those done included. Grows while the folder is walked.
    pub total: u64,
    /// The file that is read at present.
    pub current: Option<String>,
    /// Passages that were embedded and indexed.
    pub passages: u64,
}

/// What one pass came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Files that were read or copied.
    pub documents: u64,
    /// Of these, files that failed.
    pub failed: u64,
    /// Passages that were indexed.
    pub passages: u64,
    /// Bytes of the files that were read.
    pub bytes: u64,
    /// How long it took.
    pub seconds: f64,
}

/// How changes of the watched folder are noticed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Watching {
    /// Not at all: the pipeline does not run.
    #[default]
    Off,
    /// The system tells.
    Events,
    /// By looking again and again: a network mount tells nothing.
    Polling,
}

/// Which index is put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IndexPart {
    /// The vectors.
    Vectors,
    /// The words.
    Words,
}

/// How it stands with putting the indexes in order because somebody asked for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Upkeep {
    /// Whether it was asked for and is not over.
    pub asked: bool,
    /// What is put in order at present; nothing as long as files are read first.
    pub current: Option<IndexPart>,
    /// When it was last over, milliseconds since 1970.
    pub ended_ms: Option<i64>,
    /// Whether it came to its end then.
    pub failed: bool,
}

/// What ingestion is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct IngestStatus {
    /// How changes are noticed.
    pub watching: Watching,
    /// Files that wait to be read.
    pub waiting: u64,
    /// Files that do not stand still yet.
    pub settling: u64,
    /// The file that is read at present.
    pub current: Option<String>,
    /// The file in which text is recognised at present, beside the others.
    pub recognising: Option<String>,
    /// Documents whose place in an index is being rebuilt.
    pub rebuilding: u64,
    /// Files that are none of ours: hidden, temporary, of formats that are not read.
    pub ignored: u64,
    /// Folders that cannot be read; what was known of them is kept.
    pub unreadable: Vec<String>,
    /// What is mounted inside the documents folder, usually, and cannot be reached now.
    pub unreachable: Vec<MountedFolder>,
    /// What keeps the watched folder from being read.
    pub folder_trouble: Option<Reason>,
    /// What keeps files from being taken in.
    pub trouble: Option<Reason>,
    /// When the folder was last walked over completely, milliseconds since 1970.
    pub walked_ms: Option<i64>,
    /// Putting the indexes in order.
    pub upkeep: Upkeep,
}

/// The status with its watchers, and the figures of the pass at hand.
#[derive(Debug)]
pub(super) struct Board {
    status: watch::Sender<IngestStatus>,
    figures: watch::Sender<Figures>,
}

/// What a pass has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) done: u64,
    pub(super) failed: u64,
    pub(super) passages: u64,
    pub(super) bytes: u64,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            status: watch::Sender::new(IngestStatus::default()),
            figures: watch::Sender::new(Figures::default()),
        }
    }
}

impl Board {
    pub(super) fn watch(&self) -> watch::Receiver<IngestStatus> {
        self.status.subscribe()
    }

    pub(super) fn status(&self) -> IngestStatus {
        self.status.borrow().clone()
    }

    /// Changes the status; those who watch it wake up only if it is another one then.
    pub(super) fn change(&self, change: impl FnOnce(&mut IngestStatus)) {
        self.status.send_if_modified(|status| {
            let before = status.clone();
            change(status);
            *status != before
        });
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Figures)) {
        self.figures.send_modify(change);
    }

    pub(super) fn figures(&self) -> Figures {
        *self.figures.borrow()
    }

    /// Wakes up whenever a file or a group of passages is done.
    pub(super) fn watch_figures(&self) -> watch::Receiver<Figures> {
        self.figures.subscribe()
    }

    pub(super) fn progress(&self) -> Progress {
        let figures = self.figures();
        let status = self.status.borrow();
        Progress {
            done: figures.done,
            total: figures.done + status.waiting + status.settling + status.rebuilding,
            current: status.current.clone().or_else(|| status.recognising.clone()),
            passages: figures.passages,
        }
    }
}
