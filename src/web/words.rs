//! How places, sizes, formats, states and times are said in a reader's language.

use chrono::{DateTime, Local, SecondsFormat, TimeDelta, Utc};

use super::texts::{Texts, grouped};
use crate::domain::{Collection, DocumentState, FileKind, Locator, Reason};

/// The place of a passage: `page 3 · Maintenance › Lubrication`.
pub fn locator(t: Texts, locator: &Locator) -> String {
    let mut words: Vec<String> = Vec::new();
    let place = place(t, locator);
    if !place.is_empty() {
        words.push(place);
    }
    if !locator.headings.is_empty() {
        words.push(locator.headings.join(" › "));
    }
    words.join(" · ")
}

/// The place of a passage where it stands alone, beginning with a capital; headings are left as they are written.
pub fn locator_line(t: Texts, locator: &Locator) -> String {
    let line = self::locator(t, locator);
    if place(t, locator).is_empty() {
        line
    } else {
        capitalised(&line)
    }
}

/// `text` with a capital at its beginning.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// The page, slide, or sheet and rows alone.
pub fn place(t: Texts, locator: &Locator) -> String {
    let mut words: Vec<String> = Vec::new();
    if let Some(page) = locator.page {
        words.push(t.with("locator-page", "number", &page.to_string()).into_owned());
    }
    if let Some(slide) = locator.slide {
        words.push(t.with("locator-slide", "number", &slide.to_string()).into_owned());
    }
    if let Some(sheet) = &locator.sheet {
        words.push(t.with("locator-sheet", "name", sheet).into_owned());
    }
    match locator.rows {
        Some((first, last)) if first == last => {
            words.push(
                t.with("locator-row", "first", &grouped(first.into()))
                    .into_owned(),
            );
        }
        Some((first, last)) => words.push(
            t.with_all(
                "locator-rows",
                &[("first", &grouped(first.into())), ("last", &grouped(last.into()))],
            )
            .into_owned(),
        ),
        None => {}
    }
    words.join(&t.get("list-comma"))
}

/// A collection's name; files in no folder have a name of their own.
pub fn collection(t: Texts, collection: &Collection) -> String {
    if *collection == Collection::top() {
        t.get("collection-top").into_owned()
    } else {
        collection.as_str().to_owned()
    }
}

/// What an address calls a collection: a folder cannot be named `.`, so that stands for [`Collection::top`].
pub fn collection_parameter(collection: &Collection) -> &str {
    if collection.as_str().is_empty() {
        "."
    } else {
        collection.as_str()
    }
}

/// The inverse of [`collection_parameter`]; nothing where the parameter is empty.
pub fn collection_of_parameter(parameter: &str) -> Option<Collection> {
    match parameter {
        "" => None,
        "." => Some(Collection::top()),
        name => Some(Collection(name.to_owned())),
    }
}

/// A format's name, which is the same in both languages.
pub fn kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Markdown => "Markdown",
        FileKind::Text => "Text",
        FileKind::Rst => "reST",
        FileKind::Html => "HTML",
        FileKind::Csv => "CSV",
        FileKind::Pdf => "PDF",
        FileKind::Docx => "Word",
        FileKind::Xlsx => "Excel",
        FileKind::Pptx => "PowerPoint",
    }
}

/// A format's abbreviation, for a small plate.
pub fn short_kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Markdown => "MD",
        FileKind::Text => "TXT",
        FileKind::Rst => "RST",
        FileKind::Html => "HTML",
        FileKind::Csv => "CSV",
        FileKind::Pdf => "PDF",
        FileKind::Docx => "DOCX",
        FileKind::Xlsx => "XLSX",
        FileKind::Pptx => "PPTX",
    }
}

