//! Pages of PDFs as pictures: only of the revision that answers, a bounded number at a time, for a bounded time, and
//! those drawn lately kept, so that paging back and forth draws nothing again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::drawing::{Drawing, Drawn, OnLeash};
use super::revision::Revisions;
use super::{LibraryError, original};
use crate::domain::{Document, DocumentId, FileKind, GenerationId, Passage, PassageId, Span};
use crate::ingest::isolation::Readers;
use crate::ingest::parse::{CitedText, PageOrder, PagePicture, PageShape, PictureError, Recognised};
use crate::store::Store;

/// Widths in pixels in which pages are drawn: for a phone, for a desk, for a close look.
pub const WIDTHS: [u32; 3] = [480, 900, 1_400];
/// A page that takes longer is given up.
const LONGEST: Duration = Duration::from_secs(10);
/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a page waits to learn the shapes of its pictures: only the room kept free for them depends on it.
const GLANCE: Duration = Duration::from_millis(500);
/// Passages before and after the cited one whose text tells where on the page it stands.
const AROUND: u32 = 12;
/// Quotes that are marked on one page.
const QUOTES: usize = 24;

/// What most pages are: A4.
const USUAL: PageShape = PageShape {
    width: 595.0,
    height: 842.0,
};

/// Why there is no picture of a page.
#[derive(Debug, thiserror::Error)]
pub enum NoPicture {
    /// Neither a PDF nor a picture.
    #[error("only pages of PDF files and pictures can be shown as pictures: open the original instead")]
    NotPdf,
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
    /// The page, from 1.
    pub page: u32,
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
    /// The picture; nothing where it is the one that the reader has already.
    pub picture: Option<Arc<PagePicture>>,
}

/// Draws pages. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Pictures {
    pub(super) readers: Readers,
    pub(super) drawing: Drawing,
    revisions: Revisions,
}

impl Pictures {
    /// Where `readers` have no pdfium there are no pictures.
    pub(super) fn new(readers: Readers) -> Self {
        Self {
            readers,
            drawing: Drawing::default(),
            revisions: Revisions::default(),
        }
    }

    /// Draws a page of `document`, unless the reader knows it already, which `known` says of its tag.
    pub(super) async fn draw(
        &self,
        store: &Store,
        folder: &std::path::Path,
        document: Document,
        wanted: &PictureWanted,
        known: impl Fn(&str) -> bool,
    ) -> Result<PageDrawn, LibraryError> {
        let generation = self.may_draw(&document, wanted)?;
        let content = store.content_of(generation).await?.ok_or(NoPicture::Unread)?;
        let id = document.id;
        let file = self
            .revisions
            .open(folder.to_owned(), document, generation, content)
            .await?;
        let cited = cited(store, id, generation, wanted).await?;
        let tag = tag(&content.0, wanted);
        if known(&tag) {
            return Ok(PageDrawn { tag, picture: None });
        }
        let order = PageOrder {
            page: wanted.page,
            width: wanted.width,
            recognised: if cited.spans.is_empty() {
                None
            } else {
                recognised(store, generation, wanted.page).await?
            },
            cited,
            time: LONGEST,
        };
        let picture = match self.drawing.drawn(&tag) {
            Some(picture) => picture,
            None => self.draw_anew(file, order, &tag).await?,
        };
        Ok(PageDrawn {
            tag,
            picture: Some(picture),
        })
    }

    fn may_draw(&self, document: &Document, wanted: &PictureWanted) -> Result<GenerationId, NoPicture> {
        if !document.kind.may_be_scanned() {
            return Err(NoPicture::NotPdf);
        }
        if !WIDTHS.contains(&wanted.width) {
            return Err(NoPicture::Width { width: wanted.width });
        }
        let generation = document.generation.ok_or(NoPicture::Unread)?;
        if !(1..=document.pages).contains(&wanted.page) {
            return Err(NoPicture::Page(PictureError::NoSuchPage {
                page: wanted.page,
                pages: document.pages,
            }));
        }
        match self.can_draw(document.kind) {
            true => Ok(generation),
            false => Err(NoPicture::NoLibrary),
        }
    }

    /// Whether pages of this format can be drawn here.
    fn can_draw(&self, kind: FileKind) -> bool {
        match kind {
            FileKind::Pdf => self.readers.can_draw(),
            FileKind::Image => self.readers.confinement().is_some(),
            _ => false,
        }
    }

    async fn draw_anew(
        &self,
        file: super::revision::Revision,
        order: PageOrder,
        tag: &str,
    ) -> Result<Arc<PagePicture>, LibraryError> {
        let turn = timeout(PATIENCE, self.drawing.turn()).await;
        let turn = turn.map_err(|_| NoPicture::Busy)?;
        // Whoever had the turn before may have drawn the same page.
        if let Some(picture) = self.drawing.drawn(tag) {
            return Ok(picture);
        }
        let drawn = turn.draw(&self.readers, file.to_draw()?, order);
        let outcome = timeout(LONGEST + Duration::from_secs(1), drawn).await;
        let seconds = LONGEST.as_secs();
        let picture = match outcome {
            Ok(Drawn::Page(picture)) => picture.map_err(NoPicture::Page)?,
            Ok(Drawn::BrokeOff) => return Err(NoPicture::Failed.into()),
            Err(_) => return Err(NoPicture::Page(PictureError::TooSlow { seconds }).into()),
        };
        if !file.is_unchanged() {
            return Err(NoPicture::Changed.into());
        }
        let picture = Arc::new(picture);
        self.drawing.keep(tag, &picture);
        Ok(picture)
    }

