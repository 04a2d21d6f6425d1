//! The data folder: where the store, the indexes and prepared models lie, held by one process at a time.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{Result, StoreError};

/// Where things lie in a data folder. Readers need no more than this: they work beside the process that holds it.
#[derive(Debug, Clone)]
pub struct DataPaths {
    /// The folder.
    pub folder: PathBuf,
    /// The file of the [`Store`](super::Store).
    pub store: PathBuf,
    /// The folder of the lexical index.
    pub lexical: PathBuf,
    /// The folder of the vector index.
    pub vectors: PathBuf,
    /// Where models are prepared when the runtime folder cannot be written.
    pub models: PathBuf,
    /// The folder of the language models that are installed.
    pub language_models: PathBuf,
    /// The folder for what is being read at the moment. Whatever stands there at a start is waste.
    pub reading: PathBuf,
    /// The folder of the pages of Office files, laid out. It can be deleted: what is asked for is made again.
    pub printed: PathBuf,
}

impl DataPaths {
    /// The places in the data folder `folder`.
    pub fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            store: folder.join("gemba.db"),
            lexical: folder.join("lexical"),
            vectors: folder.join("vectors"),
            models: folder.join("models"),
            language_models: folder.join("language-models"),
            reading: folder.join("reading"),
            printed: folder.join("printed"),
        }
    }
}

/// An open data folder. As long as it lives, no other process can open the same one: the system lets go of the lock
/// when the process ends, however it ends, so no stale lock is ever left behind.
#[derive(Debug)]
pub struct DataFolder {
    paths: DataPaths,
    /// Held for its lock alone.
    _lock: File,
}

impl DataFolder {
    /// Makes the folder where there is none and takes it for this process.
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |source| StoreError::Folder {
            folder: path.to_owned(),
            source,
        };
        make(path).map_err(failed)?;
        // Never truncated on opening: the holder's process number is in it.
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join("lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // The number only helps the reader; without it the message still stands.
                let _ = lock.read_to_string(&mut holder);
                let holder = Some(holder.trim().to_owned()).filter(|holder| !holder.is_empty());
                return Err(StoreError::InUse {
                    folder: path.to_owned(),
                    holder,
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        lock.set_len(0).map_err(failed)?;
        lock.rewind().map_err(failed)?;
        write!(lock, "{}", std::process::id()).map_err(failed)?;
        Ok(Self {
            paths: DataPaths::of(path),
            _lock: lock,
        })
    }

    /// Where everything in it lies.
    pub fn paths(&self) -> &DataPaths {
        &self.paths
    }
}

/// Makes the folder where there is none, for this account alone. One that is there is somebody's choice and left as it is.
fn make(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent() {
        fs::create_dir_all(above)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Lets nobody but this account read the store: it holds passwords of files, and what everybody asked. SQLite gives the
/// files beside it the rights of the store.
pub(super) fn keep_private(store: &Path) {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(store);
    if made.is_ok() {
        return;
    }
    for ending in ["", "-wal", "-shm"] {
        let mut name = store.as_os_str().to_owned();
        name.push(ending);
        let file = PathBuf::from(name);
        let open_to_others = fs::metadata(&file).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
        // Where it belongs to another account it stays as that one wants it.
        if open_to_others && let Err(error) = fs::set_permissions(&file, Permissions::from_mode(0o600)) {
            tracing::warn!(file = %file.display(), %error, "others may read the store, and that could not be ended");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_new_data_folder_and_every_store_are_for_this_account_alone() {
        let above = tempfile::tempdir().unwrap();
        let new = above.path().join("a/data");
        DataFolder::open(&new).unwrap();
        assert_eq!(mode(&new), 0o700);
        let store = new.join("gemba.db");
        fs::write(&store, "").unwrap();
        fs::set_permissions(&store, Permissions::from_mode(0o644)).unwrap();
        keep_private(&store);
        assert_eq!(mode(&store), 0o600);
        let other = new.join("other.db");
        keep_private(&other);
        assert_eq!(mode(&other), 0o600);
    }

    #[test]
    fn a_second_holder_is_refused_with_the_number_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataFolder::open(folder.path()).unwrap();
        let refused = DataFolder::open(folder.path()).unwrap_err().to_string();
        assert!(refused.contains(&std::process::id().to_string()), "{refused}");
        assert!(refused.contains("in use by another Gemba"), "{refused}");
        drop(first);
        DataFolder::open(folder.path()).unwrap();
    }

    #[test]
    fn a_file_in_the_place_of_the_data_folder_is_said_plainly() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let refused = DataFolder::open(file.path()).unwrap_err().to_string();
        assert!(refused.contains("cannot be used"), "{refused}");
    }
}
