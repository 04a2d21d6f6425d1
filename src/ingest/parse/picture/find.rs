//! Finds cited words again among the characters of a page. Pure.
//!
//! What the parser made of the page reads otherwise than its characters do: blanks, hyphens at the ends of lines and
//! the borders of cells differ. So both are compared without them, and letter by letter else. Words are marked only
//! where it is certain that they are the cited ones: of several places that read the same, what stands around them
//! decides, and where that does not decide either, none is marked.

mod across;

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::CitedText;
use crate::domain::Span;
use crate::ingest::parse::lines::is_wide;
use crate::ingest::parse::pdf_glyphs::Glyph;

pub(super) use across::Across;

/// Letters of the surroundings that one place must agree in more than another to be preferred.
const CLEARLY: usize = 4;
/// Letters of the surroundings that are looked at on each side.
const AROUND: usize = 600;
/// The share of the cited letters that must be found, in percent, where cells of a table are looked for one by one.
const ENOUGH: usize = 70;
/// Letters that a cell must have for the others of its row to be looked for around it.
const ANCHOR: usize = 6;

/// A letter as it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Letter {
    character: char,
    /// Which character of the text or of the page it comes from.
    at: usize,
    /// Whether it continues a word: no blank before it, no end of a line.
    glued: bool,
}

/// What the parser read, with what is cited in it.
struct Text {
    letters: Vec<Letter>,
    /// Ends of lines.
    lines: Vec<usize>,
    /// Borders between cells.
    borders: Vec<usize>,
}

/// A page in one of the orders in which it can be read.
struct Page<'glyphs> {
    glyphs: &'glyphs [Glyph],
    letters: Vec<Letter>,
}

/// For every span that is found, the characters of `glyphs` that it takes up. `orders` are the orders in which the page
/// can be read, the likelier first; the places in them are those of `glyphs`.
pub(super) fn find(glyphs: &[Glyph], orders: &[Vec<usize>], cited: &CitedText) -> Vec<Vec<usize>> {
    let text = Text::of(&cited.text);
    let pages: Vec<Page<'_>> = orders.iter().map(|order| Page::of(glyphs, order)).collect();
    let found = |span: &Span| {
        let quote = within(&text.letters, *span);
        if quote.is_empty() {
            return None;
        }
        let whole = |page| Some((page, vec![whole(page, &text.letters, &quote)?]));
        let parts = |page| Some((page, line_by_line(page, &text, &quote)?));
        let (page, ranges) = pages
            .iter()
            .find_map(whole)
            .or_else(|| pages.iter().find_map(parts))?;
        let letters = ranges.into_iter().flat_map(|range| &page.letters[range]);
        let mut places: Vec<usize> = letters.map(|letter| letter.at).collect();
        // A ligature is several letters.
        places.dedup();
        Some(places)
    };
    cited.spans.iter().filter_map(found).collect()
}

impl Text {
    fn of(text: &str) -> Self {
        let mut letters = Vec::with_capacity(text.len());
        let mut glued = false;
        for (at, character) in text.chars().enumerate() {
            glued = push(&mut letters, character, at, glued);
        }
        let all = |wanted: char| {
            let characters = text.chars().enumerate();
            characters
                .filter(|(_, character)| *character == wanted)
                .map(|(at, _)| at)
                .collect()
        };
        Self {
            letters,
            lines: all('\n'),
            borders: all('|'),
        }
    }
}

impl<'glyphs> Page<'glyphs> {
    fn of(glyphs: &'glyphs [Glyph], order: &[usize]) -> Self {
        let mut letters = Vec::with_capacity(order.len());
        let mut before: Option<usize> = None;
        let mut glued = false;
        for at in order.iter().copied() {
            let Some(glyph) = glyphs.get(at) else { continue };
            glued &= !glyph.blank && !glyph.breaks && before.is_some_and(|before| before + 1 == at);
            glued = push(&mut letters, glyph.character, at, glued);
            before = Some(at);
        }
        Self { glyphs, letters }
    }

    /// From where to where letters reach upwards, on a page that stands upright.
    fn heights(&self, range: &Range<usize>) -> Option<(f32, f32)> {
        let bounds = self.letters[range.clone()]
            .iter()
            .filter_map(|letter| self.glyphs[letter.at].upright);
        bounds
            .map(|[_, bottom, _, top]| (bottom, top))
            .reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }
}

/// Adds what counts of a character; says whether the next one would continue its word.
fn push(letters: &mut Vec<Letter>, character: char, at: usize, glued: bool) -> bool {
    let mut glued = glued;
    for character in std::iter::once(character).nfkd() {
        if !counts(character) {
            // A hyphen joins the word before it and the one after.
            glued &= !character.is_whitespace() && character != '|';
            continue;
        }
        let in_word = character.is_alphanumeric() && !is_wide(character);
        letters.push(Letter {
            character,
            at,
            glued: glued && in_word,
        });
        glued = in_word;
    }
    glued
}

/// Whether a character is compared: none that a parser adds or leaves out.
fn counts(character: char) -> bool {
    !(character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '-' | '|'
                | '\u{ad}'
                | '\u{2010}'..='\u{2015}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2064}'
                | '\u{feff}'
                | '\u{fffe}'
                | '\u{ffff}'
                | '\u{e000}'..='\u{f8ff}'
        ))
}

