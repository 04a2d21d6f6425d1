//! What became of a file that could not be read, in a form that travels between processes.

use serde::{Deserialize, Serialize};

use super::wire::Said;
use crate::domain::{Coverage, PageFate, Reason};
use crate::ingest::parse::ParseError;
use crate::store;

/// Why a file could not be read, or a page not drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What is wrong and what to do.
    pub reason: Reason,
    /// What became of the file's pages.
    pub coverage: Box<Coverage>,
    /// Whether the file has no part in it: it went away, or the reading was stopped. It is looked at again.
    pub again: bool,
    /// Whether nothing is to be had of it before text is recognised, which was put off.
    pub put_off: bool,
    /// What the log is to say of it beside the reason, for those who look for the cause.
    pub log: Option<String>,
    /// How often it is tried in all before this is the end: a process that somebody killed is no sign of a bad file.
    pub attempts: u32,
}

/// A file that made the reader crash is tried once more: the machine may have been short of something.
const CRASHES: u32 = 2;
/// A reader that was killed from outside says nothing of its file, unless it happens again and again.
const KILLS: u32 = 10;

impl From<ParseError> for Failure {
    fn from(error: ParseError) -> Self {
        Self {
            again: matches!(error, ParseError::Gone | ParseError::Stopped),
            put_off: false,
            reason: error.reason(),
            coverage: Box::new(error.coverage()),
            log: None,
            attempts: 1,
        }
    }
}

impl Failure {
    /// The reader panicked.
    pub(in crate::ingest) fn panicked(said: String) -> Self {
        Self::gave_up(format!("the reader panicked: {said}"), 1)
    }

    /// The process ended without a word; `how` says how.
    pub(super) fn crashed(how: String) -> Self {
        Self::gave_up(how, CRASHES)
    }

    /// The process was killed, and not by this server.
    pub(super) fn killed(how: String) -> Self {
        Self::gave_up(how, KILLS)
    }

    /// The process took all the memory that it was given.
    pub(super) fn out_of_memory(limit: u64) -> Self {
        let megabytes = limit >> 20;
        let sentence = format!(
            "reading this file took more than the {megabytes} MB of memory that one file is given: split it, or raise \
             documents.max_parse_memory_megabytes, and retry"
        );
        let reason = Reason::new("memory", sentence).with("megabytes", megabytes);
        Self {
            coverage: Box::new(Coverage::whole(PageFate::Skipped {
                reason: reason.clone(),
            })),
            reason,
            again: false,
            put_off: false,
            log: None,
            attempts: 1,
        }
    }

    /// No process could be started.
    pub(super) fn not_started(why: String) -> Self {
        let sentence = format!(
            "no process could be started to read this file ({why}): check that memory is left, then retry"
        );
        Self {
            again: true,
            ..Self::of(Reason::new("not-started", sentence).with("detail", &why), why, 1)
        }
    }

    /// Nothing was had of the file, because text must be recognised in it.
    pub(super) fn put_off() -> Self {
        Self {
            put_off: true,
            ..ParseError::Stopped.into()
        }
    }

    /// The process said what does not belong here.
    pub(super) fn nonsense(said: &Said) -> Self {
        Self::gave_up(format!("the reader answered with {}", said.name()), 1)
    }

    fn gave_up(log: String, attempts: u32) -> Self {
        let reason = Reason::new(
            "reader",
            "the reader gave up on this file, which is probably damaged: open it in its program, save it anew and drop \
             it again",
        );
        Self::of(reason, log, attempts)
    }

    fn of(reason: Reason, log: String, attempts: u32) -> Self {
        Self {
            coverage: Box::new(Coverage::whole(PageFate::Failed {
                reason: reason.clone(),
            })),
            reason,
            again: false,
            put_off: false,
            log: Some(log),
            attempts,
        }
    }
}

impl From<&Failure> for store::Failure {
    fn from(failure: &Failure) -> Self {
        Self {
            reason: failure.reason.clone(),
            coverage: (*failure.coverage).clone(),
        }
    }
}

impl From<ParseError> for store::Failure {
    fn from(error: ParseError) -> Self {
        Self {
            reason: error.reason(),
            coverage: error.coverage(),
        }
    }
}
