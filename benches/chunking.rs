//! How fast documents are cut into passages, apart from reading and embedding them: sections of prose, and one table.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use gemba::domain::Locator;
use gemba::ingest::chunk::{ChunkRules, Chunker};
use gemba::ingest::parse::{Block, BlockKind};

const SECTIONS: usize = 200;
const PARAGRAPHS_A_SECTION: usize = 6;
const ROWS: u32 = 5_000;

/// About what an English tokeniser counts, at no cost, so that the cutting itself is measured.
fn count(text: &str) -> usize {
    text.len().div_ceil(5)
}

fn prose() -> Vec<Block> {
    let sentence =
        "The guard of the press has to be closed before the spindle may be started by the operator. ";
    let mut blocks = Vec::new();
    for section in 0..SECTIONS {
        let headings = vec![format!("Chapter {}", section / 10), format!("Section {section}")];
        let locator = Locator {
            headings,
            ..Locator::default()
        };
        for paragraph in 0..PARAGRAPHS_A_SECTION {
            let text = sentence.repeat(2 + (section + paragraph) % 20);
            blocks.push(Block {
                locator: locator.clone(),
                kind: BlockKind::Paragraph,
                text,
            });
        }
    }
    blocks
}

fn table() -> Vec<Block> {
    let header: Arc<str> = Arc::from("Thread | Pitch (mm) | Torque 8.8 (Nm) | Torque 10.9 (Nm)");
    let row = |number: u32| Block {
        locator: Locator {
            rows: Some((number, number)),
            ..Locator::default()
        },
        kind: BlockKind::Row {
            header: Some(Arc::clone(&header)),
        },
        text: format!("M{number} | 1.25 | {number}.5 | {}", number * 2),
    };
    (2..ROWS).map(row).collect()
}

fn cut(blocks: Vec<Block>) -> usize {
    let mut chunker = Chunker::new(ChunkRules::default(), &count);
    let mut passages = 0;
    for block in blocks {
        passages += chunker.push(block).len();
    }
    passages + chunker.finish().len()
}

fn chunking(criterion: &mut Criterion) {
    for (name, blocks) in [("prose", prose()), ("table", table())] {
        let bytes: usize = blocks.iter().map(|block| block.text.len()).sum();
        let mut group = criterion.benchmark_group("chunking");
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || blocks.clone(),
                |blocks| black_box(cut(blocks)),
                BatchSize::LargeInput,
            );
        });
        group.finish();
    }
}

criterion_group!(benches, chunking);
criterion_main!(benches);
