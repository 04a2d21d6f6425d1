//! What a file says of itself as a controlled document: in its front matter, its name, its properties, or at its
//! beginning.
//!
//! The name counts more than the text: it is what people change when they copy a procedure to revise it, while the old
//! number of revision often stays in the text and in the properties. Front matter, written for machines, counts most.

use std::collections::BTreeMap;

use regex::Regex;

use super::announced::{Field, field};
use super::parse::{Block, BlockKind};
use crate::domain::{ControlStatus, Declared, DeclaredInside};

/// Characters of a text at whose beginning a number is looked for.
const BEGINNING: usize = 3_000;
/// The longest number, and the longest revision.
const LONGEST: usize = 40;
/// How the names of properties begin that stand in front matter.
const FRONT_MATTER: &str = "front.";

/// What tells a number, a revision, a day and a status in the names of files.
#[derive(Debug, Default)]
pub(super) struct NamePatterns(Vec<Regex>);

impl NamePatterns {
    /// Patterns with the named groups `number`, `revision`, `date` and `status`. The configuration has been checked: one
    /// that cannot be read tells nothing.
    pub(super) fn of(patterns: &[String]) -> Self {
        let read = patterns.iter().filter_map(|pattern| Regex::new(pattern).ok());
        Self(read.collect())
    }

    /// What the name of the file at `path` says by the first pattern that finds a number in it.
    pub(super) fn declared(&self, path: &str) -> Declared {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let declared = |pattern: &Regex| {
            let found = pattern.captures(stem)?;
            let group = |name: &str| found.name(name).map(|group| group.as_str());
            Some(Declared {
                number: Some(group("number").and_then(number)?),
                revision: group("revision").and_then(revision),
                effective: group("date").and_then(day),
                status: group("status").and_then(status),
            })
        };
        self.0.iter().find_map(declared).unwrap_or_default()
    }
}

/// What a file says of itself, as far as it says so in its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Beginning {
    text: String,
    full: bool,
}

impl Beginning {
    /// Takes the next block of the text.
    pub(super) fn push(&mut self, block: &Block) {
        if self.full {
            return;
        }
        // A list of documents is full of numbers that are not its own.
        let is_table_of_others = matches!(&block.kind, BlockKind::Row { header: Some(_) });
        if !is_table_of_others {
            self.text.push_str(&block.text);
            self.text.push('\n');
        }
        self.full = self.text.len() > BEGINNING;
    }

    /// What it says: `Document no.: SOP-QA-014`, `Revision 3`, `版本：C`, a cell beside such a word.
    pub(super) fn declared(&self) -> Declared {
        let mut declared = Declared::default();
        let parts = self.text.split(['\n', '|', '·', ';', '；', '，']);
        let mut before: Option<Field> = None;
        for part in parts {
            let part = part.trim();
            if part.is_empty() {
                continue;
            }
            match field(part) {
                Some((field, "")) => before = Some(field),
                Some((field, value)) => {
                    field.set(&mut declared, value);
                    before = None;
                }
                None => {
                    if let Some(field) = before.take() {
                        field.set(&mut declared, part);
                    }
                }
            }
        }
        // A revision without a number is that of something else.
        if declared.number.is_none() {
            return Declared::default();
        }
        declared
    }
}

/// What the inside of a file says: its front matter and its other properties, and the beginning of its text.
pub(super) fn inside(properties: &BTreeMap<String, String>, beginning: &Beginning) -> DeclaredInside {
    let said = agreeing(by_properties(properties), beginning.declared());
    DeclaredInside {
        front: Box::new(by_front_matter(properties)),
        text: agreeing(said, by_catalogue(properties)),
    }
}

/// Puts together what is known of a file; nothing where it has no number.
pub(super) fn controlled(by_name: Declared, inside: DeclaredInside) -> Option<Declared> {
    let declared = agreeing(agreeing(*inside.front, by_name), inside.text);
    declared.number.is_some().then_some(declared)
}

/// What `first` does not say, as `second` says it. What bears another number speaks of another document.
fn agreeing(first: Declared, second: Declared) -> Declared {
    let same = first.number.is_none() || second.number.is_none() || first.number == second.number;
    if same { first.or(second) } else { first }
}

/// What stands in front matter: `number: SOP-QA-014`, `effective_date: 2026-03-01`, `版本: C`.
fn by_front_matter(properties: &BTreeMap<String, String>) -> Declared {
    let mut declared = Declared::default();
    let entries = || {
        properties.iter().filter_map(|(name, value)| {
            let name = name.strip_prefix(FRONT_MATTER)?;
            Some((name.to_lowercase().replace(['_', '-'], " "), value))
        })
    };
    // `effective` says more than `date`, `revision` more than `version`.
    for (name, value) in entries() {
        if let Some((field, "")) = field(name.trim()) {
            field.set(&mut declared, value);
        }
    }
    for (name, value) in entries() {
        let known = Field::WORDS_OF_FRONT_MATTER.iter();
        if let Some((_, field)) = known.into_iter().find(|(word, _)| *word == name.trim()) {
            field.set(&mut declared, value);
        }
    }
    declared
}

