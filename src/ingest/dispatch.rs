//! The beginning of the session: jobs are begun one after the other, and their passages sent on as they come.

mod known;
mod stored;

use std::collections::{HashSet, VecDeque};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::IngestError;
use super::chunk::Draft;
use super::control;
use super::faults::Step;
use super::parse::{Limits, ParseError};
use super::piece::{Outcome, Part, Piece, Restore, Staged, Task, Work};
use super::pipeline::Shared;
use super::reading::{FromFile, Order, Reading, kept_words};
use super::scout::{PULSE, now_ms};
use super::walk::{self, Found};
use crate::domain::{ContentHash, FileKind, Reason};
use crate::index::VectorIndex;
use crate::store::{Finished, Job, JobId, JobKind};

/// Passages that are embedded and stored together. With the longest passages this is some 8,000 tokens.
const PART: usize = 32;
/// Between two looks at whether anybody still wants what is being read.
const STILL_WANTED: Duration = Duration::from_secs(2);
/// A file that went away is found at another place within this time, if it was moved.
const MOVED_WITHIN: Duration = Duration::from_secs(15);
/// A file during whose reading the process died this often is not read again.
const MOST_ATTEMPTS: u32 = 10;

/// What is done one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// Every file is read as far as it goes without recognising text; indexes are given what they lack.
    Text,
    /// Files are read again in which text must be recognised.
    Recognition,
}

/// Begins one piece of work after the other.
pub(super) struct Dispatch {
    lane: Lane,
    shared: Arc<Shared>,
    target: VectorIndex,
    pieces: mpsc::Sender<Piece>,
    queue: VecDeque<Job>,
    after: JobId,
}

impl Dispatch {
    pub(super) fn new(
        shared: Arc<Shared>,
        target: VectorIndex,
        pieces: mpsc::Sender<Piece>,
        lane: Lane,
    ) -> Self {
        Self {
            lane,
            shared,
            target,
            pieces,
            queue: VecDeque::new(),
            after: JobId(0),
        }
    }

    /// Runs until nothing is left that can be done now.
    pub(super) async fn run(mut self) -> Result<(), IngestError> {
        while !self.pieces.is_closed() {
            if let Some(job) = self.next_job().await? {
                self.show(Some(&job.path));
                match job.kind {
                    JobKind::Read => self.read(&job).await?,
                    JobKind::Relocate => self.relocate(&job).await?,
                }
            } else if let Some(restore) = self.next_restore().await? {
                self.restore(restore).await?;
            } else if self.shared.taken.waits(self.lane) {
                break;
            } else {
                self.show(None);
                if self.shared.taken.waits_for_text() {
                    self.send(Piece::Flush).await;
                }
                tokio::select! {
                    // A group was committed, or a new job has come.
                    () = self.shared.jobs.notified(), if self.lane == Lane::Text => {}
                    () = self.shared.taken.rung(self.lane) => {}
                }
            }
        }
        self.show(None);
        Ok(())
    }

    /// Shows which file is being read.
    fn show(&self, path: Option<&String>) {
        self.shared.board.change(|status| match self.lane {
            Lane::Text => status.current = path.cloned(),
            Lane::Recognition => status.recognising = path.cloned(),
        });
    }

    async fn next_restore(&self) -> Result<Option<Restore>, IngestError> {
        match self.lane {
            Lane::Text => self.shared.next_restore(&self.target).await,
            Lane::Recognition => Ok(None),
        }
    }

    /// The oldest job that can begin and has not.
    async fn next_job(&mut self) -> Result<Option<Job>, IngestError> {
        let mut from_the_start = self.after == JobId(0);
        loop {
            while let Some(job) = self.queue.pop_front() {
                if self.shared.taken.take(job.id, self.lane) {
                    return Ok(Some(job));
                }
            }
            let recognise = self.lane == Lane::Recognition;
            let page = self.shared.store.ready_jobs(recognise, self.after, 16).await?;
            match page.last() {
                Some(last) => {
                    self.after = last.id;
                    self.queue.extend(page);
                }
                None if from_the_start => {
                    self.after = JobId(0);
                    return Ok(None);
                }
                None => {
                    self.after = JobId(0);
                    from_the_start = true;
                }
            }
        }
    }

