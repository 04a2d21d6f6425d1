//! What keeps ingestion from going on. What is wrong with one file is no error: it becomes the file's reason.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use crate::domain::Reason;
use crate::embed::EmbedError;
use crate::index::IndexError;
use crate::store::StoreError;

/// Trouble that is no file's fault: jobs stay, and are tried again.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The watched folder cannot be read.
    #[error(
        "the documents folder {} cannot be read ({source}): nothing was removed from the library; check that it exists, \
         is mounted and may be read", folder.display()
    )]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What was mounted there is not mounted any more.
    #[error(
        "the documents folder {} is empty and {} is not mounted any more: nothing was removed from the library; \
         mount it again", folder.display(), point.display()
    )]
    Unmounted {
        /// The folder.
        folder: PathBuf,
        /// Where the mount was.
        point: PathBuf,
    },
    /// No room is left for the data.
    #[error("the disk of the data folder is full: free some space; the files that wait are read then")]
    DiskFull,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// An index failed.
    #[error("{}", sentence(.0))]
    Index(#[source] IndexError),
    /// The embedder failed.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// A task of ingestion ended without a result.
    #[error("a part of the ingestion stopped: {0}; it starts again")]
    Stopped(String),
}

impl IngestError {
    /// The same as a reason, which people can be told in their own language.
    pub fn reason(&self) -> Reason {
        let named = |code: &str| Reason::new(code, self.to_string());
        match self {
            Self::Folder { folder, source } => named("folder")
                .with("folder", folder.display())
                .with("detail", source),
            Self::Unmounted { folder, point } => named("unmounted")
                .with("folder", folder.display())
                .with("point", point.display()),
            Self::DiskFull => named("disk-full"),
            Self::Store(_) | Self::Index(_) | Self::Embed(_) | Self::Stopped(_) => {
                named("server").with("detail", self)
            }
        }
    }
}

impl From<StoreError> for IngestError {
    fn from(error: StoreError) -> Self {
        if error.is_disk_full() {
            Self::DiskFull
        } else {
            Self::Store(error)
        }
    }
}

impl From<IndexError> for IngestError {
    fn from(error: IndexError) -> Self {
        if is_disk_full(&error) {
            Self::DiskFull
        } else {
            Self::Index(error)
        }
    }
}

impl From<tokio::task::JoinError> for IngestError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Stopped(error.to_string())
    }
}

/// Looks for the system's own error in the chain; LanceDB passes some of them on as text alone.
fn is_disk_full(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<io::Error>()
            && matches!(
                io.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            )
        {
            return true;
        }
        let text = error.to_string();
        if text.contains("No space left on device") || text.contains("os error 28") {
            return true;
        }
        next = error.source();
    }
    false
}

/// The error with what it was caused by.
fn sentence(error: &IndexError) -> String {
    let mut sentence = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let text = error.to_string();
        if !sentence.contains(&text) {
            sentence.push_str(": ");
            sentence.push_str(&text);
        }
        next = error.source();
    }
    sentence
}
