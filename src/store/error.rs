//! What can go wrong in the store, told so that the caller knows what to do about it.

use std::path::PathBuf;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process works on the same data folder.
    #[error(
        "the data folder {} is in use by another Gemba{}: stop that one first, or choose another data folder",
        folder.display(), holder.as_ref().map(|holder| format!(" (process {holder})")).unwrap_or_default()
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The number of the process that holds it, where it could be read.
        holder: Option<String>,
    },
    /// The data folder cannot be made or written.
    #[error("the data folder {} cannot be used: {source}", folder.display())]
    Folder {
        /// The data folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No room is left.
    #[error("the disk of the data folder is full: free some space, and what waits is done then")]
    DiskFull(#[source] sqlx::Error),
    /// The store cannot be brought to this version's form.
    #[error("the store is not one that this version can use ({0}): was it written by a newer Gemba?")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row says something that this version does not know.
    #[error("the store holds {what}, which this version does not know: was it written by a newer Gemba?")]
    Unknown {
        /// What was found.
        what: String,
    },
    /// Anything else that SQLite reports.
    #[error("the store could not be read or written: {0}")]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether freeing space would help.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::DiskFull(_) => true,
            Self::Folder { source, .. } => source.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // 13 is SQLITE_FULL; 778 and 4874 are SQLITE_IOERR_WRITE and SQLITE_IOERR_SHMSIZE, which SQLite reports when
        // the journal cannot grow.
        let full = match &error {
            sqlx::Error::Database(database) => {
                matches!(database.code().as_deref(), Some("13" | "778" | "4874"))
            }
            sqlx::Error::Io(io) => io.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        };
        if full {
            Self::DiskFull(error)
        } else {
            Self::Database(error)
        }
    }
}
