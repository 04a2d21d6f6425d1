//! The words that stand on a scan as text: a stamp, mostly, or a text layer. They are exact, so they stay beside what is
//! recognised on the page, and what is recognised of them is left out.

use pdfium_render::prelude::PdfPage;

use super::ocr::{OwnWord, Recognised};
use super::pdf_glyphs::Glyph;
use super::picture::{PageShape, shown_on};

/// What is recognised beside a stamp must be as certain, in percent,
const CERTAIN: u8 = 40;
/// and have as many letters, and one for every so many of the stamp: a picture behind a page of text has specks too.
const LEAST: usize = 12;
const ONE_FOR: usize = 5;
/// The share of what is recognised, in percent, that the page must say of itself to be taken for its text.
const SAME: usize = 60;

/// The words that a page has of its own.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Stamp {
    words: Vec<OwnWord>,
    /// Where each of their characters is shown: words may run across the page.
    places: Vec<[f32; 4]>,
    /// All they say, without anything but letters and digits.
    letters: String,
}

impl Stamp {
    /// The words of a page.
    pub(super) fn on(page: &PdfPage<'_>, shape: PageShape, glyphs: &[Glyph]) -> Self {
        let shown = shown_on(page, shape);
        let place = |glyph: &Glyph| {
            let [left, bottom, right, top] = glyph.bounds?;
            let (one, other) = (shown(left, bottom)?, shown(right, top)?);
            Some([
                one.0.min(other.0),
                one.1.min(other.1),
                one.0.max(other.0),
                one.1.max(other.1),
            ])
        };
        Self::of(glyphs.iter().map(|glyph| (glyph, place(glyph))))
    }

    fn of<'glyph>(glyphs: impl Iterator<Item = (&'glyph Glyph, Option<[f32; 4]>)>) -> Self {
        let mut stamp = Self::default();
        // With how high the highest of its characters is.
        let mut words: Vec<(OwnWord, f32)> = Vec::new();
        for (glyph, place) in glyphs {
            stamp.letters.extend(compared(glyph.character));
            stamp.places.extend(place);
            match (words.last_mut(), place) {
                (Some((word, highest)), place) if !glyph.blank && !glyph.breaks => {
                    word.text.push(glyph.character);
                    if let Some(place) = place {
                        word.bounds = around(word.bounds, place);
                        *highest = highest.max(place[3] - place[1]);
                    }
                }
                (_, Some(place)) => words.push((
                    OwnWord {
                        text: glyph.character.to_string(),
                        bounds: place,
                        begins: glyph.breaks,
                    },
                    place[3] - place[1],
                )),
                _ => {}
            }
        }
        stamp.words = words.into_iter().map(|(word, high)| level(word, high)).collect();
        stamp
    }

    /// The stamp with what is recognised beside it; nothing where that is the stamp alone, or nothing to be relied on.
    pub(super) fn beside(&self, read: Recognised, shape: PageShape) -> Option<Recognised> {
        if read.confidence() < CERTAIN || self.says(&read) {
            return None;
        }
        let own = self.words.iter().flat_map(|word| word.text.chars());
        let before = own.filter(|character| character.is_alphanumeric()).count();
        let both = read.among(&self.words, shape, |_, bounds| !self.is_at(bounds));
        let more = both.letters().saturating_sub(before);
        (more >= LEAST.max(before / ONE_FOR)).then_some(both)
    }

    /// Whether what is recognised is what the page says of itself.
    pub(super) fn says(&self, read: &Recognised) -> bool {
        let (mut all, mut same) = (0, 0);
        for text in read.texts() {
            let word: String = text.chars().flat_map(compared).collect();
            all += word.len();
            if self.letters.contains(&word) {
                same += word.len();
            }
        }
        same * 100 >= all * SAME
    }

    /// Whether a recognised word stands where a character does that is about as high.
    fn is_at(&self, [left, top, right, bottom]: [f32; 4]) -> bool {
        let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
        self.places.iter().any(|place| {
            let high = place[3] - place[1];
            // Between two words there is a blank.
            let near = (place[0] - high / 2.0..place[2] + high / 2.0).contains(&x)
                && (place[1]..place[3]).contains(&y);
            near && (0.4..2.5).contains(&((bottom - top) / high.max(0.1)))
        })
    }
}

/// What counts of a character where words are compared.
fn compared(character: char) -> impl Iterator<Item = char> {
    let counts = character.is_alphanumeric();
    character.to_lowercase().filter(move |_| counts)
}

