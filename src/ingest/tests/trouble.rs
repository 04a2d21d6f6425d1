//! Full disks, panics, lost indexes, another model, a folder that went away.

use std::time::Duration;

use super::House;
use crate::domain::{Collection, DocumentId, DocumentState, FileKind, GenerationId, PassageId, Readable};
use crate::index::{Removal, VectorRow};
use crate::ingest::IngestError;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_fails_no_file_and_the_next_pass_reads_it() {
    for step in [
        "queued", "begun", "stored", "embedded", "vectors", "words", "visible",
    ] {
        let house = House::new();
        for number in 0..5 {
            house.write(
                &format!("{number}.md"),
                &format!("# Sheet {number}\n\nBolt {number} has 25 Nm.\n"),
            );
        }
        let open = house.open("untrained", &format!("{step}:full")).await;
        let error = open.pipeline.ingest_once(|_| {}).await.unwrap_err();
        assert!(matches!(error, IngestError::DiskFull), "{step}: {error}");
        assert_eq!(
            open.store.counts(&Readable::Everything).await.unwrap().failed,
            0,
            "{step}"
        );
        open.close().await;
        house.pass().await;
        let open = house.open("untrained", "").await;
        assert_eq!(
            open.store.counts(&Readable::Everything).await.unwrap().searchable,
            5,
            "{step}"
        );
        open.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parser_that_panics_fails_its_file_alone() {
    let house = House::new();
    house.write("a.md", "Bolt one.");
    house.write("b.md", "Bolt two.");
    let open = house.open("untrained", "parsed:panic:1").await;
    open.pipeline.ingest_once(|_| {}).await.unwrap();
    let counts = open.store.counts(&Readable::Everything).await.unwrap();
    assert_eq!((counts.documents, counts.pending), (2, 0));
    assert!(counts.failed >= 1);
    open.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_file_is_read_again_when_somebody_asks() {
    let house = House::new();
    house.write("a.md", "Bolt one.");
    let open = house.open("untrained", "parsed:panic").await;
    open.pipeline.ingest_once(|_| {}).await.unwrap();
    let document = open.store.document_by_path("a.md").await.unwrap().unwrap();
    assert_eq!(document.state.as_str(), "failed");
    open.close().await;
    assert_eq!(house.pass().await, 0, "nobody asked yet");
    let open = house.open("untrained", "").await;
    open.pipeline.retry(document.id).await.unwrap();
    open.pipeline.ingest_once(|_| {}).await.unwrap();
    assert_eq!(
        open.store.document(document.id).await.unwrap().unwrap().state,
        DocumentState::Searchable
    );
    open.assert_whole().await;
    open.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_model_builds_its_vectors_beside_the_old_ones_and_takes_over() {
    let house = House::new();
    for number in 0..20 {
        house.write(
            &format!("{number}.md"),
            &format!("# Sheet {number}\n\nBolt {number} has 25 Nm.\n"),
        );
    }
    house.pass().await;
    let broken = house.open("other model", "vectors:full").await;
    assert!(
        broken.vectors.get_for("untrained").is_some(),
        "the old vectors are in force"
    );
    broken.pipeline.ingest_once(|_| {}).await.unwrap_err();
    assert!(
        broken.vectors.get_for("other model").is_none(),
        "a switch before the new ones are complete"
    );
    broken.close().await;
    let open = house.open("other model", "").await;
    open.pipeline.ingest_once(|_| {}).await.unwrap();
    assert!(open.vectors.get_for("other model").is_some());
    assert_eq!(
        open.vectors.get().tables().await.unwrap().len(),
        1,
        "the old table is gone"
    );
    open.assert_whole().await;
    open.close().await;
    let open = house.open("other model", "").await;
    open.pipeline.ingest_once(|_| {}).await.unwrap();
    open.assert_whole().await;
    assert_eq!(open.close().await, 0, "nothing is embedded twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn indexes_that_were_lost_are_made_again_from_the_store_alone() {
    let house = House::new();
    house.write("a/one.md", "# One\n\nBolt one.\n");
    house.write("b/two.md", "# Two\n\nBolt two.\n");
    house.pass().await;
    std::fs::remove_dir_all(house.data.path().join("lexical")).unwrap();
    std::fs::remove_dir_all(house.data.path().join("vectors")).unwrap();
    assert_eq!(house.pass().await, 2);
    std::fs::remove_dir_all(house.documents.path().join("a")).unwrap();
    let open = house.open("untrained", "").await;
    open.pipeline.reindex(|_| {}).await.unwrap();
    open.assert_whole().await;
    assert_eq!(open.library().await.len(), 2, "reindex reads no folder");
    open.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_lacking_here_and_there_is_given_again_and_what_is_strange_leaves() {
    let house = House::new();
    for number in 0..9 {
        house.write(
            &format!("{number}.md"),
            &format!("# Sheet {number}\n\nBolt {number}.\n"),
        );
    }
    house.pass().await;
    let open = house.open("untrained", "").await;
    let counts = open.lexical.generations(GenerationId(0), usize::MAX).unwrap();
    let generations: Vec<_> = counts.iter().map(|(generation, _)| generation).collect();
    let removals = |places: &[usize]| -> Vec<Removal> {
        let removal = |place: &usize| Removal::Generation(generations[*place]);
        places.iter().map(removal).collect()
    };
    open.lexical.write(&removals(&[0, 1, 2, 8]), &[]).unwrap();
    let strange = VectorRow {
        passage: PassageId(1_000),
        document: DocumentId(1_000),
        generation: GenerationId(1_000),
        collection: Collection::top(),
        kind: FileKind::Markdown,
        vector: vec![1.0; 4],
    };
    let doubled = VectorRow {
        passage: PassageId(1_001),
        generation: generations[4],
        ..strange.clone()
    };
    let vectors = open.vectors.get();
    vectors
        .replace(&removals(&[2, 3]), vec![strange, doubled])
        .await
        .unwrap();
    open.close().await;
    assert_eq!(
        house.pass().await,
        3,
        "two that lack vectors, and one that has too many"
    );
    assert_eq!(house.pass().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_looks_is_told_of_every_document_that_an_index_does_not_hold_as_the_store_does() {
    let house = House::new();
    for number in 0..5 {
        house.write(&format!("{number}.md"), &format!("Bolt {number}."));
    }
    house.pass().await;
    let open = house.open("untrained", "").await;
    let found = async |differing: u64| {
        let looking = async {
            while open.pipeline.looked().and_then(|looked| looked.differing) != Some(differing) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), looking)
            .await
            .unwrap_or_else(|_| panic!("{differing}: {:?}", open.pipeline.looked()));
    };
    found(0).await;
    let counts = open.lexical.generations(GenerationId(0), usize::MAX).unwrap();
    let generations: Vec<_> = counts.iter().map(|(generation, _)| generation).collect();
    let removals = |from: usize| -> Vec<Removal> {
        let removed = generations[from..from + 2].iter();
        removed
            .map(|generation| Removal::Generation(*generation))
            .collect()
    };
    open.lexical.write(&removals(0), &[]).unwrap();
    found(2).await;
    // One of them is lacking in both.
    let vectors = open.vectors.get();
    vectors.replace(&removals(1), Vec::new()).await.unwrap();
    found(3).await;
    open.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_went_away_is_said_and_nothing_is_forgotten() {
    let house = House::new();
    house.write("a.md", "Bolt one.");
    house.pass().await;
    let hidden = house.documents.path().with_extension("unmounted");
    std::fs::rename(house.documents.path(), &hidden).unwrap();
    let open = house.open("untrained", "").await;
    let error = open.pipeline.ingest_once(|_| {}).await.unwrap_err();
    assert!(error.to_string().contains("nothing was removed"), "{error}");
    assert_eq!(
        open.store.counts(&Readable::Everything).await.unwrap().searchable,
        1
    );
    open.close().await;
    std::fs::rename(&hidden, house.documents.path()).unwrap();
    assert_eq!(house.pass().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_indexes_are_put_in_order_once_however_often_it_is_asked_for() {
    let house = House::new();
    let open = house.open("untrained", "").await;
    assert!(open.pipeline.put_in_order());
    assert!(!open.pipeline.put_in_order(), "it has not begun yet");
    assert!(open.pipeline.status().upkeep.asked);
}
