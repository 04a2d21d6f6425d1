//! How much of a file is read before it is refused.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::MEGABYTE;

/// Bounds for one file. The defaults let every real document through that the authors have met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Size of a file of any format.
    pub file_bytes: u64,
    /// Size of a file of a format that has to be held in memory as a whole: Markdown, reStructuredText, HTML.
    pub structured_bytes: u64,
    /// What an archive may unpack to, all parts together.
    pub unpacked_bytes: u64,
    /// Unpacked bytes for each packed byte, looked at only in archives that unpack to more than a few megabytes.
    pub ratio: u64,
    /// Parts of an archive.
    pub parts: usize,
    /// Characters of text taken from one file.
    pub characters: u64,
    /// Pages, slides or sheets.
    pub pages: u32,
    /// Elements within elements.
    pub nesting: u32,
    /// Time for one file.
    pub time: Duration,
    /// Whether text is recognised where it must be, which may take hours. Where it is put off, [`Outline::unrecognised`] says
    /// that there is some.
    ///
    /// [`Outline::unrecognised`]: super::Outline::unrecognised
    pub recognise: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 512 * MEGABYTE,
            structured_bytes: 64 * MEGABYTE,
            unpacked_bytes: 512 * MEGABYTE,
            ratio: 400,
            parts: 20_000,
            characters: 600_000_000,
            pages: 20_000,
            nesting: 400,
            time: Duration::from_secs(1_800),
            recognise: true,
        }
    }
}
