//! TIFF, the format of office scanners and of fax: the chain of its directories, each of which is a page. What is in
//! them is read in the files below; the codes of LZW, Deflate, JPEG and fax are other people's crates.
//!
//! A page that is damaged costs that page. Whatever a file says is held against its length and against limits before
//! memory is taken for it.

mod chunk;
mod colour;
mod directory;
mod fax;
mod raster;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::io;

use image::{RgbImage, imageops};

use super::image_file::Content;
use super::page::PageTrouble;
use directory::{Directory, Form, tag};
use raster::Raster;

/// Directories that are followed: more than any limit on pages allows.
const DIRECTORIES: usize = 40_000;
/// Bits of `NewSubfileType`: a small copy of another page, and a mask for one.
const NO_PAGE: u64 = 0b101;

/// A file of pages, opened. It keeps where they are, not what is in them.
pub(super) struct Tiff {
    form: Form,
    /// Where the directory of each page begins; nothing where the chain leads to none.
    pages: Vec<Option<u64>>,
}

impl Tiff {
    /// Whether a file that begins so is a TIFF.
    pub(super) fn begins(beginning: &[u8]) -> bool {
        Form::of(beginning).is_some()
    }

    /// Follows the chain of directories.
    pub(super) fn open(content: &Content) -> io::Result<Self> {
        let mut header = [0; 16];
        let length = content.read_at(&mut header, 0)?;
        let no_tiff = || io::Error::new(io::ErrorKind::InvalidData, "it begins like no TIFF");
        let form = Form::of(&header[..length]).ok_or_else(no_tiff)?;
        let mut next = form.first(&header).ok_or_else(no_tiff)?;
        let (mut pages, mut others) = (Vec::new(), Vec::new());
        // A chain that leads back to where it was ends there.
        let mut seen = HashSet::new();
        while next != 0 && seen.insert(next) && seen.len() <= DIRECTORIES {
            let Some((directory, after)) = Directory::read(content, form, next) else {
                pages.push(None);
                break;
            };
            let kind = directory.number(content, tag::SUBFILE).unwrap_or(0);
            if kind & NO_PAGE == 0 {
                pages.push(Some(next));
            } else {
                others.push(Some(next));
            }
            match after {
                Some(after) => next = after,
                None => {
                    pages.push(None);
                    break;
                }
            }
        }
        let pages = if pages.is_empty() { others } else { pages };
        if pages.iter().all(Option::is_none) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the list of its pages cannot be read",
            ));
        }
        Ok(Self { form, pages })
    }

    /// How many pages there are.
    pub(super) fn pages(&self) -> u32 {
        u32::try_from(self.pages.len()).unwrap_or(u32::MAX)
    }

    /// The sides of a page as it is shown, in pixels.
    pub(super) fn size(&self, content: &Content, page: u32) -> Result<(u32, u32), PageTrouble> {
        let raster = Raster::of(content, &self.directory(content, page)?)?;
        let (across, down) = raster.stretch();
        let (width, height) = raster.size();
        let (width, height) = (width.saturating_mul(across), height.saturating_mul(down));
        Ok(if raster.orientation >= 5 {
            (height, width)
        } else {
            (width, height)
        })
    }

    /// The colours of a page as it is shown; a very large one smaller than it is.
    pub(super) fn decoded(&self, content: &Content, page: u32) -> Result<RgbImage, PageTrouble> {
        let raster = Raster::of(content, &self.directory(content, page)?)?;
        let picture = raster.decoded(content)?;
        let picture = match raster.stretch() {
            (1, 1) => picture,
            (across, down) => RgbImage::from_fn(picture.width() * across, picture.height() * down, |x, y| {
                *picture.get_pixel(x / across, y / down)
            }),
        };
        Ok(match raster.orientation {
            2 => imageops::flip_horizontal(&picture),
            3 => imageops::rotate180(&picture),
            4 => imageops::flip_vertical(&picture),
            5 => imageops::flip_horizontal(&imageops::rotate90(&picture)),
            6 => imageops::rotate90(&picture),
            7 => imageops::flip_horizontal(&imageops::rotate270(&picture)),
            8 => imageops::rotate270(&picture),
            _ => picture,
        })
    }

    fn directory(&self, content: &Content, page: u32) -> Result<Directory, PageTrouble> {
        let at = page.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        let offset = at.and_then(|at| self.pages.get(at).copied().flatten());
        let (directory, _) = offset
            .and_then(|offset| Directory::read(content, self.form, offset))
            .ok_or(PageTrouble::Damaged)?;
        Ok(directory)
    }
}
