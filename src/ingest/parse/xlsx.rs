//! Workbooks: the values that a reader of the sheet sees, row by row, each under the header row of its table.

use std::collections::VecDeque;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, Xlsx, XlsxError};

use super::docx::core_title;
use super::package::Package;
use super::{Limits, Outline, Output, ParseError, Parser, table};
use crate::domain::{Coverage, Locator, PageFate};

const WHAT: &str = "workbook";
/// Rows that are looked at to find a header.
const LOOKAHEAD: usize = 12;
/// Cells far to the right are strays, or an attempt to fill the memory with one row.
const COLUMNS: u32 = 1_024;

/// Reads `.xlsx`.
#[derive(Debug)]
pub(super) struct XlsxParser;

impl Parser for XlsxParser {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let mut package = Package::open(path, WHAT, limits)?;
        package.verify()?;
        let title = core_title(&mut package, WHAT, limits)?;
        drop(package);
        let file = File::open(path).map_err(ParseError::from_io)?;
        let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(refusal)?;
        let names = workbook.sheet_names();
        let pages = u32::try_from(names.len()).unwrap_or(u32::MAX);
        if pages > limits.pages {
            return Err(ParseError::TooManyPages {
                pages,
                limit: limits.pages,
            });
        }
        let mut coverage = Coverage::default();
        for name in names {
            let before = output.blocks();
            read_sheet(&mut workbook, &name, output)?;
            coverage.push(if output.blocks() > before {
                PageFate::Text
            } else {
                PageFate::Empty
            });
        }
        Ok(Outline {
            title,
            coverage,
            ..Outline::default()
        })
    }
}

