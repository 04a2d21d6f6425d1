//! What stands in a PDF beside its pages: properties, bookmarks.

use std::collections::{BTreeMap, HashMap};

use pdfium_render::prelude::{
    PdfBookmark, PdfDestinationViewSettings, PdfDocument, PdfDocumentMetadataTagType,
};

use super::headings::one_line;
use super::lines::is_wide;
use super::pdf_columns;
use super::pdf_layout::{Line, Piece};
use super::properties::put;

/// Bookmarks that are looked at, and how deep they lie at most.
const BOOKMARKS: usize = 5_000;
const DEEPEST: u8 = 6;

/// What the document says about itself.
pub(super) fn properties(document: &PdfDocument<'_>) -> BTreeMap<String, String> {
    let mut properties = BTreeMap::new();
    for (tag, name) in [
        (PdfDocumentMetadataTagType::Title, "title"),
        (PdfDocumentMetadataTagType::Subject, "subject"),
        (PdfDocumentMetadataTagType::Author, "author"),
        (PdfDocumentMetadataTagType::Keywords, "keywords"),
        (PdfDocumentMetadataTagType::CreationDate, "created"),
        (PdfDocumentMetadataTagType::ModificationDate, "modified"),
    ] {
        if let Some(value) = document.metadata().get(tag) {
            put(&mut properties, name, value.value());
        }
    }
    properties
}

/// The bookmarks of a document: the headings that whoever made it has named, by their pages.
#[derive(Debug, Default)]
pub(super) struct Bookmarks(HashMap<u32, Vec<Bookmark>>);

#[derive(Debug, Clone, PartialEq)]
struct Bookmark {
    level: u8,
    title: String,
    letters: String,
    /// How far above the lower edge of the page it leads; nothing where it leads to the page as a whole.
    height: Option<f32>,
    /// How far from the left edge; nothing where only the height is told.
    left: Option<f32>,
}

impl Bookmark {
    /// Whether its words are those of a heading, and not what programs call pages and places.
    fn says_something(&self) -> bool {
        const SAY_NOTHING: [&str; 14] = [
            "page",
            "seite",
            "slide",
            "sheet",
            "scan",
            "img",
            "image",
            "bookmark",
            "blankpage",
            "goback",
            "olelink",
            "页",
            "第页",
            "頁",
        ];
        let words: String = self
            .letters
            .chars()
            .filter(|letter| letter.is_alphabetic())
            .collect();
        let is_long = words.chars().count() >= 3 || words.chars().any(is_wide);
        is_long && !SAY_NOTHING.contains(&words.as_str())
    }
}

impl Bookmarks {
    /// Reads them. A list of nothing but pages (`Page 3`, `scan_003`) says nothing and is not believed.
    pub(super) fn of(document: &PdfDocument<'_>) -> Self {
        let mut found: HashMap<u32, Vec<Bookmark>> = HashMap::new();
        let mut waiting: Vec<_> = document
            .bookmarks()
            .root()
            .into_iter()
            .map(|bookmark| (1u8, bookmark))
            .collect();
        let mut seen = 0;
        while let Some((level, bookmark)) = waiting.pop() {
            seen += 1;
            if seen > BOOKMARKS {
                break;
            }
            waiting.extend(bookmark.next_sibling().map(|next| (level, next)));
            if level < DEEPEST {
                waiting.extend(bookmark.first_child().map(|child| (level + 1, child)));
            }
            let page = bookmark
                .destination()
                .and_then(|destination| destination.page_index().ok());
            if let (Some(page), Some(title)) =
                (page.and_then(|page| u32::try_from(page).ok()), bookmark.title())
            {
                let letters = letters(&title);
                if letters.chars().any(char::is_alphabetic) {
                    found.entry(page + 1).or_default().push(Bookmark {
                        level,
                        title: one_line(&title),
                        letters,
                        height: height(&bookmark),
                        left: left(&bookmark),
                    });
                }
            }
        }
        Self(found)
    }

