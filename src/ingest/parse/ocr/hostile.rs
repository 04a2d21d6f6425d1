//! What must hold of a page of recognised words, whatever the table says that tesseract wrote: see
//! [`super::super::hostile`], which lays the page out.

use super::gray::Pose;
use super::table::{doubts_latin, lines_of, surer, whole_certainty};
use super::words::Recognised;
use crate::ingest::parse::PageShape;
use crate::ingest::parse::pdf_glyphs::Glyph;

/// A page of A4, in points.
const SHAPE: PageShape = PageShape {
    width: 595.0,
    height: 842.0,
};

/// The characters of a page. Of `data` three bytes say how large the picture was and how it lay; then follow the table
/// and, behind a byte of zero, one of the same picture in another language.
pub(in crate::ingest::parse) fn glyphs(data: &[u8]) -> Vec<Glyph> {
    let (head, tables) = data.split_at(data.len().min(3));
    let [width, height, lies] = [0, 1, 2].map(|at| head.get(at).copied().unwrap_or(0));
    let pose = Pose {
        turn: u16::from(lies % 4) * 90,
        skew: f32::from(lies) / 64.0 - 2.0,
    };
    let mut tables = tables.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let lines = tables.next().map(|table| lines_of(&table)).unwrap_or_default();
    assert!(!whole_certainty(&lines).is_nan());
    let lines = match tables.next() {
        Some(other) if doubts_latin(&lines) => surer(lines, &lines_of(&other)),
        _ => lines,
    };
    let page = Recognised::of_lines(&lines, usize::from(width) * 16, usize::from(height) * 16, pose);
    assert!(page.confidence() <= 100, "{}", page.confidence());
    let kept = page.kept().expect("what was recognised can be kept");
    let page: Recognised = serde_json::from_str(&kept).expect("what is kept can be read");
    assert_eq!(page.kept(), Some(kept));
    let glyphs = page.glyphs(SHAPE);
    for place in glyphs.iter().filter_map(|glyph| glyph.bounds).flatten() {
        assert!(place.abs() < 10_000.0, "a character at {place}");
    }
    glyphs
}
