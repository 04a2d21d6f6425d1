//! On which page of a PDF something stands that is not known by a page of its own: the text of an Office file.

use std::fs::File;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::find::Across;
use super::{CHARACTERS, CitedText, PageShape, PictureError, open, page_of, reading_order};
use crate::domain::Span;
use crate::ingest::parse::PdfLibrary;
use crate::ingest::parse::pdf_glyphs::glyphs_of;

/// What is looked for in a PDF.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOrder {
    /// What it says. Nothing, and only the pages are counted.
    pub cited: CitedText,
    /// The slide on which it stands, and how many there are: where the PDF has as many pages, they are the slides.
    pub slide: Option<(u32, u32)>,
    /// After so long the search is given up.
    pub time: Duration,
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
    /// How large that page is; of the first one where none was found.
    pub shape: PageShape,
}

impl PagePlace {
    /// Looks through the PDF in `file`.
    pub fn find(library: Option<PdfLibrary>, file: File, order: &PlaceOrder) -> Result<Self, PictureError> {
        let started = Instant::now();
        let document = open(library.ok_or(PictureError::Damaged)?, file, None)?;
        let pages = u32::try_from(document.pages().len()).unwrap_or(0);
        let mut found = match order.slide {
            Some((slide, slides)) if slides == pages => Some((slide, order.cited.spans.clone())),
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
        Ok(Self {
            pages,
            page,
            spans: spans.unwrap_or_default(),
            shape: PageShape {
                width: shown.width().value,
                height: shown.height().value,
            },
        })
    }
}
