//! The word index against a real folder.

use super::*;
use crate::domain::{Readable, SearchFilter};

struct Sample {
    passage: i64,
    collection: Collection,
    kind: FileKind,
    title: &'static str,
    headings: Vec<String>,
    text: &'static str,
}

impl Sample {
    fn new(passage: i64, text: &'static str) -> Self {
        let collection = Collection("maintenance".to_owned());
        Self {
            passage,
            collection,
            kind: FileKind::Pdf,
            title: "",
            headings: Vec::new(),
            text,
        }
    }

    /// Passages 10 to 19 are of document 1 and generation 101, 20 to 29 of document 2 and generation 102.
    fn document(&self) -> LexicalDocument<'_> {
        LexicalDocument {
            passage: PassageId(self.passage),
            document: DocumentId(self.passage / 10),
            generation: GenerationId(100 + self.passage / 10),
            collection: &self.collection,
            kind: self.kind,
            title: self.title,
            headings: &self.headings,
            text: self.text,
        }
    }
}

fn write(index: &LexicalIndex, removals: &[Removal], samples: &[Sample]) {
    let documents: Vec<LexicalDocument<'_>> = samples.iter().map(Sample::document).collect();
    index.write(removals, &documents).unwrap();
}

fn index_of(samples: &[Sample]) -> (tempfile::TempDir, LexicalIndex) {
    let folder = tempfile::tempdir().unwrap();
    let index = LexicalIndex::open(folder.path()).unwrap();
    write(&index, &[], samples);
    (folder, index)
}

fn found(index: &LexicalIndex, query: &str) -> Vec<i64> {
    found_in(index, query, &SearchFilter::default())
}

fn found_in(index: &LexicalIndex, query: &str, filter: &SearchFilter) -> Vec<i64> {
    index
        .search(query, &Scope::of(filter, &Readable::Everything), 10)
        .unwrap()
        .into_iter()
        .map(|hit| hit.passage.0)
        .collect()
}

#[test]
fn a_traditional_query_finds_a_simplified_text_and_the_other_way_round() {
    let (_folder, index) = index_of(&[
        Sample::new(10, "机器报警后先停机。"),
        Sample::new(20, "機器潤滑週期"),
    ]);
    assert_eq!(found(&index, "報警"), [10]);
    assert_eq!(found(&index, "润滑"), [20]);
}

#[test]
fn an_error_code_is_found_whole_and_before_texts_that_hold_its_parts() {
    let (_folder, index) = index_of(&[
        Sample::new(
            10,
            "Section E of form 4021 lists E numbers, E for electrical, 4021 and 4021 again.",
        ),
        Sample::new(20, "Alarm E-4021: spindle overload. Let it cool, then reset."),
    ]);
    for query in [
        "E-4021",
        "e4021",
        "E 4021",
        "what is Ｅ－４０２１?",
        "E-4021怎么处理",
    ] {
        assert_eq!(found(&index, query).first(), Some(&20), "{query}");
    }
}

#[test]
fn a_document_number_is_found_however_it_is_written() {
    let (_folder, index) = index_of(&[
        Sample::new(10, "按照 SOP-QA-014 检验。"),
        Sample::new(20, "SOP-QA-015 replaces it"),
    ]);
    for query in ["SOP-QA-014", "sopqa014", "sop qa 014", "SOP_QA_014"] {
        assert_eq!(found(&index, query).first(), Some(&10), "{query}");
    }
}

#[test]
fn english_words_meet_in_their_stem() {
    let (_folder, index) = index_of(&[Sample::new(10, "Bolts are tightened crosswise.")]);
    assert_eq!(found(&index, "How do I tighten a bolt?"), [10]);
}

#[test]
fn every_field_is_queried() {
    let title = Sample {
        title: "Lubrication schedule",
        ..Sample::new(10, "Every 500 hours.")
    };
    let headings = Sample {
        headings: vec!["安全".to_owned(), "Guarding".to_owned()],
        ..Sample::new(20, "Keep out.")
    };
    let (_folder, index) = index_of(&[title, headings]);
    assert_eq!(found(&index, "lubrication"), [10]);
    assert_eq!(found(&index, "guarding"), [20]);
    assert_eq!(found(&index, "安全"), [20]);
    assert_eq!(found(&index, "500"), [10]);
}

#[test]
fn filters_of_collection_and_format_hold_inside_the_index() {
    let quality = || Collection("quality's \"best\"".to_owned());
    let mut samples: Vec<Sample> = (100..160)
        .map(|id| Sample::new(id, "torque torque torque"))
        .collect();
    samples.push(Sample {
        collection: quality(),
        ..Sample::new(10, "one torque among many other words")
    });
    samples.push(Sample {
        collection: Collection::top(),
        kind: FileKind::Csv,
        ..Sample::new(20, "torque, at last")
    });
    let (_folder, index) = index_of(&samples);
    let only = |collections, kinds| SearchFilter {
        collections,
        kinds,
        ..SearchFilter::default()
    };
    assert_eq!(found_in(&index, "torque", &only(vec![quality()], vec![])), [10]);
    assert_eq!(
        found_in(&index, "torque", &only(vec![Collection::top()], vec![])),
        [20]
    );
    assert_eq!(
        found_in(&index, "torque", &only(vec![], vec![FileKind::Csv])),
        [20]
    );
    assert!(found_in(&index, "torque", &only(vec![quality()], vec![FileKind::Csv])).is_empty());
    assert_eq!(
        found_in(
            &index,
            "torque",
            &only(vec![quality(), Collection::top()], vec![])
        )
        .len(),
        2
    );
    assert!(
        found_in(
            &index,
            "\"no such phrase\" torque",
            &only(vec![quality()], vec![])
        )
        .is_empty()
    );
}

