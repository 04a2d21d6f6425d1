//! Merged cells of a binary workbook, which the library that reads its cells passes over.

use std::collections::HashMap;

use calamine::Dimensions;

use super::ParseError;
use super::package::Package;
use super::xlsb_records::{number, records};

/// A larger sheet is a table of data, and not looked through a second time; in bytes.
const LOOKED_THROUGH: u64 = 64 << 20;
/// Merged regions of a sheet.
const REGIONS: usize = 10_000;

/// The kind of the record of a merged region, as MS-XLSB 2.3 numbers it.
const MERGED: u32 = 0xb0;

/// The merged regions by the names of their `sheets`. What cannot be made out is left away: the cells are still read.
pub(super) fn read(
    package: &mut Package,
    sheets: &[(String, String)],
) -> Result<HashMap<String, Vec<Dimensions>>, ParseError> {
    let mut found = HashMap::new();
    for (name, part) in sheets {
        let is_small = package.size(part).is_some_and(|size| size <= LOOKED_THROUGH);
        if let Some(sheet) = is_small.then(|| package.part(part)).transpose()?.flatten() {
            found.insert(name.clone(), regions(&sheet));
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

/// What must hold of any part of a binary workbook: regions that are some, as many as are looked at and no more.
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
        let part = [region([0, 1, 0, 1]), region([0, 9, 2, 2])].concat();
        for length in 0..=part.len() {
            hostile(&part[..length]);
        }
    }
}
