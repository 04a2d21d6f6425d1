//! Pictures as documents: scans and photographs, recognised.

use std::fs::File;
use std::path::Path;

use super::image_file::ImageFile;
use super::ocr::{Gray, Ocr};
use super::page::PageTrouble;
use super::pdf::Sending;
use super::pdf_page::{ReadPage, Recognition};
use super::pdf_style::Style;
use super::picture::PageShape;
use super::{Limits, Outline, Output, ParseError, Parser};
use crate::domain::PageFate;

const WHAT: &str = "image";
/// The longer side of a sheet in inches, by which pixels to the inch are guessed: files seldom say them truly.
const SHEET: u32 = 11;

/// Reads `.png`, `.jpg`, `.webp` and `.bmp`.
#[derive(Debug, Clone, Default)]
pub(super) struct ImageParser {
    ocr: Ocr,
}

impl ImageParser {
    pub(super) fn new(ocr: Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for ImageParser {
    fn parse(&self, path: &Path, _limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let file = File::open(path).map_err(ParseError::from_io)?;
        let file = ImageFile::open(file).map_err(|error| ParseError::damaged(WHAT, error))?;
        let recognition = Recognition::new(&self.ocr);
        let mut page = match file.size() {
            Ok((width, height)) => {
                ReadPage::of_picture(1, PageShape::of_pixels(width, height), &recognition, || {
                    picture(&file)
                })
            }
            Err(_) => ReadPage::damaged(1),
        };
        page.settle();
        // A file that is a picture is never empty, whatever is in it.
        if page.fate == PageFate::Empty {
            page.fate = PageTrouble::OcrNothing.fate();
        }
        output.on_time()?;
        let style = Style::of(std::iter::once(page.lines.as_slice()));
        let title = style.title(&page.lines);
        let mut sending = Sending::new(title.clone(), style);
        sending.page(page, output)?;
        Ok(sending.outline(title))
    }
}

fn picture(file: &ImageFile) -> Result<Gray, PageTrouble> {
    let colours = file.decoded()?;
    let (width, height) = colours.dimensions();
    let dpi = (width.max(height) / SHEET).clamp(70, 600);
    let gray = Gray::of_colours(colours.as_raw(), width as usize, height as usize, dpi);
    Ok(if dpi < 600 { gray } else { gray.halved() })
}
