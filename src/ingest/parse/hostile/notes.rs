//! What must hold of what stands beside the cells of binary workbooks, whatever their records say.

use std::collections::BTreeMap;

use super::is_sound_text;
use crate::ingest::parse::{Limits, xls_notes, xlsb_notes};

/// Reads `data` as the stream of a workbook of Excel 97, as a sheet and as the comments of a binary one.
pub fn notes(data: &[u8]) {
    let limits = Limits {
        parts: 1_000,
        ..Limits::default()
    };
    for beside in xls_notes::read(data, &limits) {
        beside
            .above
            .iter()
            .chain(beside.notes.values())
            .for_each(|text| is_line("a note", text));
        beside
            .floating
            .iter()
            .for_each(|text| assert!(!text.trim().is_empty(), "a box without text"));
    }
    for margin in xlsb_notes::margins(data) {
        is_line("a page header", &margin);
    }
    let mut comments = BTreeMap::new();
    xlsb_notes::comments(data, &mut comments);
    for ((row, column), text) in comments {
        assert!(row < 1 << 20 && column < 1 << 14, "a comment on {row}, {column}");
        is_line("a comment", &text);
    }
}

/// One line of any length: what comes of it is cut where it is kept.
fn is_line(what: &str, text: &str) {
    is_sound_text(what, text);
    assert!(
        !text.trim().is_empty() && !text.contains('\n'),
        "{what}: {text:?}"
    );
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(data in proptest::collection::vec(any::<u8>(), 0..400)) {
            notes(&data);
        }
    }
}
