//! The vector index against a real folder.

use std::time::Duration;

use super::*;
use crate::domain::{Readable, SearchFilter};
use crate::index::CurrentVectors;

const DIMENSION: usize = 8;

/// Passages 10 to 19 are of document 1 and generation 101, 20 to 29 of document 2 and generation 102.
fn row(passage: i64, vector: [f32; DIMENSION]) -> VectorRow {
    VectorRow {
        passage: PassageId(passage),
        document: DocumentId(passage / 10),
        generation: GenerationId(100 + passage / 10),
        collection: Collection("maintenance".to_owned()),
        kind: FileKind::Pdf,
        vector: vector.to_vec(),
    }
}

fn axis(number: usize) -> [f32; DIMENSION] {
    std::array::from_fn(|index| if index == number { 2.0 } else { 0.0 })
}

/// Vectors that lie anywhere, the same ones in every run.
fn scattered(seed: i64) -> [f32; DIMENSION] {
    let mut state = u64::try_from(seed).unwrap() + 1;
    std::array::from_fn(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    })
}

async fn open(folder: &Path) -> VectorIndex {
    VectorIndex::open(folder, "model-int8", DIMENSION).await.unwrap()
}

async fn index_of(rows: Vec<VectorRow>) -> (tempfile::TempDir, VectorIndex) {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path()).await;
    index.replace(&[], rows).await.unwrap();
    (folder, index)
}

async fn found_in(index: &VectorIndex, vector: [f32; DIMENSION], filter: &SearchFilter) -> Vec<i64> {
    let scope = Scope::of(filter, &Readable::Everything);
    let hits = index.search(&vector, &scope, 10).await.unwrap();
    hits.into_iter().map(|hit| hit.passage.0).collect()
}

async fn found(index: &VectorIndex, vector: [f32; DIMENSION]) -> Vec<i64> {
    found_in(index, vector, &SearchFilter::default()).await
}

#[tokio::test]
async fn the_nearest_comes_first_with_its_cosine_whatever_the_length_of_the_vectors() {
    let mut near = axis(0);
    near[1] = 2.0;
    let (_folder, index) = index_of(vec![row(10, axis(0)), row(20, near), row(30, axis(2))]).await;
    let hits = index.search(&axis(0), &Scope::everything(), 2).await.unwrap();
    assert_eq!(hits.iter().map(|hit| hit.passage.0).collect::<Vec<_>>(), [10, 20]);
    assert!((hits[0].similarity - 1.0).abs() < 1e-5 && (hits[1].similarity - 0.5_f32.sqrt()).abs() < 1e-5);
}

