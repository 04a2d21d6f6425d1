//! Whether the cells of a workbook of Excel 97 to 2003 lie where cells can lie. The library that reads it takes memory for
//! the whole rectangle around them, so that one cell in an impossible column would cost gigabytes.

use super::xls_records::{BEGIN, END, number, records, sheets, substream};
use super::{Limits, ParseError};

/// Columns and rows of a sheet of this format.
const COLUMNS: u32 = 256;
const ROWS: u32 = 65_536;

/// Kinds of records, as MS-XLS 2.3 numbers them.
const DIMENSIONS: u16 = 0x0200;
/// Cells: formulas, text, numbers, truth values; each begins with its row and its column.
const CELLS: [u16; 7] = [0x0006, 0x00d6, 0x00fd, 0x0203, 0x0204, 0x0205, 0x027e];
/// A row of numbers, from a column to another.
const NUMBERS: u16 = 0x00bd;

/// An error where a sheet has cells in places that no sheet has.
pub(super) fn check(stream: &[u8], what: &'static str, limits: &Limits) -> Result<(), ParseError> {
    for at in sheets(stream, limits) {
        let mut depth = 0;
        for (kind, content) in records(substream(stream, at)) {
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
