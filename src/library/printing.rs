//! The pages of Office files: laid out by LibreOffice once a generation however many ask at the same time, kept, and
//! searched for the place at which something stands.

use std::collections::HashMap;
use std::fs::File;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use super::LibraryError;
use super::drawing::{OnLeash, one_of, one_within};
use super::picture::NoPicture;
use super::revision::Revision;
use crate::domain::{Document, FileKind, GenerationId};
use crate::ingest::isolation::Readers;
use crate::ingest::parse::{CitedText, PagePlace, PlaceOrder, Sought};
use crate::store::Store;

/// How long a request waits for pages that are being laid out. They are laid out all the same: the next request has them.
const PATIENCE: Duration = Duration::from_secs(45);
/// Files that may wait for it at the same time.
const WAITING: usize = 8;
/// Beyond the time that LibreOffice is given: its process has to start, and to send what it made.
const BESIDE: Duration = Duration::from_secs(20);
/// A search through the pages of a file that takes longer is given up.
const SEARCH: Duration = Duration::from_secs(10);
/// How long a request waits for its turn to search: the pages of all files share it.
const TURN: Duration = Duration::from_secs(20);
/// Files that LibreOffice failed on, and places, that are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(2_048).expect("a number above zero");
/// For so long a file is not tried again on which it failed.
const ENOUGH: Duration = Duration::from_secs(15 * 60);

type Outcome = Result<(), NoPicture>;

/// Lays out pages. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Printing {
    readers: Readers,
    /// One file at a time: answers and ingestion need the other cores.
    turns: Arc<Semaphore>,
    searches: Arc<Semaphore>,
    running: Arc<Mutex<HashMap<GenerationId, watch::Receiver<Option<Outcome>>>>>,
    failed: Arc<Mutex<LruCache<GenerationId, (Instant, NoPicture)>>>,
    places: Arc<Mutex<LruCache<[u8; 32], PagePlace>>>,
}

impl Printing {
    pub(super) fn new(readers: Readers) -> Self {
        Self {
            readers,
            turns: Arc::new(Semaphore::new(1)),
            searches: Arc::new(Semaphore::new(1)),
            running: Arc::default(),
            failed: Arc::new(Mutex::new(LruCache::new(REMEMBERED))),
            places: Arc::new(Mutex::new(LruCache::new(REMEMBERED))),
        }
    }

    /// The pages of a generation, if they are there already.
    pub(super) async fn made(&self, generation: GenerationId) -> Option<File> {
        let readers = self.readers.clone();
        let made = tokio::task::spawn_blocking(move || readers.printed(generation)).await;
        made.ok().flatten()
    }

    /// Why there are no pages of a generation, if it was tried lately.
    pub(super) fn fault(&self, generation: GenerationId) -> Option<NoPicture> {
        let (since, fault) = locked(&self.failed).get(&generation)?.clone();
        (since.elapsed() < ENOUGH).then_some(fault)
    }

    /// The pages of `generation`, whose file is `revision`; laid out now if they are not there.
    pub(super) async fn pages(
        &self,
        store: &Store,
        document: &Document,
        generation: GenerationId,
        revision: Revision,
    ) -> Result<File, LibraryError> {
        if let Some(file) = self.made(generation).await {
            return Ok(file);
        }
        if let Some(fault) = self.fault(generation) {
            return Err(fault.into());
        }
        let mut outcome = self.begin(store, document, generation, revision)?;
        let done = timeout(PATIENCE, outcome.wait_for(Option::is_some)).await;
        let done = match done {
            Ok(Ok(done)) => done.clone(),
            Ok(Err(_)) => None,
            Err(_) => return Err(NoPicture::Busy.into()),
        };
        done.unwrap_or(Err(NoPicture::Failed))?;
        let file = self.made(generation).await;
        Ok(file.ok_or(NoPicture::Failed)?)
    }

    /// Begins to lay out the pages of a generation, unless somebody had that begun already. It goes on when nobody waits any
    /// more: whoever asked is likely to ask again.
    fn begin(
        &self,
        store: &Store,
        document: &Document,
        generation: GenerationId,
        revision: Revision,
    ) -> Result<watch::Receiver<Option<Outcome>>, NoPicture> {
        let mut running = locked(&self.running);
        if let Some(outcome) = running.get(&generation) {
            return Ok(outcome.clone());
        }
        if running.len() >= WAITING {
            return Err(NoPicture::Busy);
        }
        let (sender, receiver) = watch::channel(None);
        running.insert(generation, receiver.clone());
        let (printing, store, kind) = (self.clone(), store.clone(), document.kind);
        tokio::spawn(async move {
            let _turn = one_of(&printing.turns).await;
            // Between the look and the beginning somebody else may have come to an end.
            let outcome = match printing.made(generation).await {
                Some(_) => Ok(()),
                None => printing.lay_out(&store, kind, generation, revision).await,
            };
            if let Err(fault @ (NoPicture::NotPrinted(_) | NoPicture::Failed)) = &outcome {
                locked(&printing.failed).put(generation, (Instant::now(), fault.clone()));
            }
            locked(&printing.running).remove(&generation);
            sender.send_replace(Some(outcome));
        });
        Ok(receiver)
    }

