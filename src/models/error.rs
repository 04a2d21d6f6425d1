//! Why a model cannot be used or installed, and what can be done about it.

use std::path::PathBuf;

use super::{ArchiveError, HubError, QuantiseError, SelectionError};

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// No such embedding model.
    #[error("there is no embedding model {id:?}: choose one of {known}")]
    Unknown {
        /// The name that was asked for.
        id: String,
        /// The names that there are.
        known: String,
    },
    /// A file of an embedding model is not there.
    #[error("the model {id} is not installed ({} is missing): run ./appliance/run, or point `runtime` at it", path.display())]
    NotInstalled {
        /// The model.
        id: &'static str,
        /// The first file that is missing.
        path: PathBuf,
    },
    /// A file or folder of models cannot be read or written.
    #[error("the model file {} cannot be read or written", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The weights of an embedding model cannot be quantised.
    #[error("the weights of the model {id} cannot be quantised: install it again")]
    Quantise {
        /// The model.
        id: &'static str,
        /// Why.
        #[source]
        source: QuantiseError,
    },
    /// A name that cannot be a folder's.
    #[error(
        "{id:?} cannot be the name of a model: it may have lower-case letters, digits, dots, dashes and underlines, and begins with a letter or a digit"
    )]
    Id {
        /// The name.
        id: String,
    },
    /// The catalogue cannot be used.
    #[error("the catalogue of models {} cannot be used: {reason}", file.display())]
    Catalogue {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The catalogue has no such model.
    #[error(
        "the catalogue has no model {id}: it has {known}; any other is named with --repository OWNER/NAME --id {id}"
    )]
    NotInCatalogue {
        /// The name that was asked for.
        id: String,
        /// Those that there are.
        known: String,
    },
    /// A model that comes with Gemba is not fetched.
    #[error("{id} comes with Gemba and is not fetched: run `gemba models import {} --id {id}`", folder.display())]
    ComesWithGemba {
        /// The model.
        id: String,
        /// Where it is.
        folder: PathBuf,
    },
    /// No such language model is installed.
    #[error(
        "no language model {id} is installed: `gemba models list` shows which there are, `gemba models pull` and `gemba models import` install one"
    )]
    Absent {
        /// The name that was asked for.
        id: String,
    },
    /// A language model is there, but not as it was installed.
    #[error(
        "the language model {id} cannot be used: {reason}; remove it with `gemba models remove {id} --force` and install it again"
    )]
    Broken {
        /// The model.
        id: String,
        /// What is wrong.
        reason: String,
    },
    /// A language model of this name is installed.
    #[error(
        "a model {id} is installed already: remove it first with `gemba models remove {id}`, or choose another name with --id"
    )]
    AlreadyInstalled {
        /// Its name.
        id: String,
    },
    /// The model writes the answers.
    #[error(
        "{id} is in use: run `gemba models use --none` first, or use another one (--force removes it all the same)"
    )]
    InUse {
        /// The model.
        id: String,
    },
    /// Another command works on the same model.
    #[error("another `gemba models` command is at work on {id}: wait until it has ended")]
    Busy {
        /// The model.
        id: String,
    },
    /// The disk is too full.
    #[error("the disk of {} has {} MB left and {} MB are needed: free some room, or choose a smaller model", folder.display(), free / 1_000_000, needed.div_ceil(1_000_000))]
    NoRoom {
        /// A folder on it.
        folder: PathBuf,
        /// Bytes that would be written.
        needed: u64,
        /// Bytes that may be written.
        free: u64,
    },
    /// What was to be imported cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The folder or the archive.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// What was to be imported or pulled is no model.
    #[error("{place} is not a language model: {reason}")]
    NotAModel {
        /// A folder, an archive or a repository.
        place: String,
        /// What it lacks.
        #[source]
        reason: SelectionError,
    },
    /// A file that a carried manifest names was not carried.
    #[error("{place} is not complete: {file}, which its gemba-model.toml names, is missing; copy it again")]
    Incomplete {
        /// A folder or an archive.
        place: String,
        /// The file.
        file: String,
    },
    /// The content of a file is not what was promised.
    #[error(
        "{file} is not what {promised} promises (its SHA-256 is another); it was thrown away and nothing was installed: {advice}"
    )]
    Altered {
        /// The file.
        file: String,
        /// Who named the checksum.
        promised: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A hub.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// An archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}
