//! Rows of tables as text: cells divided by ` | `, and which row is the header.

use std::sync::Arc;

use super::headings::one_line;
use super::{Block, BlockKind, Output, ParseError};
use crate::domain::Locator;

/// What stands between two cells of a row.
pub(super) const CELL_BORDER: &str = " | ";

/// A row as a line; empty cells at its end are left out. `None` where all cells are empty.
pub(super) fn row_text<Cell: AsRef<str>>(cells: &[Cell]) -> Option<String> {
    let cells: Vec<String> = cells.iter().map(|cell| one_line(cell.as_ref())).collect();
    let filled = cells.iter().rposition(|cell| !cell.is_empty())? + 1;
    Some(cells[..filled].join(CELL_BORDER))
}

/// Sends the rows of a table that is held in memory. `declared` is the number of rows that the document itself calls
/// headers; where it says nothing the first row is looked at.
pub(super) fn send_rows(
    rows: &[Vec<String>],
    declared: Option<usize>,
    locator: &Locator,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    let headers = match declared {
        Some(headers) if headers < rows.len() => headers,
        Some(_) => 0,
        None => header_position(rows)
            .filter(|position| *position == 0)
            .map_or(0, |_| 1),
    };
    let header = merged_header(&rows[..headers])
        .and_then(|cells| row_text(&cells))
        .map(Arc::from);
    for row in &rows[headers..] {
        send_row(row, header.as_ref(), locator.clone(), output)?;
    }
    Ok(())
}

/// Sends one row under its header.
pub(super) fn send_row<Cell: AsRef<str>>(
    cells: &[Cell],
    header: Option<&Arc<str>>,
    locator: Locator,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    match row_text(cells) {
        Some(text) => output.block(Block {
            locator,
            kind: BlockKind::Row {
                header: header.cloned(),
            },
            text,
        }),
        None => Ok(()),
    }
}

/// Which of the first rows of a sheet or table is its header: the first that fills most of the columns with short
/// texts, none of them a number, and has a row of data below it that does not look the same.
pub(super) fn header_position<Cell: AsRef<str>>(rows: &[Vec<Cell>]) -> Option<usize> {
    let widest = rows.iter().map(|row| filled(row)).max()?;
    if widest < 2 {
        return None;
    }
    let position = rows
        .iter()
        .position(|row| filled(row) >= 2 && filled(row) * 5 >= widest * 3)?;
    let row = &rows[position];
    let names = row
        .iter()
        .map(AsRef::as_ref)
        .map(str::trim)
        .filter(|cell| !cell.is_empty());
    let all_names = names
        .clone()
        .all(|cell| !is_value(cell) && cell.chars().count() <= 80);
    let mut seen: Vec<&str> = names.collect();
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    // Two columns are often a list of properties: `Document | SOP-014` is its first line, not its header.
    if widest == 2
        && seen
            .iter()
            .any(|name| name.chars().any(|character| character.is_ascii_digit()))
    {
        return None;
    }
    let below = rows
        .get(position + 1..)
        .is_some_and(|rest| rest.iter().any(|row| filled(row) > 0));
    (all_names && seen.len() * 2 > count && below).then_some(position)
}

/// Whether a cell is a number, a date or a measurement rather than a name.
pub(super) fn is_value(cell: &str) -> bool {
    let cell = cell.trim();
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let letters = cell.chars().filter(|character| character.is_alphabetic()).count();
    let year =
        digits == 4 && letters == 0 && cell.len() == 4 && (cell.starts_with("19") || cell.starts_with("20"));
    digits > letters && !year
}

fn filled<Cell: AsRef<str>>(row: &[Cell]) -> usize {
    row.iter().filter(|cell| !cell.as_ref().trim().is_empty()).count()
}

/// Header rows above one another become one: `Torque` over `Nm` is `Torque Nm`.
fn merged_header(rows: &[Vec<String>]) -> Option<Vec<String>> {
    let width = rows.iter().map(Vec::len).max()?;
    let cells = (0..width).map(|column| {
        let mut parts: Vec<&str> = Vec::new();
        for part in rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.trim())
        {
            if !part.is_empty() && !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.join(" ")
    });
    Some(cells.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        text.lines()
            .map(|line| line.split(',').map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn the_header_is_found_below_a_title_row() {
        assert_eq!(
            header_position(&rows(
                "Torque table 2024,,\n,,\nPart,Torque,Unit\nM8,25,Nm\nM10,49,Nm"
            )),
            Some(2)
        );
    }

    #[test]
    fn a_table_of_numbers_has_no_header() {
        assert_eq!(header_position(&rows("1,2,3\n4,5,6")), None);
    }

    #[test]
    fn a_list_of_properties_has_no_header() {
        assert_eq!(header_position(&rows("Document,SOP-QA-014\nRevision,C")), None);
        assert_eq!(header_position(&rows("Property,Value\nMass,1800 kg")), Some(0));
    }

    #[test]
    fn empty_cells_at_the_end_of_a_row_are_left_out() {
        assert_eq!(
            row_text(&["M8", "", "25\nNm", ""]).as_deref(),
            Some("M8 |  | 25 Nm")
        );
        assert_eq!(row_text(&["", " "]), None);
    }

    #[test]
    fn header_rows_above_one_another_become_one() {
        let header = merged_header(&rows("Part,Torque,Torque\nPart,min,max")).unwrap();
        assert_eq!(header, ["Part", "Torque min", "Torque max"]);
    }
}
