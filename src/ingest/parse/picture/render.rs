//! The pixels of a page, or of the part of it that is shown.

use pdfium_render::prelude::{PdfBitmap, PdfBitmapFormat, PdfPage, PdfRenderConfig};

use super::window::Window;
use super::{PageShape, PictureError};

/// Rows that are drawn in one call.
const STRIP: i32 = 256;

/// The pixels of a page, three bytes each, row by row.
pub(in crate::ingest::parse) fn drawn(
    page: &PdfPage<'_>,
    width: u32,
    height: u32,
    go_on: impl Fn() -> Result<(), PictureError>,
) -> Result<Vec<u8>, PictureError> {
    let canvas = Canvas {
        across: signed(width)?,
        down: signed(height)?,
        left: 0,
        top: 0,
    };
    canvas.strips(page, width, height, go_on)
}

/// The same of a part of a page, which measures `shape` as a whole.
pub(super) fn part_drawn(
    page: &PdfPage<'_>,
    shape: PageShape,
    window: Window,
    (width, height): (u32, u32),
    go_on: impl Fn() -> Result<(), PictureError>,
) -> Result<Vec<u8>, PictureError> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "pictures are some thousand pixels wide"
    )]
    let (across, down) = (
        width as f32 / window.shape.width,
        height as f32 / window.shape.height,
    );
    let canvas = Canvas {
        across: whole(shape.width * across)?,
        down: whole(shape.height * down)?,
        left: whole(window.left * across)?,
        top: whole(window.top * down)?,
    };
    canvas.strips(page, width, height, go_on)
}

/// How large the whole page would be, and what of it lies before the picture, in pixels.
struct Canvas {
    across: i32,
    down: i32,
    left: i32,
    top: i32,
}

impl Canvas {
    fn strips(
        &self,
        page: &PdfPage<'_>,
        width: u32,
        height: u32,
        go_on: impl Fn() -> Result<(), PictureError>,
    ) -> Result<Vec<u8>, PictureError> {
        let rows_in_all = signed(height)?;
        let row = width as usize * 3;
        let mut pixels = Vec::with_capacity(row * height as usize);
        for top in (0..rows_in_all).step_by(STRIP as usize) {
            go_on()?;
            let config = PdfRenderConfig::new()
                .set_fixed_size(self.across, self.down)
                .set_format(PdfBitmapFormat::BGR)
                .set_origin(-self.left, -self.top - top);
            let rows = STRIP.min(rows_in_all - top);
            let mut strip = PdfBitmap::empty(signed(width)?, rows, PdfBitmapFormat::BGR)
                .map_err(|_| PictureError::Damaged)?;
            page.render_into_bitmap_with_config(&mut strip, &config)
                .map_err(|_| PictureError::Damaged)?;
            let bytes = strip.as_raw_bytes();
            // Rows begin at addresses that are divisible by four.
            let stride = bytes.len() / rows as usize;
            for line in bytes.chunks_exact(stride) {
                pixels.extend_from_slice(line.get(..row).ok_or(PictureError::Damaged)?);
            }
        }
        Ok(pixels)
    }
}

fn signed(pixels: u32) -> Result<i32, PictureError> {
    i32::try_from(pixels).map_err(|_| PictureError::Damaged)
}

/// Pixels as a whole number, of a canvas that pdfium can still count.
fn whole(pixels: f32) -> Result<i32, PictureError> {
    const MOST: f32 = 4_000_000.0;
    if !(0.0..=MOST).contains(&pixels) {
        return Err(PictureError::Damaged);
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded above and below")]
    Ok(pixels.round() as i32)
}
