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
    /// The line over which it is told to end, and over which its end is said.
    line: Option<UnixStream>,
    ended: bool,
}

impl Leash {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds the process at the other end of `line`.
    pub(super) fn hold(&self, line: UnixStream) {
        let mut held = self.lock();
        if held.ended {
            tell_to_end(&line);
        }
        held.line = Some(line);
    }

    /// Ends the process, now or as soon as it is started, and all that it started.
    pub fn end(&self) {
        let mut held = self.lock();
        held.ended = true;
        if let Some(line) = &held.line {
            tell_to_end(line);
        }
    }

    /// Ends the process and takes note of its end. Nothing if the leash ended it or it was noted before; within,
    /// nothing if its end was not said.
    pub(super) fn reap(&self) -> Option<Option<End>> {
        let (mut line, ended) = {
            let mut held = self.lock();
            (held.line.take()?, held.ended)
        };
        tell_to_end(&line);
        let said = line
            .set_read_timeout(Some(ENDS_WITHIN))
            .and_then(|()| wire::receive(&mut line, LONGEST_END));
        (!ended).then(|| said.ok().flatten().map(|(end, _)| end))
    }

    /// Ends a process that has said its last word, without waiting for its end: it is given no time to tidy up.
    pub(super) fn let_go(&self) {
        if let Some(line) = self.lock().line.take() {
            tell_to_end(&line);
        }
    }
}

fn tell_to_end(line: &UnixStream) {
    // Where nobody listens any more it has ended.
    let _ = line.shutdown(Shutdown::Write);
}
