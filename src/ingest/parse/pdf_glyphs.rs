//! The characters of a PDF page with their places, and the lines that they make.

use pdfium_render::prelude::{PdfPageText, PdfPageTextChar};

use super::pdf_layout::{self, Font, Fragment, Line};

/// A character that is seen, with what stood before it.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub(super) character: char,
    /// Left, bottom, right and top on the page, in points; some characters have no place.
    pub(super) bounds: Option<[f32; 4]>,
    /// The same where words run from left to right: the page is turned whose words run up or down.
    pub(super) upright: Option<[f32; 4]>,
    pub(super) font: Font,
    /// A blank stands before it.
    pub(super) blank: bool,
    /// A line ends before it.
    pub(super) breaks: bool,
}

/// The lines of a page in the order in which the file draws them, cut into cells where a gap is wide.
pub(super) fn lines_of(glyphs: &[Glyph]) -> Vec<Line> {
    let mut fragments: Vec<Fragment> = Vec::new();
    let mut current: Option<Fragment> = None;
    for (at, glyph) in glyphs.iter().enumerate() {
        if glyph.breaks {
            fragments.extend(current.take());
        }
        let Some(bounds) = glyph.upright else {
            if let Some(fragment) = &mut current {
                fragment.text.push(glyph.character);
                fragment.range.end = at + 1;
            }
            continue;
        };
        match &mut current {
            Some(fragment) if fragment.goes_on_with(bounds) => {
                fragment.push(glyph.character, bounds, glyph.blank, glyph.font);
                fragment.range.end = at + 1;
            }
            _ => {
                let mut begun = Fragment::begin(glyph.character, bounds, glyph.font);
                begun.range = at..at + 1;
                fragments.extend(current.replace(begun));
            }
        }
    }
    fragments.extend(current);
    pdf_layout::lines(fragments)
}

/// The characters of a page in the order in which the file draws them.
pub(super) fn glyphs_of(text: &PdfPageText<'_>) -> Vec<Glyph> {
    let mut glyphs: Vec<Glyph> = Vec::new();
    let (mut blank, mut breaks) = (false, true);
    let mut high_surrogate = None;
    let mut font = Font {
        size: 0.0,
        bold: false,
    };
    for glyph in text.chars().iter() {
        let Some(character) = character_of(&glyph, &mut high_surrogate) else {
            continue;
        };
        if matches!(character, '\r' | '\n') {
            breaks = true;
        } else if character.is_whitespace() {
            blank = true;
        } else {
            let bounds = glyph.loose_bounds().ok().map(|bounds| {
                [
                    bounds.left().value,
                    bounds.bottom().value,
                    bounds.right().value,
                    bounds.top().value,
                ]
            });
            if blank || breaks {
                // Asked once a word: the answers are slow.
                let size = glyph.scaled_font_size().value.abs();
                let height = bounds.map_or(1.0, |bounds| bounds[3] - bounds[1]);
                font = Font {
                    size: if size > 0.5 { size } else { height },
                    bold: is_bold(&glyph),
                };
            }
            glyphs.push(Glyph {
                character,
                bounds,
                upright: bounds,
                font,
                blank,
                breaks,
            });
            (blank, breaks) = (false, false);
        }
    }
    turn_upright(&mut glyphs);
    glyphs
}

/// Turns a page whose words run up or down, as wide tables on tall paper do, so that they run from left to right.
fn turn_upright(glyphs: &mut [Glyph]) {
    let (mut along, mut up, mut down) = (0u32, 0u32, 0u32);
    for pair in glyphs.windows(2) {
        if let (Some(one), Some(other), false) = (pair[0].bounds, pair[1].bounds, pair[1].breaks) {
            let (across, upwards) = (other[0] - one[0], other[1] - one[1]);
            if across.abs() >= upwards.abs() {
                along += 1;
            } else if upwards > 0.0 {
                up += 1;
            } else {
                down += 1;
            }
        }
    }
    if up.max(down) <= along * 2 {
        return;
    }
    for glyph in glyphs {
        glyph.upright = glyph.bounds.map(|[left, bottom, right, top]| {
            if up > down {
                [bottom, -right, top, -left]
            } else {
                [-top, left, -bottom, right]
            }
        });
    }
}

/// pdfium hands out UTF-16: characters beyond the basic plane come in two.
fn character_of(glyph: &PdfPageTextChar<'_>, high: &mut Option<u16>) -> Option<char> {
    let value = glyph.unicode_value();
    match (u16::try_from(value), high.take()) {
        (Ok(unit @ 0xd800..=0xdbff), _) => {
            *high = Some(unit);
            None
        }
        (Ok(low @ 0xdc00..=0xdfff), Some(first)) => char::decode_utf16([first, low]).next()?.ok(),
        // What pdfium takes for a hyphen at the end of a line.
        _ if value == 2 => Some('-'),
        _ => char::from_u32(value).filter(|character| *character != '\0'),
    }
}

fn is_bold(glyph: &PdfPageTextChar<'_>) -> bool {
    let name = glyph.font_name().to_lowercase();
    [
        "bold", "black", "heavy", "demi", "simhei", "heiti", "cmbx", "-medi",
    ]
    .iter()
    .any(|mark| name.contains(mark))
}
