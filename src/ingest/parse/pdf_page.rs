//! A page of a PDF before it is sent: its own text, or what is recognised on it where it has none worth having.

use std::cell::Cell;
use std::rc::Rc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use pdfium_render::prelude::{PdfPage, PdfPageObjectCommon, PdfPageObjectType, PdfPageObjectsCommon};

use super::Output;
use super::ocr::{Gray, Ocr, PageReader, Reading, Recognised};
use super::page::PageTrouble;
use super::pdf_garbled::{is_garbled, is_shifted};
use super::pdf_glyphs::{Glyph, glyphs_of, lines_of};
use super::pdf_layout::Line;
use super::pdf_stamp::Stamp;
use super::picture::{PageShape, drawn};
use crate::domain::PageFate;

/// Pixels to the inch at which a page is recognised,
const DPI: f32 = 300.0;
/// and the most that its picture has: a sheet of A3.
const PIXELS: f32 = 18_000_000.0;
/// A page with fewer letters may be a scan with a stamp on it, as may one with fewer than the second where the scan is
/// nearly all of it: stamps say who printed what, when, and for how long it holds.
const FEW: usize = 40;
const STAMPED: usize = 400;
/// The share of a page that such a scan covers, and what is nearly all of it.
const MOST: f32 = 0.4;
const ALL: f32 = 0.8;
/// Drawn lines that may be a picture, or letters without text behind them.
const STROKES: u32 = 24;
/// What is recognised in place of garbled text must be as certain, in percent.
const BETTER: u8 = 40;

/// A page, read.
pub(super) struct ReadPage {
    pub(super) number: u32,
    pub(super) lines: Vec<Line>,
    pub(super) fate: PageFate,
    /// What was recognised, where that is its text.
    pub(super) recognised: Option<Recognised>,
    pending: Option<Pending>,
}

/// A page that is being recognised.
struct Pending {
    thread: JoinHandle<Reading>,
    shape: PageShape,
    need: Need,
}

/// Why a page is to be recognised.
#[derive(Debug, PartialEq)]
enum Need {
    /// It is a picture, with no letters of its own.
    Picture,
    /// It is a picture with some words of its own on it.
    Stamped(Stamp),
    /// Its letters mean nothing.
    Garbled,
    /// Its letters, so many, read as if they meant others. That may be wrong.
    Shifted { words: Stamp, letters: usize },
}

/// Recognition for the pages of one file.
pub(super) struct Recognition<'parser> {
    ocr: &'parser Ocr,
    reader: Option<PageReader>,
    /// Since when pages of the file, and of all files inside it, are recognised.
    begun: Rc<Cell<Option<Instant>>>,
}

impl<'parser> Recognition<'parser> {
    pub(super) fn new(ocr: &'parser Ocr, output: &Output<'_>) -> Self {
        Self {
            ocr,
            reader: ocr.reader(),
            begun: output.recognising_since(),
        }
    }

    /// Begins to recognise a picture, as soon as fewer others are being recognised than there are cores. `picture` makes
    /// it only then.
    pub(super) fn begin(
        &self,
        picture: impl FnOnce() -> Result<Gray, PageTrouble>,
    ) -> Result<JoinHandle<Reading>, PageTrouble> {
        let reader = self.reader.clone().ok_or_else(|| self.ocr.absence())?;
        let begun = self.begun.get().unwrap_or_else(Instant::now);
        self.begun.set(Some(begun));
        let slot = reader.slot();
        if begun.elapsed() > self.ocr.file_time() {
            return Err(PageTrouble::OcrLimit {
                seconds: self.ocr.file_time().as_secs(),
            });
        }
        let picture = picture()?;
        thread::Builder::new()
            .name("recognise".to_owned())
            .spawn(move || {
                let _slot = slot;
                reader.read(&picture)
            })
            .map_err(|error| PageTrouble::OcrFailed {
                detail: error.to_string(),
            })
    }
}