    /// Makes a heading of the piece that says what a bookmark of this page says.
    pub(super) fn applied(&self, page: u32, piece: Piece) -> Piece {
        let Some(here) = self.0.get(&page) else {
            return piece;
        };
        let (Piece::Heading(_, text) | Piece::Paragraph(text) | Piece::ListItem(text)) = &piece else {
            return piece;
        };
        if text.chars().count() > 200 {
            return piece;
        }
        let said = letters(text);
        match here.iter().find(|bookmark| bookmark.letters == said) {
            Some(bookmark) => Piece::Heading(bookmark.level, text.clone()),
            None => piece,
        }
    }

    /// The lines of a page in the parts that its bookmarks make of it, each with the headings above it: those of bookmarks
    /// whose words stand nowhere on the page, so that nothing else would tell of them. `whole` is the text of the page.
    pub(super) fn divided(&self, page: u32, whole: &str, lines: Vec<Line>) -> Vec<Part> {
        let whole = letters(whole);
        let lines = pdf_columns::apart(lines);
        let one_column = lines.is_sorted_by(|above, below| above.bottom() >= below.bottom());
        let here = self.0.get(&page).map(Vec::as_slice).unwrap_or_default();
        let mut places: Vec<(usize, Option<&Bookmark>)> = Vec::new();
        for bookmark in here.iter().filter(|bookmark| bookmark.says_something()) {
            if let Some(at) = lines
                .iter()
                .position(|line| letters(&line.text()) == bookmark.letters)
            {
                // A line of its own, though it may stand as close to the next one as any other.
                places.extend([(at, None), (at + 1, None)]);
            } else if !whole.contains(&bookmark.letters) {
                let at = match (bookmark.height, bookmark.left) {
                    (None, _) => Some(0),
                    (Some(height), _) if one_column => {
                        let below = lines.iter().position(|line| line.bottom() < height);
                        Some(below.unwrap_or(lines.len()))
                    }
                    // On a page of several columns the height alone does not tell which lines stand below it.
                    (Some(height), left) => left.and_then(|left| pdf_columns::below(&lines, left, height)),
                };
                places.extend(at.map(|at| (at, Some(bookmark))));
            }
        }
        places.sort_by_key(|(at, _)| *at);
        let mut parts = vec![Part::default()];
        let mut rest = lines;
        let mut taken = 0;
        for (at, bookmark) in places {
            let after = rest.split_off(at - taken);
            if let Some(part) = parts.last_mut().filter(|_| at > taken) {
                part.lines = rest;
                parts.push(Part::default());
            }
            if let (Some(part), Some(bookmark)) = (parts.last_mut(), bookmark) {
                part.headings.push((bookmark.level, bookmark.title.clone()));
            }
            (rest, taken) = (after, at);
        }
        if let Some(part) = parts.last_mut() {
            part.lines = rest;
        }
        parts
    }
}

/// Lines of a page under headings that stand only among its bookmarks.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Part {
    pub(super) headings: Vec<(u8, String)>,
    pub(super) lines: Vec<Line>,
}

fn height(bookmark: &PdfBookmark<'_>) -> Option<f32> {
    match bookmark.destination()?.view_settings().ok()? {
        PdfDestinationViewSettings::SpecificCoordinatesAndZoom(_, height, _)
        | PdfDestinationViewSettings::FitPageHorizontallyToWindow(height)
        | PdfDestinationViewSettings::FitBoundsHorizontallyToWindow(height) => {
            height.map(|height| height.value)
        }
        _ => None,
    }
}

