//! On which page of a PDF something stands that is not known by a page of its own: the text of an Office file.

use std::fs::File;
use std::time::{Duration, Instant};

use pdfium_render::prelude::PdfDocument;
use serde::{Deserialize, Serialize};

use super::find::Across;
use super::sheets::KnownSheet;
use super::window::{self, Window};
use super::{CHARACTERS, CitedText, PageShape, PictureError, marks_on, open, page_of, reading_order, sheets};
use crate::domain::Span;
use crate::ingest::parse::PdfLibrary;
use crate::ingest::parse::pdf_glyphs::glyphs_of;

/// What is looked for in a PDF.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOrder {
    /// What it says. Nothing, and only the pages are counted.
    pub cited: CitedText,
    /// What is known of the page beforehand.
    pub sought: Sought,
    /// After so long the search is given up.
    pub time: Duration,
}

/// What is known beforehand of the page on which something stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sought {
    /// Nothing: its words are looked for.
    #[default]
    Anywhere,
    /// The slide: where the PDF has as many pages as there are slides, they are the slides.
    Slide {
        /// From 1.
        number: u32,
        /// How many there are.
        of: u32,
    },
    /// A sheet.
    Sheet {
        /// Its name; without one only the sheets are looked at.
        name: String,
        /// All the sheets of the workbook, as far as they are known.
        of: Vec<KnownSheet>,
    },
}

/// What was found in a PDF.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PagePlace {
    /// How many pages it has.
    pub pages: u32,
    /// The page, from 1; nothing where none is it for certain.
    pub page: Option<u32>,
    /// The characters of the text that stand there.
    pub spans: Vec<Span>,
    /// How large that page is, or the part of it that is shown; of the first one where none was found.
    pub shape: PageShape,
    /// The part of the page that is shown, where it is too large to be read as a whole.
    pub window: Option<Window>,
    /// The sheet on each page, where they are sheets and it is known which.
    pub sheets: Vec<KnownSheet>,
}

impl PagePlace {
    /// Looks through the PDF in `file`.
    pub fn find(library: Option<PdfLibrary>, file: File, order: &PlaceOrder) -> Result<Self, PictureError> {
        let started = Instant::now();
        let document = open(library.ok_or(PictureError::Damaged)?, file, &[])?;
        let pages = u32::try_from(document.pages().len()).unwrap_or(0);
        if let Sought::Sheet { name, of } = &order.sought {
            let named = sheets::named(&document);
            let is_certain = !named.is_empty();
            let sheets = if is_certain {
                named
            } else {
                sheets::laid_out(of, pages)
            };
            if !sheets.is_empty() {
                return on_sheet(&document, pages, (sheets, is_certain), name, &order.cited);
            }
        }
        let mut found = match order.sought {
            Sought::Slide { number, of } if of == pages => Some((number, order.cited.spans.clone())),
            _ => None,
        };
        let mut across = Across::new(&order.cited);
        if found.is_none() && across.is_needed() {
            for number in 1..=pages {
                if started.elapsed() > order.time {
                    return Err(PictureError::TooSlow {
                        seconds: order.time.as_secs(),
                    });
                }
                let page = page_of(&document, number)?;
                let Ok(text) = page.text() else { continue };
                if usize::try_from(text.len()).is_ok_and(|characters| characters > CHARACTERS) {
                    continue;
                }
                let glyphs = glyphs_of(&text);
                across.look(
                    number,
                    &glyphs,
                    &[reading_order(&glyphs), (0..glyphs.len()).collect()],
                );
            }
            found = across.found();
        }
        let (page, spans) = found.unzip();
        let shown = page_of(&document, page.unwrap_or(1))?;
        let shape = PageShape::as_shown(&shown);
        // Where nobody knows which page is which sheet, the words have told it.
        let window = match (&order.sought, page) {
            (Sought::Sheet { .. }, Some(_)) => Window::around(&marks_on(&shown, shape, &order.cited), shape),
            _ => None,
        };
        Ok(Self {
            pages,
            page,
            spans: spans.unwrap_or_default(),
            shape: window.map_or(shape, |window| window.shape),
            window,
            sheets: Vec::new(),
        })
    }
}

/// Where something stands on the sheet of this name, of which the part around it is shown. Where it is not `is_certain` which page
/// is which sheet, as only their number tells it, what is cited must be found there.
fn on_sheet(
    document: &PdfDocument<'_>,
    pages: u32,
    (sheets, is_certain): (Vec<KnownSheet>, bool),
    name: &str,
    cited: &CitedText,
) -> Result<PagePlace, PictureError> {
    let page = sheets::page_of(&sheets, name);
    let shown = page_of(document, page.unwrap_or(1))?;
    let shape = PageShape::as_shown(&shown);
    let mut place = PagePlace {
        pages,
        page,
        spans: Vec::new(),
        shape,
        window: None,
        sheets,
    };
    if page.is_some() && !cited.spans.is_empty() {
        let marks = marks_on(&shown, shape, cited);
        // Of a sheet that nobody can read as a whole it must be known which part is meant.
        if marks.is_empty() && (!is_certain || window::is_too_large(shape)) {
            place.page = None;
        }
        place.spans.clone_from(&cited.spans);
        place.window = Window::around(&marks, shape);
        place.shape = place.window.map_or(shape, |window| window.shape);
    }
    Ok(place)
}
