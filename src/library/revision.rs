//! The file of a document, if it still is the one that was read: its content is compared, once for each state of it.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::Seek;
use std::num::NonZeroUsize;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use lru::LruCache;
use tokio::time::timeout;

use super::picture::NoPicture;
use super::{LibraryError, original};
use crate::domain::{ContentHash, Document, GenerationId};

/// Files that are remembered as compared.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1_024).expect("a number above zero");
/// Files that are compared at the same time.
const AT_ONCE: usize = 8;
/// How long a request waits for a file to be opened and compared. It is compared all the same: the next request finds that
/// done.
const PATIENCE: Duration = Duration::from_secs(20);
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

/// One turn for each generation that is being compared.
type Turns = HashMap<GenerationId, Arc<tokio::sync::Mutex<()>>>;

/// Opens files and remembers which were compared. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Revisions {
    compared: Arc<Mutex<LruCache<GenerationId, Stamp>>>,
    /// Held while a file is read, so that several pages of one file do not have it read several times. Each file has its
    /// own: one that is slow to read, or cannot be read because its mount hangs, holds up no other.
    comparing: Arc<Mutex<Turns>>,
    patience: Duration,
}

impl Default for Revisions {
    fn default() -> Self {
        Self {
            compared: Arc::new(Mutex::new(LruCache::new(REMEMBERED))),
            comparing: Arc::default(),
            patience: PATIENCE,
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
        let compared = timeout(
            self.patience,
            self.compared(folder, document, generation, content),
        );
        compared.await.unwrap_or_else(|_| Err(NoPicture::Busy.into()))
    }

    async fn compared(
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
        let alone = self.turn(generation)?.lock_owned().await;
        if self.known(generation) == Some(opened.stamp) {
            return Ok(opened);
        }
        let revisions = self.clone();
        in_background(move || {
            // Until the file has been read, whether or not somebody still waits for it.
            let _alone = alone;
            let (revision, lasting) = compare(opened)?;
            if lasting {
                locked(&revisions.compared).put(generation, revision.stamp);
            }
            Ok(revision)
        })
        .await
    }

    /// The turn of a generation, which whoever compares its file takes.
    fn turn(&self, generation: GenerationId) -> Result<Arc<tokio::sync::Mutex<()>>, NoPicture> {
        let mut turns = locked(&self.comparing);
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        if turns.len() >= AT_ONCE && !turns.contains_key(&generation) {
            return Err(NoPicture::Busy);
        }
        Ok(Arc::clone(turns.entry(generation).or_default()))
    }

    fn known(&self, generation: GenerationId) -> Option<Stamp> {
        locked(&self.compared).get(&generation).copied()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
mod tests {
    use crate::domain::{Collection, DocumentId, DocumentState, FileKind, PageCounts};

    use super::*;

    const CONTENT: &[u8] = b"Grease the spindle.";

    fn document(path: &str) -> Document {
        Document {
            id: DocumentId(1),
            path: path.to_owned(),
            collection: Collection::top(),
            kind: FileKind::Pdf,
            title: path.to_owned(),
            size_bytes: CONTENT.len() as u64,
            modified_ms: 0,
            state: DocumentState::Searchable,
            generation: None,
            pages: 1,
            coverage: PageCounts::default(),
            passages: 1,
            updated_ms: 0,
        }
    }

    #[tokio::test]
    async fn a_file_that_is_slow_to_read_holds_up_no_other_and_nobody_waits_for_it_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("press.pdf"), CONTENT).unwrap();
        let revisions = Revisions {
            patience: Duration::from_secs(60),
            ..Revisions::default()
        };
        let content = ContentHash(*blake3::hash(CONTENT).as_bytes());
        let open = |revisions: Revisions, generation| {
            let folder = folder.path().to_owned();
            async move {
                revisions
                    .open(folder, document("press.pdf"), GenerationId(generation), content)
                    .await
            }
        };
        let slow = revisions.turn(GenerationId(1)).unwrap().lock_owned().await;
        assert!(open(revisions.clone(), 2).await.is_ok());
        let hurried = Revisions {
            patience: Duration::from_millis(50),
            ..revisions.clone()
        };
        let busy = open(hurried, 1).await;
        assert!(
            matches!(busy, Err(LibraryError::Picture(NoPicture::Busy))),
            "{busy:?}"
        );
        drop(slow);
        assert!(open(revisions, 1).await.is_ok());
    }

    #[tokio::test]
    async fn a_file_that_hangs_when_it_is_opened_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hangs.pdf");
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).unwrap();
        let revisions = Revisions {
            patience: Duration::from_millis(50),
            ..Revisions::default()
        };
        let opened = revisions
            .open(
                folder.path().to_owned(),
                document("hangs.pdf"),
                GenerationId(1),
                ContentHash([0; 32]),
            )
            .await;
        assert!(
            matches!(opened, Err(LibraryError::Picture(NoPicture::Busy))),
            "{opened:?}"
        );
        // Whoever waits for somebody to write into it ends when somebody does.
        std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    }

    #[tokio::test]
    async fn only_so_many_files_are_compared_at_the_same_time() {
        let revisions = Revisions::default();
        let turn = |generation| revisions.turn(GenerationId(generation));
        let mut held: Vec<_> = (0..).take(AT_ONCE).map(|each| turn(each).unwrap()).collect();
        assert!(matches!(turn(100), Err(NoPicture::Busy)));
        assert!(turn(3).is_ok());
        held.pop();
        assert!(turn(100).is_ok());
    }
}
