//! The process that stands ready and splits off a reader for each order (a fork server, as browsers have one): to start
//! the whole program takes ten times as long as to read a short file, for each address in it is set anew.
//!
//! It has one thread, opens nothing and looks at no file of others. Readers are its children: it ends them, with all that they
//! started, and says how they ended. When the server is gone, so are they and it.
//!
//! The next reader is split off before its order comes, while the one before it works. It makes ready what is the same for all
//! and waits; it has no file until its order comes, and is locked in before it looks at that.
//!
//! Readers have their addresses in common, so that one which gives them away gives away those of the next: what keeps them
//! in are their bounds, not addresses that nobody knows.

use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use libc::{c_int, pid_t, pollfd};
use sendfd::{RecvWithFd, SendWithFd};
use serde::{Deserialize, Serialize};

use super::confine::{Calls, Lock};
use super::rehearsal::rehearse;
use super::wire;
use super::worker;

/// What comes with an order: the file, the socket of the reader, where it complains, and the line over which this process
/// says how it ended. The reader is ended when the server stops writing to the line.
pub(super) type Sent = [OwnedFd; SENT];
const SENT: usize = 4;
/// What of it the reader gets: all but the line.
type HandedOn = [OwnedFd; HANDED_ON];
const HANDED_ON: usize = 3;

/// How a reader ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum End {
    /// Its status, as the system tells it.
    Status(i32),
    /// It never began.
    NotStarted(String),
}

