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
