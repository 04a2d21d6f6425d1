//! The second reading of a file, and what its text does meanwhile.

use super::super::{Finished, Job, JobId, NewPassage, Sighting, Stamp};
use super::*;
use crate::domain::{Collection, ContentHash, Coverage, DocumentId, FileKind, Locator, Reason};

async fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("gemba.sqlite")).await.unwrap();
    (folder, store)
}

fn sighting(path: &str) -> Sighting {
    Sighting {
        path: path.to_owned(),
        collection: Collection::of_path(path),
        kind: FileKind::Pdf,
        stamp: Stamp {
            size: 1,
            modified_ns: 1,
            changed_ns: 1,
        },
        hash: Some(ContentHash([7; 32])),
    }
}

/// The one job that can begin.
async fn only(store: &Store, recognise: bool) -> Job {
    let mut jobs = store.ready_jobs(recognise, JobId(0), 10).await.unwrap();
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    jobs.remove(0)
}

async fn end(
    store: &Store,
    job: &Job,
    generation: GenerationId,
    result: std::result::Result<Finished, Failure>,
) {
    let reading = FinishedReading {
        job: job.id,
        document: job.document,
        generation,
        path: job.path.clone(),
        result,
    };
    store.finish(&[reading]).await.unwrap();
}

/// A reading that gives one passage, recognised or not.
async fn read(store: &Store, job: &Job, put_off: bool, ocr: Option<u8>) -> GenerationId {
    let (generation, _, source) = store.begin_generation(job.id).await.unwrap().unwrap();
    assert_eq!(source, None);
    let passage = NewPassage {
        locator: Locator {
            ocr,
            ..Locator::default()
        },
        text: "The lathe stands in hall 2.".to_owned(),
    };
    store.insert_passages(generation, 0, &[passage]).await.unwrap();
    end(store, job, generation, Ok(finished(put_off))).await;
    generation
}

/// With text that is not recognised, which may be put off.
fn finished(put_off: bool) -> Finished {
    Finished {
        title: None,
        // A page that somebody may want read again.
        coverage: Coverage::whole(PageFate::Empty),
        passages: 1,
        declared: Default::default(),
        controlled: None,
        recognised: Vec::new(),
        copied: None,
        unrecognised: put_off,
        put_off,
    }
}

fn failure() -> Failure {
    Reason::new("timed-out", "it took too long").into()
}

async fn live(store: &Store, document: DocumentId) -> Option<GenerationId> {
    let live = store.live_generation(document).await.unwrap();
    live.map(|live| live.generation)
}

async fn state(store: &Store, path: &str) -> String {
    let row = sqlx::query("SELECT state FROM documents WHERE path = ?1")
        .bind(path)
        .fetch_one(&store.reader)
        .await
        .unwrap();
    row.get(0)
}

/// A document whose text is recognised and answers.
async fn recognised(store: &Store) -> (DocumentId, GenerationId) {
    let document = store.add_document(&sighting("a/scan.pdf")).await.unwrap();
    read(store, &only(store, false).await, true, None).await;
    let generation = read(store, &only(store, true).await, false, Some(90)).await;
    (document, generation)
}

#[tokio::test]
async fn what_is_read_again_keeps_its_recognised_text_until_text_is_recognised_anew() {
    let (_folder, store) = open().await;
    let (document, before) = recognised(&store).await;
    assert_eq!(
        store.retry_document(document).await.unwrap().as_deref(),
        Some("a/scan.pdf")
    );
    assert!(store.ready_jobs(false, JobId(0), 10).await.unwrap().is_empty());
    assert_eq!(live(&store, document).await, Some(before));
    let job = only(&store, true).await;
    let after = read(&store, &job, false, Some(95)).await;
    assert_eq!(live(&store, document).await, Some(after));
}

#[tokio::test]
async fn a_second_reading_that_fails_leaves_the_document_searchable_and_open_to_be_retried() {
    let (_folder, store) = open().await;
    let (document, before) = recognised(&store).await;
    store.retry_document(document).await.unwrap();
    assert_eq!(state(&store, "a/scan.pdf").await, "pending");
    let job = only(&store, true).await;
    let (generation, ..) = store.begin_generation(job.id).await.unwrap().unwrap();
    end(&store, &job, generation, Err(failure())).await;
    assert_eq!(live(&store, document).await, Some(before));
    assert_eq!(state(&store, "a/scan.pdf").await, "searchable");
    assert_eq!(store.waiting_jobs().await.unwrap(), 0);
}

