//! What fusing two rankings costs: as many hits from each index as a question asks for, and as many as the evaluation does.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use gemba::domain::PassageId;
use gemba::retrieve::{Hit, fuse};

/// The hits of one index, best first; every third passage of one ranking stands in the other too.
fn ranking(hits: i64, step: i64) -> Vec<Hit> {
    (0..hits)
        .map(|rank| Hit {
            passage: PassageId(rank * step),
            score: 1.0 / (1.0 + rank as f32),
        })
        .collect()
}

fn fusion(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fusion");
    for hits in [100, 1_000] {
        let (lexical, dense) = (ranking(hits, 1), ranking(hits, 3));
        group.bench_function(BenchmarkId::from_parameter(hits), |bencher| {
            bencher.iter(|| fuse(black_box(&lexical), black_box(&dense), 0.4));
        });
    }
    group.finish();
}

criterion_group!(benches, fusion);
criterion_main!(benches);
