//! Numbers and revisions in names and texts, case by case.

use super::*;
use crate::config::Config;
use crate::domain::Locator;

fn patterns() -> NamePatterns {
    NamePatterns::of(&Config::default().documents.control_patterns)
}

fn by_name(path: &str) -> (Option<String>, Option<String>) {
    let declared = patterns().declared(path);
    (declared.number, declared.revision)
}

fn said(lines: &[&str]) -> Declared {
    let mut beginning = Beginning::default();
    for line in lines {
        beginning.push(&Block {
            locator: Locator::default(),
            kind: BlockKind::Paragraph,
            text: (*line).to_owned(),
        });
    }
    beginning.declared()
}

#[test]
fn names_of_files_tell_number_and_revision() {
    for (path, number, revision) in [
        ("quality/SOP-QA-014 rev 3.docx", "SOP-QA-014", Some("3")),
        ("SOP-QA-014_RevC.pdf", "SOP-QA-014", Some("C")),
        (
            "SOP-QA-014-rev.02-final-inspection.docx",
            "SOP-QA-014",
            Some("02"),
        ),
        ("WI-1203 v2.1 Clamping.md", "WI-1203", Some("2.1")),
        ("质检/SOP-QA-021 版本B 量具校准.docx", "SOP-QA-021", Some("B")),
        ("SOP-QA-014-final-inspection.docx", "SOP-QA-014", None),
    ] {
        assert_eq!(
            by_name(path),
            (Some(number.to_owned()), revision.map(str::to_owned)),
            "{path}"
        );
    }
}

#[test]
fn names_that_only_look_alike_tell_nothing() {
    for path in [
        "staff-faq.md",
        "error-codes.csv",
        "bh-320-honing-machine-manual.pdf",
        "Report 2026-03-01.pdf",
        "IMG_20260301.png",
        "员工手册-考勤与休假.md",
    ] {
        assert_eq!(by_name(path).0, None, "{path}");
    }
}

#[test]
fn a_text_tells_number_revision_day_and_status_in_several_languages() {
    let expected = |revision: &str| Declared {
        number: Some("SOP-QA-014".to_owned()),
        revision: Some(revision.to_owned()),
        effective: Some("2026-03-01".to_owned()),
        status: None,
    };
    assert_eq!(
        said(&["Document no.: SOP-QA-014 | Revision: 3 | Effective: 2026-03-01"]),
        expected("3")
    );
    assert_eq!(
        said(&["文件编号：SOP-QA-014", "版本：C", "生效日期：2026年3月1日"]),
        expected("C")
    );
    assert_eq!(
        said(&[
            "Document number | SOP-QA-014 | Rev. | 3",
            "Effective date | 1.3.2026"
        ]),
        expected("3")
    );
    assert_eq!(
        said(&["number: SOP-QA-014\nrevision: 3\neffective: 2026-03-01\nstatus: draft"]).status,
        Some(ControlStatus::Draft)
    );
}

#[test]
fn a_text_that_speaks_of_revisions_declares_none() {
    assert!(said(&["Revisions are kept for ten years.", "The number of bolts is 4."]).is_empty());
    assert!(
        said(&["Revision 3 of the drawing was used."]).is_empty(),
        "a revision of what?"
    );
}

#[test]
fn the_name_counts_more_than_the_text_and_a_text_about_another_document_not_at_all() {
    let name = patterns().declared("SOP-QA-014 rev 4.docx");
    let text = said(&["Document no.: SOP-QA-014 | Revision 3 | Effective 2026-03-01"]);
    let both = controlled(name.clone(), text).unwrap();
    assert_eq!(
        (both.revision.as_deref(), both.effective.as_deref()),
        (Some("4"), Some("2026-03-01"))
    );
    let other = said(&["Document no.: SOP-QA-099 | Effective 2026-03-01"]);
    assert_eq!(controlled(name, other).unwrap().effective, None);
    assert_eq!(controlled(Declared::default(), Declared::default()), None);
}

#[test]
fn without_a_pattern_names_tell_nothing() {
    assert!(NamePatterns::of(&[]).declared("SOP-QA-014 rev 4.docx").is_empty());
}

#[test]
fn properties_that_people_added_tell_it_too() {
    let properties = [
        ("custom.Document Number", "SOP-QA-014"),
        ("custom.Revision", "C"),
        ("custom.Checked by", "Quality"),
        ("revision", "57"),
    ];
    let properties = properties
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let declared = by_properties(&properties);
    assert_eq!(declared.number.as_deref(), Some("SOP-QA-014"));
    assert_eq!(
        declared.revision.as_deref(),
        Some("C"),
        "not how often it was saved"
    );
}

#[test]
fn the_first_pattern_that_finds_a_number_counts() {
    let patterns = [
        r"^(?<number>SOP-\d+) (?<revision>[A-Z])",
        r"^(?<number>[A-Za-z]+)",
        r"^(?<number>SOP-\d+) .*-(?<revision>\d+)$",
    ];
    let patterns = NamePatterns::of(&patterns.map(str::to_owned));
    let by_name = |path: &str| {
        let declared = patterns.declared(path);
        (declared.number, declared.revision)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(by_name("a/SOP-7 C clamps-9.docx"), (some("SOP-7"), some("C")));
    // The second finds a word without figures, which is no number.
    assert_eq!(by_name("a/SOP-7 clamps-9.docx"), (some("SOP-7"), some("9")));
    assert_eq!(by_name("a/clamps.docx"), (None, None));
}
