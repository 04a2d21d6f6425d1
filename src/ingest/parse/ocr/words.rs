//! What a recognition gives: words with their places, and how sure it is of them.

use serde::{Deserialize, Serialize};

use super::gray::Pose;
use super::table::{ReadLine, certainty};
use crate::ingest::parse::PageShape;
use crate::ingest::parse::lines::is_wide;
use crate::ingest::parse::pdf_glyphs::Glyph;
use crate::ingest::parse::pdf_layout::Font;

/// The whole of a side, in the measure in which places are kept.
const WHOLE: f32 = 10_000.0;

/// A page as it was recognised: what is kept of it, so that its lines can be marked later.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Recognised {
    /// Clockwise, in degrees: by how much the page as it is shown has to be turned for its text to be upright.
    turn: u16,
    /// How far its lines then fall to the right, in degrees.
    skew: f32,
    /// How sure the recognition is of the words, in percent, on average.
    confidence: u8,
    words: Vec<Word>,
}

/// A page whose text was recognised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecognisedPage {
    /// The file inside the file, as in [`Locator::part`](crate::domain::Locator::part).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The page of it, from 1.
    pub page: u32,
    /// What was recognised.
    pub words: Recognised,
}

/// A word: its text, the box of it on the upright page, and whether it begins a line. Left and right are
/// ten-thousandths of the page's width, top and bottom of its height.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Word(String, [u16; 4], #[serde(default)] bool);

/// A word that a page has of its own, beside what is recognised on it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::ingest::parse) struct OwnWord {
    pub(in crate::ingest::parse) text: String,
    /// Left, top, right and bottom on the page as it is shown, in points.
    pub(in crate::ingest::parse) bounds: [f32; 4],
    /// Whether it begins a line.
    pub(in crate::ingest::parse) begins: bool,
}

impl OwnWord {
    /// The word among recognised ones, as high and as wide as it is shown, also where they lie on their side.
    fn lying(&self, pose: Pose, width: f32, height: f32) -> Word {
        let [left, top, right, bottom] = self.bounds;
        let (x, y) = pose.straight(((left + right) / 2.0, (top + bottom) / 2.0), width, height);
        let (across, down) = ((right - left) / 2.0, (bottom - top) / 2.0);
        let bounds = [
            share(x - across, width),
            share(y - down, height),
            share(x + across, width),
            share(y + down, height),
        ];
        Word(self.text.clone(), bounds, self.begins)
    }
}

/// A place in the measure in which places are kept.
fn share(place: f32, whole: f32) -> u16 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "cut off at both ends"
    )]
    let share = (place / whole * WHOLE).clamp(0.0, WHOLE) as u16;
    share
}

