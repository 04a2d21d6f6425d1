//! Comments, page headers and footers of a binary workbook, which the library that reads its cells passes over.

use std::collections::BTreeMap;

use super::headings::one_line;
use super::sheet_margin::margin;
use super::xlsb_records::{number, records, text};

/// Kinds of records, as MS-XLSB 2.3 numbers them.
const MARGINS: u32 = 0x1df;
const COMMENT: u32 = 0x27b;
const COMMENT_ENDS: u32 = 0x27c;
const COMMENT_TEXT: u32 = 0x27d;

/// Page headers and footers of a sheet: of odd pages, of even ones, of the first.
pub(super) fn margins(sheet: &[u8]) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for (_, content) in records(sheet).filter(|(kind, _)| *kind == MARGINS) {
        let mut rest = content.get(2..).unwrap_or_default();
        for _ in 0..6 {
            // A text that is not there has no length either.
            if number(rest, 0) == Some(u32::MAX) {
                rest = &rest[4..];
                continue;
            }
            let Some((codes, after)) = text(rest) else { break };
            rest = after;
            texts.extend(margin(&codes).filter(|text| !texts.contains(text)));
        }
    }
    texts
}

/// Adds the comments of a part to `notes`, by row and column, counted from 0.
pub(super) fn comments(part: &[u8], notes: &mut BTreeMap<(u32, u32), String>) {
    let mut cell = None;
    for (kind, content) in records(part) {
        match kind {
            COMMENT => cell = number(content, 4).zip(number(content, 12)),
            COMMENT_ENDS => cell = None,
            COMMENT_TEXT => {
                let said = content.get(1..).and_then(text);
                let said = said.map(|(said, _)| one_line(&said)).unwrap_or_default();
                if let Some(cell) = cell.filter(|cell| is_cell(*cell) && !said.is_empty()) {
                    notes.insert(cell, said);
                }
            }
            _ => {}
        }
    }
}

/// Whether a sheet has such a row and column.
fn is_cell((row, column): (u32, u32)) -> bool {
    row < 1 << 20 && column < 1 << 14
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A record whose kind and length are written in groups of seven bits.
    fn record(kind: u32, content: &[u8]) -> Vec<u8> {
        let low = |number: u32| u8::try_from(number & 0x7f).unwrap();
        let mut bytes = match kind {
            0..0x80 => vec![low(kind)],
            _ => vec![low(kind) | 0x80, low(kind >> 7)],
        };
        let length = u32::try_from(content.len()).unwrap();
        bytes.extend([low(length) | 0x80, low(length >> 7)]);
        bytes.extend(content);
        bytes
    }

    fn written(text: &str) -> Vec<u8> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut bytes = u32::try_from(units.len()).unwrap().to_le_bytes().to_vec();
        bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
        bytes
    }

    fn comment(row: u32, column: u32) -> Vec<u8> {
        let numbers = [0, row, row, column, column].map(u32::to_le_bytes);
        record(COMMENT, &[numbers.concat(), vec![7; 16]].concat())
    }

    #[test]
    fn comments_are_read_with_their_cells() {
        let said = |text: &str| record(COMMENT_TEXT, &[vec![1], written(text), vec![9; 12]].concat());
        let part = [
            comment(6, 2),
            said("Ana:\nwear 手套"),
            record(COMMENT_ENDS, &[]),
            said("of no cell"),
            comment(u32::MAX, 0),
            said("beyond the last row"),
        ];
        let mut notes = BTreeMap::new();
        comments(&part.concat(), &mut notes);
        assert_eq!(notes, [((6, 2), "Ana: wear 手套".to_owned())].into());
    }

    #[test]
    fn page_headers_are_read_without_those_that_are_not_there() {
        let absent = u32::MAX.to_le_bytes().to_vec();
        let content = [
            vec![0, 0],
            written("&LSOP-QA-014&RRev C"),
            absent.clone(),
            absent.clone(),
            absent,
            written("&CPage &P"),
        ];
        assert_eq!(margins(&record(MARGINS, &content.concat())), ["SOP-QA-014 Rev C"]);
    }

    proptest! {
        #[test]
        fn records_that_lie_about_themselves_do_no_harm(
            kinds in proptest::collection::vec((0usize..4, proptest::collection::vec(any::<u8>(), 0..40)), 0..30),
            cut in 0usize..200,
        ) {
            let all = [MARGINS, COMMENT, COMMENT_ENDS, COMMENT_TEXT];
            let part: Vec<u8> = kinds.iter().flat_map(|(kind, content)| record(all[*kind], content)).collect();
            let cut = &part[..part.len() - cut.min(part.len())];
            margins(cut);
            let mut notes = BTreeMap::new();
            comments(cut, &mut notes);
            prop_assert!(notes.keys().all(|cell| is_cell(*cell)));
        }
    }
}
