//! A strip or a tile: its bytes as they are packed in the file, and what they unpack to.

use std::io::{Cursor, Read};

use image::codecs::jpeg::JpegDecoder;
use image::{DynamicImage, ImageDecoder};
use weezl::BitOrder;

use super::fax::{self, Coding};
use crate::ingest::parse::page::PageTrouble;

/// How pages are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    Plain,
    /// Runs of bytes.
    PackBits,
    /// LZW.
    Lzw,
    /// Deflate with zlib's head.
    Deflate,
    /// JPEG, new style: each chunk is one.
    Jpeg,
    /// As fax machines do.
    Fax(Coding),
}

/// Samples of a chunk, row by row.
pub(super) struct Samples {
    pub(super) bytes: Vec<u8>,
    /// From one row to the next.
    pub(super) row_bytes: usize,
    /// Where the packing itself knows what the samples are: how many of eight bits a pixel has.
    pub(super) channels: Option<usize>,
}

/// What a chunk should be.
pub(super) struct Shape<'page> {
    pub(super) width: u32,
    pub(super) rows: u32,
    /// Rows that the last strip may have as well, though less are left of the page.
    pub(super) most_rows: u32,
    pub(super) row_bytes: usize,
    /// Tables that all chunks of a JPEG share.
    pub(super) tables: Option<&'page [u8]>,
    /// The colours of a JPEG are red, green and blue, though it does not say so.
    pub(super) is_rgb: bool,
}

impl Packing {
    /// By the number in the directory, and by the options of G3.
    pub(super) fn of(number: u64, fax3_options: u64) -> Result<Self, PageTrouble> {
        Ok(match number {
            1 => Self::Plain,
            2 => Self::Fax(Coding::Plain),
            3 => Self::Fax(Coding::G3 {
                two_dimensional: fax3_options & 1 == 1,
            }),
            4 => Self::Fax(Coding::G4),
            5 => Self::Lzw,
            7 => Self::Jpeg,
            8 | 32_946 => Self::Deflate,
            32_773 => Self::PackBits,
            number => {
                return Err(PageTrouble::Form {
                    detail: format!("compression {number}"),
                });
            }
        })
    }

    /// Unpacks a chunk. Never more than its shape asks for.
    pub(super) fn unpack(self, packed: Vec<u8>, shape: &Shape<'_>) -> Result<Samples, PageTrouble> {
        let wanted = shape.row_bytes * shape.rows as usize;
        let mut bytes = match self {
            Self::Plain => packed,
            Self::PackBits => runs(&packed, wanted),
            Self::Lzw => lzw(&packed, wanted),
            Self::Deflate => {
                let mut bytes = Vec::new();
                // What came before an error is looked at below.
                let _ = flate2::read::ZlibDecoder::new(packed.as_slice())
                    .take(wanted as u64)
                    .read_to_end(&mut bytes);
                bytes
            }
            Self::Fax(coding) => {
                fax::rows(&packed, coding, shape.width, shape.rows).ok_or(PageTrouble::Damaged)?
            }
            Self::Jpeg => return jpeg(&packed, shape),
        };
        if bytes.len() < wanted {
            return Err(PageTrouble::Damaged);
        }
        bytes.truncate(wanted);
        Ok(Samples {
            bytes,
            row_bytes: shape.row_bytes,
            channels: None,
        })
    }
}

/// PackBits: a number, and so many bytes, or one byte so many times.
fn runs(packed: &[u8], wanted: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(wanted);
    let mut rest = packed;
    while let [head, after @ ..] = rest
        && bytes.len() < wanted
    {
        rest = match (usize::from(*head), after) {
            (count @ 0..=127, _) if count < after.len() => {
                bytes.extend_from_slice(&after[..=count]);
                &after[count + 1..]
            }
            (count @ 129..=255, [byte, after @ ..]) => {
                bytes.extend(std::iter::repeat_n(*byte, 257 - count));
                after
            }
            (128, _) => after,
            _ => break,
        };
    }
    bytes
}

fn lzw(packed: &[u8], wanted: usize) -> Vec<u8> {
    // Old files count their bits from the other end and widen their codes later; they begin with this.
    let mut decoder = match packed {
        [0, second, ..] if second & 1 == 1 => weezl::decode::Decoder::new(BitOrder::Lsb, 8),
        _ => weezl::decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8),
    };
    let mut bytes = vec![0; wanted];
    let (mut read, mut written) = (0, 0);
    while written < wanted {
        let step = decoder.decode_bytes(&packed[read..], &mut bytes[written..]);
        read += step.consumed_in;
        written += step.consumed_out;
        if step.status.is_err() || step.consumed_in + step.consumed_out == 0 {
            break;
        }
    }
    bytes.truncate(written);
    bytes
}

fn jpeg(packed: &[u8], shape: &Shape<'_>) -> Result<Samples, PageTrouble> {
    // The tables are a JPEG of their own without a picture; its end and the beginning of this one fall away.
    let body = packed.strip_prefix(&[0xff, 0xd8]).ok_or(PageTrouble::Damaged)?;
    let mut file = vec![0xff, 0xd8];
    if shape.is_rgb {
        // Adobe's mark: the colours were not turned into brightness and tint.
        file.extend_from_slice(b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00");
    }
    if let Some(tables) = shape.tables {
        let inside = tables.strip_prefix(&[0xff, 0xd8]).unwrap_or(tables);
        file.extend_from_slice(inside.strip_suffix(&[0xff, 0xd9]).unwrap_or(inside));
    }
    file.extend_from_slice(body);
    let decoder = JpegDecoder::new(Cursor::new(file)).map_err(|_| PageTrouble::Damaged)?;
    let (width, height) = decoder.dimensions();
    // Chunks are filled up to whole blocks.
    let sound = |has: u32, needs: u32, most: u32| has >= needs && has <= most.saturating_add(64);
    if !sound(width, shape.width, shape.width) || !sound(height, shape.rows, shape.most_rows) {
        return Err(PageTrouble::Damaged);
    }
    let (channels, bytes) = match DynamicImage::from_decoder(decoder).map_err(|_| PageTrouble::Damaged)? {
        DynamicImage::ImageLuma8(gray) => (1, gray.into_raw()),
        colours => (3, colours.into_rgb8().into_raw()),
    };
    Ok(Samples {
        bytes,
        row_bytes: width as usize * channels,
        channels: Some(channels),
    })
}