#[tokio::test]
async fn filters_hold_inside_the_index_even_for_names_with_quotation_marks() {
    let mut rows: Vec<VectorRow> = (100..140).map(|passage| row(passage, axis(0))).collect();
    let quality = Collection("quality's \"best\"; --".to_owned());
    rows.push(VectorRow {
        collection: quality.clone(),
        ..row(10, axis(1))
    });
    rows.push(VectorRow {
        collection: Collection::top(),
        kind: FileKind::Csv,
        ..row(20, axis(1))
    });
    let (_folder, index) = index_of(rows).await;
    let only = |collections, kinds| SearchFilter {
        collections,
        kinds,
        ..SearchFilter::default()
    };
    assert_eq!(
        found_in(&index, axis(0), &only(vec![quality.clone()], vec![])).await,
        [10]
    );
    assert_eq!(
        found_in(&index, axis(0), &only(vec![Collection::top()], vec![])).await,
        [20]
    );
    assert_eq!(
        found_in(&index, axis(0), &only(vec![], vec![FileKind::Csv])).await,
        [20]
    );
    assert!(
        found_in(&index, axis(0), &only(vec![quality], vec![FileKind::Csv]))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_write_that_is_run_again_leaves_no_passage_twice() {
    let rows = || vec![row(10, axis(0)), row(11, axis(1))];
    let (_folder, index) = index_of(rows()).await;
    index.replace(&[], rows()).await.unwrap();
    assert_eq!(index.count().await.unwrap(), 2);
    index
        .replace(&[], vec![row(11, axis(3)), row(12, axis(4))])
        .await
        .unwrap();
    assert_eq!(index.count().await.unwrap(), 3);
    assert_eq!(found(&index, axis(3)).await.first(), Some(&11));
}

#[tokio::test]
async fn the_new_generation_takes_the_place_of_the_old_one_and_of_nothing_else() {
    let (_folder, index) = index_of(vec![row(10, axis(0)), row(11, axis(1)), row(20, axis(2))]).await;
    let replacement = vec![VectorRow {
        document: DocumentId(1),
        ..row(30, axis(0))
    }];
    let removals = [Removal::Document(DocumentId(1))];
    index.replace(&removals, replacement.clone()).await.unwrap();
    index.replace(&removals, replacement).await.unwrap();
    let generations = index.generations(GenerationId(0), 10).await.unwrap();
    assert!(
        generations
            .iter()
            .eq([(GenerationId(102), 1), (GenerationId(103), 1)])
    );
    index
        .replace(&[Removal::Generation(GenerationId(102))], Vec::new())
        .await
        .unwrap();
    assert_eq!(found(&index, axis(2)).await, [30]);
}

#[tokio::test]
async fn a_moved_document_is_found_in_its_new_collection_with_its_old_vectors() {
    let (_folder, index) = index_of(vec![row(10, axis(0)), row(20, axis(1))]).await;
    let moved = Collection("o'brien's".to_owned());
    index.move_collection(DocumentId(1), &moved).await.unwrap();
    let filter = SearchFilter {
        collections: vec![moved],
        ..SearchFilter::default()
    };
    assert_eq!(found_in(&index, axis(1), &filter).await, [10]);
    assert_eq!(index.count().await.unwrap(), 2);
    assert_eq!(
        index.vectors(&[PassageId(10)]).await.unwrap()[&PassageId(10)],
        axis(0).map(|n| n / 2.0)
    );
}

#[tokio::test]
async fn vectors_come_back_for_the_passages_that_are_there() {
    let (_folder, index) = index_of(vec![row(10, axis(0)), row(20, axis(1))]).await;
    let vectors = index.vectors(&[PassageId(20), PassageId(99)]).await.unwrap();
    assert_eq!(vectors.keys().collect::<Vec<_>>(), [&PassageId(20)]);
}

#[tokio::test]
async fn a_vector_of_another_model_is_refused() {
    let (folder, index) = index_of(vec![row(10, axis(0))]).await;
    let refused = index.search(&[1.0; 3], &Scope::everything(), 1).await;
    assert!(matches!(
        refused,
        Err(IndexError::Dimension {
            expected: DIMENSION,
            found: 3
        })
    ));
    let reopened = VectorIndex::open(folder.path(), "model-int8", 16).await;
    assert!(matches!(reopened, Err(IndexError::Unreadable { .. })));
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again_and_tables_stand_beside_each_other() {
    let (folder, index) = index_of(vec![row(10, axis(0))]).await;
    drop(index);
    let index = open(folder.path()).await;
    assert_eq!(found(&index, axis(0)).await, [10]);
    let beside = VectorIndex::open(folder.path(), "other-fp32", 16).await.unwrap();
    assert_eq!(beside.count().await.unwrap(), 0);
    assert_eq!(beside.tables().await.unwrap(), ["model-int8", "other-fp32"]);
    let current = CurrentVectors::new(index);
    let old = current.switch(beside);
    current.get().drop_table(old.name()).await.unwrap();
    current.get().drop_table(old.name()).await.unwrap();
    assert_eq!(current.get().tables().await.unwrap(), ["other-fp32"]);
}

#[tokio::test]
async fn maintenance_compacts_and_prunes_and_changes_no_answer() {
    let (_folder, index) = index_of(Vec::new()).await;
    for passage in 0..12 {
        index
            .replace(&[], vec![row(passage, scattered(passage))])
            .await
            .unwrap();
    }
    index
        .replace(&[Removal::Document(DocumentId(1))], Vec::new())
        .await
        .unwrap();
    let before = found(&index, axis(0)).await;
    let policy = MaintenancePolicy {
        small_files: 4,
        keep_versions: Duration::ZERO,
        ..MaintenancePolicy::default()
    };
    let done = index.maintain(&policy).await.unwrap();
    assert!(
        done.files_compacted > 0 && done.versions_pruned > 0 && !done.indexed,
        "{done:?}"
    );
    assert_eq!(found(&index, axis(0)).await, before);
    assert_eq!(index.maintain(&policy).await.unwrap().files_compacted, 0);
    // What is not due by itself is done all the same where somebody asks for it.
    for passage in 20..22 {
        index
            .replace(&[], vec![row(passage, scattered(passage))])
            .await
            .unwrap();
    }
    assert_eq!(index.maintain(&policy).await.unwrap().files_compacted, 0);
    let thorough = MaintenancePolicy::thorough();
    assert!(index.maintain(&thorough).await.unwrap().files_compacted > 1);
    assert_eq!(index.maintain(&thorough).await.unwrap().files_compacted, 0);
}

#[tokio::test]
async fn a_large_table_is_indexed_and_still_finds_new_rows_and_small_collections() {
    let mut rows: Vec<VectorRow> = (0..2_000)
        .map(|passage| row(passage, scattered(passage)))
        .collect();
    rows.push(VectorRow {
        collection: Collection("rare".to_owned()),
        ..row(5_000, axis(7))
    });
    let (_folder, index) = index_of(rows).await;
    let exact = found(&index, scattered(42)).await;
    let policy = MaintenancePolicy {
        index_rows: 1_000,
        unindexed_rows: 50,
        ..MaintenancePolicy::default()
    };
    assert!(index.maintain(&policy).await.unwrap().indexed);
    let near = found(&index, scattered(42)).await;
    assert_eq!(near[0], 42);
    assert!(
        near.iter().filter(|passage| exact.contains(passage)).count() >= 9,
        "{near:?} {exact:?}"
    );
    let rare = SearchFilter {
        collections: vec![Collection("rare".to_owned())],
        ..SearchFilter::default()
    };
    assert_eq!(found_in(&index, axis(0), &rare).await, [5_000]);
    index.replace(&[], vec![row(6_000, axis(3))]).await.unwrap();
    assert_eq!(found(&index, axis(3)).await[0], 6_000);
    assert!(!index.maintain(&policy).await.unwrap().indexed);
    let more = (7_000..7_200)
        .map(|passage| row(passage, scattered(passage)))
        .collect();
    index
        .replace(&[Removal::Document(DocumentId(4))], more)
        .await
        .unwrap();
    assert!(index.maintain(&policy).await.unwrap().indexed);
    assert_eq!(found(&index, scattered(7_042)).await[0], 7_042);
    assert!(!found(&index, scattered(42)).await.contains(&42));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_searches_and_maintenance_at_the_same_time_lose_nothing() {
    let (_folder, index) = index_of(
        (0..1_500)
            .map(|passage| row(passage, scattered(passage)))
            .collect(),
    )
    .await;
    let policy = MaintenancePolicy {
        index_rows: 1_000,
        unindexed_rows: 20,
        small_files: 2,
        keep_versions: Duration::from_secs(60),
        ..MaintenancePolicy::default()
    };
    let maintenance = {
        let index = index.clone();
        tokio::spawn(async move {
            for _ in 0..4 {
                index.maintain(&policy).await?;
            }
            Ok::<_, IndexError>(())
        })
    };
    for step in 0..20 {
        let rows = (0..10)
            .map(|number| row(10_000 + step * 10 + number, scattered(step)))
            .collect();
        index
            .replace(&[Removal::Document(DocumentId(step))], rows)
            .await
            .unwrap();
        assert_eq!(found(&index, scattered(step)).await.len(), 10);
    }
    maintenance.await.unwrap().unwrap();
    assert_eq!(index.count().await.unwrap(), 1_500);
    let generations = index.generations(GenerationId(99), usize::MAX).await.unwrap();
    assert!((100..120).all(|generation| generations.of(GenerationId(generation)) == 0));
    assert!(generations.iter().count() > 20);
}
