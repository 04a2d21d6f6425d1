//! The pages of Office files among the others: which one a passage stands on, and some of them to look through.

use std::fs::File;
use std::time::Duration;

use tokio::time::timeout;

use super::LibraryError;
use super::cited::cited_anywhere;
use super::picture::{LONGEST, NoPicture, PictureWanted, Pictures};
use super::revision::Revision;
use super::shapes::USUAL;
use crate::domain::{Document, GenerationId, Leaf, Locator, PassageId, Span};
use crate::ingest::parse::{CitedText, KnownSheet, PageOrder, PagePlace, PageShape, Sought};
use crate::store::Store;

/// Pages that are shown at once.
const TOGETHER: u32 = 20;
/// What most slides are.
const WIDE: PageShape = PageShape {
    width: 720.0,
    height: 405.0,
};

/// The page of an Office file on which a passage stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CitedPage {
    /// Its number, from 1; nothing where the pages were not laid out yet.
    pub page: Option<u32>,
    /// How large it is, or most likely is.
    pub shape: PageShape,
}

/// Which pages of an Office file somebody wants to see.
#[derive(Debug, Clone, Copy, Default)]
pub struct LeafWanted {
    /// The part, from 1. A page overrules it, and a cited passage that.
    pub part: Option<u32>,
    /// The part in which this page is.
    pub page: Option<u32>,
    /// A cited passage.
    pub passage: Option<PassageId>,
    /// The cited characters of it.
    pub span: Option<Span>,
}

/// Some pages of an Office file.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaves {
    /// Their numbers, from 1, and shapes; those on which there is no room for anything are left out.
    pub pages: Vec<(u32, PageShape)>,
    /// The part, from 1.
    pub part: u32,
    /// How many parts there are.
    pub parts: u32,
    /// The page on which what is cited stands, where one is it for certain.
    pub cited: Option<u32>,
    /// The sheets of a workbook, one on each page of it, where it is known which.
    pub sheets: Vec<KnownSheet>,
}

/// What is known of the page of a passage before its words are looked for; `sheets` are those of a workbook.
fn sought(document: &Document, place: &Locator, sheets: Vec<KnownSheet>) -> Sought {
    match (document.kind.leaf(), place.slide) {
        (Leaf::Sheet, _) => Sought::Sheet {
            name: place.sheet.clone().unwrap_or_default(),
            of: sheets,
        },
        (_, Some(number)) => Sought::Slide {
            number,
            of: document.pages,
        },
        (_, None) => Sought::Anywhere,
    }
}

/// The sheets of a workbook in their order: which have text the ledger tells, and the passages tell the names of those.
/// Nothing where the two do not agree.
async fn sheets(store: &Store, document: &Document) -> Result<Vec<KnownSheet>, LibraryError> {
    let Some(generation) = document
        .generation
        .filter(|_| document.kind.leaf() == Leaf::Sheet)
    else {
        return Ok(Vec::new());
    };
    let mut named = store.sheets_of(generation).await?.into_iter();
    let answers = store.answering(document).await?;
    let coverage = store.coverage(answers).await?.unwrap_or_default();
    let mut sheets = Vec::new();
    for run in coverage.runs() {
        for _ in 0..run.pages() {
            let known = run.fate.is_searchable().then(|| named.next());
            let (name, hidden) = match known {
                Some(Some(known)) => known,
                Some(None) => return Ok(Vec::new()),
                None => Default::default(),
            };
            sheets.push(KnownSheet { name, hidden });
        }
    }
    let all = named.next().is_none();
    Ok(if all { sheets } else { Vec::new() })
}

impl Pictures {
    /// The laid-out pages of an Office file, and which of them to draw.
    pub(super) async fn laid_out(
        &self,
        store: &Store,
        document: &Document,
        generation: GenerationId,
        revision: Revision,
        wanted: &PictureWanted,
    ) -> Result<(File, PageOrder), LibraryError> {
        let pages = self.printing.pages(store, document, generation, revision).await?;
        let mut order = PageOrder {
            page: wanted.page.unwrap_or_default(),
            width: wanted.width,
            time: LONGEST,
            ..PageOrder::default()
        };
        if let Some(passage) = wanted.passage {
            let place = self
                .place(store, document, generation, &pages, passage, &wanted.spans)
                .await?;
            if let Some((place, cited)) = place
                && let Some(page) = place
                    .page
                    .filter(|page| wanted.page.is_none_or(|wanted| wanted == *page))
            {
                order.page = page;
                order.window = place.window;
                if !wanted.spans.is_empty() {
                    order.cited = CitedText {
                        spans: place.spans,
                        ..cited
                    };
                }
            }
        }
        if order.page == 0 && wanted.page.is_none() {
            return Err(NoPicture::NotFound.into());
        }
        Ok((pages, order))
    }

    /// Where a passage stands on laid-out pages; nothing where it is not of this generation.
    async fn place(
        &self,
        store: &Store,
        document: &Document,
        generation: GenerationId,
        pages: &File,
        passage: PassageId,
        spans: &[Span],
    ) -> Result<Option<(PagePlace, CitedText)>, LibraryError> {
        let cited = cited_anywhere(store, generation, passage, spans).await?;
        let Some((cited, place)) = cited else {
            return Ok(None);
        };
        let pages = pages.try_clone().map_err(|_| NoPicture::Failed)?;
        let sheets = sheets(store, document).await?;
        let mut found = self
            .printing
            .place(generation, pages, cited.clone(), sought(document, &place, sheets))
            .await?;
        if place.hidden && found.sheets.is_empty() && document.kind.leaf() == Leaf::Sheet {
            // Nobody knows whether it is laid out: words that stand on another sheet as well are not those that are cited.
            (found.page, found.window) = (None, None);
        }
        Ok(Some((found, cited)))
    }

