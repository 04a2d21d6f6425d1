//! Page headers and footers of sheets, in workbooks of Excel words between codes for fonts and numbers.

use super::headings::one_line;

/// A page header or footer without its codes; nothing where it says no word.
pub(super) fn margin(codes: &str) -> Option<String> {
    words(&without_codes(codes))
}

/// What a page header or footer says; nothing where that is no word.
pub(super) fn words(text: &str) -> Option<String> {
    let text = one_line(text);
    let letters: String = text.chars().filter(|letter| letter.is_alphabetic()).collect();
    // What stands before the number of a page, where a program puts that by itself.
    let says_something = letters.chars().count() >= 3 && !["Page", "Seite", "Pageof"].contains(&&*letters);
    says_something.then_some(text)
}

fn without_codes(codes: &str) -> String {
    let mut text = String::new();
    let mut characters = codes.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '&' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('&') => text.push('&'),
            Some('"') => {
                // A font.
                for inside in characters.by_ref() {
                    if inside == '"' {
                        break;
                    }
                }
            }
            Some('K') => {
                // A colour.
                for _ in 0..6 {
                    characters.next_if(char::is_ascii_hexdigit);
                }
            }
            Some(first) if first.is_ascii_digit() => {
                while characters.next_if(char::is_ascii_digit).is_some() {}
            }
            _ => text.push(' '),
        }
    }
    text
}
