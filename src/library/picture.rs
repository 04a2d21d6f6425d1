//! Pages of documents as pictures: only of the revision that answers, a bounded number at a time, for a bounded time, and
//! those drawn lately kept, so that paging back and forth draws nothing again.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::LibraryError;
use super::cited::{cited, inside, recognised};
use super::drawing::{Drawing, Drawn};
use super::printing::Printing;
use super::revision::{Revision, Revisions};
use crate::domain::{Document, FileKind, GenerationId, PassageId, Span};
use crate::ingest::isolation::Readers;
use crate::ingest::parse::{Inside, OfficeFault, PageOrder, PagePicture, PictureError};
use crate::store::Store;

/// Widths in pixels in which pages are drawn: for a phone, for a desk, for a close look.
pub const WIDTHS: [u32; 3] = [480, 900, 1_400];
/// A page that takes longer is given up.
pub(super) const LONGEST: Duration = Duration::from_secs(10);
/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why there is no picture of a page.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NoPicture {
    /// A format without pages.
    #[error(
        "only pages of PDF and Office files and pictures can be shown as pictures: open the original instead"
    )]
    NoPages,
    /// A width in which no page is drawn.
    #[error("pages are drawn 480, 900 or 1400 pixels wide, not {width}")]
    Width {
        /// What was asked for.
        width: u32,
    },
    /// The document has no text that answers, so there is nothing that the picture could belong to.
    #[error("this file has not been read, so its pages cannot be shown: its state in the library says why")]
    Unread,
    /// The file is another than the one that was read.
    #[error(
        "this file has changed since it was read: its pages can be seen as soon as the new version has been read"
    )]
    Changed,
    /// Too many others wait.
    #[error("too many pages are being drawn: try again in a moment")]
    Busy,
    /// pdfium is not there.
    #[error("pages cannot be drawn because pdfium is not installed: run the set-up again")]
    NoLibrary,
    /// LibreOffice is not there, or switched off.
    #[error(
        "pages of Office files cannot be shown because LibreOffice is not installed: `gemba doctor` says more"
    )]
    NoOffice,
    /// A workbook that nobody looks through on pages.
    #[error(
        "this workbook has too many rows for its sheets to be shown as pages: its rows are shown all the same"
    )]
    TooManyRows,
    /// LibreOffice failed on the file.
    #[error(transparent)]
    NotPrinted(#[from] OfficeFault),
    /// No page is for certain the one on which it stands.
    #[error("what is cited was not found on one page for certain: its text is shown all the same")]
    NotFound,
    /// The page itself.
    #[error(transparent)]
    Page(#[from] PictureError),
    /// The drawing broke off.
    #[error("this page could not be drawn: it makes the drawing program fail")]
    Failed,
}

/// Which page is wanted, and what is to be marked on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureWanted {
    /// The page, from 1. Nothing, and it is the one on which what is cited stands.
    pub page: Option<u32>,
    /// One of [`WIDTHS`].
    pub width: u32,
    /// The passage that is cited.
    pub passage: Option<PassageId>,
    /// The characters of it that are cited.
    pub spans: Vec<Span>,
}

/// A page as a picture.
#[derive(Debug, Clone)]
pub struct PageDrawn {
    /// Names the content of the picture: the same as long as the document's content, the page and the marks are.
    pub tag: String,
    /// The page, from 1. Nothing where the one on which something stands was asked for and not looked for lately.
    pub page: Option<u32>,
    /// The picture; nothing where it is the one that the reader has already.
    pub picture: Option<Arc<PagePicture>>,
}

/// Draws pages. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Pictures {
    pub(super) readers: Readers,
    pub(super) drawing: Drawing,
    revisions: Revisions,
    pub(super) printing: Printing,
}

impl Pictures {
    /// Where `readers` have no pdfium there are no pictures.
    pub(super) fn new(readers: Readers) -> Self {
        Self {
            printing: Printing::new(readers.clone()),
            readers,
            drawing: Drawing::default(),
            revisions: Revisions::default(),
        }
    }

    /// Draws a page of `document`, unless the reader knows it already, which `known` says of its tag.
    pub(super) async fn draw(
        &self,
        store: &Store,
        folder: &Path,
        document: Document,
        wanted: &PictureWanted,
        known: impl Fn(&str) -> bool,
    ) -> Result<PageDrawn, LibraryError> {
        let inside = inside(store, &document, wanted).await?;
        let generation = self.may_draw(&document, inside.as_ref(), wanted)?;
        let revision = self.revision(store, folder, &document, generation).await?;
        let tag = tag(&revision.content().0, wanted);
        let page = wanted.page.or_else(|| self.drawing.page_of(&tag));
        let here = |tag, picture| PageDrawn { tag, page, picture };
        if known(&tag) {
            return Ok(here(tag, None));
        }
        if let Some(picture) = self.drawing.drawn(&tag) {
            return Ok(here(tag, Some(picture)));
        }
        let (file, order) = if document.kind.is_laid_out() {
            self.laid_out(store, &document, generation, revision.again()?, wanted)
                .await?
        } else {
            let page = wanted.page.unwrap_or_default();
            let part = inside.as_ref().map(|inside| inside.part.as_str());
            let cited = cited(store, generation, part, wanted).await?;
            let recognised = match cited.spans.is_empty() {
                true => None,
                false => recognised(store, generation, part, page).await?,
            };
            let order = PageOrder {
                page,
                width: wanted.width,
                inside,
                recognised,
                cited,
                time: LONGEST,
                ..PageOrder::default()
            };
            (revision.to_draw()?, order)
        };
        let page = order.page;
        let picture = self.draw_anew(&revision, file, order, &tag).await?;
        if wanted.page.is_none() {
            self.drawing.keep_page(&tag, page);
        }
        Ok(PageDrawn {
            tag,
            page: Some(page),
            picture: Some(picture),
        })
    }

