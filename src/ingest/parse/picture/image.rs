//! Pages of files that are pictures themselves, drawn at another size, with what is cited on them marked.

use std::fs::File;

use image::imageops::{self, FilterType};

use super::{PageOrder, PagePicture, PageShape, PictureError, marks_among, paint};
use crate::ingest::parse::image_file::ImageFile;

/// Draws a page. `go_on` says whether somebody still waits for it.
pub(super) fn draw(
    file: File,
    order: &PageOrder,
    go_on: impl Fn() -> Result<(), PictureError>,
) -> Result<PagePicture, PictureError> {
    let file = opened(file, order.page)?;
    go_on()?;
    let colours = file.decoded(order.page).map_err(|_| PictureError::Damaged)?;
    go_on()?;
    let shape = PageShape::of_pixels(colours.width(), colours.height());
    let (width, height) = shape.pixels(order.width)?;
    let fitted = if width < colours.width() {
        imageops::thumbnail(&colours, width, height)
    } else {
        imageops::resize(&colours, width, height, FilterType::Triangle)
    };
    let marks = match &order.recognised {
        Some(read) if !order.cited.spans.is_empty() => marks_among(&read.glyphs(shape), shape, &order.cited),
        _ => Vec::new(),
    };
    let mut pixels = fitted.into_raw();
    paint::mark(&mut pixels, width, height, &marks);
    go_on()?;
    Ok(PagePicture {
        png: paint::png(&pixels, width, height).map_err(|_| PictureError::Damaged)?,
        width,
        height,
        marks,
    })
}

/// The shapes of `pages`, counted from 1, in their order.
pub(super) fn shapes(file: File, pages: &[u32]) -> Result<Vec<PageShape>, PictureError> {
    let file = opened(file, pages.iter().copied().max().unwrap_or(1))?;
    let shape = |page: &u32| {
        let (width, height) = file.size(*page).map_err(|_| PictureError::Damaged)?;
        Ok(PageShape::of_pixels(width, height))
    };
    pages.iter().map(shape).collect()
}

/// A picture is one page; a TIFF may have several.
fn opened(file: File, page: u32) -> Result<ImageFile, PictureError> {
    let file = ImageFile::open(file).map_err(|_| PictureError::Damaged)?;
    let pages = file.pages();
    if !(1..=pages).contains(&page) {
        return Err(PictureError::NoSuchPage { page, pages });
    }
    Ok(file)
}