    async fn read(&self, job: &Job) -> Result<(), IngestError> {
        if self.shared.mounted.lost(&self.shared.documents.folder, &job.path) {
            // Until what was mounted there is back.
            self.shared.taken.leave(job.id);
            return Ok(());
        }
        let Some((generation, content, source)) = self.shared.store.begin_generation(job.id).await? else {
            // The job became void after it was listed.
            self.shared.taken.release(job.id);
            return Ok(());
        };
        self.shared.taken.hold(generation);
        self.shared.faults.after(Step::Begun)?;
        let work = Arc::new(Work {
            task: Task::Read(job.id),
            document: job.document,
            generation,
            path: job.path.as_str().into(),
            collection: job.collection.clone(),
            kind: job.format,
            bytes: job.stamp.size,
            words: true,
            vectors: true,
        });
        // What is not as it was when its content was taken is looked at again by the scout first.
        let full = self.shared.documents.folder.join(&job.path);
        let found = self.shared.look(&job.path).await;
        let outcome = if job.attempts >= MOST_ATTEMPTS {
            let sentence = format!(
                "the server ended {} times while it read this file, so it is left alone: save it anew in its program \
                 and drop it again, or retry",
                job.attempts
            );
            Outcome::Failed(
                Reason::new("fatal", sentence)
                    .with("attempts", job.attempts)
                    .into(),
            )
        } else if found == Found::Unknown {
            Outcome::Failed(ParseError::Forbidden.into())
        } else if found != Found::File(job.stamp) {
            Outcome::Later
        } else if let Some(source) = source {
            self.copy(&work, job, source).await?
        } else {
            self.shared.store.reading_begins(job.id).await?;
            let (outcome, counts) = self.parse(&work, job, &full).await?;
            if !counts {
                self.shared.store.reading_ended(job.id).await?;
            }
            // What was read may be half of the old and half of the new.
            if matches!(outcome, Outcome::Later)
                || self.shared.look(&job.path).await == found
                || (self.lane == Lane::Recognition && self.still_says(job, content).await?)
            {
                outcome
            } else {
                Outcome::Later
            }
        };
        // A network that fails says nothing of the file.
        let outcome = match outcome {
            Outcome::Failed(_) if !self.shared.answers_at(&job.path).await => Outcome::Later,
            outcome => outcome,
        };
        if matches!(outcome, Outcome::Later) {
            self.shared.signs.mark(full);
        }
        self.send(Piece::End(work, Box::new(outcome))).await;
        Ok(())
    }

    /// How it ended, and whether that was an attempt that counts: the reader broke off, which may not be the file's
    /// fault, so it is tried again.
    async fn parse(&self, work: &Arc<Work>, job: &Job, full: &Path) -> Result<(Outcome, bool), IngestError> {
        let readers = match job.format {
            kind if kind == FileKind::Pdf || kind.holds_files() => {
                let passwords = self.shared.store.file_passwords(job.document).await?;
                self.shared.readers.opening_with(passwords)
            }
            _ => self.shared.readers.clone(),
        };
        let order = Order {
            readers,
            path: full.to_owned(),
            kind: job.format,
            // The parser's own clock runs while it waits for the embedder, so it is not the one that counts.
            limits: Limits {
                file_bytes: self.shared.documents.max_file_megabytes.saturating_mul(1 << 20),
                time: Duration::from_secs(7 * 86_400),
                recognise: self.lane == Lane::Recognition,
                ..Limits::default()
            },
            embedder: Arc::clone(&self.shared.embedder),
            tokens: Arc::clone(&self.shared.tokens),
            faults: self.shared.faults.clone(),
            clock: Arc::clone(&self.shared.clock),
        };
        let mut time = Duration::from_secs(self.shared.documents.max_parse_seconds);
        if self.lane == Lane::Recognition {
            // It takes long and has a limit of its own.
            time += self.shared.readers.recognition_time(job.format);
        }
        let mut reading = Reading::start(order, time)
            .map_err(|error| IngestError::Stopped(format!("no thread could be started ({error})")))?;
        let by_name: Arc<str> = file_title(&job.path).into();
        let known = self.known(job.document).await?;
        let mut ordinal = 0;
        loop {
            match self.next_of(&mut reading, job).await? {
                FromFile::Drafts { title, drafts } => {
                    let title = title.map_or_else(|| Arc::clone(&by_name), Arc::from);
                    let mut passages: Vec<Staged> = drafts.into_iter().map(new).collect();
                    self.recall(&known, &title, &mut passages).await?;
                    ordinal = self.send_parts(work, &title, ordinal, passages.into_iter()).await;
                }
                // The law of the ledger: a file of which no page can be searched is never ready.
                FromFile::End(Ok((outline, declared))) if ordinal > 0 && outline.coverage.is_searchable() => {
                    let finished = Finished {
                        title: outline.title,
                        coverage: outline.coverage,
                        passages: ordinal,
                        controlled: control::controlled(
                            self.shared.names.declared(&job.path),
                            declared.clone(),
                        ),
                        declared,
                        recognised: kept_words(&outline.recognised),
                        copied: None,
                        unrecognised: outline.unrecognised,
                        put_off: self.is_put_off(outline.unrecognised),
                    };
                    return Ok((Outcome::Done(finished), false));
                }
                FromFile::End(Ok((outline, _))) if self.is_put_off(outline.unrecognised) => {
                    return Ok((Outcome::PutOff, false));
                }
                FromFile::End(Ok(_)) => {
                    return Ok((Outcome::Failed(ParseError::NoText.into()), false));
                }
                FromFile::End(Err(failure)) => {
                    if let Some(why) = &failure.log {
                        tracing::warn!(path = job.path, why, "the reader of a file broke off");
                    }
                    if failure.put_off && self.lane == Lane::Text {
                        return Ok((Outcome::PutOff, false));
                    }
                    if failure.again {
                        return Ok((Outcome::Later, false));
                    }
                    if job.attempts + 1 < failure.attempts {
                        return Ok((Outcome::Later, true));
                    }
                    // The disk or the network under the whole folder is no file's fault.
                    self.shared.check_folder().await?;
                    return Ok((Outcome::Failed((&failure).into()), false));
                }
                FromFile::TimedOut => {
                    let seconds = time.as_secs();
                    return Ok((Outcome::Failed(ParseError::TimedOut { seconds }.into()), false));
                }
            }
        }
    }