fn read_sheet(
    workbook: &mut Xlsx<BufReader<File>>,
    name: &str,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    let mut merged: Vec<(Dimensions, String)> = match workbook.merge_cells_by_sheet_name(name) {
        Ok(regions) => regions
            .into_iter()
            .filter(|region| region.end.0 > region.start.0)
            .take(10_000)
            .map(|region| (region, String::new()))
            .collect(),
        _ => Vec::new(),
    };
    merged.sort_by_key(|(region, _)| region.start);
    let mut cells = match workbook.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        // Charts and dialogs are sheets without cells.
        Err(XlsxError::WorksheetNotFound(_) | XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(error) => return Err(refusal(error)),
    };
    let mut sheet = SheetRows::new(name);
    let mut row: (u32, Vec<String>) = (0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(refusal)? {
        let (number, column) = cell.get_position();
        if number != row.0 {
            let finished = std::mem::replace(&mut row, (number, Vec::new()));
            sheet.push(finished.0, fill_merged(finished, &mut merged), output)?;
        }
        let text = value_text(cell.get_value());
        if text.is_empty() || column >= COLUMNS {
            continue;
        }
        let column = column as usize;
        if row.1.len() <= column {
            row.1.resize(column + 1, String::new());
        }
        row.1[column] = text;
    }
    sheet.push(row.0, fill_merged(row, &mut merged), output)?;
    sheet.finish(output)
}

/// A cell merged over several rows says the same in each of them.
fn fill_merged((number, mut cells): (u32, Vec<String>), merged: &mut [(Dimensions, String)]) -> Vec<String> {
    for (region, text) in merged
        .iter_mut()
        .take_while(|(region, _)| region.start.0 <= number)
    {
        let column = region.start.1 as usize;
        if region.end.0 < number || column >= COLUMNS as usize {
            continue;
        }
        if region.start.0 == number {
            *text = cells.get(column).cloned().unwrap_or_default();
        } else if !text.is_empty() && cells.iter().any(|cell| !cell.is_empty()) {
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            if cells[column].is_empty() {
                cells[column].clone_from(text);
            }
        }
    }
    cells
}

/// The rows of a sheet on their way out: tables are told apart by empty rows, the first rows of each show its header.
pub(super) struct SheetRows {
    place: Locator,
    waiting: VecDeque<(u32, Vec<String>)>,
    header: Option<Arc<str>>,
    header_known: bool,
    /// Columns to the left of the table.
    margin: usize,
    last: Option<u32>,
}

impl SheetRows {
    /// Rows of the sheet of this name.
    pub(super) fn new(sheet: &str) -> Self {
        Self::at(Locator {
            sheet: Some(sheet.to_owned()),
            ..Locator::default()
        })
    }

    /// Rows of a file that is one sheet.
    pub(super) fn at(place: Locator) -> Self {
        Self {
            place,
            waiting: VecDeque::new(),
            header: None,
            header_known: false,
            margin: 0,
            last: None,
        }
    }

    /// The next row, `number` counted from 0.
    pub(super) fn push(
        &mut self,
        number: u32,
        cells: Vec<String>,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        let gap = self.last.is_some_and(|last| number > last + 1);
        self.last = Some(number);
        if gap && (self.header_known || self.waiting.len() > 1) && looks_like_header(&cells) {
            self.settle(output)?;
            self.header_known = false;
            self.header = None;
        }
        self.waiting.push_back((number, cells));
        if self.header_known || self.waiting.len() >= LOOKAHEAD {
            self.settle(output)?;
        }
        Ok(())
    }

    /// Sends what still waits.
    pub(super) fn finish(mut self, output: &mut Output<'_>) -> Result<(), ParseError> {
        self.settle(output)
    }

    fn settle(&mut self, output: &mut Output<'_>) -> Result<(), ParseError> {
        if !self.header_known {
            let rows: Vec<Vec<String>> = self.waiting.iter().map(|(_, cells)| cells.clone()).collect();
            if let Some(position) = table::header_position(&rows) {
                // What stands above the header is the caption of the table.
                let above: Vec<(u32, Vec<String>)> = self.waiting.drain(..position).collect();
                for (number, cells) in above {
                    let text = table::row_text(&cells).unwrap_or_default().replace(" |  | ", " ");
                    output.paragraph(&self.place_of(number), text)?;
                }
                let header = self
                    .waiting
                    .pop_front()
                    .map(|(_, cells)| cells)
                    .unwrap_or_default();
                self.margin = header
                    .iter()
                    .position(|cell| !cell.trim().is_empty())
                    .unwrap_or(0);
                self.header = table::row_text(&header[self.margin..]).map(Arc::from);
            }
            self.header_known = true;
        }
        for (number, cells) in std::mem::take(&mut self.waiting) {
            let left = self.margin.min(cells.len());
            let left = if cells[..left].iter().all(|cell| cell.trim().is_empty()) {
                left
            } else {
                0
            };
            table::send_row(
                &cells[left..],
                self.header.as_ref(),
                self.place_of(number),
                output,
            )?;
        }
        Ok(())
    }

    fn place_of(&self, number: u32) -> Locator {
        Locator {
            rows: Some((number + 1, number + 1)),
            ..self.place.clone()
        }
    }
}

fn looks_like_header(cells: &[String]) -> bool {
    let filled: Vec<&String> = cells.iter().filter(|cell| !cell.trim().is_empty()).collect();
    !filled.is_empty() && filled.iter().all(|cell| !table::is_value(cell))
}

fn value_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.replace('T', " "),
        DataRef::Error(error) => error.to_string(),
        DataRef::DateTime(moment) => moment_text(moment),
    }
}

fn moment_text(moment: &ExcelDateTime) -> String {
    let days = moment.as_f64();
    if moment.is_duration() {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a duration in a sheet is far below what fits"
        )]
        let seconds = (days * 86_400.0).round() as i64;
        return format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    match (days < 1.0, days.fract() == 0.0, second) {
        (true, _, _) => format!("{hour:02}:{minute:02}"),
        (_, true, _) => format!("{year:04}-{month:02}-{day:02}"),
        (_, _, 0) => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
    }
}

/// A number as a sheet shows it: 15 digits, so that 0.1 + 0.2 is 0.3.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    if rounded != 0.0 && !(1e-7..1e15).contains(&rounded.abs()) {
        format!("{rounded:e}")
    } else {
        rounded.to_string()
    }
}

fn refusal(error: XlsxError) -> ParseError {
    match error {
        XlsxError::Io(error) => ParseError::from_io(error),
        XlsxError::Password => ParseError::Password { what: WHAT },
        error => ParseError::damaged(WHAT, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_in_the_sheet() {
        assert_eq!(number_text(25.0), "25");
        assert_eq!(number_text(0.1 + 0.2), "0.3");
        assert_eq!(number_text(-0.025), "-0.025");
        assert_eq!(value_text(&DataRef::Bool(true)), "TRUE");
    }
}
