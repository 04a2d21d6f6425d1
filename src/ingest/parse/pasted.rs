//! Pictures inside documents: screenshots and photographs that people paste between their words. Those that may hold text
//! are recognised, each once, and what they say becomes text at the place where they stand.

use std::collections::HashMap;
use std::thread::JoinHandle;

use super::held::Item;
use super::image::gray;
use super::image_file::{Content, ImageFile};
use super::ocr::{Gray, Ocr, Reading, Recognised};
use super::package::Package;
use super::page::PageTrouble;
use super::pdf_glyphs::lines_of;
use super::pdf_layout::{self, Piece};
use super::pdf_page::Recognition;
use super::pdf_style::Style;
use super::picture::PageShape;
use super::{Block, BlockKind, Output, ParseError, table};
use crate::domain::{Coverage, Locator, PageFate};

/// Pictures of one document that are recognised.
const PICTURES: usize = 500;
/// The size of one of them in its file, in bytes.
const BYTES: u64 = 64 * 1024 * 1024;
/// A picture with a shorter side than this, or with less in it, in pixels, is an icon or a line;
const SIDE: u32 = 40;
const AREA: u64 = 20_000;
/// so is one that is so many times longer than wide.
const LONGEST: u32 = 20;
/// One that stands in so many places is a logo: what it says is sent at the first of them alone.
const LOGO: usize = 4;
/// What is recognised on photographs with less certainty than this, in percent, is leaves and scratches.
const CERTAIN: u8 = 50;

/// The pictures of one document.
pub(super) struct Pasted<'parser> {
    recognition: Recognition<'parser>,
    /// In how many places a part is shown.
    uses: HashMap<String, usize>,
    /// What is in a part, where that is worth recognising.
    parts: HashMap<String, Option<blake3::Hash>>,
    pictures: HashMap<blake3::Hash, Picture>,
    page: OnPage,
}

/// A picture, once or while it is recognised.
enum Picture {
    Going(JoinHandle<Reading>, PageShape),
    Read(u8, Vec<Piece>),
    Trouble(PageTrouble),
}

/// What the pictures of the page, slide or document that is being sent gave.
#[derive(Default)]
struct OnPage {
    blocks: u64,
    certainty: u64,
    /// What kept one of them from being read.
    trouble: Option<PageTrouble>,
}

impl<'parser> Pasted<'parser> {
    /// None yet.
    pub(super) fn new(ocr: &'parser Ocr, output: &Output<'_>) -> Self {
        Self {
            recognition: Recognition::new(ocr, output),
            uses: HashMap::new(),
            parts: HashMap::new(),
            pictures: HashMap::new(),
            page: OnPage::default(),
        }
    }

    /// Takes note that a part is shown in one more place.
    pub(super) fn is_used(&mut self, part: &str) {
        *self.uses.entry(part.to_owned()).or_default() += 1;
    }

    /// Begins to recognise the picture in a part. What is wrong with it never keeps the document from being read.
    pub(super) fn begin(&mut self, package: &mut Package, part: &str) {
        if self.parts.contains_key(part) {
            return;
        }
        let size = package.size(part).filter(|size| (1..=BYTES).contains(size));
        let bytes = size.and_then(|_| package.part(part).ok().flatten());
        let content = bytes.and_then(|bytes| self.look(bytes));
        self.parts.insert(part.to_owned(), content);
    }

    /// The same for a picture that stands in the text of its document, under a name of ours.
    pub(super) fn begin_written(&mut self, name: &str, bytes: Vec<u8>) {
        self.is_used(name);
        if !self.parts.contains_key(name) {
            let content = self.look(bytes);
            self.parts.insert(name.to_owned(), content);
        }
    }

