//! What stands beside the cells of a workbook of Excel 97 to 2003: notes, text boxes, page headers and footers, which the
//! library that reads its cells passes over.

use std::collections::BTreeMap;

use super::Limits;
use super::headings::one_line;
use super::sheet_margin::margin;
use super::xls_records::{BEGIN, END, letters, number, records, sheets, substream};
use super::xlsx_notes::Beside;

/// Kinds of records, as MS-XLS 2.3 numbers them.
const HEADER: u16 = 0x0014;
const FOOTER: u16 = 0x0015;
const NOTE: u16 = 0x001c;
const CONTINUED: u16 = 0x003c;
const OBJECT: u16 = 0x005d;
const TEXT: u16 = 0x01b6;

/// The version of the format since which texts have letters of two bytes; what is older has cells alone.
const SINCE_97: u32 = 0x0600;
/// Kinds of objects whose text people write: rectangles, ovals, text boxes, polygons, and whatever newer programs draw.
const WRITTEN_ON: [u32; 5] = [0x02, 0x03, 0x06, 0x09, 0x1e];

/// What stands beside the cells of each sheet, in their order.
pub(super) fn read(stream: &[u8], limits: &Limits) -> Vec<Beside> {
    let beside = |at: usize| of_sheet(substream(stream, at));
    sheets(stream, limits).into_iter().map(beside).collect()
}

/// An object that floats over the cells.
#[derive(Default)]
struct Object {
    kind: u32,
    text: String,
}

fn of_sheet(sheet: &[u8]) -> Beside {
    let mut beside = Beside::default();
    let mut objects: BTreeMap<u32, Object> = BTreeMap::new();
    let mut noted: Vec<((u32, u32), u32)> = Vec::new();
    let mut depth = 0;
    let mut object = None;
    // Letters that are still to come of the text of the object.
    let mut missing = 0;
    for (kind, content) in records(sheet) {
        if kind != CONTINUED && kind != TEXT {
            missing = 0;
        }
        match kind {
            BEGIN if depth == 0 && number(content, 0).is_none_or(|version| version < SINCE_97) => break,
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            // Those of charts are no part of the sheet.
            _ if depth != 1 => {}
            HEADER | FOOTER => {
                let text = number(content, 0).zip(content.get(2..));
                let text = text.and_then(|(length, text)| margin(&letters(text, length as usize).0));
                beside
                    .above
                    .extend(text.filter(|text| !beside.above.contains(text)));
            }
            OBJECT => {
                // The first of its parts names it: behind its own kind and length.
                object = number(content, 4).zip(number(content, 6)).map(|(kind, id)| {
                    objects.insert(
                        id,
                        Object {
                            kind,
                            ..Object::default()
                        },
                    );
                    id
                });
            }
            TEXT => missing = number(content, 10).unwrap_or(0) as usize,
            CONTINUED if missing > 0 => {
                let (text, count) = letters(content, missing);
                missing -= count;
                if let Some(object) = object.and_then(|id| objects.get_mut(&id)) {
                    object.text.push_str(&text);
                }
            }
            NOTE => {
                let cell = number(content, 0).zip(number(content, 2));
                noted.extend(cell.zip(number(content, 6)));
            }
            _ => {}
        }
    }
    for (cell, id) in noted {
        let text = objects.remove(&id).map(|object| one_line(&object.text));
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            beside.notes.insert(cell, text);
        }
    }
    beside.floating = objects
        .into_values()
        .filter(|object| WRITTEN_ON.contains(&object.kind) && !object.text.trim().is_empty())
        .map(|object| object.text)
        .collect();
    beside
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(kind: u16, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap();
        [&kind.to_le_bytes(), &length.to_le_bytes(), content].concat()
    }

    fn object(kind: u8, id: u8) -> Vec<u8> {
        record(OBJECT, &[0x15, 0, 0x12, 0, kind, 0, id, 0])
    }

    fn text(length: u8) -> Vec<u8> {
        record(
            TEXT,
            &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, length, 0, 16, 0, 0, 0, 0, 0],
        )
    }

    fn sheet(records: &[Vec<u8>]) -> Vec<u8> {
        [record(BEGIN, &[0, 6, 16, 0]), records.concat(), record(END, &[])].concat()
    }

    #[test]
    fn notes_are_found_by_the_number_of_their_object_also_in_several_pieces() {
        let sheet = sheet(&[
            object(0x19, 1),
            text(9),
            record(CONTINUED, b"\0Wear "),
            record(CONTINUED, &[1, 0x4b, 0x62, 0x57, 0x59, b'!', 0, b'.', 0]),
            record(CONTINUED, b"\0formatting"),
            object(0x06, 2),
            text(5),
            record(CONTINUED, b"\0Boxed"),
            object(0x07, 3),
            text(2),
            record(CONTINUED, b"\0OK"),
            record(NOTE, &[6, 0, 2, 0, 0, 0, 1, 0, 0, 0]),
            record(HEADER, b"\x0f\0\0&LSOP-QA-014&RC"),
        ]);
        let beside = of_sheet(&sheet);
        assert_eq!(beside.notes, [((6, 2), "Wear 手套!.".to_owned())].into());
        assert_eq!(beside.floating, ["Boxed"]);
        assert_eq!(beside.above, ["SOP-QA-014 C"]);
    }

    proptest! {
        #[test]
        fn records_that_lie_about_themselves_do_no_harm(
            kinds in proptest::collection::vec((0usize..9, proptest::collection::vec(any::<u8>(), 0..24)), 0..40),
            cut in 0usize..400,
        ) {
            let all = [HEADER, FOOTER, NOTE, CONTINUED, OBJECT, TEXT, BEGIN, END, 0x0085];
            let records: Vec<Vec<u8>> = kinds.iter().map(|(kind, content)| record(all[*kind], content)).collect();
            let sheet = sheet(&records);
            let cut = &sheet[..sheet.len() - cut.min(sheet.len())];
            let beside = of_sheet(cut);
            prop_assert!(beside.notes.values().all(|note| !note.is_empty()));
            read(cut, &Limits::default());
        }
    }
}
