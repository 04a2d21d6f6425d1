//! Where in its document a passage stands, in the words that a person would use to find it.

use serde::{Deserialize, Serialize};

/// The place of a passage: file inside the file, page, slide, sheet and rows, time, heading path. Whatever a format does
/// not have is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Locator {
    /// The file inside this one: an attachment of a mail, a file of an archive; `offer.zip/drawings/part.pdf` where one is
    /// in another. Page, slide, sheet and rows are then those of that file, and the heading path begins with its names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
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
    /// The sheet or slide is hidden by whoever made the document.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// From and to in a recording, in seconds from its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<(u32, u32)>,
    /// Headings from the outermost to the innermost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headings: Vec<String>,
}

impl Locator {
    /// The page or the slide: what an evaluation set calls `page`.
    pub fn page_number(&self) -> Option<u32> {
        self.page.or(self.slide)
    }

    /// The headings within the file inside this one: without its names, which [`Locator::part`] says already.
    pub fn inner_headings(&self) -> &[String] {
        let mut rest = self.part.as_deref();
        let mut names = 0;
        while let Some(path) = rest
            && let Some(heading) = self.headings.get(names)
            && let Some(after) = path.strip_prefix(heading.as_str())
        {
            names += 1;
            rest = after.strip_prefix('/');
        }
        &self.headings[names..]
    }

    /// A time in a recording as players show it: `1:02:03`, `2:03`.
    pub fn clock(seconds: u32) -> String {
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        if hours > 0 {
            format!("{hours}:{minutes:02}:{seconds:02}")
        } else {
            format!("{minutes}:{seconds:02}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_files_inside_files_are_not_said_twice() {
        let locator = Locator {
            part: Some("offer.zip/drawings/part.pdf".to_owned()),
            headings: ["offer.zip", "drawings/part.pdf", "Scope"]
                .map(str::to_owned)
                .to_vec(),
            ..Locator::default()
        };
        assert_eq!(locator.inner_headings(), ["Scope"]);
        let plain = Locator {
            headings: vec!["Scope".to_owned()],
            ..Locator::default()
        };
        assert_eq!(plain.inner_headings(), ["Scope"]);
    }

    #[test]
    fn times_are_said_as_players_show_them() {
        assert_eq!(Locator::clock(3_723), "1:02:03");
        assert_eq!(Locator::clock(62), "1:02");
    }
}
