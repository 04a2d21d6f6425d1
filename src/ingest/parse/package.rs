//! The zip archive around Office documents, read through limits so that a bomb costs neither memory nor time.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::error::MEGABYTE;
use super::{Limits, ParseError};

/// Below this an archive may be compressed as well as it likes.
const HARMLESS: u64 = 16 * MEGABYTE;

/// An open archive whose declared sizes are within the limits.
pub(super) struct Package {
    archive: ZipArchive<BufReader<File>>,
    what: &'static str,
    limits: Limits,
    packed_bytes: u64,
    unpacked_bytes: u64,
}

impl Package {
    /// Opens the archive at `path`; `what` names the kind of document in messages.
    pub(super) fn open(path: &Path, what: &'static str, limits: &Limits) -> Result<Self, ParseError> {
        let mut file = File::open(path).map_err(ParseError::from_io)?;
        let packed_bytes = file.metadata().map_err(ParseError::from_io)?.len();
        refuse_compound_file(&mut file, what)?;
        let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| refusal(error, what))?;
        if archive.len() > limits.parts {
            return Err(ParseError::TooManyParts {
                parts: archive.len(),
                limit: limits.parts,
            });
        }
        let package = Self {
            archive,
            what,
            limits: limits.clone(),
            packed_bytes,
            unpacked_bytes: 0,
        };
        let declared = (0..package.archive.len())
            .filter_map(|index| package.archive.by_index_data(index).ok())
            .fold(0u64, |sum, entry| sum.saturating_add(entry.size()));
        package.refuse_beyond(declared)?;
        Ok(package)
    }

    /// Whether a part is there.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// What a part says that it unpacks to, in bytes.
    pub(super) fn size(&self, name: &str) -> Option<u64> {
        let index = self.archive.index_for_name(name)?;
        self.archive.by_index_data(index).ok().map(|entry| entry.size())
    }

    /// The names of all parts.
    pub(super) fn names(&self) -> Vec<String> {
        self.archive
            .file_names()
            .filter_map(Result::ok)
            .map(|name| name.into_owned())
            .collect()
    }

    /// A part as a whole, or `None` where the archive has no such part.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, ParseError> {
        if !self.contains(name) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        self.read(name, &mut |piece| bytes.extend_from_slice(piece))?;
        Ok(Some(bytes))
    }

    /// Unpacks everything once and throws it away: what a foreign library is about to read by itself is then known
    /// to be within the limits.
    pub(super) fn verify(&mut self) -> Result<(), ParseError> {
        for name in self.names() {
            self.read(&name, &mut |_| {})?;
        }
        self.unpacked_bytes = 0;
        Ok(())
    }

    fn read(&mut self, name: &str, take: &mut dyn FnMut(&[u8])) -> Result<(), ParseError> {
        let what = self.what;
        let mut unpacked = self.unpacked_bytes;
        let mut outcome = Ok(());
        {
            let mut part = self.archive.by_name(name).map_err(|error| refusal(error, what))?;
            let mut buffer = vec![0; 64 * 1024];
            loop {
                let count = part
                    .read(&mut buffer)
                    .map_err(|error| ParseError::damaged(what, error))?;
                if count == 0 {
                    break;
                }
                unpacked += count as u64;
                outcome = beyond(unpacked, self.packed_bytes, &self.limits);
                if outcome.is_err() {
                    break;
                }
                take(&buffer[..count]);
            }
        }
        self.unpacked_bytes = unpacked;
        outcome
    }

    fn refuse_beyond(&self, unpacked: u64) -> Result<(), ParseError> {
        beyond(unpacked, self.packed_bytes, &self.limits)
    }
}

/// An error where so much was unpacked from so little that no ordinary document is it.
pub(super) fn beyond(unpacked: u64, packed: u64, limits: &Limits) -> Result<(), ParseError> {
    if unpacked > limits.unpacked_bytes {
        return Err(ParseError::UnpacksTooLarge {
            limit_megabytes: limits.unpacked_bytes / MEGABYTE,
        });
    }
    let ratio = unpacked / packed.max(1);
    if unpacked > HARMLESS && ratio > limits.ratio {
        return Err(ParseError::CompressedTooWell { ratio });
    }
    Ok(())
}

