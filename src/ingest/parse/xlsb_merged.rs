//! Merged cells of a binary workbook, which the library that reads its cells passes over.

use std::collections::HashMap;

use calamine::Dimensions;

use super::package::Package;
use super::xml::{relationships, relationships_part};
use super::{Limits, ParseError};

const WORKBOOK: &str = "xl/workbook.bin";
/// A larger sheet is a table of data, and not looked through a second time; in bytes.
const LOOKED_THROUGH: u64 = 64 << 20;
/// Merged regions of a sheet.
const REGIONS: usize = 10_000;

/// Kinds of records, as MS-XLSB 2.3 numbers them.
const SHEET: u32 = 0x9c;
const MERGED: u32 = 0xb0;

/// The merged regions by the names of their sheets. What cannot be made out is left away: the cells are still read.
pub(super) fn read(
    package: &mut Package,
    what: &'static str,
    limits: &Limits,
) -> Result<HashMap<String, Vec<Dimensions>>, ParseError> {
    let mut found = HashMap::new();
    let (Some(workbook), Some(related)) = (
        package.part(WORKBOOK)?,
        package.part(&relationships_part(WORKBOOK))?,
    ) else {
        return Ok(found);
    };
    let related = relationships(&related, WORKBOOK, what, limits)?;
    let named = records(&workbook)
        .filter(|(kind, _)| *kind == SHEET)
        .filter_map(|(_, content)| {
            let (id, rest) = text(content.get(8..)?)?;
            Some((id, text(rest)?.0))
        });
    for (id, name) in named.take(limits.pages as usize) {
        let part = related.iter().find(|one| one.id == id).map(|one| &one.target);
        let part = part.filter(|part| package.size(part).is_some_and(|size| size <= LOOKED_THROUGH));
        let Some(part) = part.cloned() else { continue };
        if let Some(sheet) = package.part(&part)? {
            found.insert(name, regions(&sheet));
        }
    }
    Ok(found)
}

fn regions(sheet: &[u8]) -> Vec<Dimensions> {
    records(sheet)
        .filter(|(kind, _)| *kind == MERGED)
        .filter_map(|(_, content)| {
            let at = |place| number(content, place);
            let [top, bottom, left, right] = [at(0)?, at(4)?, at(8)?, at(12)?];
            Some(Dimensions {
                start: (top, left),
                end: (bottom, right),
            })
        })
        .filter(|region| region.start.0 <= region.end.0 && region.start.1 <= region.end.1)
        .take(REGIONS)
        .collect()
}

/// The records of a part: their kind and their content. Both numbers before it are written in groups of seven bits.
fn records(mut part: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
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
fn text(bytes: &[u8]) -> Option<(String, &[u8])> {
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

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}
