//! A page of a TIFF as its directory describes it, and how its strips or tiles become one picture.

use image::{Rgb, RgbImage};

use super::chunk::{Packing, Samples, Shape};
use super::colour::Colours;
use super::directory::{self, Directory, tag};
use crate::ingest::parse::image_file::{Content, PIXELS, refuse_beyond};
use crate::ingest::parse::page::PageTrouble;

/// How much smaller a very large drawing is made while it is read.
const SHRINK: u32 = 3;
/// Bytes that a strip or a tile unpacks to: a sheet of A1 at 300 to the inch, in four colours, in one piece.
const CHUNK: u64 = PIXELS * 4;
/// The sides that a tile may have on any page, however small.
const TILE: u32 = 1_024;
/// How much farther apart the pixels of a fax are one way than the other.
const STRETCH: f64 = 4.0;

/// A page, described.
pub(super) struct Raster {
    width: u32,
    height: u32,
    /// How it has to be turned and mirrored to be seen, from 1 to 8, as the format counts.
    pub(super) orientation: u64,
    chunk: (u32, u32),
    is_tiled: bool,
    places: Vec<(u64, u64)>,
    packing: Packing,
    colours: Colours,
    /// Each kind of sample has chunks of its own.
    is_planar: bool,
    /// Samples are kept as differences to the one before.
    has_differences: bool,
    lowest_bit_first: bool,
    jpeg_tables: Option<Vec<u8>>,
    stretch: (u32, u32),
}

impl Raster {
    /// What a directory says; nothing of the picture itself is read.
    pub(super) fn of(content: &Content, directory: &Directory) -> Result<Self, PageTrouble> {
        let number = |tag: u16| directory.number(content, tag);
        let side = |tag: u16| number(tag).and_then(|side| u32::try_from(side).ok());
        let sound = |side: &u32| (1..=1 << 20).contains(side);
        let needed = |tag: u16| side(tag).filter(sound).ok_or(PageTrouble::Damaged);
        let (width, height) = (needed(tag::WIDTH)?, needed(tag::HEIGHT)?);
        refuse_beyond(width, height, PIXELS * u64::from(SHRINK * SHRINK))?;
        let colours = Colours::of(content, directory)?;
        let packing = Packing::of(
            number(tag::COMPRESSION).unwrap_or(1),
            number(tag::FAX3_OPTIONS).unwrap_or(0),
        )?;
        let is_planar = number(tag::PLANAR) == Some(2) && colours.samples > 1;
        let form = |detail: &str| PageTrouble::Form {
            detail: detail.to_owned(),
        };
        let odd = match packing {
            Packing::Jpeg => is_planar || colours.bits != 8,
            Packing::Fax(_) => colours.bits != 1 || colours.samples != 1,
            _ => false,
        };
        if odd {
            return Err(form("an unusual mixture of samples and compression"));
        }
        let has_differences = match (number(tag::PREDICTOR).unwrap_or(1), packing) {
            (2, Packing::Lzw | Packing::Deflate) if colours.bits >= 8 => true,
            (1, _) => false,
            (_, Packing::Lzw | Packing::Deflate) => return Err(form("an unusual predictor")),
            _ => false,
        };
        let is_tiled = number(tag::TILE_WIDTH).is_some();
        let (chunk, offsets, bytes) = if is_tiled {
            let chunk = (needed(tag::TILE_WIDTH)?, needed(tag::TILE_HEIGHT)?);
            // Tiles that are mostly not on the page are no work of a scanner.
            if chunk.0 > width.max(TILE) || chunk.1 > height.max(TILE) {
                return Err(PageTrouble::Damaged);
            }
            (chunk, tag::TILE_OFFSETS, tag::TILE_BYTES)
        } else {
            let rows = side(tag::ROWS_PER_STRIP).unwrap_or(u32::MAX).clamp(1, height);
            ((width, rows), tag::STRIP_OFFSETS, tag::STRIP_BYTES)
        };
        let offsets = directory.numbers(content, offsets).ok_or(PageTrouble::Damaged)?;
        let length = content.length().map_err(|_| PageTrouble::Damaged)?;
        let places = match directory.numbers(content, bytes) {
            Some(bytes) => offsets.into_iter().zip(bytes).collect(),
            // Old files do not say where their only strip ends.
            None => offsets
                .into_iter()
                .map(|offset| (offset, length.saturating_sub(offset)))
                .collect(),
        };
        let resolution = |tag: u16| directory.fraction(content, tag);
        let stretch = match (
            resolution(tag::RESOLUTION_ACROSS),
            resolution(tag::RESOLUTION_DOWN),
        ) {
            (Some(across), Some(down)) => (whole(down / across), whole(across / down)),
            _ => (1, 1),
        };
        Ok(Self {
            width,
            height,
            // Any other number turns nothing, and must not turn the sides of the page.
            orientation: number(tag::ORIENTATION)
                .filter(|orientation| (1..=8).contains(orientation))
                .unwrap_or(1),
            chunk,
            is_tiled,
            places,
            packing,
            colours,
            is_planar,
            has_differences,
            lowest_bit_first: number(tag::FILL_ORDER) == Some(2),
            jpeg_tables: directory.bytes(content, tag::JPEG_TABLES),
            stretch,
        })
    }

    /// Width and height as they are kept, in pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// How many times each pixel has to stand beside and below itself for circles to be round: a fax of usual quality
    /// has half as many rows as it has columns.
    pub(super) fn stretch(&self) -> (u32, u32) {
        let (across, down) = self.stretch;
        let pixels = u64::from(self.width) * u64::from(self.height) * u64::from(across * down);
        if pixels > PIXELS { (1, 1) } else { (across, down) }
    }