#[test]
fn a_write_that_is_run_again_leaves_no_passage_twice() {
    let (_folder, index) = index_of(&[Sample::new(10, "first"), Sample::new(11, "second")]);
    write(
        &index,
        &[],
        &[Sample::new(10, "first"), Sample::new(11, "second")],
    );
    assert_eq!(index.passages(), 2);
    assert_eq!(found(&index, "first"), [10]);
}

#[test]
fn the_new_generation_takes_the_place_of_the_old_one_in_one_commit() {
    let (_folder, index) = index_of(&[Sample::new(10, "old words"), Sample::new(20, "another document")]);
    write(
        &index,
        &[Removal::Generation(GenerationId(101))],
        &[Sample::new(30, "new words")],
    );
    assert_eq!(found(&index, "words"), [30]);
    let whole = index.generations(GenerationId(0), 10).unwrap();
    assert!(whole.iter().eq([(GenerationId(102), 1), (GenerationId(103), 1)]));
    let first = index.generations(GenerationId(0), 1).unwrap();
    assert!(first.iter().eq([(GenerationId(102), 1)]));
    let end = first.end().unwrap();
    let rest = index.generations(end, 1).unwrap();
    assert!(rest.iter().eq([(GenerationId(103), 1)]) && rest.end().is_none());
}

#[test]
fn a_removed_document_leaves_nothing_behind() {
    let (_folder, index) = index_of(&[
        Sample::new(10, "gone"),
        Sample::new(11, "gone"),
        Sample::new(20, "stays"),
    ]);
    write(&index, &[Removal::Document(DocumentId(1))], &[]);
    assert!(found(&index, "gone").is_empty());
    assert_eq!(index.passages(), 1);
    index.clear().unwrap();
    assert_eq!(index.passages(), 0);
}

#[test]
fn a_quoted_phrase_must_occur() {
    let (_folder, index) = index_of(&[
        Sample::new(10, "Replace the oil seal."),
        Sample::new(
            20,
            "Seal the can of oil, then replace the oil and the seal again.",
        ),
        Sample::new(30, "更换油封之前放油"),
        Sample::new(40, "封住油箱"),
    ]);
    assert_eq!(found(&index, "replace \"oil seal\""), [10]);
    assert_eq!(found(&index, "“更换油封”"), [30]);
    assert_eq!(found(&index, "oil seal").len(), 2);
}

#[test]
fn no_text_is_a_syntax_error() {
    let (_folder, index) = index_of(&[Sample::new(10, "pipe of 3 inches")]);
    for query in [
        "",
        "   ",
        "\"",
        "a AND (b",
        "title:[x TO",
        "3\" pipe",
        "+-!{}~*?:\\",
        "\"\"",
        "“",
        "'; DROP",
        "🙂",
    ] {
        index.search(query, &Scope::everything(), 10).unwrap();
    }
    assert_eq!(found(&index, "3\" pipe"), [10]);
    assert!(index.search("pipe", &Scope::everything(), 0).unwrap().is_empty());
}

#[test]
fn frequencies_are_those_of_analysed_terms() {
    let (_folder, index) = index_of(&[
        Sample::new(10, "tightening"),
        Sample::new(20, "tightened and tight"),
        Sample::new(30, "拧紧扭矩"),
    ]);
    assert_eq!(index.document_frequency("tighten").unwrap(), 2);
    assert_eq!(index.document_frequency("扭矩").unwrap(), 1);
    assert_eq!(index.document_frequency("absent").unwrap(), 0);
}

#[test]
fn what_was_committed_is_there_after_opening_again() {
    let (folder, index) = index_of(&[Sample::new(10, "durable")]);
    drop(index);
    let index = LexicalIndex::open(folder.path()).unwrap();
    assert_eq!(found(&index, "durable"), [10]);
    index.warm().unwrap();
}

#[test]
fn a_second_writer_is_turned_away_while_searching_stays_possible() {
    let (folder, _writer) = index_of(&[Sample::new(10, "shared")]);
    let second = LexicalIndex::open(folder.path()).unwrap();
    assert_eq!(found(&second, "shared"), [10]);
    let refused = second.write(&[Removal::Document(DocumentId(1))], &[]);
    assert!(matches!(refused, Err(IndexError::InUse { .. })));
}

#[test]
fn an_index_of_another_schema_asks_to_be_rebuilt() {
    let folder = tempfile::tempdir().unwrap();
    let mut other = tantivy::schema::Schema::builder();
    other.add_u64_field("other", tantivy::schema::INDEXED);
    Index::create_in_dir(folder.path(), other.build()).unwrap();
    let error = LexicalIndex::open(folder.path()).unwrap_err();
    assert!(error.to_string().contains("gemba reindex"), "{error}");
}

#[test]
fn a_merge_leaves_one_segment_without_what_was_taken_out_and_finds_the_same() {
    let (_folder, index) = index_of(&[Sample::new(10, "the spindle is greased")]);
    write(&index, &[], &[Sample::new(20, "the spindle is oiled")]);
    write(&index, &[], &[Sample::new(30, "the spindle is gone")]);
    write(&index, &[Removal::Document(DocumentId(3))], &[]);
    assert!(index.segments() > 1);
    index.merge().unwrap();
    assert_eq!((index.segments(), index.passages()), (1, 2));
    let mut both = found(&index, "spindle");
    both.sort_unstable();
    assert_eq!(both, [10, 20]);
    index.merge().unwrap();
    write(&index, &[], &[Sample::new(40, "the spindle is back")]);
    assert_eq!(found(&index, "back"), [40]);
}