/// Office puts encrypted documents, and all documents before 2007, into a compound file instead of an archive.
fn refuse_compound_file(file: &mut File, what: &'static str) -> Result<(), ParseError> {
    const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    let mut start = Vec::new();
    file.by_ref()
        .take(MEGABYTE)
        .read_to_end(&mut start)
        .map_err(ParseError::from_io)?;
    if start.starts_with(&COMPOUND) {
        // The directory of the compound file may lie anywhere in it; its names are UTF-16.
        let mut rest = Vec::new();
        file.by_ref()
            .take(64 * MEGABYTE)
            .read_to_end(&mut rest)
            .map_err(ParseError::from_io)?;
        let name: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let holds = |bytes: &[u8]| bytes.windows(name.len()).any(|window| window == name);
        return Err(if holds(&start) || holds(&rest) {
            ParseError::Password { what }
        } else {
            ParseError::OldOffice { what }
        });
    }
    file.seek(SeekFrom::Start(0)).map_err(ParseError::from_io)?;
    Ok(())
}

/// What an error of the archive means.
pub(super) fn refusal(error: ZipError, what: &'static str) -> ParseError {
    match error {
        ZipError::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => ParseError::Forbidden,
        ZipError::InvalidPassword => ParseError::Password { what },
        ZipError::UnsupportedArchive(reason) if reason == ZipError::PASSWORD_REQUIRED => {
            ParseError::Password { what }
        }
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => ParseError::from_io(error),
        error => ParseError::damaged(what, format!("the archive inside cannot be opened ({error})")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(parts: &[(&str, Vec<u8>)]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = ZipWriter::new(file.reopen().unwrap());
        for (name, bytes) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap();
        file
    }

    #[test]
    fn a_bomb_is_refused_by_what_it_declares() {
        let file = archive(&[("word/document.xml", vec![b' '; 40 * 1024 * 1024])]);
        let error = Package::open(file.path(), "Word document", &Limits::default())
            .err()
            .unwrap();
        assert!(matches!(error, ParseError::CompressedTooWell { .. }), "{error}");
    }

    #[test]
    fn a_bomb_that_lies_about_its_size_is_refused_while_it_unpacks() {
        let file = archive(&[("word/document.xml", vec![b' '; 40 * 1024 * 1024])]);
        let mut bytes = std::fs::read(file.path()).unwrap();
        let directory = bytes
            .windows(4)
            .rposition(|window| window == b"PK\x01\x02")
            .unwrap();
        bytes[directory + 24..directory + 28].copy_from_slice(&1000u32.to_le_bytes());
        bytes[22..26].copy_from_slice(&1000u32.to_le_bytes());
        std::fs::write(file.path(), bytes).unwrap();
        let outcome = Package::open(file.path(), "Word document", &Limits::default())
            .and_then(|mut package| package.part("word/document.xml"));
        // Either the reader notices the lie or the limit does; both keep the memory small.
        assert!(
            matches!(
                outcome,
                Err(ParseError::CompressedTooWell { .. } | ParseError::Damaged { .. })
            ) || outcome.is_ok_and(|part| part.is_none_or(|part| part.len() <= 1000))
        );
    }

    #[test]
    fn an_archive_with_too_many_parts_is_refused() {
        let file = archive(&[("a", vec![]), ("b", vec![]), ("c", vec![])]);
        let limits = Limits {
            parts: 2,
            ..Limits::default()
        };
        assert!(matches!(
            Package::open(file.path(), "workbook", &limits),
            Err(ParseError::TooManyParts { parts: 3, limit: 2 })
        ));
    }

    #[test]
    fn the_old_format_and_encryption_are_told_apart() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0];
        std::fs::write(file.path(), &bytes).unwrap();
        assert!(matches!(
            Package::open(file.path(), "workbook", &Limits::default()),
            Err(ParseError::OldOffice { .. })
        ));
        bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        std::fs::write(file.path(), &bytes).unwrap();
        assert!(matches!(
            Package::open(file.path(), "workbook", &Limits::default()),
            Err(ParseError::Password { .. })
        ));
    }

    #[test]
    fn a_truncated_archive_is_damaged() {
        let file = archive(&[("word/document.xml", b"<w:document/>".repeat(100))]);
        let bytes = std::fs::read(file.path()).unwrap();
        std::fs::write(file.path(), &bytes[..bytes.len() / 2]).unwrap();
        let error = Package::open(file.path(), "Word document", &Limits::default())
            .err()
            .unwrap();
        assert!(
            error.to_string().starts_with("this Word document is damaged"),
            "{error}"
        );
    }
}
