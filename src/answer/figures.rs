//! The figures, codes and names of a text: what must stand in a passage word for word if the passage is to bear out a
//! sentence. Pure.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// Figures that are written as words; `one` is left out, for it seldom counts anything.
const WORDS: [(&str, &str); 19] = [
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("thirteen", "13"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("sixteen", "16"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("fifty", "50"),
    ("twice", "2"),
];

/// Spans of time in their forms: `every day` is not borne out by `every week`. A second is more often the one after the
/// first.
const SPANS: [&[&str]; 6] = [
    &["seconds"],
    &["minute", "minutes", "min"],
    &["hour", "hours", "hourly", "h"],
    &["day", "days", "daily"],
    &["week", "weeks", "weekly"],
    &["month", "months", "monthly"],
];

/// The signs that stand within codes and figures.
const SIGNS: [char; 9] = ['-', '.', ',', ':', '/', '\'', '’', '_', '+'];

/// What a passage holds, prepared to be looked up.
#[derive(Debug, Clone, Default)]
pub(super) struct Holdings {
    figures: BTreeSet<String>,
    /// Its words, and each two of them together, without signs: codes are written in several ways.
    squeezed: String,
    words: BTreeSet<String>,
}

impl Holdings {
    /// What all of `texts` hold together.
    pub fn of<'text>(texts: impl IntoIterator<Item = &'text str>) -> Self {
        let mut holdings = Self::default();
        for text in texts {
            for word in words(text) {
                holdings.figures.extend(figures_of(&word));
                holdings.words.insert(word.to_lowercase());
            }
            holdings.figures.extend(han_figures(text));
            holdings.squeezed.push_str(&squeezed(text));
        }
        holdings
    }

    /// Whether this and `other` hold the same figures.
    pub fn has_the_figures_of(&self, other: &Self) -> bool {
        self.figures == other.figures
    }

    /// The figures, codes and names of a sentence that stand in none of `held`.
    pub fn missing(sentence: &str, held: &[&Self]) -> Vec<String> {
        let mut missing: Vec<String> = Vec::new();
        let sentence = without_list_number(sentence);
        for (place, word) in words(sentence).into_iter().enumerate() {
            let stands = |one: &&Self| one.holds(&word, place == 0);
            if !held.iter().any(stands) && !missing.contains(&word) {
                missing.push(word);
            }
        }
        for counted in han_counts(sentence) {
            let stands = han_figures(counted)
                .iter()
                .all(|figure| figure == "1" || held.iter().any(|one| one.figures.contains(figure)));
            if !stands {
                missing.push(counted.to_owned());
            }
        }
        missing
    }

    /// Whether `word`, which stands in a sentence, is a name that stands here.
    pub fn has_name(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        let counts = figure_of_word(&lower).is_some()
            || SPANS.iter().any(|forms| forms.contains(&lower.as_str()))
            || word
                .chars()
                .any(|letter| letter.is_ascii_digit() || crate::domain::Language::is_han(letter));
        !counts && self.holds(word, false)
    }

    /// Whether `word` stands here, if it is one that must.
    fn holds(&self, word: &str, first: bool) -> bool {
        let digits = word.chars().any(|letter| letter.is_ascii_digit());
        let letters = word.chars().any(char::is_alphabetic);
        match (digits, letters) {
            (true, false) => {
                let figures = figures_of(word);
                figures.iter().all(|figure| self.figures.contains(figure)) || self.holds_code(word)
            }
            (true, true) => self.holds_code(word),
            (false, _) => {
                let lower = word.to_lowercase();
                if let Some(figure) = figure_of_word(&lower) {
                    return self.words.contains(&lower) || self.figures.contains(figure);
                }
                if let Some(forms) = SPANS.iter().find(|forms| forms.contains(&lower.as_str())) {
                    return forms.iter().any(|form| self.words.contains(*form));
                }
                let mut characters = word.chars();
                let capital = characters.next().is_some_and(char::is_uppercase);
                let acronym = capital && characters.next().is_some_and(char::is_uppercase);
                // The first word of a sentence has a capital in any case; a single letter is hardly a name.
                !capital || word.len() < 2 || (first && !acronym) || self.holds_name(&lower)
            }
        }
    }

    fn holds_name(&self, lower: &str) -> bool {
        let stem = lower.strip_suffix("'s").unwrap_or(lower);
        let stem = stem.strip_suffix('s').unwrap_or(stem);
        self.words.contains(lower)
            || self
                .words
                .range(stem.to_owned()..)
                .take_while(|word| word.starts_with(stem))
                .any(|word| word.len() <= stem.len() + 2)
            || self
                .squeezed
                .split(' ')
                .any(|text| lower.len() > 3 && text.contains(&squeeze(lower)))
    }

    /// `25Nm` is held by `25 Nm`, but not by `125 Nm`.
    fn holds_code(&self, code: &str) -> bool {
        let code = squeeze(code);
        let begins_with_digit = code.starts_with(|first: char| first.is_ascii_digit());
        let ends_with_digit = code.ends_with(|last: char| last.is_ascii_digit());
        self.squeezed.match_indices(&code).any(|(at, _)| {
            let before = self.squeezed[..at].chars().next_back();
            let after = self.squeezed[at + code.len()..].chars().next();
            let digit = |character: Option<char>| character.is_some_and(|c| c.is_ascii_digit());
            !(begins_with_digit && digit(before) || ends_with_digit && digit(after))
        })
    }
}

/// Whether each figure of a sentence that counts something counts the same in one of `texts`: `40 days` are not borne out
/// by `40 night shifts`. One of the two words behind it must stand soon behind it there.
pub(super) fn count_the_same(sentence: &str, texts: &[&str]) -> bool {
    let is_figure = |word: &String| {
        word.chars()
            .all(|letter| letter.is_ascii_digit() || letter == '.' || letter == ',')
            || figure_of_word(word).is_some()
    };
    let said = words(without_list_number(sentence));
    let held: Vec<Vec<String>> = texts.iter().map(|text| words(text)).collect();
    said.iter()
        .enumerate()
        .filter(|(_, word)| is_figure(word))
        .all(|(place, figure)| {
            let counted: Vec<&String> = said[place + 1..]
                .iter()
                .take(2)
                .filter(|word| word.len() > 2)
                .collect();
            let stands = |held: &Vec<String>| {
                let behind = |at: usize| held[at + 1..].iter().take(3);
                held.iter()
                    .enumerate()
                    .filter(|(_, word)| figures_of(word) == figures_of(figure))
                    .any(|(at, _)| behind(at).any(|word| counted.iter().any(|one| alike(one, word))))
            };
            counted.is_empty() || held.iter().any(stands)
        })
}

/// Whether two words may be forms of one.
fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let stem: String = one
        .chars()
        .take(one.chars().count().min(other.chars().count()).max(3) - 1)
        .collect();
    other.starts_with(&stem)
}

