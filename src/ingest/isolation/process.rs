//! This side of a process that reads: starting it, listening to it, ending it and all that it started.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

use super::wire::{self, Instruction, LONGEST_FRAME, Order, Said};
use super::{Confinement, Failure};
use crate::config::{OcrConfig, OfficeConfig};
use crate::domain::FilePassword;
use crate::ingest::parse::{Ocr, Office, ParseError};

/// The name of the command, which is not for people.
pub(super) const COMMAND: &str = "parse-worker";
/// This binary, also when another one has taken its place on the disk.
const PROGRAM: &str = "/proc/self/exe";
/// Where the programs lie that it may start.
const PROGRAMS: &str = "/usr/local/bin:/usr/bin:/bin";
/// The files of an instruction and of what a process complains of, in its folder.
pub(super) const INSTRUCTION: &str = "instruction.json";
const COMPLAINTS: &str = "complaints.txt";
/// The end of the complaints that is looked at.
const LAST_WORDS: u64 = 2_000;
/// A page as a picture is never larger.
const LARGEST_PICTURE: u32 = 256 << 20;
/// The laid-out pages of a file are never larger.
const LARGEST_PRINT: u32 = 512 << 20;
/// What a process may say beside the text itself, and how many bytes a character takes with all that goes around it.
const BESIDE: u64 = 64 << 20;
const BYTES_A_CHARACTER: u64 = 12;

/// Where processes are started.
#[derive(Debug)]
pub(super) struct Workshop {
    runtime: PathBuf,
    folder: PathBuf,
    memory: u64,
    recognition: OcrConfig,
    laying_out: OfficeConfig,
    /// What was found when it was last looked for.
    found: Mutex<Ocr>,
}

impl Workshop {
    /// Empties `folder`: what an earlier server left there when it was killed.
    pub(super) fn open(
        runtime: &Path,
        folder: &Path,
        memory: u64,
        recognition: OcrConfig,
        laying_out: OfficeConfig,
    ) -> io::Result<Self> {
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        std::fs::create_dir_all(folder)?;
        Ok(Self {
            runtime: std::path::absolute(runtime)?,
            folder: folder.canonicalize()?,
            memory,
            found: Mutex::new(Ocr::find(&recognition)),
            recognition,
            laying_out,
        })
    }

    /// LibreOffice, if it is there now.
    pub(super) fn office(&self) -> Option<Office> {
        Office::find(&self.laying_out)
    }

    /// Text recognition. As long as it is missing it is looked for again: it may have been installed meanwhile.
    pub(super) fn ocr(&self) -> Ocr {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if !found.is_ready() && !found.is_off() {
            *found = Ocr::find(&self.recognition);
        }
        found.clone()
    }

    /// How far a process is locked in. The error says why none came up.
    pub(super) fn probe(&self) -> Result<Confinement, String> {
        let failed = |failure: Failure| failure.log.unwrap_or(failure.reason.sentence);
        let mut worker = self
            .start(&Order::Probe, None, None, &Leash::default())
            .map_err(failed)?;
        match worker.next(0).map_err(failed)? {
            Said::Ready(confinement) => Ok(confinement),
            other => Err(format!("it answered with {}", other.name())),
        }
    }

    /// Starts a process for one order, with what opens its file. Whoever ends `leash` ends it.
    pub(super) fn start(
        &self,
        order: &Order,
        file: Option<File>,
        password: Option<&FilePassword>,
        leash: &Leash,
    ) -> Result<Worker, Failure> {
        self.started(order, file, password, leash)
            .map_err(|error| Failure::not_started(error.to_string()))
    }

    fn started(
        &self,
        order: &Order,
        file: Option<File>,
        password: Option<&FilePassword>,
        leash: &Leash,
    ) -> io::Result<Worker> {
        let folder = tempfile::Builder::new().prefix("r").tempdir_in(&self.folder)?;
        let instruction = Instruction {
            order: order.clone(),
            runtime: self.runtime.clone(),
            ocr: if matches!(order, Order::Read { .. }) {
                self.ocr()
            } else {
                Ocr::default()
            },
            office: match order.prints() {
                true => self.office().map(|office| office.within(folder.path())),
                false => None,
            },
            folder: folder.path().to_owned(),
            memory: self.memory,
            locked: password.is_some(),
        };
        std::fs::write(folder.path().join(INSTRUCTION), serde_json::to_vec(&instruction)?)?;
        let complaints = File::create_new(folder.path().join(COMPLAINTS))?;
        let (ours, theirs) = UnixStream::pair()?;
        let mut command = Command::new(PROGRAM);
        command
            .arg(COMMAND)
            .arg(folder.path())
            .current_dir(folder.path())
            .stdin(file.map_or_else(Stdio::null, Stdio::from))
            .stdout(OwnedFd::from(theirs))
            .stderr(complaints)
            // Whatever it starts belongs to it and ends with it.
            .process_group(0)
            // Secrets of the configuration may stand in the environment.
            .env_clear()
            .env("PATH", PROGRAMS)
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path());
        let child = command.spawn()?;
        leash.hold(child);
        if let Some(password) = password {
            // One that has ended already tells why when it is listened to.
            let _ = wire::send(&mut &ours, &password.reveal());
        }
        Ok(Worker {
            from: BufReader::with_capacity(64 << 10, ours),
            heard: 0,
            memory: self.memory,
            leash: leash.clone(),
            folder,
        })
    }
}

