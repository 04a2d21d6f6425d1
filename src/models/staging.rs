//! A model that is being installed: a folder whose name begins with a dot, which becomes the installed one by a rename.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::language::check_id;
use super::{LanguageModel, LanguageModels, Manifest, ModelError};

/// What stands before a model's name in the name of its folder, as long as it is not complete.
pub(super) const STAGING: &str = ".staging-";
/// What is left to others on the disk of the data folder: the store must go on writing.
const RESERVE: u64 = 128 << 20;

/// How far something that takes a while has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// The file that it is at.
    pub what: &'a str,
    /// Bytes so far, of all files.
    pub done: u64,
    /// Bytes of all files.
    pub total: u64,
}

/// Held by the one command that works on a model. The system lets go of it when the command ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the model `id`, or says that another command has it.
    pub fn take(models: &LanguageModels, id: &str) -> Result<Self, ModelError> {
        check_id(id)?;
        let path = models.folder().join(format!(".lock-{id}"));
        let failed = |source| ModelError::File {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(models.folder()).map_err(failed)?;
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ModelError::Busy { id: id.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

/// The folder of a model that is not complete.
#[derive(Debug)]
pub(super) struct Staging {
    /// Where its files are gathered.
    pub folder: PathBuf,
    models: LanguageModels,
    /// Held until the folder is in its place or gone.
    _lock: Lock,
}

impl Staging {
    /// The folder for `id`, with what an earlier attempt left in it.
    pub fn begin(models: &LanguageModels, id: &str) -> Result<Self, ModelError> {
        let lock = Lock::take(models, id)?;
        if models.folder().join(id).exists() {
            return Err(ModelError::AlreadyInstalled { id: id.to_owned() });
        }
        let folder = models.folder().join(format!("{STAGING}{id}"));
        fs::create_dir_all(&folder).map_err(|source| ModelError::File {
            path: folder.clone(),
            source,
        })?;
        Ok(Self {
            folder,
            models: models.clone(),
            _lock: lock,
        })
    }

    /// Throws away what an earlier attempt left.
    pub fn clear(&self) -> Result<(), ModelError> {
        let failed = |source| ModelError::File {
            path: self.folder.clone(),
            source,
        };
        fs::remove_dir_all(&self.folder).map_err(failed)?;
        fs::create_dir_all(&self.folder).map_err(failed)
    }

    /// The place of a file in it; the folders around the file are made.
    pub fn place(&self, path: &str) -> Result<PathBuf, ModelError> {
        let place = self.folder.join(path);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).map_err(|source| ModelError::File {
                path: parent.to_owned(),
                source,
            })?;
        }
        Ok(place)
    }

    /// Refuses what would fill the disk.
    pub fn check_room(&self, needed: u64) -> Result<(), ModelError> {
        let free = self.room()?;
        if needed <= free {
            return Ok(());
        }
        Err(ModelError::NoRoom {
            folder: self.models.folder().to_owned(),
            needed,
            free,
        })
    }

    /// Bytes that may be written.
    pub fn room(&self) -> Result<u64, ModelError> {
        let found = rustix::fs::statvfs(&self.folder).map_err(|error| ModelError::File {
            path: self.folder.clone(),
            source: error.into(),
        })?;
        Ok(found
            .f_bavail
            .saturating_mul(found.f_frsize)
            .saturating_sub(RESERVE))
    }

    /// All files of `manifest` are there, and were compared with their checksums.
    pub fn complete(self, manifest: Manifest) -> Staged {
        Staged {
            staging: self,
            manifest,
            installed: false,
        }
    }
}

/// A model whose files are complete and not installed yet: time to look whether it can be loaded. Thrown away when
/// dropped without [`Staged::install`].
#[derive(Debug)]
pub struct Staged {
    staging: Staging,
    manifest: Manifest,
    installed: bool,
}

impl Staged {
    /// Where its files are.
    pub fn folder(&self) -> &Path {
        &self.staging.folder
    }

    /// What will be written beside them.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Makes it an installed model.
    pub fn install(mut self) -> Result<LanguageModel, ModelError> {
        let id = self.manifest.id.clone();
        self.manifest.installed = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let path = self.staging.place(Manifest::FILE)?;
        let text = self.manifest.text().map_err(|error| ModelError::Broken {
            id: id.clone(),
            reason: error.to_string(),
        })?;
        let models = self.staging.models.clone();
        let write = || {
            fs::write(&path, text)?;
            File::open(&path)?.sync_all()?;
            fs::rename(&self.staging.folder, models.folder().join(&id))?;
            File::open(models.folder())?.sync_all()
        };
        write().map_err(|source| ModelError::File {
            path: models.folder().join(&id),
            source,
        })?;
        self.installed = true;
        models.find(&id)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.installed
            && let Err(error) = fs::remove_dir_all(&self.staging.folder)
        {
            tracing::warn!(folder = %self.staging.folder.display(), %error, "could not be removed");
        }
    }
}
