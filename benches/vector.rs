//! How long a search of the vector index takes at 10,000 and 100,000 passages, and what its writes cost.

use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use gemba::domain::{Collection, DocumentId, FileKind, GenerationId, PassageId, Scope};
use gemba::index::{MaintenancePolicy, Removal, VectorIndex, VectorRow};
use tokio::runtime::Runtime;

const DIMENSION: usize = 384;
const PASSAGES_A_DOCUMENT: i64 = 50;
const SUBJECTS: u64 = 300;

/// Vectors gather around subjects, as those of texts do; the same ones in every run.
fn vector(passage: i64) -> Vec<f32> {
    let passage = u64::try_from(passage).unwrap_or_default();
    let mut subject = passage.wrapping_mul(2_654_435_761) % SUBJECTS + 1;
    let mut own = passage + 1_000_003;
    (0..DIMENSION)
        .map(|_| number(&mut subject) + 0.7 * number(&mut own))
        .collect()
}

fn number(state: &mut u64) -> f32 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    let unit = u16::try_from(*state >> 48).unwrap_or_default();
    f32::from(unit) / 32_768.0 - 1.0
}

fn row(passage: i64) -> VectorRow {
    VectorRow {
        passage: PassageId(passage),
        document: DocumentId(passage / PASSAGES_A_DOCUMENT),
        generation: GenerationId(passage / PASSAGES_A_DOCUMENT),
        collection: Collection(format!("collection {}", passage % 10)),
        kind: FileKind::Pdf,
        vector: vector(passage),
    }
}

async fn build(folder: &Path, passages: i64) -> VectorIndex {
    let index = VectorIndex::open(folder, "bench", DIMENSION)
        .await
        .expect("an index");
    for first in (0..passages).step_by(5_000) {
        index
            .replace(&[], (first..first + 5_000).map(row).collect())
            .await
            .expect("a write");
    }
    index
        .maintain(&MaintenancePolicy::default())
        .await
        .expect("maintenance");
    index
}

fn vectors(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    for passages in [10_000_i64, 100_000] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let index = runtime.block_on(build(folder.path(), passages));
        let mut group = criterion.benchmark_group(format!("vector/{passages}"));
        let asked = vector(passages + 17);
        let everything = Scope::everything();
        let one = Scope {
            collections: Some([Collection("collection 3".to_owned())].into()),
            ..Scope::everything()
        };
        group.sample_size(30);
        for (name, filter) in [("search", &everything), ("search, filtered", &one)] {
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    runtime
                        .block_on(index.search(black_box(&asked), filter, 100))
                        .expect("a search")
                });
            });
        }
        group.bench_function("fetch 100 vectors", |bencher| {
            let ids: Vec<PassageId> = (0..100).map(|number| PassageId(number * 97)).collect();
            bencher.iter(|| runtime.block_on(index.vectors(&ids)).expect("vectors"));
        });
        group.sample_size(10);
        let mut next = passages;
        group.bench_function("append 500 rows", |bencher| {
            bencher.iter_batched(
                || {
                    next += 500;
                    (next - 500..next).map(row).collect::<Vec<_>>()
                },
                |rows| runtime.block_on(index.replace(&[], rows)).expect("a write"),
                BatchSize::PerIteration,
            );
        });
        group.bench_function("replace a document of 50 passages", |bencher| {
            bencher.iter_batched(
                || (100..100 + PASSAGES_A_DOCUMENT).map(row).collect::<Vec<_>>(),
                |rows| {
                    let removals = [Removal::Document(DocumentId(100 / PASSAGES_A_DOCUMENT))];
                    runtime.block_on(index.replace(&removals, rows)).expect("a write");
                },
                BatchSize::PerIteration,
            );
        });
        group.finish();
    }
}

criterion_group!(benches, vectors);
criterion_main!(benches);
