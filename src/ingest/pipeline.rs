//! All of ingestion behind one handle: one pass for the command line, for ever for the server, and the rebuilding of
//! both indexes.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::agreement::{self, Looked, Looks};
use super::control::NamePatterns;
use super::isolation::Readers;
use super::mounted::Mounted;
use super::parse::WAITS_FOR_OCR;
use super::piece::Restore;
use super::reconcile::{self, Restores};
use super::scout::Scout;
use super::session::{Taken, drain};
use super::status::Board;
use super::tables::{self, Tables};
use super::times::StageClock;
use super::tokens::TokenCounts;
use super::watch::Signs;
use super::{
    Faults, IngestError, IngestStatus, PassedPart, Progress, StageTimes, Summary, passed, patrol, worker,
};
use crate::config::DocumentsConfig;
use crate::domain::DocumentId;
use crate::embed::Embedder;
use crate::index::{CurrentVectors, LexicalIndex, VectorIndex};
use crate::store::Store;

/// For how long one pass waits for files that keep changing.
const PASS_PATIENCE: Duration = Duration::from_secs(30);

/// What ingestion works with.
pub struct PipelineParts {
    /// The truth.
    pub store: Store,
    /// The word index.
    pub lexical: LexicalIndex,
    /// The vector index in force; see [`open_vectors`](super::open_vectors).
    pub vectors: CurrentVectors,
    /// The folder in which its table lies.
    pub vector_folder: PathBuf,
    /// Makes the vectors.
    pub embedder: Arc<dyn Embedder>,
    /// Takes text out of files.
    pub readers: Readers,
    /// The watched folder.
    pub documents: DocumentsConfig,
    /// The breakpoint, for tests.
    pub faults: Faults,
}

/// Ingestion. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline(Arc<Shared>);

/// What the parts of ingestion share.
pub(super) struct Shared {
    pub(super) store: Store,
    pub(super) lexical: LexicalIndex,
    pub(super) vectors: CurrentVectors,
    pub(super) vector_folder: PathBuf,
    pub(super) embedder: Arc<dyn Embedder>,
    pub(super) readers: Readers,
    pub(super) documents: DocumentsConfig,
    pub(super) names: NamePatterns,
    pub(super) faults: Faults,
    pub(super) clock: Arc<StageClock>,
    pub(super) tokens: Arc<TokenCounts>,
    pub(super) board: Board,
    pub(super) taken: Taken,
    pub(super) signs: Arc<Signs>,
    pub(super) mounted: Mounted,
    /// Rung when there may be something to do.
    pub(super) jobs: Notify,
    pub(super) looks: Looks,
    restores: Mutex<Restores>,
}

impl Shared {
    fn restores(&self) -> MutexGuard<'_, Restores> {
        self.restores.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next generation that an index lacks; `target` is the vector index. To be asked by one at a time.
    pub(super) async fn next_restore(&self, target: &VectorIndex) -> Result<Option<Restore>, IngestError> {
        loop {
            let after = {
                let mut restores = self.restores();
                if let Some(restore) = restores.next() {
                    return Ok(Some(restore));
                }
                restores.after()
            };
            let Some(after) = after else { return Ok(None) };
            let window = reconcile::next_window(self, target, after).await?;
            self.restores().take(&window);
        }
    }

    /// How many generations an index still lacks.
    pub(super) fn restores_left(&self) -> u64 {
        self.restores().left()
    }

    /// Replaces what is to be given to the indexes again.
    pub(super) fn set_restores(&self, restores: Restores) {
        let count = restores.left();
        *self.restores() = restores;
        self.board.change(|status| status.rebuilding = count);
    }
}

