//! What is mounted inside the documents folder: a mount that goes away is not a deletion of everything in it.
//!
//! Each mount inside the folder is remembered in the store. While one of them is not mounted, or does not answer, nothing
//! is believed of what lies under its mount point: no document is missed there, and none found. What it said before goes
//! on answering, marked as not reachable, until the mount is back or an administrator has it forgotten.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::IngestError;
use super::mounts::{self, Mount};
use super::pipeline::Shared;
use super::scout::now_ms;
use super::walk;
use crate::store::{MountedFolder, lies_in};

/// A network that does not answer within this time cannot be reached.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// The mounts that are remembered.
#[derive(Debug, Default)]
pub(super) struct Mounted {
    known: Mutex<Vec<MountedFolder>>,
    /// Looks at mounts that have not come back: a network that hangs is asked once, not again and again.
    asking: Mutex<HashMap<String, JoinHandle<bool>>>,
}

impl Mounted {
    fn known(&self) -> MutexGuard<'_, Vec<MountedFolder>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those that cannot be reached.
    pub(super) fn unreachable(&self) -> Vec<MountedFolder> {
        let known = self.known();
        known
            .iter()
            .filter(|known_folder| known_folder.unreachable_ms.is_some())
            .cloned()
            .collect()
    }

    /// Whether `path` lies in one that cannot be reached, as far as that is known, or is not mounted at this moment.
    pub(super) fn lost(&self, folder: &Path, path: &str) -> bool {
        let holding: Vec<MountedFolder> = self
            .known()
            .iter()
            .filter(|known_folder| known_folder.holds(path))
            .cloned()
            .collect();
        if holding.is_empty() {
            return false;
        }
        let mounted = inner(folder, &mounts::read());
        holding.iter().any(|known_folder| {
            known_folder.unreachable_ms.is_some() || !mounted.contains_key(&known_folder.path)
        })
    }

    /// Forgets one.
    pub(super) fn forget(&self, path: &str) {
        self.known().retain(|known_folder| known_folder.path != path);
    }

    /// Compares what is mounted with what is remembered. Returns whether something can be reached that could not.
    pub(super) async fn look(&self, shared: &Shared) -> Result<bool, IngestError> {
        let mut known = shared.store.mounted_folders().await?;
        let mounted = inner(&shared.documents.folder, &mounts::read());
        let mut came_back = false;
        for (path, mount) in &mounted {
            let answers = !mount.is_remote() || self.lets_read(path, &mount.point).await;
            let before = known.iter().find(|known_folder| known_folder.path == *path);
            let unreachable = match (answers, before) {
                (true, _) => None,
                (false, before) => before
                    .and_then(|known_folder| known_folder.unreachable_ms)
                    .or_else(|| Some(now_ms())),
            };
            came_back |= answers && before.is_some_and(|known_folder| known_folder.unreachable_ms.is_some());
            let now = MountedFolder {
                path: path.clone(),
                kind: mount.kind.clone(),
                unreachable_ms: unreachable,
            };
            if before != Some(&now) {
                self.note(shared, &mut known, now).await?;
            }
        }
        let gone = known.iter().filter(|known_folder| {
            known_folder.unreachable_ms.is_none() && !mounted.contains_key(&known_folder.path)
        });
        for known_folder in gone.cloned().collect::<Vec<_>>() {
            let now = MountedFolder {
                unreachable_ms: Some(now_ms()),
                ..known_folder
            };
            self.note(shared, &mut known, now).await?;
        }
        *self.known() = known;
        let unreachable = self.unreachable();
        shared.board.change(|status| status.unreachable = unreachable);
        if came_back {
            shared.taken.returned();
        }
        Ok(came_back)
    }

    /// Whether every mount inside `folder` on which `path` or something below it lies can be reached now, but for those in
    /// `skip`.
    pub(super) async fn answers(&self, folder: &Path, path: &str, skip: &HashSet<String>) -> bool {
        if self.lost(folder, path) {
            return false;
        }
        for (point, mount) in inner(folder, &mounts::read()) {
            let concerned = lies_in(path, &point) || lies_in(&point, path);
            if concerned
                && mount.is_remote()
                && !skip.contains(&point)
                && !self.lets_read(&point, &mount.point).await
            {
                return false;
            }
        }
        true
    }

    async fn note(
        &self,
        shared: &Shared,
        known: &mut Vec<MountedFolder>,
        now: MountedFolder,
    ) -> Result<(), IngestError> {
        shared.store.set_mounted_folder(&now).await?;
        match now.unreachable_ms {
            Some(_) => tracing::warn!(
                folder = now.path,
                "what was mounted here cannot be reached: its documents stay as they were read last"
            ),
            None => tracing::info!(folder = now.path, kind = now.kind, "mounted"),
        }
        known.retain(|known_folder| known_folder.path != now.path);
        known.push(now);
        Ok(())
    }

    /// Whether a network mount lets its folder be read within a moment.
    async fn lets_read(&self, path: &str, point: &Path) -> bool {
        let earlier = self.asking().remove(path);
        let mut asked = match earlier {
            Some(asked) => asked,
            None => {
                let point = point.to_owned();
                tokio::task::spawn_blocking(move || {
                    std::fs::read_dir(point).is_ok_and(|mut entries| !matches!(entries.next(), Some(Err(_))))
                })
            }
        };
        match tokio::time::timeout(ANSWERS_WITHIN, &mut asked).await {
            Ok(answer) => answer.unwrap_or(false),
            Err(_) => {
                self.asking().insert(path.to_owned(), asked);
                false
            }
        }
    }

    fn asking(&self) -> MutexGuard<'_, HashMap<String, JoinHandle<bool>>> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The mounts inside `folder`, by their path relative to it.
fn inner(folder: &Path, mounts: &[Mount]) -> HashMap<String, Mount> {
    // The kernel names mount points without links.
    let real: PathBuf = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    mounts
        .iter()
        .filter(|mount| mount.point != real)
        .filter_map(|mount| {
            let (path, true) = walk::relative(&real, &mount.point)? else {
                return None;
            };
            Some((path, mount.clone()))
        })
        .collect()
}
