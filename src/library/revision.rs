//! The file of a document, if it still is the one that was read: its content is compared, once for each state of it.

use std::fs::{File, Metadata};
use std::io::Seek;
use std::num::NonZeroUsize;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use lru::LruCache;

use super::picture::NoPicture;
use super::{LibraryError, original};
use crate::domain::{ContentHash, Document, GenerationId};

/// Files that are remembered as compared.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1_024).expect("a number above zero");
/// A file that changed so lately may change again without its times showing it.
const LATELY: Duration = Duration::from_secs(2);

/// What tells without reading a file that it is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    place: (u64, u64),
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            place: (metadata.dev(), metadata.ino()),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// The open file of a document in the revision that answers.
#[derive(Debug)]
pub(super) struct Revision {
    path: String,
    file: File,
    stamp: Stamp,
    content: ContentHash,
}

impl Revision {
    /// The file, to be read from its beginning.
    pub(super) fn to_draw(&self) -> Result<File, LibraryError> {
        let again = || {
            let mut file = self.file.try_clone()?;
            file.rewind()?;
            Ok(file)
        };
        again().map_err(|source| LibraryError::Unreadable {
            path: self.path.clone(),
            source,
        })
    }

    /// What it says, as a hash.
    pub(super) fn content(&self) -> &ContentHash {
        &self.content
    }

    /// The same open file once more, for somebody who needs it longer.
    pub(super) fn again(&self) -> Result<Self, LibraryError> {
        Ok(Self {
            path: self.path.clone(),
            file: self.to_draw()?,
            stamp: self.stamp,
            content: self.content,
        })
    }

    /// Whether nobody has written into it since it was opened.
    pub(super) fn is_unchanged(&self) -> bool {
        self.file
            .metadata()
            .is_ok_and(|metadata| Stamp::of(&metadata) == self.stamp)
    }
}

/// Opens files and remembers which were compared. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Revisions {
    compared: Arc<Mutex<LruCache<GenerationId, Stamp>>>,
    /// Held while a file is read, so that several pages of one file do not have it read several times.
    comparing: Arc<tokio::sync::Mutex<()>>,
}

impl Default for Revisions {
    fn default() -> Self {
        Self {
            compared: Arc::new(Mutex::new(LruCache::new(REMEMBERED))),
            comparing: Arc::default(),
        }
    }
}

impl Revisions {
    /// Opens the file of `document` in `folder` if its content is `content`, that of `generation`.
    pub(super) async fn open(
        &self,
        folder: PathBuf,
        document: Document,
        generation: GenerationId,
        content: ContentHash,
    ) -> Result<Revision, LibraryError> {
        let opened = opened(&folder, &document, content).await?;
        if self.known(generation) == Some(opened.stamp) {
            return Ok(opened);
        }
        let _alone = self.comparing.lock().await;
        if self.known(generation) == Some(opened.stamp) {
            return Ok(opened);
        }
        let (revision, lasting) = in_background(move || compare(opened)).await?;
        if lasting {
            self.locked().put(generation, revision.stamp);
        }
        Ok(revision)
    }

    fn known(&self, generation: GenerationId) -> Option<Stamp> {
        self.locked().get(&generation).copied()
    }

    fn locked(&self) -> MutexGuard<'_, LruCache<GenerationId, Stamp>> {
        self.compared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn opened(folder: &Path, document: &Document, content: ContentHash) -> Result<Revision, LibraryError> {
    let (folder, document) = (folder.to_owned(), document.clone());
    in_background(move || {
        let file = original::open(&folder, &document)?.file;
        let path = document.path;
        match file.metadata() {
            Ok(metadata) => Ok(Revision {
                stamp: Stamp::of(&metadata),
                content,
                path,
                file,
            }),
            Err(source) => Err(LibraryError::Unreadable { path, source }),
        }
    })
    .await
}

/// The file if it has this content, and whether its stamp can be relied on from now on.
fn compare(revision: Revision) -> Result<(Revision, bool), LibraryError> {
    let mut hasher = blake3::Hasher::new();
    let file = revision.to_draw()?;
    hasher
        .update_reader(&file)
        .map_err(|source| LibraryError::Unreadable {
            path: revision.path.clone(),
            source,
        })?;
    if *hasher.finalize().as_bytes() != revision.content.0 {
        return Err(NoPicture::Changed.into());
    }
    let age = file
        .metadata()
        .and_then(|metadata| metadata.modified())
        .ok()
        .and_then(|at| SystemTime::now().duration_since(at).ok());
    let lasting = revision.is_unchanged() && age.is_some_and(|age| age > LATELY);
    Ok((revision, lasting))
}

async fn in_background<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, LibraryError> + Send + 'static,
) -> Result<T, LibraryError> {
    let done = tokio::task::spawn_blocking(act).await;
    done.unwrap_or_else(|_| Err(NoPicture::Failed.into()))
}
