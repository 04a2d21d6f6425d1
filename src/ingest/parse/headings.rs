//! The heading path of the place that a parser has reached.

use super::block::clean;
use super::{Block, BlockKind, Output, ParseError};
use crate::domain::Locator;

const LONGEST_HEADING: usize = 200;
const DEEPEST_PATH: usize = 8;

/// Follows the headings of a document and knows the path to the current place.
#[derive(Debug, Default)]
pub(super) struct Headings {
    open: Vec<(u8, String)>,
    title: Option<String>,
}

impl Headings {
    /// A document whose title is known; a heading that says the same is not repeated in the paths.
    pub(super) fn under(title: Option<String>) -> Self {
        Self {
            open: Vec::new(),
            title,
        }
    }

    /// A place with nothing but its heading path.
    pub(super) fn locator(&self) -> Locator {
        Locator {
            headings: self.path(),
            ..Locator::default()
        }
    }

    /// From the outermost to the innermost.
    pub(super) fn path(&self) -> Vec<String> {
        self.open.iter().map(|(_, text)| text.clone()).collect()
    }

    /// The sections of a level and below are over.
    pub(super) fn leave(&mut self, level: u8) {
        self.open.retain(|(open, _)| *open < level);
    }

    /// A heading begins a section: it closes all of its level and below. The heading is sent with `place`, whose
    /// heading path is filled in here. Text too long for a heading is sent as a paragraph.
    pub(super) fn enter(
        &mut self,
        level: u8,
        text: &str,
        place: Locator,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        let text = one_line(text);
        if text.is_empty() {
            return Ok(());
        }
        if text.chars().count() > LONGEST_HEADING {
            let place = Locator {
                headings: self.path(),
                ..place
            };
            return output.paragraph(&place, text);
        }
        self.open.retain(|(open, _)| *open < level);
        // The title of a file inside the file is nobody's title, so it stays.
        if !output.is_in_part() && self.title.as_deref().is_some_and(|title| same(title, &text)) {
            output.title_here();
            return Ok(());
        }
        self.open.truncate(DEEPEST_PATH - 1);
        self.open.push((level, text.clone()));
        let locator = Locator {
            headings: self.path(),
            ..place
        };
        output.block(Block {
            locator,
            kind: BlockKind::Heading(level),
            text,
        })
    }
}

/// A text on one line, its white space folded, cleaned as the text of blocks is.
pub(super) fn one_line(text: &str) -> String {
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
    {
        folded(text)
    } else {
        folded(&clean(text, false))
    }
}

/// The title of a document whose headings are these: the first one, if no other is of its level or above.
pub(super) fn title_among<'heading>(
    headings: impl IntoIterator<Item = (u8, &'heading str)>,
) -> Option<String> {
    let mut headings = headings.into_iter().filter(|(_, text)| !text.trim().is_empty());
    let (first_level, first) = headings.next()?;
    headings
        .all(|(level, _)| level > first_level)
        .then(|| one_line(first))
}

/// A title from a document's properties, unless it is what a program put there by itself.
pub(super) fn credible_title(title: &str) -> Option<String> {
    const LEFT_BY_PROGRAMS: [&str; 22] = [
        "untitled",
        "powerpoint presentation",
        "presentation",
        "slide 1",
        "document",
        "document1",
        "microsoft word",
        "title",
        "book1",
        "workbook",
        "scan",
        "scanned document",
        "blank page",
        "new document",
        "layout 1",
        "无标题",
        "無標題",
        "演示文稿",
        "新建 microsoft word 文档",
        "제목 없음",
        "새 문서",
        "template",
    ];
    let title = one_line(title);
    let lower = title.to_lowercase();
    let is_file = [
        ".doc", ".docx", ".docm", ".dot", ".dotx", ".pdf", ".indd", ".ppt", ".pptx", ".pptm", ".xls",
        ".xlsx", ".xlsm", ".tex", ".dvi", ".qxd", ".txt", ".rtf", ".tmp", ".odt", ".ods", ".odp", ".wps",
        ".wpd", ".hwp", ".hwpx", ".pub", ".vsd", ".vsdx", ".cdr", ".eps", ".psd", ".dwg", ".tif", ".tiff",
        ".jpg", ".jpeg", ".png", ".html", ".htm",
    ]
    .iter()
    .any(|ending| lower.ends_with(ending));
    let left_over = LEFT_BY_PROGRAMS.contains(&lower.as_str())
        || ["word", "powerpoint", "excel", "visio", "publisher"]
            .iter()
            .any(|program| lower.starts_with(&format!("microsoft {program} - ")))
        || lower.starts_with("file://")
        || lower.starts_with("powerpoint ")
        || lower.starts_with("powerpoint-")
        || lower.starts_with("untitled");
    let letters = title
        .chars()
        .filter(|character| character.is_alphabetic())
        .count();
    let long = title.chars().count();
    (letters >= 2 && long <= LONGEST_HEADING && !is_file && !left_over).then_some(title)
}