    /// The picture as it is kept.
    pub(super) fn decoded(&self, content: &Content) -> Result<RgbImage, PageTrouble> {
        let (across, down) = (
            self.width.div_ceil(self.chunk.0),
            self.height.div_ceil(self.chunk.1),
        );
        let in_plane = across as usize * down as usize;
        let planes = if self.is_planar { self.colours.samples } else { 1 };
        if self.places.len() < in_plane * planes {
            return Err(PageTrouble::Damaged);
        }
        let mut canvas = Canvas::of(self.width, self.height);
        for number in 0..in_plane {
            let mut found = Vec::new();
            for plane in 0..planes {
                found.push(self.samples(content, plane * in_plane + number, number, across)?);
            }
            let at = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
            let left = at(number % across as usize) * self.chunk.0;
            let top = at(number / across as usize) * self.chunk.1;
            self.lay(&found, (left, top), &mut canvas);
        }
        Ok(canvas.picture)
    }

    /// The samples of the chunk at `place` in the file; on the page it is the one of this number.
    fn samples(
        &self,
        content: &Content,
        place: usize,
        number: usize,
        across: u32,
    ) -> Result<Samples, PageTrouble> {
        let (width, most_rows) = self.chunk;
        let above = u32::try_from(number / across as usize).unwrap_or(u32::MAX);
        let rows = if self.is_tiled {
            most_rows
        } else {
            most_rows.min(self.height.saturating_sub(above.saturating_mul(most_rows)))
        };
        let in_pixel = if self.is_planar { 1 } else { self.colours.samples };
        let row_bits = u64::from(width) * in_pixel as u64 * u64::from(self.colours.bits);
        let row_bytes = row_bits.div_ceil(8);
        if row_bytes * u64::from(rows) > CHUNK {
            return Err(PageTrouble::PictureTooLarge {
                megapixels: u64::from(width) * u64::from(rows) / 1_000_000,
                limit: PIXELS / 1_000_000,
            });
        }
        let (offset, count) = self.places[place];
        // Nothing is packed to many times its size.
        let count = count.min(row_bytes * u64::from(rows) * 8 + 65_536);
        let mut packed = directory::bytes(content, offset, count).ok_or(PageTrouble::Damaged)?;
        if self.lowest_bit_first && (matches!(self.packing, Packing::Fax(_)) || self.colours.bits < 8) {
            packed.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
        }
        let shape = Shape {
            width,
            rows,
            most_rows,
            row_bytes: usize::try_from(row_bytes).map_err(|_| PageTrouble::Damaged)?,
            tables: self.jpeg_tables.as_deref(),
            is_rgb: self.colours.is_rgb(),
        };
        let mut samples = self.packing.unpack(packed, &shape)?;
        if self.has_differences {
            for row in samples.bytes.chunks_exact_mut(samples.row_bytes) {
                self.add_up(row, in_pixel);
            }
        }
        Ok(samples)
    }

    /// Makes samples of their differences.
    fn add_up(&self, row: &mut [u8], in_pixel: usize) {
        if self.colours.bits == 8 {
            for at in in_pixel..row.len() {
                row[at] = row[at].wrapping_add(row[at - in_pixel]);
            }
            return;
        }
        for at in in_pixel..row.len() / 2 {
            let sum = self
                .colours
                .sample(row, at)
                .wrapping_add(self.colours.sample(row, at - in_pixel));
            row[at * 2..at * 2 + 2].copy_from_slice(&self.colours.kept(sum));
        }
    }

    /// Lays a chunk onto the canvas, as far as it belongs to the page.
    fn lay(&self, planes: &[Samples], (left, top): (u32, u32), canvas: &mut Canvas) {
        let own;
        let colours = match planes[0].channels {
            Some(channels) => {
                own = self.colours.of_jpeg(channels);
                &own
            }
            None => &self.colours,
        };
        let right = left.saturating_add(self.chunk.0).min(self.width);
        let bottom = top.saturating_add(self.chunk.1).min(self.height);
        for y in top..bottom {
            let from = |plane: &Samples| (y - top) as usize * plane.row_bytes;
            let rows: Vec<&[u8]> = planes.iter().map(|plane| &plane.bytes[from(plane)..]).collect();
            for x in left..right {
                let place = (x - left) as usize;
                let colour = colours.colour(|number| {
                    if self.is_planar {
                        colours.sample(rows[number], place)
                    } else {
                        colours.sample(rows[0], place * colours.samples + number)
                    }
                });
                canvas.put(x, y, colour);
            }
        }
    }
}

/// The picture as it grows; smaller than the page where that is very large.
struct Canvas {
    picture: RgbImage,
    shrink: u32,
}

impl Canvas {
    fn of(width: u32, height: u32) -> Self {
        let fits = |shrink: &u32| u64::from(width / shrink) * u64::from(height / shrink) <= PIXELS;
        let shrink = (1..SHRINK).find(fits).unwrap_or(SHRINK);
        Self {
            picture: RgbImage::new((width / shrink).max(1), (height / shrink).max(1)),
            shrink,
        }
    }

    fn put(&mut self, x: u32, y: u32, colour: [u8; 3]) {
        if self.shrink == 1 {
            self.picture.put_pixel(x, y, Rgb(colour));
            return;
        }
        let parts = u8::try_from(self.shrink * self.shrink).unwrap_or(u8::MAX);
        if let Some(pixel) = self
            .picture
            .get_pixel_mut_checked(x / self.shrink, y / self.shrink)
        {
            for (sum, part) in pixel.0.iter_mut().zip(colour) {
                *sum = sum.saturating_add(part / parts);
            }
        }
    }
}

/// How many times as many, to the next whole number.
fn whole(times: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "cut off at both ends"
    )]
    let whole = times.clamp(1.0, STRETCH).round() as u32;
    whole
}
