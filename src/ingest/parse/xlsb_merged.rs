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
    for (id, name) in sheets(&workbook).take(limits.pages as usize) {
        let part = related.iter().find(|one| one.id == id).map(|one| &one.target);
        let part = part.filter(|part| package.size(part).is_some_and(|size| size <= LOOKED_THROUGH));
        let Some(part) = part.cloned() else { continue };
        if let Some(sheet) = package.part(&part)? {
            found.insert(name, regions(&sheet));
        }
    }
    Ok(found)
}

/// The sheets that a workbook lists: the identity under which it is related to each, and the name.
fn sheets(workbook: &[u8]) -> impl Iterator<Item = (String, String)> {
    records(workbook)
        .filter(|(kind, _)| *kind == SHEET)
        .filter_map(|(_, content)| {
            let (id, rest) = text(content.get(8..)?)?;
            Some((id, text(rest)?.0))
        })
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

/// What must hold of any part of a binary workbook: regions that are some, as many as are looked at and no more, and names that
/// are no longer than what they were read from.
#[cfg(any(test, fuzzing))]
pub fn hostile(part: &[u8]) {
    let regions = regions(part);
    assert!(regions.len() <= REGIONS && regions.len() * 18 <= part.len());
    for region in &regions {
        assert!(
            region.start.0 <= region.end.0 && region.start.1 <= region.end.1,
            "{region:?}"
        );
    }
    for (id, name) in sheets(part) {
        // A letter of two bytes is one of at most three in UTF-8.
        assert!(2 * (id.len() + name.len()) <= 3 * part.len(), "{id:?}: {name:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u32, content: &[u8]) -> Vec<u8> {
        let mut bytes = match u8::try_from(kind) {
            Ok(short @ ..0x80) => vec![short],
            _ => vec![0x80 | (kind & 0x7f) as u8, (kind >> 7) as u8],
        };
        bytes.push(u8::try_from(content.len()).unwrap());
        bytes.extend(content);
        bytes
    }

    fn region(numbers: [u32; 4]) -> Vec<u8> {
        record(MERGED, &numbers.map(u32::to_le_bytes).concat())
    }

    #[test]
    fn regions_are_read_from_between_other_records_and_what_is_none_is_left_out() {
        let sheet = [
            record(7, b"other"),
            region([1, 2, 0, 3]),
            region([5, 4, 0, 0]),
            record(MERGED, &[1]),
        ]
        .concat();
        let found = regions(&sheet);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].start, found[0].end), ((1, 0), (2, 3)));
    }

    #[test]
    fn a_part_that_is_cut_off_anywhere_is_read_as_far_as_it_goes() {
        let name = |text: &str| -> Vec<u8> {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [(units.len() as u32 / 2).to_le_bytes().as_slice(), &units].concat()
        };
        let sheet = record(SHEET, &[&[0; 8][..], &name("rId1"), &name("螺栓")].concat());
        assert_eq!(
            sheets(&sheet).next(),
            Some(("rId1".to_owned(), "螺栓".to_owned()))
        );
        let part = [sheet, region([0, 1, 0, 1]), region([0, 9, 2, 2])].concat();
        for length in 0..=part.len() {
            hostile(&part[..length]);
        }
    }
}
