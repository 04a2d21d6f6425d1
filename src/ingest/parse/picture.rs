//! A page of a PDF as a picture, with what is cited on it marked: a file goes in, a picture and rectangles come out.
//!
//! Nothing is kept between two calls and nothing else of the program is touched, so that [`PagePicture::draw`] can run
//! in a process of its own. pdfium takes one call at a time in a process, also from the parser: a page is therefore
//! drawn in strips, and whoever else waits for pdfium gets his turn between two of them. What pdfium does within one
//! call, reading the content of a page above all, cannot be interrupted.

mod find;
mod image;
mod marks;
mod paint;
mod place;
mod render;
mod sheets;
#[cfg(test)]
mod tests;
mod window;

use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pdfium_render::prelude::{
    PdfDocument, PdfPage, PdfPoints, PdfRenderConfig, PdfiumError, PdfiumInternalError,
};

use serde::{Deserialize, Serialize};

use super::image_file::ImageFile;
use super::pdf_glyphs::{Glyph, glyphs_of, lines_of};
use super::unlock::unlocked;
use super::{Inside, PdfLibrary, Recognised, pdf_columns};
use crate::domain::{FilePassword, Span};

pub use marks::Mark;
pub use place::{PagePlace, PlaceOrder, Sought};
pub(super) use render::drawn;
pub use sheets::KnownSheet;
pub use window::Window;

/// Sides of a page in points: a PDF page has at most 14,400, and one of less than a stamp's size shows nothing.
const SIDES: std::ops::RangeInclusive<f32> = 8.0..=14_400.0;
/// How much longer one side may be than the other.
const LONGEST: f32 = 25.0;
/// Pixels of a picture: 24 MB while it is drawn.
const PIXELS: f32 = 8_000_000.0;
/// Parts of a point in which places on a page are asked for.
const FINE: f32 = 32.0;
/// Characters of a page among which is searched; no page for reading has more.
const CHARACTERS: usize = 100_000;

/// Which page to draw, and how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageOrder {
    /// The page, from 1.
    pub page: u32,
    /// Width of the picture in pixels; that of a very long page is smaller.
    pub width: u32,
    /// The file inside the file whose page it is, where it is not the file itself.
    #[serde(default)]
    pub inside: Option<Inside>,
    /// The part of the page that is shown, where it is not the whole.
    #[serde(default)]
    pub window: Option<Window>,
    /// What to mark.
    pub cited: CitedText,
    /// What was recognised on it, where that is its text.
    #[serde(default)]
    pub recognised: Option<Recognised>,
    /// After so long the page is given up.
    pub time: Duration,
}

/// What is cited of a page, as the parser read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CitedText {
    /// The text of the page, or a part of it around what is cited: of several places that read the same, it tells
    /// which is meant.
    pub text: String,
    /// The characters of it that are cited.
    pub spans: Vec<Span>,
}

/// A page, drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct PagePicture {
    /// The picture as a PNG file.
    pub png: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The marked lines; none where what is cited was not found on the page for certain.
    pub marks: Vec<Mark>,
}

/// How large a page is, as it is shown: cropped and turned as the file says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PageShape {
    /// Points, 72 to the inch.
    pub width: f32,
    /// Points, 72 to the inch.
    pub height: f32,
}

impl PageShape {
    /// Whether there is room for anything on it: an empty sheet is laid out as a page without height.
    pub fn shows(&self) -> bool {
        self.width >= 1.0 && self.height >= 1.0
    }
}

/// Why a page could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PictureError {
    /// Of a mail or an archive.
    #[error("the file inside this one was not found for certain: its text is shown all the same")]
    NoSuchFile,
    /// Page 0, or one after the last.
    #[error("there is no page {page}: the document has {pages} pages, counted from 1")]
    NoSuchPage {
        /// What was asked for.
        page: u32,
        /// How many there are.
        pages: u32,
    },
    /// It wants a password.
    #[error("this PDF asks for a password: an administrator can give it in the Library")]
    Password,
    /// Its structure cannot be read.
    #[error(
        "this page cannot be drawn because the PDF is damaged: save it anew in its program and drop it again"
    )]
    Damaged,
    /// A page that nobody can have meant.
    #[error(
        "this page measures {width} by {height} points, which cannot be drawn: save the PDF anew with pages of an ordinary size"
    )]
    Size {
        /// Points.
        width: String,
        /// Points.
        height: String,
    },
    /// It took too long.
    #[error("drawing this page took longer than {seconds} s and was given up: open the original instead")]
    TooSlow {
        /// The limit.
        seconds: u64,
    },
    /// Nobody waits for it any more.
    #[error("drawing this page was stopped because nobody waits for it any more")]
    Stopped,
}

