//! Looks at files and writes down what became of them: sighted, waited for, hashed, judged, and carried out in the
//! store. Whatever is told about a path, the scout goes there and sees for itself.

mod judge;

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::mpsc;

use super::IngestError;
use super::faults::Step;
use super::ignored;
use super::mounts;
use super::pipeline::Shared;
use super::settle::{Outcome, Settle};
use super::walk::{self, Found};
use super::watch::Sign;
use crate::domain::{Collection, FileKind, Reason};
use crate::store::{Sighting, Stamp};

/// A file that has not come to rest for so long is named to the administrator.
const PATIENCE: Duration = Duration::from_secs(600);
/// The setting that remembers on which mount the documents lay.
const MOUNT: &str = "documents_mount";
/// Files that are waited for while a walk goes on; beyond that the walk waits for them.
const MOST_WAITING: usize = 10_000;
/// Known files that are looked for together.
const PAGE: u32 = 500;
/// The shortest pause between two looks at files that do not stand still yet.
pub(super) const PULSE: Duration = Duration::from_millis(50);

pub(super) struct Scout {
    shared: Arc<Shared>,
    settle: Settle,
}

impl Scout {
    pub(super) fn new(shared: Arc<Shared>, patience: Option<Duration>) -> Self {
        let quiet = Duration::from_millis(shared.documents.settle_milliseconds);
        Self {
            settle: Settle::new(quiet, patience.unwrap_or(PATIENCE)),
            shared,
        }
    }

    /// Walks over the folder and looks at whatever is told until all of it stands still.
    pub(super) async fn until_quiet(&mut self) -> Result<(), IngestError> {
        self.shared.mounted.look(&self.shared).await?;
        self.walk("").await?;
        loop {
            self.take_signs().await?;
            self.judge_due().await?;
            if self.shared.signs.is_empty() && self.settle.hopeful() == 0 {
                return Ok(());
            }
            tokio::time::timeout(PULSE, self.shared.signs.changed())
                .await
                .unwrap_or_default();
        }
    }

