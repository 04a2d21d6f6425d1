//! Finds the tables in a passage's text, where a row is a line whose cells are divided by ` | `, and what is cited of them.

use super::excerpt::{Piece, pieces};
use crate::domain::Span;

const CELL_BORDER: &str = " | ";

/// A stretch of a passage: running text, or a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Running text, in pieces that are marked or not.
    Text(Vec<Piece>),
    /// A table; every row has as many cells as the widest.
    Table {
        /// The header row; empty where the table has none.
        header: Vec<String>,
        /// The other rows.
        rows: Vec<Row>,
    },
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The cells.
    pub cells: Vec<String>,
    /// Whether the citation touches it.
    pub marked: bool,
}

struct Line<'text> {
    text: &'text str,
    span: Span,
}

/// `text` as running text and tables; `cited` are spans of it. `rows` is the passage's range of rows in its sheet,
/// from which it is known whether the first line is the repeated header.
pub fn parts(text: &str, rows: Option<(u32, u32)>, cited: &[Span]) -> Vec<Part> {
    let lines = lines(text);
    let mut found = Vec::new();
    let mut position = 0;
    while position < lines.len() {
        let tabular = is_row(&lines[position]);
        let run = lines[position..]
            .iter()
            .take_while(|line| is_row(line) == tabular)
            .count();
        let stretch = &lines[position..position + run];
        if tabular && (run > 1 || rows.is_some()) {
            found.push(table(stretch, rows, cited));
        } else {
            running(text, stretch, cited, &mut found);
        }
        position += run;
    }
    found
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0u32;
    text.split('\n')
        .map(|line| {
            let length = u32::try_from(line.chars().count()).unwrap_or(u32::MAX);
            let span = Span {
                start,
                end: start.saturating_add(length),
            };
            start = span.end.saturating_add(1);
            Line { text: line, span }
        })
        .collect()
}

fn is_row(line: &Line<'_>) -> bool {
    line.text.contains(CELL_BORDER)
}

fn running(text: &str, lines: &[Line<'_>], cited: &[Span], found: &mut Vec<Part>) {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
        return;
    };
    let (start, end) = (first.span.start, last.span.end);
    let stretch: String = text
        .chars()
        .skip(start as usize)
        .take((end - start) as usize)
        .collect();
    if stretch.trim().is_empty() {
        return;
    }
    let marks: Vec<Span> = cited
        .iter()
        .filter(|cited| overlaps(**cited, Span { start, end }))
        .map(|cited| Span {
            start: cited.start.saturating_sub(start),
            end: cited.end.saturating_sub(start),
        })
        .collect();
    let marked = pieces(&stretch, &marks);
    // A single line that only looks like a row follows the text before it. Pieces alike become one, so that an empty line
    // between them is seen.
    let Some(Part::Text(before)) = found.last_mut() else {
        found.push(Part::Text(marked));
        return;
    };
    let line_end = Piece {
        text: "\n".to_owned(),
        marked: false,
    };
    for piece in std::iter::once(line_end).chain(marked) {
        match before.last_mut().filter(|last| last.marked == piece.marked) {
            Some(last) => last.text.push_str(&piece.text),
            None => before.push(piece),
        }
    }
}

fn table(lines: &[Line<'_>], rows: Option<(u32, u32)>, cited: &[Span]) -> Part {
    let split = |line: &Line<'_>| -> Vec<String> {
        line.text.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let width = lines.iter().map(|line| split(line).len()).max().unwrap_or(0);
    let padded = |line: &Line<'_>| {
        let mut cells = split(line);
        cells.resize(width, String::new());
        cells
    };
    let headed = match rows {
        // The range does not count the header row in; rows without text are missing from the lines.
        Some((first, last)) => {
            lines.len() as u64 > u64::from(last.saturating_sub(first)) + 1 || names(&lines[0])
        }
        None => names(&lines[0]),
    };
    let (head, body) = if headed && lines.len() > 1 {
        lines.split_at(1)
    } else {
        lines.split_at(0)
    };
    Part::Table {
        header: head.first().map(padded).unwrap_or_default(),
        rows: body
            .iter()
            .map(|line| Row {
                cells: padded(line),
                marked: cited.iter().any(|cited| overlaps(*cited, line.span)),
            })
            .collect(),
    }
}

/// Whether no cell of the line is a number or a measurement.
fn names(line: &Line<'_>) -> bool {
    line.text
        .split('|')
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .all(|cell| {
            let digits = cell.chars().filter(char::is_ascii_digit).count();
            let letters = cell.chars().filter(|character| character.is_alphabetic()).count();
            digits <= letters
        })
}

fn overlaps(one: Span, other: Span) -> bool {
    one.start < other.end && other.start < one.end
}

#[cfg(test)]
mod tests {
    use super::*;

    const TORQUE: &str = "Thread | Torque Nm | Note\nM8 | 25 | dry\nM10 | 49";

    #[test]
    fn lines_with_cells_are_a_table_with_its_header() {
        let Some(Part::Table { header, rows }) = parts(TORQUE, None, &[]).pop() else {
            panic!("no table")
        };
        assert_eq!(header, ["Thread", "Torque Nm", "Note"]);
        assert_eq!(rows[1].cells, ["M10", "49", ""]);
    }

    #[test]
    fn a_single_line_with_borders_is_a_paragraph_of_its_own() {
        let text = "Document no.: WI-7 | Revision 3\n\n1 Purpose\n\nHow it is done.";
        let Some(Part::Text(pieces)) = parts(text, None, &[]).pop() else {
            panic!("no text")
        };
        let paragraphs: Vec<String> = super::super::paragraphs(pieces)
            .iter()
            .map(|pieces| pieces.iter().map(|piece| piece.text.as_str()).collect())
            .collect();
        assert_eq!(
            paragraphs,
            ["Document no.: WI-7 | Revision 3", "1 Purpose", "How it is done."]
        );
    }

    #[test]
    fn the_row_that_is_cited_is_marked_and_no_other() {
        let Some(Part::Table { rows, .. }) = parts(TORQUE, None, &[Span { start: 40, end: 47 }]).pop() else {
            panic!("no table")
        };
        assert_eq!(
            rows.iter().map(|row| row.marked).collect::<Vec<_>>(),
            [false, true]
        );
    }

    #[test]
    fn text_before_a_table_stays_text_and_keeps_its_marks() {
        let text = format!("Tighten in two steps.\n{TORQUE}");
        let parts = parts(&text, None, &[Span { start: 0, end: 7 }]);
        assert_eq!(parts.len(), 2);
        let Part::Text(pieces) = &parts[0] else {
            panic!("no text")
        };
        assert_eq!((pieces[0].text.as_str(), pieces[0].marked), ("Tighten", true));
        assert_eq!(
            (pieces[1].text.as_str(), pieces[1].marked),
            (" in two steps.", false)
        );
    }

    #[test]
    fn a_single_line_with_a_bar_is_no_table() {
        let parts = parts("Press a | b to go on.\nThen stop.", None, &[]);
        assert_eq!(parts.len(), 1);
        assert!(matches!(&parts[0], Part::Text(_)));
    }

    #[test]
    fn a_table_of_numbers_has_no_header() {
        let Some(Part::Table { header, rows }) = parts("1 | 2\n3 | 4", None, &[]).pop() else {
            panic!("no table")
        };
        assert!(header.is_empty());
        assert_eq!(rows.len(), 2);
    }
}
