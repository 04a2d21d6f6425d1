//! The scout's rounds for as long as the server runs: events, polls of network mounts, and a walk over everything now
//! and then as a safety net.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify_debouncer_full::notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::mounts::{self, Mount};
use super::pipeline::Shared;
use super::scout::{PULSE, Scout};
use super::watch::Watch;
use super::{IngestError, Watching, walk};

/// Between two looks at whether the folder is still the same one.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Between two looks at what is mounted inside the folder.
const LOOK: Duration = Duration::from_secs(1);
/// A watch that takes longer to begin, as where a network folder hangs, is not waited for.
const BEGINS_WITHIN: Duration = Duration::from_secs(20);
/// After something went wrong.
const RETRY: Duration = Duration::from_secs(5);

/// Watches the folder, looks at what is told, walks over all of it now and then, until `stop`.
pub(super) async fn patrol(shared: &Arc<Shared>, stop: &CancellationToken) {
    let mut scout = Scout::new(Arc::clone(shared), None);
    let mut rounds = Rounds::new(shared);
    while !stop.is_cancelled() {
        let result = tokio::select! {
            // A walk over a large folder must not hold up the end.
            () = stop.cancelled() => break,
            result = rounds.round(&mut scout) => result,
        };
        let pause = match result {
            Ok(()) => {
                shared.board.change(|status| status.folder_trouble = None);
                if scout.is_quiet() {
                    HEARTBEAT.min(rounds.poll)
                } else {
                    PULSE
                }
            }
            Err(error) => {
                let reason = error.reason();
                if shared.board.status().folder_trouble.as_ref() != Some(&reason) {
                    tracing::error!("{reason}");
                }
                shared.board.change(|status| status.folder_trouble = Some(reason));
                // What was told meanwhile may be lost: all of it is looked at again.
                rounds.walked = None;
                RETRY.min(rounds.poll)
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = shared.signs.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    shared.board.change(|status| status.watching = Watching::Off);
}

/// What a watch was begun on. It hears nothing of another folder that takes its place, nor of what is mounted later.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ground {
    /// Device and inode of the folder; nothing where it is not there.
    folder: Option<(u64, u64)>,
    /// On what it lies, and what is mounted inside it.
    mounts: Vec<Mount>,
    /// What of it must be polled, relative to it.
    polled: Vec<String>,
}

impl Ground {
    fn of(folder: &Path) -> Self {
        // The kernel names mount points without links.
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let mounts = mounts::around(&real, mounts::read());
        let polled = mounts::polled(&real, &mounts);
        let relative = |point: &PathBuf| Some(walk::relative(&real, point)?.0);
        Self {
            folder: std::fs::metadata(folder)
                .ok()
                .map(|metadata| (metadata.dev(), metadata.ino())),
            polled: polled.iter().filter_map(relative).collect(),
            mounts,
        }
    }
}

/// A watch that was begun; nothing where no events come, or where the ground is the one that is watched already.
type Begun = Option<(Ground, Option<notify::Result<Watch>>)>;

/// What is done again and again, and when it was done last.
struct Rounds {
    shared: Arc<Shared>,
    watch: Option<Watch>,
    watched: Arc<Ground>,
    /// One that is being begun: a network folder that hangs may hold that up.
    beginning: Option<JoinHandle<Begun>>,
    /// Network mounts inside the folder, relative to it.
    mounts: Vec<String>,
    walked: Option<Instant>,
    polled: Instant,
    /// When it was looked last what is mounted.
    looked: Instant,
    rescan: Duration,
    poll: Duration,
}

impl Rounds {
    fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
            watch: None,
            watched: Arc::default(),
            beginning: None,
            mounts: Vec::new(),
            walked: None,
            polled: Instant::now(),
            looked: Instant::now().checked_sub(LOOK).unwrap_or_else(Instant::now),
            rescan: Duration::from_secs(shared.documents.rescan_seconds),
            poll: Duration::from_secs(shared.documents.poll_seconds),
        }
    }

    async fn round(&mut self, scout: &mut Scout) -> Result<(), IngestError> {
        let renewed = self.renew_watch().await?;
        // Before a walk that a mount which went away has brought about, too: nothing is missed where it was.
        let back = (renewed || self.looked.elapsed() >= LOOK) && {
            self.looked = Instant::now();
            self.shared.mounted.look(&self.shared).await?
        };
        if renewed || back || self.walk_is_due() {
            scout.walk("").await?;
            self.walked = Some(Instant::now());
        }
        if self.polled.elapsed() >= self.poll {
            self.polled = Instant::now();
            for folder in &self.mounts {
                scout.walk(folder).await?;
            }
        }
        scout.take_signs().await?;
        scout.judge_due().await
    }

    /// Where no events come, the walk is what finds changes.
    fn walk_is_due(&self) -> bool {
        let pause = if self.watch.is_some() {
            self.rescan
        } else {
            self.rescan.min(self.poll)
        };
        self.walked.is_none_or(|walked| walked.elapsed() >= pause)
    }

    /// Watches the folder that is there now, with what is mounted in it now. A watch on one that was unmounted, or deleted
    /// and made again, hears nothing any more and does not say so. Returns whether there is something else than before.
    async fn renew_watch(&mut self) -> Result<bool, IngestError> {
        let mut beginning = match self.beginning.take() {
            Some(earlier) if !earlier.is_finished() => {
                self.beginning = Some(earlier);
                return Ok(false);
            }
            Some(earlier) => earlier,
            None => self.begin_watch(),
        };
        let Ok(begun) = tokio::time::timeout(BEGINS_WITHIN, &mut beginning).await else {
            self.beginning = Some(beginning);
            return Ok(false);
        };
        let Some((ground, watch)) = begun? else {
            return Ok(false);
        };
        self.watch = match watch.transpose() {
            Ok(watch) => watch,
            // The system may have room for one of the two.
            Err(error) if self.watch.is_some() => {
                tracing::debug!(%error, "the documents folder is watched anew");
                self.watch = None;
                self.watched = Arc::default();
                return Ok(false);
            }
            Err(error) => {
                tracing::warn!(%error, "the system sends no events for the documents folder: it is polled");
                None
            }
        };
        let polled = ground.polled.clone();
        self.watched = Arc::new(ground);
        let events = self.watch.is_some() && polled.is_empty();
        self.mounts = if self.watch.is_some() { polled } else { Vec::new() };
        self.shared.board.change(|status| {
            status.watching = if events {
                Watching::Events
            } else {
                Watching::Polling
            };
        });
        Ok(true)
    }

    /// Begins to watch the folder, unless that is watched already with all that is mounted in it.
    fn begin_watch(&self) -> JoinHandle<Begun> {
        let folder = self.shared.documents.folder.clone();
        let watched = Arc::clone(&self.watched);
        let signs = Arc::clone(&self.shared.signs);
        tokio::task::spawn_blocking(move || {
            let ground = Ground::of(&folder);
            if ground == *watched {
                return None;
            }
            let remote = ground.folder.is_none() || ground.polled.iter().any(String::is_empty);
            let watch = (!remote).then(|| Watch::start(&folder, signs));
            Some((ground, watch))
        })
    }
}
