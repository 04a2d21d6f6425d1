//! Checksums of files as catalogues and hubs name them: SHA-256, and for small files the SHA-1 that git has for them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

/// What a file's content must come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Checksum {
    /// SHA-256, as 64 hexadecimal digits.
    Sha256(String),
    /// SHA-1, as 40 hexadecimal digits: a hub's, of git's header and the content, or a mirror's, of the content alone.
    Sha1(String),
}

impl Checksum {
    /// What an `etag` says, if it is a checksum: of a large file its SHA-256, of a small one git's name for it.
    pub fn of_etag(etag: &str) -> Option<Self> {
        let text = etag
            .trim()
            .trim_start_matches("W/")
            .trim_matches('"')
            .to_ascii_lowercase();
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        match text.len() {
            64 => Some(Self::Sha256(text)),
            40 => Some(Self::Sha1(text)),
            _ => None,
        }
    }

    /// Whether a file has this checksum. `sha256` is its SHA-256, which was computed already.
    pub fn fits(&self, file: &Path, sha256: &str) -> io::Result<bool> {
        match self {
            Self::Sha256(wanted) => Ok(wanted.eq_ignore_ascii_case(sha256)),
            Self::Sha1(wanted) => Ok(sha1s_of(file)?.contains(wanted)),
        }
    }

    /// Some digits of it, by which a half-finished file is told from that of another version.
    pub fn short(&self) -> &str {
        let (Self::Sha256(text) | Self::Sha1(text)) = self;
        text.get(..12).unwrap_or(text)
    }
}

/// The SHA-256 of a file; `read` is told how many bytes were read each time.
pub(super) fn sha256_of(file: &Path, mut read: impl FnMut(u64)) -> io::Result<String> {
    let mut hasher = Sha256::new();
    each_block(file, |block| {
        hasher.update(block);
        read(block.len() as u64);
    })?;
    Ok(hex(&hasher.finalize()))
}

/// Of git's header and the content, and of the content alone.
fn sha1s_of(file: &Path) -> io::Result<[String; 2]> {
    let (mut blob, mut content) = (sha1_smol::Sha1::new(), sha1_smol::Sha1::new());
    blob.update(format!("blob {}\0", file.metadata()?.len()).as_bytes());
    each_block(file, |block| {
        blob.update(block);
        content.update(block);
    })?;
    Ok([blob, content].map(|hasher| hex(&hasher.digest().bytes())))
}

fn each_block(file: &Path, mut with: impl FnMut(&[u8])) -> io::Result<()> {
    let mut file = File::open(file)?;
    let mut block = vec![0; 1 << 20];
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(()),
            Ok(length) => with(&block[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        file
    }

    #[test]
    fn a_file_has_the_checksums_that_the_usual_tools_print() {
        let file = file("hello\n");
        let sha256 = sha256_of(file.path(), |_| {}).unwrap();
        assert_eq!(
            sha256,
            "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
        );
        // As `git hash-object` and `sha1sum` print it.
        for (etag, fits) in [
            ("\"ce013625030ba8dba906f756967f9e9ca394464a\"", true),
            ("f572d396fae9206628714fb2ce00f72e94f2258f", true),
            ("f572d396fae9206628714fb2ce00f72e94f22580", false),
        ] {
            let checksum = Checksum::of_etag(etag).unwrap();
            assert_eq!(checksum.fits(file.path(), &sha256).unwrap(), fits, "{etag}");
        }
    }

    #[test]
    fn an_etag_that_is_no_checksum_is_not_taken_for_one() {
        let sha256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
        assert_eq!(
            Checksum::of_etag(&format!("W/\"{sha256}\"")),
            Some(Checksum::Sha256(sha256.to_owned()))
        );
        for etag in [
            "",
            "\"5f3\"",
            "\"zz013625030ba8dba906f756967f9e9ca394464a\"",
            "1700000000-4756",
        ] {
            assert_eq!(Checksum::of_etag(etag), None, "{etag}");
        }
    }
}
