//! Signs of Markdown in a text that is still being written: `**strong**`, `*stressed*`, `` `code` ``, items of lists. They
//! are taken out of the text and said beside it; whatever is no sign of these stays text, as two underlines do, which are
//! parts of names. A sentence is given before its line ends: where it opens what is strong and more follows in the line,
//! that goes on until the line ends; where nothing follows, a sign that nothing closes is text. Pure and incremental.

use std::cmp::Reverse;

use crate::domain::{Block, Formatting, Language, Span, Style, Styled};

/// What may set words apart, or looks as if, the longer ones first.
const SIGNS: [(&str, Style); 5] = [
    ("**", Style::Strong),
    (UNDERLINES, Style::Strong),
    ("*", Style::Emphasis),
    ("_", Style::Emphasis),
    ("`", Style::Code),
];

/// Markdown has a second way to say that something is strong. Nobody writes it so, but many names hold it: `__DATE__`.
const UNDERLINES: &str = "__";

/// Longer numbers begin no item.
const LONGEST_NUMBER: usize = 3;

fn style_of(sign: &str) -> Style {
    SIGNS
        .iter()
        .find(|(known, _)| *known == sign)
        .map_or(Style::Code, |(_, style)| *style)
}

/// A sign that was taken out of a text.
#[derive(Debug, Clone, Copy)]
struct Taken {
    sign: &'static str,
    /// Where it stood, in bytes of the text without signs.
    at: usize,
    opens: bool,
}

/// The signs of the sentences that are not complete yet, and how these go on from those before.
#[derive(Debug, Default)]
pub(super) struct Signs {
    taken: Vec<Taken>,
    /// What is strong since a sentence before, in the same line.
    carried: Option<&'static str>,
    /// Whether the next sentence begins within a line.
    within_line: bool,
    /// Whether an empty line is before it.
    after_gap: bool,
    block: Block,
}

impl Signs {
    /// The sign with which a text begins, if it does. Of three asterisks that one is first which closes what was opened last.
    pub fn first_of(&self, text: &str) -> Option<&'static str> {
        let mut opened = self.taken.iter().rev().filter(|taken| taken.opens);
        let innermost = opened.find(|taken| self.is_open(taken.sign));
        if text.starts_with("***") && innermost.is_some_and(|taken| taken.sign == "*") {
            return Some("*");
        }
        let mut signs = SIGNS.iter().map(|(sign, _)| *sign);
        signs.find(|sign| text.starts_with(sign))
    }

    /// Takes `sign` out, which stands behind the `text` so far and before `after`; false where it is no sign but text.
    pub fn take(&mut self, sign: &'static str, text: &str, after: Option<char>) -> bool {
        let style = style_of(sign);
        if sign == UNDERLINES || style != Style::Code && self.is_open("`") {
            return false;
        }
        let before = text.chars().next_back();
        let begins_line = text[text.trim_end().len()..].contains('\n');
        let open = self.is_open(sign) && !begins_line;
        let stands = |beside: Option<char>| beside.is_some_and(|beside| !beside.is_whitespace());
        let counts = if open {
            // `M8*1.25` holds none, but `**停机**后` and `**Note:**text` do.
            style != Style::Emphasis || stands(before) && !joins(sign, after)
        } else {
            // `**) not for M8` is a note.
            let closing = style == Style::Strong && after.is_some_and(is_closing);
            stands(after) && !closing && !joins(sign, before)
        };
        if counts {
            self.taken.push(Taken {
                sign,
                at: text.len(),
                opens: !open,
            });
        }
        // What closes nothing says nothing either, where it cannot be a power or a rule.
        let idle = style == Style::Strong && stands(before) && !stands(after) && !joins(sign, before);
        counts || idle
    }

    /// An empty line stands here.
    pub fn leave_a_line(&mut self) {
        self.after_gap = true;
    }

    /// The text was cut back to `length` bytes.
    pub fn cut(&mut self, length: usize) {
        for taken in &mut self.taken {
            taken.at = taken.at.min(length);
        }
    }

    fn is_open(&self, sign: &str) -> bool {
        let last = self.taken.iter().rev().find(|taken| taken.sign == sign);
        last.map_or(self.carried == Some(sign), |taken| taken.opens)
    }

    /// The sentence that is `whole`, the first `whole.len()` bytes of the text, without what stands around it, and how it
    /// is set. Signs without a partner are text again. `last`: whether nothing of the text follows.
    pub fn complete(&mut self, whole: &str, last: bool) -> (String, Formatting) {
        let end = whole.len();
        // What closes right behind the sentence belongs to it, what opens there to the next one.
        let next = |taken: &Taken| taken.at > end || taken.at == end && taken.opens;
        let later = self.taken.iter().position(next).unwrap_or(self.taken.len());
        let later = self.taken.split_off(later);
        let here = std::mem::replace(&mut self.taken, later);
        for taken in &mut self.taken {
            taken.at -= end;
        }
        let ends_line = whole[whole.trim_end().len()..].contains('\n');
        let goes_on = !ends_line && !last;
        let (text, spans, left_open) = paired(whole, &here, self.carried.take(), goes_on);
        self.carried = left_open.filter(|_| goes_on);
        let (start, length, block) = bare(&text, !self.within_line);
        let (block, begins) = match block {
            Some(block) => (block, true),
            None if self.after_gap => (Block::Paragraph, true),
            None => (self.block, false),
        };
        let mut styles: Vec<Styled> = spans
            .into_iter()
            .filter_map(|(from, to, style)| styled(&text, start, start + length, from, to, style))
            .collect();
        styles.sort_by_key(|styled| (styled.span.start, Reverse(styled.span.end), styled.style));
        styles.dedup();
        let formatting = Formatting {
            block,
            begins,
            styles,
        };
        let gap = whole[whole.trim_end().len()..].matches('\n').count() > 1;
        if text[start..start + length].chars().any(char::is_alphanumeric) {
            self.block = block;
            self.after_gap = gap;
        } else {
            self.after_gap |= gap;
        }
        self.within_line = !ends_line;
        (text[start..start + length].to_owned(), formatting)
    }
}