    /// Walks over a folder, relative to the root; over all of it where that is empty. Files are compared with what is
    /// known some at a time, so that memory does not grow with the folder.
    pub(super) async fn walk(&mut self, folder: &str) -> Result<(), IngestError> {
        if self.shared.mounted.lost(&self.shared.documents.folder, folder) {
            return Ok(());
        }
        let (sender, mut found) = mpsc::channel(2);
        let (root, below) = (self.shared.documents.folder.clone(), folder.to_owned());
        let unreachable = self.shared.mounted.unreachable();
        let skip: HashSet<String> = unreachable.into_iter().map(|folder| folder.path).collect();
        let skipped = skip.clone();
        let walking = tokio::task::spawn_blocking(move || {
            walk::walk(
                &root,
                &below,
                &skipped,
                &mut |files| match sender.blocking_send(files) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                },
            )
        });
        let mut files_found = false;
        loop {
            match self.shared.unless_hung(folder, &skip, found.recv()).await {
                Some(Some(files)) => self.compare(&files).await?,
                Some(None) => break,
                // It is walked over again when it answers.
                None => return Ok(()),
            }
            files_found = true;
        }
        let walk = walking.await?.map_err(|source| IngestError::Folder {
            folder: self.shared.documents.folder.clone(),
            source,
        })?;
        if folder.is_empty() {
            self.check_mount(!files_found).await?;
        }
        self.miss_below(folder).await?;
        if folder.is_empty() {
            self.shared.board.change(|status| {
                status.ignored = walk.ignored;
                status.unreadable = walk.unreadable.iter().cloned().collect();
                status.unreadable.sort_unstable();
                status.walked_ms = Some(now_ms());
            });
        }
        self.count().await
    }

    /// Files that a walk found, beside what is known of them.
    async fn compare(&mut self, files: &walk::Files) -> Result<(), IngestError> {
        let paths = files.iter().map(|(path, _)| path.as_str());
        let known = self.shared.store.stamps_of(paths).await?;
        let now = now_ms();
        for (path, found) in files {
            let before = known.get(path);
            match found {
                Found::File(stamp) if before == Some(stamp) => {}
                Found::File(stamp) => self.settle.sight(path, Some(*stamp), now),
                Found::Refused(stamp, reason) if before != Some(stamp) => {
                    self.refuse(path, *stamp, &reason.reason()).await?;
                }
                _ => {}
            }
        }
        while self.settle.hopeful() > MOST_WAITING {
            self.judge_due().await?;
            tokio::time::sleep(PULSE).await;
        }
        Ok(())
    }

    /// Looks for every file that is known below `folder` where it should be.
    async fn miss_below(&self, folder: &str) -> Result<(), IngestError> {
        let mut after = String::new();
        let unreachable = self.shared.mounted.unreachable();
        let skip: HashSet<String> = unreachable.iter().map(|folder| folder.path.clone()).collect();
        loop {
            let mut known = self.shared.store.paths_below(folder, &after, PAGE).await?;
            let Some(last) = known.last() else { return Ok(()) };
            after.clone_from(last);
            known.retain(|path| !unreachable.iter().any(|folder| folder.holds(path)));
            let root = self.shared.documents.folder.clone();
            let looking = tokio::task::spawn_blocking(move || {
                let gone = |path: &String| matches!(walk::look(&root, path), Found::Nothing | Found::Ignored);
                known.into_iter().filter(gone).collect::<Vec<_>>()
            });
            let Some(gone) = self.shared.unless_hung(folder, &skip, looking).await else {
                return Ok(());
            };
            for path in gone? {
                // Nothing is believed of a root that went away.
                self.shared.check_folder().await?;
                self.missing(&path).await?;
            }
        }
    }

    /// A folder that lost its mount must not be taken for one that was emptied.
    async fn check_mount(&self, emptied: bool) -> Result<(), IngestError> {
        let emptied = emptied && !self.shared.store.paths_below("", "", 1).await?.is_empty();
        let folder = &self.shared.documents.folder;
        let mounts = mounts::read();
        let point = mounts::of(folder, &mounts)
            .map(|mount| mount.point.display().to_string())
            .unwrap_or_default();
        let before = self.shared.store.setting(MOUNT).await?;
        match before {
            Some(before) if before == point => Ok(()),
            Some(before) if emptied && before.len() > point.len() => Err(IngestError::Unmounted {
                folder: folder.clone(),
                point: PathBuf::from(before),
            }),
            _ => Ok(self.shared.store.set_setting(MOUNT, &point).await?),
        }
    }

    pub(super) async fn take_signs(&mut self) -> Result<(), IngestError> {
        match self.shared.signs.take() {
            None => Ok(()),
            Some(Sign::Everything) => self.walk("").await,
            Some(Sign::Paths(paths)) => {
                for full in paths {
                    self.look(&full).await?;
                }
                self.count().await
            }
        }
    }

    async fn look(&mut self, full: &Path) -> Result<(), IngestError> {
        let Some((path, true)) = walk::relative(&self.shared.documents.folder, full) else {
            return self.walk("").await;
        };
        if path.is_empty() {
            return self.walk("").await;
        }
        match self.shared.look(&path).await {
            Found::File(stamp) => self.settle.sight(&path, Some(stamp), now_ms()),
            Found::Refused(stamp, reason) => self.refuse(&path, stamp, &reason.reason()).await?,
            Found::Folder => self.walk(&path).await?,
            Found::Unknown => {}
            Found::Nothing | Found::Ignored => {
                self.settle.forget(&path);
                if let Some((folder, ignored::NAME)) = path.rsplit_once('/').or(Some(("", path.as_str()))) {
                    // What is a document there, and what is none, has changed.
                    return Box::pin(self.walk(folder)).await;
                }
                // It may have been a folder: what lay in it went with it.
                self.miss_below(&path).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn judge_due(&mut self) -> Result<(), IngestError> {
        for (number, path) in self.settle.due(now_ms()).into_iter().enumerate() {
            if number % 256 == 255 {
                self.count().await?;
            }
            let stamp = match self.shared.look(&path).await {
                Found::File(stamp) => Some(stamp),
                Found::Unknown => continue,
                _ => None,
            };
            match self.settle.look(&path, stamp, now_ms()) {
                None => {}
                Some(Outcome::Gone) => self.missing(&path).await?,
                Some(Outcome::Still(stamp)) => self.judge(&path, stamp).await?,
                Some(Outcome::Restless) => self.restless(&path).await?,
            }
        }
        self.count().await
    }

    async fn refuse(&self, path: &str, stamp: Stamp, reason: &Reason) -> Result<(), IngestError> {
        let Some(kind) = FileKind::of_path(path) else {
            return Ok(());
        };
        let collection = Collection::of_path(path);
        let sighting = Sighting {
            path: path.to_owned(),
            collection,
            kind,
            stamp,
            hash: None,
        };
        Ok(self.shared.store.mark_unreadable(&sighting, reason).await?)
    }

    /// A file that is written to without end. One that answers goes on answering as it was.
    async fn restless(&self, path: &str) -> Result<(), IngestError> {
        tracing::warn!(path, "the file keeps changing: it is read when it stands still");
        if self.shared.store.known_at(path).await?.is_some() {
            return Ok(());
        }
        let reason = Reason::new(
            "restless",
            "the file keeps changing and was not read yet: it is read as soon as it stands still",
        );
        self.refuse(path, Stamp::default(), &reason).await
    }

    async fn missing(&self, path: &str) -> Result<(), IngestError> {
        if self.shared.mounted.lost(&self.shared.documents.folder, path) {
            return Ok(());
        }
        if self.shared.store.mark_missing(path).await? {
            self.shared.faults.after(Step::Missing)?;
            self.shared.jobs.notify_one();
        }
        Ok(())
    }

    /// Whether every file stands still.
    pub(super) fn is_quiet(&self) -> bool {
        self.settle.len() == 0
    }

    async fn count(&self) -> Result<(), IngestError> {
        let waiting = self.shared.store.waiting_jobs().await?;
        let settling = self.settle.hopeful() as u64;
        self.shared.board.change(|status| {
            status.waiting = waiting;
            status.settling = settling;
        });
        Ok(())
    }
}

/// Milliseconds since 1970.
pub(super) fn now_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}