    /// Whether what was not recognised in a file is recognised later.
    pub(super) fn is_put_off(&self, unrecognised: bool) -> bool {
        unrecognised && self.lane == Lane::Text && self.shared.readers.ocr().is_ready()
    }

    /// What comes next out of a file, as long as somebody wants it: it may be hours, and the file may be replaced, or
    /// deleted, meanwhile.
    async fn next_of(&self, reading: &mut Reading, job: &Job) -> Result<FromFile, IngestError> {
        let next = reading.next();
        tokio::pin!(next);
        loop {
            tokio::select! {
                message = &mut next => return Ok(message),
                () = tokio::time::sleep(STILL_WANTED) => {}
            }
            let gone_since = now_ms() - i64::try_from(MOVED_WITHIN.as_millis()).unwrap_or(0);
            if !self.shared.store.is_wanted(job.id, gone_since).await? {
                return Ok(FromFile::End(Err(ParseError::Stopped.into())));
            }
        }
    }

    /// Whether a file that is no longer as it was when it was read, or no longer there, says the same: it was only moved,
    /// or touched. Hours of recognition are not thrown away for that.
    async fn still_says(&self, job: &Job, content: ContentHash) -> Result<bool, IngestError> {
        let until = Instant::now() + MOVED_WITHIN;
        while let Some(path) = self.shared.store.path_of(job.document).await? {
            let full = self.shared.documents.folder.join(&path);
            let hashing = tokio::task::spawn_blocking(move || walk::content(&full));
            let Some(hashed) = self.shared.unless_hung(&path, &HashSet::new(), hashing).await else {
                return Ok(false);
            };
            match hashed? {
                Ok(found) => return Ok(found == content),
                // The scout has yet to see where it was moved to.
                Err(error) if error.kind() == ErrorKind::NotFound && Instant::now() < until => {
                    tokio::time::sleep(PULSE).await;
                }
                Err(_) => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Returns the ordinal of the passage after them.
    async fn send_parts(
        &self,
        work: &Arc<Work>,
        title: &Arc<str>,
        mut ordinal: u32,
        passages: impl Iterator<Item = Staged>,
    ) -> u32 {
        let mut passages = passages.peekable();
        while passages.peek().is_some() {
            let passages: Vec<_> = passages.by_ref().take(PART).collect();
            let first_ordinal = ordinal;
            ordinal += u32::try_from(passages.len()).unwrap_or(0);
            let (work, title) = (Arc::clone(work), Arc::clone(title));
            self.send(Piece::Part(Part {
                work,
                title,
                first_ordinal,
                passages,
            }))
            .await;
        }
        ordinal
    }

    async fn send(&self, piece: Piece) {
        // A closed channel means that another stage has failed: its error is the one that counts.
        let _ = self.pieces.send(piece).await;
    }
}

fn new(draft: Draft) -> Staged {
    Staged {
        id: None,
        locator: draft.locator,
        text: draft.text,
        vector: None,
    }
}

fn file_title(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