/// Whether a letter or digit beside a sign makes one word of both: then it is a multiplication, or a part of a name. Writing
/// without spaces between words joins nothing.
fn joins(sign: &str, beside: Option<char>) -> bool {
    beside.is_some_and(|beside| beside.is_alphanumeric() && (sign.starts_with('_') || !runs_on(beside)))
}

fn runs_on(character: char) -> bool {
    Language::is_han(character) || matches!(character, '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7af}')
}

/// A text, what stands out in it from byte to byte, and what is strong until its end.
type Paired = (String, Vec<(usize, usize, Style)>, Option<&'static str>);

/// The text of a sentence with the signs that have no partner back in it, but for what makes it strong where the line
/// `goes_on`: then that may go on in the next sentence.
fn paired(whole: &str, signs: &[Taken], carried: Option<&'static str>, goes_on: bool) -> Paired {
    let mut partner = vec![false; signs.len()];
    let mut pairs: Vec<(Option<usize>, usize)> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut carried = carried;
    for (place, taken) in signs.iter().enumerate() {
        if taken.opens {
            open.push(place);
            continue;
        }
        let before = open.iter().rposition(|before| signs[*before].sign == taken.sign);
        if let Some(before) = before.map(|before| open.remove(before)) {
            (partner[before], partner[place]) = (true, true);
            pairs.push((Some(before), place));
        } else if carried == Some(taken.sign) {
            carried = None;
            partner[place] = true;
            pairs.push((None, place));
        }
    }
    let strong = |place: &usize| style_of(signs[*place].sign) == Style::Strong;
    let left = open
        .into_iter()
        .find(strong)
        .filter(|_| goes_on && carried.is_none());
    let mut text = String::with_capacity(whole.len());
    let mut places = Vec::with_capacity(signs.len());
    let mut copied = 0;
    for (place, taken) in signs.iter().enumerate() {
        text.push_str(&whole[copied..taken.at]);
        copied = taken.at;
        places.push(text.len());
        if !partner[place] && left != Some(place) {
            text.push_str(taken.sign);
        }
    }
    text.push_str(&whole[copied..]);
    let mut spans: Vec<(usize, usize, Style)> = pairs
        .into_iter()
        .map(|(from, to)| {
            (
                from.map_or(0, |from| places[from]),
                places[to],
                style_of(signs[to].sign),
            )
        })
        .collect();
    let left = carried
        .map(|sign| (0, sign))
        .or(left.map(|place| (places[place], signs[place].sign)));
    spans.extend(left.map(|(from, _)| (from, text.len(), Style::Strong)));
    let left_open = left.map(|(_, sign)| sign);
    (text, spans, left_open)
}

/// Where the sentence itself begins in a text, its length, and the item that begins with it, if one does: without white
/// space, and without the sign of a heading or an item before it.
fn bare(text: &str, begins_line: bool) -> (usize, usize, Option<Block>) {
    let rest = text.trim_start().trim_start_matches('#').trim_start();
    let bullet = ["- ", "* ", "• ", "– "]
        .iter()
        .find_map(|sign| rest.strip_prefix(sign));
    let (rest, block) = match (bullet, numbered(rest)) {
        (Some(rest), _) => (rest, begins_line.then_some(Block::Item)),
        (None, Some((number, rest))) if begins_line => (rest, Some(Block::Numbered(number))),
        _ => (rest, None),
    };
    let rest = rest.trim_start();
    (text.len() - rest.len(), rest.trim_end().len(), block)
}

/// What closes something: nothing strong begins with it.
fn is_closing(character: char) -> bool {
    ".,;:!?)]}»”’…。，、；：！？）】〉》」』".contains(character)
}

fn stands_before_strong(character: char) -> bool {
    character.is_whitespace() || is_closing(character)
}

/// The number of an item, and what follows it: `1. `, `1) `, `1、`.
fn numbered(text: &str) -> Option<(u32, &str)> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    if !(1..=LONGEST_NUMBER).contains(&digits) {
        return None;
    }
    let (number, rest) = text.split_at(digits);
    let rest = rest.strip_prefix('、').or_else(|| {
        let rest = rest.strip_prefix(['.', ')'])?;
        rest.strip_prefix(char::is_whitespace)
    })?;
    (!rest.trim().is_empty()).then_some((number.parse().ok()?, rest))
}

/// A span in characters of the part of `text` from `start` to `end`, if some of it lies there.
fn styled(text: &str, start: usize, end: usize, from: usize, to: usize, style: Style) -> Option<Styled> {
    let (from, to) = (from.clamp(start, end), to.clamp(start, end));
    // Strong is only what could be typed so again.
    let from = match style {
        Style::Strong => to - text[from..to].trim_start_matches(stands_before_strong).len(),
        Style::Emphasis | Style::Code => from,
    };
    let (from, to) = (
        to - text[from..to].trim_start().len(),
        from + text[from..to].trim_end().len(),
    );
    if from >= to {
        return None;
    }
    let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let span = Span {
        start: count(&text[start..from]),
        end: count(&text[start..to]),
    };
    Some(Styled { span, style })
}
