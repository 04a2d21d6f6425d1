//! The figures and codes of a sentence, with what they count. Pure.

use super::figures::{figure_of_word, han_counts, han_figures, is_span, normal};
use super::terms::carries_sense;
use crate::domain::Language;

/// A figure or a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Figure {
    /// In one spelling.
    pub value: String,
    /// The beginning of the word behind it that it counts, if it counts one.
    pub unit: String,
    /// What it counts, or how it is written: only figures of one kind can stand in each other's places.
    pub kind: String,
}

/// The figures and codes of a text, in order; behind them, in order, those in Chinese numerals.
pub(super) fn figures(text: &str) -> Vec<Figure> {
    let mut found: Vec<Figure> = figure_tokens(text)
        .into_iter()
        .map(|token| token.figure)
        .collect();
    found.extend(han_counts(text).filter_map(|counted| {
        let value = han_figures(counted).into_iter().next()?;
        let unit = counted.chars().next_back()?;
        Some(Figure {
            kind: kind_of(unit.encode_utf8(&mut [0; 4]), &value),
            unit: unit.to_string(),
            value,
        })
    }));
    found
}

/// The text without its figures, and without what they count.
pub(super) fn without_figures(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    for token in figure_tokens(text) {
        if token.start >= at {
            rest.push_str(&text[at..token.start]);
            rest.push(' ');
            at = token.unit_end;
        }
    }
    rest.push_str(&text[at.min(text.len())..]);
    rest
}

/// A figure where it stands.
struct Token {
    start: usize,
    end: usize,
    /// Where the word ends that it counts.
    unit_end: usize,
    figure: Figure,
}

fn figure_tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find(is_word) {
        let start = at + offset;
        let run = text[start..].find(|letter: char| !is_word(letter) && !SIGNS.contains(&letter));
        let end = run.map_or(text.len(), |length| start + length);
        let word = text[start..end].trim_end_matches(|letter: char| !is_word(letter));
        at = end;
        let mut end = start + word.len();
        let mut number = word;
        // `25Nm` is a number with its unit.
        if word.starts_with(|first: char| first.is_ascii_digit())
            && let Some(letters) = word.find(char::is_alphabetic)
        {
            number = word[..letters].trim_end_matches(|letter: char| !is_word(letter));
            end = start + number.len();
            at = start + letters;
        }
        let digits = number.chars().any(|letter| letter.is_ascii_digit());
        let counted = figure_of_word(number);
        if !digits && counted.is_none() {
            continue;
        }
        let plain = number
            .chars()
            .all(|letter| letter.is_ascii_digit() || letter == '.' || letter == ',');
        let after = text[end..].trim_start_matches([' ', '-', '\u{a0}']);
        let unit = match after.chars().next().filter(|_| plain || counted.is_some()) {
            Some(first) if Language::is_han(first) => &after[..first.len_utf8()],
            Some(first) if first.is_alphabetic() => counted_word(after),
            Some(first @ ('%' | '°' | '€' | '$')) => &after[..first.len_utf8()],
            _ => "",
        };
        let (value, kind) = match counted {
            Some(value) => (value.to_owned(), kind_of(unit, value)),
            None if plain => (normal(number), kind_of(unit, number)),
            None => (number.to_lowercase(), form(number)),
        };
        let figure = Figure {
            value,
            unit: beginning(unit),
            kind,
        };
        found.push(Token {
            start,
            end,
            unit_end: text.len() - after.len() + unit.len(),
            figure,
        });
    }
    found
}

/// The word that `text` begins with, if it can be counted: `from` cannot.
fn counted_word(text: &str) -> &str {
    let word = &text[..text.find(|letter: char| !is_word(letter)).unwrap_or(text.len())];
    if carries_sense(word) { word } else { "" }
}

/// The signs within codes and figures, but for those that part figures which stand in each other's places: `5+3` are two.
const SIGNS: [char; 6] = ['-', '.', ',', ':', '/', '_'];
/// Letters of a unit that are looked at: `month` and `months` are one.
const UNIT: usize = 3;
/// Chinese words for how long begin with these.
const TIMES: [char; 7] = ['秒', '分', '小', '天', '周', '月', '年'];

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() && !Language::is_han(letter)
}

/// Numbers are of one kind if they count the same, or both say how long; bare ones if they have as many digits.
fn kind_of(unit: &str, number: &str) -> String {
    const TIME: &str = "time";
    if unit.is_empty() {
        return "9".repeat(number.len());
    }
    if is_span(unit) || unit.starts_with(TIMES) {
        return TIME.to_owned();
    }
    beginning(unit)
}

fn beginning(unit: &str) -> String {
    unit.chars().take(UNIT).flat_map(char::to_lowercase).collect()
}

/// How a code is written: `F1` as `F2`, `7:30` as `22:00`.
fn form(code: &str) -> String {
    let sign = |letter: char| match letter {
        letter if letter.is_ascii_digit() => '9',
        letter if letter.is_alphabetic() => 'a',
        letter => letter,
    };
    let mut form: Vec<char> = code.chars().map(sign).collect();
    form.dedup();
    form.into_iter().collect()
}

pub(super) fn begins_with_figure(text: &str) -> bool {
    let text = text.trim_start();
    figure_tokens(text).first().is_some_and(|token| token.start == 0)
}

pub(super) fn ends_with_figure(text: &str) -> bool {
    let text = text.trim_end();
    figure_tokens(text)
        .last()
        .is_some_and(|token| token.end == text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_one_kind_can_be_taken_for_each_other() {
        let kind = |text: &str| figures(text)[0].kind.clone();
        for (one, other) in [
            ("12 months", "every 6 months"),
            ("one F1 element", "F2"),
            ("7:30", "at 22:00"),
            ("12 months", "2,000 hours"),
            ("45 元", "每班15元"),
            ("三年", "10 天"),
            ("25Nm", "49 Nm"),
            ("two days", "27 days"),
        ] {
            assert_eq!(kind(one), kind(other), "{one} / {other}");
        }
        for (one, other) in [("12 months", "12 euros"), ("0555", "300"), ("F1", "60-3317")] {
            assert_ne!(kind(one), kind(other), "{one} / {other}");
        }
    }

    #[test]
    fn figures_are_taken_out_with_what_they_count() {
        assert_eq!(
            without_figures("every further one costs 15 euro."),
            "every further one costs  ."
        );
        assert_eq!(without_figures("F1: 25Nm at once"), " :   at once");
    }
}
