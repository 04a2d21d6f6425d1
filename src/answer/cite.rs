//! Marks of citation in a text that is still being written: `[1]`, `[1, 3]`, `【2】`. They are taken out of the text and
//! given to the sentence that they follow. Pure and incremental: however the text is cut, the sentences are the same.

use std::fmt;

use super::signs::Signs;
use crate::domain::{Formatting, sentences};

/// No mark is longer than this, in bytes: what is, is text.
const LONGEST_MARK: usize = 40;

/// A sentence as the model wrote it, and the passages that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The sentence without marks.
    pub text: String,
    /// The numbers of its marks that exist, each once, in order.
    pub numbers: Vec<u32>,
}

impl fmt::Display for Marked {
    /// The sentence with its marks behind it.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}", self.text)?;
        self.numbers
            .iter()
            .try_for_each(|number| write!(to, " [{number}]"))?;
        writeln!(to)
    }
}

/// The sentences of a whole text whose marks may name passages 1 to `passages`, and how they are set. Each line has its marks
/// before its sentences or behind them; what a sentence is a part of depends on the lines before.
pub fn marked(text: &str, passages: u32) -> Vec<(Marked, Formatting)> {
    let mut sentences = Vec::new();
    let mut signs = Signs::default();
    for line in text.lines() {
        if line.trim().is_empty() {
            if !sentences.is_empty() {
                signs.leave_a_line();
            }
            continue;
        }
        let mut citer = Citer {
            signs,
            ..Citer::new(passages)
        };
        let mut cited = citer.push(line);
        cited.extend(citer.push("\n"));
        cited.extend(citer.finish());
        for cited in cited {
            if let Cited::Sentence(marked, formatting) = cited {
                sentences.push((marked, formatting));
            }
        }
        signs = citer.signs;
    }
    sentences
}

/// What a piece of text adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cited {
    /// The sentence goes on with these words.
    Words(String),
    /// It is complete, and set so.
    Sentence(Marked, Formatting),
}

/// Reads a text as it comes.
#[derive(Debug)]
pub(super) struct Citer {
    /// Passages are numbered from 1 to this.
    passages: u32,
    /// What may still become a mark.
    held: String,
    /// The sentences that are not complete yet, without marks.
    plain: String,
    /// How much of `plain` was given as words.
    given: usize,
    /// Where in `plain` marks stood, and their numbers.
    marks: Vec<(usize, Vec<u32>)>,
    /// Whether marks stand before their sentences: so it is where the first thing written is a mark.
    leading: Option<bool>,
    signs: Signs,
}

impl Citer {
    /// Starts a text whose marks may name passages 1 to `passages`. Other numbers are invented and are dropped.
    pub fn new(passages: u32) -> Self {
        Self {
            passages,
            held: String::new(),
            plain: String::new(),
            given: 0,
            marks: Vec::new(),
            leading: None,
            signs: Signs::default(),
        }
    }

    /// What `text` adds.
    pub fn push(&mut self, text: &str) -> Vec<Cited> {
        self.held.push_str(text);
        let mut added = Vec::new();
        self.read(false, &mut added);
        self.give_words(&mut added);
        added
    }

    /// Takes what is certain of what is held; all of it where the text has ended.
    fn read(&mut self, ended: bool, added: &mut Vec<Cited>) {
        while let Some(step) = next(&self.held, &self.signs, ended) {
            let (length, text) = match step {
                Step::Text(length) => (length, true),
                Step::Mark(length, numbers) => {
                    self.mark(numbers);
                    (length, false)
                }
                Step::Sign(sign, after) => (sign.len(), !self.signs.take(sign, &self.plain, after)),
            };
            let taken: String = self.held.drain(..length).collect();
            if text {
                self.write(&taken, added);
            }
        }
    }

    /// What is left at the end of the text.
    pub fn finish(&mut self) -> Vec<Cited> {
        let mut added = Vec::new();
        self.read(true, &mut added);
        self.give_words(&mut added);
        while !self.plain.is_empty() {
            let end = sentences(&self.plain)
                .get(1)
                .map_or(self.plain.len(), |next| offset(&self.plain, next.span.start));
            self.complete(end, &mut added);
        }
        added
    }

    fn mark(&mut self, numbers: Vec<u32>) {
        self.leading
            .get_or_insert(self.plain.chars().all(|character| !character.is_alphanumeric()));
        let known = numbers
            .into_iter()
            .filter(|number| (1..=self.passages).contains(number));
        self.marks.push((self.plain.len(), known.collect()));
    }

