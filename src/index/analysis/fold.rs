//! Folding: one form for what people write in several, with the way back to the characters it came from.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use crate::domain::{Language, Span};

/// `text` in the form in which it is compared: compatibility characters (full width, ligatures) replaced, lower
/// case, simplified Chinese, one kind of hyphen, nothing invisible.
pub fn fold(text: &str) -> String {
    Folded::of(text).text
}

/// A folded text that remembers where each of its characters stood.
pub(crate) struct Folded {
    /// The folded text.
    pub text: String,
    /// For each character of `text`, the index of the character that it came from.
    origin: Vec<u32>,
}

impl Folded {
    pub fn of(text: &str) -> Self {
        // Most text of most languages that are written in Latin letters.
        if text.is_ascii() {
            let origin = (0_u32..).take(text.len()).collect();
            return Self {
                text: text.to_ascii_lowercase(),
                origin,
            };
        }
        let mut folded = Self {
            text: String::with_capacity(text.len()),
            origin: Vec::with_capacity(text.len()),
        };
        let mut group = String::new();
        let mut group_start = 0;
        for (index, character) in text.chars().enumerate() {
            // A letter and the marks on it are one group, since only together they have a composed form.
            if !group.is_empty() && (character.is_ascii() || canonical_combining_class(character) == 0) {
                folded.push_group(&group, group_start);
                group.clear();
            }
            if group.is_empty() {
                group_start = index;
            }
            group.push(character);
        }
        folded.push_group(&group, group_start);
        if folded.text.chars().any(Language::is_han) {
            // One character becomes one character, so the way back stays true.
            folded.text = fast2s::convert(&folded.text);
        }
        folded
    }

    /// The characters of the unfolded text that the characters `start..end` came from.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let first = self.origin.get(start).copied().unwrap_or_default();
        let last = self.origin.get(end.saturating_sub(1)).copied().unwrap_or(first);
        Span {
            start: first,
            end: last + 1,
        }
    }

    fn push_group(&mut self, group: &str, start: usize) {
        let origin = u32::try_from(start).unwrap_or(u32::MAX - 1);
        let mut push = |character: char| {
            if is_invisible(character) {
                return;
            }
            for lower in plain(character).to_lowercase() {
                self.text.push(lower);
                self.origin.push(origin);
            }
        };
        match group.as_bytes() {
            [byte] => push(char::from(*byte)),
            _ => group.nfkc().for_each(&mut push),
        }
    }
}

fn plain(character: char) -> char {
    match character {
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{fe63}' => '-',
        '\u{2018}' | '\u{2019}' => '\'',
        _ => character,
    }
}

fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn full_width_case_and_traditional_characters_fold_together() {
        assert_eq!(fold("Ｅ－４０２１ 報警"), "e-4021 报警");
    }

    #[test]
    fn a_composed_and_a_decomposed_letter_fold_to_the_same() {
        assert_eq!(fold("Café"), fold("Cafe\u{301}"));
    }

    #[test]
    fn hyphens_that_do_not_break_and_soft_ones_do_not_hide_a_code() {
        assert_eq!(
            fold("SOP\u{2011}QA\u{2013}014 main\u{ad}tenance"),
            "sop-qa-014 maintenance"
        );
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing_more_for_common_text(text in "[a-zA-Z0-9 Ａ-Ｚ報警處理机器é.,-]{0,40}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }

        #[test]
        fn every_folded_character_knows_its_origin(text in "\\PC{0,60}") {
            let folded = Folded::of(&text);
            prop_assert_eq!(folded.origin.len(), folded.text.chars().count());
            prop_assert!(folded.origin.iter().all(|origin| (*origin as usize) < text.chars().count()));
            prop_assert!(folded.origin.is_sorted());
        }
    }
}
