//! Pictures as documents: scans and photographs, recognised.

use std::collections::VecDeque;
use std::fs::File;
use std::path::Path;

use image::RgbImage;
use image::imageops::{self, FilterType};

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
/// Letters of screens and of coarse scans are too small to be recognised well: pictures with a longer side below these, in
/// pixels, are read at three times their size, or twice.
const SMALL: u32 = 1_000;
const MEDIUM: u32 = 1_800;
/// Pages that are looked at before the first is sent: they show the size of the body text and what every page repeats.
const WINDOW: usize = 8;

/// Reads `.png`, `.jpg`, `.tif`, `.webp` and `.bmp`.
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
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let file = File::open(path).map_err(ParseError::from_io)?;
        let file = ImageFile::open(file).map_err(|error| ParseError::damaged(WHAT, error))?;
        let pages = file.pages();
        if pages > limits.pages {
            return Err(ParseError::TooManyPages {
                pages,
                limit: limits.pages,
            });
        }
        let recognition = Recognition::new(&self.ocr, output);
        let mut pages_to_come = (1..=pages).map(|number| read_page(&file, number, &recognition));
        let mut window: VecDeque<ReadPage> = pages_to_come.by_ref().take(WINDOW).collect();
        window.iter_mut().for_each(ReadPage::settle);
        let style = Style::of(window.iter().map(|page| page.lines.as_slice()));
        let title = window.front().and_then(|page| style.title(&page.lines));
        let mut sending = Sending::new(title.clone(), style);
        while let Some(mut page) = window.pop_front() {
            output.on_time()?;
            page.settle();
            // A file that is one picture is never empty, whatever is in it. Of several pages one may be a blank back.
            if pages == 1 && page.fate == PageFate::Empty {
                page.fate = PageTrouble::OcrNothing.fate();
            }
            sending.page(page, output)?;
            window.extend(pages_to_come.next());
        }
        Ok(sending.outline(title))
    }
}

/// Begins to recognise a page. One that is damaged fails alone.
fn read_page(file: &ImageFile, number: u32, recognition: &Recognition<'_>) -> ReadPage {
    match file.size(number) {
        Ok((width, height)) => {
            let shape = PageShape::of_pixels(width, height);
            ReadPage::of_picture(number, shape, recognition, || picture(file, number))
        }
        Err(trouble) => ReadPage::lost(number, &trouble),
    }
}

fn picture(file: &ImageFile, number: u32) -> Result<Gray, PageTrouble> {
    Ok(gray(&file.decoded(number)?))
}

/// Colours as they are recognised.
pub(super) fn gray(colours: &RgbImage) -> Gray {
    let (width, height) = colours.dimensions();
    let times = match width.max(height) {
        ..SMALL => 3,
        SMALL..MEDIUM => 2,
        _ => return gray_as_large(colours),
    };
    let (width, height) = (width * times, height * times);
    gray_as_large(&imageops::resize(colours, width, height, FilterType::CatmullRom))
}

fn gray_as_large(colours: &RgbImage) -> Gray {
    let (width, height) = colours.dimensions();
    let dpi = (width.max(height) / SHEET).clamp(70, 600);
    let gray = Gray::of_colours(colours.as_raw(), width as usize, height as usize, dpi);
    if dpi < 600 { gray } else { gray.halved() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pictures_are_read_enlarged_and_large_ones_with_a_bounded_resolution() {
        for (size, read, dpi) in [
            ((600, 800), (1_800, 2_400), 218),
            ((1_500, 900), (3_000, 1_800), 272),
            ((2_550, 3_300), (2_550, 3_300), 300),
            // A sheet of 600 to the inch and more is read at half its size.
            ((5_100, 6_600), (2_550, 3_300), 300),
            ((9_000, 80), (4_500, 40), 300),
            // What is but a few pixels high is no page of a few dots to the inch.
            ((12, 3), (36, 9), 70),
        ] {
            let gray = gray(&RgbImage::new(size.0, size.1));
            assert_eq!(
                (gray.width, gray.height, gray.dpi),
                (read.0, read.1, dpi),
                "{size:?}"
            );
        }
    }
}