/// What people have written into the properties of a file: those that they added, and how far it is.
fn by_properties(properties: &BTreeMap<String, String>) -> Declared {
    let mut declared = Declared::default();
    for (name, value) in properties {
        let Some(name) = name.strip_prefix("custom.") else {
            continue;
        };
        // `Document Number`, `文件编号`: the same words as in a text; `Last reviewed revision` is none of them.
        if let Some((field, "")) = field(name.trim()) {
            field.set(&mut declared, value);
        }
    }
    if let Some(said) = properties.get("status") {
        Field::Status.set(&mut declared, said);
    }
    declared
}

/// What stands in the properties that every Office file has room for. Programs write some there by themselves, so they
/// count least, and only where they look like what people write: no `16.0000`, no
/// `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`.
fn by_catalogue(properties: &BTreeMap<String, String>) -> Declared {
    let said = |name: &str| properties.get(name).map(String::as_str);
    Declared {
        number: said("identifier")
            .filter(|said| is_plain_number(said))
            .and_then(number),
        revision: said("version")
            .filter(|said| is_plain_revision(said))
            .and_then(revision),
        ..Declared::default()
    }
}

/// Capital letters, then figures: `SOP-QA-014`, `WI-1203`, not what a program has counted or thrown dice for.
fn is_plain_number(text: &str) -> bool {
    let mut parts = text.trim().split(['-', '_', '.', '/']);
    let begins = parts.next().is_some_and(|first| {
        (2..=8).contains(&first.len()) && first.chars().all(|letter| letter.is_ascii_uppercase())
    });
    let figures = text.chars().filter(char::is_ascii_digit).count();
    begins && text.len() <= 24 && parts.next().is_some() && (1..=8).contains(&figures)
}

/// `3`, `2.1`, `C`, `v4`.
fn is_plain_revision(text: &str) -> bool {
    let text = text.trim();
    let is_letters = text.len() <= 2 && text.chars().all(|letter| letter.is_ascii_uppercase());
    let is_count =
        |part: &str| (1..=2).contains(&part.len()) && part.chars().all(|digit| digit.is_ascii_digit());
    let count = text.strip_prefix(['v', 'V']).unwrap_or(text);
    !text.is_empty() && (is_letters || count.split('.').count() <= 3 && count.split('.').all(is_count))
}

impl Field {
    fn set(self, declared: &mut Declared, value: &str) {
        match self {
            Self::Number => declared.number = declared.number.take().or_else(|| number(value)),
            Self::Revision => declared.revision = declared.revision.take().or_else(|| revision(value)),
            Self::Effective => declared.effective = declared.effective.take().or_else(|| day(value)),
            Self::Status => declared.status = declared.status.or_else(|| status(value)),
        }
    }
}

/// A number has letters and digits and no blanks.
fn number(text: &str) -> Option<String> {
    let word = text
        .split_whitespace()
        .next()?
        .trim_matches(['"', '\'', ',', '.']);
    let sound = word.len() <= LONGEST
        && word.chars().any(|letter| letter.is_ascii_digit())
        && word.chars().any(char::is_alphabetic)
        && word
            .chars()
            .all(|letter| letter.is_alphanumeric() || "-_./".contains(letter));
    sound.then(|| word.to_uppercase())
}

fn revision(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    let word = word
        .strip_prefix(['v', 'V'])
        .filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
        .unwrap_or(word);
    let sound = word.len() <= 8
        && (word.chars().any(|letter| letter.is_ascii_digit()) || word.chars().count() <= 2)
        && word
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '.')
        && !word.is_empty();
    sound.then(|| word.to_uppercase())
}

/// `2026-03-01`, `2026/3/1`, `2026年3月1日`, `20260301`, `1.3.2026`; years first unless the last is one.
fn day(text: &str) -> Option<String> {
    let text: String = text.chars().take(24).collect();
    let numbers: Vec<&str> = text
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .collect();
    let (year, month, day) = match numbers.as_slice() {
        [year, month, day, ..] if year.len() == 4 => (*year, *month, *day),
        [day, month, year, ..] if year.len() == 4 => (*year, *month, *day),
        [whole, ..] if whole.len() == 8 => (&whole[..4], &whole[4..6], &whole[6..]),
        _ => return None,
    };
    let date = chrono::NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    Some(date.format("%Y-%m-%d").to_string())
}

fn status(text: &str) -> Option<ControlStatus> {
    let word = text.to_lowercase();
    let begins = |words: &[&str]| words.iter().any(|known| word.starts_with(known));
    if begins(&[
        "draft",
        "in review",
        "under review",
        "草稿",
        "草案",
        "审批中",
        "초안",
    ]) {
        Some(ControlStatus::Draft)
    } else if begins(&[
        "withdrawn",
        "obsolete",
        "void",
        "cancel",
        "作废",
        "作廢",
        "废止",
        "폐기",
    ]) {
        Some(ControlStatus::Withdrawn)
    } else if begins(&[
        "released",
        "approved",
        "in force",
        "effective",
        "valid",
        "生效",
        "有效",
        "发布",
        "발행",
    ]) {
        Some(ControlStatus::Released)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