impl ReadPage {
    /// Reads the text of a page; where it is a picture or garbled, recognition begins.
    pub(super) fn of(number: u32, page: &PdfPage<'_>, recognition: &Recognition<'_>) -> Self {
        let glyphs = page.text().map(|text| glyphs_of(&text)).unwrap_or_default();
        let letters = letters(&glyphs);
        let need = need(page, &glyphs, letters);
        let read = Self {
            number,
            lines: lines_of(&glyphs),
            fate: if letters > 0 || !glyphs.is_empty() {
                PageFate::Text
            } else {
                PageFate::Empty
            },
            recognised: None,
            pending: None,
        };
        let Some(need) = need else { return read };
        let shape = PageShape::as_shown(page);
        match recognition.begin(|| picture(page, shape)) {
            Ok(thread) => Self {
                pending: Some(Pending { thread, shape, need }),
                ..read
            },
            Err(trouble) => read.without(&need, &trouble),
        }
    }

    /// A page that cannot be loaded.
    pub(super) fn damaged(number: u32) -> Self {
        Self::lost(number, &PageTrouble::Damaged)
    }

    /// A page from which nothing is to be had.
    pub(super) fn lost(number: u32, trouble: &PageTrouble) -> Self {
        Self {
            number,
            lines: Vec::new(),
            fate: trouble.fate(),
            recognised: None,
            pending: None,
        }
    }

    /// A picture that is a page of its own.
    pub(super) fn of_picture(
        number: u32,
        shape: PageShape,
        recognition: &Recognition<'_>,
        picture: impl FnOnce() -> Result<Gray, PageTrouble>,
    ) -> Self {
        let need = Need::Picture;
        let read = Self {
            fate: PageFate::Empty,
            ..Self::damaged(number)
        };
        match recognition.begin(picture) {
            Ok(thread) => Self {
                pending: Some(Pending { thread, shape, need }),
                ..read
            },
            Err(trouble) => read.without(&need, &trouble),
        }
    }

    /// Waits for the recognition, if one is going on.
    pub(super) fn settle(&mut self) {
        let Some(Pending { thread, shape, need }) = self.pending.take() else {
            return;
        };
        let reading = thread.join().unwrap_or_else(|_| {
            Err(PageTrouble::OcrFailed {
                detail: "it broke off".to_owned(),
            })
        });
        let page = std::mem::replace(self, Self::damaged(self.number));
        *self = match reading {
            Ok(read) => page.with(&need, read, shape),
            Err(trouble) => page.without(&need, &trouble),
        };
    }

    fn with(self, need: &Need, read: Recognised, shape: PageShape) -> Self {
        let read = match need {
            Need::Stamped(stamp) => match stamp.beside(read, shape) {
                Some(both) => both,
                None => return self,
            },
            Need::Shifted { words, letters }
                if read.confidence() < BETTER || read.letters() * 2 < *letters || words.says(&read) =>
            {
                return self;
            }
            _ => read,
        };
        match need {
            _ if read.letters() == 0 => Self {
                lines: Vec::new(),
                fate: PageFate::Empty,
                ..self
            },
            Need::Garbled if read.confidence() < BETTER => self.without(need, &PageTrouble::GarbledUnsure),
            _ => Self {
                lines: lines_of(&read.glyphs(shape)),
                fate: PageFate::Ocr {
                    confidence: read.confidence(),
                },
                recognised: Some(read),
                ..self
            },
        }
    }

    /// The page as it is where recognition gave nothing.
    fn without(self, need: &Need, trouble: &PageTrouble) -> Self {
        match need {
            Need::Stamped(_) | Need::Shifted { .. } => self,
            Need::Picture => Self {
                fate: trouble.fate(),
                ..self
            },
            // Letters that mean nothing are worse than none.
            Need::Garbled => Self {
                lines: Vec::new(),
                fate: match trouble {
                    PageTrouble::OcrMissing | PageTrouble::OcrOff => PageTrouble::Garbled.fate(),
                    _ => trouble.fate(),
                },
                ..self
            },
        }
    }
}

fn letters(glyphs: &[Glyph]) -> usize {
    let visible = glyphs.iter().filter(|glyph| glyph.character.is_alphanumeric());
    visible.count()
}

