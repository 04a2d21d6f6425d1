//! Archives as folders: each file in them is read like a file of the watched folder, within limits for the whole.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::child::Children;
use super::encoding;
use super::package::{self, beyond};
use super::signature::Signature;
use super::{Limits, Outline, Output, ParseError, Parser, Parsers};

const WHAT: &str = "archive";

/// Reads `.zip`, `.tar` and `.tar.gz`.
pub(super) struct ArchiveParser<'parsers> {
    parsers: &'parsers Parsers,
}

impl<'parsers> ArchiveParser<'parsers> {
    /// What is inside is read with `parsers`.
    pub(super) fn new(parsers: &'parsers Parsers) -> Self {
        Self { parsers }
    }
}

impl Parser for ArchiveParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let file = File::open(path).map_err(ParseError::from_io)?;
        let packed = file.metadata().map_err(ParseError::from_io)?.len();
        let mut children = Children::new(self.parsers, limits);
        match Signature::of(path)? {
            Signature::Zip => read_zip(file, packed, limits, &mut children, output)?,
            Signature::Gzip => {
                let unpacked = Bounded {
                    inner: MultiGzDecoder::new(BufReader::new(file)),
                    unpacked: 0,
                    packed,
                    limits,
                };
                read_tar(unpacked, &mut children, output)?;
            }
            _ => read_tar(BufReader::new(file), &mut children, output)?,
        }
        Ok(children.finish())
    }
}

fn read_zip(
    file: File,
    packed: u64,
    limits: &Limits,
    children: &mut Children<'_>,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| package::refusal(error, WHAT))?;
    if archive.len() > limits.parts {
        return Err(ParseError::TooManyParts {
            parts: archive.len(),
            limit: limits.parts,
        });
    }
    let declared = (0..archive.len())
        .filter_map(|index| archive.by_index_data(index).ok())
        .fold(0u64, |sum, entry| sum.saturating_add(entry.size()));
    beyond(declared, packed, limits)?;
    for index in 0..archive.len() {
        let name = match archive.by_index_data(index) {
            Ok(entry) => encoding::text_of(entry.name_raw()),
            Err(error) => return Err(package::refusal(error, WHAT)),
        };
        if name.ends_with('/') {
            continue;
        }
        match archive.by_index(index) {
            Ok(mut entry) => children.take(&name, &mut entry, output)?,
            Err(error) => children.fail(&name, package::refusal(error, WHAT), output)?,
        }
    }
    Ok(())
}

fn read_tar(
    reader: impl Read,
    children: &mut Children<'_>,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    let damaged = |error: io::Error| match error.get_ref().is_some_and(|inner| inner.is::<ParseError>()) {
        true => ParseError::from_io(error),
        false => ParseError::damaged(WHAT, error),
    };
    let mut archive = tar::Archive::new(reader);
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        output.on_time()?;
        if entry.header().entry_type().is_file() {
            let name = encoding::text_of(&entry.path_bytes());
            children.take(&name, &mut entry, output)?;
        }
    }
    Ok(())
}

/// A stream that ends in an error where it unpacks to more than any document does.
struct Bounded<'limits, R> {
    inner: R,
    unpacked: u64,
    packed: u64,
    limits: &'limits Limits,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.unpacked += count as u64;
        beyond(self.unpacked, self.packed, self.limits).map_err(ParseError::into_io)?;
        Ok(count)
    }
}
