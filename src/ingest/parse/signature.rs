//! What a file is by its first bytes, where its name may say something else.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::ParseError;

/// What the first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signature {
    /// A zip archive: today's Office, OpenDocument, archives.
    Zip,
    /// A compound file: Office 97 to 2003, Outlook's messages, and whatever Office encrypts.
    Compound,
    /// Rich Text Format.
    Rtf,
    /// A web page.
    Html,
    /// XML that is no web page.
    Xml,
    /// A gzip stream.
    Gzip,
    /// Anything else.
    Other,
}

impl Signature {
    /// Looks at the beginning of the file at `path`.
    pub(super) fn of(path: &Path) -> Result<Self, ParseError> {
        let mut start = Vec::new();
        File::open(path)
            .and_then(|file| file.take(4096).read_to_end(&mut start))
            .map_err(ParseError::from_io)?;
        Ok(Self::of_bytes(&start))
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        let text: String = String::from_utf8_lossy(bytes)
            .trim_start_matches(['\u{feff}', '\u{fffd}'])
            .replace('\0', "")
            .trim_start()
            .to_ascii_lowercase();
        let is_page = [
            "<!doctype html",
            "<html",
            "<head",
            "<body",
            "<table",
            "<meta",
            "<style",
        ]
        .iter()
        .any(|tag| text.starts_with(tag));
        match bytes {
            [b'P', b'K', 3 | 5, 4 | 6, ..] => Self::Zip,
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Self::Compound,
            [0x1f, 0x8b, ..] => Self::Gzip,
            _ if text.starts_with("{\\rtf") => Self::Rtf,
            _ if is_page => Self::Html,
            _ if text.starts_with("<?xml") && text.contains("<html") => Self::Html,
            _ if text.starts_with("<?xml") => Self::Xml,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_told_apart_whatever_their_names() {
        assert_eq!(Signature::of_bytes(b"PK\x03\x04rest"), Signature::Zip);
        assert_eq!(Signature::of_bytes(b"{\\rtf1 a"), Signature::Rtf);
        assert_eq!(
            Signature::of_bytes("\u{feff}\n<HTML xmlns=x>".as_bytes()),
            Signature::Html
        );
        assert_eq!(Signature::of_bytes(b"<?xml version='1.0'?><a/>"), Signature::Xml);
        assert_eq!(Signature::of_bytes(b"Part;Torque"), Signature::Other);
    }
}