/// A state's name.
pub fn state(t: Texts, state: &DocumentState) -> String {
    let text = match state {
        DocumentState::Pending => t.get("state-pending"),
        DocumentState::Searchable => t.get("state-searchable"),
        DocumentState::Duplicate { .. } => t.get("state-duplicate"),
        DocumentState::Failed { .. } => t.get("state-failed"),
    };
    text.into_owned()
}

/// Why a file could not be read, in the reader's language where the catalogue has it.
pub fn reason(t: Texts, reason: &Reason) -> String {
    let details: Vec<(&str, String)> = reason
        .details
        .iter()
        .map(|(name, value)| {
            let translated = t.find(&format!("{name}-{}", value.replace(' ', "-")), &[]);
            (
                name.as_str(),
                translated.map_or_else(|| value.clone(), Into::into),
            )
        })
        .collect();
    let details: Vec<(&str, &str)> = details
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    t.find(&format!("reason-{}", reason.code), &details)
        .map_or_else(|| reason.sentence.clone(), Into::into)
}

/// A size: `812 B`, `1.4 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in UNITS {
        if value < 999.5 {
            break;
        }
        value /= 1_000.0;
        unit = next;
    }
    if value < 9.95 {
        format!("{value:.1} {unit}")
    } else {
        format!("{value:.0} {unit}")
    }
}

/// How long something took: `31 ms`, `3.2 s`.
pub fn duration(milliseconds: u64) -> String {
    if milliseconds < 1_000 {
        format!("{milliseconds} ms")
    } else {
        format!("{:.1} s", milliseconds as f64 / 1_000.0)
    }
}

/// A time in the server's time zone: `2026-11-21 06:12`.
pub fn time(milliseconds: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(milliseconds)
        .map(|time| time.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}

/// The time so many days ago, milliseconds since 1970.
pub fn days_ago(days: u16) -> i64 {
    (Utc::now() - TimeDelta::days(days.into())).timestamp_millis()
}

/// A time as a machine reads it.
pub fn machine_time(milliseconds: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(milliseconds)
        .map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::domain::Language;
    use crate::ingest::parse::ParseError;

    use super::*;

    #[test]
    fn what_is_wrong_with_a_file_is_said_in_the_readers_language() {
        let damaged = ParseError::damaged("workbook", "no sheets").reason();
        assert_eq!(reason(Texts::of(Language::English), &damaged), damaged.sentence);
        let chinese = reason(Texts::of(Language::Chinese), &damaged);
        assert!(
            chinese.contains("工作簿") && chinese.contains("no sheets"),
            "{chinese}"
        );
    }

    #[test]
    fn a_reason_that_no_catalogue_knows_is_said_as_it_is() {
        let unknown = Reason::new("of-a-later-version", "the moon is in the way");
        assert_eq!(
            reason(Texts::of(Language::Chinese), &unknown),
            "the moon is in the way"
        );
    }

    #[test]
    fn a_place_is_said_in_words_in_both_languages() {
        let torque = Locator {
            sheet: Some("Torque".to_owned()),
            rows: Some((2, 14)),
            ..Locator::default()
        };
        assert_eq!(
            locator(Texts::of(Language::English), &torque),
            "sheet Torque, rows 2–14"
        );
        assert_eq!(
            locator(Texts::of(Language::Chinese), &torque),
            "工作表“Torque”，第 2–14 行"
        );
        let manual = Locator {
            page: Some(3),
            headings: vec!["Maintenance".to_owned(), "Lubrication".to_owned()],
            ..Locator::default()
        };
        assert_eq!(
            locator(Texts::of(Language::English), &manual),
            "page 3 · Maintenance › Lubrication"
        );
        assert_eq!(
            locator(Texts::of(Language::Chinese), &manual),
            "第 3 页 · Maintenance › Lubrication"
        );
    }

    #[test]
    fn a_line_begins_with_a_capital_unless_it_begins_with_a_heading() {
        let t = Texts::of(Language::English);
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
        assert_eq!(locator(Texts::of(Language::English), &Locator::default()), "");
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
}
