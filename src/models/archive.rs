//! Unpacks an archive that was carried in: never outside its folder, never a link, never more than the disk has room for.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::ModelError;
use super::path::inside;
use super::staging::Progress;

/// No model has so many files.
const MOST_FILES: usize = 10_000;

/// Why an archive is not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is no archive.
    #[error("{0} is neither a folder nor an archive of the kinds .tar, .tar.gz and .zip")]
    Kind(
        /// The file.
        String,
    ),
    /// It ends too early or its checksums are wrong.
    #[error("the archive {archive} is cut short or damaged: copy it again")]
    Damaged {
        /// The archive.
        archive: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Something in it leads out of the folder.
    #[error("the archive {archive} is refused: {entry:?} in it {reason}")]
    Entry {
        /// The archive.
        archive: String,
        /// What lies in it.
        entry: String,
        /// Why it is refused.
        reason: &'static str,
    },
    /// It would fill the disk.
    #[error("the archive {archive} is refused: unpacked it has more than the {} MB for which there is room", limit / 1_000_000)]
    TooLarge {
        /// The archive.
        archive: String,
        /// Bytes that it may have.
        limit: u64,
    },
    /// It has more files than any model.
    #[error("the archive {0} is refused: it has more than 10000 files")]
    TooMany(
        /// The archive.
        String,
    ),
}

/// Unpacks `archive` into the empty folder `into`; all its files together may have `limit` bytes.
pub(super) fn unpack(
    archive: &Path,
    into: &Path,
    limit: u64,
    watch: &dyn Fn(Progress<'_>),
) -> Result<(), ModelError> {
    let unreadable = |source| ModelError::Unreadable {
        path: archive.to_owned(),
        source,
    };
    let mut file = File::open(archive).map_err(unreadable)?;
    let total = file.metadata().map_err(unreadable)?.len();
    let mut head = Vec::new();
    (&mut file).take(512).read_to_end(&mut head).map_err(unreadable)?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let mut unpacking = Unpacking {
        archive,
        into,
        limit,
        left: limit,
        files: 0,
        total,
        watch,
    };
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        unpacking.zip(file)
    } else if head.starts_with(&[0x1f, 0x8b]) {
        unpacking.tar(MultiGzDecoder::new(BufReader::with_capacity(1 << 18, file)))
    } else if head.get(257..262) == Some(b"ustar") {
        unpacking.tar(BufReader::with_capacity(1 << 18, file))
    } else {
        Err(ArchiveError::Kind(archive.display().to_string()).into())
    }
}

struct Unpacking<'a> {
    archive: &'a Path,
    into: &'a Path,
    limit: u64,
    left: u64,
    files: usize,
    total: u64,
    watch: &'a dyn Fn(Progress<'_>),
}

impl Unpacking<'_> {
    fn tar(&mut self, source: impl Read) -> Result<(), ModelError> {
        let mut archive = tar::Archive::new(source);
        for entry in archive.entries().map_err(|error| self.damaged(error))? {
            let mut entry = entry.map_err(|error| self.damaged(error))?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let kind = entry.header().entry_type();
            if kind.is_dir() || kind.is_pax_global_extensions() {
                self.count()?;
            } else if kind.is_file() || kind.is_gnu_sparse() || kind.is_contiguous() {
                self.write(&name, &mut entry)?;
            } else {
                return Err(self.refused(&name, "is a link or a device, not a file"));
            }
        }
        Ok(())
    }

    fn zip(&mut self, file: File) -> Result<(), ModelError> {
        let mut archive =
            zip::ZipArchive::new(BufReader::new(file)).map_err(|error| self.damaged(error.into()))?;
        for at in 0..archive.len() {
            let mut entry = archive.by_index(at).map_err(|error| self.damaged(error.into()))?;
            let name = match entry.name() {
                Ok(name) => name.into_owned(),
                Err(error) => return Err(self.damaged(error.into())),
            };
            if entry.is_dir() {
                self.count()?;
            } else if entry.is_symlink() {
                return Err(self.refused(&name, "is a link or a device, not a file"));
            } else {
                self.write(&name, &mut entry)?;
            }
        }
        Ok(())
    }

    fn write(&mut self, name: &str, content: &mut impl Read) -> Result<(), ModelError> {
        self.count()?;
        let path = inside(name).ok_or_else(|| self.refused(name, "leads out of the folder"))?;
        let place = self.into.join(&path);
        let failed = |source| ModelError::File {
            path: place.clone(),
            source,
        };
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        // What is named twice would overwrite what was looked at.
        let mut output = File::create_new(&place).map_err(failed)?;
        let mut block = vec![0; 1 << 18];
        loop {
            let length = match content.read(&mut block) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.damaged(error)),
            };
            let Some(left) = self.left.checked_sub(length as u64) else {
                return Err(ArchiveError::TooLarge {
                    archive: self.archive.display().to_string(),
                    limit: self.limit,
                }
                .into());
            };
            self.left = left;
            output.write_all(&block[..length]).map_err(failed)?;
            (self.watch)(Progress {
                what: &path,
                done: self.limit - self.left,
                total: self.total.max(self.limit - self.left),
            });
        }
        output.sync_all().map_err(failed)
    }

    fn count(&mut self) -> Result<(), ModelError> {
        self.files += 1;
        if self.files > MOST_FILES {
            return Err(ArchiveError::TooMany(self.archive.display().to_string()).into());
        }
        Ok(())
    }

    fn damaged(&self, source: io::Error) -> ModelError {
        ArchiveError::Damaged {
            archive: self.archive.display().to_string(),
            source,
        }
        .into()
    }

    fn refused(&self, entry: &str, reason: &'static str) -> ModelError {
        ArchiveError::Entry {
            archive: self.archive.display().to_string(),
            entry: entry.to_owned(),
            reason,
        }
        .into()
    }
}

#[cfg(test)]
mod tests;