    async fn lay_out(
        &self,
        store: &Store,
        kind: FileKind,
        generation: GenerationId,
        revision: Revision,
    ) -> Outcome {
        let began = Instant::now();
        let leash = OnLeash::default();
        let (readers, held) = (self.readers.clone(), leash.0.clone());
        let file = revision.to_draw().map_err(|_| NoPicture::Changed)?;
        let printed = tokio::task::spawn_blocking(move || readers.print(file, kind, generation, &held));
        let outcome = match timeout(self.readers.print_time() + BESIDE, printed).await {
            Ok(Ok(Ok(Ok(_)))) => {
                let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                tracing::info!(%generation, duration_ms, "the pages of a file were laid out");
                Ok(())
            }
            Ok(Ok(Ok(Err(fault)))) => {
                tracing::warn!(%generation, %fault, "the pages of a file could not be laid out");
                Err(fault.into())
            }
            Ok(Ok(Err(failure))) => {
                let why = failure.log.unwrap_or(failure.reason.sentence);
                tracing::warn!(why, %generation, "the pages of a file could not be laid out");
                Err(NoPicture::Failed)
            }
            Ok(Err(_)) | Err(_) => Err(NoPicture::Failed),
        };
        // Whoever wrote into the file while it was read, or deleted it, wants nothing of it shown.
        let lives = store
            .content_of(generation)
            .await
            .is_ok_and(|content| content.is_some());
        if revision.is_unchanged() && lives {
            return outcome;
        }
        self.readers.forget_printed(&[generation]);
        Err(NoPicture::Changed)
    }

    /// Where `cited` stands on these pages of a generation.
    pub(super) async fn place(
        &self,
        generation: GenerationId,
        pages: File,
        cited: CitedText,
        sought: Sought,
    ) -> Result<PagePlace, NoPicture> {
        let key = key(generation, &cited, &sought);
        if let Some(place) = self.known_place(&key) {
            return Ok(place);
        }
        let _turn = one_within(&self.searches, TURN).await.ok_or(NoPicture::Busy)?;
        // Whoever had the turn before may have looked for the same.
        if let Some(place) = self.known_place(&key) {
            return Ok(place);
        }
        let order = PlaceOrder {
            cited,
            sought,
            time: SEARCH,
        };
        let leash = OnLeash::default();
        let (readers, held) = (self.readers.clone(), leash.0.clone());
        let found = tokio::task::spawn_blocking(move || readers.find(pages, &order, &held));
        let found = timeout(SEARCH + Duration::from_secs(1), found).await;
        let place = match found {
            Ok(Ok(Ok(place))) => place.map_err(NoPicture::Page)?,
            Ok(_) => return Err(NoPicture::Failed),
            Err(_) => return Err(NoPicture::Busy),
        };
        locked(&self.places).put(key, place.clone());
        Ok(place)
    }

    fn known_place(&self, key: &[u8; 32]) -> Option<PagePlace> {
        locked(&self.places).get(key).cloned()
    }

    /// Deletes the pages of what is not in the store any more.
    pub(super) async fn tidy(&self, store: &Store) -> Result<(), LibraryError> {
        let readers = self.readers.clone();
        let all = tokio::task::spawn_blocking(move || readers.all_printed()).await;
        for generation in all.unwrap_or_default() {
            if store.content_of(generation).await?.is_none() {
                self.readers.forget_printed(&[generation]);
            }
        }
        Ok(())
    }
}

fn key(generation: GenerationId, cited: &CitedText, sought: &Sought) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&generation.0.to_le_bytes());
    let (slide, slides, sheet) = match sought {
        Sought::Anywhere => (0, 0, ""),
        Sought::Slide { number, of } => (*number, *of, ""),
        Sought::Sheet { name, .. } => (0, 1, name.as_str()),
    };
    hasher.update(blake3::hash(sheet.as_bytes()).as_bytes());
    let spans = cited.spans.iter().flat_map(|span| [span.start, span.end]);
    for number in [slide, slides].into_iter().chain(spans) {
        hasher.update(&number.to_le_bytes());
    }
    hasher.update(cited.text.as_bytes());
    *hasher.finalize().as_bytes()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
