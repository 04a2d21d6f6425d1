//! On which of many pages something stands. Pure.
//!
//! A page on which all of it stands comes first, then one that holds most of its lines, then one on which it begins. Of
//! pages that are equal in this, what stands around it decides; where that does not decide either, none is named.

use std::ops::Range;

use super::{ANCHOR, CLEARLY, Page, Text, agreement, cut, places, within};
use crate::domain::Span;
use crate::ingest::parse::pdf_glyphs::Glyph;
use crate::ingest::parse::picture::CitedText;

/// Letters with which it must begin on a page, where it does not stand there as a whole.
const BEGINNING: usize = 16;
/// The share of a line's letters that must be found, in percent, where its cells are looked for one by one.
const MOST_OF_A_LINE: usize = 70;

/// Looks at one page after another for what is cited.
pub(in crate::ingest::parse::picture) struct Across {
    text: Text,
    quotes: Vec<Range<usize>>,
    seen: Vec<Seen>,
}

/// What of it stands on a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Seen {
    page: u32,
    /// Letters of quotes that stand there whole.
    whole: usize,
    /// Letters around them that agree.
    around: usize,
    /// Letters of lines that stand there.
    lines: usize,
    /// Letters with which it begins there.
    beginning: usize,
    /// What of it is to be marked there.
    marked: Vec<Range<usize>>,
}

impl Across {
    /// Looks for this.
    pub(in crate::ingest::parse::picture) fn new(cited: &CitedText) -> Self {
        let text = Text::of(&cited.text);
        let quotes = cited.spans.iter().map(|span| within(&text.letters, *span));
        Self {
            quotes: quotes.filter(|quote| !quote.is_empty()).collect(),
            text,
            seen: Vec::new(),
        }
    }

    /// Whether there is anything to look for.
    pub(in crate::ingest::parse::picture) fn is_needed(&self) -> bool {
        !self.quotes.is_empty()
    }

    /// Looks at a page, in the orders in which it can be read.
    pub(in crate::ingest::parse::picture) fn look(
        &mut self,
        page: u32,
        glyphs: &[Glyph],
        orders: &[Vec<usize>],
    ) {
        let best = orders
            .iter()
            .map(|order| self.seen_on(page, &Page::of(glyphs, order)))
            .max_by_key(|seen| (seen.whole, seen.around, seen.lines, seen.beginning));
        self.seen
            .extend(best.filter(|seen| seen.whole + seen.lines + seen.beginning > 0));
    }

    /// The page, and what of the text is to be marked on it.
    pub(in crate::ingest::parse::picture) fn found(self) -> Option<(u32, Vec<Span>)> {
        let best = the_best(&self.seen, |seen| seen.whole)
            .or_else(|| the_best(&self.seen, |seen| seen.lines))
            .or_else(|| the_best(&self.seen, |seen| seen.beginning))?;
        let letters = &self.text.letters;
        let span = |range: &Range<usize>| {
            let (first, last) = (letters.get(range.start)?, letters.get(range.end.checked_sub(1)?)?);
            Some(Span {
                start: u32::try_from(first.at).ok()?,
                end: u32::try_from(last.at + 1).ok()?,
            })
        };
        Some((best.page, best.marked.iter().filter_map(span).collect()))
    }

    fn seen_on(&self, number: u32, page: &Page) -> Seen {
        let mut seen = Seen {
            page: number,
            ..Seen::default()
        };
        for quote in &self.quotes {
            let around = |start: &usize| agreement(&page.letters, &self.text.letters, quote, *start);
            let places = places(&page.letters, &self.text.letters, quote);
            if let Some(around) = places.iter().map(around).max() {
                seen.whole += quote.len();
                seen.around += around;
                seen.marked.push(quote.clone());
                continue;
            }
            let lines = cut(&self.text, quote, &self.text.lines);
            let lines: Vec<Range<usize>> = lines
                .into_iter()
                .filter(|line| self.line_is_on(page, line))
                .collect();
            seen.lines += lines.iter().map(Range::len).sum::<usize>();
            if lines.is_empty() {
                let beginning = self.beginning_on(page, quote);
                seen.beginning += beginning.len();
                seen.marked.extend((!beginning.is_empty()).then_some(beginning));
            }
            seen.marked.extend(lines);
        }
        seen
    }

    fn line_is_on(&self, page: &Page, line: &Range<usize>) -> bool {
        let is_on = |part: &Range<usize>| {
            part.len() >= ANCHOR && !places(&page.letters, &self.text.letters, part).is_empty()
        };
        if is_on(line) {
            return true;
        }
        let cells = cut(&self.text, line, &self.text.borders);
        let found: usize = cells.iter().filter(|cell| is_on(cell)).map(Range::len).sum();
        cells.len() > 1 && found > 0 && found * 100 >= line.len() * MOST_OF_A_LINE
    }

