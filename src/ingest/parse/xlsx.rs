//! Workbooks of Office Open XML: the values that a reader of the sheets sees, with the notes on them.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Reader, SheetVisible, Xlsx, XlsxError};
use quick_xml::events::Event;

use super::ocr::Ocr;
use super::package::Package;
use super::pasted::Pasted;
use super::properties;
use super::sheet::{self, Sheet, value_text};
use super::xlsx_notes::{self, Beside};
use super::{Limits, Outline, Output, ParseError, Parser, xls, xml};
use crate::domain::Coverage;

const WHAT: &str = "workbook";

/// Reads `.xlsx` and `.xlsm`.
#[derive(Debug)]
pub(super) struct XlsxParser<'parser> {
    ocr: &'parser Ocr,
}

impl<'parser> XlsxParser<'parser> {
    /// With what recognises the text of pictures.
    pub(super) fn new(ocr: &'parser Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for XlsxParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let mut package = match Package::open(path, WHAT, limits) {
            // The old format under the name of the new one.
            Err(ParseError::OldOffice { .. }) => return xls::read_xls(path, limits, output),
            package => package?,
        };
        package.verify()?;
        let properties = properties::of_package(&mut package, WHAT, limits)?;
        let mut beside = xlsx_notes::read(&mut package, limits)?;
        believe_strings(&mut package)?;
        let mut pasted = Pasted::new(self.ocr, output);
        xlsx_notes::begin_pictures(&beside, &mut package, &mut pasted);
        drop(package);
        let file = File::open(path).map_err(ParseError::from_io)?;
        let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(refusal)?;
        let sheets = workbook.sheets_metadata().to_vec();
        let pages = u32::try_from(sheets.len()).unwrap_or(u32::MAX);
        if pages > limits.pages {
            return Err(ParseError::TooManyPages {
                pages,
                limit: limits.pages,
            });
        }
        let mut coverage = Coverage::default();
        for described in sheets {
            let before = output.blocks();
            let hidden = described.visible != SheetVisible::Visible;
            let beside = beside.remove(&described.name).unwrap_or_default();
            read_sheet(
                &mut workbook,
                &described.name,
                hidden,
                beside,
                &mut pasted,
                output,
            )?;
            pasted.cover(output.blocks() - before, &mut coverage);
        }
        Ok(Outline {
            title: properties::title(&properties),
            coverage,
            properties,
            ..Outline::default()
        })
    }
}

/// The library takes memory for as many shared texts as the workbook claims to have.
fn believe_strings(package: &mut Package) -> Result<(), ParseError> {
    let names = package.names().into_iter();
    for name in names.filter(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml")) {
        let part = package.part(&name)?.unwrap_or_default();
        let mut reader = quick_xml::Reader::from_reader(part.as_slice());
        let claimed = loop {
            match reader.read_event() {
                Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == "sst" => {
                    break xml::attribute(&tag, "uniqueCount");
                }
                Ok(Event::Eof) | Err(_) => break None,
                Ok(_) => {}
            }
        };
        // Each takes `<si/>` at least.
        let most = part.len() / 5;
        if claimed.is_some_and(|count| count.trim().parse().is_ok_and(|count: u128| count > most as u128)) {
            return Err(ParseError::damaged(
                WHAT,
                "it claims to have more texts than it has room for",
            ));
        }
    }
    Ok(())
}

fn read_sheet(
    workbook: &mut Xlsx<BufReader<File>>,
    name: &str,
    hidden: bool,
    mut beside: Beside,
    pasted: &mut Pasted<'_>,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    let place = sheet::place(name, hidden);
    beside.send_above(&place, output)?;
    let merged = workbook.merge_cells_by_sheet_name(name).unwrap_or_default();
    match workbook.worksheet_cells_reader(name) {
        Ok(mut cells) => {
            let mut sheet = Sheet::new(name, hidden, merged, std::mem::take(&mut beside.notes));
            while let Some(cell) = cells.next_cell().map_err(refusal)? {
                sheet.cell(cell.get_position(), value_text(cell.get_value()), output)?;
            }
            sheet.finish(output)?;
        }
        // Charts and dialogs are sheets without cells.
        Err(XlsxError::WorksheetNotFound(_) | XlsxError::NotAWorksheet(_)) => {}
        Err(error) => return Err(refusal(error)),
    }
    beside.send_floating(&place, pasted, output)
}

fn refusal(error: XlsxError) -> ParseError {
    match error {
        XlsxError::Io(error) => xls::broken_off(error, WHAT),
        XlsxError::Password => ParseError::Password { what: WHAT },
        error => ParseError::damaged(WHAT, error),
    }
}