/// Whether a title is nothing but the name of its file, with or without its ending: what a better one on the first page
/// should not stand behind.
pub(super) fn is_name_of(title: &str, file: &str) -> bool {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    same(title, stem) || same(title, name)
}

/// Whether a title is written as people write names of files: `BH320_manual_EN`.
pub(super) fn is_like_a_name(title: &str) -> bool {
    title.contains('_') && !title.contains(char::is_whitespace)
}

fn same(title: &str, heading: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars()
            .filter(|character| character.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    letters(title) == letters(heading)
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::ingest::parse::Limits;

    #[test]
    fn a_heading_closes_those_of_its_level_and_below() {
        let mut emit = |_| ControlFlow::Continue(());
        let mut output = Output::new(&Limits::default(), &mut emit);
        let mut headings = Headings::default();
        for (level, text) in [(1, "Press"), (2, "Safety"), (3, "Guards"), (2, "Upkeep")] {
            headings
                .enter(level, text, Locator::default(), &mut output)
                .unwrap();
        }
        assert_eq!(headings.path(), ["Press", "Upkeep"]);
    }

    #[test]
    fn the_title_is_not_repeated_in_the_path() {
        let mut emit = |_| ControlFlow::Continue(());
        let mut output = Output::new(&Limits::default(), &mut emit);
        let mut headings = Headings::under(Some("Press: manual".to_owned()));
        headings
            .enter(1, "PRESS manual", Locator::default(), &mut output)
            .unwrap();
        headings
            .enter(2, "Safety", Locator::default(), &mut output)
            .unwrap();
        assert_eq!(headings.path(), ["Safety"]);
    }

    #[test]
    fn a_document_with_two_equal_headings_at_the_top_has_no_title_of_its_own() {
        assert_eq!(title_among([(1, "Leave"), (2, "How long"), (1, "Shifts")]), None);
        assert_eq!(
            title_among([(1, "Staff FAQ"), (2, "Leave"), (2, "Shifts")]).as_deref(),
            Some("Staff FAQ")
        );
    }

    #[test]
    fn a_title_is_the_name_of_its_file_however_the_two_are_written() {
        assert!(is_name_of("BH320 manual EN", "machines/BH320_manual_EN.pdf"));
        assert!(is_name_of("bh320-manual-en.PDF", "BH320_manual_EN.pdf"));
        assert!(!is_name_of(
            "Honing machine BH320",
            "machines/BH320_manual_EN.pdf"
        ));
        assert!(is_like_a_name("BH320_manual_EN") && !is_like_a_name("BH320 manual"));
    }

    #[test]
    fn titles_that_programs_leave_behind_are_not_believed() {
        assert_eq!(credible_title("Microsoft Word - spec_v3.doc"), None);
        assert_eq!(credible_title("PowerPoint Presentation"), None);
        assert_eq!(
            credible_title("Microsoft Excel - torques.xlsm [Compatibility Mode]"),
            None
        );
        assert_eq!(credible_title("untitled-3"), None);
        assert_eq!(credible_title("新建 Microsoft Word 文档"), None);
        assert_eq!(credible_title("press.hwp"), None);
        assert_eq!(
            credible_title(" Torque  manual ").as_deref(),
            Some("Torque manual")
        );
    }
}