    /// Adds text without marks, character by character, so that it does not matter how it was cut.
    fn write(&mut self, text: &str, added: &mut Vec<Cited>) {
        for character in text.chars() {
            // A mark before a full stop leaves a space there.
            let after_mark = self.marks.last().is_some_and(|(at, _)| *at == self.plain.len());
            if after_mark && is_closing(character) {
                let kept = self.plain.trim_end().len().max(self.given);
                self.plain.truncate(kept);
                if let Some((at, _)) = self.marks.last_mut() {
                    *at = kept;
                }
                self.signs.cut(kept);
            }
            let spaced = character.is_whitespace() && self.plain.ends_with(char::is_whitespace);
            // Where a line ends is kept: what an item of a list says may end without a full stop.
            if after_mark && spaced && character != '\n' {
                continue;
            }
            if character.is_alphanumeric() {
                self.leading.get_or_insert(false);
            }
            self.plain.push(character);
            if !character.is_whitespace() {
                while let Some(end) = self.boundary() {
                    self.complete(end, added);
                }
            }
        }
    }

    /// Where the second sentence begins, once there are two.
    fn boundary(&self) -> Option<usize> {
        let found = sentences(&self.plain);
        let second = found.get(1)?;
        Some(offset(&self.plain, second.span.start))
    }

    /// Takes the sentence that ends before `end`, with its marks.
    fn complete(&mut self, end: usize, added: &mut Vec<Cited>) {
        let rest = self.plain.split_off(end);
        let whole = std::mem::replace(&mut self.plain, rest);
        if self.given < whole.trim_end().len() {
            added.push(Cited::Words(whole[self.given..].trim_end().to_owned()));
        }
        self.given = self.given.saturating_sub(end);
        let leading = self.leading.unwrap_or(false);
        let belongs = |at: usize| if leading { at < end } else { at <= end };
        let mut numbers: Vec<u32> = Vec::new();
        let mut later = Vec::new();
        for (at, named) in std::mem::take(&mut self.marks) {
            if belongs(at) {
                for number in named {
                    if !numbers.contains(&number) {
                        numbers.push(number);
                    }
                }
            } else {
                later.push((at - end, named));
            }
        }
        self.marks = later;
        let (text, formatting) = self.signs.complete(&whole, self.plain.is_empty());
        if text.chars().any(char::is_alphanumeric) {
            added.push(Cited::Sentence(Marked { text, numbers }, formatting));
        }
    }

    /// Gives what is certain of the sentence that is being written; space at its end may yet go.
    fn give_words(&mut self, added: &mut Vec<Cited>) {
        let certain = self.plain.trim_end().len();
        if certain > self.given {
            added.push(Cited::Words(self.plain[self.given..certain].to_owned()));
            self.given = certain;
        }
    }
}

/// A piece that is certain, by its length in bytes.
enum Step {
    Text(usize),
    Mark(usize, Vec<u32>),
    /// What may be a sign of Markdown, and what follows it.
    Sign(&'static str, Option<char>),
}

/// The next piece of what is held that is certain, if any is; where the text has `ended`, everything is.
fn next(held: &str, signs: &Signs, ended: bool) -> Option<Step> {
    let opening = held.find(['[', '【', '［', '*', '_', '`']).unwrap_or(held.len());
    if held.is_empty() || opening > 0 {
        return (opening > 0).then_some(Step::Text(opening));
    }
    if let Some(sign) = signs.first_of(held) {
        let after = held[sign.len()..].chars().next();
        return (ended || after.is_some()).then_some(Step::Sign(sign, after));
    }
    let inside = &held[held.chars().next().map_or(0, char::len_utf8)..];
    let first = held.len() - inside.len();
    let Some(closing) = inside.find([']', '】', '］']) else {
        let hopeful = !ended && inside.len() < LONGEST_MARK && inside.chars().all(may_stand_in_mark);
        return (!hopeful).then_some(Step::Text(first));
    };
    let length = first + closing + inside[closing..].chars().next().map_or(0, char::len_utf8);
    let mark = Some(&inside[..closing])
        .filter(|mark| mark.len() < LONGEST_MARK && mark.chars().all(may_stand_in_mark));
    match mark.and_then(numbers) {
        Some(numbers) => Some(Step::Mark(length, numbers)),
        None => Some(Step::Text(first)),
    }
}

fn may_stand_in_mark(character: char) -> bool {
    character.is_ascii_digit() || " ,;、，；^-–[".contains(character)
}

/// The numbers of a mark: `1`, `1, 3`, `2-4`; nothing if it is another thing in brackets.
fn numbers(inside: &str) -> Option<Vec<u32>> {
    let inside = inside.trim().trim_start_matches(['^', '[']);
    let mut numbers = Vec::new();
    for part in inside
        .split([',', ';', '、', '，', '；', ' '])
        .filter(|part| !part.is_empty())
    {
        match part.split_once(['-', '–']) {
            Some((first, last)) => {
                let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
                numbers.extend(first..=last.min(first.saturating_add(9)));
            }
            None => numbers.push(part.parse().ok()?),
        }
    }
    (!numbers.is_empty()).then_some(numbers)
}

fn is_closing(character: char) -> bool {
    ".,;:!?。，；：！？、)".contains(character)
}

/// The byte at which the character number `characters` begins.
fn offset(text: &str, characters: u32) -> usize {
    text.char_indices()
        .nth(characters as usize)
        .map_or(text.len(), |(byte, _)| byte)
}

#[cfg(test)]
mod tests;
