//! Retrieval over a real store and real indexes.

use super::shelf::Shelf;
use super::*;
use crate::domain::{Collection, FileKind, Person, Readable, Role};
use crate::store::{Sighting, Stamp};

async fn found_by(person: Person, shelf: &Shelf, question: &str, filter: &SearchFilter) -> Vec<String> {
    let question = Question::parse(question).unwrap();
    let found = shelf
        .retriever()
        .retrieve(&person.staff(), &question, filter, Method::Hybrid, 10)
        .await
        .unwrap();
    found.into_iter().map(|found| found.path).collect()
}

async fn found_in(shelf: &Shelf, question: &str, filter: &SearchFilter) -> Vec<String> {
    found_by(Person::at_the_machine(), shelf, question, filter).await
}

async fn found(shelf: &Shelf, question: &str) -> Vec<String> {
    found_in(shelf, question, &SearchFilter::default()).await
}

#[tokio::test]
async fn a_document_that_is_gone_is_not_found_though_both_indexes_still_hold_it() {
    let shelf = Shelf::of(&[("a.md", &["The press stops."]), ("b.md", &["The press starts."])]).await;
    shelf.store.mark_missing("a.md").await.unwrap();
    assert_eq!(found(&shelf, "press").await, ["b.md"]);
}

#[tokio::test]
async fn only_the_collections_that_are_allowed_are_searched() {
    let shelf = Shelf::of(&[
        ("hr/a.md", &["The press stops."]),
        ("qa/b.md", &["The press starts."]),
    ])
    .await;
    let filter = SearchFilter {
        collections: vec![Collection("qa".to_owned())],
        ..SearchFilter::default()
    };
    assert_eq!(found_in(&shelf, "press", &filter).await, ["qa/b.md"]);
}

#[tokio::test]
async fn of_files_that_say_the_same_the_one_below_the_folder_is_found_and_says_when_it_changed() {
    let here = "machines/press-5/manual.md";
    let shelf = Shelf::of(&[("machines/press-4/manual.md", &["The press stops."])]).await;
    let twin = shelf.add_twin("machines/press-4/manual.md", here, 5_000).await;
    let staff = Person::visitor(Readable::below("machines/press-5")).staff();
    let question = Question::parse("press").unwrap();
    for (after, paths) in [(4_000, vec![here]), (5_000, vec![])] {
        let filter = SearchFilter {
            changed_after_ms: Some(after),
            ..SearchFilter::default()
        };
        let retriever = shelf.retriever();
        let found = retriever
            .retrieve(&staff, &question, &filter, Method::Hybrid, 10)
            .await
            .unwrap();
        let found_at: Vec<&str> = found.iter().map(|found| found.path.as_str()).collect();
        assert_eq!(found_at, paths, "changed after {after}");
        assert!(found.iter().all(|found| found.passage.document == twin));
    }
}

#[tokio::test]
async fn what_was_moved_out_of_reach_is_not_found_though_both_indexes_still_have_it_where_it_was() {
    let shelf = Shelf::of(&[("qa/a.md", &["The press stops."])]).await;
    let reader_of_qa = Person {
        role: Role::Staff,
        readable: Readable::Only([Collection("qa".to_owned())].into()),
        ..Person::at_the_machine()
    };
    let found = async || {
        let filter = SearchFilter::default();
        found_by(reader_of_qa.clone(), &shelf, "press", &filter).await
    };
    assert_eq!(found().await, ["qa/a.md"]);
    let document = shelf.store.document_by_path("qa/a.md").await.unwrap().unwrap();
    let moved = Sighting {
        path: "payroll/a.md".to_owned(),
        collection: Collection("payroll".to_owned()),
        kind: FileKind::Markdown,
        stamp: Stamp {
            size: 1,
            modified_ns: 1,
            changed_ns: 1,
        },
        hash: None,
    };
    shelf
        .store
        .move_document(document.id, &moved, false)
        .await
        .unwrap();
    assert!(found().await.is_empty());
}

#[tokio::test]
async fn what_two_documents_say_alike_is_shown_once_unless_a_figure_differs() {
    let rule = "Tighten the four flange bolts crosswise in two steps to 25 Nm with the small torque wrench.";
    let other = rule.replace("25", "27");
    let shelf = Shelf::of(&[("a.md", &[rule]), ("b.md", &[rule]), ("c.md", &[other.as_str()])]).await;
    let found = found(&shelf, "flange bolts").await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&"c.md".to_owned()));
}

#[tokio::test]
async fn one_sentence_that_holds_the_question_beats_words_that_are_scattered() {
    let shelf = Shelf::of(&[
        ("scattered.md", &["The coolant is green. Filters are grey. A pump is loud. Nobody may change a shift. Coolant pump filters."]),
        ("together.md", &["On Mondays the shift leader has the pump filters changed, which keeps the coolant clean."]),
    ])
    .await;
    assert_eq!(
        found(&shelf, "Who has the filters of the coolant pump changed?").await[0],
        "together.md"
    );
}

#[tokio::test]
async fn a_chinese_question_finds_traditional_text_and_codes() {
    let shelf = Shelf::of(&[
        ("a.md", &["主軸過熱時會出現報警 E-4021。"]),
        ("b.md", &["食堂十一点开门。"]),
    ])
    .await;
    assert_eq!(found(&shelf, "主轴过热报警").await, ["a.md"]);
    assert_eq!(found(&shelf, "E4021 怎么处理？").await, ["a.md"]);
}

#[tokio::test]
async fn a_question_that_matches_nothing_finds_nothing() {
    let shelf = Shelf::of(&[("a.md", &["The press stops."])]).await;
    assert!(found(&shelf, "zeppelin").await.is_empty());
}

#[test]
fn methods_are_known_by_their_names() {
    for method in [Method::Lexical, Method::Dense, Method::Hybrid] {
        assert_eq!(method.to_string().parse(), Ok(method));
    }
    assert_eq!("magic".parse::<Method>(), Err(UnknownMethod));
}

async fn searched(shelf: &Shelf, query: &str) -> Vec<String> {
    let query = Question::parse(query).unwrap();
    let staff = Person::at_the_machine().staff();
    let found = shelf
        .retriever()
        .search(&staff, &query, &SearchFilter::default(), 10)
        .await
        .unwrap();
    found.into_iter().map(|found| found.path).collect()
}

#[tokio::test]
async fn a_search_finds_while_its_last_word_is_being_typed() {
    let shelf = Shelf::of(&[
        ("a.md", &["E-4021: the spindle torque limit was exceeded."]),
        ("b.md", &["Calibrate the thread gauges every six months."]),
        ("c.md", &["The canteen opens at eleven."]),
    ])
    .await;
    for (typed, path) in [
        ("E-40", "a.md"),
        ("e402", "a.md"),
        ("thread gau", "b.md"),
        ("calibr", "b.md"),
        ("cante", "c.md"),
    ] {
        assert_eq!(
            searched(&shelf, typed).await.first().map(String::as_str),
            Some(path),
            "{typed}"
        );
    }
}

#[tokio::test]
async fn a_code_that_is_typed_whole_comes_before_everything_that_is_like_it() {
    let shelf = Shelf::of(&[
        ("a.md", &["E-4022 E-4022 E-4022, then E-4023: code, code, code."]),
        (
            "b.md",
            &["In a long list of alarms of this and many other machines stands also the code E-4021 of the spindle."],
        ),
        ("c.md", &["E-402 code"]),
    ])
    .await;
    assert_eq!(searched(&shelf, "code E-4021").await[0], "b.md");
    assert_eq!(searched(&shelf, "E-402").await[0], "c.md");
}
