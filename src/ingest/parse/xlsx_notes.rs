//! What stands beside the cells of a sheet: comments and notes, text boxes, page headers and footers.

use std::collections::{BTreeMap, HashMap};

use super::headings::one_line;
use super::package::Package;
use super::pasted::Pasted;
use super::sheet_margin::margin;
use super::xml::{
    self, Relationship, Step, attribute, prefixed_attribute, relationships, relationships_part,
};
use super::{Limits, Output, ParseError, xlsb_notes};
use crate::domain::Locator;

const WHAT: &str = "workbook";
const WORKBOOK: &str = "xl/workbook.xml";
/// Page headers are looked for in sheets up to this size: they stand at the end.
const LOOKED_THROUGH: usize = 16 * 1024 * 1024;
/// Rows of a sheet.
const ROWS: u32 = 1_048_575;

/// What stands beside the cells of one sheet.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// Comments and notes by row and column, counted from 0.
    pub(super) notes: BTreeMap<(u32, u32), String>,
    /// Page headers and footers: often the only place of a document's number and revision.
    pub(super) above: Vec<String>,
    /// Text in boxes that float over the cells.
    pub(super) floating: Vec<String>,
    /// Pictures that float over them: the row at which each begins, counted from 0, and its part.
    pub(super) pictures: Vec<(u32, String)>,
}

/// What stands beside the cells, by the names of the sheets.
pub(super) fn read(package: &mut Package, limits: &Limits) -> Result<HashMap<String, Beside>, ParseError> {
    let Some(workbook) = package.part(WORKBOOK)? else {
        return Ok(HashMap::new());
    };
    let related = related(package, WORKBOOK, limits)?;
    let mut sheets: Vec<(String, String)> = Vec::new();
    xml::walk(&workbook, WHAT, limits, &mut |step| {
        if let Step::Open("sheet", tag) = step
            && let (Some(name), Some(id)) = (attribute(tag, "name"), prefixed_attribute(tag, "r:id"))
            && let Some(target) = related.iter().find(|one| one.id == id)
        {
            sheets.push((name, target.target.clone()));
        }
        Ok(())
    })?;
    of_sheets(package, &sheets, limits)
}

/// The same of sheets in these parts, be they XML or binary.
pub(super) fn of_sheets(
    package: &mut Package,
    sheets: &[(String, String)],
    limits: &Limits,
) -> Result<HashMap<String, Beside>, ParseError> {
    let mut found = HashMap::new();
    for (name, part) in sheets {
        found.insert(name.clone(), beside(package, part, limits)?);
    }
    Ok(found)
}

impl Beside {
    /// Sends what stands above the cells.
    pub(super) fn send_above(&mut self, place: &Locator, output: &mut Output<'_>) -> Result<(), ParseError> {
        for text in std::mem::take(&mut self.above) {
            output.paragraph(place, text)?;
        }
        Ok(())
    }

    /// Sends what floats over them.
    pub(super) fn send_floating(
        self,
        place: &Locator,
        pasted: &mut Pasted<'_>,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        for text in self.floating {
            output.paragraph(place, text)?;
        }
        for (row, part) in self.pictures {
            let place = Locator {
                rows: Some((row + 1, row + 1)),
                ..place.clone()
            };
            pasted.send(&part, &place, output)?;
        }
        Ok(())
    }
}

/// Begins to recognise the pictures of all sheets.
pub(super) fn begin_pictures(
    sheets: &HashMap<String, Beside>,
    package: &mut Package,
    pasted: &mut Pasted<'_>,
) {
    let pictures = || sheets.values().flat_map(|sheet| &sheet.pictures);
    pictures().for_each(|(_, part)| pasted.is_used(part));
    pictures().for_each(|(_, part)| pasted.begin(package, part));
}

fn beside(package: &mut Package, part: &str, limits: &Limits) -> Result<Beside, ParseError> {
    let mut beside = Beside::default();
    if package
        .size(part)
        .is_some_and(|size| size <= LOOKED_THROUGH as u64)
        && let Some(bytes) = package.part(part)?
    {
        beside.above = match is_binary(part) {
            true => xlsb_notes::margins(&bytes),
            false => margins(&bytes),
        };
    }
    let mut threads = BTreeMap::new();
    for relationship in related(package, part, limits)? {
        let Some(bytes) = (match relationship.kind.as_str() {
            "comments" | "threadedComment" | "drawing" => package.part(&relationship.target)?,
            _ => None,
        }) else {
            continue;
        };
        match relationship.kind.as_str() {
            "comments" if is_binary(&relationship.target) => xlsb_notes::comments(&bytes, &mut beside.notes),
            "comments" => comments(&bytes, "comment", &mut beside.notes, limits)?,
            "threadedComment" => comments(&bytes, "threadedComment", &mut threads, limits)?,
            _ => {
                beside.floating.extend(drawing_texts(&bytes, limits)?);
                let shown = drawing_pictures(&bytes, limits)?;
                if !shown.is_empty() {
                    let parts = related(package, &relationship.target, limits)?;
                    beside.pictures.extend(shown.into_iter().filter_map(|(row, id)| {
                        Some((row, parts.iter().find(|one| one.id == id)?.target.clone()))
                    }));
                }
            }
        }
    }
    // A thread is kept a second time as a note for old programs, with an explanation that is not part of it.
    beside.notes.extend(threads);
    Ok(beside)
}