impl Pipeline {
    /// Ingestion over rooms that are open. Nothing is done until it is asked to.
    pub fn new(parts: PipelineParts) -> Self {
        Self(Arc::new(Shared {
            store: parts.store,
            lexical: parts.lexical,
            vectors: parts.vectors,
            vector_folder: parts.vector_folder,
            embedder: parts.embedder,
            readers: parts.readers,
            names: NamePatterns::of(&parts.documents.control_patterns),
            documents: parts.documents,
            faults: parts.faults,
            clock: Arc::default(),
            tokens: Arc::default(),
            board: Board::default(),
            taken: Taken::default(),
            signs: Arc::default(),
            mounted: Mounted::default(),
            jobs: Notify::new(),
            looks: Looks::default(),
            restores: Mutex::default(),
        }))
    }

    /// Brings store and indexes up to date with the folder, once. `progress` hears of every file and group.
    pub async fn ingest_once(&self, progress: impl Fn(Progress)) -> Result<Summary, IngestError> {
        self.reported(progress, self.pass()).await
    }

    /// Rebuilds both indexes from the store. No document is read for that.
    pub async fn reindex(&self, progress: impl Fn(Progress)) -> Result<Summary, IngestError> {
        self.reported(progress, self.rebuild()).await
    }

    /// Keeps store and indexes up to date until `stop`. What goes wrong is told by [`Pipeline::status`] and tried
    /// again.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), IngestError> {
        if let Err(error) = self.recognise_what_waits().await {
            tracing::warn!(%error, "pages that wait for text recognition could not be queued");
        }
        let working = tokio::spawn(worker::work(Arc::clone(&self.0), stop.clone()));
        patrol::patrol(&self.0, &stop).await;
        working.await??;
        Ok(())
    }

    /// Reads a document again that failed, or of which pages are lacking.
    pub async fn retry(&self, document: DocumentId) -> Result<(), IngestError> {
        if let Some(path) = self.0.store.retry_document(document).await? {
            self.0.signs.mark(self.0.documents.folder.join(path));
            self.0.jobs.notify_one();
        }
        Ok(())
    }

    /// Reads a document again for which a password was given, also one that is being read without it.
    pub async fn read_with_password(&self, document: DocumentId) -> Result<(), IngestError> {
        if self.0.store.begin_again(document).await? {
            self.0.jobs.notify_one();
            return Ok(());
        }
        self.retry(document).await
    }

    /// Whether `path` lies in a mount that cannot be reached.
    pub fn is_unreachable(&self, path: &str) -> bool {
        self.0.mounted.lost(&self.0.documents.folder, path)
    }

    /// Takes what lay in a mount that cannot be reached for deleted. `false` if there is no such mount.
    pub async fn forget_mounted(&self, path: &str) -> Result<bool, IngestError> {
        let forgotten = self.0.store.forget_mounted_folder(path).await?;
        self.0.mounted.forget(path);
        self.0.signs.mark_everything();
        Ok(forgotten)
    }

    /// At most `limit` of what is passed over in the watched folder, after the path `after`, as far as it is found in
    /// `time`.
    pub async fn passed_over(
        &self,
        after: &str,
        limit: usize,
        time: Duration,
    ) -> Result<PassedPart, IngestError> {
        let (folder, after) = (self.0.documents.folder.clone(), after.to_owned());
        let unreachable = self.0.mounted.unreachable();
        let skip = unreachable.into_iter().map(|folder| folder.path).collect();
        let listing = tokio::task::spawn_blocking(move || {
            passed::part(&folder, &skip, &after, limit, Instant::now() + time)
        });
        listing.await?.map_err(|source| IngestError::Folder {
            folder: self.0.documents.folder.clone(),
            source,
        })
    }

    /// Has the indexes put in order as soon as nothing waits to be read; false where that was asked for already and is not
    /// over.
    pub fn put_in_order(&self) -> bool {
        let mut new = false;
        self.0.board.change(|status| {
            new = !status.upkeep.asked;
            status.upkeep.asked = true;
        });
        self.0.jobs.notify_one();
        new
    }

    /// Has a file looked at that was just put at `path`, relative to the watched folder, also where no event tells of it.
    pub fn look_at(&self, path: &str) {
        self.0.signs.mark(self.0.documents.folder.join(path));
    }

    /// The largest file that is read, in bytes.
    pub fn largest_file(&self) -> u64 {
        self.0.documents.max_file_megabytes.saturating_mul(1 << 20)
    }

    /// Has the pages read again that waited for text recognition, now that it is there.
    pub async fn recognise_what_waits(&self) -> Result<u64, IngestError> {
        if !self.0.readers.ocr().is_ready() {
            return Ok(0);
        }
        let documents = self.0.store.recognise_what_waits(&WAITS_FOR_OCR).await?;
        if documents > 0 {
            tracing::info!(
                documents,
                "files with pages that waited for text recognition are read again"
            );
        }
        Ok(documents)
    }

    /// How far both indexes agreed with the store a minute ago or later; nothing where that is only being looked at.
    pub fn looked(&self) -> Option<Looked> {
        agreement::looked(&self.0)
    }

    /// What ingestion is doing.
    pub fn status(&self) -> IngestStatus {
        self.0.board.status()
    }

    /// Where the time went so far.
    pub fn times(&self) -> StageTimes {
        self.0.clock.read()
    }

    async fn pass(&self) -> Result<(), IngestError> {
        let shared = &self.0;
        self.recognise_what_waits().await?;
        let mut tables = worker::begin(shared).await?;
        let mut scout = Scout::new(Arc::clone(shared), Some(PASS_PATIENCE));
        loop {
            let scouted = AtomicBool::new(false);
            let scouting = async {
                scout.until_quiet().await?;
                scouted.store(true, Ordering::SeqCst);
                shared.jobs.notify_one();
                Ok(())
            };
            let (next_try, ()) = tokio::try_join!(drained(shared, &tables, &scouted), scouting)?;
            let Some(next_try) = next_try else { break };
            tokio::time::sleep_until(next_try.into()).await;
        }
        worker::finish(shared, &mut tables, Duration::ZERO).await
    }

    async fn rebuild(&self) -> Result<(), IngestError> {
        let shared = &self.0;
        shared.store.abandon_unfinished().await?;
        let lexical = shared.lexical.clone();
        tokio::task::spawn_blocking(move || lexical.clear()).await??;
        let mut tables = tables::choose(shared, true).await?;
        shared.set_restores(reconcile::compare(shared, &tables).await?);
        drain(shared, &tables, &CancellationToken::new(), || ()).await?;
        worker::finish(shared, &mut tables, worker::KEEP_MISSING).await
    }

    /// Tells of `work` while it goes on.
    async fn reported(
        &self,
        progress: impl Fn(Progress),
        work: impl Future<Output = Result<(), IngestError>>,
    ) -> Result<Summary, IngestError> {
        let board = &self.0.board;
        let (began, before) = (Instant::now(), board.figures());
        let (mut figures, mut status) = (board.watch_figures(), board.watch());
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                result = &mut work => {
                    result?;
                    break;
                }
                _ = figures.changed() => progress(board.progress()),
                _ = status.changed() => progress(board.progress()),
            }
        }
        let after = board.figures();
        Ok(Summary {
            documents: after.done - before.done,
            failed: after.failed - before.failed,
            passages: after.passages - before.passages,
            bytes: after.bytes - before.bytes,
            seconds: began.elapsed().as_secs_f64(),
        })
    }
}

/// Works until nothing is left after the scout has seen everything.
async fn drained(
    shared: &Arc<Shared>,
    tables: &Tables,
    scouted: &AtomicBool,
) -> Result<Option<Instant>, IngestError> {
    let never = CancellationToken::new();
    loop {
        let was_scouted = scouted.load(Ordering::SeqCst);
        let next_try = drain(shared, tables, &never, || ()).await?;
        if was_scouted {
            return Ok(next_try);
        }
        // The ring that the scout ends with may have been heard inside the drain.
        if !scouted.load(Ordering::SeqCst) {
            shared.jobs.notified().await;
        }
    }
}
