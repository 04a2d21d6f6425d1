//! Spreadsheets of OpenDocument: the values as they are shown, merged cells, notes, hidden sheets.

use std::collections::BTreeMap;
use std::path::Path;

use calamine::Dimensions;
use quick_xml::events::BytesStart;

use super::ocr::Ocr;
use super::odf_margins;
use super::odf_styles::{self, Styles};
use super::package::Package;
use super::pasted::Pasted;
use super::properties;
use super::sheet::{self, COLUMNS, Sheet};
use super::xml::{self, Step, attribute};
use super::{Limits, Outline, Output, ParseError, Parser};
use crate::domain::{Coverage, Locator};

const WHAT: &str = "spreadsheet";

/// Reads `.ods`.
#[derive(Debug)]
pub(super) struct OdsParser<'parser> {
    ocr: &'parser Ocr,
}

impl<'parser> OdsParser<'parser> {
    /// With what recognises the text of pictures.
    pub(super) fn new(ocr: &'parser Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for OdsParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let mut package = Package::open(path, WHAT, limits)?;
        odf_styles::refuse_encrypted(&mut package, WHAT)?;
        let properties = odf_styles::properties(&mut package, WHAT, limits)?;
        let content = package
            .part("content.xml")?
            .ok_or_else(|| ParseError::damaged(WHAT, "the part with the text is missing"))?;
        let above = match package.part("styles.xml")? {
            // The cells are there, whatever is wrong with the styles.
            Some(bytes) => odf_margins::of_sheets(&bytes, limits).unwrap_or_default(),
            None => Vec::new(),
        };
        let mut styles = Styles::default();
        styles.read(&content, WHAT, limits)?;
        let mut pasted = Pasted::new(self.ocr, output);
        begin_pictures(&content, &mut package, &mut pasted, limits)?;
        let mut reading = Reading {
            styles,
            above,
            ..Reading::default()
        };
        xml::walk(&content, WHAT, limits, &mut |step| {
            match step {
                Step::Open(name, tag) => reading.open(name, tag),
                Step::Text(text) if reading.in_paragraph > 0 => reading.text.push_str(text),
                Step::Text(_) => {}
                Step::Close(name) => reading.close(name, &mut pasted, output)?,
            }
            if reading.pages > limits.pages {
                return Err(ParseError::TooManyPages {
                    pages: reading.pages,
                    limit: limits.pages,
                });
            }
            Ok(())
        })?;
        Ok(Outline {
            title: properties::title(&properties),
            coverage: reading.coverage,
            properties,
            ..Outline::default()
        })
    }
}

/// Those of all sheets together: what many of them show is a logo.
fn begin_pictures(
    content: &[u8],
    package: &mut Package,
    pasted: &mut Pasted<'_>,
    limits: &Limits,
) -> Result<(), ParseError> {
    let mut parts = Vec::new();
    xml::walk(content, WHAT, limits, &mut |step| {
        if let Step::Open("image", tag) = step {
            parts.extend(odf_styles::picture(tag));
        }
        Ok(())
    })?;
    parts.iter().for_each(|part| pasted.is_used(part));
    parts.iter().for_each(|part| pasted.begin(package, part));
    Ok(())
}

#[derive(Default)]
struct Reading {
    styles: Styles,
    pages: u32,
    coverage: Coverage,
    /// Page headers and footers, until they are sent with the first sheet.
    above: Vec<String>,
    /// The sheet that is open: its name, whether it is hidden, and its rows with their numbers.
    sheet: Option<Open>,
    in_paragraph: u32,
    in_note: u32,
    text: String,
}

#[derive(Default)]
struct Open {
    name: String,
    hidden: bool,
    cells: Vec<(u32, u32, String)>,
    merged: Vec<Dimensions>,
    notes: BTreeMap<(u32, u32), String>,
    /// Pictures with the rows at which they are fastened.
    pictures: Vec<(u32, String)>,
    row: u32,
    column: u32,
    row_repeats: u32,
    cell_repeats: u32,
    cell: String,
    /// Where the cells of the row begin among all cells.
    row_begins: usize,
}

/// Rows and cells that are said to repeat more often than this are what programs fill empty space with.
const REPEATS: u32 = 1_000;