impl Recognised {
    /// What is believed of the lines of a picture of this size, in pixels.
    pub(super) fn of_lines(lines: &[ReadLine], width: usize, height: usize, pose: Pose) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "pictures are some thousand pixels wide"
        )]
        let (width, height) = (width.max(1) as f32, height.max(1) as f32);
        let mut words = Vec::new();
        for line in lines {
            for (at, word) in line.believed().enumerate() {
                // All words of a line are as high as the line: so they stand on one.
                let bounds = [
                    share(word.left, width),
                    share(line.top, height),
                    share(word.right, width),
                    share(line.bottom, height),
                ];
                words.push(Word(word.text.clone(), bounds, at == 0));
            }
        }
        let certainty = certainty(lines.iter().flat_map(ReadLine::believed));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "percent")]
        let confidence = certainty.clamp(0.0, 100.0) as u8;
        Self {
            turn: pose.turn,
            skew: pose.skew,
            confidence,
            words,
        }
    }

    /// As the store keeps it.
    pub fn kept(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// How sure the recognition is of the words, in percent, on average.
    pub fn confidence(&self) -> u8 {
        self.confidence
    }

    /// Letters and digits that were recognised.
    pub(in crate::ingest::parse) fn letters(&self) -> usize {
        let characters = self.words.iter().flat_map(|word| word.0.chars());
        characters.filter(|character| character.is_alphanumeric()).count()
    }

    /// The characters of the words with their places on a page of this shape, as if they had been drawn: `bounds` in
    /// points on the page as it is shown, from its upper left corner, `upright` as a PDF counts, from below.
    pub(in crate::ingest::parse) fn glyphs(&self, shape: PageShape) -> Vec<Glyph> {
        let (width, height) = self.upright(shape);
        let pose = Pose {
            turn: self.turn,
            skew: self.skew,
        };
        let usual = self.usual_height();
        let mut glyphs = Vec::new();
        for Word(text, [left, top, right, bottom], begins) in &self.words {
            let place = |share: u16, whole: f32| f32::from(share) / WHOLE * whole;
            let (left, right) = (place(*left, width), place(*right, width));
            let (upper, lower) = (place(*top, height), place(*bottom, height));
            // Lines differ in height by what letters they happen to have.
            let tall = f32::from(bottom.saturating_sub(*top)) / usual;
            let size = if (0.72..1.38).contains(&tall) {
                usual
            } else {
                usual * tall
            } / WHOLE
                * height;
            let weight = |character: char| if is_wide(character) { 2.0 } else { 1.0 };
            let whole: f32 = text.chars().map(weight).sum();
            let mut from = left;
            for (at, character) in text.chars().enumerate() {
                let to = from + (right - left) * weight(character) / whole;
                glyphs.push(Glyph {
                    character,
                    bounds: Some(pose.shown([from, upper, to, lower], width, height)),
                    upright: Some([from, -lower, to, -upper]),
                    font: Font { size, bold: false },
                    blank: at == 0 && !begins,
                    breaks: at == 0 && *begins,
                });
                from = to;
            }
        }
        glyphs
    }

    /// These words, as far as `keep` says so of what each says and where it is shown on a page of this shape, among those of
    /// the page's own: the ones on its upper half before them, the others behind.
    pub(in crate::ingest::parse) fn among(
        self,
        own: &[OwnWord],
        shape: PageShape,
        keep: impl Fn(&str, [f32; 4]) -> bool,
    ) -> Self {
        let (width, height) = self.upright(shape);
        let pose = Pose {
            turn: self.turn,
            skew: self.skew,
        };
        let mut words = Vec::with_capacity(self.words.len() + own.len());
        let (above, below): (Vec<_>, Vec<_>) =
            own.iter().partition(|word| word.bounds[1] < shape.height / 2.0);
        words.extend(above.iter().map(|word| word.lying(pose, width, height)));
        let mut begins_line = false;
        for Word(text, bounds, begins) in self.words {
            begins_line |= begins;
            let [left, top, right, bottom] = bounds.map(|share| f32::from(share) / WHOLE);
            let place = [left * width, top * height, right * width, bottom * height];
            if keep(&text, pose.shown(place, width, height)) {
                words.push(Word(text, bounds, std::mem::take(&mut begins_line)));
            }
        }
        words.extend(below.iter().map(|word| word.lying(pose, width, height)));
        Self { words, ..self }
    }

    /// What the words say.
    pub(in crate::ingest::parse) fn texts(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.0.as_str())
    }

    /// Width and height of a page of this shape as it is read.
    fn upright(&self, shape: PageShape) -> (f32, f32) {
        if self.turn % 180 == 90 {
            (shape.height, shape.width)
        } else {
            (shape.width, shape.height)
        }
    }

    /// The height that most letters have.
    fn usual_height(&self) -> f32 {
        let mut heights: Vec<u16> = Vec::new();
        for Word(text, [_, top, _, bottom], _) in &self.words {
            heights.extend(std::iter::repeat_n(
                bottom.saturating_sub(*top),
                text.chars().count(),
            ));
        }
        heights.sort_unstable();
        f32::from(heights.get(heights.len() / 2).copied().unwrap_or(1).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::lines_of;
    use super::*;

    fn read() -> Recognised {
        Recognised::of_lines(&lines_of(TABLE), 1_000, 2_000, Pose::default())
    }

    const TABLE: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
        1\t1\t0\t0\t0\t0\t0\t0\t1000\t2000\t-1\t\n\
        4\t1\t1\t1\t1\t0\t100\t200\t500\t40\t-1\t\n\
        5\t1\t1\t1\t1\t1\t100\t205\t200\t30\t96.5\tClamping\n\
        5\t1\t1\t1\t1\t2\t320\t200\t100\t40\t80.5\t压力\n\
        5\t1\t1\t1\t1\t3\t440\t200\t100\t40\t12.0\t~~\n\
        4\t1\t1\t1\t2\t0\t100\t300\t500\t40\t-1\t\n\
        5\t1\t1\t1\t2\t1\t100\t300\t200\t40\t90.0\t\"63\tbar\n";

    #[test]
    fn the_table_gives_words_in_lines_and_specks_are_left_out() {
        let read = read();
        let words: Vec<(&str, bool)> = read.words.iter().map(|word| (word.0.as_str(), word.2)).collect();
        assert_eq!(words, [("Clamping", true), ("压力", false), ("\"63\tbar", true)]);
        assert_eq!(read.words[0].1, [1_000, 1_000, 3_000, 1_200]);
        assert_eq!(read.confidence(), 91);
    }

    #[test]
    fn characters_share_the_box_of_their_word_by_their_width() {
        let read = read();
        let shape = PageShape {
            width: 500.0,
            height: 1_000.0,
        };
        let glyphs = read.glyphs(shape);
        assert_eq!(glyphs[0].bounds, Some([50.0, 100.0, 62.5, 120.0]));
        assert_eq!(glyphs[0].upright, Some([50.0, -120.0, 62.5, -100.0]));
        assert!(glyphs[0].breaks && glyphs[8].blank && !glyphs[9].blank);
        assert_eq!(glyphs[8].bounds, Some([160.0, 100.0, 185.0, 120.0]));
    }

    #[test]
    fn words_of_the_page_itself_stand_before_and_behind_and_what_is_left_out_leaves_its_line_begun() {
        let shape = PageShape {
            width: 500.0,
            height: 1_000.0,
        };
        let own = |text: &str, top: f32| OwnWord {
            text: text.to_owned(),
            bounds: [50.0, top, 100.0, top + 10.0],
            begins: true,
        };
        let keep = |text: &str, [left, top, ..]: [f32; 4]| {
            text != "Clamping" || (left - 50.0).abs() > 0.1 || (top - 100.0).abs() > 0.1
        };
        let both = read().among(&[own("printed", 900.0), own("COPY", 20.0)], shape, keep);
        let words: Vec<(&str, bool)> = both.words.iter().map(|word| (word.0.as_str(), word.2)).collect();
        assert_eq!(
            words,
            [
                ("COPY", true),
                ("压力", true),
                ("\"63\tbar", true),
                ("printed", true)
            ]
        );
        assert_eq!(both.words[0].1, [1_000, 200, 2_000, 300]);
    }

    #[test]
    fn a_line_that_ends_above_its_beginning_does_no_harm() {
        let odd = "\n4\t1\t1\t1\t1\t0\t100\t200\t500\t-40\t-1\t\n5\t1\t1\t1\t1\t1\t100\t205\t200\t-30\t96.5\tBolt\n";
        let read = Recognised::of_lines(&lines_of(odd), 1_000, 2_000, Pose::default());
        let shape = PageShape {
            width: 500.0,
            height: 1_000.0,
        };
        assert_eq!(read.glyphs(shape).len(), 4);
        super::super::hostile::glyphs(odd.as_bytes());
    }

    #[test]
    fn it_is_kept_in_few_bytes() {
        let read = read();
        let kept = serde_json::to_string(&read).unwrap();
        assert!(
            kept.contains(r#"["Clamping",[1000,1000,3000,1200],true]"#),
            "{kept}"
        );
        assert_eq!(serde_json::from_str::<Recognised>(&kept).unwrap(), read);
    }
}
