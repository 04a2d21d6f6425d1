//! This side of a process that reads: starting it, listening to it, and what its end means.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

use super::fork_server::End;
use super::starter::Starter;
use super::wire::{self, Instruction, LONGEST_FRAME, Order, Said};
use super::{Confinement, Failure, Leash};
use crate::config::{OcrConfig, OfficeConfig};
use crate::domain::FilePassword;
use crate::ingest::parse::{Ocr, Office, ParseError};

/// The file of what a process complains of, in its folder.
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
    starter: Starter,
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
            starter: Starter::default(),
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
            .start(&Order::Probe, None, &[], &Leash::default())
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
        passwords: &[FilePassword],
        leash: &Leash,
    ) -> Result<Worker, Failure> {
        self.started(order, file, passwords, leash)
            .map_err(|error| Failure::not_started(error.to_string()))
    }

    fn started(
        &self,
        order: &Order,
        file: Option<File>,
        passwords: &[FilePassword],
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
            locked: !passwords.is_empty(),
        };
        let file = match file {
            Some(file) => file,
            None => File::open("/dev/null")?,
        };
        let complaints = File::create_new(folder.path().join(COMPLAINTS))?;
        let (ours, theirs) = UnixStream::pair()?;
        let (end, their_end) = UnixStream::pair()?;
        self.starter
            .start(&[file.into(), theirs.into(), complaints.into(), their_end.into()])?;
        leash.hold(end, ours.try_clone()?);
        // One that has ended already tells why when it is listened to.
        let _ = wire::send(&mut &ours, &instruction);
        if !passwords.is_empty() {
            let passwords: Vec<&str> = passwords.iter().map(FilePassword::reveal).collect();
            let _ = wire::send(&mut &ours, &passwords);
        }
        Ok(Worker {
            from: BufReader::with_capacity(64 << 10, ours),
            heard: 0,
            done: false,
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
    /// Whether it has done what it was to do, and nothing it started is left; bytes may follow.
    done: bool,
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
                self.done = !matches!(said, Said::Blocks(_) | Said::Panicked(_));
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
        let Some(end) = self.leash.reap() else {
            // Whoever held the leash did not want to wait any longer.
            return ParseError::Stopped.into();
        };
        let words = last_words(&self.folder.path().join(COMPLAINTS)).unwrap_or_default();
        let memory_signs = [
            "memory allocation of",
            "bad_alloc",
            "out of memory",
            "Out of memory",
        ];
        if memory_signs.iter().any(|sign| words.contains(sign)) {
            return Failure::out_of_memory(self.memory);
        }
        let status = match end {
            Some(End::Status(status)) => ExitStatus::from_raw(status),
            Some(End::NotStarted(why)) => return Failure::not_started(why),
            None => return Failure::killed("nobody said how the reader ended".to_owned()),
        };
        let mut how = match status.signal() {
            Some(signal) => format!("the reader was ended by signal {signal}"),
            None => format!("the reader ended with {status}"),
        };
        if !words.is_empty() {
            let words: Vec<_> = words.split_whitespace().collect();
            how = format!("{how}: {}", words.join(" "));
        }
        match status.signal() {
            Some(libc::SIGKILL) => Failure::killed(how),
            _ => Failure::crashed(how),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if self.done {
            self.leash.let_go();
        } else {
            // It may still be writing into its folder.
            self.leash.reap();
        }
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