impl Reading {
    fn open(&mut self, name: &str, tag: &BytesStart<'_>) {
        let number = |name: &str| attribute(tag, name).and_then(|number| number.parse::<u32>().ok());
        match (name, &mut self.sheet) {
            ("table", None) => {
                self.pages = self.pages.saturating_add(1);
                let style = attribute(tag, "style-name").unwrap_or_default();
                self.sheet = Some(Open {
                    name: attribute(tag, "name").unwrap_or_default(),
                    hidden: self.styles.hides(&style),
                    ..Open::default()
                });
            }
            ("table-row", Some(sheet)) => {
                sheet.column = 0;
                sheet.row_begins = sheet.cells.len();
                sheet.row_repeats = number("number-rows-repeated").unwrap_or(1);
            }
            ("table-cell" | "covered-table-cell", Some(sheet)) => {
                sheet.cell.clear();
                sheet.cell_repeats = number("number-columns-repeated").unwrap_or(1);
                let (down, across) = (
                    number("number-rows-spanned").unwrap_or(1),
                    number("number-columns-spanned").unwrap_or(1),
                );
                if down > 1 && name == "table-cell" {
                    let start = (sheet.row, sheet.column);
                    sheet.merged.push(Dimensions {
                        start,
                        end: (
                            start.0.saturating_add(down - 1),
                            start.1.saturating_add(across.max(1) - 1),
                        ),
                    });
                }
            }
            ("image", Some(sheet)) => {
                let row = sheet.row;
                sheet
                    .pictures
                    .extend(odf_styles::picture(tag).map(|part| (row, part)));
            }
            ("annotation", _) => {
                self.in_note += 1;
                self.text.clear();
            }
            ("p" | "h", Some(_)) => self.in_paragraph += 1,
            // Who wrote a note, and when, is no part of it.
            ("s", _) if self.in_paragraph > 0 => self.text.push(' '),
            ("tab" | "line-break", _) if self.in_paragraph > 0 => self.text.push(' '),
            _ => {}
        }
    }

    fn close(
        &mut self,
        name: &str,
        pasted: &mut Pasted<'_>,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        let Some(sheet) = &mut self.sheet else {
            return Ok(());
        };
        match name {
            "p" | "h" => {
                self.in_paragraph = self.in_paragraph.saturating_sub(1);
                let text = std::mem::take(&mut self.text);
                if self.in_note > 0 {
                    let note = sheet.notes.entry((sheet.row, sheet.column)).or_default();
                    join(note, &text);
                } else {
                    join(&mut sheet.cell, &text);
                }
            }
            "annotation" => self.in_note = self.in_note.saturating_sub(1),
            "table-cell" | "covered-table-cell" => {
                let text = std::mem::take(&mut sheet.cell);
                let repeats = sheet.cell_repeats;
                if !text.trim().is_empty() {
                    for step in 0..repeats.min(REPEATS) {
                        let column = sheet.column.saturating_add(step);
                        if column < COLUMNS {
                            sheet.cells.push((sheet.row, column, text.clone()));
                        }
                    }
                }
                sheet.column = sheet.column.saturating_add(repeats);
            }
            "table-row" => {
                let row = sheet.cells[sheet.row_begins..].to_vec();
                for step in 1..sheet.row_repeats.min(REPEATS) {
                    let number = sheet.row.saturating_add(step);
                    sheet.cells.extend(
                        row.iter()
                            .map(|(_, column, text)| (number, *column, text.clone())),
                    );
                }
                sheet.row = sheet.row.saturating_add(sheet.row_repeats);
                output.on_time()?;
            }
            "table" => {
                if let Some(sheet) = self.sheet.take() {
                    let before = output.blocks();
                    for text in std::mem::take(&mut self.above) {
                        output.paragraph(&sheet::place(&sheet.name, sheet.hidden), text)?;
                    }
                    let mut sending = Sheet::new(&sheet.name, sheet.hidden, sheet.merged, sheet.notes);
                    for (row, column, text) in sheet.cells {
                        sending.cell((row, column), text, output)?;
                    }
                    sending.finish(output)?;
                    for (row, part) in sheet.pictures {
                        let place = Locator {
                            rows: Some((row.saturating_add(1), row.saturating_add(1))),
                            ..sheet::place(&sheet.name, sheet.hidden)
                        };
                        pasted.send(&part, &place, output)?;
                    }
                    pasted.cover(output.blocks() - before, &mut self.coverage);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn join(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}