fn left(bookmark: &PdfBookmark<'_>) -> Option<f32> {
    match bookmark.destination()?.view_settings().ok()? {
        PdfDestinationViewSettings::SpecificCoordinatesAndZoom(left, _, _) => left.map(|left| left.value),
        _ => None,
    }
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::pdf_layout::{Font, Fragment};
    use super::*;

    fn bookmarks(here: &[(&str, Option<f32>)]) -> Bookmarks {
        let here: Vec<_> = here
            .iter()
            .map(|(title, height)| (*title, None, *height))
            .collect();
        bookmarks_at(&here)
    }

    fn bookmarks_at(here: &[(&str, Option<f32>, Option<f32>)]) -> Bookmarks {
        let bookmark = |(title, left, height): &(&str, Option<f32>, Option<f32>)| Bookmark {
            level: 1,
            title: (*title).to_owned(),
            letters: letters(title),
            height: *height,
            left: *left,
        };
        Bookmarks([(1, here.iter().map(bookmark).collect())].into())
    }

    /// Lines 20 points apart from 700 downwards, with cells 300 points apart.
    fn lines(cells: &[&[&str]]) -> Vec<Line> {
        let font = Font {
            size: 10.0,
            bold: false,
        };
        let line = |(bottom, cells): (u16, &&[&str])| {
            let cell = |(left, text): (u16, &&str)| {
                let (left, bottom) = (f32::from(left), f32::from(bottom));
                let mut cell = Fragment::begin('x', [left, bottom, left + 200.0, bottom + 10.0], font);
                cell.text = (*text).to_owned();
                cell
            };
            Line {
                cells: (50..).step_by(300).zip(*cells).map(cell).collect(),
            }
        };
        (0..).map(|at| 700 - 20 * at).zip(cells).map(line).collect()
    }

    fn divided(bookmarks: &Bookmarks, lines: Vec<Line>) -> Vec<(Vec<String>, Vec<String>)> {
        let whole = lines.iter().map(Line::text).collect::<Vec<_>>().join(" ");
        let shown = |part: Part| {
            let headings = part.headings.into_iter().map(|(_, title)| title).collect();
            (headings, part.lines.iter().map(Line::text).collect())
        };
        bookmarks
            .divided(1, &whole, lines)
            .into_iter()
            .map(shown)
            .collect()
    }

    fn texts(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn bookmarks_divide_a_page_and_head_the_part_below_them_where_no_line_does() {
        let page = lines(&[&["Stop first."], &["Rounds"], &["Walk twice."], &["Lock it."]]);
        let bookmarks = bookmarks(&[
            ("Rounds", Some(690.0)),
            ("Locks", Some(655.0)),
            ("Press 4", None),
            ("Page 1", None),
        ]);
        assert_eq!(
            divided(&bookmarks, page),
            [
                (texts(&["Press 4"]), texts(&["Stop first."])),
                (texts(&[]), texts(&["Rounds"])),
                (texts(&[]), texts(&["Walk twice."])),
                (texts(&["Locks"]), texts(&["Lock it."])),
            ]
        );
    }

    #[test]
    fn a_page_of_two_columns_is_not_divided_where_only_the_height_is_told() {
        let [left, right] = ["the left column goes on", "the right column goes on"];
        let row: &[&str] = &[left, right];
        let page = lines(&[row; 8]);
        let bookmarks = bookmarks(&[("Locks", Some(655.0)), ("Press 4", None)]);
        assert_eq!(
            divided(&bookmarks, page),
            [(texts(&["Press 4"]), texts(&[[left; 8], [right; 8]].concat()))]
        );
    }

    #[test]
    fn a_bookmark_heads_what_stands_below_it_in_its_column() {
        let [left, right] = ["the left column goes on", "the right column goes on"];
        let row: &[&str] = &[left, right];
        let page = lines(&[row; 8]);
        let bookmarks = bookmarks_at(&[
            ("Locks", Some(345.0), Some(655.0)),
            ("Rounds", Some(50.0), Some(635.0)),
        ]);
        assert_eq!(
            divided(&bookmarks, page),
            [
                (texts(&[]), texts(&[left; 4])),
                (texts(&["Rounds"]), texts(&[&[left; 4][..], &[right; 3]].concat())),
                (texts(&["Locks"]), texts(&[right; 5])),
            ]
        );
    }
}