/// `2. Lock it.` is about no figure.
fn without_list_number(sentence: &str) -> &str {
    let digits = sentence.chars().take_while(char::is_ascii_digit).count();
    match sentence[digits..].strip_prefix(['.', ')', '、']) {
        Some(rest) if digits > 0 && digits < 3 && !rest.starts_with(|next: char| next.is_ascii_digit()) => {
            rest
        }
        _ => sentence,
    }
}

/// The words of a text in letters that are not Han, with the signs within codes and figures: `SOP-QA-014`, `2.5`,
/// `10:30`.
pub(super) fn words(text: &str) -> Vec<String> {
    let is_word = |letter: char| letter.is_alphanumeric() && !crate::domain::Language::is_han(letter);
    let mut found = Vec::new();
    for piece in text.split(|letter: char| !(is_word(letter) || SIGNS.contains(&letter))) {
        let piece = piece.trim_matches(|letter: char| !is_word(letter));
        let piece = piece
            .strip_suffix("'s")
            .or_else(|| piece.strip_suffix("’s"))
            .unwrap_or(piece);
        let code = piece.chars().any(|letter| letter.is_ascii_digit());
        if piece.is_empty() {
            continue;
        }
        if code {
            found.push(piece.to_owned());
        } else {
            let parts = piece.split(['-', '.', ',', ':', '/', '_', '+']);
            found.extend(parts.filter(|part| !part.is_empty()).map(str::to_owned));
        }
    }
    found
}