/// Splits off readers until the server is gone. Standard input is the socket over which orders come.
pub fn serve() -> ExitCode {
    match split_off() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("gemba: readers cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}

fn split_off() -> io::Result<ExitCode> {
    close_others();
    let orders = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let calls = Calls::new();
    rehearse();
    let mut readers: Vec<Reader> = Vec::new();
    let mut next: Option<Waiting> = None;
    loop {
        if next.is_none() {
            match Waiting::split_off() {
                Ok(Split::Off(waiting)) => next = Some(waiting),
                Ok(Split::Copy) => {
                    // These are between the server and this process.
                    drop((readers, orders));
                    return read(Lock::new(&calls));
                }
                // It is tried again when an order comes, and said then.
                Err(_) => {}
            }
        }
        let sent = match wait(&orders, &mut readers) {
            Ok(true) => receive::<SENT>(&orders),
            Ok(false) => {
                readers.retain_mut(|reader| !reader.is_over());
                continue;
            }
            Err(error) => Err(error),
        };
        let sent = match sent {
            Ok(Some(sent)) => sent,
            over => {
                readers.iter().for_each(|reader| end(reader.process));
                next.into_iter().for_each(Waiting::give_up);
                return over.map(|_| ExitCode::SUCCESS);
            }
        };
        readers.retain_mut(|reader| !reader.is_over());
        // The server sees that an order came to nothing where files are missing.
        let Ok([file, socket, complaints, line]) = Sent::try_from(sent) else {
            continue;
        };
        let (order, mut line) = ([file, socket, complaints], UnixStream::from(line));
        match with_order(next.take(), &order) {
            Ok(Split::Off(waiting)) => readers.push(waiting.begun(line)),
            Ok(Split::Copy) => {
                drop((readers, orders, order, line));
                return read(Lock::new(&calls));
            }
            Err(error) => {
                // A server that is gone asks no more.
                let _ = wire::send(&mut line, &End::NotStarted(error.to_string()));
            }
        }
    }
}

/// A reader that has this order: the one that waits or, where somebody has ended that, another one.
fn with_order(next: Option<Waiting>, order: &HandedOn) -> io::Result<Split> {
    if let Some(waiting) = next {
        match waiting.hand_on(order) {
            Ok(()) => return Ok(Split::Off(waiting)),
            Err(_) => waiting.give_up(),
        }
    }
    match Waiting::split_off()? {
        Split::Off(waiting) => match waiting.hand_on(order) {
            Ok(()) => Ok(Split::Off(waiting)),
            Err(error) => {
                waiting.give_up();
                Err(error)
            }
        },
        Split::Copy => Ok(Split::Copy),
    }
}

/// Reads what the next order names: what a copy of this process does. Where it cannot begin it ends as if somebody had ended it:
/// the file has no part in it.
fn read(lock: Lock<'_>) -> io::Result<ExitCode> {
    // SAFETY: it is the socket of this copy, which is open, and closed by what takes its place.
    let orders = ManuallyDrop::new(unsafe { UnixStream::from_raw_fd(libc::STDIN_FILENO) });
    let Some(order) = receive::<HANDED_ON>(&orders)? else {
        return Ok(ExitCode::SUCCESS);
    };
    let Ok([file, socket, complaints]) = HandedOn::try_from(order) else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    take_place(&file, &complaints);
    // The programs that it starts get none of these but the complaints: what was received is open to them, its copy is not.
    let ours = socket.try_clone()?;
    drop((file, socket, complaints));
    worker::serve(ours.into(), lock)
}

/// A copy of this process that waits for its order.
struct Waiting {
    process: pid_t,
    /// Can be read when it has ended.
    exit: OwnedFd,
    orders: UnixStream,
}

/// On which side of a fork this is.
enum Split {
    /// The process that goes on as it was.
    Off(Waiting),
    /// The copy. Its standard input is the socket over which its order comes.
    Copy,
}

impl Waiting {
    fn split_off() -> io::Result<Split> {
        let (orders, theirs) = UnixStream::pair()?;
        // SAFETY: this process has one thread, so that nothing is half done in the copy.
        let process = unsafe { libc::fork() };
        if process == 0 {
            // Programs that a reader starts are in its group, and are ended with it.
            // SAFETY: nothing here owns what is replaced.
            unsafe {
                if libc::setpgid(0, 0) != 0 || libc::dup2(theirs.as_raw_fd(), libc::STDIN_FILENO) < 0 {
                    libc::raise(libc::SIGKILL);
                }
            }
            return Ok(Split::Copy);
        }
        let exit = watch(process)?;
        Ok(Split::Off(Self {
            process,
            exit,
            orders,
        }))
    }

    /// Gives it its order, of which it gets copies.
    fn hand_on(&self, order: &HandedOn) -> io::Result<()> {
        let files = order.each_ref().map(AsRawFd::as_raw_fd);
        self.orders.send_with_fd(&[0], &files).map(drop)
    }

    /// It has its order; `line` leads to the server.
    fn begun(self, line: UnixStream) -> Reader {
        Reader {
            process: self.process,
            exit: self.exit,
            line,
            given_up: false,
            ended: false,
        }
    }

    fn give_up(self) {
        end(self.process);
        // SAFETY: it waits for a child that was ended and that nobody else waits for.
        unsafe {
            libc::waitpid(self.process, std::ptr::null_mut(), 0);
        }
    }
}

struct Reader {
    process: pid_t,
    /// Can be read when it has ended.
    exit: OwnedFd,
    line: UnixStream,
    /// Whether the server wants it ended.
    given_up: bool,
    ended: bool,
}

impl Reader {
    /// Whether it has ended, which is said then.
    fn is_over(&mut self) -> bool {
        if !self.ended {
            return false;
        }
        // What it started and left behind.
        end(self.process);
        let mut status = 0;
        // SAFETY: it waits for a child that has ended and that nobody else waits for.
        unsafe {
            libc::waitpid(self.process, &raw mut status, 0);
        }
        // The server may not want to know.
        let _ = wire::send(&mut self.line, &End::Status(status));
        true
    }
}

/// Ends a child that nobody has waited for yet, and its group.
fn end(process: pid_t) {
    // SAFETY: it sends a signal. The group is named after a child that is still to be waited for, so that its number
    // belongs to nobody else.
    unsafe {
        libc::kill(-process, libc::SIGKILL);
    }
}

/// Waits until something happens: `true` if it is an order, or the end of the server.
fn wait(orders: &UnixStream, readers: &mut [Reader]) -> io::Result<bool> {
    let on = |fd: RawFd| pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    };
    let mut polled = vec![on(orders.as_raw_fd())];
    for reader in readers.iter() {
        polled.push(on(reader.exit.as_raw_fd()));
        // What is negative is passed over.
        polled.push(on(if reader.given_up {
            -1
        } else {
            reader.line.as_raw_fd()
        }));
    }
    let count = polled.len() as libc::nfds_t;
    // SAFETY: it writes to as many entries as there are.
    while unsafe { libc::poll(polled.as_mut_ptr(), count, -1) } < 0 {
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    for (reader, polled) in readers.iter_mut().zip(polled[1..].chunks(2)) {
        reader.ended = polled[0].revents != 0;
        if polled[1].revents != 0 {
            reader.given_up = true;
            end(reader.process);
        }
    }
    Ok(polled[0].revents != 0)
}

/// The open files of the next order; nothing when whoever gives orders is gone.
fn receive<const FILES: usize>(orders: &UnixStream) -> io::Result<Option<Vec<OwnedFd>>> {
    let mut received = [0; FILES];
    let (bytes, count) = orders.recv_with_fd(&mut [0], &mut received)?;
    // SAFETY: they were opened for this process a moment ago, and nothing else knows of them.
    let files = received[..count]
        .iter()
        .map(|file| unsafe { OwnedFd::from_raw_fd(*file) });
    let files: Vec<_> = files.collect();
    Ok((bytes > 0).then_some(files))
}

/// Watches the child that was split off.
fn watch(process: pid_t) -> io::Result<OwnedFd> {
    if process < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the child does the same; whichever is first, it leads a group before anybody ends that group.
    unsafe {
        libc::setpgid(process, process);
    }
    // SAFETY: it opens a file that stands for the child.
    let exit = unsafe { libc::syscall(libc::SYS_pidfd_open, process, 0) };
    match c_int::try_from(exit) {
        // SAFETY: it was opened for this process a moment ago.
        Ok(exit) if exit >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(exit) }),
        _ => {
            let mut error = io::Error::last_os_error();
            if error.raw_os_error() == Some(libc::ENOSYS) {
                error = io::Error::other("Linux 5.3 or a later one is needed");
            }
            end(process);
            // SAFETY: it waits for a child that was ended.
            unsafe {
                libc::waitpid(process, std::ptr::null_mut(), 0);
            }
            Err(error)
        }
    }
}

/// Closes what whoever started the server left open in it by mistake. Kernels before 5.9 cannot; there it stays open.
fn close_others() {
    let first = libc::STDERR_FILENO + 1;
    // SAFETY: this process has opened nothing yet.
    unsafe {
        libc::syscall(libc::SYS_close_range, first, c_int::MAX, 0);
    }
}

/// `file` becomes standard input; what this process or native code prints are complaints.
fn take_place(file: &OwnedFd, complaints: &OwnedFd) {
    let replaced = [
        (file, libc::STDIN_FILENO),
        (complaints, libc::STDOUT_FILENO),
        (complaints, libc::STDERR_FILENO),
    ];
    // SAFETY: all of them are open, and nothing here owns those that are replaced.
    unsafe {
        let done = replaced
            .iter()
            .all(|(by, old)| libc::dup2(by.as_raw_fd(), *old) >= 0);
        if !done {
            libc::raise(libc::SIGKILL);
        }
    }
}
