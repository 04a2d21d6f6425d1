//! Sheets of every kind of workbook: rows under the header row of their table, merged cells, notes, values as text.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use calamine::{DataRef, Dimensions, ExcelDateTime};

use super::headings::one_line;
use super::{Output, ParseError, table};
use crate::domain::{Locator, PageFate};

/// Rows that are looked at to find a header.
const LOOKAHEAD: usize = 12;
/// Cells far to the right are strays, or an attempt to fill the memory with one row.
pub(super) const COLUMNS: u32 = 1_024;
/// Merged regions that are looked at.
const REGIONS: usize = 10_000;

/// Takes the cells of a sheet in the order of its rows and sends the rows.
pub(super) struct Sheet {
    rows: SheetRows,
    merged: Vec<(Dimensions, String)>,
    notes: BTreeMap<(u32, u32), String>,
    row: (u32, Vec<String>),
}

impl Sheet {
    /// The sheet of this name, with its merged regions and its notes by row and column, all counted from 0.
    pub(super) fn new(
        name: &str,
        hidden: bool,
        merged: Vec<Dimensions>,
        notes: BTreeMap<(u32, u32), String>,
    ) -> Self {
        let mut merged: Vec<(Dimensions, String)> = merged
            .into_iter()
            .filter(|region| region.end.0 > region.start.0)
            .take(REGIONS)
            .map(|region| (region, String::new()))
            .collect();
        merged.sort_by_key(|(region, _)| region.start);
        Self {
            rows: SheetRows::at(place(name, hidden)),
            merged,
            notes,
            row: (0, Vec::new()),
        }
    }

    /// The next cell.
    pub(super) fn cell(
        &mut self,
        (number, column): (u32, u32),
        text: String,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        if number != self.row.0 {
            self.end_row(number, output)?;
        }
        if text.is_empty() || column >= COLUMNS {
            return Ok(());
        }
        let column = column as usize;
        if self.row.1.len() <= column {
            self.row.1.resize(column + 1, String::new());
        }
        self.row.1[column] = text;
        Ok(())
    }

    /// The sheet is over: what still waits is sent, and the notes.
    pub(super) fn finish(mut self, output: &mut Output<'_>) -> Result<(), ParseError> {
        self.end_row(u32::MAX, output)?;
        let place = self.rows.place.clone();
        self.rows.finish(output)?;
        for ((row, column), text) in self.notes {
            let place = Locator {
                rows: Some((row + 1, row + 1)),
                ..place.clone()
            };
            output.paragraph(&place, format!("{}{}: {text}", column_name(column), row + 1))?;
        }
        Ok(())
    }

    fn end_row(&mut self, next: u32, output: &mut Output<'_>) -> Result<(), ParseError> {
        let (number, cells) = std::mem::replace(&mut self.row, (next, Vec::new()));
        let cells = fill_merged((number, cells), &mut self.merged);
        self.rows.push(number, cells, output)
    }
}

/// The place of a sheet.
pub(super) fn place(name: &str, hidden: bool) -> Locator {
    Locator {
        sheet: Some(one_line(name)).filter(|name| !name.is_empty()),
        hidden,
        ..Locator::default()
    }
}

/// What became of a sheet or slide that had text, or had none.
pub(super) fn fate(has_text: bool) -> PageFate {
    if has_text { PageFate::Text } else { PageFate::Empty }
}

/// What a sheet calls a column, counted from 0: `A`, `AB`.
fn column_name(mut column: u32) -> String {
    let mut name = Vec::new();
    loop {
        name.push(char::from(b'A' + u8::try_from(column % 26).unwrap_or(0)));
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    name.into_iter().rev().collect()
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
    /// Rows of the sheet at `place`, or of a file that is one sheet.
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

/// A value as the sheet shows it, as far as that can be told without its format.
pub(super) fn value_text(value: &DataRef<'_>) -> String {
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

    #[test]
    fn columns_are_called_as_in_the_sheet() {
        assert_eq!(
            [0, 25, 26, 701, 702].map(column_name),
            ["A", "Z", "AA", "ZZ", "AAA"]
        );
    }
}