    /// The shapes of some pages of a document, as far as they are worth waiting for: the others are given as the usual
    /// one. Nothing where there are no pictures of this generation.
    pub(super) async fn shapes(
        &self,
        folder: &std::path::Path,
        document: &Document,
        generation: GenerationId,
        pages: &[u32],
    ) -> Option<Vec<PageShape>> {
        if !self.can_draw(document.kind) || document.generation != Some(generation) {
            return None;
        }
        if let Some(shapes) = self.drawing.shapes(generation, pages) {
            return Some(shapes);
        }
        let (folder, document) = (folder.to_owned(), document.clone());
        let (drawing, asked) = (self.drawing.clone(), pages.to_vec());
        let (readers, leash) = (self.readers.clone(), OnLeash::default());
        let looking = async move {
            let _turn = drawing.glance().await;
            let (looked, held) = (asked.clone(), leash.0.clone());
            let shapes = tokio::task::spawn_blocking(move || {
                let original = original::open(&folder, &document).ok()?;
                readers.shapes(original.file, &looked, &held).ok()?.ok()
            });
            let shapes = shapes.await.ok().flatten()?;
            drawing.keep_shapes(generation, &asked, &shapes);
            Some(shapes)
        };
        let shapes = timeout(GLANCE, looking).await.ok().flatten();
        Some(shapes.unwrap_or_else(|| vec![USUAL; pages.len()]))
    }
}

/// The text around what is cited, and where in it that stands; nothing where the passage is not on this page of this
/// generation.
async fn cited(
    store: &Store,
    document: DocumentId,
    generation: GenerationId,
    wanted: &PictureWanted,
) -> Result<CitedText, LibraryError> {
    let on_page = |passage: &Passage| {
        passage.generation == generation
            && passage.document == document
            && passage.locator.page == Some(wanted.page)
    };
    let Some(passage) = wanted.passage.filter(|_| !wanted.spans.is_empty()) else {
        return Ok(CitedText::default());
    };
    let visible = store.passages_visible(&[passage]).await?;
    let Some(found) = visible.into_iter().map(|found| found.passage).find(on_page) else {
        return Ok(CitedText::default());
    };
    let around = found.ordinal.saturating_sub(AROUND)..=found.ordinal.saturating_add(AROUND);
    let neighbours = store.neighbours(generation, around).await?;
    Ok(within(
        &found,
        neighbours.iter().filter(|passage| on_page(passage)),
        &wanted.spans,
    ))
}

/// The words of a page that was recognised.
async fn recognised(
    store: &Store,
    generation: GenerationId,
    page: u32,
) -> Result<Option<Recognised>, LibraryError> {
    let words = store.recognised(generation, page).await?;
    // What cannot be read any more is not marked.
    Ok(words.and_then(|words| serde_json::from_str(&words).ok()))
}

/// The passages as one text, with the spans of `cited` where they stand in it.
fn within<'store>(
    cited: &Passage,
    passages: impl Iterator<Item = &'store Passage>,
    spans: &[Span],
) -> CitedText {
    let mut whole = CitedText::default();
    for passage in passages {
        if !whole.text.is_empty() {
            whole.text.push('\n');
        }
        let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let (before, length) = (count(&whole.text), count(&passage.text));
        if passage.id == cited.id {
            let inside = spans.iter().take(QUOTES).map(|span| Span {
                start: before + span.start.min(length),
                end: before + span.end.min(length),
            });
            whole.spans = inside.filter(|span| span.start < span.end).collect();
        }
        whole.text.push_str(&passage.text);
    }
    whole
}

/// Names the picture of a page: passages are never changed and their names never used twice.
fn tag(content: &[u8; 32], wanted: &PictureWanted) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(content);
    let passage = wanted.passage.map_or(0, |passage| passage.0);
    hasher.update(&passage.to_le_bytes());
    for number in [wanted.page, wanted.width] {
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
    use crate::domain::Locator;

    use super::*;

    fn passage(id: i64, text: &str) -> Passage {
        Passage {
            id: PassageId(id),
            document: DocumentId(1),
            generation: GenerationId(1),
            ordinal: 0,
            locator: Locator::default(),
            text: text.to_owned(),
        }
    }

    fn wanted() -> PictureWanted {
        PictureWanted {
            page: 1,
            width: 900,
            passage: Some(PassageId(2)),
            spans: vec![Span { start: 0, end: 2 }],
        }
    }

    #[test]
    fn a_span_is_moved_to_where_its_passage_stands_on_the_page_and_cut_at_its_end() {
        let page = [passage(1, "停机。"), passage(2, "挂牌。"), passage(3, "清洁。")];
        let spans = [
            Span { start: 0, end: 2 },
            Span { start: 2, end: 90 },
            Span { start: 7, end: 9 },
        ];
        let cited = within(&page[1], page.iter(), &spans);
        assert_eq!(cited.text, "停机。\n挂牌。\n清洁。");
        assert_eq!(
            cited.spans,
            [Span { start: 4, end: 6 }, Span { start: 6, end: 7 }]
        );
    }

    #[test]
    fn the_tag_changes_with_whatever_changes_the_picture() {
        let base = tag(&[1; 32], &wanted());
        let others = [
            tag(&[2; 32], &wanted()),
            tag(&[1; 32], &PictureWanted { page: 2, ..wanted() }),
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
