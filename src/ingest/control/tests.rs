//! Numbers and revisions in names and texts, case by case.

use super::*;
use crate::config::Config;
use crate::domain::Locator;

fn properties<const COUNT: usize>(said: [(&str, &str); COUNT]) -> BTreeMap<String, String> {
    said.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

/// What is known of a file of this name with these properties and these lines.
fn known<const COUNT: usize>(path: &str, said: [(&str, &str); COUNT], lines: &[&str]) -> Option<Declared> {
    controlled(
        patterns().declared(path),
        inside(&properties(said), &beginning(lines)),
    )
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn patterns() -> NamePatterns {
    NamePatterns::of(&Config::default().documents.control_patterns)
}

fn by_name(path: &str) -> (Option<String>, Option<String>) {
    let declared = patterns().declared(path);
    (declared.number, declared.revision)
}

fn said(lines: &[&str]) -> Declared {
    beginning(lines).declared()
}

fn beginning(lines: &[&str]) -> Beginning {
    let mut beginning = Beginning::default();
    for line in lines {
        beginning.push(&Block {
            locator: Locator::default(),
            kind: BlockKind::Paragraph,
            text: (*line).to_owned(),
        });
    }
    beginning
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
    let name = "SOP-QA-014 rev 4.docx";
    let both = known(
        name,
        [],
        &["Document no.: SOP-QA-014 | Revision 3 | Effective 2026-03-01"],
    )
    .unwrap();
    assert_eq!((both.revision, both.effective), (some("4"), some("2026-03-01")));
    let other = known(name, [], &["Document no.: SOP-QA-099 | Effective 2026-03-01"]);
    assert_eq!(other.unwrap().effective, None);
    assert_eq!(known("clamps.docx", [], &[]), None);
}

#[test]
fn front_matter_counts_more_than_the_name() {
    let front = [
        ("front.Revision", "\"5\""),
        ("front.version", "9"),
        ("front.date", "2026-01-01"),
        ("front.effective_date", "2026-03-01"),
        ("front.status", "draft"),
    ];
    let text = ["Document no.: SOP-QA-014 | Revision 3"];
    let declared = |revision: &str| {
        Some(Declared {
            number: some("SOP-QA-014"),
            revision: some(revision),
            effective: some("2026-03-01"),
            status: Some(ControlStatus::Draft),
        })
    };
    assert_eq!(known("SOP-QA-014 rev 4.md", front, &text), declared("5"));
    assert_eq!(known("clamps.md", front, &text), declared("5"));
    assert_eq!(known("clamps.md", front, &["A text without a number."]), None);
    // A file that was copied under its old name.
    let other = known("SOP-QA-014 rev 4.md", [("front.document", "WI-7")], &text).unwrap();
    assert_eq!((other.number, other.revision), (some("WI-7"), None));
}

#[test]
fn properties_that_every_office_file_has_room_for_count_where_people_wrote_them() {
    let catalogue = [
        ("identifier", "SOP-QA-014"),
        ("version", "2.1"),
        ("status", "In review"),
    ];
    assert_eq!(
        known("clamps.docx", catalogue, &[]),
        Some(Declared {
            number: some("SOP-QA-014"),
            revision: some("2.1"),
            effective: None,
            status: Some(ControlStatus::Draft),
        })
    );
    // Its text is newer, its name newest.
    let text = ["Document no.: SOP-QA-014 | Revision 3"];
    let revision = |path: &str| known(path, catalogue, &text).unwrap().revision;
    assert_eq!(revision("clamps.docx"), some("3"));
    assert_eq!(revision("SOP-QA-014 rev 4.docx"), some("4"));
    assert_eq!(
        known("SOP-QA-014.docx", [("version", "C")], &[])
            .unwrap()
            .revision,
        some("C")
    );
    // A version of something else.
    let other = [("identifier", "WI-7"), ("version", "9")];
    assert_eq!(known("SOP-QA-014.docx", other, &[]).unwrap().revision, None);
}

#[test]
fn what_programs_write_into_properties_makes_no_document_a_controlled_one() {
    for said in [
        ("identifier", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        ("identifier", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"),
        ("identifier", "10.1000/182"),
        ("identifier", "urn:isbn:9783161484100"),
        ("identifier", "ISBN-9783161484100"),
        ("identifier", "calibre-3"),
        ("version", "3"),
        ("status", "Final"),
        ("revision", "57"),
    ] {
        assert_eq!(known("clamps.docx", [said], &[]), None, "{said:?}");
    }
    for version in ["16.0000", "786432", "2.0.0.1", "LibreOffice 25.2", "20260301"] {
        let known = known("SOP-QA-014.docx", [("version", version)], &[]);
        assert_eq!(known.unwrap().revision, None, "{version}");
    }
}

#[test]
fn without_a_pattern_names_tell_nothing() {
    assert!(NamePatterns::of(&[]).declared("SOP-QA-014 rev 4.docx").is_empty());
}

#[test]
fn properties_that_people_added_tell_it_too() {
    let declared = known(
        "clamps.docx",
        [
            ("custom.Document Number", "SOP-QA-014"),
            ("custom.Revision", "C"),
            ("custom.Checked by", "Quality"),
            ("revision", "57"),
        ],
        &["Document no.: SOP-QA-099 | Effective 2026-03-01"],
    )
    .unwrap();
    assert_eq!(declared.number, some("SOP-QA-014"));
    assert_eq!(declared.revision, some("C"), "not how often it was saved");
    assert_eq!(declared.effective, None, "that is another document's");
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
    assert_eq!(by_name("a/SOP-7 C clamps-9.docx"), (some("SOP-7"), some("C")));
    // The second finds a word without figures, which is no number.
    assert_eq!(by_name("a/SOP-7 clamps-9.docx"), (some("SOP-7"), some("9")));
    assert_eq!(by_name("a/clamps.docx"), (None, None));
}
