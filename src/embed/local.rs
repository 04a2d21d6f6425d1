//! The embedder of this machine: sessions of an installed model, each with its owner thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use tokenizers::Tokenizer;
use tokio::sync::Semaphore;

use super::queue::{Batch, Priority, Queue};
use super::recent::{Looked, Recent};
use super::session::{Encoder, EncoderSession};
use super::{EmbedError, Embedder, Precision, Runtime};
use crate::domain::Language;
use crate::models::{EmbeddingModel, InstalledModel};

/// Passages that may wait: enough to keep the sessions busy, few enough to stay small in memory.
const WAITING_TEXTS: usize = 2_048;

/// How many sessions a model has and how many threads each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sessions {
    /// Texts that are embedded at the same time.
    pub count: usize,
    /// Threads that work on one text.
    pub threads: usize,
}

impl Default for Sessions {
    /// As many sessions of one thread as there are cores: two of one thread do more than one of two.
    fn default() -> Self {
        Self {
            count: std::thread::available_parallelism().map_or(1, usize::from),
            threads: 1,
        }
    }
}

/// An installed model, loaded. Its threads end when it is dropped.
pub struct LocalEmbedder {
    model: &'static EmbeddingModel,
    fingerprint: String,
    counter: Arc<Tokenizer>,
    queue: Arc<Queue>,
    recent: Recent,
    room: Semaphore,
    busy_nanoseconds: Arc<AtomicU64>,
    owners: Vec<JoinHandle<()>>,
}

impl LocalEmbedder {
    /// Loads `model`. Quantised weights that are not made yet are made, and kept under `spare` if the model's folder
    /// is read-only.
    pub fn load(
        runtime: &Runtime,
        model: &InstalledModel,
        precision: Precision,
        sessions: Sessions,
        spare: &Path,
    ) -> Result<Self, EmbedError> {
        let encoder = Encoder::read(model, precision, spare)?;
        let mut counter = Tokenizer::clone(&encoder.tokenizer);
        counter.with_truncation(None).map_err(|error| EmbedError::Load {
            folder: model.folder.clone(),
            reason: error.to_string(),
        })?;
        let mut embedder = Self {
            model: model.model,
            fingerprint: Self::fingerprint_of(model.model, precision),
            counter: Arc::new(counter),
            queue: Arc::default(),
            recent: Recent::default(),
            room: Semaphore::new(WAITING_TEXTS),
            busy_nanoseconds: Arc::default(),
            owners: Vec::new(),
        };
        for number in 0..sessions.count.max(1) {
            let session = encoder.session(runtime, sessions.threads.max(1))?;
            let (queue, busy) = (
                Arc::clone(&embedder.queue),
                Arc::clone(&embedder.busy_nanoseconds),
            );
            let owner = std::thread::Builder::new()
                .name(format!("embed-{number}"))
                .spawn(move || own(session, &queue, &busy))
                .map_err(|error| EmbedError::Load {
                    folder: model.folder.clone(),
                    reason: error.to_string(),
                })?;
            embedder.owners.push(owner);
        }
        Ok(embedder)
    }

    /// The fingerprint that `model` would have, without loading it.
    pub fn fingerprint_of(model: &EmbeddingModel, precision: Precision) -> String {
        format!("{}-{precision}", model.id)
    }

    /// How long the sessions have worked so far, all of them together.
    pub fn busy(&self) -> Duration {
        Duration::from_nanos(self.busy_nanoseconds.load(Ordering::Relaxed))
    }

    /// How many sessions there are.
    pub fn sessions(&self) -> usize {
        self.owners.len()
    }

    async fn enqueue(&self, texts: Vec<String>, priority: Priority) -> Result<Vec<Vec<f32>>, EmbedError> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let _room = match priority {
            Priority::Question => None,
            Priority::Bulk => {
                let wanted = u32::try_from(texts.len().min(WAITING_TEXTS)).unwrap_or(u32::MAX);
                Some(
                    self.room
                        .acquire_many(wanted)
                        .await
                        .map_err(|_| EmbedError::Stopped)?,
                )
            }
        };
        let (batch, reply) = Batch::new(texts);
        self.queue.push(batch, priority);
        reply.await.map_err(|_| EmbedError::Stopped)?
    }

    /// Embeds what is not known from an earlier question.
    async fn ask(&self, mut texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        let Looked { mut vectors, missing } = self.recent.look(&texts);
        let asked: Vec<String> = missing
            .iter()
            .map(|place| std::mem::take(&mut texts[*place]))
            .collect();
        let fresh = self.enqueue(asked.clone(), Priority::Question).await?;
        for ((place, text), vector) in missing.into_iter().zip(asked).zip(fresh) {
            self.recent.remember(&text, &vector);
            vectors[place] = vector;
        }
        Ok(vectors)
    }
}

/// The life of an owner thread.
fn own(mut session: EncoderSession, queue: &Queue, busy_nanoseconds: &AtomicU64) {
    while let Some((batch, index)) = queue.next() {
        let start = Instant::now();
        // A panic must not leave the batch without an answer and the queue without a thread.
        let vector =
            catch_unwind(AssertUnwindSafe(|| session.embed(batch.text(index)))).unwrap_or_else(|_| {
                Err(EmbedError::Run {
                    reason: "the model panicked".to_owned(),
                })
            });
        let nanoseconds = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        busy_nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
        batch.finish(index, vector);
    }
}

impl Embedder for LocalEmbedder {
    fn dimension(&self) -> usize {
        self.model.dimension
    }

    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn knows(&self, language: Language) -> bool {
        self.model.languages.contains(&language)
    }

    fn count_tokens(&self, text: &str) -> usize {
        // A text that cannot be tokenized is counted as longer than it can be.
        self.counter
            .encode_fast(text, false)
            .map_or(text.len(), |encoding| encoding.len())
    }

    fn max_tokens(&self) -> usize {
        self.model.max_tokens
    }

    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, EmbedError>> {
        Box::pin(self.enqueue(texts, Priority::Bulk))
    }

    fn embed_now(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, EmbedError>> {
        Box::pin(self.ask(texts))
    }
}

impl Drop for LocalEmbedder {
    fn drop(&mut self) {
        self.queue.close();
        for owner in self.owners.drain(..) {
            // It is in the midst of one text at most.
            let _ = owner.join();
        }
    }
}

impl std::fmt::Debug for LocalEmbedder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("LocalEmbedder")
            .field("fingerprint", &self.fingerprint)
            .field("sessions", &self.owners.len())
            .finish_non_exhaustive()
    }
}
