//! Workbooks of Excel 97 to 2003 and binary ones, and whatever programs write under those names.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{Data, DataRef, Reader, SheetVisible, WorkbookProperties, Xls, XlsError, Xlsb, XlsbError};

use super::ocr::Ocr;
use super::package::Package;
use super::pasted::Pasted;
use super::properties;
use super::sheet::{self, Sheet, value_text};
use super::signature::Signature;
use super::xlsx_notes::{self, Beside};
use super::{
    Limits, Outline, Output, ParseError, Parser, csv, html, records, xls_bounds, xls_notes, xls_records,
    xlsb_merged, xlsb_records, xlsx,
};
use crate::domain::Coverage;

const WHAT: &str = "workbook";

/// Reads `.xls` and `.xlsb`. Many programs write web pages or tables of text under the name `.xls`: those are read too.
#[derive(Debug)]
pub(super) struct XlsParser<'parser> {
    ocr: &'parser Ocr,
}

impl<'parser> XlsParser<'parser> {
    /// With what recognises the text of pictures.
    pub(super) fn new(ocr: &'parser Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for XlsParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        match Signature::of(path)? {
            Signature::Compound => match Package::open(path, WHAT, limits) {
                Err(ParseError::OldOffice { .. }) => read_xls(path, limits, output),
                refused => Err(refused.err().unwrap_or(ParseError::NoText)),
            },
            Signature::Zip => {
                let mut package = Package::open(path, WHAT, limits)?;
                if package.contains("xl/workbook.bin") {
                    package.verify()?;
                    believing(|| read_xlsb(self.ocr, path, package, limits, output))
                } else {
                    xlsx::XlsxParser::new(self.ocr).parse(path, limits, output)
                }
            }
            Signature::Html => html::HtmlParser::new(self.ocr).parse(path, limits, output),
            Signature::Xml => records::XmlParser::new(self.ocr).parse(path, limits, output),
            Signature::Rtf | Signature::Gzip => {
                Err(ParseError::damaged(WHAT, "its content is of another kind"))
            }
            Signature::Other => csv::CsvParser.parse(path, limits, output),
        }
    }
}

/// Reads a workbook in the format of Excel 97 to 2003, or 95.
pub(super) fn read_xls(path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
    let file = File::open(path).map_err(ParseError::from_io)?;
    let mut compound =
        cfb::CompoundFile::open(BufReader::new(file)).map_err(|error| ParseError::damaged(WHAT, error))?;
    let stream = xls_records::stream(&mut compound, WHAT, limits)?;
    xls_bounds::check(&stream, WHAT, limits)?;
    let beside = xls_notes::read(&stream, limits);
    drop(stream);
    believing(|| read_believed(path, beside, limits, output))
}

/// The library believes what a damaged file says of its own structure, and panics.
fn believing(read: impl FnOnce() -> Result<Outline, ParseError>) -> Result<Outline, ParseError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_panic| {
        Err(ParseError::damaged(
            WHAT,
            "its structure makes no sense to the reader",
        ))
    })
}

fn read_believed(
    path: &Path,
    beside: Vec<Beside>,
    limits: &Limits,
    output: &mut Output<'_>,
) -> Result<Outline, ParseError> {
    let file = File::open(path).map_err(ParseError::from_io)?;
    let mut workbook: Xls<_> = Xls::new(BufReader::new(file)).map_err(|error| match error {
        XlsError::Io(error) => broken_off(error, WHAT),
        XlsError::Password => ParseError::Password { what: WHAT },
        error => ParseError::damaged(WHAT, error),
    })?;
    let properties = workbook.workbook_properties().map(described).unwrap_or_default();
    let sheets = workbook.sheets_metadata().to_vec();
    within(sheets.len(), limits)?;
    let mut coverage = Coverage::default();
    // Both count the sheets in the order in which the workbook names them.
    let mut beside = beside.into_iter();
    for described in sheets {
        let before = output.blocks();
        let mut beside = beside.next().unwrap_or_default();
        let hidden = described.visible != SheetVisible::Visible;
        let place = sheet::place(&described.name, hidden);
        beside.send_above(&place, output)?;
        // Charts are sheets without cells.
        if let Ok(range) = workbook.worksheet_range(&described.name) {
            let merged = workbook
                .merge_cells_by_sheet_name(&described.name)
                .unwrap_or_default();
            let mut sheet = Sheet::new(&described.name, hidden, merged, std::mem::take(&mut beside.notes));
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, value) in range.used_cells() {
                let position = (top + as_number(row), left + as_number(column));
                sheet.cell(position, value_text(&borrowed(value)), output)?;
            }
            sheet.finish(output)?;
        }
        for text in beside.floating {
            output.paragraph(&place, text)?;
        }
        coverage.push(sheet::fate(output.blocks() > before));
    }
    Ok(Outline {
        title: properties::title(&properties),
        coverage,
        properties,
        ..Outline::default()
    })
}

