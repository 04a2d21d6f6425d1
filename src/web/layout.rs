//! How passages are laid out on a page: paragraphs, headings, tables that go on from passage to passage.

use crate::domain::{Passage, Span};
use crate::library::{Cited, DocumentView, Part, Piece, Row, paragraphs, parts};

/// A passage on the page.
pub struct Block {
    /// Whether it is the one that is cited.
    pub cited: bool,
    /// What it is made of.
    pub stretches: Vec<Stretch>,
}

/// What a passage is made of on the page.
#[derive(Debug, PartialEq, Eq)]
pub enum Stretch {
    /// Running text.
    Paragraph {
        /// Whether it is a heading.
        heading: bool,
        /// Its text.
        pieces: Vec<Piece>,
    },
    /// A table.
    Table {
        /// Its header row; may be empty.
        header: Vec<String>,
        /// The other rows.
        rows: Vec<Row>,
    },
}

/// The passages of a section; a table that goes on in the next passage stays one table.
pub fn blocks(passages: &[Passage], view: &DocumentView) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for passage in passages {
        let cited = view.cited == Cited::Here(passage.id);
        let spans: Vec<Span> = view.span.filter(|_| cited).into_iter().collect();
        let mut stretches = stretches(passage, &spans);
        if !cited && let Some(last) = blocks.last_mut().filter(|last| !last.cited) {
            continue_table(&mut last.stretches, &mut stretches);
        }
        if !stretches.is_empty() {
            blocks.push(Block { cited, stretches });
        }
    }
    blocks
}

fn stretches(passage: &Passage, spans: &[Span]) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    for part in parts(&passage.text, passage.locator.rows, spans) {
        match part {
            Part::Table { header, rows } => stretches.push(Stretch::Table { header, rows }),
            Part::Text(pieces) => {
                stretches.extend(paragraphs(pieces).into_iter().map(|pieces| Stretch::Paragraph {
                    heading: false,
                    pieces,
                }))
            }
        }
    }
    // Small sections are joined in one passage with their headings in its text; lines of a PDF tell nothing.
    if passage.locator.page.is_none() {
        for position in 1..stretches.len() {
            let (before, after) = stretches.split_at_mut(position);
            if let (Some(Stretch::Paragraph { heading, pieces }), Some(next)) =
                (before.last_mut(), after.first())
            {
                *heading = looks_like_heading(pieces) && !next.looks_like_heading();
            }
        }
    }
    stretches
}

impl Stretch {
    fn looks_like_heading(&self) -> bool {
        matches!(self, Self::Paragraph { pieces, .. } if looks_like_heading(pieces))
    }
}

/// Whether a paragraph is one short line that ends no sentence and starts no list.
fn looks_like_heading(pieces: &[Piece]) -> bool {
    let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let text = text.trim();
    let item = text.starts_with(['-', '*', '•', '·', '–']);
    text.chars().count() <= 80
        && !item
        && !text.contains('\n')
        && !text.contains([':', '：'])
        && !text.ends_with(['.', '。', '!', '！', '?', '？', ';', '；', ',', '，', '、'])
}

fn continue_table(before: &mut [Stretch], stretches: &mut Vec<Stretch>) {
    if let (Some(Stretch::Table { header: open, rows }), Some(Stretch::Table { header, rows: more })) =
        (before.last_mut(), stretches.first_mut())
        && open == header
        && !open.is_empty()
    {
        rows.append(more);
        stretches.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(header: &[&str], rows: &[&[&str]]) -> Stretch {
        let cells = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>();
        Stretch::Table {
            header: cells(header),
            rows: rows
                .iter()
                .map(|row| Row {
                    cells: cells(row),
                    marked: false,
                })
                .collect(),
        }
    }

    #[test]
    fn a_table_that_goes_on_in_the_next_passage_stays_one_table() {
        let mut before = vec![table(&["A", "B"], &[&["1", "2"]])];
        let mut next = vec![table(&["A", "B"], &[&["3", "4"]])];
        continue_table(&mut before, &mut next);
        assert_eq!(before, [table(&["A", "B"], &[&["1", "2"], &["3", "4"]])]);
        assert!(next.is_empty());
    }

    #[test]
    fn a_table_with_another_header_is_another_table() {
        let mut before = vec![table(&["A", "B"], &[&["1", "2"]])];
        let mut next = vec![table(&["A", "C"], &[&["3", "4"]])];
        continue_table(&mut before, &mut next);
        assert_eq!(next.len(), 1);
    }

    #[test]
    fn a_short_line_before_text_is_a_heading_and_a_short_sentence_is_none() {
        let heads = |text: &str| {
            looks_like_heading(&[Piece {
                text: text.to_owned(),
                marked: false,
            }])
        };
        assert!(heads("Backup and lost files") && heads("安全鞋"));
        assert!(
            !heads("Stop the press.")
                && !heads("- gloves")
                && !heads("Site: Tarnbrook")
                && !heads("先停机。")
        );
    }
}
