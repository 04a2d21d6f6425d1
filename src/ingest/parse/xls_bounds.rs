//! Whether the cells of a workbook of Excel 97 to 2003 lie where cells can lie. The library that reads it takes memory for
//! the whole rectangle around them, so that one cell in an impossible column would cost gigabytes.

use std::io::{Read, Seek};

use cfb::CompoundFile;

use super::{Limits, ParseError};

/// Columns and rows of a sheet of this format.
const COLUMNS: u32 = 256;
const ROWS: u32 = 65_536;

/// Kinds of records, as MS-XLS 2.3 numbers them.
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;
const SHEET: u16 = 0x0085;
const ENCRYPTED: u16 = 0x002f;
const DIMENSIONS: u16 = 0x0200;
/// Cells: formulas, text, numbers, truth values; each begins with its row and its column.
const CELLS: [u16; 7] = [0x0006, 0x00d6, 0x00fd, 0x0203, 0x0204, 0x0205, 0x027e];
/// A row of numbers, from a column to another.
const NUMBERS: u16 = 0x00bd;

/// An error where a sheet has cells in places that no sheet has.
pub(super) fn check<F: Read + Seek>(
    file: &mut CompoundFile<F>,
    what: &'static str,
    limits: &Limits,
) -> Result<(), ParseError> {
    let Some(name) = ["/Workbook", "/Book"]
        .into_iter()
        .find(|name| file.is_stream(name))
    else {
        return Ok(());
    };
    let damaged = |error| ParseError::damaged(what, error);
    let mut stream = Vec::new();
    file.open_stream(name)
        .and_then(|stored| stored.take(limits.unpacked_bytes).read_to_end(&mut stream))
        .map_err(damaged)?;
    let mut sheets = Vec::new();
    for (kind, content) in records(&stream) {
        match kind {
            SHEET => sheets.extend(number(content, 0).zip(number(content, 2))),
            // Nothing that follows can be read.
            ENCRYPTED => return Ok(()),
            END => break,
            _ => {}
        }
    }
    for (low, high) in sheets.into_iter().take(limits.pages as usize) {
        let from = stream.get((low | high << 16) as usize..).unwrap_or_default();
        let mut depth = 0;
        for (kind, content) in records(from) {
            match kind {
                BEGIN => depth += 1,
                END if depth <= 1 => break,
                END => depth -= 1,
                _ if is_beyond(kind, content) => {
                    return Err(ParseError::damaged(what, "a cell lies beyond the last column"));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn is_beyond(kind: u16, content: &[u8]) -> bool {
    let column = match kind {
        DIMENSIONS => return !is_possible(content),
        NUMBERS => number(content, 2).max(number(content, content.len().saturating_sub(2))),
        kind if CELLS.contains(&kind) => number(content, 2),
        _ => None,
    };
    column.is_some_and(|column| column >= COLUMNS)
}

/// Whether a sheet can be so large: the first row, the row behind the last one, the same of the columns.
fn is_possible(content: &[u8]) -> bool {
    let at = |place| number(content, place).unwrap_or(0);
    let (first, end, columns) = if content.len() >= 14 {
        (at(0) | at(2) << 16, at(4) | at(6) << 16, at(10))
    } else {
        (at(0), at(2), at(6))
    };
    end == 0 || (first < end && end <= ROWS && columns <= COLUMNS)
}

/// The records of a stream: their kind and their content.
fn records(mut stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let kind = u16::try_from(number(stream, 0)?).ok()?;
        let end = number(stream, 2)? as usize + 4;
        let content = stream.get(4..end)?;
        stream = &stream[end..];
        Some((kind, content))
    })
}

/// Two bytes as a number.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let pair = bytes.get(at..at + 2)?;
    Some(u32::from(u16::from_le_bytes([pair[0], pair[1]])))
}