/// A process at work. It ends when this is dropped, and its folder is deleted.
pub(super) struct Worker {
    from: BufReader<UnixStream>,
    heard: u64,
    memory: u64,
    leash: Leash,
    folder: TempDir,
}

impl Worker {
    /// What it says next. It may say so much as a text of `characters` takes.
    pub(super) fn next(&mut self, characters: u64) -> Result<Said, Failure> {
        match wire::receive(&mut self.from, LONGEST_FRAME) {
            Ok(Some((said, length))) => {
                self.heard += u64::from(length);
                let most = BESIDE.saturating_add(characters.saturating_mul(BYTES_A_CHARACTER));
                if self.heard > most {
                    return Err(Failure::crashed(format!(
                        "the reader said more than {most} bytes"
                    )));
                }
                Ok(said)
            }
            Ok(None) => Err(self.ended()),
            Err(error) => match self.ended() {
                failure if failure.again => Err(failure),
                failure => Err(Failure {
                    log: Some(format!("{}; {error}", failure.log.unwrap_or_default())),
                    ..failure
                }),
            },
        }
    }

    /// The bytes that follow.
    pub(super) fn bytes(&mut self, length: u32) -> Result<Vec<u8>, Failure> {
        if length > LARGEST_PICTURE {
            return Err(Failure::crashed(format!("a picture of {length} bytes")));
        }
        wire::exactly(&mut self.from, length).map_err(|_| self.ended())
    }

    /// Writes the bytes that follow to `to`.
    pub(super) fn copy(&mut self, length: u32, to: &mut File) -> io::Result<()> {
        if length > LARGEST_PRINT {
            return Err(io::Error::other(format!("laid-out pages of {length} bytes")));
        }
        let copied = io::copy(&mut self.from.by_ref().take(length.into()), to)?;
        if copied == u64::from(length) {
            Ok(())
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }

    /// It said nothing more: how did it end?
    fn ended(&self) -> Failure {
        let Some(status) = self.leash.reap() else {
            // Whoever held the leash did not want to wait any longer.
            return ParseError::Stopped.into();
        };
        let words = last_words(&self.folder.path().join(COMPLAINTS)).unwrap_or_default();
        if [
            "memory allocation of",
            "bad_alloc",
            "out of memory",
            "Out of memory",
        ]
        .iter()
        .any(|sign| words.contains(sign))
        {
            return Failure::out_of_memory(self.memory);
        }
        let how = match status.signal() {
            Some(signal) => format!("the reader was ended by signal {signal}"),
            None => format!("the reader ended with {status}"),
        };
        let how = if words.is_empty() {
            how
        } else {
            format!(
                "{how}: {}",
                words.split_whitespace().collect::<Vec<_>>().join(" ")
            )
        };
        match status.signal() {
            Some(libc::SIGKILL) => Failure::killed(how),
            _ => Failure::crashed(how),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.leash.reap();
    }
}

/// The end of what a process complained of.
fn last_words(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LAST_WORDS)))?;
    let mut bytes = Vec::new();
    file.take(LAST_WORDS).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Ends a process from another thread. Clones hold the same one.
#[derive(Debug, Clone, Default)]
pub struct Leash(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    child: Option<Child>,
    ended: bool,
}

impl Leash {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, mut child: Child) {
        let mut held = self.lock();
        if held.ended {
            end_group(&mut child);
        }
        held.child = Some(child);
    }

    /// Ends the process, now or as soon as it is started, and all that it started.
    pub fn end(&self) {
        let mut held = self.lock();
        held.ended = true;
        if let Some(child) = &mut held.child {
            end_group(child);
        }
    }

    /// Ends the process and takes note of its end. Nothing if the leash ended it or it was noted before.
    fn reap(&self) -> Option<ExitStatus> {
        let (mut child, ended) = {
            let mut held = self.lock();
            (held.child.take()?, held.ended)
        };
        // One that has said its last word is given no time to tidy up: its folder goes with it.
        let by_itself = child.try_wait().ok().flatten();
        end_group(&mut child);
        let status = child.wait().ok();
        by_itself.or(status).filter(|_| !ended)
    }
}

/// Ends a process that was not waited for yet, and its group.
fn end_group(child: &mut Child) {
    if let Ok(group) = i32::try_from(child.id()) {
        // SAFETY: it only sends a signal. The group is named after a process that nobody has waited for, or that had
        // members when it ended, so its number belongs to nobody else.
        unsafe {
            libc::kill(-group, libc::SIGKILL);
        }
    }
    // Where it has ended already there is nothing to end.
    let _ = child.kill();
}
