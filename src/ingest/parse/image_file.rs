//! Files that are pictures: PNG, JPEG, WebP, BMP and TIFF, as colours in memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, RgbImage};

use super::page::PageTrouble;
use super::tiff::Tiff;

/// Pixels that a picture may have: a sheet of A1 at 300 to the inch.
pub(super) const PIXELS: u64 = 80_000_000;

/// A file of a picture, opened: of one page, but for TIFF.
pub(super) struct ImageFile {
    content: Content,
    tiff: Option<Tiff>,
}

/// Where the bytes of a picture are.
pub(super) enum Content {
    /// In a file.
    File(File),
    /// In memory: a picture from within a document.
    Bytes(Vec<u8>),
}

/// Why nothing can be made of the file at all.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NoImage(String);

impl ImageFile {
    /// Whether a file is a picture, and not a PDF, by how it begins.
    pub(super) fn is_one(file: &File) -> bool {
        let mut beginning = [0; 32];
        let length = file.read_at(&mut beginning, 0).unwrap_or(0);
        is_image(&beginning[..length])
    }

    /// Opens a file by what it holds, whatever its name says.
    pub(super) fn open(file: File) -> Result<Self, NoImage> {
        Self::of(Content::File(file))
    }

    /// The same for bytes in memory.
    pub(super) fn of(content: Content) -> Result<Self, NoImage> {
        let said = |error: &dyn std::fmt::Display| NoImage(error.to_string());
        let mut beginning = [0; 32];
        let length = content.read_at(&mut beginning, 0).map_err(|error| said(&error))?;
        if !is_image(&beginning[..length]) {
            return Err(NoImage("it begins like no picture".to_owned()));
        }
        let tiff = match Tiff::begins(&beginning[..length]) {
            true => Some(Tiff::open(&content).map_err(|error| said(&error))?),
            false => None,
        };
        Ok(Self { content, tiff })
    }

    /// How many pages it has.
    pub(super) fn pages(&self) -> u32 {
        self.tiff.as_ref().map_or(1, Tiff::pages)
    }

    /// The sides of a page in pixels as it is shown, without reading its content. Pages are counted from 1.
    pub(super) fn size(&self, page: u32) -> Result<(u32, u32), PageTrouble> {
        if let Some(tiff) = &self.tiff {
            return tiff.size(&self.content, page);
        }
        let (width, height) = self
            .reader()?
            .into_dimensions()
            .map_err(|_| PageTrouble::Damaged)?;
        Ok(match self.orientation() {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (height, width),
            _ => (width, height),
        })
    }

    /// The colours of a page as it is shown, three bytes a pixel.
    pub(super) fn decoded(&self, page: u32) -> Result<RgbImage, PageTrouble> {
        if let Some(tiff) = &self.tiff {
            return tiff.decoded(&self.content, page);
        }
        let (width, height) = self.size(page)?;
        refuse_beyond(width, height, PIXELS)?;
        let picture = self.reader()?.decode().map_err(|_| PageTrouble::Damaged)?;
        let mut picture = DynamicImage::ImageRgb8(on_white(picture));
        picture.apply_orientation(self.orientation());
        Ok(picture.into_rgb8())
    }

    /// How the camera was held, where the file says so. What it says wrongly costs no picture.
    fn orientation(&self) -> Orientation {
        let said = self
            .reader()
            .ok()
            .and_then(|reader| reader.into_decoder().ok()?.orientation().ok());
        said.unwrap_or(Orientation::NoTransforms)
    }

    /// Reads the file from its beginning.
    fn reader(&self) -> Result<ImageReader<Box<dyn Seeking + '_>>, PageTrouble> {
        let at_start = self.content.at_start().map_err(|_| PageTrouble::Damaged)?;
        let mut reader = ImageReader::new(at_start)
            .with_guessed_format()
            .map_err(|_| PageTrouble::Damaged)?;
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(PIXELS * 8);
        reader.limits(limits);
        Ok(reader)
    }
}

/// What pictures are read from.
trait Seeking: BufRead + Seek {}
impl<Reader: BufRead + Seek> Seeking for Reader {}

