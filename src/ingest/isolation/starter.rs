//! This side of the process that splits off readers: started with the first of them, and again when it is gone.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use sendfd::SendWithFd;

use super::fork_server::Sent;

/// The name of the command, which is not for people.
const COMMAND: &str = "parse-worker";
/// This binary, also when another one has taken its place on the disk.
const PROGRAM: &str = "/proc/self/exe";
/// Where the programs lie that a reader may start.
const PROGRAMS: &str = "/usr/local/bin:/usr/bin:/bin";

/// Whether this process was started to split off readers: for other programs than `gemba` itself that open the house.
/// They ask before anything else.
pub fn asked() -> bool {
    std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == COMMAND)
}

/// Starts readers.
#[derive(Debug, Default)]
pub(super) struct Starter(Mutex<Option<Running>>);

impl Starter {
    /// Has a reader split off.
    pub(super) fn start(&self, sent: &Sent) -> io::Result<()> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ready) = &*running
            && ready.send(sent).is_ok()
        {
            return Ok(());
        }
        let started = Running::begin()?;
        started.send(sent)?;
        *running = Some(started);
        Ok(())
    }
}

#[derive(Debug)]
struct Running {
    orders: UnixStream,
    process: Child,
}

impl Running {
    fn begin() -> io::Result<Self> {
        let (orders, theirs) = UnixStream::pair()?;
        let process = Command::new(PROGRAM)
            // What a list of processes shows.
            .arg0("gemba")
            .arg(COMMAND)
            .current_dir("/")
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            // Whoever interrupts the server at a terminal does not interrupt what it still reads.
            .process_group(0)
            // Secrets of the configuration may stand in the environment.
            .env_clear()
            .env("PATH", PROGRAMS)
            .env("LC_ALL", "C.UTF-8")
            .spawn()?;
        Ok(Self { orders, process })
    }

    fn send(&self, sent: &Sent) -> io::Result<()> {
        let files = sent.each_ref().map(AsRawFd::as_raw_fd);
        self.orders.send_with_fd(&[0], &files).map(drop)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended by itself, or has nobody to work for.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
