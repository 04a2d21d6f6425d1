//! Archives as text: what a fuzzer does to packed bytes breaks a checksum, what it does to a list of parts reaches the
//! reader. Each part is a line `=== name` and its content.

use std::borrow::Cow;
use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const MARK: &[u8] = b"=== ";
/// Parts without text that anybody reads, and what is too much for a fuzzer.
const LEFT_OUT: [&str; 6] = [
    "theme",
    "media",
    "fonts",
    "printerSettings",
    "Thumbnails",
    "Configurations",
];
const LARGEST: usize = 80_000;

/// The archive that `data` lists; anything else as it is.
pub fn packed(data: &[u8]) -> Cow<'_, [u8]> {
    if !data.starts_with(MARK) {
        return Cow::Borrowed(data);
    }
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut rest = &data[MARK.len()..];
    while !rest.is_empty() {
        let end = find(rest, b"\n=== ");
        let part = &rest[..end.unwrap_or(rest.len())];
        let name = find(part, b"\n").unwrap_or(part.len());
        let content = part.get(name + 1..).unwrap_or_default();
        // A name that an archive cannot have is passed over.
        if archive
            .start_file(String::from_utf8_lossy(&part[..name]), options)
            .is_ok()
        {
            let _ = archive.write_all(content);
        }
        rest = end.map_or(&[], |end| &rest[end + 1 + MARK.len()..]);
    }
    archive
        .finish()
        .map_or(Cow::Borrowed(data), |bytes| Cow::Owned(bytes.into_inner()))
}

/// The list of the parts of an archive; nothing where `data` is none or too large.
pub fn listed(data: &[u8]) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(data)).ok()?;
    let mut list = Vec::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).ok()?;
        let name = part.name().ok()?.into_owned();
        if part.is_dir() || LEFT_OUT.iter().any(|word| name.contains(word)) {
            continue;
        }
        if !list.is_empty() {
            list.push(b'\n');
        }
        list.extend(MARK);
        list.extend(name.as_bytes());
        list.push(b'\n');
        part.read_to_end(&mut list).ok()?;
    }
    (!list.is_empty() && list.len() <= LARGEST).then_some(list)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