impl Content {
    /// Reads from a place; fewer bytes than asked for only at the end.
    pub(super) fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        match self {
            Self::File(file) => {
                let mut read = 0;
                while read < into.len() {
                    match file.read_at(&mut into[read..], offset.saturating_add(read as u64)) {
                        Ok(0) => break,
                        Ok(count) => read += count,
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(read)
            }
            Self::Bytes(bytes) => {
                let start = usize::try_from(offset).map_or(bytes.len(), |start| start.min(bytes.len()));
                let count = into.len().min(bytes.len() - start);
                into[..count].copy_from_slice(&bytes[start..start + count]);
                Ok(count)
            }
        }
    }

    /// How many bytes there are.
    pub(super) fn length(&self) -> io::Result<u64> {
        match self {
            Self::File(file) => Ok(file.metadata()?.len()),
            Self::Bytes(bytes) => Ok(bytes.len() as u64),
        }
    }

    fn at_start(&self) -> io::Result<Box<dyn Seeking + '_>> {
        Ok(match self {
            Self::File(file) => {
                let mut again = file.try_clone()?;
                again.seek(SeekFrom::Start(0))?;
                Box::new(BufReader::new(again))
            }
            Self::Bytes(bytes) => Box::new(Cursor::new(bytes.as_slice())),
        })
    }
}

/// An error where a page has more pixels than are read.
pub(super) fn refuse_beyond(width: u32, height: u32, limit: u64) -> Result<(), PageTrouble> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limit {
        return Err(PageTrouble::PictureTooLarge {
            megapixels: pixels / 1_000_000,
            limit: limit / 1_000_000,
        });
    }
    Ok(())
}

fn is_image(beginning: &[u8]) -> bool {
    Tiff::begins(beginning) || image::guess_format(beginning).is_ok()
}

/// What can be seen through is laid on white paper.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let clear = picture.into_rgba8();
    RgbImage::from_fn(clear.width(), clear.height(), |x, y| {
        let [red, green, blue, opaque] = clear.get_pixel(x, y).0;
        image::Rgb([red, green, blue].map(|colour| laid_on_white(colour, opaque)))
    })
}

/// A colour that covers white paper so much, of 255.
pub(super) fn laid_on_white(colour: u8, opaque: u8) -> u8 {
    let (colour, opaque) = (u16::from(colour), u16::from(opaque));
    u8::try_from((colour * opaque + 255 * (255 - opaque)) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgb};

    use super::*;

    /// A photograph of 32 by 16 pixels, black on its left half, with a note on how the camera was held.
    fn photograph(orientation: u8) -> ImageFile {
        let pixels = RgbImage::from_fn(32, 16, |x, _| Rgb([if x < 16 { 0 } else { 255 }; 3]));
        let mut file = Cursor::new(Vec::new());
        pixels.write_to(&mut file, ImageFormat::Jpeg).unwrap();
        let mut bytes = file.into_inner();
        let note = [
            b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(),
            &[orientation, 0, 0, 0, 0, 0, 0],
        ]
        .concat();
        bytes.splice(2..2, note);
        ImageFile::of(Content::Bytes(bytes)).unwrap()
    }

    #[test]
    fn a_photograph_is_turned_as_the_camera_was_held() {
        // Where its black half is shown, at (x, y) of nearly the corners: upper left, upper right, lower left.
        for (orientation, size, black) in [
            (1, (32, 16), [true, false, true]),
            (3, (32, 16), [false, true, false]),
            (6, (16, 32), [true, true, false]),
            (8, (16, 32), [false, false, true]),
            // No such orientation.
            (77, (32, 16), [true, false, true]),
        ] {
            let photograph = photograph(orientation);
            assert_eq!(photograph.size(1).unwrap(), size, "{orientation}");
            let shown = photograph.decoded(1).unwrap();
            assert_eq!(shown.dimensions(), size, "{orientation}");
            let (right, lower) = (size.0 - 2, size.1 - 2);
            let found = [(1, 1), (right, 1), (1, lower)].map(|(x, y)| shown.get_pixel(x, y).0[0] < 128);
            assert_eq!(found, black, "{orientation}");
        }
    }
}
