//! Comma-, semicolon- and tab-separated values, streamed row by row under their header row.

use std::cell::Cell;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use csv::{ByteRecord, ErrorKind, ReaderBuilder};

use super::encoding::TextReader;
use super::error::MEGABYTE;
use super::sheet::SheetRows;
use super::{Limits, Outline, Output, ParseError, Parser};
use crate::domain::Locator;

const SAMPLE: usize = 64 * 1024;
/// A row that goes on for longer has a quotation mark that is never closed.
const LONGEST_ROW: u64 = 8 * MEGABYTE;

/// Reads `.csv` and `.tsv`.
#[derive(Debug)]
pub(super) struct CsvParser;

impl Parser for CsvParser {
    fn parse(&self, path: &Path, _limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let mut reader = TextReader::open(path)?;
        let mut sample = Vec::with_capacity(SAMPLE);
        reader
            .by_ref()
            .take(SAMPLE as u64)
            .read_to_end(&mut sample)
            .map_err(ParseError::from_io)?;
        let delimiter = sniff(&String::from_utf8_lossy(&sample));
        let since_row = Rc::new(Cell::new(0));
        let counted = Counted {
            inner: io::Cursor::new(sample).chain(reader),
            since_row: Rc::clone(&since_row),
        };
        let mut rows = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(counted);
        let mut sheet = SheetRows::at(Locator::default());
        let mut record = ByteRecord::new();
        let mut number = 0u32;
        while rows.read_byte_record(&mut record).map_err(refusal)? {
            since_row.set(0);
            let cells = record
                .iter()
                .map(|cell| String::from_utf8_lossy(cell).into_owned())
                .collect();
            sheet.push(number, cells, output)?;
            number = number.saturating_add(1);
        }
        sheet.finish(output)?;
        Ok(Outline::default())
    }
}

/// The character that divides the most rows into the same number of cells.
fn sniff(sample: &str) -> u8 {
    let mut lines: Vec<&str> = sample
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(50)
        .collect();
    if lines.len() > 2 && sample.len() >= SAMPLE - 4 {
        // The last line of a sample may be cut.
        lines.pop();
    }
    if let Some(delimiter) = lines
        .first()
        .and_then(|line| line.trim().strip_prefix("sep="))
        .and_then(|rest| rest.bytes().next())
    {
        return delimiter;
    }
    let score = |delimiter: char| -> (usize, usize) {
        let counts: Vec<usize> = lines.iter().map(|line| outside_quotes(line, delimiter)).collect();
        let Some(usual) = counts
            .iter()
            .copied()
            .filter(|count| *count > 0)
            .max_by_key(|count| counts.iter().filter(|other| *other == count).count())
        else {
            return (0, 0);
        };
        (counts.iter().filter(|count| **count == usual).count(), usual)
    };
    let best = [',', ';', '\t', '|']
        .into_iter()
        .max_by_key(|delimiter| (score(*delimiter), *delimiter == ','));
    match best {
        Some(delimiter) if score(delimiter).0 > 0 => u8::try_from(delimiter).unwrap_or(b','),
        _ => b',',
    }
}

fn outside_quotes(line: &str, delimiter: char) -> usize {
    let (mut count, mut quoted) = (0, false);
    for character in line.chars() {
        if character == '"' {
            quoted = !quoted;
        } else if character == delimiter && !quoted {
            count += 1;
        }
    }
    count
}

struct Counted<R> {
    inner: R,
    since_row: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.since_row.set(self.since_row.get() + count as u64);
        if self.since_row.get() > LONGEST_ROW {
            let detail = "one row goes on for megabytes, so a quotation mark is never closed";
            return Err(ParseError::damaged("table of separated values", detail).into_io());
        }
        Ok(count)
    }
}

fn refusal(error: csv::Error) -> ParseError {
    match error.into_kind() {
        ErrorKind::Io(error) => ParseError::from_io(error),
        kind => ParseError::damaged("table of separated values", format!("{kind:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_makes_equal_rows() {
        assert_eq!(
            sniff("code;text\nE-1;Stop, then wait\nE-2;Check oil, water, air\n"),
            b';'
        );
        assert_eq!(sniff("code\ttext\nE-1\tStop, wait\n"), b'\t');
        assert_eq!(sniff("code,text\nE-1,\"a;b;c\"\nE-2,x\n"), b',');
        assert_eq!(sniff("one column\nonly\n"), b',');
    }
}
