//! How things are said in each language.

use crate::domain::{Coverage, PageFate};
use crate::ingest::IngestError;
use crate::ingest::parse::ParseError;
use crate::web::locale::Locale;

use super::*;

#[test]
fn what_is_wrong_with_a_file_is_said_in_the_readers_language() {
    let damaged = ParseError::damaged("workbook", "no sheets").reason();
    for (locale, workbook) in [
        (Locale::English, "workbook"),
        (Locale::SimplifiedChinese, "工作簿"),
        (Locale::TraditionalChinese, "活頁簿"),
        (Locale::Korean, "통합 문서"),
    ] {
        let said = reason(Texts::of(locale), &damaged);
        assert!(said.contains(workbook) && said.contains("no sheets"), "{said}");
    }
}

#[test]
fn in_english_what_is_wrong_with_a_file_is_said_as_the_log_says_it() {
    let t = Texts::of(Locale::English);
    for error in [
        ParseError::Empty,
        ParseError::NoText,
        ParseError::NoPage {
            coverage: Coverage::alike(12, PageFate::Empty),
        },
        ParseError::NotText,
        ParseError::too_large(90 << 20, 64 << 20),
        ParseError::UnpacksTooLarge { limit_megabytes: 512 },
        ParseError::CompressedTooWell { ratio: 900 },
        ParseError::TooManyParts { parts: 9, limit: 8 },
        ParseError::TooMuchText { limit_millions: 20 },
        ParseError::TooManyPages { pages: 9, limit: 8 },
        ParseError::NestedTooDeep { limit: 64 },
        ParseError::UnreadFormat,
        ParseError::TooDeep { limit: 4 },
        ParseError::TimedOut { seconds: 60 },
        ParseError::Password { what: "PDF" },
        ParseError::damaged("Word document", "no body"),
        ParseError::OldOffice { what: "presentation" },
        ParseError::Forbidden,
        ParseError::Gone,
        ParseError::Io(std::io::Error::other("the disk is gone")),
        ParseError::NoPage {
            coverage: ParseError::PdfPassword.coverage().in_part("audits.zip/2025.pdf"),
        },
        ParseError::Stopped,
    ] {
        let logged = error.reason();
        assert_eq!(reason(t, &logged), logged.sentence);
    }
    for error in [
        IngestError::DiskFull,
        IngestError::Stopped("a task panicked".to_owned()),
        IngestError::Folder {
            folder: "/srv/documents".into(),
            source: std::io::Error::other("no such folder"),
        },
        IngestError::Unmounted {
            folder: "/srv/documents".into(),
            point: "/srv".into(),
        },
    ] {
        let logged = error.reason();
        assert_eq!(reason(t, &logged), logged.sentence);
    }
}

#[test]
fn a_reason_that_no_catalogue_knows_is_said_as_it_is() {
    let unknown = Reason::new("of-a-later-version", "the moon is in the way");
    for locale in Locale::ALL {
        assert_eq!(reason(Texts::of(locale), &unknown), "the moon is in the way");
    }
}

#[test]
fn a_place_is_said_in_words_in_every_language() {
    let torque = Locator {
        sheet: Some("Torque".to_owned()),
        rows: Some((2, 14)),
        ..Locator::default()
    };
    let manual = Locator {
        page: Some(3),
        headings: vec!["Maintenance".to_owned(), "Lubrication".to_owned()],
        ..Locator::default()
    };
    for (locale, rows, page) in [
        (Locale::English, "sheet Torque, rows 2–14", "page 3"),
        (Locale::SimplifiedChinese, "工作表“Torque”，第 2–14 行", "第 3 页"),
        (
            Locale::TraditionalChinese,
            "工作表「Torque」，第 2–14 列",
            "第 3 頁",
        ),
        (Locale::Korean, "시트 “Torque”, 2–14행", "3페이지"),
    ] {
        let t = Texts::of(locale);
        assert_eq!(locator(t, &torque), rows);
        assert_eq!(locator(t, &manual), format!("{page} · Maintenance › Lubrication"));
    }
}

#[test]
fn a_time_is_written_as_the_readers_of_a_language_write_it() {
    let time = DateTime::<Utc>::from_timestamp(1_793_772_720, 0).unwrap();
    for (locale, written) in [
        (Locale::English, "4 Nov 2026, 06:12"),
        (Locale::SimplifiedChinese, "2026-11-04 06:12"),
        (Locale::TraditionalChinese, "2026/11/04 06:12"),
        (Locale::Korean, "2026. 11. 4. 06:12"),
    ] {
        assert_eq!(shown(Texts::of(locale), time), written);
    }
    assert_eq!(machine_time(1_793_772_720_000), "2026-11-04T06:12:00Z");
}

#[test]
fn a_date_is_written_as_the_readers_of_a_language_write_it() {
    for (locale, written) in [
        (Locale::English, "4 Nov 2026"),
        (Locale::SimplifiedChinese, "2026-11-04"),
        (Locale::TraditionalChinese, "2026/11/04"),
        (Locale::Korean, "2026. 11. 4."),
    ] {
        let t = Texts::of(locale);
        assert_eq!(date_of(t, "2026-11-04"), written);
        let noon = Local.with_ymd_and_hms(2026, 11, 4, 12, 0, 0).unwrap();
        assert_eq!(date(t, noon.timestamp_millis()), written);
        assert_eq!(date_of(t, "as soon as possible"), "as soon as possible");
    }
}

#[test]
fn how_long_something_took_is_said_in_the_units_of_a_language() {
    for (locale, short, long) in [
        (Locale::English, "31 ms", "3.2 s"),
        (Locale::SimplifiedChinese, "31 毫秒", "3.2 秒"),
        (Locale::TraditionalChinese, "31 毫秒", "3.2 秒"),
        (Locale::Korean, "31ms", "3.2초"),
    ] {
        let t = Texts::of(locale);
        assert_eq!((&*duration(t, 31), &*duration(t, 3_210)), (short, long));
    }
}

#[test]
fn a_line_begins_with_a_capital_unless_it_begins_with_a_heading() {
    let t = Texts::of(Locale::English);
    let page = Locator {
        page: Some(3),
        ..Locator::default()
    };
    let heading = Locator {
        headings: vec!["idf.py".to_owned()],
        ..Locator::default()
    };
    assert_eq!(locator_line(t, &page), "Page 3");
    assert_eq!(locator_line(t, &heading), "idf.py");
}

#[test]
fn a_document_without_places_has_no_words_for_one() {
    assert_eq!(locator(Texts::of(Locale::English), &Locator::default()), "");
}

#[test]
fn sizes_have_two_figures() {
    assert_eq!(size(0), "0 B");
    assert_eq!(size(999), "999 B");
    assert_eq!(size(1_440), "1.4 kB");
    assert_eq!(size(999_700), "1.0 MB");
    assert_eq!(size(512_000_000), "512 MB");
}

#[test]
fn the_folder_itself_is_a_collection_that_an_address_can_name() {
    let top = Collection::top();
    assert_eq!(collection_of_parameter(collection_parameter(&top)), Some(top));
    assert_eq!(collection_of_parameter(""), None);
}
