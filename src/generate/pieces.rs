//! The pieces of a passage that can be quoted: its sentences, and the rows of its tables uncut. Pure.

use crate::domain::{Quote, Span, sentences};

const CELLS: &str = Quote::CELLS;

/// A piece of a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'text> {
    /// The piece, verbatim.
    pub text: &'text str,
    /// Its characters in the passage.
    pub span: Span,
    /// Whether it is a row of a table.
    pub is_row: bool,
    /// Whether it is the first of several rows: it says what the cells of the others mean.
    pub is_head: bool,
}

/// The pieces of `text`, in order.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut first = 0;
    for line in text.split_inclusive('\n') {
        let length = line.chars().count();
        if line.contains(CELLS) {
            let row = line.trim();
            let start = first
                + line
                    .chars()
                    .take_while(|character| character.is_whitespace())
                    .count();
            let span = Span {
                start: count(start),
                end: count(start + row.chars().count()),
            };
            pieces.push(Piece {
                text: row,
                span,
                is_row: true,
                is_head: false,
            });
        } else {
            pieces.extend(sentences(line).into_iter().map(|sentence| Piece {
                text: sentence.text,
                span: Span {
                    start: count(first) + sentence.span.start,
                    end: count(first) + sentence.span.end,
                },
                is_row: false,
                is_head: false,
            }));
        }
        first += length;
    }
    for place in 0..pieces.len() {
        let begins =
            pieces[place].is_row && !place.checked_sub(1).is_some_and(|before| pieces[before].is_row);
        let goes_on = pieces.get(place + 1).is_some_and(|next| next.is_row);
        pieces[place].is_head = begins && goes_on && names_cells(pieces[place].text);
    }
    pieces
}

/// What the columns of the row at `span` of a passage are called, as the head of its table says; nothing where it is no
/// row, or its table has no head. `rows` is the passage's range of rows in its sheet: a passage of a sheet with one line
/// more begins with the head, however that looks.
pub fn columns(text: &str, rows: Option<(u32, u32)>, span: Span) -> Vec<String> {
    let pieces = pieces(text);
    let Some(place) = pieces.iter().position(|piece| piece.span == span && piece.is_row) else {
        return Vec::new();
    };
    let first = (0..place)
        .rev()
        .take_while(|before| pieces[*before].is_row)
        .last()
        .unwrap_or(place);
    let lines = pieces.iter().filter(|piece| piece.is_row).count() as u64;
    let is_head = pieces[first].is_head
        || (first == 0 && rows.is_some_and(|(from, to)| lines > u64::from(to.saturating_sub(from)) + 1));
    if first == place || !is_head {
        return Vec::new();
    }
    let names = pieces[first].text.split('|');
    names.map(|name| name.trim().to_owned()).collect()
}

/// Whether a row may be a head: the first row of a table without one has figures, as a rule.
fn names_cells(row: &str) -> bool {
    let cells: Vec<&str> = row.split(CELLS).collect();
    let figures = cells
        .iter()
        .filter(|cell| cell.trim().starts_with(|first: char| first.is_ascii_digit()))
        .count();
    cells.len() > 2 && figures * 2 < cells.len()
}

fn count(characters: usize) -> u32 {
    u32::try_from(characters).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_row_is_one_piece_and_the_first_of_several_is_their_head() {
        let text =
            "Torques in Nm. See below.\nThread | Class | Torque\nM8 | 8.8 | 25; dry. Clean\nM10 | 8.8 | 49";
        let pieces = pieces(text);
        let texts: Vec<&str> = pieces.iter().map(|piece| piece.text).collect();
        assert_eq!(
            texts,
            [
                "Torques in Nm.",
                "See below.",
                "Thread | Class | Torque",
                "M8 | 8.8 | 25; dry. Clean",
                "M10 | 8.8 | 49"
            ]
        );
        assert_eq!(pieces.iter().filter(|piece| piece.is_head).count(), 1);
        assert!(pieces[2].is_head);
    }

    #[test]
    fn a_list_of_names_and_values_has_no_head() {
        assert!(
            pieces("Power | 5 kW\nWeight | 3 t")
                .iter()
                .all(|piece| !piece.is_head)
        );
    }

    #[test]
    fn a_row_is_read_with_the_names_of_all_its_columns() {
        let text = "Torques in Nm.\nThread | Class | Torque\nM8 | 8.8 | 25\nM10 | 8.8 | 49";
        let named = |text: &str, rows, row: &str| {
            let pieces = pieces(text);
            let piece = pieces.iter().find(|piece| piece.text == row).unwrap();
            columns(text, rows, piece.span)
        };
        assert_eq!(named(text, None, "M10 | 8.8 | 49"), ["Thread", "Class", "Torque"]);
        assert!(named(text, None, "Thread | Class | Torque").is_empty());
        assert!(named(text, None, "Torques in Nm.").is_empty());
        // A sheet tells by its rows that the first line is a head, also with two columns.
        let sheet = "Alarm | Meaning\nE-4 | oil low\nE-5 | no air";
        assert_eq!(named(sheet, Some((2, 3)), "E-5 | no air"), ["Alarm", "Meaning"]);
        assert!(named(sheet, Some((1, 3)), "E-5 | no air").is_empty());
        // The first column may be a head for rows: it has no name then.
        let crossed = "| Torque | Class\nM8 | 25 | 8.8";
        assert_eq!(
            named(&format!("\u{a0}{crossed}"), Some((2, 2)), "M8 | 25 | 8.8")[1..],
            ["Torque", "Class"]
        );
    }

    proptest! {
        #[test]
        fn a_span_is_where_the_piece_stands(text in "[a-z| .\n。中文]{0,80}") {
            for piece in pieces(&text) {
                let cut: String = text.chars().skip(piece.span.start as usize)
                    .take((piece.span.end - piece.span.start) as usize).collect();
                prop_assert_eq!(cut, piece.text);
            }
        }
    }
}
