//! Codes: part numbers, error codes and document numbers, which people search for whole and write in several ways.

use super::fold::Folded;
use crate::domain::Span;

/// Longer ones are paths or data.
const LONGEST: usize = 48;
/// How many words of a query may be one code written apart: `sop qa 014`.
const MOST_WORDS: usize = 4;

/// The codes of `text`, folded and whole, each once: `SOP-QA-014`, `M8x1.25`, `E-4021`, `GB/T`-like numbers, and
/// identifiers with an underscore.
pub fn codes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for code in located(&Folded::of(text)) {
        if let Some(whole) = code.forms.into_iter().next() {
            push_new(&mut found, whole);
        }
    }
    found
}

/// Every form under which the codes of `text` are indexed: whole, without separators, and the codes that a slash
/// joins one by one.
pub(crate) fn indexed_forms(text: &str) -> Vec<String> {
    indexed_forms_folded(&Folded::of(text))
}

/// The same for a text that is folded already.
pub(crate) fn indexed_forms_folded(folded: &Folded) -> Vec<String> {
    let mut forms = Vec::new();
    for code in located(folded) {
        for form in code.forms {
            push_new(&mut forms, form);
        }
    }
    forms
}

/// The forms that a query asks for: those of its codes, and its neighbouring words put together.
pub(crate) fn asked_forms(query: &str) -> Vec<String> {
    let mut forms = indexed_forms(query);
    let folded = Folded::of(query);
    let words: Vec<&str> = folded
        .text
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    for start in 0..words.len() {
        for end in start + 2..=words.len().min(start + MOST_WORDS) {
            let joined = words[start..end].concat();
            if joined.len() <= LONGEST && has_letter(&joined) && has_digit(&joined) {
                push_new(&mut forms, joined);
            }
        }
    }
    forms
}

/// A code and where it stands.
pub(super) struct LocatedCode {
    /// The whole code first.
    pub forms: Vec<String>,
    pub span: Span,
}

pub(super) fn located(folded: &Folded) -> Vec<LocatedCode> {
    let characters: Vec<char> = folded.text.chars().collect();
    let mut found = Vec::new();
    let mut position = 0;
    while position < characters.len() {
        let start = position;
        while position < characters.len() && belongs(&characters, position) {
            position += 1;
        }
        if position == start {
            position += 1;
            continue;
        }
        let run = &characters[start..position];
        let (Some(first), Some(last)) = (
            run.iter().position(|character| character.is_ascii_alphanumeric()),
            run.iter()
                .rposition(|character| character.is_ascii_alphanumeric()),
        ) else {
            continue;
        };
        let code: String = run[first..=last]
            .iter()
            .map(|c| if *c == '×' { 'x' } else { *c })
            .collect();
        if is_code(&code) {
            found.push(LocatedCode {
                forms: forms(&code),
                span: folded.span(start + first, start + last + 1),
            });
        }
    }
    found
}

fn belongs(characters: &[char], position: usize) -> bool {
    let character = characters[position];
    character.is_ascii_alphanumeric()
        || matches!(character, '-' | '.' | '/' | '_')
        || (character == '×'
            && position > 0
            && characters[position - 1].is_ascii_digit()
            && characters.get(position + 1).is_some_and(char::is_ascii_digit))
}

/// A digit with a letter, or with a separator that no plain number has; or an identifier with an underscore.
fn is_code(text: &str) -> bool {
    let separated = text.contains(['-', '/', '_']) || text.matches('.').count() > 1;
    text.len() >= 2
        && text.len() <= LONGEST
        && (text.contains('_') || (has_digit(text) && (has_letter(text) || separated)))
}

fn forms(code: &str) -> Vec<String> {
    let mut forms = vec![code.to_owned()];
    push_new(&mut forms, without_separators(code));
    if code.contains('/') {
        for part in code.split('/').filter(|part| is_code(part)) {
            push_new(&mut forms, part.to_owned());
            push_new(&mut forms, without_separators(part));
        }
    }
    forms
}

/// A point between digits stays: `M8x1.25` is not `M8x125`.
fn without_separators(code: &str) -> String {
    let bytes = code.as_bytes();
    code.char_indices()
        .filter(|(index, character)| match character {
            '-' | '/' | '_' => false,
            '.' => {
                let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
                digit(index.wrapping_sub(1)) && digit(index + 1)
            }
            _ => true,
        })
        .map(|(_, character)| character)
        .collect()
}

fn has_letter(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn push_new(list: &mut Vec<String>, item: String) {
    if !list.contains(&item) {
        list.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_whole_between_words_and_han_characters() {
        assert_eq!(
            codes("报警E-4021出现时，见 SOP-QA-014；螺栓 M8×1.25，6205-2RS. CONFIG_WIFI"),
            ["e-4021", "sop-qa-014", "m8x1.25", "6205-2rs", "config_wifi"]
        );
    }

    #[test]
    fn plain_words_numbers_and_fractions_are_no_codes() {
        assert!(codes("Lock-out the press, wait 10.5 seconds and/or 3 minutes in 2024.").is_empty());
    }

    #[test]
    fn a_code_is_asked_for_in_every_way_that_people_write_it() {
        for query in ["SOP-QA-014", "sopqa014", "sop qa 014", "SOP_QA 014", "SOP–QA–014"] {
            assert!(asked_forms(query).contains(&"sopqa014".to_owned()), "{query}");
        }
        assert!(indexed_forms("SOP-QA-014").contains(&"sopqa014".to_owned()));
    }

    #[test]
    fn the_pitch_of_a_thread_is_not_its_length() {
        assert!(!indexed_forms("M8x1.25").contains(&"m8x125".to_owned()));
    }

    #[test]
    fn codes_that_a_slash_joins_are_found_one_by_one() {
        let forms = indexed_forms("E-4021/E-4022");
        assert!(forms.contains(&"e-4021".to_owned()) && forms.contains(&"e4022".to_owned()));
    }
}
