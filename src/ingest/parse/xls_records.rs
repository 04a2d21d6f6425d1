//! The stream of records that a workbook of Excel 97 to 2003 is, as MS-XLS 2.3 describes it: nothing that it says of itself
//! is believed beyond the bytes that are there.

use std::io::{Read, Seek};

use cfb::CompoundFile;

use super::{Limits, ParseError};

/// Where the workbook, a sheet or a chart in it begins, and where it ends.
pub(super) const BEGIN: u16 = 0x0809;
pub(super) const END: u16 = 0x000a;
const SHEET: u16 = 0x0085;
const ENCRYPTED: u16 = 0x002f;

/// The stream; empty where the file holds none.
pub(super) fn stream<F: Read + Seek>(
    file: &mut CompoundFile<F>,
    what: &'static str,
    limits: &Limits,
) -> Result<Vec<u8>, ParseError> {
    let mut stream = Vec::new();
    let mut names = ["/Workbook", "/Book"].into_iter();
    if let Some(name) = names.find(|name| file.is_stream(name)) {
        file.open_stream(name)
            .and_then(|stored| stored.take(limits.unpacked_bytes).read_to_end(&mut stream))
            .map_err(|error| ParseError::damaged(what, error))?;
    }
    Ok(stream)
}

/// Where the sheets begin, in their order; none where the workbook is encrypted, so that nothing that follows can be read.
pub(super) fn sheets(stream: &[u8], limits: &Limits) -> Vec<usize> {
    let mut sheets = Vec::new();
    for (kind, content) in records(stream) {
        match kind {
            SHEET => {
                let place = number(content, 0).zip(number(content, 2));
                sheets.extend(place.map(|(low, high)| (low | high << 16) as usize));
            }
            ENCRYPTED => return Vec::new(),
            END => break,
            _ => {}
        }
    }
    sheets.truncate(limits.pages as usize);
    sheets
}

/// What stands from this place on.
pub(super) fn substream(stream: &[u8], at: usize) -> &[u8] {
    stream.get(at..).unwrap_or_default()
}

/// The records of a stream: their kind and their content.
pub(super) fn records(mut stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let kind = u16::try_from(number(stream, 0)?).ok()?;
        let end = number(stream, 2)? as usize + 4;
        let content = stream.get(4..end)?;
        stream = &stream[end..];
        Some((kind, content))
    })
}

/// Two bytes as a number.
pub(super) fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u32::from(u16::from_le_bytes([pair[0], pair[1]])))
}

/// At most so many letters behind the byte that says whether each takes one byte or two; and how many these are.
pub(super) fn letters(bytes: &[u8], most: usize) -> (String, usize) {
    let Some((flags, letters)) = bytes.split_first() else {
        return (String::new(), 0);
    };
    let units: Vec<u16> = if flags & 1 == 0 {
        letters.iter().take(most).map(|byte| u16::from(*byte)).collect()
    } else {
        let pairs = letters.chunks_exact(2).take(most);
        pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
    };
    (String::from_utf16_lossy(&units), units.len())
}
