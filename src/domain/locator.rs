//! Where in its document a passage stands, in the words that a person would use to find it.

use serde::{Deserialize, Serialize};

/// The place of a passage: page, slide, sheet and rows, heading path. Whatever a format does not have is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Locator {
    /// 1-based page of a PDF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// 1-based slide of a presentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slide: Option<u32>,
    /// Name of the sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// First and last row, 1-based as the spreadsheet shows them, header rows not counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<(u32, u32)>,
    /// How sure the recognition is of the page's words, in percent, where its text was recognised from a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ocr: Option<u8>,
    /// Headings from the outermost to the innermost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headings: Vec<String>,
}

impl Locator {
    /// The page or the slide: what an evaluation set calls `page`.
    pub fn page_number(&self) -> Option<u32> {
        self.page.or(self.slide)
    }
}