/// The names of a text: words with a capital that it does not begin with.
pub(super) fn names(text: &str) -> impl Iterator<Item = String> {
    words(text).into_iter().skip(1).filter(|word| {
        let figure = word.chars().any(|letter| letter.is_ascii_digit()) || figure_of_word(word).is_some();
        !figure && word.len() > 1 && word.starts_with(char::is_uppercase)
    })
}

/// Whether a word is a span of time.
pub(super) fn is_span(word: &str) -> bool {
    let lower = word.to_lowercase();
    SPANS.iter().any(|forms| forms.contains(&lower.as_str()))
        || ["second", "year", "years"].contains(&lower.as_str())
}

/// The figure that a word stands for.
pub(super) fn figure_of_word(word: &str) -> Option<&'static str> {
    let named = WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    named.map(|(_, figure)| *figure)
}

/// The figures in a word: `1,000` is 1000, `2,5` is 2.5, `10-12` are two.
fn figures_of(word: &str) -> Vec<String> {
    if let Some(figure) = figure_of_word(word) {
        return vec![figure.to_owned()];
    }
    word.split(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != ',')
        .map(|figure| figure.trim_matches(['.', ',']))
        .filter(|figure| !figure.is_empty())
        .map(normal)
        .collect()
}

pub(super) fn normal(figure: &str) -> String {
    let groups: Vec<&str> = figure.split(',').collect();
    let thousands = groups.len() > 1
        && groups[1..]
            .iter()
            .all(|group| group.split('.').next().is_some_and(|digits| digits.len() == 3));
    let plain = if thousands {
        figure.replace(',', "")
    } else {
        figure.replace(',', ".")
    };
    if plain.contains('.') {
        plain.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        plain
    }
}

/// Chinese numerals that count something, with what they count: 两双. Others are parts of words: 十分.
pub(super) fn han_counts(text: &str) -> impl Iterator<Item = &str> {
    static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("[一二两三四五六七八九十百千]+[个個双雙套次人台件只根条條米元吨噸块塊升倍层層班天日周月年小分秒枪槍]")
            .expect("the pattern is constant")
    });
    let figures = COUNTED.find_iter(text).map(|found| found.as_str());
    figures.filter(|found| !matches!(*found, "十分" | "百分" | "千分" | "四周"))
}

/// Figures in Chinese numerals up to 9999, as digits: 十二 is 12.
pub(super) fn han_figures(text: &str) -> Vec<String> {
    const DIGITS: &str = "零一二三四五六七八九";
    let value = |letter: char| match letter {
        '两' => Some(2),
        _ => DIGITS.chars().position(|digit| digit == letter),
    };
    let unit = |letter: char| match letter {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1000),
        _ => None,
    };
    let mut found = Vec::new();
    let (mut sum, mut digit, mut any) = (0, None, false);
    for letter in text.chars().chain([' ']) {
        if let Some(next) = value(letter) {
            digit = Some(next);
            any = true;
        } else if let Some(next) = unit(letter) {
            sum += digit.take().unwrap_or(1) * next;
            any = true;
        } else if any {
            found.push((sum + digit.unwrap_or(0)).to_string());
            (sum, digit, any) = (0, None, false);
        }
    }
    found
}

/// The words of a text squeezed, and each with the next one, unless figures would run into one another.
fn squeezed(text: &str) -> String {
    let words: Vec<String> = text
        .split(|letter: char| !(letter.is_alphanumeric() || SIGNS.contains(&letter)))
        .map(squeeze)
        .filter(|word| !word.is_empty())
        .collect();
    let mut all = String::with_capacity(2 * text.len());
    for (place, word) in words.iter().enumerate() {
        all.push(' ');
        all.push_str(word);
        let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
        if let Some(next) = words.get(place + 1)
            && !(digit(word.chars().next_back()) && digit(next.chars().next()))
        {
            all.push(' ');
            all.push_str(word);
            all.push_str(next);
        }
    }
    all.push(' ');
    all
}

fn squeeze(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