/// The letters of some characters of a text.
fn within(text: &[Letter], span: Span) -> Range<usize> {
    let start = text.partition_point(|letter| letter.at < span.start as usize);
    let end = text.partition_point(|letter| letter.at < span.end as usize);
    start..end.max(start)
}

/// Where the quote stands on the page in one piece.
fn whole(page: &Page, text: &[Letter], quote: &Range<usize>) -> Option<Range<usize>> {
    let places = places(&page.letters, text, quote);
    let start = the_one(&page.letters, text, quote, &places)?;
    Some(start..start + quote.len())
}

/// Every place at which the page reads as the quote does, not in the middle of a word where the quote is not.
fn places(page: &[Letter], text: &[Letter], quote: &Range<usize>) -> Vec<usize> {
    let wanted = &text[quote.clone()];
    let Some(first) = wanted.first() else {
        return Vec::new();
    };
    let ends_glued = text.get(quote.end).is_some_and(|next| next.glued);
    (0..(page.len() + 1).saturating_sub(wanted.len()))
        .filter(|start| {
            let here = &page[*start..*start + wanted.len()];
            let after = page.get(start + wanted.len());
            here[0].character == first.character
                && (!here[0].glued || first.glued)
                && (ends_glued || !after.is_some_and(|next| next.glued))
                && here
                    .iter()
                    .zip(wanted)
                    .all(|(one, other)| one.character == other.character)
        })
        .collect()
}

/// Which of several places is the cited one.
fn the_one(page: &[Letter], text: &[Letter], quote: &Range<usize>, places: &[usize]) -> Option<usize> {
    if let [only] = places {
        return Some(*only);
    }
    let mut ranked: Vec<(usize, usize)> = places
        .iter()
        .map(|start| (agreement(page, text, quote, *start), *start))
        .collect();
    ranked.sort_by_key(|(agreement, _)| std::cmp::Reverse(*agreement));
    let (best, second) = (ranked.first()?, ranked.get(1)?);
    if best.0 >= second.0 + CLEARLY {
        return Some(best.1);
    }
    // As often as it reads so before and after the quote in the text, so often it must on the page.
    let in_text = self::places(text, text, quote);
    let number = in_text.iter().position(|start| *start == quote.start)?;
    (in_text.len() == places.len()).then(|| places[number])
}

/// How many letters before and after agree.
fn agreement(page: &[Letter], text: &[Letter], quote: &Range<usize>, start: usize) -> usize {
    let same = |(one, other): &(&Letter, &Letter)| one.character == other.character;
    let before = text[..quote.start].iter().rev().zip(page[..start].iter().rev());
    let after = text[quote.end..].iter().zip(&page[start + quote.len()..]);
    before.take(AROUND).take_while(same).count() + after.take(AROUND).take_while(same).count()
}

/// Where the lines of the quote stand, one by one, and of rows the cells: the page may hold other lines between them,
/// or the lines of one cell between those of the next.
fn line_by_line(page: &Page, text: &Text, quote: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::new();
    let mut letters = 0;
    for line in cut(text, quote, &text.lines) {
        if let Some(range) = whole(page, &text.letters, &line) {
            letters += range.len();
            found.push(range);
            continue;
        }
        let cells = row(page, text, &line);
        // Two cells at one height are their row, also where a sheet shows its dates and numbers in another form.
        letters += match cells.as_slice() {
            [_, _, ..] => line.len(),
            cells => cells.iter().map(Range::len).sum(),
        };
        found.extend(cells);
    }
    (letters * 100 >= quote.len() * ENOUGH).then_some(found)
}

/// Where the cells of a row stand: the longest that is found wherever its surroundings say, the others beside it.
fn row(page: &Page, text: &Text, row: &Range<usize>) -> Vec<Range<usize>> {
    let cells = cut(text, row, &text.borders);
    let mut anchors: Vec<&Range<usize>> = cells.iter().filter(|cell| cell.len() >= ANCHOR).collect();
    anchors.sort_by_key(|cell| std::cmp::Reverse(cell.len()));
    let Some(anchor) = anchors
        .into_iter()
        .filter(|_| cells.len() > 1)
        .find_map(|anchor| whole(page, &text.letters, anchor))
    else {
        return Vec::new();
    };
    let Some((low, high)) = page.heights(&anchor) else {
        return Vec::new();
    };
    let beside = |range: &Range<usize>| {
        page.heights(range)
            .is_some_and(|(bottom, top)| bottom < high && top > low)
    };
    let mut found = vec![anchor.clone()];
    for cell in &cells {
        let near: Vec<Range<usize>> = places(&page.letters, &text.letters, cell)
            .into_iter()
            .map(|start| start..start + cell.len())
            .filter(beside)
            .collect();
        // The anchor is found again here; of two places nobody knows which is meant.
        if let [only] = near.as_slice()
            && *only != anchor
        {
            found.push(only.clone());
        }
    }
    found
}

/// The letters of `quote` cut at `borders`, which are characters of the text.
fn cut(text: &Text, quote: &Range<usize>, borders: &[usize]) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut piece_of_last = None;
    for place in quote.clone() {
        let piece = borders.partition_point(|border| *border < text.letters[place].at);
        match pieces.last_mut() {
            Some(last) if piece_of_last == Some(piece) => last.end = place + 1,
            _ => pieces.push(place..place + 1),
        }
        piece_of_last = Some(piece);
    }
    pieces
}