#[tokio::test]
async fn a_copy_in_another_collection_answers_at_once_and_takes_the_recognised_text_over() {
    let (_folder, store) = open().await;
    let first = store.add_document(&sighting("a/scan.pdf")).await.unwrap();
    let second = store.add_document(&sighting("b/scan.pdf")).await.unwrap();
    let half = read(&store, &only(&store, false).await, true, None).await;
    // The first waits for recognition; the second need not.
    let job = only(&store, false).await;
    assert_eq!(job.document, second);
    let (generation, _, source) = store.begin_generation(job.id).await.unwrap().unwrap();
    let source = source.unwrap();
    assert_eq!((source.generation, source.unrecognised), (half, true));
    end(&store, &job, generation, Ok(finished(source.unrecognised))).await;
    // Only one of the two is recognised, and the other copied from it.
    let job = only(&store, true).await;
    assert_eq!(job.document, first);
    let whole = read(&store, &job, false, Some(90)).await;
    let job = only(&store, true).await;
    assert_eq!(job.document, second);
    let (_, _, source) = store.begin_generation(job.id).await.unwrap().unwrap();
    assert_eq!(source.unwrap().generation, whole);
}

#[tokio::test]
async fn a_copy_whose_original_goes_away_before_text_was_recognised_in_it_has_its_own_recognised() {
    let (_folder, store) = open().await;
    store.add_document(&sighting("a/scan.pdf")).await.unwrap();
    store.add_document(&sighting("b/scan.pdf")).await.unwrap();
    read(&store, &only(&store, false).await, true, None).await;
    store.mark_missing("a/scan.pdf").await.unwrap();
    store.purge_missing(i64::MAX).await.unwrap();
    let job = only(&store, false).await;
    let (generation, _, source) = store.begin_generation(job.id).await.unwrap().unwrap();
    let put_off = source.unwrap().unrecognised;
    end(&store, &job, generation, Ok(finished(put_off))).await;
    let job = only(&store, true).await;
    assert_eq!(job.path, "b/scan.pdf");
    read(&store, &job, false, Some(90)).await;
    assert_eq!(store.waiting_jobs().await.unwrap(), 0);
}

#[tokio::test]
async fn pictures_in_a_text_that_nothing_could_recognise_are_recognised_once_something_can() {
    let (_folder, store) = open().await;
    let document = store.add_document(&sighting("a/report.docx")).await.unwrap();
    let job = only(&store, false).await;
    let (before, ..) = store.begin_generation(job.id).await.unwrap().unwrap();
    let without = Finished {
        unrecognised: true,
        ..finished(false)
    };
    end(&store, &job, before, Ok(without)).await;
    assert_eq!(store.waiting_jobs().await.unwrap(), 0);
    assert_eq!(store.recognise_what_waits(&[]).await.unwrap(), 1);
    assert_eq!(
        store.recognise_what_waits(&[]).await.unwrap(),
        0,
        "it is on its way"
    );
    assert_eq!(live(&store, document).await, Some(before));
    let after = read(&store, &only(&store, true).await, false, Some(80)).await;
    assert_eq!(live(&store, document).await, Some(after));
    assert_eq!(store.recognise_what_waits(&[]).await.unwrap(), 0);
}

#[tokio::test]
async fn pictures_in_a_text_whose_recognition_failed_are_in_the_ledger_and_can_be_retried() {
    let (_folder, store) = open().await;
    let document = store.add_document(&sighting("a/report.docx")).await.unwrap();
    let text = Finished {
        coverage: Coverage::default(),
        ..finished(true)
    };
    let job = only(&store, false).await;
    let (before, ..) = store.begin_generation(job.id).await.unwrap().unwrap();
    end(&store, &job, before, Ok(text)).await;
    assert_eq!(
        store.retry_document(document).await.unwrap(),
        None,
        "nothing is lacking yet"
    );
    let job = only(&store, true).await;
    let (generation, ..) = store.begin_generation(job.id).await.unwrap().unwrap();
    end(&store, &job, generation, Err(failure())).await;
    assert_eq!(live(&store, document).await, Some(before));
    let coverage = store.coverage(document).await.unwrap().unwrap();
    assert_eq!(coverage.counts().text, 1, "its text answers");
    let said: Vec<_> = coverage
        .pictures()
        .iter()
        .map(|run| (run.first, run.fate.clone()))
        .collect();
    let reason = failure().reason;
    assert_eq!(said, [(0, PageFate::Failed { reason })]);
    assert!(store.retry_document(document).await.unwrap().is_some());
}

#[tokio::test]
async fn a_document_that_was_moved_while_it_was_read_is_filed_anew_afterwards() {
    let (_folder, store) = open().await;
    let document = store.add_document(&sighting("a/scan.pdf")).await.unwrap();
    let job = only(&store, false).await;
    store
        .move_document(document, &sighting("b/scan.pdf"), false)
        .await
        .unwrap();
    let jobs = store.ready_jobs(false, JobId(0), 10).await.unwrap();
    let relocation = jobs.iter().find(|job| job.kind == JobKind::Relocate).unwrap();
    store.end_job(relocation.id).await.unwrap();
    read(&store, &job, false, None).await;
    let again = only(&store, false).await;
    assert_eq!((again.kind, &*again.path), (JobKind::Relocate, "b/scan.pdf"));
}
