//! How places, sizes, formats, states and times are said in a reader's language.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::{Display, Write};

use chrono::{DateTime, Local, NaiveDate, SecondsFormat, TimeDelta, TimeZone, Utc};

use super::texts::{Texts, grouped};
use crate::domain::{Collection, DocumentState, FileKind, Locator, Reason, Revision, Standing};

/// The place of a passage: `page 3 · Maintenance › Lubrication`.
pub fn locator(t: Texts, locator: &Locator) -> String {
    let mut words: Vec<String> = Vec::new();
    let place = place(t, locator);
    if !place.is_empty() {
        words.push(place);
    }
    let headings = locator.inner_headings();
    if !headings.is_empty() {
        words.push(headings.join(" › "));
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

/// The file inside the file, the page, slide, or sheet and rows, and the time alone.
pub fn place(t: Texts, locator: &Locator) -> String {
    let mut words: Vec<String> = Vec::new();
    if let Some(part) = &locator.part {
        words.push(t.with("locator-part", "name", part).into_owned());
    }
    if let Some(page) = locator.page {
        words.push(t.with("locator-page", "number", &page.to_string()).into_owned());
    }
    if let Some(slide) = locator.slide {
        words.push(t.with("locator-slide", "number", &slide.to_string()).into_owned());
    }
    if let Some(sheet) = &locator.sheet {
        words.push(t.with("locator-sheet", "name", sheet).into_owned());
    }
    if locator.hidden {
        words.push(t.get("locator-hidden").into_owned());
    }
    if let Some((from, to)) = locator.time {
        let (from, to) = (Locator::clock(from), Locator::clock(to));
        words.push(
            t.with_all("locator-time", &[("from", &from), ("to", &to)])
                .into_owned(),
        );
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
    if let Some(confidence) = locator.ocr {
        words.push(
            t.with("locator-ocr", "confidence", &confidence.to_string())
                .into_owned(),
        );
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

/// A format's name; names of products and standards are the same in every language.
pub fn kind(t: Texts, kind: FileKind) -> Cow<'static, str> {
    let name = match kind {
        FileKind::Text => return t.get("kind-text"),
        FileKind::Mail => return t.get("kind-mail"),
        FileKind::Archive => return t.get("kind-archive"),
        FileKind::Subtitles => return t.get("kind-subtitles"),
        FileKind::Image => return t.get("kind-image"),
        FileKind::Markdown => "Markdown",
        FileKind::Rst => "reST",
        FileKind::Html => "HTML",
        FileKind::Csv => "CSV",
        FileKind::Pdf => "PDF",
        FileKind::Docx => "Word",
        FileKind::Xlsx => "Excel",
        FileKind::Pptx => "PowerPoint",
        FileKind::Doc => "Word 97–2003",
        FileKind::Rtf => "RTF",
        FileKind::Odt => "ODT",
        FileKind::Xls => "Excel 97–2003",
        FileKind::Xlsb => "Excel (XLSB)",
        FileKind::Ods => "ODS",
        FileKind::Ppt => "PowerPoint 97–2003",
        FileKind::Odp => "ODP",
        FileKind::Mhtml => "MHTML",
        FileKind::Epub => "EPUB",
        FileKind::Asciidoc => "AsciiDoc",
        FileKind::Json => "JSON",
        FileKind::Xml => "XML",
    };
    Cow::Borrowed(name)
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
        FileKind::Doc => "DOC",
        FileKind::Rtf => "RTF",
        FileKind::Odt => "ODT",
        FileKind::Xls => "XLS",
        FileKind::Xlsb => "XLSB",
        FileKind::Ods => "ODS",
        FileKind::Ppt => "PPT",
        FileKind::Odp => "ODP",
        FileKind::Mail => "MAIL",
        FileKind::Archive => "ZIP",
        FileKind::Mhtml => "MHT",
        FileKind::Epub => "EPUB",
        FileKind::Asciidoc => "ADOC",
        FileKind::Json => "JSON",
        FileKind::Xml => "XML",
        FileKind::Subtitles => "SRT",
        FileKind::Image => "IMG",
    }
}

/// How a revision stands: `in force`, `superseded by revision 4`.
pub fn standing(t: Texts, revision: &Revision) -> String {
    match &revision.standing {
        Standing::Superseded { by } => t.with("standing-superseded", "revision", &by.revision),
        other => t.get(&format!("standing-{}", other.as_str())),
    }
    .into_owned()
}

/// Whether a revision is the one that holds.
pub fn is_in_force(revision: &Revision) -> bool {
    revision.standing == Standing::InForce
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
    let Some(said) = t.find(&format!("reason-{}", reason.code), &details) else {
        return reason.sentence.clone();
    };
    match reason.details.get(Reason::PART) {
        Some(part) => t
            .with_all("part-reason", &[("part", part), ("reason", &said)])
            .into_owned(),
        None => said.into(),
    }
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
pub fn duration(t: Texts, milliseconds: u64) -> Cow<'static, str> {
    if milliseconds < 1_000 {
        t.with("duration-milliseconds", "number", &milliseconds.to_string())
    } else {
        let seconds = format!("{:.1}", milliseconds as f64 / 1_000.0);
        t.with("duration-seconds", "number", &seconds)
    }
}

/// A time, in milliseconds since 1970, in the server's time zone: `21 Nov 2026, 06:12`.
pub fn time(t: Texts, milliseconds: i64) -> String {
    let time = DateTime::<Utc>::from_timestamp_millis(milliseconds).unwrap_or_default();
    shown(t, time.with_timezone(&Local))
}

fn shown<Zone: TimeZone<Offset: Display>>(t: Texts, time: DateTime<Zone>) -> String {
    written(t, time.format(&t.get("time-pattern")))
        .unwrap_or_else(|| time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Nothing where the pattern cannot be read.
fn written(t: Texts, formatted: impl Display) -> Option<String> {
    let mut written = String::new();
    if write!(written, "{formatted}").is_err() {
        tracing::error!(
            language = t.tag(),
            "the pattern of times or of dates cannot be read"
        );
        return None;
    }
    Some(written)
}

/// The time so many days ago, milliseconds since 1970.
pub fn days_ago(days: u16) -> i64 {
    (Utc::now() - TimeDelta::days(days.into())).timestamp_millis()
}

/// The date of a time, in milliseconds since 1970, in the server's time zone: `21 Nov 2026`.
pub fn date(t: Texts, milliseconds: i64) -> String {
    let time = DateTime::<Utc>::from_timestamp_millis(milliseconds).unwrap_or_default();
    date_shown(t, time.with_timezone(&Local).date_naive())
}

/// The date that stands in a document as `2026-11-21`; anything else as it is.
pub fn date_of(t: Texts, iso: &str) -> String {
    iso.parse()
        .map_or_else(|_| iso.to_owned(), |date| date_shown(t, date))
}

fn date_shown(t: Texts, date: NaiveDate) -> String {
    written(t, date.format(&t.get("date-pattern"))).unwrap_or_else(|| date.to_string())
}

/// A time as a machine reads it.
pub fn machine_time(milliseconds: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(milliseconds)
        .map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
        .unwrap_or_default()
}