impl PagePicture {
    /// Draws a page of the PDF, which one of `passwords` opens if it asks for one, or the picture in `file`; PDF needs the library. `stop` ends the drawing at the next strip.
    pub fn draw(
        library: Option<PdfLibrary>,
        file: File,
        order: &PageOrder,
        passwords: &[FilePassword],
        stop: &AtomicBool,
    ) -> Result<Self, PictureError> {
        let started = Instant::now();
        let go_on = || {
            if stop.load(Ordering::Relaxed) {
                return Err(PictureError::Stopped);
            }
            if started.elapsed() > order.time {
                return Err(PictureError::TooSlow {
                    seconds: order.time.as_secs(),
                });
            }
            Ok(())
        };
        if ImageFile::is_one(&file) {
            return image::draw(file, order, go_on);
        }
        let document = open(library.ok_or(PictureError::Damaged)?, file, passwords)?;
        let page = page_of(&document, order.page)?;
        go_on()?;
        let shape = PageShape::as_shown(&page);
        let window = order.window.filter(|window| window.is_on(shape));
        let (width, height) = window.map_or(shape, |window| window.shape).pixels(order.width)?;
        let mut marks = match &order.recognised {
            _ if order.cited.spans.is_empty() => Vec::new(),
            Some(read) => marks_among(&read.glyphs(shape), shape, &order.cited),
            None => marks_on(&page, shape, &order.cited),
        };
        let mut pixels = match window {
            Some(window) => {
                let seen = |mark: Mark| window.seen(mark, shape);
                marks = marks.into_iter().filter_map(seen).collect();
                render::part_drawn(&page, shape, window, (width, height), go_on)?
            }
            None => drawn(&page, width, height, go_on)?,
        };
        paint::mark(&mut pixels, width, height, &marks);
        // Other pages can be drawn while this one is packed.
        drop(page);
        drop(document);
        go_on()?;
        Ok(Self {
            png: paint::png(&pixels, width, height).map_err(|_| PictureError::Damaged)?,
            width,
            height,
            marks,
        })
    }
}

impl PageShape {
    pub(super) fn as_shown(page: &PdfPage<'_>) -> Self {
        Self {
            width: page.width().value,
            height: page.height().value,
        }
    }

    /// The shapes of `pages`, counted from 1, in their order. Their content is not read.
    pub fn of(
        library: Option<PdfLibrary>,
        file: File,
        pages: &[u32],
        passwords: &[FilePassword],
    ) -> Result<Vec<Self>, PictureError> {
        if ImageFile::is_one(&file) {
            return image::shapes(file, pages);
        }
        let document = open(library.ok_or(PictureError::Damaged)?, file, passwords)?;
        let shape = |page: &u32| {
            let rect = document
                .pages()
                .page_size(index_of(&document, *page)?)
                .map_err(|_| PictureError::Damaged)?;
            Ok(Self {
                width: rect.width().value,
                height: rect.height().value,
            })
        };
        pages.iter().map(shape).collect()
    }

    /// The shape of a picture of so many pixels, as if its longer side were that of a sheet of A4.
    pub fn of_pixels(width: u32, height: u32) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "pictures are some thousand pixels wide"
        )]
        let (width, height) = (width.max(1) as f32, height.max(1) as f32);
        let scale = 842.0 / width.max(height);
        Self {
            width: width * scale,
            height: height * scale,
        }
    }

    /// Width and height in pixels of a picture that is about `width` wide.
    pub fn pixels(self, width: u32) -> Result<(u32, u32), PictureError> {
        let Self {
            width: across,
            height: down,
        } = self;
        let sound = SIDES.contains(&across) && SIDES.contains(&down);
        if !sound || across / down > LONGEST || down / across > LONGEST {
            return Err(PictureError::Size {
                width: format!("{across:.0}"),
                height: format!("{down:.0}"),
            });
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "pictures are some thousand pixels wide"
        )]
        let wanted = width.max(1) as f32;
        let largest = (PIXELS * across / down).sqrt();
        let width = wanted.min(largest);
        let height = width * down / across;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded above and below"
        )]
        let whole = |pixels: f32| (pixels.round() as u32).max(1);
        Ok((whole(width), whole(height)))
    }
}

