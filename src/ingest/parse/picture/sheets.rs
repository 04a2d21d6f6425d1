//! Which page of a laid-out workbook shows which sheet: each sheet is one page, and the bookmarks name them.

use pdfium_render::prelude::PdfDocument;

use crate::ingest::parse::headings::one_line;

/// The name of the sheet on each page; nothing unless every page has exactly one. Sheets that are hidden or empty are not
/// laid out.
pub(super) fn names(document: &PdfDocument<'_>) -> Vec<String> {
    let pages = usize::try_from(document.pages().len()).unwrap_or(0);
    let mut names = vec![None; pages];
    let mut bookmark = document.bookmarks().root();
    // A list that leads back into itself is longer than there are pages.
    for _ in 0..pages {
        let Some(here) = bookmark else { break };
        let page = here.destination().and_then(|to| to.page_index().ok());
        let page = page.and_then(|page| usize::try_from(page).ok());
        let (Some(page), Some(title)) = (page.filter(|page| *page < pages), here.title()) else {
            return Vec::new();
        };
        if names[page].replace(one_line(&title)).is_some() {
            return Vec::new();
        }
        bookmark = here.next_sibling();
    }
    names.into_iter().collect::<Option<_>>().unwrap_or_default()
}

/// The page of the sheet of this name, from 1, if exactly one bears it.
pub(super) fn page_of(names: &[String], sheet: &str) -> Option<u32> {
    let mut found = (1..).zip(names).filter(|(_, name)| *name == sheet);
    let (page, _) = found.next()?;
    found.next().is_none().then_some(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_found_by_its_name_alone_and_only_where_no_other_bears_it() {
        let names = ["Torque", "Tools", "Tools"].map(str::to_owned);
        assert_eq!(page_of(&names, "Torque"), Some(1));
        assert_eq!(page_of(&names, "Tools"), None);
        assert_eq!(page_of(&names, "Hidden"), None);
    }
}
