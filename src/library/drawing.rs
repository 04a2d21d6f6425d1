//! Drawing, one page at a time in a process of its own, and the pictures that were drawn lately.

use std::fs::File;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lru::LruCache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::domain::GenerationId;
use crate::ingest::isolation::{Leash, Readers};
use crate::ingest::parse::{PageOrder, PagePicture, PageShape, PictureError};

/// Bytes of pictures that are kept: some hundred pages.
const KEPT: usize = 32 << 20;
/// Shapes of pages that are kept.
const SHAPES: NonZeroUsize = NonZeroUsize::new(16_384).expect("a number above zero");
/// Pictures whose page had to be looked for, of which it is kept: more than there are pictures, since a reader who has one
/// already asks for it again.
const FOUND: NonZeroUsize = NonZeroUsize::new(4_096).expect("a number above zero");

/// A page of a generation, or of a file inside it.
type PageKey = (GenerationId, String, u32);

/// Draws, and keeps what it drew lately. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Drawing {
    /// One page at a time: answers and ingestion need the other cores.
    turns: Arc<Semaphore>,
    glances: Arc<Semaphore>,
    kept: Arc<Mutex<Kept>>,
    shapes: Arc<Mutex<LruCache<PageKey, PageShape>>>,
    found: Arc<Mutex<LruCache<String, u32>>>,
}

impl Default for Drawing {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(1)),
            glances: Arc::new(Semaphore::new(1)),
            kept: Arc::new(Mutex::new(Kept::new(KEPT))),
            shapes: Arc::new(Mutex::new(LruCache::new(SHAPES))),
            found: Arc::new(Mutex::new(LruCache::new(FOUND))),
        }
    }
}

/// How a drawing ended.
#[derive(Debug)]
pub(super) enum Drawn {
    /// With a picture, or a reason why there is none.
    Page(Result<PagePicture, PictureError>),
    /// The process broke off, or could not be started.
    BrokeOff,
}

/// The right to draw a page.
pub(super) struct Turn {
    _alone: OwnedSemaphorePermit,
}

impl Drawing {
    /// Waits until nobody else draws.
    pub(super) async fn turn(&self) -> Turn {
        Turn {
            _alone: one_of(&self.turns).await,
        }
    }

    /// Waits until nobody else looks at the shapes of pages, which takes no time.
    pub(super) async fn glance(&self) -> OwnedSemaphorePermit {
        one_of(&self.glances).await
    }

    /// A picture that was drawn lately.
    pub(super) fn drawn(&self, tag: &str) -> Option<Arc<PagePicture>> {
        locked(&self.kept).get(tag)
    }

    /// Keeps a picture, and lets those go that were not asked for longest.
    pub(super) fn keep(&self, tag: &str, picture: &Arc<PagePicture>) {
        locked(&self.kept).put(tag, picture);
    }

    /// Which page a picture shows that was asked for by what stands on it.
    pub(super) fn page_of(&self, tag: &str) -> Option<u32> {
        locked(&self.found).get(tag).copied()
    }

    /// Keeps which page that is.
    pub(super) fn keep_page(&self, tag: &str, page: u32) {
        locked(&self.found).put(tag.to_owned(), page);
    }

    /// The shapes of `pages` of a generation, or of the file `part` inside it, if all of them are known.
    pub(super) fn shapes(
        &self,
        generation: GenerationId,
        part: Option<&str>,
        pages: &[u32],
    ) -> Option<Vec<PageShape>> {
        let mut shapes = locked(&self.shapes);
        let part = part.unwrap_or_default();
        let shape = |page: &u32| shapes.get(&(generation, part.to_owned(), *page)).copied();
        pages.iter().map(shape).collect()
    }

    /// Keeps the shapes of pages.
    pub(super) fn keep_shapes(
        &self,
        generation: GenerationId,
        part: Option<&str>,
        pages: &[u32],
        shapes: &[PageShape],
    ) {
        let mut kept = locked(&self.shapes);
        for (page, shape) in pages.iter().zip(shapes) {
            kept.put((generation, part.unwrap_or_default().to_owned(), *page), *shape);
        }
    }
}

