//! The scout's rounds for as long as the server runs: events, polls of network mounts, and a walk over everything now
//! and then as a safety net.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::pipeline::Shared;
use super::scout::{PULSE, Scout};
use super::watch::Watch;
use super::{IngestError, Watching, mounts, walk};

/// Between two looks at whether the folder is still the same one.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Between two looks at what is mounted inside the folder.
const LOOK: Duration = Duration::from_secs(1);
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

/// What is done again and again, and when it was done last.
struct Rounds {
    shared: Arc<Shared>,
    watch: Option<Watch>,
    /// The folder that is watched: one of the same name that takes its place is another one.
    watched: Option<(u64, u64)>,
    /// Network mounts inside the folder.
    mounts: Vec<PathBuf>,
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
            watched: None,
            mounts: Vec::new(),
            walked: None,
            polled: Instant::now(),
            looked: Instant::now().checked_sub(LOOK).unwrap_or_else(Instant::now),
            rescan: Duration::from_secs(shared.documents.rescan_seconds),
            poll: Duration::from_secs(shared.documents.poll_seconds),
        }
    }

    async fn round(&mut self, scout: &mut Scout) -> Result<(), IngestError> {
        let back = self.looked.elapsed() >= LOOK && {
            self.looked = Instant::now();
            self.shared.mounted.look(&self.shared).await?
        };
        if self.renew_watch().await? || back || self.walk_is_due() {
            scout.walk("").await?;
            self.walked = Some(Instant::now());
        }
        if self.polled.elapsed() >= self.poll {
            self.polled = Instant::now();
            for mount in &self.mounts {
                if let Some((folder, _)) = walk::relative(&self.shared.documents.folder, mount) {
                    scout.walk(&folder).await?;
                }
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

    /// Watches the folder that is there now. A watch on one that was unmounted, or deleted and made again, hears
    /// nothing any more and does not say so. Returns whether the folder is another one than before.
    async fn renew_watch(&mut self) -> Result<bool, IngestError> {
        let folder = self.shared.documents.folder.clone();
        let watched = self.watched;
        let signs = Arc::clone(&self.shared.signs);
        let looking = tokio::task::spawn_blocking(move || {
            let found = std::fs::metadata(&folder)
                .ok()
                .map(|metadata| (metadata.dev(), metadata.ino()));
            if found == watched {
                return None;
            }
            let polled = mounts::polled(&folder, &mounts::read());
            let remote = found.is_none() || polled.contains(&folder);
            let watch = (!remote).then(|| Watch::start(&folder, signs));
            Some((found, polled, watch))
        });
        let Some((found, polled, watch)) = looking.await? else {
            return Ok(false);
        };
        self.watched = found;
        self.watch = match watch.transpose() {
            Ok(watch) => watch,
            Err(error) => {
                tracing::warn!(%error, "the system sends no events for the documents folder: it is polled");
                None
            }
        };
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
}
