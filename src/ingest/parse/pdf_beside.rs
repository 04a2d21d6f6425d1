//! What stands in a PDF beside the text of its pages: properties, bookmarks, form fields, comments.

use std::collections::{BTreeMap, HashMap};

use pdfium_render::prelude::{
    PdfDocument, PdfDocumentMetadataTagType, PdfFormField, PdfPage, PdfPageAnnotationCommon,
    PdfPageAnnotationType,
};

use super::headings::one_line;
use super::pdf_layout::Piece;
use super::properties::put;

/// Bookmarks that are looked at, and how deep they lie at most.
const BOOKMARKS: usize = 5_000;
const DEEPEST: u8 = 6;
/// Fields and comments of one page.
const ON_A_PAGE: usize = 500;

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
pub(super) struct Bookmarks(HashMap<u32, Vec<(u8, String)>>);

impl Bookmarks {
    /// Reads them. A list of nothing but pages (`Page 3`, `scan_003`) says nothing and is not believed.
    pub(super) fn of(document: &PdfDocument<'_>) -> Self {
        let mut found: HashMap<u32, Vec<(u8, String)>> = HashMap::new();
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
                    found.entry(page + 1).or_default().push((level, letters));
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
        match here.iter().find(|(_, title)| *title == said) {
            Some((level, _)) => Piece::Heading(*level, text.clone()),
            None => piece,
        }
    }
}

/// What people have filled in and written onto a page.
pub(super) fn texts(page: &PdfPage<'_>) -> Vec<String> {
    let mut texts = Vec::new();
    for annotation in page.annotations().iter().take(ON_A_PAGE) {
        let text = match annotation.annotation_type() {
            PdfPageAnnotationType::Widget | PdfPageAnnotationType::XfaWidget => {
                annotation.as_form_field().and_then(filled_in)
            }
            PdfPageAnnotationType::Text
            | PdfPageAnnotationType::FreeText
            | PdfPageAnnotationType::Highlight
            | PdfPageAnnotationType::Underline
            | PdfPageAnnotationType::Squiggly
            | PdfPageAnnotationType::Strikeout
            | PdfPageAnnotationType::Stamp
            | PdfPageAnnotationType::Square
            | PdfPageAnnotationType::Circle => annotation.contents(),
            _ => None,
        };
        if let Some(text) = text.map(|text| one_line(&text)).filter(|text| !text.is_empty())
            && !texts.contains(&text)
        {
            texts.push(text);
        }
    }
    texts
}

fn filled_in(field: &PdfFormField<'_>) -> Option<String> {
    use pdfium_render::prelude::PdfFormFieldCommon;
    let value = match field {
        PdfFormField::Text(field) => field.value(),
        PdfFormField::ComboBox(field) => field.value(),
        PdfFormField::ListBox(field) => field.value(),
        _ => None,
    }?;
    let value = one_line(&value);
    if value.is_empty() {
        return None;
    }
    // Names that programs give by themselves say nothing.
    let name = field.name().map(|name| one_line(&name)).unwrap_or_default();
    let says_something =
        name.chars().filter(|character| character.is_alphabetic()).count() >= 3 && !name.contains('[');
    Some(if says_something {
        format!("{name}: {value}")
    } else {
        value
    })
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
