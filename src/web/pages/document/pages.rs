//! The pages of a part of a document as pictures.

use crate::domain::{Document, Leaf, Locator, Passage, PassageId, Staff};
use crate::library::{Cited, DocumentView, Library, PageShape};
use crate::web::picture::{Marked, PicturePart, SEARCH, Shown};
use crate::web::texts::Texts;
use crate::web::words;

/// Pages that are shown at once: more only a scan has between two pages with text.
const MOST: u32 = 200;

/// A page on the page.
pub(super) struct PageView {
    pub(super) anchor: String,
    pub(super) label: String,
    /// Where the sections of the text begin that stand on it, so that the contents lead here.
    pub(super) sections: Vec<String>,
    /// Whether what is cited stands on it.
    pub(super) cited: bool,
    /// Nothing where the page cannot be drawn.
    pub(super) picture: Option<PicturePart>,
    /// What is said in its place.
    pub(super) absent: String,
}

/// The pages of the part; nothing where their pictures cannot be shown.
pub(super) async fn of(
    t: Texts,
    staff: &Staff,
    library: &Library,
    view: &DocumentView,
) -> Option<Vec<PageView>> {
    let document = &view.document;
    if document.kind.holds_files() {
        return of_part(t, staff, library, view).await.map(|page| vec![page]);
    }
    let (first, last) = view.pages;
    if first == 0 {
        return None;
    }
    let pages: Vec<u32> = (first..=last.min(first + MOST - 1)).collect();
    let shapes = library
        .page_shapes(staff, document.id, document.generation?, None, &pages, SEARCH)
        .await?;
    let cited = cited(view).and_then(|passage| Some((passage.locator.page?, passage.id)));
    let shown = pages.iter().zip(shapes).map(|(page, shape)| {
        let marked = cited.filter(|(on, _)| on == page).map(|(_, passage)| passage);
        let sections = view
            .sections
            .iter()
            .filter(|section| section.locator.page == Some(*page))
            .filter_map(|section| section.passages.first())
            .map(|passage| super::anchor(passage.ordinal));
        let name = t.with("locator-page", "number", &page.to_string());
        PageView {
            sections: sections.collect(),
            ..PageView::of(t, view, &name, (*page, shape), marked)
        }
    });
    Some(shown.collect())
}

/// The page of a file inside a mail or an archive on which what is cited stands. The pages around it are no pages of this
/// document.
async fn of_part(t: Texts, staff: &Staff, library: &Library, view: &DocumentView) -> Option<PageView> {
    let passage = cited(view)?;
    let (part, page) = (passage.locator.part.as_deref()?, passage.locator.page?);
    let document = &view.document;
    let shapes = library
        .page_shapes(
            staff,
            document.id,
            document.generation?,
            Some(part),
            &[page],
            SEARCH,
        )
        .await?;
    let place = Locator {
        part: Some(part.to_owned()),
        page: Some(page),
        ..Locator::default()
    };
    let name = words::place(t, &place);
    Some(PageView::of(
        t,
        view,
        &name,
        (page, *shapes.first()?),
        Some(passage.id),
    ))
}

impl PageView {
    /// A page by its number and its shape, called `name`, with the place marked that a passage cites on it.
    pub(super) fn of(
        t: Texts,
        view: &DocumentView,
        name: &str,
        (page, shape): (u32, PageShape),
        cited: Option<PassageId>,
    ) -> Self {
        let document = &view.document;
        let marked = cited.map(|passage| Marked {
            passage,
            spans: view.span.as_slice(),
        });
        let shown = Shown {
            document: document.id,
            title: &document.title,
            page: Some(page),
            shape,
            sizes: "(max-width: 52rem) 90vw, 48rem",
        };
        Self {
            anchor: anchor(page),
            label: words::capitalised(name),
            sections: Vec::new(),
            cited: marked.is_some(),
            picture: PicturePart::new(t, shown, marked),
            absent: t.get(absence(document)).into_owned(),
        }
    }
}

/// Why a page cannot be drawn.
fn absence(document: &Document) -> &'static str {
    match document.kind.leaf() {
        Leaf::Sheet => "document-sheet-large",
        Leaf::Page | Leaf::Slide => "error-page-undrawable-explained",
    }
}

/// How many pages of the part are not shown because there are too many.
pub(super) fn hidden(view: &DocumentView) -> u32 {
    let (first, last) = view.pages;
    if view.document.kind.holds_files() {
        return 0;
    }
    (last + 1).saturating_sub(first).saturating_sub(MOST)
}

/// What comes after `#` in the address of a page.
pub(super) fn anchor(page: u32) -> String {
    format!("page-{page}")
}

/// The cited passage.
fn cited(view: &DocumentView) -> Option<&Passage> {
    let Cited::Here(passage) = view.cited else {
        return None;
    };
    let mut passages = view.sections.iter().flat_map(|section| &section.passages);
    passages.find(|found| found.id == passage)
}
