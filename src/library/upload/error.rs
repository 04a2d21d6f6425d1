//! Why a file that was sent was not taken, told so that whoever sent it knows what to do.

use std::io;

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The name cannot be used.
    #[error("a file of this name is not taken: programs leave such files beside documents")]
    Name,
    /// The format cannot be read.
    #[error("{0} is of a format that cannot be read")]
    Kind(String),
    /// The file is too large.
    #[error("the file is larger than the {limit} bytes that documents.max_file_megabytes allows")]
    TooLarge {
        /// In bytes.
        limit: u64,
    },
    /// The name of the folder cannot be used.
    #[error("this cannot be the name of a folder: write a name without slashes")]
    Folder,
    /// `.gembaignore` leaves it out.
    #[error(
        "{path} is left out of the library by a .gembaignore file: give it another name, or change that file"
    )]
    Excluded {
        /// In the documents folder.
        path: String,
    },
    /// It would lie in a mount that is not there.
    #[error("the drive of {path} cannot be reached at this moment: send the file again when it is back")]
    Unreachable {
        /// In the documents folder.
        path: String,
    },
    /// The disk is full, or would be.
    #[error("the disk of the documents folder has no room for this file: free some space and send it again")]
    NoRoom,
    /// The folder may not be written.
    #[error(
        "the documents folder cannot be written ({0}): give the account that Gemba runs under the right to"
    )]
    ReadOnly(#[source] io::Error),
    /// There is a file of this name.
    #[error("there is a file {path} already: replace it, or keep both")]
    Taken {
        /// In the documents folder.
        path: String,
    },
    /// A piece does not fit to those before it.
    #[error("{received} bytes of this file have arrived: go on from there")]
    Offset {
        /// In bytes.
        received: u64,
    },
    /// What arrived is not what was announced.
    #[error("what arrived is not the file that was announced: it changed while it was sent; send it again")]
    Changed,
    /// Anything else.
    #[error("the file could not be written: {0}")]
    Io(#[source] io::Error),
}

impl From<io::Error> for UploadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoRoom,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(error),
            _ => Self::Io(error),
        }
    }
}