fn open(
    library: PdfLibrary,
    file: File,
    passwords: &[FilePassword],
) -> Result<PdfDocument<'static>, PictureError> {
    let open = |password: Option<&FilePassword>| {
        let file = file.try_clone().map_err(|_| PictureError::Damaged)?;
        let opened = library
            .pdfium()
            .load_pdf_from_reader(file, password.map(FilePassword::reveal));
        opened.map_err(|error| match error {
            PdfiumError::PdfiumLibraryInternalError(
                PdfiumInternalError::PasswordError | PdfiumInternalError::SecurityError,
            ) => PictureError::Password,
            _ => PictureError::Damaged,
        })
    };
    unlocked(passwords, |error| *error == PictureError::Password, open).map(|(document, _)| document)
}

fn index_of(document: &PdfDocument<'_>, page: u32) -> Result<i32, PictureError> {
    let pages = u32::try_from(document.pages().len()).unwrap_or(0);
    if !(1..=pages).contains(&page) {
        return Err(PictureError::NoSuchPage { page, pages });
    }
    i32::try_from(page - 1).map_err(|_| PictureError::NoSuchPage { page, pages })
}

fn page_of<'document>(
    document: &PdfDocument<'document>,
    page: u32,
) -> Result<PdfPage<'document>, PictureError> {
    document
        .pages()
        .get(index_of(document, page)?)
        .map_err(|_| PictureError::Damaged)
}

/// Where places on a page are shown: points from its upper left corner as it is cropped and turned.
pub(super) fn shown_on<'page>(
    page: &'page PdfPage<'_>,
    shape: PageShape,
) -> impl Fn(f32, f32) -> Option<(f32, f32)> + 'page {
    let config = PdfRenderConfig::new().set_fixed_size(fine(shape.width), fine(shape.height));
    move |x, y| {
        let (x, y) = page
            .points_to_pixels(PdfPoints::new(x), PdfPoints::new(y), &config)
            .ok()?;
        #[expect(clippy::cast_precision_loss, reason = "pages are bounded")]
        Some((x as f32 / FINE, y as f32 / FINE))
    }
}

/// The lines of a page on which the cited words stand.
fn marks_on(page: &PdfPage<'_>, shape: PageShape, cited: &CitedText) -> Vec<Mark> {
    let Ok(text) = page.text() else {
        return Vec::new();
    };
    if usize::try_from(text.len()).is_ok_and(|characters| characters > CHARACTERS) {
        return Vec::new();
    }
    let glyphs = glyphs_of(&text);
    let found = find::find(
        &glyphs,
        &[reading_order(&glyphs), (0..glyphs.len()).collect()],
        cited,
    );
    let shown = shown_on(page, shape);
    let place = |glyph: &Glyph| marks::Rect::of_corners(glyph.bounds?, &shown);
    found
        .iter()
        .flat_map(|cited| {
            let boxes: Vec<marks::Rect> = cited.iter().filter_map(|at| place(&glyphs[*at])).collect();
            marks::lines(&boxes)
        })
        .filter_map(|line| Mark::on(line, shape))
        .collect()
}

/// The lines among recognised words on which the cited ones stand. These know where they are shown.
fn marks_among(glyphs: &[Glyph], shape: PageShape, cited: &CitedText) -> Vec<Mark> {
    let orders = [reading_order(glyphs), (0..glyphs.len()).collect()];
    let place = |glyph: &Glyph| marks::Rect::of_corners(glyph.bounds?, |x, y| Some((x, y)));
    find::find(glyphs, &orders, cited)
        .iter()
        .flat_map(|cited| {
            let boxes: Vec<marks::Rect> = cited.iter().filter_map(|at| place(&glyphs[*at])).collect();
            marks::lines(&boxes)
        })
        .filter_map(|line| Mark::on(line, shape))
        .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "pages are bounded")]
fn fine(points: f32) -> i32 {
    (points * FINE).round() as i32
}

/// The characters of a page in the order in which the parser reads them: column after column.
fn reading_order(glyphs: &[Glyph]) -> Vec<usize> {
    pdf_columns::apart(lines_of(glyphs))
        .into_iter()
        .flat_map(|line| line.cells)
        .flat_map(|cell| cell.range)
        .collect()
}
