//! Ends a reader from another thread.

use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::fork_server::End;
use super::wire;

/// A reader that does not end within this time of being told to hangs in the kernel: nobody waits for it.
const ENDS_WITHIN: Duration = Duration::from_secs(10);
/// What is said of an end takes no more bytes than this.
const LONGEST_END: u32 = 4 << 10;

/// Ends a process from another thread. Clones hold the same one.
#[derive(Debug, Clone, Default)]
pub struct Leash(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    process: Option<Lines>,
    ended: bool,
}

/// What leads to a process.
#[derive(Debug)]
struct Lines {
    /// To the one that started it, which ends it when this is shut, and says how it ended.
    end: UnixStream,
    /// To itself. It ends when this is shut, also where the one that started it is gone or hangs; and whoever listens to
    /// it or talks to it goes on.
    talk: UnixStream,
}

impl Lines {
    fn shut(&self) {
        // Where nobody is at the other end there is nothing to end.
        let _ = self.end.shutdown(Shutdown::Write);
        let _ = self.talk.shutdown(Shutdown::Both);
    }
}

impl Leash {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds the process to which these lead: over `end` it is ended and its end is said, over `talk` it is talked to.
    pub(super) fn hold(&self, end: UnixStream, talk: UnixStream) {
        let process = Lines { end, talk };
        let mut held = self.lock();
        if held.ended {
            process.shut();
        }
        held.process = Some(process);
    }

    /// Ends the process, now or as soon as it is started, and all that it started.
    pub fn end(&self) {
        let mut held = self.lock();
        held.ended = true;
        if let Some(process) = &held.process {
            process.shut();
        }
    }

    /// Ends the process and takes note of its end. Nothing if the leash ended it or it was noted before; within,
    /// nothing if its end was not said.
    pub(super) fn reap(&self) -> Option<Option<End>> {
        let (mut process, ended) = {
            let mut held = self.lock();
            (held.process.take()?, held.ended)
        };
        process.shut();
        let end = &mut process.end;
        let said = end
            .set_read_timeout(Some(ENDS_WITHIN))
            .and_then(|()| wire::receive(end, LONGEST_END));
        (!ended).then(|| said.ok().flatten().map(|(end, _)| end))
    }

    /// Ends a process that has said its last word, without waiting for its end: it is given no time to tidy up.
    pub(super) fn let_go(&self) {
        if let Some(process) = self.lock().process.take() {
            process.shut();
        }
    }
}
