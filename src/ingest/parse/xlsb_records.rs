//! The parts of a binary workbook as records, as MS-XLSB 2.1.4 describes them, and which part is which sheet: nothing that
//! they say of themselves is believed beyond the bytes that are there.

use super::package::Package;
use super::xml::{relationships, relationships_part};
use super::{Limits, ParseError};

const WORKBOOK: &str = "xl/workbook.bin";
/// The kind of the record that names a sheet, as MS-XLSB 2.3 numbers it.
const SHEET: u32 = 0x9c;

/// The names of the sheets with their parts.
pub(super) fn sheets(
    package: &mut Package,
    what: &'static str,
    limits: &Limits,
) -> Result<Vec<(String, String)>, ParseError> {
    let (Some(workbook), Some(related)) = (
        package.part(WORKBOOK)?,
        package.part(&relationships_part(WORKBOOK))?,
    ) else {
        return Ok(Vec::new());
    };
    let related = relationships(&related, WORKBOOK, what, limits)?;
    let named = records(&workbook)
        .filter(|(kind, _)| *kind == SHEET)
        .filter_map(|(_, content)| {
            let (id, rest) = text(content.get(8..)?)?;
            Some((id, text(rest)?.0))
        });
    let sheets = named.take(limits.pages as usize).filter_map(|(id, name)| {
        let part = related.iter().find(|one| one.id == id)?;
        Some((name, part.target.clone()))
    });
    Ok(sheets.collect())
}

/// The records of a part: their kind and their content. Both numbers before it are written in groups of seven bits.
pub(super) fn records(mut part: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let (kind, rest) = grouped(part, 2)?;
        let (length, rest) = grouped(rest, 4)?;
        let (content, rest) = rest.split_at_checked(length as usize)?;
        part = rest;
        Some((kind, content))
    })
}

fn grouped(bytes: &[u8], most: usize) -> Option<(u32, &[u8])> {
    let mut number = 0;
    for at in 0..most {
        let byte = *bytes.get(at)?;
        number |= u32::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 || at + 1 == most {
            return Some((number, &bytes[at + 1..]));
        }
    }
    None
}

/// A text behind the count of its letters, and what follows it.
pub(super) fn text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let length = (number(bytes, 0)? as usize).checked_mul(2)?;
    let (letters, rest) = bytes[4..].split_at_checked(length)?;
    let units = letters
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    Some((
        char::decode_utf16(units)
            .map(|letter| letter.unwrap_or('\u{fffd}'))
            .collect(),
        rest,
    ))
}

pub(super) fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}
