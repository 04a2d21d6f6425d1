//! The pages of an Office file as pictures, in place of its text.

use super::DocumentPage;
use super::pages::{self, PageView};
use crate::domain::{Leaf, Locator, Staff};
use crate::library::{
    Cited, DocumentView, LeafWanted, Leaves, Library, LibraryError, NoPicture, OfficeFault, Wanted,
};
use crate::web::page::{Paging, address};
use crate::web::texts::Texts;
use crate::web::words;

/// What came of the wish to see pages: they are there, or it is said why not, or both where one thing is missing.
#[derive(Debug, Default)]
pub(super) struct Found {
    leaves: Option<Leaves>,
    absence: Option<&'static str>,
}

impl Found {
    /// The pages that are wanted.
    pub(super) async fn of(staff: &Staff, library: &Library, view: &DocumentView, wanted: Wanted) -> Self {
        let wanted = LeafWanted {
            part: wanted.part,
            page: wanted.page,
            passage: wanted.passage,
            span: wanted.span,
        };
        match library.leaves(staff, view.document.id, wanted).await {
            Ok(leaves) => {
                let missed = leaves.cited.is_none() && matches!(view.cited, Cited::Here(_));
                Self {
                    leaves: Some(leaves),
                    absence: missed.then_some("document-pages-unfound"),
                }
            }
            Err(error) => Self {
                leaves: None,
                absence: Some(absence(&error)),
            },
        }
    }

    /// The pages as they are shown; nothing where the text stands alone.
    pub(super) fn pages(&self, t: Texts, view: &DocumentView) -> Option<Vec<PageView>> {
        let leaves = self.leaves.as_ref()?;
        Some(of_leaves(t, view, leaves))
    }

    /// What else of the page changes with it.
    pub(super) fn settle(self, page: &mut DocumentPage, view: &DocumentView) {
        if let Some(leaves) = &self.leaves {
            turn_to(page, view, leaves);
        }
        let absence = self.absence.map(|key| page.shell.t.get(key));
        page.notices.extend(absence.map(std::borrow::Cow::into_owned));
    }
}

/// The pages that were found.
fn of_leaves(t: Texts, view: &DocumentView, leaves: &Leaves) -> Vec<PageView> {
    let number = |key: &str, page: u32| t.with(key, "number", &page.to_string());
    let sheet = |page: u32| leaves.sheets.get(usize::try_from(page).ok()?.checked_sub(1)?);
    let sheet = |page: u32| sheet(page).filter(|sheet| !sheet.name.is_empty());
    let name = |page: u32| match (view.document.kind.leaf(), sheet(page)) {
        (_, Some(sheet)) => {
            let place = Locator {
                sheet: Some(sheet.name.clone()),
                hidden: sheet.hidden,
                ..Locator::default()
            };
            words::place(t, &place).into()
        }
        (Leaf::Slide, None) => number("locator-slide", page),
        (Leaf::Page | Leaf::Sheet, None) => number("locator-page", page),
    };
    let passage = match view.cited {
        Cited::Here(passage) => Some(passage),
        Cited::Nothing | Cited::Gone => None,
    };
    let shown = leaves.pages.iter().map(|(page, shape)| {
        let marked = passage.filter(|_| leaves.cited == Some(*page));
        PageView::of(t, view, &name(*page), (*page, *shape), marked)
    });
    shown.collect()
}

/// Why the pages of an Office file are not shown, though somebody wants to see them.
fn absence(error: &LibraryError) -> &'static str {
    match error {
        LibraryError::Picture(NoPicture::Busy) => "document-pages-later",
        LibraryError::Picture(NoPicture::Changed) => "error-page-changed-explained",
        LibraryError::Picture(NoPicture::NotPrinted(OfficeFault::TooSlow { .. })) => "document-pages-slow",
        _ => "document-pages-none",
    }
}

/// The pages of an Office file know nothing of the parts of its text: the contents lead to the slide, to the sheet, or to the
/// text.
fn turn_to(page: &mut DocumentPage, view: &DocumentView, leaves: &Leaves) {
    let here = format!("/documents/{}", view.document.id);
    page.paging = Paging::new(leaves.part, leaves.parts, |part| {
        address(&here, &[("part", &part.to_string()), ("view", "pages")])
    });
    for (entry, shown) in view.contents.iter().zip(&mut page.contents) {
        let sheet = entry.place.sheet.as_ref();
        let sheet = sheet.and_then(|sheet| (1..).zip(&leaves.sheets).find(|(_, it)| it.name == *sheet));
        shown.href = match entry.place.slide.or(sheet.map(|(page, _)| page)) {
            Some(page) => {
                let number = page.to_string();
                address(&here, &[("page", &number), ("view", "pages")]) + "#" + pages::anchor(page).as_str()
            }
            None => {
                let part = entry.part.to_string();
                address(&here, &[("part", &part)]) + "#" + super::anchor(entry.ordinal).as_str()
            }
        };
    }
}