fn need(page: &PdfPage<'_>, glyphs: &[Glyph], letters: usize) -> Option<Need> {
    let characters = || glyphs.iter().map(|glyph| glyph.character);
    if is_garbled(characters()) {
        return Some(Need::Garbled);
    }
    let own_words = || Stamp::on(page, PageShape::as_shown(page), glyphs);
    if is_shifted(characters()) {
        let words = own_words();
        return Some(Need::Shifted { words, letters });
    }
    let stamped = match letters {
        0 => return shows_something(page).then_some(Need::Picture),
        1..FEW => covered(page) > MOST,
        FEW..STAMPED => covered(page) > ALL,
        _ => false,
    };
    stamped.then(|| Need::Stamped(own_words()))
}

/// Whether there is a picture on the page, or so many lines that they may be one: a frame alone is none.
fn shows_something(page: &PdfPage<'_>) -> bool {
    let mut strokes = 0;
    page.objects().iter().any(|object| match object.object_type() {
        PdfPageObjectType::Path | PdfPageObjectType::Shading => {
            strokes += 1;
            strokes >= STROKES
        }
        PdfPageObjectType::Text => false,
        PdfPageObjectType::Image | PdfPageObjectType::XObjectForm | PdfPageObjectType::Unsupported => true,
    })
}

/// The share of the page that its pictures cover: scans may come in strips.
fn covered(page: &PdfPage<'_>) -> f32 {
    let whole = page.width().value * page.height().value;
    let pictures = page.objects().iter().filter(|object| {
        matches!(
            object.object_type(),
            PdfPageObjectType::Image | PdfPageObjectType::XObjectForm
        )
    });
    let areas = pictures.filter_map(|picture| {
        let bounds = picture.bounds().ok()?;
        Some((bounds.width().value * bounds.height().value).abs())
    });
    areas.sum::<f32>() / whole.max(1.0)
}

/// The page as a picture for recognition.
fn picture(page: &PdfPage<'_>, shape: PageShape) -> Result<Gray, PageTrouble> {
    let (width, height, dpi) = pixels(shape).ok_or(PageTrouble::Damaged)?;
    let colours = drawn(page, width, height, || Ok(())).map_err(|_| PageTrouble::Damaged)?;
    Ok(Gray::of_colours(&colours, width as usize, height as usize, dpi))
}

/// Width, height and pixels to the inch of the picture in which a page is recognised; none of a page that nobody has.
fn pixels(shape: PageShape) -> Option<(u32, u32, u32)> {
    let (across, down) = (shape.width / 72.0, shape.height / 72.0);
    let sound = |inches: f32| (0.05..=250.0).contains(&inches);
    if !sound(across) || !sound(down) {
        return None;
    }
    let dpi = DPI.min((PIXELS / (across * down)).sqrt());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded above and below"
    )]
    let [width, height, dpi] = [across * dpi, down * dpi, dpi].map(|number| (number.round() as u32).max(1));
    Some((width, height, dpi))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_inches(width: f32, height: f32) -> Option<(u32, u32, u32)> {
        pixels(PageShape {
            width: width * 72.0,
            height: height * 72.0,
        })
    }

    #[test]
    fn a_page_is_recognised_at_300_pixels_to_the_inch_and_a_large_sheet_at_as_many_as_its_picture_may_have() {
        assert_eq!(of_inches(8.5, 11.0), Some((2_550, 3_300, 300)));
        // A3 is the largest that is read at the full resolution.
        assert_eq!(of_inches(11.7, 16.5), Some((3_510, 4_950, 300)));
        for (width, height) in [(33.1, 46.8), (46.8, 33.1), (200.0, 200.0), (0.1, 249.0)] {
            let (across, down, dpi) = of_inches(width, height).unwrap();
            let pixels = f64::from(across) * f64::from(down);
            assert!(pixels <= f64::from(PIXELS) * 1.01, "{across} x {down}");
            assert!((1..=300).contains(&dpi), "{dpi}");
        }
        let (across, down, dpi) = of_inches(33.1, 46.8).unwrap();
        assert!(
            dpi < 120 && across > 3_000 && down > 4_000,
            "{across} x {down} at {dpi}"
        );
    }

    #[test]
    fn a_page_without_a_size_or_of_hundreds_of_metres_is_not_drawn() {
        for (width, height) in [(0.0, 11.0), (8.5, 0.01), (8.5, 20_000.0), (f32::NAN, 11.0)] {
            assert_eq!(of_inches(width, height), None, "{width} x {height}");
        }
    }
}