fn read_xlsb(
    ocr: &Ocr,
    path: &Path,
    mut package: Package,
    limits: &Limits,
    output: &mut Output<'_>,
) -> Result<Outline, ParseError> {
    let refusal = |error: XlsbError| match error {
        XlsbError::Io(error) => broken_off(error, WHAT),
        XlsbError::Password => ParseError::Password { what: WHAT },
        error => ParseError::damaged(WHAT, error),
    };
    let properties = properties::of_package(&mut package, WHAT, limits)?;
    let parts = xlsb_records::sheets(&mut package, WHAT, limits)?;
    let mut merged = xlsb_merged::read(&mut package, &parts)?;
    let mut beside = xlsx_notes::of_sheets(&mut package, &parts, limits)?;
    let mut pasted = Pasted::new(ocr, output);
    xlsx_notes::begin_pictures(&beside, &mut package, &mut pasted);
    drop(package);
    let file = File::open(path).map_err(ParseError::from_io)?;
    let mut workbook: Xlsb<_> = Xlsb::new(BufReader::new(file)).map_err(refusal)?;
    let sheets = workbook.sheets_metadata().to_vec();
    within(sheets.len(), limits)?;
    let mut coverage = Coverage::default();
    for described in sheets {
        let before = output.blocks();
        let hidden = described.visible != SheetVisible::Visible;
        let mut beside = beside.remove(&described.name).unwrap_or_default();
        let place = sheet::place(&described.name, hidden);
        beside.send_above(&place, output)?;
        if let Ok(mut cells) = workbook.worksheet_cells_reader(&described.name) {
            let merged = merged.remove(&described.name).unwrap_or_default();
            let mut sheet = Sheet::new(&described.name, hidden, merged, std::mem::take(&mut beside.notes));
            while let Some(cell) = cells.next_cell().map_err(refusal)? {
                sheet.cell(cell.get_position(), value_text(cell.get_value()), output)?;
            }
            sheet.finish(output)?;
        }
        beside.send_floating(&place, &mut pasted, output)?;
        pasted.cover(output.blocks() - before, &mut coverage);
    }
    Ok(Outline {
        title: properties::title(&properties),
        coverage,
        properties,
        ..Outline::default()
    })
}

/// A file that ends too early is damaged; any other trouble of reading is the disk's.
pub(super) fn broken_off(error: std::io::Error, what: &'static str) -> ParseError {
    match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput => {
            ParseError::damaged(what, "it ends in the middle")
        }
        _ => ParseError::from_io(error),
    }
}

fn within(sheets: usize, limits: &Limits) -> Result<(), ParseError> {
    let pages = u32::try_from(sheets).unwrap_or(u32::MAX);
    if pages > limits.pages {
        return Err(ParseError::TooManyPages {
            pages,
            limit: limits.pages,
        });
    }
    Ok(())
}

fn as_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::String(text) => DataRef::SharedString(text),
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

fn described(found: WorkbookProperties) -> BTreeMap<String, String> {
    let mut properties = BTreeMap::new();
    for (name, value) in [
        ("title", found.title),
        ("subject", found.subject),
        ("author", found.creator),
        ("keywords", found.keywords),
        ("category", found.category),
        ("status", found.content_status),
        ("version", found.version),
        ("company", found.company),
        ("created", found.created),
        ("modified", found.modified),
    ] {
        properties::put(&mut properties, name, value.as_deref().unwrap_or_default());
    }
    for (name, value) in found.custom_properties {
        properties::put(&mut properties, &format!("custom.{name}"), &value);
    }
    properties
}
