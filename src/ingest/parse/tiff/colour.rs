//! From the samples of a pixel to its colour.

use crate::ingest::parse::image_file::{Content, laid_on_white};
use crate::ingest::parse::page::PageTrouble;

use super::directory::{Directory, tag};

/// What the samples of a page mean.
#[derive(Debug)]
pub(super) struct Colours {
    meaning: Meaning,
    /// Bits of a sample.
    pub(super) bits: u32,
    /// Samples of a pixel.
    pub(super) samples: usize,
    /// They are kept as brightness and tint, inside JPEG.
    is_ycbcr: bool,
    /// What can be seen through, and how its colours are kept.
    alpha: Option<Alpha>,
    /// Of sixteen bits the upper eight count; they are here.
    little: bool,
}

#[derive(Debug)]
enum Meaning {
    Gray { white_is_zero: bool },
    Rgb,
    Palette(Vec<[u8; 3]>),
    Cmyk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alpha {
    /// Colours are as they are.
    Straight,
    /// Colours are what shines through already.
    Multiplied,
}

impl Colours {
    /// As the directory says.
    pub(super) fn of(content: &Content, directory: &Directory) -> Result<Self, PageTrouble> {
        let number = |tag: u16, usual: u64| directory.number(content, tag).unwrap_or(usual);
        let bits = directory.numbers(content, tag::BITS).unwrap_or_else(|| vec![1]);
        let samples = usize::try_from(number(tag::SAMPLES, 1)).unwrap_or(usize::MAX);
        let first = bits.first().copied().unwrap_or(1);
        let form = |detail: String| PageTrouble::Form { detail };
        if !(1..=8).contains(&samples) {
            return Err(PageTrouble::Damaged);
        }
        if !matches!(first, 1 | 2 | 4 | 8 | 16) || bits.iter().any(|bits| *bits != first) {
            return Err(form(format!("{first} bits a sample")));
        }
        // Without a word, and with one that nobody writes, they are whole numbers.
        if matches!(number(tag::SAMPLE_FORMAT, 1), 2 | 3) {
            return Err(form("samples that are no whole numbers".to_owned()));
        }
        let fax = matches!(number(tag::COMPRESSION, 1), 2..=4);
        let (meaning, needed) = match number(tag::PHOTOMETRIC, u64::from(!fax)) {
            0 => (Meaning::Gray { white_is_zero: true }, 1),
            // A mask says what is seen: as good as white.
            1 | 4 => (Meaning::Gray { white_is_zero: false }, 1),
            2 => (Meaning::Rgb, 3),
            3 => (Meaning::Palette(palette(content, directory)?), 1),
            5 => (Meaning::Cmyk, 4),
            // Inside JPEG this is its own affair.
            6 if number(tag::COMPRESSION, 1) == 7 => (Meaning::Rgb, 3),
            number => return Err(form(format!("colours of kind {number}"))),
        };
        if samples < needed {
            return Err(PageTrouble::Damaged);
        }
        let alpha = match number(tag::EXTRA_SAMPLES, 0) {
            1 if samples > needed => Some(Alpha::Multiplied),
            2 if samples > needed => Some(Alpha::Straight),
            _ => None,
        };
        Ok(Self {
            meaning,
            bits: u32::try_from(first).unwrap_or(8),
            samples,
            is_ycbcr: number(tag::PHOTOMETRIC, 1) == 6,
            alpha,
            little: directory.form.little,
        })
    }

    /// Whether pixels are kept as red, green and blue.
    pub(super) fn is_rgb(&self) -> bool {
        matches!(self.meaning, Meaning::Rgb) && !self.is_ycbcr
    }

    /// The same for samples that come from a JPEG, which has turned its own into brightness or into red, green and blue.
    pub(super) fn of_jpeg(&self, channels: usize) -> Self {
        let meaning = match self.meaning {
            Meaning::Gray { white_is_zero } if channels == 1 => Meaning::Gray { white_is_zero },
            _ if channels == 1 => Meaning::Gray { white_is_zero: false },
            _ => Meaning::Rgb,
        };
        Self {
            meaning,
            bits: 8,
            samples: channels,
            is_ycbcr: false,
            alpha: None,
            little: self.little,
        }
    }

    /// The sample `number` of a row, as it is kept.
    pub(super) fn sample(&self, row: &[u8], number: usize) -> u16 {
        match self.bits {
            16 => {
                let pair = [row[number * 2], row[number * 2 + 1]];
                if self.little {
                    u16::from_le_bytes(pair)
                } else {
                    u16::from_be_bytes(pair)
                }
            }
            8 => row[number].into(),
            bits => {
                let bits = bits as usize;
                let place = number * bits;
                let mask = (1_u16 << bits) - 1;
                (u16::from(row[place / 8]) >> (8 - bits - place % 8)) & mask
            }
        }
    }

    /// A sample of sixteen bits as it is kept.
    pub(super) fn kept(&self, sample: u16) -> [u8; 2] {
        if self.little {
            sample.to_le_bytes()
        } else {
            sample.to_be_bytes()
        }
    }

    /// The colour of a pixel whose samples these are.
    pub(super) fn colour(&self, sample: impl Fn(usize) -> u16) -> [u8; 3] {
        let shade = |number: usize| self.shade(sample(number));
        let (colour, needed) = match &self.meaning {
            Meaning::Gray { white_is_zero } => {
                let shade = shade(0);
                ([if *white_is_zero { 255 - shade } else { shade }; 3], 1)
            }
            Meaning::Rgb => ([shade(0), shade(1), shade(2)], 3),
            Meaning::Palette(colours) => {
                let colour = colours.get(usize::from(sample(0)));
                (colour.copied().unwrap_or([255; 3]), 1)
            }
            Meaning::Cmyk => {
                let black = 255 - u16::from(shade(3));
                let light = |ink: u8| u8::try_from((255 - u16::from(ink)) * black / 255).unwrap_or(255);
                ([light(shade(0)), light(shade(1)), light(shade(2))], 4)
            }
        };
        match self.alpha {
            None => colour,
            Some(Alpha::Straight) => colour.map(|colour| laid_on_white(colour, shade(needed))),
            Some(Alpha::Multiplied) => colour.map(|colour| colour.saturating_add(255 - shade(needed))),
        }
    }

    /// A sample as one of eight bits.
    fn shade(&self, sample: u16) -> u8 {
        let shade = match self.bits {
            16 => sample >> 8,
            bits => sample * 255 / ((1 << bits) - 1),
        };
        u8::try_from(shade).unwrap_or(u8::MAX)
    }
}

/// All reds, then all greens, then all blues, of sixteen bits each.
fn palette(content: &Content, directory: &Directory) -> Result<Vec<[u8; 3]>, PageTrouble> {
    let numbers = directory
        .numbers(content, tag::PALETTE)
        .ok_or(PageTrouble::Damaged)?;
    let colours = numbers.len() / 3;
    // Some programs write eight bits into each of the sixteen.
    let wide = numbers.iter().any(|part| *part > 255);
    let part = |at: usize| u8::try_from(if wide { numbers[at] >> 8 } else { numbers[at] }).unwrap_or(255);
    Ok((0..colours)
        .map(|at| [part(at), part(at + colours), part(at + 2 * colours)])
        .collect())
}