impl Turn {
    /// Draws. Whoever does not wait for it any more, ends it; the next one gets his turn when it has ended.
    pub(super) async fn draw(self, readers: &Readers, file: File, order: PageOrder) -> Drawn {
        let leash = OnLeash::default();
        let (readers, held) = (readers.clone(), leash.0.clone());
        let drawn = tokio::task::spawn_blocking(move || {
            let drawn = readers.draw(file, &order, &held);
            drop(self);
            drawn
        });
        match drawn.await {
            Ok(Ok(picture)) => Drawn::Page(picture),
            Ok(Err(failure)) => {
                let why = failure.log.unwrap_or(failure.reason.sentence);
                tracing::warn!(why, "the drawing of a page broke off");
                Drawn::BrokeOff
            }
            Err(_) => Drawn::BrokeOff,
        }
    }
}

/// Ends what it holds when it is dropped.
#[derive(Default)]
pub(super) struct OnLeash(pub(super) Leash);

impl Drop for OnLeash {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Pictures up to a number of bytes.
#[derive(Debug)]
struct Kept {
    pictures: LruCache<String, Arc<PagePicture>>,
    bytes: usize,
    most: usize,
}

impl Kept {
    fn new(most: usize) -> Self {
        Self {
            pictures: LruCache::unbounded(),
            bytes: 0,
            most,
        }
    }

    fn get(&mut self, tag: &str) -> Option<Arc<PagePicture>> {
        self.pictures.get(tag).cloned()
    }

    fn put(&mut self, tag: &str, picture: &Arc<PagePicture>) {
        if picture.png.len() > self.most {
            return;
        }
        self.bytes += picture.png.len();
        if let Some((_, before)) = self.pictures.push(tag.to_owned(), Arc::clone(picture)) {
            self.bytes -= before.png.len();
        }
        while self.bytes > self.most
            && let Some((_, oldest)) = self.pictures.pop_lru()
        {
            self.bytes -= oldest.png.len();
        }
    }
}

/// A permit of this semaphore, however long that takes.
pub(super) async fn one_of(semaphore: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    loop {
        // It is never closed, so this does not go round.
        if let Ok(permit) = Arc::clone(semaphore).acquire_owned().await {
            return permit;
        }
    }
}

/// A permit of this semaphore; nothing if none comes within `patience`.
pub(super) async fn one_within(
    semaphore: &Arc<Semaphore>,
    patience: Duration,
) -> Option<OwnedSemaphorePermit> {
    timeout(patience, one_of(semaphore)).await.ok()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(bytes: usize) -> Arc<PagePicture> {
        Arc::new(PagePicture {
            png: vec![0; bytes],
            width: 1,
            height: 1,
            marks: Vec::new(),
        })
    }

    #[test]
    fn pictures_are_kept_up_to_a_number_of_bytes_and_the_one_not_asked_for_longest_goes_first() {
        let mut kept = Kept::new(100);
        kept.put("a", &picture(40));
        kept.put("b", &picture(40));
        assert!(kept.get("a").is_some());
        kept.put("c", &picture(40));
        assert!(kept.get("b").is_none());
        assert!(kept.get("a").is_some() && kept.get("c").is_some());
        assert_eq!(kept.bytes, 80);
    }

    #[tokio::test]
    async fn whoever_waits_for_a_turn_goes_away_when_his_patience_ends_and_gets_it_when_it_is_free() {
        let turns = Arc::new(Semaphore::new(1));
        let held = one_of(&turns).await;
        assert!(one_within(&turns, Duration::from_millis(20)).await.is_none());
        drop(held);
        assert!(one_within(&turns, Duration::from_secs(60)).await.is_some());
    }

    #[test]
    fn a_picture_that_is_drawn_again_counts_once_and_one_that_is_too_large_is_not_kept() {
        let mut kept = Kept::new(100);
        kept.put("a", &picture(40));
        kept.put("a", &picture(60));
        assert_eq!(kept.bytes, 60);
        kept.put("b", &picture(400));
        assert_eq!((kept.bytes, kept.pictures.len()), (60, 1));
    }
}
