//! The end of the session: groups of passages go into both indexes, and one last transaction makes whole documents
//! visible. Groups, because a commit costs the same for one passage as for five hundred.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::faults::Step;
use super::piece::{Outcome, Part, Piece, Task, Work};
use super::pipeline::Shared;
use super::tables::Tables;
use super::times::Stage;
use super::{IngestError, worker};
use crate::domain::GenerationId;
use crate::index::{LexicalDocument, Removal, VectorRow};
use crate::store::{Failure, FinishedReading};

/// A group is written when it has this many passages,
const GROUP: usize = 512;
/// or when its first one has waited this long.
const PATIENCE: Duration = Duration::from_secs(5);
/// Dead generations that leave the indexes in one commit.
const SWEPT_TOGETHER: u32 = 128;
/// Groups between two sweeps of a session that does not end.
const GROUPS_A_SWEEP: u32 = 16;

/// Runs until `pieces` ends.
pub(super) async fn commit_all(
    shared: Arc<Shared>,
    tables: Tables,
    mut pieces: mpsc::Receiver<Piece>,
) -> Result<(), IngestError> {
    let mut group = Group::default();
    let mut groups = 0;
    loop {
        let due = group.since.map(|since| since + PATIENCE);
        let piece = tokio::select! {
            piece = pieces.recv() => piece,
            () = tokio::time::sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Some(Piece::Flush),
        };
        let ended = piece.is_none();
        let full = match piece {
            Some(Piece::Part(part)) => {
                group.passages += part.passages.len();
                group.parts.push(part);
                group.passages >= GROUP
            }
            Some(Piece::End(work, outcome)) => {
                group.ends.push((work, *outcome));
                false
            }
            Some(Piece::Flush) | None => true,
        };
        if group.since.is_none() && !group.is_empty() {
            group.since = Some(Instant::now());
        }
        if full && !group.is_empty() {
            write(&shared, &tables, std::mem::take(&mut group)).await?;
            groups += 1;
            if groups % GROUPS_A_SWEEP == 0 {
                worker::forget_missing(&shared, worker::KEEP_MISSING).await?;
                sweep(&shared, &tables).await?;
            }
        }
        if ended {
            return Ok(());
        }
    }
}

#[derive(Default)]
struct Group {
    parts: Vec<Part>,
    passages: usize,
    ends: Vec<(Arc<Work>, Outcome)>,
    since: Option<Instant>,
}

impl Group {
    fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.ends.is_empty()
    }
}

async fn write(shared: &Arc<Shared>, tables: &Tables, group: Group) -> Result<(), IngestError> {
    let Group {
        mut parts,
        passages,
        ends,
        ..
    } = group;
    let rows = vector_rows(&mut parts);
    shared
        .clock
        .time(Stage::Vectors, tables.target.replace(&[], rows))
        .await?;
    shared.faults.after(Step::Vectors)?;
    shared
        .clock
        .time(Stage::Words, write_words(shared, parts))
        .await?;
    shared.faults.after(Step::Words)?;

    let mut readings = Vec::new();
    for (work, outcome) in &ends {
        let result = match (work.task, outcome) {
            (Task::Read(_), Outcome::Done(finished)) => Ok(finished.clone()),
            (Task::Read(_), Outcome::Failed(failure)) => Err(failure.clone()),
            _ => continue,
        };
        let Task::Read(job) = work.task else { continue };
        readings.push(FinishedReading {
            job,
            document: work.document,
            generation: work.generation,
            path: work.path.to_string(),
            result,
        });
    }
    if !readings.is_empty() {
        shared
            .clock
            .time(Stage::Store, shared.store.finish(&readings))
            .await?;
        shared.faults.after(Step::Visible)?;
    }
    for (work, outcome) in &ends {
        end(shared, tables, work, outcome).await?;
    }
    shared.board.count(|figures| figures.passages += passages as u64);
    let waiting = shared.store.waiting_jobs().await?;
    let rebuilding = shared.restores_left();
    shared.board.change(|status| {
        status.waiting = waiting;
        status.rebuilding = rebuilding;
        status.trouble = None;
    });
    // Whoever waits for the content of a file that is done, or for the end, can go on.
    shared.taken.ring();
    shared.jobs.notify_one();
    Ok(())
}

