//! How long a query of the word index takes at 10,000 and 100,000 passages, and a commit of 500 passages.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gemba::domain::{Collection, DocumentId, FileKind, GenerationId, PassageId, Scope};
use gemba::index::{LexicalDocument, LexicalIndex, Removal};

const WORDS_A_PASSAGE: usize = 130;
const PASSAGES_A_DOCUMENT: i64 = 50;
const A_COMMIT: usize = 500;

const QUERIES: [(&str, &str); 4] = [
    (
        "question",
        "What must be checked before the baradoli is fitted to the kimaru housing?",
    ),
    ("code", "SOP-QA-0142"),
    ("phrase", "\"batemo sorila\""),
    ("chinese", "主轴报警后如何处理润滑油泵的压力？"),
];

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound
    }

    /// Small numbers are frequent and large ones rare, as words are in a language.
    fn rank(&mut self, bound: usize) -> usize {
        let widest = self.below(bound) + 1;
        let wide = self.below(widest) + 1;
        self.below(wide)
    }
}

fn word(mut number: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "do", "ki", "lu", "ma", "ne", "po", "ri", "sa", "te", "vo", "mo", "ra", "li", "so", "ru",
    ];
    let mut word = String::new();
    for _ in 0..4 {
        word.push_str(SYLLABLES[number % SYLLABLES.len()]);
        number /= SYLLABLES.len();
    }
    word
}

fn text(numbers: &mut Numbers) -> String {
    const CHINESE: [&str; 12] = [
        "主轴", "报警", "润滑", "油泵", "压力", "检查", "停机", "更换", "螺栓", "扭矩", "模具", "冷却",
    ];
    let chinese = numbers.below(4) == 0;
    let mut text = String::new();
    for place in 0..WORDS_A_PASSAGE {
        match place {
            17 => text.push_str(&format!("SOP-QA-{:04} ", numbers.below(5_000))),
            _ if chinese => text.push_str(CHINESE[numbers.below(CHINESE.len())]),
            _ => text.push_str(&(word(numbers.rank(40_000)) + " ")),
        }
        if place % 13 == 12 {
            text.push_str(if chinese { "。" } else { ". " });
        }
    }
    text
}

fn write(index: &LexicalIndex, first: i64, texts: &[String], removals: &[Removal]) {
    let collection = Collection("maintenance".to_owned());
    let headings = ["Assembly".to_owned(), "Before the first start".to_owned()];
    let documents: Vec<LexicalDocument<'_>> = (first..)
        .zip(texts)
        .map(|(id, text)| LexicalDocument {
            passage: PassageId(id),
            document: DocumentId(id / PASSAGES_A_DOCUMENT),
            generation: GenerationId(id / PASSAGES_A_DOCUMENT),
            collection: &collection,
            kind: FileKind::ALL[usize::try_from(id).unwrap_or_default() % FileKind::ALL.len()],
            title: "Manual of the press",
            headings: &headings,
            text,
        })
        .collect();
    index.write(removals, &documents).expect("the index is writable");
}

fn lexical(criterion: &mut Criterion) {
    for passages in [10_000_usize, 100_000] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let index = LexicalIndex::open(folder.path()).expect("an index");
        let mut numbers = Numbers(7);
        for first in (0..passages).step_by(5_000) {
            let texts: Vec<String> = (0..5_000).map(|_| text(&mut numbers)).collect();
            write(&index, i64::try_from(first).expect("a small number"), &texts, &[]);
        }
        let mut group = criterion.benchmark_group(format!("lexical/{passages}"));
        let everything = Scope::everything();
        let filtered = Scope {
            kinds: vec![FileKind::Pdf, FileKind::Docx],
            ..Scope::everything()
        };
        for (name, query) in QUERIES {
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    index
                        .search(black_box(query), &everything, 100)
                        .expect("a search")
                });
            });
        }
        group.bench_function("question, filtered", |bencher| {
            bencher.iter(|| {
                index
                    .search(black_box(QUERIES[0].1), &filtered, 100)
                    .expect("a search")
            });
        });
        group.sample_size(10);
        let texts: Vec<String> = (0..A_COMMIT).map(|_| text(&mut numbers)).collect();
        group.bench_function("commit 500 passages in place of 500", |bencher| {
            let first: i64 = 50 * PASSAGES_A_DOCUMENT;
            let documents = first / PASSAGES_A_DOCUMENT..(first + 500) / PASSAGES_A_DOCUMENT;
            let removals: Vec<Removal> = documents.map(|id| Removal::Document(DocumentId(id))).collect();
            bencher.iter(|| write(&index, first, &texts, &removals));
        });
        group.finish();
    }
}

criterion_group!(benches, lexical);
criterion_main!(benches);
