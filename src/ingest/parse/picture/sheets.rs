//! Which page of a laid-out workbook shows which sheet: each sheet is one page. Some versions of LibreOffice lay out all
//! sheets and name none; some leave out those that are hidden, and their bookmarks name the others.

use pdfium_render::prelude::PdfDocument;
use serde::{Deserialize, Serialize};

use crate::ingest::parse::headings::one_line;

/// A sheet of a workbook, at its place among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownSheet {
    /// Its name; empty where it has no text that tells it.
    pub name: String,
    /// Whether its readers see it.
    pub hidden: bool,
}

/// The sheet on each of `pages` pages: they are all of `sheets`, or all but the hidden ones. Nothing where they are neither.
pub(super) fn laid_out(sheets: &[KnownSheet], pages: u32) -> Vec<KnownSheet> {
    let pages = usize::try_from(pages).unwrap_or(0);
    let all = sheets.len() == pages;
    let shown = sheets.iter().filter(|sheet| all || !sheet.hidden);
    let shown: Vec<KnownSheet> = shown.cloned().collect();
    if shown.len() == pages { shown } else { Vec::new() }
}

/// The sheets as the bookmarks name them; nothing unless every page has exactly one.
pub(super) fn named(document: &PdfDocument<'_>) -> Vec<KnownSheet> {
    let pages = usize::try_from(document.pages().len()).unwrap_or(0);
    let mut sheets = vec![None; pages];
    let mut bookmark = document.bookmarks().root();
    // A list that leads back into itself is longer than there are pages.
    for _ in 0..pages {
        let Some(here) = bookmark else { break };
        let page = here.destination().and_then(|to| to.page_index().ok());
        let page = page.and_then(|page| usize::try_from(page).ok());
        let (Some(page), Some(title)) = (page.filter(|page| *page < pages), here.title()) else {
            return Vec::new();
        };
        let sheet = KnownSheet {
            name: one_line(&title),
            hidden: false,
        };
        if sheets[page].replace(sheet).is_some() {
            return Vec::new();
        }
        bookmark = here.next_sibling();
    }
    sheets.into_iter().collect::<Option<_>>().unwrap_or_default()
}

/// The page of the sheet of this name, from 1, if exactly one bears it.
pub(super) fn page_of(sheets: &[KnownSheet], name: &str) -> Option<u32> {
    let mut found = (1..)
        .zip(sheets)
        .filter(|(_, sheet)| sheet.name == name && !name.is_empty());
    let (page, _) = found.next()?;
    found.next().is_none().then_some(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheets(described: &[(&str, bool)]) -> Vec<KnownSheet> {
        let sheet = |(name, hidden): &(&str, bool)| KnownSheet {
            name: (*name).to_owned(),
            hidden: *hidden,
        };
        described.iter().map(sheet).collect()
    }

    #[test]
    fn a_sheet_is_found_by_its_name_alone_and_only_where_no_other_bears_it() {
        let sheets = sheets(&[("Torque", false), ("Tools", false), ("Tools", false), ("", false)]);
        assert_eq!(page_of(&sheets, "Torque"), Some(1));
        for name in ["Tools", "Hidden", ""] {
            assert_eq!(page_of(&sheets, name), None, "{name}");
        }
    }

    #[test]
    fn pages_are_all_the_sheets_or_those_that_are_not_hidden_or_nobody_knows() {
        let all = sheets(&[("Tools", false), ("Prices", true), ("", false), ("Torque", false)]);
        let seen = sheets(&[("Tools", false), ("", false), ("Torque", false)]);
        assert_eq!(laid_out(&all, 4), all);
        assert_eq!(laid_out(&all, 3), seen);
        for pages in [0, 1, 2, 5] {
            assert!(laid_out(&all, pages).is_empty(), "{pages}");
        }
    }
}