    /// The page of a citation, as far as that is known by now or found within `patience`: nothing is laid out for it.
    /// Nothing where there is none.
    pub(super) async fn cited_page(
        &self,
        store: &Store,
        document: &Document,
        generation: GenerationId,
        passage: PassageId,
        spans: &[Span],
        patience: Duration,
    ) -> Option<CitedPage> {
        if !self.can_show(document) || document.generation != Some(generation) {
            return None;
        }
        let unknown = CitedPage {
            page: None,
            shape: match document.kind.leaf() {
                Leaf::Slide => WIDE,
                Leaf::Page | Leaf::Sheet => USUAL,
            },
        };
        let Some(pages) = self.printing.made(generation).await else {
            return Some(unknown);
        };
        let place = self.place(store, document, generation, &pages, passage, spans);
        match timeout(patience, place).await {
            Ok(Ok(Some((place, _)))) => place.page.map(|page| CitedPage {
                page: Some(page),
                shape: place.shape,
            }),
            Ok(_) => None,
            Err(_) => Some(unknown),
        }
    }

    /// Whether the pages of an Office file can be seen here, as far as that is known before they are laid out.
    pub(super) fn can_show(&self, document: &Document) -> bool {
        let fault = |generation| self.printing.fault(generation);
        let can_be = document.kind.is_laid_out() && !document.has_too_many_rows();
        let generation = document
            .generation
            .filter(|_| can_be && self.can_draw(document.kind));
        generation.is_some_and(|generation| fault(generation).is_none())
    }

    /// Some pages of an Office file, laid out now if they were not.
    pub(super) async fn leaves(
        &self,
        store: &Store,
        folder: &std::path::Path,
        document: &Document,
        wanted: LeafWanted,
    ) -> Result<Leaves, LibraryError> {
        if !document.kind.is_laid_out() {
            return Err(NoPicture::NoPages.into());
        }
        let generation = document.generation.ok_or(NoPicture::Unread)?;
        if document.has_too_many_rows() {
            return Err(NoPicture::TooManyRows.into());
        }
        if !self.can_draw(document.kind) {
            return Err(NoPicture::NoOffice.into());
        }
        let revision = self.revision(store, folder, document, generation).await?;
        let file = self.printing.pages(store, document, generation, revision).await?;
        let mut place = None;
        if let Some(passage) = wanted.passage {
            let spans = wanted.span.as_slice();
            place = self
                .place(store, document, generation, &file, passage, spans)
                .await?;
        }
        let place = match place {
            Some((place, _)) => place,
            None => {
                let pages = file.try_clone().map_err(|_| NoPicture::Failed)?;
                let sheets = sheets(store, document).await?;
                let sought = sought(document, &Locator::default(), sheets);
                self.printing
                    .place(generation, pages, CitedText::default(), sought)
                    .await?
            }
        };
        let parts = place.pages.div_ceil(TOGETHER).max(1);
        let page = place.page.or(wanted.page);
        let part = page.map(|page| page.div_ceil(TOGETHER)).or(wanted.part);
        let part = part.unwrap_or(1).clamp(1, parts);
        let first = (part - 1) * TOGETHER + 1;
        let numbers: Vec<u32> = (first..=place.pages.min(first + TOGETHER - 1)).collect();
        let shapes = self.shapes_of(generation, file, None, &numbers).await;
        let shown = |(number, shape)| match place.page {
            // Of a large sheet the part around what is cited is shown.
            Some(cited) if cited == number => (number, place.shape),
            _ => (number, shape),
        };
        Ok(Leaves {
            pages: numbers
                .into_iter()
                .zip(shapes)
                .map(shown)
                .filter(|(_, shape)| shape.shows())
                .collect(),
            part,
            parts,
            cited: place.page,
            sheets: place.sheets,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{Collection, DocumentId, DocumentState, FileKind, PageCounts};

    use super::*;

    fn document(kind: FileKind, passages: u32) -> Document {
        Document {
            id: DocumentId(1),
            path: "a".to_owned(),
            collection: Collection::top(),
            kind,
            title: "a".to_owned(),
            size_bytes: 0,
            modified_ms: 0,
            state: DocumentState::Searchable,
            generation: Some(GenerationId(1)),
            pages: 4,
            coverage: PageCounts::default(),
            passages,
            updated_ms: 0,
        }
    }

    #[test]
    fn only_a_workbook_may_have_too_many_rows() {
        assert!(document(FileKind::Xlsx, 50_000).has_too_many_rows());
        assert!(!document(FileKind::Xlsx, 300).has_too_many_rows());
        assert!(!document(FileKind::Docx, 50_000).has_too_many_rows());
    }

    #[test]
    fn what_a_passage_knows_of_its_place_says_where_it_is_looked_for() {
        let place = |slide, sheet: Option<&str>| Locator {
            slide,
            sheet: sheet.map(str::to_owned),
            ..Locator::default()
        };
        let sought = |kind, place| sought(&document(kind, 1), &place, Vec::new());
        assert_eq!(sought(FileKind::Docx, place(None, None)), Sought::Anywhere);
        assert_eq!(
            sought(FileKind::Pptx, place(Some(3), None)),
            Sought::Slide { number: 3, of: 4 }
        );
        let tools = Sought::Sheet {
            name: "Tools".to_owned(),
            of: Vec::new(),
        };
        assert_eq!(sought(FileKind::Ods, place(None, Some("Tools"))), tools);
    }
}
