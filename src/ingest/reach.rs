//! The watched folder as it answers: looks that a network which hangs does not hold up.

use std::collections::HashSet;
use std::time::Duration;

use super::pipeline::Shared;
use super::walk::Found;
use super::{IngestError, walk};

/// What takes longer is asked whether it hangs.
const HANGS: Duration = Duration::from_secs(5);

impl Shared {
    /// Looks at one path of the watched folder.
    pub(super) async fn look(&self, path: &str) -> Found {
        let (folder, looked_at) = (self.documents.folder.clone(), path.to_owned());
        let looking = tokio::task::spawn_blocking(move || walk::look(&folder, &looked_at));
        let found = self.unless_hung(path, &HashSet::new(), looking).await;
        found.and_then(Result::ok).unwrap_or(Found::Unknown)
    }

    /// What `looking` at `path`, and at what lies below it, comes to; nothing if a network on which some of that lies stops
    /// answering, other than those in `skip`. The system may hold whoever asks such a network for ever.
    pub(super) async fn unless_hung<T>(
        &self,
        path: &str,
        skip: &HashSet<String>,
        looking: impl Future<Output = T>,
    ) -> Option<T> {
        tokio::pin!(looking);
        loop {
            if let Ok(done) = tokio::time::timeout(HANGS, &mut looking).await {
                return Some(done);
            }
            if !self.mounted.answers(&self.documents.folder, path, skip).await {
                tracing::warn!(
                    path,
                    "a network folder does not answer: it is looked at again when it does"
                );
                return None;
            }
        }
    }

    /// Whether the network on which `path` lies answers, if it lies on one.
    pub(super) async fn answers_at(&self, path: &str) -> bool {
        self.mounted
            .answers(&self.documents.folder, path, &HashSet::new())
            .await
    }

    /// An error if the watched folder cannot be read: nothing is then believed of what lies in it.
    pub(super) async fn check_folder(&self) -> Result<(), IngestError> {
        let folder = self.documents.folder.clone();
        let read = tokio::task::spawn_blocking(move || std::fs::read_dir(folder).map(drop)).await?;
        read.map_err(|source| IngestError::Folder {
            folder: self.documents.folder.clone(),
            source,
        })
    }
}
