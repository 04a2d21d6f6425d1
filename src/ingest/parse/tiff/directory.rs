//! A directory of a TIFF: what is said about a page, by number.

use std::collections::HashMap;

use crate::ingest::parse::image_file::Content;

/// Entries of a directory; real ones have about twenty.
const ENTRIES: u64 = 4_096;
/// Numbers of an entry, strips of a page above all.
const NUMBERS: u64 = 1 << 20;

/// The entries that are read.
pub(super) mod tag {
    pub(in super::super) const SUBFILE: u16 = 254;
    pub(in super::super) const WIDTH: u16 = 256;
    pub(in super::super) const HEIGHT: u16 = 257;
    pub(in super::super) const BITS: u16 = 258;
    pub(in super::super) const COMPRESSION: u16 = 259;
    pub(in super::super) const PHOTOMETRIC: u16 = 262;
    pub(in super::super) const FILL_ORDER: u16 = 266;
    pub(in super::super) const STRIP_OFFSETS: u16 = 273;
    pub(in super::super) const ORIENTATION: u16 = 274;
    pub(in super::super) const SAMPLES: u16 = 277;
    pub(in super::super) const ROWS_PER_STRIP: u16 = 278;
    pub(in super::super) const STRIP_BYTES: u16 = 279;
    pub(in super::super) const RESOLUTION_ACROSS: u16 = 282;
    pub(in super::super) const RESOLUTION_DOWN: u16 = 283;
    pub(in super::super) const PLANAR: u16 = 284;
    pub(in super::super) const FAX3_OPTIONS: u16 = 292;
    pub(in super::super) const PREDICTOR: u16 = 317;
    pub(in super::super) const PALETTE: u16 = 320;
    pub(in super::super) const TILE_WIDTH: u16 = 322;
    pub(in super::super) const TILE_HEIGHT: u16 = 323;
    pub(in super::super) const TILE_OFFSETS: u16 = 324;
    pub(in super::super) const TILE_BYTES: u16 = 325;
    pub(in super::super) const EXTRA_SAMPLES: u16 = 338;
    pub(in super::super) const SAMPLE_FORMAT: u16 = 339;
    pub(in super::super) const JPEG_TABLES: u16 = 347;
}

/// How numbers are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// The lowest byte comes first.
    pub(super) little: bool,
    /// BigTIFF: places of eight bytes.
    big: bool,
}

/// What is said about a page.
pub(super) struct Directory {
    /// How its numbers are written.
    pub(super) form: Form,
    entries: HashMap<u16, Entry>,
}

/// A value, and where it stands.
#[derive(Debug, Clone, Copy)]
struct Entry {
    kind: u16,
    count: u64,
    offset: u64,
}

impl Form {
    /// By the first bytes of a file.
    pub(super) fn of(beginning: &[u8]) -> Option<Self> {
        let (little, big) = match beginning.get(..4)? {
            b"II\x2a\x00" => (true, false),
            b"MM\x00\x2a" => (false, false),
            b"II\x2b\x00" => (true, true),
            b"MM\x00\x2b" => (false, true),
            _ => return None,
        };
        Some(Self { little, big })
    }

    /// Where the first directory begins.
    pub(super) fn first(self, header: &[u8; 16]) -> Option<u64> {
        let place = if self.big { &header[8..16] } else { &header[4..8] };
        Some(self.number(place)).filter(|first| *first != 0)
    }

    /// An unsigned number of up to eight bytes.
    pub(super) fn number(self, bytes: &[u8]) -> u64 {
        let join = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        if self.little {
            bytes.iter().rev().fold(0, join)
        } else {
            bytes.iter().fold(0, join)
        }
    }
}

impl Directory {
    /// The directory at `offset`, and where the next one begins, which is unknown where the file ends before it says so.
    pub(super) fn read(content: &Content, form: Form, offset: u64) -> Option<(Self, Option<u64>)> {
        let (place, each) = if form.big { (8, 20) } else { (4, 12) };
        let head = bytes(content, offset, if form.big { 8 } else { 2 })?;
        let count = Some(form.number(&head)).filter(|count| *count <= ENTRIES)?;
        let start = offset.checked_add(head.len() as u64)?;
        let table = bytes(content, start, count * each)?;
        let mut entries = HashMap::new();
        for (number, entry) in (0..count).zip(table.chunks_exact(usize::try_from(each).ok()?)) {
            let value_at = entry.len() - place;
            let kind = u16::try_from(form.number(&entry[2..4])).ok()?;
            let count = form.number(&entry[4..value_at]);
            let inside = count.saturating_mul(size_of_kind(kind)) <= place as u64;
            let found = Entry {
                kind,
                count,
                offset: if inside {
                    start + number * each + value_at as u64
                } else {
                    form.number(&entry[value_at..])
                },
            };
            // Of an entry that stands there twice, the first counts.
            let tag = u16::try_from(form.number(&entry[..2])).ok()?;
            entries.entry(tag).or_insert(found);
        }
        let next = bytes(content, start + count * each, place as u64).map(|next| form.number(&next));
        Some((Self { form, entries }, next))
    }

    /// The bytes of an entry, as they are.
    pub(super) fn bytes(&self, content: &Content, tag: u16) -> Option<Vec<u8>> {
        let entry = self.entries.get(&tag)?;
        if entry.count > NUMBERS {
            return None;
        }
        bytes(content, entry.offset, entry.count * size_of_kind(entry.kind))
    }

    /// The unsigned numbers of an entry.
    pub(super) fn numbers(&self, content: &Content, tag: u16) -> Option<Vec<u64>> {
        let kind = self.entries.get(&tag)?.kind;
        if !matches!(kind, 1 | 3 | 4 | 13 | 16 | 18) {
            return None;
        }
        let bytes = self.bytes(content, tag)?;
        let size = usize::try_from(size_of_kind(kind)).ok()?;
        let numbers = bytes.chunks_exact(size).map(|number| self.form.number(number));
        Some(numbers.collect())
    }

    /// The first of them.
    pub(super) fn number(&self, content: &Content, tag: u16) -> Option<u64> {
        self.numbers(content, tag)?.first().copied()
    }

    /// A fraction; nothing where it is none or not above zero.
    pub(super) fn fraction(&self, content: &Content, tag: u16) -> Option<f64> {
        let bytes = self.bytes(content, tag).filter(|bytes| bytes.len() >= 8)?;
        let part = |bytes: &[u8]| u32::try_from(self.form.number(bytes)).map_or(0.0, f64::from);
        let (upper, lower) = (part(&bytes[..4]), part(&bytes[4..8]));
        (self.entries.get(&tag)?.kind == 5 && upper > 0.0 && lower > 0.0).then(|| upper / lower)
    }
}

/// How many bytes a number of a kind takes.
fn size_of_kind(kind: u16) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 1,
    }
}

/// So many bytes from a place; nothing where the file ends before.
pub(super) fn bytes(content: &Content, offset: u64, count: u64) -> Option<Vec<u8>> {
    let end = offset.checked_add(count)?;
    if content.length().ok()? < end {
        return None;
    }
    let mut found = vec![0; usize::try_from(count).ok()?];
    let read = content.read_at(&mut found, offset).ok()?;
    (read == found.len()).then_some(found)
}
