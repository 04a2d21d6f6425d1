//! The ledger: runs of pages, their counts, what is said of them and of the pictures among their text.

use super::*;

fn picture() -> PageFate {
    PageFate::Picture {
        reason: Reason::new("scan", "a scan"),
    }
}

fn of(fates: impl IntoIterator<Item = PageFate>) -> Coverage {
    let mut coverage = Coverage::default();
    fates.into_iter().for_each(|fate| coverage.push(fate));
    coverage
}

#[test]
fn pages_that_fared_alike_are_one_run_and_text_takes_no_room() {
    let coverage = of([PageFate::Text, picture(), picture(), PageFate::Text, picture()]);
    assert_eq!(coverage.exceptions().len(), 2);
    let runs: Vec<(u32, u32, bool)> = coverage
        .runs()
        .iter()
        .map(|run| (run.first, run.last, run.fate.is_searchable()))
        .collect();
    assert_eq!(runs, [(1, 1, true), (2, 3, false), (4, 4, true), (5, 5, false)]);
    assert_eq!(coverage.fate(3), Some(picture()));
    assert_eq!((coverage.fate(0), coverage.fate(6)), (None, None));
}

#[test]
fn a_long_manual_of_plain_text_is_nothing_but_its_length() {
    let manual = of(vec![PageFate::Text; 900]);
    assert_eq!(manual, Coverage::of_text(900));
    assert!(manual.exceptions().is_empty() && manual.is_searchable());
}

#[test]
fn every_page_is_counted_once_and_a_file_without_pages_as_one() {
    let coverage = of([
        PageFate::Text,
        PageFate::Ocr { confidence: 91 },
        PageFate::Ocr {
            confidence: DOUBTFUL - 1,
        },
        PageFate::Empty,
        picture(),
    ]);
    let counts = coverage.counts();
    assert_eq!((counts.all(), counts.searchable()), (5, 3));
    assert_eq!((counts.doubtful, counts.silent(), counts.lacking()), (1, 2, 1));
    assert_eq!(Coverage::default().counts().all(), 1);
    assert!(Coverage::default().is_searchable());
    assert!(!Coverage::whole(picture()).is_searchable());
    assert_eq!(Coverage::whole(picture()).counts().all(), 1);
}

#[test]
fn what_is_said_of_most_pages_is_said_of_a_file_without_text() {
    let failed = PageFate::Failed {
        reason: Reason::new("damaged", "damaged"),
    };
    let coverage = of([PageFate::Empty, failed, picture(), picture()]);
    assert_eq!(
        coverage.main_reason().map(|reason| reason.code.as_str()),
        Some("scan")
    );
    assert_eq!(of([PageFate::Empty]).main_reason(), None);
}

#[test]
fn it_is_kept_as_it_is() {
    let coverage = of([PageFate::Text, PageFate::Ocr { confidence: 87 }, picture()]);
    let kept = serde_json::to_string(&coverage).unwrap();
    assert_eq!(serde_json::from_str::<Coverage>(&kept).unwrap(), coverage);
    assert!(
        kept.starts_with(r#"{"pages":3,"exceptions":[{"first":2,"last":2,"fate":"ocr","confidence":87},"#)
    );
}

#[test]
fn pictures_that_fared_alike_on_pages_that_follow_one_another_are_one_run_and_take_nothing_from_the_text() {
    let failed = PageFate::Failed {
        reason: Reason::new("ocr-failed", "it broke off"),
    };
    let mut coverage = Coverage::default();
    coverage.push(PageFate::Text);
    for _ in 0..2 {
        coverage.push(PageFate::Text);
        coverage.pictures_fared(failed.clone());
    }
    let run = PageRun {
        first: 2,
        last: 3,
        fate: failed.clone(),
    };
    assert_eq!(coverage.pictures(), [run]);
    assert_eq!((coverage.counts().text, coverage.counts().lacking()), (3, 0));
    let inside = coverage.clone().in_part("a.docx");
    assert!(
        inside.pictures()[0]
            .fate
            .reason()
            .unwrap()
            .sentence
            .contains("a.docx")
    );
    let mut whole = Coverage::default();
    whole.pictures_fared(failed);
    assert_eq!((whole.pictures()[0].first, whole.counts().text), (0, 1));
    assert!(whole.exceptions().is_empty());
    let kept = serde_json::to_string(&whole).unwrap();
    assert_eq!(serde_json::from_str::<Coverage>(&kept).unwrap(), whole);
    let before = r#"{"pages":2,"exceptions":[]}"#;
    assert_eq!(
        serde_json::from_str::<Coverage>(before).unwrap(),
        Coverage::of_text(2)
    );
}