/// The box around two.
fn around(one: [f32; 4], other: [f32; 4]) -> [f32; 4] {
    [
        one[0].min(other[0]),
        one[1].min(other[1]),
        one[2].max(other[2]),
        one[3].max(other[3]),
    ]
}

/// A word that runs across the page, as if it stood on a line in its middle: so it does not reach into all others.
fn level(word: OwnWord, high: f32) -> OwnWord {
    let [left, top, right, bottom] = word.bounds;
    if bottom - top < high * 2.0 {
        return word;
    }
    let middle = (top + bottom) / 2.0;
    OwnWord {
        bounds: [left, middle - high / 2.0, right, middle + high / 2.0],
        ..word
    }
}

#[cfg(test)]
mod tests {
    use super::super::pdf_layout::Font;
    use super::*;

    const SHAPE: PageShape = PageShape {
        width: 600.0,
        height: 800.0,
    };

    /// Words of one line each as recognition gives them: what they say, and how far from the upper edge.
    fn read(words: &[(&str, u32)]) -> Recognised {
        let words: Vec<String> = words
            .iter()
            .map(|(text, top)| {
                let share = |points: u32, whole: u32| points * 10_000 / whole;
                let right = 60 + 6 * u32::try_from(text.len()).unwrap();
                format!(
                    r#"["{text}",[{},{},{},{}],true]"#,
                    share(60, 600),
                    share(*top, 800),
                    share(right, 600),
                    share(top + 12, 800)
                )
            })
            .collect();
        let kept = format!(
            r#"{{"turn":0,"skew":0.0,"confidence":91,"words":[{}]}}"#,
            words.join(",")
        );
        serde_json::from_str(&kept).unwrap()
    }

    /// A stamp of one line, as far from the upper edge; each character 6 points wide and 12 high, `up` higher than the
    /// one before.
    fn stamp(text: &str, top: f32, up: f32) -> Stamp {
        let font = Font {
            size: 12.0,
            bold: false,
        };
        let glyphs: Vec<(Glyph, Option<[f32; 4]>)> = (0_u8..)
            .zip(text.chars())
            .filter(|(_, character)| *character != ' ')
            .map(|(at, character)| {
                let (left, top) = (60.0 + 6.0 * f32::from(at), top - up * f32::from(at));
                let glyph = Glyph {
                    character,
                    bounds: None,
                    upright: None,
                    font,
                    blank: at > 0 && text.as_bytes()[usize::from(at) - 1] == b' ',
                    breaks: at == 0,
                };
                (glyph, Some([left, top, left + 6.0, top + 12.0]))
            })
            .collect();
        Stamp::of(glyphs.iter().map(|(glyph, place)| (glyph, *place)))
    }

    fn said(read: &Recognised) -> String {
        read.texts().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_stamp_stays_as_it_is_beside_what_is_recognised_and_is_not_said_twice() {
        let stamp = stamp("UNCONTROLLED COPY printed 2026-03-01", 760.0, 0.0);
        let both = stamp.beside(
            read(&[("Spindle lubrication", 100), ("UNC0NTROLLED COPY printed", 761)]),
            SHAPE,
        );
        assert_eq!(
            said(&both.unwrap()),
            "Spindle lubrication UNCONTROLLED COPY printed 2026-03-01"
        );
    }

    #[test]
    fn a_text_layer_and_a_picture_without_words_leave_the_page_as_it_is() {
        let layer = stamp("The spindle of the lathe is lubricated", 100.0, 0.0);
        // A layer that is out of place says the same all the same.
        let reread = read(&[("spindle of the", 300), ("lathe is lubricated", 320)]);
        assert_eq!(layer.beside(reread.clone(), SHAPE), None);
        assert!(layer.says(&reread));
        assert_eq!(layer.beside(read(&[("Il|", 300), ("oo", 500)]), SHAPE), None);
        assert_eq!(layer.beside(Recognised::default(), SHAPE), None);
        assert!(!layer.says(&read(&[("something else entirely", 300)])));
    }

    #[test]
    fn a_word_that_runs_across_the_page_hides_nothing_and_stands_on_one_line() {
        let across = stamp("UNCONTROLLED", 600.0, 30.0);
        let [_, top, _, bottom] = across.words[0].bounds;
        assert!((bottom - top - 12.0).abs() < 0.01, "{top} {bottom}");
        let both = across
            .beside(read(&[("Spindle lubrication", 400)]), SHAPE)
            .unwrap();
        assert!(said(&both).contains("Spindle lubrication"), "{}", said(&both));
    }
}
