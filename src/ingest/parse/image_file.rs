//! Files that are pictures: PNG, JPEG, WebP and BMP, as colours in memory.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use image::{DynamicImage, ImageReader, RgbImage};

use super::page::PageTrouble;

/// Pixels that a picture may have: a sheet of A1 at 300 to the inch.
const PIXELS: u64 = 80_000_000;

/// A file of a picture, opened.
pub(super) struct ImageFile(File);

/// Why nothing can be made of the file at all.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NoImage(String);

impl ImageFile {
    /// Whether a file is a picture, and not a PDF, by how it begins.
    pub(super) fn is_one(mut file: &File) -> bool {
        let mut beginning = [0; 32];
        let length = file.read(&mut beginning).unwrap_or(0);
        let rewound = file.seek(SeekFrom::Start(0)).is_ok();
        rewound && image::guess_format(&beginning[..length]).is_ok()
    }

    /// Opens a file by what it holds, whatever its name says.
    pub(super) fn open(file: File) -> Result<Self, NoImage> {
        let said = |error: &dyn std::fmt::Display| NoImage(error.to_string());
        let mut beginning = [0; 32];
        let length = (&file).read(&mut beginning).map_err(|error| said(&error))?;
        (&file).seek(SeekFrom::Start(0)).map_err(|error| said(&error))?;
        match image::guess_format(&beginning[..length]) {
            Ok(_) => Ok(Self(file)),
            Err(_) => Err(NoImage("it begins like no picture".to_owned())),
        }
    }

    /// The sides of the picture in pixels, without reading its content.
    pub(super) fn size(&self) -> Result<(u32, u32), PageTrouble> {
        reader(&self.0)?
            .into_dimensions()
            .map_err(|_| PageTrouble::Damaged)
    }

    /// The colours of the picture, three bytes a pixel.
    pub(super) fn decoded(&self) -> Result<RgbImage, PageTrouble> {
        let (width, height) = self.size()?;
        if u64::from(width) * u64::from(height) > PIXELS {
            return Err(PageTrouble::PictureTooLarge {
                megapixels: u64::from(width) * u64::from(height) / 1_000_000,
                limit: PIXELS / 1_000_000,
            });
        }
        let picture = reader(&self.0)?.decode().map_err(|_| PageTrouble::Damaged)?;
        Ok(on_white(picture))
    }
}

/// Reads the file from its beginning.
fn reader(mut file: &File) -> Result<ImageReader<BufReader<File>>, PageTrouble> {
    file.seek(SeekFrom::Start(0)).map_err(|_| PageTrouble::Damaged)?;
    let again = file.try_clone().map_err(|_| PageTrouble::Damaged)?;
    let mut reader = ImageReader::new(BufReader::new(again))
        .with_guessed_format()
        .map_err(|_| PageTrouble::Damaged)?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(PIXELS * 8);
    reader.limits(limits);
    Ok(reader)
}

/// What can be seen through is laid on white paper.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let clear = picture.into_rgba8();
    RgbImage::from_fn(clear.width(), clear.height(), |x, y| {
        let [red, green, blue, opaque] = clear.get_pixel(x, y).0;
        let laid = |colour: u8| {
            let (colour, opaque) = (u16::from(colour), u16::from(opaque));
            u8::try_from((colour * opaque + 255 * (255 - opaque)) / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([laid(red), laid(green), laid(blue)])
    })
}
