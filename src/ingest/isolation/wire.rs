//! What the two sides say to each other: frames of a length and JSON; the bytes of a picture follow as they are.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Confinement, Failure};
use crate::domain::FileKind;
use crate::ingest::parse::{
    Block, Inside, Limits, Mark, Ocr, Office, OfficeFault, Outline, PageOrder, PagePlace, PageShape,
    PictureError, PlaceOrder,
};

/// A frame is never longer: one paragraph may be as long as a whole file of text.
pub(super) const LONGEST_FRAME: u32 = 1 << 30;
/// Nor the one that holds passwords.
pub(super) const LONGEST_PASSWORDS: u32 = 512 << 10;
/// Bytes in which the length of a frame stands before it.
const LENGTH: usize = 4;
/// Room that is taken for one before its bytes have come.
const BELIEVED: u32 = 64 << 10;

/// The one thing that a process is to do with its file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Order {
    /// Say how far it is locked in.
    Probe,
    /// Read it.
    Read { kind: FileKind, limits: Limits },
    /// Draw a page of it.
    Draw(PageOrder),
    /// Say how large these pages are, of the file itself or of one inside it.
    Shapes { pages: Vec<u32>, inside: Option<Inside> },
    /// Say on which page something stands.
    Find(PlaceOrder),
    /// Lay out its pages.
    Print(FileKind),
}

impl Order {
    /// Whether it takes LibreOffice.
    pub(super) fn prints(&self) -> bool {
        matches!(self, Self::Print(_))
    }
}

/// The order with what the process needs to know of this machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Instruction {
    pub(super) order: Order,
    /// The folder of the native libraries.
    pub(super) runtime: std::path::PathBuf,
    /// How text is recognised.
    pub(super) ocr: Ocr,
    /// LibreOffice, for the order that takes it.
    pub(super) office: Option<Office>,
    /// The one folder in which it may write.
    pub(super) folder: std::path::PathBuf,
    /// Bytes of memory that it may take.
    pub(super) memory: u64,
    /// Whether the passwords of the file are the next thing that it is told: they never stand on a disk or in an
    /// environment.
    pub(super) locked: bool,
}

/// What a process answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Said {
    /// How far it is locked in.
    Ready(Confinement),
    /// The next blocks of the file.
    Blocks(Vec<Block>),
    /// The file is read, or cannot be.
    Read(Result<Outline, Failure>),
    /// The page is drawn: its bytes follow.
    Drawn(Result<Drawn, PictureError>),
    /// The shapes of pages.
    Shapes(Result<Vec<PageShape>, PictureError>),
    /// The page on which something stands.
    Found(Result<PagePlace, PictureError>),
    /// The pages are laid out as a PDF of so many bytes, which follow.
    Printed(Result<u32, OfficeFault>),
    /// The parser panicked; what it said.
    Panicked(String),
}

/// A picture without its bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Drawn {
    pub(super) bytes: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) marks: Vec<Mark>,
}

impl Said {
    /// What kind of answer it is.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Ready(_) => "a report",
            Self::Blocks(_) => "text",
            Self::Read(_) => "an outline",
            Self::Drawn(_) => "a picture",
            Self::Shapes(_) => "shapes",
            Self::Found(_) => "a place",
            Self::Printed(_) => "laid-out pages",
            Self::Panicked(_) => "a panic",
        }
    }
}

/// Writes one frame.
pub(super) fn send<T: Serialize>(to: &mut impl Write, said: &T) -> io::Result<()> {
    let mut whole = Vec::new();
    frame(said, &mut whole)?;
    to.write_all(&whole)?;
    to.flush()
}

/// Adds one frame to what is written together: each writing wakes the other side.
pub(super) fn frame<T: Serialize>(said: &T, to: &mut Vec<u8>) -> io::Result<()> {
    let begin = to.len();
    to.extend([0; LENGTH]);
    serde_json::to_writer(&mut *to, said)?;
    let length = u32::try_from(to.len() - begin - LENGTH)
        .ok()
        .filter(|length| *length <= LONGEST_FRAME)
        .ok_or_else(|| io::Error::other("a frame would be too long"))?;
    to[begin..begin + LENGTH].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// Reads one frame of at most `longest` bytes; nothing at the end.
pub(super) fn receive<T: DeserializeOwned>(
    from: &mut impl Read,
    longest: u32,
) -> io::Result<Option<(T, u32)>> {
    let mut length = [0; LENGTH];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length);
    if length > longest {
        return Err(io::Error::other("a frame is too long"));
    }
    let json = exactly(from, length)?;
    Ok(Some((serde_json::from_slice(&json)?, length)))
}

/// Reads `length` bytes, taking much memory only as they come: the length is only what the other side says.
pub(super) fn exactly(from: &mut impl Read, length: u32) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length.min(BELIEVED) as usize);
    from.take(u64::from(length)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != u64::from(length) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_received_and_the_end_is_the_end() {
        let mut pipe = Vec::new();
        send(&mut pipe, &Said::Panicked("oh\nno".to_owned())).unwrap();
        let mut from = pipe.as_slice();
        let (said, _) = receive::<Said>(&mut from, LONGEST_FRAME).unwrap().unwrap();
        assert!(matches!(said, Said::Panicked(text) if text == "oh\nno"));
        assert!(receive::<Said>(&mut from, LONGEST_FRAME).unwrap().is_none());
    }

    #[test]
    fn a_frame_that_claims_to_be_endless_takes_no_memory_and_is_refused() {
        let mut claims = 0xffff_ffff_u32.to_le_bytes().to_vec();
        claims.push(b'x');
        assert!(receive::<Said>(&mut claims.as_slice(), LONGEST_FRAME).is_err());
        let mut short = 900_000_000_u32.to_le_bytes().to_vec();
        short.extend(b"{}");
        assert!(receive::<Said>(&mut short.as_slice(), LONGEST_FRAME).is_err());
    }

    #[test]
    fn a_frame_that_is_no_answer_is_refused() {
        let mut pipe = 7_u32.to_le_bytes().to_vec();
        pipe.extend(b"{\"a\":1}");
        assert!(receive::<Said>(&mut pipe.as_slice(), LONGEST_FRAME).is_err());
    }
}