    /// As much of the quote, from its beginning, as stands on the page; empty where that is too little to tell.
    fn beginning_on(&self, page: &Page, quote: &Range<usize>) -> Range<usize> {
        let stands = |letters: usize| {
            let part = quote.start..quote.start + letters;
            !places(&page.letters, &self.text.letters, &part).is_empty()
        };
        let none = quote.start..quote.start;
        if quote.len() < BEGINNING {
            return none;
        }
        // In the middle of a word it is not looked for: of every length the next one that ends a word.
        let ends: Vec<usize> = (BEGINNING..quote.len())
            .filter(|letters| !self.text.letters[quote.start + letters].glued)
            .collect();
        let found = ends.partition_point(|letters| stands(*letters));
        match found.checked_sub(1) {
            Some(last) => quote.start..quote.start + ends[last],
            None => none,
        }
    }
}

/// The page with the most, if there is one that clearly is it.
fn the_best(seen: &[Seen], counted: impl Fn(&Seen) -> usize) -> Option<&Seen> {
    let most = seen.iter().map(&counted).max().filter(|most| *most > 0)?;
    let mut equal: Vec<&Seen> = seen.iter().filter(|seen| counted(seen) == most).collect();
    equal.sort_by_key(|seen| std::cmp::Reverse(seen.around));
    match equal.as_slice() {
        [only] => Some(*only),
        [first, second, ..] if first.around >= second.around + CLEARLY => Some(*first),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::parse::pdf_layout::Font;

    fn glyphs(text: &str) -> Vec<Glyph> {
        let (mut blank, mut breaks) = (false, true);
        let mut glyphs = Vec::new();
        for character in text.chars() {
            match character {
                '\n' => breaks = true,
                ' ' => blank = true,
                character => {
                    let font = Font {
                        size: 10.0,
                        bold: false,
                    };
                    glyphs.push(Glyph {
                        character,
                        bounds: None,
                        upright: None,
                        font,
                        blank,
                        breaks,
                    });
                    (blank, breaks) = (false, false);
                }
            }
        }
        glyphs
    }

    fn found(pages: &[&str], text: &str, quote: &str) -> Option<(u32, Vec<String>)> {
        let characters: Vec<char> = text.chars().collect();
        let start = text[..text.find(quote).unwrap()].chars().count();
        let span = Span {
            start: start as u32,
            end: (start + quote.chars().count()) as u32,
        };
        let mut across = Across::new(&CitedText {
            text: text.to_owned(),
            spans: vec![span],
        });
        for (number, page) in (1..).zip(pages) {
            let glyphs = glyphs(page);
            across.look(number, &glyphs, &[(0..glyphs.len()).collect()]);
        }
        let (page, spans) = across.found()?;
        let marked = spans.iter().map(|span| {
            characters[span.start as usize..span.end as usize]
                .iter()
                .collect()
        });
        Some((page, marked.collect()))
    }

    #[test]
    fn the_page_on_which_a_sentence_stands_is_found() {
        let pages = [
            "Wear goggles.",
            "The lathe is oiled\nevery 250 hours.",
            "Sweep the chips.",
        ];
        let sentence = "The lathe is oiled every 250 hours.";
        assert_eq!(
            found(&pages, sentence, sentence),
            Some((2, vec![sentence.to_owned()]))
        );
        assert_eq!(
            found(&pages, "Nobody says this here.", "Nobody says this here."),
            None
        );
    }

    #[test]
    fn of_two_pages_that_say_the_same_what_stands_around_it_decides_and_else_none_is_named() {
        let pages = ["Press A\nStop the machine.", "Press B\nStop the machine."];
        let text = "Press B\nStop the machine.";
        assert_eq!(
            found(
                &["Lathe\nStop the machine.", "Press B\nStop the machine."],
                text,
                "Stop the machine."
            ),
            Some((2, vec!["Stop the machine.".to_owned()]))
        );
        assert_eq!(found(&pages, "Stop the machine.", "Stop the machine."), None);
    }

    #[test]
    fn a_sentence_that_goes_on_on_the_next_page_is_marked_where_it_begins() {
        let pages = [
            "Intro. Every tool is measured before",
            "Page 2\nthe shift and after it.",
        ];
        let text = "Every tool is measured before the shift and after it.";
        assert_eq!(
            found(&pages, text, text),
            Some((1, vec!["Every tool is measured before".to_owned()]))
        );
    }

    #[test]
    fn of_rows_on_two_pages_those_are_marked_that_stand_on_the_one_with_more() {
        let pages = ["Bolt M8 25 Nm", "Part Torque\nBolt M10 49 Nm\nBolt M12 85 Nm"];
        let text = "| Bolt M8 | 25 Nm |\n| Bolt M10 | 49 Nm |\n| Bolt M12 | 85 Nm |";
        let (page, rows) = found(&pages, text, text).unwrap();
        assert_eq!((page, rows.len()), (2, 2), "{rows:?}");
    }
}