async fn end(shared: &Shared, tables: &Tables, work: &Work, outcome: &Outcome) -> Result<(), IngestError> {
    match (work.task, outcome) {
        (Task::Read(job), Outcome::Later) => {
            shared.store.abandon_generation(work.generation).await?;
            shared.taken.rest(job);
        }
        (Task::Read(job), Outcome::PutOff) => {
            shared.store.abandon_generation(work.generation).await?;
            shared.store.recognise(job).await?;
            shared.taken.release(job);
        }
        (Task::Read(job), outcome) => {
            shared.taken.release(job);
            let failed = matches!(outcome, Outcome::Failed(_));
            if let Outcome::Failed(Failure { reason, .. }) = outcome {
                tracing::warn!(document = %work.document, %reason, "a file could not be read");
            }
            shared.board.count(|figures| {
                figures.done += 1;
                figures.failed += u64::from(failed);
                figures.bytes += work.bytes;
            });
        }
        (Task::Relocate(job), _) => {
            for index in tables.all() {
                index.move_collection(work.document, &work.collection).await?;
            }
            shared.faults.after(Step::Relocated)?;
            shared.store.end_job(job).await?;
            shared.taken.release(job);
            shared.board.count(|figures| figures.done += 1);
        }
        (Task::Restore, _) => {}
    }
    shared.taken.let_go(work.generation);
    Ok(())
}

/// Takes the vectors out of the parts: the word index has no use for them.
fn vector_rows(parts: &mut [Part]) -> Vec<VectorRow> {
    let mut rows = Vec::new();
    for part in parts {
        let work = &part.work;
        for passage in &mut part.passages {
            if let (Some(id), Some(vector)) = (passage.id, passage.vector.take()) {
                rows.push(VectorRow {
                    passage: id,
                    document: work.document,
                    generation: work.generation,
                    collection: work.collection.clone(),
                    kind: work.kind,
                    vector,
                });
            }
        }
    }
    rows
}

async fn write_words(shared: &Arc<Shared>, parts: Vec<Part>) -> Result<(), IngestError> {
    let lexical = shared.lexical.clone();
    tokio::task::spawn_blocking(move || {
        let mut documents = Vec::new();
        for part in parts.iter().filter(|part| part.work.words) {
            for passage in &part.passages {
                let Some(id) = passage.id else { continue };
                documents.push(LexicalDocument {
                    passage: id,
                    document: part.work.document,
                    generation: part.work.generation,
                    collection: &part.work.collection,
                    kind: part.work.kind,
                    title: &part.title,
                    headings: &passage.locator.headings,
                    text: &passage.text,
                });
            }
        }
        lexical.write(&[], &documents)
    })
    .await??;
    Ok(())
}

/// Dead generations leave both indexes, then the store. Until then they cost room but are never shown.
pub(super) async fn sweep(shared: &Arc<Shared>, tables: &Tables) -> Result<(), IngestError> {
    loop {
        let dead: Vec<GenerationId> = shared.store.dead_generations(SWEPT_TOGETHER).await?;
        let whole = dead.len() == SWEPT_TOGETHER as usize;
        // What is still on its way into the indexes is swept when it has arrived.
        let dead: Vec<_> = dead
            .into_iter()
            .filter(|generation| !shared.taken.holds(*generation))
            .collect();
        if dead.is_empty() {
            return Ok(());
        }
        remove(
            shared,
            tables,
            dead.iter()
                .map(|generation| Removal::Generation(*generation))
                .collect(),
        )
        .await?;
        shared.faults.after(Step::SweptIndexes)?;
        shared.readers.forget_printed(&dead);
        shared.store.forget_generations(&dead).await?;
        shared.faults.after(Step::SweptStore)?;
        if !whole {
            return Ok(());
        }
    }
}

/// Takes rows out of every index.
pub(super) async fn remove(
    shared: &Arc<Shared>,
    tables: &Tables,
    removals: Vec<Removal>,
) -> Result<(), IngestError> {
    for index in tables.all() {
        shared
            .clock
            .time(Stage::Vectors, index.replace(&removals, Vec::new()))
            .await?;
    }
    let lexical = shared.lexical.clone();
    let writing = tokio::task::spawn_blocking(move || lexical.write(&removals, &[]));
    shared.clock.time(Stage::Words, writing).await??;
    Ok(())
}