/// Whether a part of a workbook is made of records. Its drawings and threads are XML in any case.
fn is_binary(part: &str) -> bool {
    part.ends_with(".bin")
}

fn related(package: &mut Package, part: &str, limits: &Limits) -> Result<Vec<Relationship>, ParseError> {
    match package.part(&relationships_part(part))? {
        Some(bytes) => relationships(&bytes, part, WHAT, limits),
        None => Ok(Vec::new()),
    }
}

fn comments(
    bytes: &[u8],
    element: &str,
    notes: &mut BTreeMap<(u32, u32), String>,
    limits: &Limits,
) -> Result<(), ParseError> {
    let mut cell: Option<(u32, u32)> = None;
    let (mut text, mut inside) = (String::new(), false);
    xml::walk(bytes, WHAT, limits, &mut |step| {
        match step {
            Step::Open(name, tag) if name == element => {
                cell = attribute(tag, "ref").and_then(|name| cell_of(&name));
                text.clear();
            }
            Step::Open("t" | "text", _) => inside = true,
            Step::Close("t" | "text") => inside = false,
            Step::Text(piece) if inside => text.push_str(piece),
            Step::Close(name) if name == element => {
                let said = one_line(&text);
                if let Some(cell) = cell.take().filter(|_| !said.is_empty()) {
                    let note = notes.entry(cell).or_default();
                    if !note.is_empty() {
                        note.push('\n');
                    }
                    note.push_str(&said);
                }
            }
            _ => {}
        }
        Ok(())
    })
}

fn drawing_texts(bytes: &[u8], limits: &Limits) -> Result<Vec<String>, ParseError> {
    let mut texts = Vec::new();
    let (mut text, mut inside) = (String::new(), false);
    xml::walk(bytes, WHAT, limits, &mut |step| {
        match step {
            Step::Open("t", _) => inside = true,
            Step::Close("t") => inside = false,
            Step::Text(piece) if inside => text.push_str(piece),
            Step::Close("p") => text.push('\n'),
            Step::Close("txBody") => texts.push(std::mem::take(&mut text)),
            _ => {}
        }
        Ok(())
    })?;
    texts.retain(|text| !text.trim().is_empty());
    Ok(texts)
}

/// The rows at which pictures begin, and their relationships.
fn drawing_pictures(bytes: &[u8], limits: &Limits) -> Result<Vec<(u32, String)>, ParseError> {
    let mut pictures = Vec::new();
    let (mut row, mut in_row, mut in_from) = (0, false, false);
    xml::walk(bytes, WHAT, limits, &mut |step| {
        match step {
            Step::Open("from", _) => in_from = true,
            Step::Close("from") => in_from = false,
            Step::Open("row", _) => in_row = in_from,
            Step::Close("row") => in_row = false,
            Step::Text(text) if in_row => row = text.trim().parse().unwrap_or(row).min(ROWS),
            Step::Open("blip", tag) => {
                pictures.extend(prefixed_attribute(tag, "r:embed").map(|id| (row, id)));
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(pictures)
}

/// Page headers and footers, without the codes for fonts and page numbers.
fn margins(bytes: &[u8]) -> Vec<String> {
    let end = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(64 * 1024)..]);
    let mut texts: Vec<String> = Vec::new();
    for name in [
        "oddHeader",
        "firstHeader",
        "evenHeader",
        "oddFooter",
        "firstFooter",
        "evenFooter",
    ] {
        let inside = end
            .split_once(&format!("<{name}>"))
            .and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
        if let Some((codes, _)) = inside {
            let codes = codes
                .replace("&amp;", "&")
                .replace("&quot;", "\"")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
            texts.extend(margin(&codes).filter(|text| !texts.contains(text)));
        }
    }
    texts
}

/// Row and column of a cell's name, counted from 0: `C7` is `(6, 2)`.
fn cell_of(name: &str) -> Option<(u32, u32)> {
    let digits = name.find(|character: char| character.is_ascii_digit())?;
    let column = name[..digits].bytes().try_fold(0u32, |column, letter| {
        let letter = u32::from(letter.to_ascii_uppercase().checked_sub(b'A')?);
        column.checked_mul(26)?.checked_add(letter + 1)
    })?;
    let row: u32 = name[digits..].parse().ok()?;
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_by_their_names() {
        assert_eq!(cell_of("C7"), Some((6, 2)));
        assert_eq!(cell_of("AA1"), Some((0, 26)));
        assert_eq!(cell_of("7"), None);
    }

    #[test]
    fn page_headers_are_read_without_their_codes() {
        let sheet = b"<worksheet><headerFooter><oddHeader>&amp;L&amp;\"Arial,Bold\"&amp;12SOP-QA-014 Rev C&amp;RPage &amp;P</oddHeader>\
            <oddFooter>&amp;C&amp;P/&amp;N</oddFooter></headerFooter></worksheet>";
        assert_eq!(margins(sheet), ["SOP-QA-014 Rev C Page"]);
    }
}