    /// The file of the generation that answers.
    pub(super) async fn revision(
        &self,
        store: &Store,
        folder: &Path,
        document: &Document,
        generation: GenerationId,
    ) -> Result<Revision, LibraryError> {
        let content = store.content_of(generation).await?.ok_or(NoPicture::Unread)?;
        let (folder, document) = (folder.to_owned(), document.clone());
        self.revisions.open(folder, document, generation, content).await
    }

    fn may_draw(
        &self,
        document: &Document,
        inside: Option<&Inside>,
        wanted: &PictureWanted,
    ) -> Result<GenerationId, NoPicture> {
        let kind = inside.and_then(Inside::kind).unwrap_or(document.kind);
        let laid_out = kind.is_laid_out();
        if !kind.may_be_scanned() && !laid_out {
            return Err(NoPicture::NoPages);
        }
        if !WIDTHS.contains(&wanted.width) {
            return Err(NoPicture::Width { width: wanted.width });
        }
        if document.has_too_many_rows() {
            return Err(NoPicture::TooManyRows);
        }
        let generation = document.generation.ok_or(NoPicture::Unread)?;
        // How many pages are laid out nobody knows before, nor how many a file inside another one has.
        if !laid_out
            && inside.is_none()
            && !wanted
                .page
                .is_some_and(|page| (1..=document.pages).contains(&page))
        {
            return Err(NoPicture::Page(PictureError::NoSuchPage {
                page: wanted.page.unwrap_or_default(),
                pages: document.pages,
            }));
        }
        match self.can_draw(kind) {
            true => Ok(generation),
            false if laid_out && self.readers.can_draw() => Err(NoPicture::NoOffice),
            false => Err(NoPicture::NoLibrary),
        }
    }

    /// Whether pages of this format can be drawn here.
    pub(super) fn can_draw(&self, kind: FileKind) -> bool {
        match kind {
            FileKind::Pdf => self.readers.can_draw(),
            FileKind::Image => self.readers.confinement().is_some(),
            kind => kind.is_laid_out() && self.readers.can_print(),
        }
    }

    async fn draw_anew(
        &self,
        revision: &Revision,
        file: File,
        order: PageOrder,
        tag: &str,
    ) -> Result<Arc<PagePicture>, LibraryError> {
        let turn = timeout(PATIENCE, self.drawing.turn()).await;
        let turn = turn.map_err(|_| NoPicture::Busy)?;
        // Whoever had the turn before may have drawn the same page.
        if let Some(picture) = self.drawing.drawn(tag) {
            return Ok(picture);
        }
        let drawn = turn.draw(&self.readers, file, order);
        let outcome = timeout(LONGEST + Duration::from_secs(1), drawn).await;
        let seconds = LONGEST.as_secs();
        let picture = match outcome {
            Ok(Drawn::Page(picture)) => picture.map_err(NoPicture::Page)?,
            Ok(Drawn::BrokeOff) => return Err(NoPicture::Failed.into()),
            Err(_) => return Err(NoPicture::Page(PictureError::TooSlow { seconds }).into()),
        };
        if !revision.is_unchanged() {
            return Err(NoPicture::Changed.into());
        }
        let picture = Arc::new(picture);
        self.drawing.keep(tag, &picture);
        Ok(picture)
    }
}

/// Names the picture of a page: passages are never changed and their names never used twice.
fn tag(content: &[u8; 32], wanted: &PictureWanted) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(content);
    let passage = wanted.passage.map_or(0, |passage| passage.0);
    hasher.update(&passage.to_le_bytes());
    for number in [wanted.page.unwrap_or_default(), wanted.width] {
        hasher.update(&number.to_le_bytes());
    }
    for span in &wanted.spans {
        hasher.update(&span.start.to_le_bytes());
        hasher.update(&span.end.to_le_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> PictureWanted {
        PictureWanted {
            page: Some(1),
            width: 900,
            passage: Some(PassageId(2)),
            spans: vec![Span { start: 0, end: 2 }],
        }
    }

    #[test]
    fn the_tag_changes_with_whatever_changes_the_picture() {
        let base = tag(&[1; 32], &wanted());
        let others = [
            tag(&[2; 32], &wanted()),
            tag(
                &[1; 32],
                &PictureWanted {
                    page: Some(2),
                    ..wanted()
                },
            ),
            tag(
                &[1; 32],
                &PictureWanted {
                    width: 480,
                    ..wanted()
                },
            ),
            tag(
                &[1; 32],
                &PictureWanted {
                    passage: None,
                    ..wanted()
                },
            ),
            tag(
                &[1; 32],
                &PictureWanted {
                    spans: vec![Span { start: 0, end: 3 }],
                    ..wanted()
                },
            ),
        ];
        assert!(others.iter().all(|other| *other != base), "{others:?}");
        assert_eq!(base, tag(&[1; 32], &wanted()));
    }
}
