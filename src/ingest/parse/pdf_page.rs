//! A page of a PDF before it is sent: its own text, or what is recognised on it where it has none worth having.

use std::cell::Cell;
use std::rc::Rc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use pdfium_render::prelude::{PdfPage, PdfPageObjectCommon, PdfPageObjectType, PdfPageObjectsCommon};

use super::Output;
use super::ocr::{Gray, Ocr, PageReader, Reading, Recognised};
use super::page::PageTrouble;
use super::pdf_glyphs::{Glyph, glyphs_of, lines_of};
use super::pdf_layout::Line;
use super::picture::{PageShape, drawn};
use crate::domain::PageFate;

/// Pixels to the inch at which a page is recognised,
const DPI: f32 = 300.0;
/// and the most that its picture has: a sheet of A3.
const PIXELS: f32 = 18_000_000.0;
/// A page with fewer letters may be a scan with a stamp on it.
const FEW: usize = 40;
/// The share of a page that such a scan covers.
const MOST: f32 = 0.4;
/// Drawn lines that may be a picture, or letters without text behind them.
const STROKES: u32 = 24;
/// Letters among which garbled ones are counted.
const ENOUGH: usize = 30;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// It is a picture; it has so many letters of its own.
    Picture { letters: usize },
    /// Its letters mean nothing.
    Garbled,
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
        let shape = PageShape {
            width: page.width().value,
            height: page.height().value,
        };
        match recognition.begin(|| picture(page, shape)) {
            Ok(thread) => Self {
                pending: Some(Pending { thread, shape, need }),
                ..read
            },
            Err(trouble) => read.without(need, &trouble),
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
        let need = Need::Picture { letters: 0 };
        let read = Self {
            fate: PageFate::Empty,
            ..Self::damaged(number)
        };
        match recognition.begin(picture) {
            Ok(thread) => Self {
                pending: Some(Pending { thread, shape, need }),
                ..read
            },
            Err(trouble) => read.without(need, &trouble),
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
            Ok(read) => page.with(need, read, shape),
            Err(trouble) => page.without(need, &trouble),
        };
    }

    fn with(self, need: Need, read: Recognised, shape: PageShape) -> Self {
        let found = read.letters();
        match need {
            // What stands on a picture of few words is as likely a stamp as its only text.
            Need::Picture { letters } if letters > 0 && found * 3 < letters * 4 => self,
            _ if found == 0 => Self {
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
    fn without(self, need: Need, trouble: &PageTrouble) -> Self {
        match need {
            Need::Picture { letters: 1.. } => self,
            Need::Picture { .. } => Self {
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
    if is_garbled(glyphs.iter().map(|glyph| glyph.character)) {
        return Some(Need::Garbled);
    }
    let picture = match letters {
        0 => shows_something(page),
        1..FEW => covered(page) > MOST,
        _ => false,
    };
    picture.then_some(Need::Picture { letters })
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

/// The share of the page that its largest picture covers.
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
    areas.fold(0.0, f32::max) / whole.max(1.0)
}

/// Whether the letters of a page cannot be what is seen on it: they have no meaning outside of their font, or stand in an
/// order that no language has.
fn is_garbled(characters: impl Iterator<Item = char>) -> bool {
    let (mut all, mut odd, mut latin, mut vowels, mut lower) = (0_usize, 0, 0, 0, 0);
    for character in characters {
        all += 1;
        let usual = "°±²³µ·«»§©®½¼¾£¥¿¡ªº¹¬¶";
        let is_odd = match character {
            '\u{e000}'..='\u{f8ff}' | '\u{fffd}' | '\u{fff0}'..='\u{fffc}' => true,
            '\u{f0000}'.. => true,
            '\u{80}'..='\u{bf}' => !usual.contains(character),
            character => character.is_control(),
        };
        odd += usize::from(is_odd);
        if character.is_ascii_alphabetic() {
            latin += 1;
            lower += usize::from(character.is_ascii_lowercase());
            vowels += usize::from("aeiouyAEIOUY".contains(character));
        }
    }
    if all < ENOUGH {
        return false;
    }
    // Every language in these letters has a vowel among three or four of them; lists of part numbers are in capitals.
    let unlikely = latin > 150 && latin * 2 > all && lower * 4 > latin * 3 && vowels * 8 < latin;
    odd * 5 > all || unlikely
}

/// The page as a picture for recognition.
fn picture(page: &PdfPage<'_>, shape: PageShape) -> Result<Gray, PageTrouble> {
    let (across, down) = (shape.width / 72.0, shape.height / 72.0);
    let sound = |inches: f32| (0.05..=250.0).contains(&inches);
    if !sound(across) || !sound(down) {
        return Err(PageTrouble::Damaged);
    }
    let dpi = DPI.min((PIXELS / (across * down)).sqrt());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded above and below"
    )]
    let [width, height, dpi] = [across * dpi, down * dpi, dpi].map(|number| (number.round() as u32).max(1));
    let colours = drawn(page, width, height, || Ok(())).map_err(|_| PageTrouble::Damaged)?;
    Ok(Gray::of_colours(&colours, width as usize, height as usize, dpi))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_without_meaning_are_told_from_every_language() {
        let garbled = [
            "\u{e001}\u{e002}\u{e003}".repeat(20),
            "\u{fffd}a".repeat(30),
            "xlmpc gdsrk tnwzq hvbxf ".repeat(20),
        ];
        for text in garbled {
            assert!(is_garbled(text.chars().filter(|it| *it != ' ')), "{text}");
        }
        let fine = [
            "The clamping pressure of press 7 is 63 bar. ".repeat(10),
            "设备启动前请检查夹紧压力。".repeat(10),
            "Die Prüfmittel sind jährlich zu kalibrieren. ".repeat(10),
            "Przekładnia śrubowa wymaga smarowania. ".repeat(10),
            "M8 x 25 DIN 912 BH-320 QF-118 ".repeat(20),
            "25 °C ± 2 °C, 0.5 µm ".repeat(10),
            "\u{e001}\u{e002}".to_owned(),
        ];
        for text in fine {
            assert!(!is_garbled(text.chars().filter(|it| *it != ' ')), "{text}");
        }
    }
}