    /// The same for all pictures among the items of a document.
    pub(super) fn begin_all<'item>(
        &mut self,
        package: &mut Package,
        items: impl IntoIterator<Item = &'item Item>,
    ) {
        for item in items {
            if let Item::Picture(part) = item {
                self.is_used(part);
                self.begin(package, part);
            }
        }
    }

    fn look(&mut self, bytes: Vec<u8>) -> Option<blake3::Hash> {
        if bytes.len() as u64 > BYTES {
            return None;
        }
        let content = blake3::hash(&bytes);
        if self.pictures.contains_key(&content) {
            return Some(content);
        }
        // What is in another format than those of documents that are pictures is passed over.
        let file = ImageFile::of(Content::Bytes(bytes)).ok()?;
        let (width, height) = file.size(1).ok().filter(|size| may_hold_text(*size))?;
        let picture = if self.pictures.len() >= PICTURES {
            Picture::Trouble(PageTrouble::TooManyPictures { limit: PICTURES })
        } else {
            match self.recognition.begin(|| readable(&file)) {
                Ok(thread) => Picture::Going(thread, PageShape::of_pixels(width, height)),
                Err(trouble) => Picture::Trouble(trouble),
            }
        };
        self.pictures.insert(content, picture);
        Some(content)
    }

    /// Sends what the picture in a part says, as text that stands at `place`.
    pub(super) fn send(
        &mut self,
        part: &str,
        place: &Locator,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        let Some(content) = self.parts.get(part).copied().flatten() else {
            return Ok(());
        };
        // The second time that a logo comes by, it has been sent.
        match self.uses.get_mut(part) {
            Some(0) => return Ok(()),
            Some(uses) if *uses >= LOGO => *uses = 0,
            _ => {}
        }
        let Some(picture) = self.pictures.remove(&content) else {
            return Ok(());
        };
        let picture = picture.settled();
        match &picture {
            Picture::Read(certainty, pieces) => {
                let before = output.blocks();
                let place = Locator {
                    ocr: Some(*certainty),
                    ..place.clone()
                };
                send_pieces(pieces, &place, output)?;
                let sent = output.blocks() - before;
                self.page.blocks += sent;
                self.page.certainty += sent * u64::from(*certainty);
            }
            Picture::Trouble(trouble) => self.page.note(trouble),
            Picture::Going(..) => {}
        }
        self.pictures.insert(content, picture);
        output.on_time()
    }

    /// What became of the page, slide or document since this was asked last, from which so many blocks were sent in all; and
    /// where there is text, what became of the pictures among it, if some could not be recognised.
    pub(super) fn fate(&mut self, blocks: u64) -> (PageFate, Option<PageFate>) {
        let page = std::mem::take(&mut self.page);
        let failed = page.trouble.as_ref().filter(|trouble| trouble.is_failure());
        let failed = failed.map(PageTrouble::fate);
        if blocks > page.blocks {
            return (PageFate::Text, failed);
        }
        match page.certainty.checked_div(blocks) {
            Some(certainty) => {
                let confidence = u8::try_from(certainty).unwrap_or(100);
                (PageFate::Ocr { confidence }, failed)
            }
            None => (
                page.trouble.map_or(PageFate::Empty, |trouble| trouble.fate()),
                None,
            ),
        }
    }

    /// Says in `coverage` what [`Pasted::fate`] says of the next page.
    pub(super) fn cover(&mut self, blocks: u64, coverage: &mut Coverage) {
        let (fate, pictures) = self.fate(blocks);
        coverage.push(fate);
        if let Some(fate) = pictures {
            coverage.pictures_fared(fate);
        }
    }
}

impl OnPage {
    /// Of several troubles a failure says most, and of several failures the first.
    fn note(&mut self, trouble: &PageTrouble) {
        let known = self.trouble.as_ref();
        if known.is_none_or(|known| trouble.is_failure() && !known.is_failure()) {
            self.trouble = Some(trouble.clone());
        }
    }
}

impl Picture {
    /// Waits for the recognition, if it is still going on.
    fn settled(self) -> Self {
        let Self::Going(thread, shape) = self else {
            return self;
        };
        let broke_off = || {
            Err(PageTrouble::OcrFailed {
                detail: "it broke off".to_owned(),
            })
        };
        match thread.join().unwrap_or_else(|_| broke_off()) {
            Ok(read) if read.letters() > 0 && read.confidence() >= CERTAIN => {
                Self::Read(read.confidence(), pieces(&read, shape))
            }
            Ok(_) => Self::Trouble(PageTrouble::OcrNothing),
            Err(trouble) => Self::Trouble(trouble),
        }
    }
}

/// Whether a file holds a picture that is too small for text. Of GIF, which is not read, the size is known all the same.
pub(super) fn is_icon(bytes: &[u8]) -> bool {
    let size = match bytes {
        [
            b'G',
            b'I',
            b'F',
            b'8',
            _,
            b'a',
            width_low,
            width_high,
            height_low,
            height_high,
            ..,
        ] => Some((
            u16::from_le_bytes([*width_low, *width_high]).into(),
            u16::from_le_bytes([*height_low, *height_high]).into(),
        )),
        _ => ImageFile::of(Content::Bytes(bytes.to_vec()))
            .ok()
            .and_then(|file| file.size(1).ok()),
    };
    size.is_some_and(|size| !may_hold_text(size))
}

fn may_hold_text((width, height): (u32, u32)) -> bool {
    let (short, long) = (width.min(height), width.max(height));
    short >= SIDE && long / short.max(1) < LONGEST && u64::from(width) * u64::from(height) >= AREA
}

/// The picture as it is recognised.
fn readable(file: &ImageFile) -> Result<Gray, PageTrouble> {
    Ok(gray(&file.decoded(1)?))
}

/// What was recognised, in reading order.
fn pieces(read: &Recognised, shape: PageShape) -> Vec<Piece> {
    let lines = lines_of(&read.glyphs(shape));
    let style = Style::of(std::iter::once(lines.as_slice()));
    pdf_layout::pieces(lines, &style)
}

fn send_pieces(pieces: &[Piece], place: &Locator, output: &mut Output<'_>) -> Result<(), ParseError> {
    for piece in pieces {
        let (kind, text) = match piece {
            // Large letters on a picture are no heading of the document around it.
            Piece::Heading(_, text) | Piece::Paragraph(text) => (BlockKind::Paragraph, text),
            Piece::ListItem(text) => (BlockKind::ListItem, text),
            Piece::Table(rows) => {
                table::send_rows(rows, None, place, output)?;
                continue;
            }
        };
        output.block(Block {
            locator: place.clone(),
            kind,
            text: text.clone(),
        })?;
    }
    Ok(())
}
