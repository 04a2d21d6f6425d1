//! Cutting folded text into terms: words by their letters, Han characters by jieba's dictionary.

use std::sync::LazyLock;

use jieba_rs::{Jieba, TokenizeMode};
use tantivy::tokenizer::{RawTokenizer, Stemmer, TextAnalyzer, TokenStream};

use super::fold::Folded;
use crate::domain::{Language, Span};

/// The dictionary takes a moment and tens of megabytes, so it is read when the first Han character is met.
static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Longer runs of letters are data (hashes, encoded files), not words that anybody searches for.
const LONGEST_WORD: usize = 48;

/// Which terms of a text are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    words: bool,
    han: bool,
}

impl Parts {
    pub const ALL: Self = Self {
        words: true,
        han: true,
    };
    pub const WORDS: Self = Self {
        words: true,
        han: false,
    };
    pub const HAN: Self = Self {
        words: false,
        han: true,
    };
}

/// A term of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// What is indexed: the stem of a word; a Han word as it is.
    pub text: String,
    /// The folded characters that it stands for.
    pub surface: String,
    /// Whether it is made of Han characters.
    pub han: bool,
    /// Its place, counted in words and Han characters.
    pub position: usize,
    /// How many places it takes up.
    pub width: usize,
    /// The characters of the unfolded text.
    pub span: Span,
}

/// The terms of `text` in order. Positions count both kinds of terms, whichever are asked for.
pub(crate) fn analyse(text: &str, parts: Parts) -> Vec<Term> {
    analyse_folded(&Folded::of(text), parts)
}

/// The same for a text that is folded already.
pub(crate) fn analyse_folded(folded: &Folded, parts: Parts) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut stemmer = TextAnalyzer::builder(RawTokenizer::default())
        .filter(Stemmer::default())
        .build();
    let mut position = 0;
    for run in runs(&folded.text) {
        let surface = &folded.text[run.bytes.0..run.bytes.1];
        let length = run.characters.1 - run.characters.0;
        if run.han {
            if parts.han {
                for token in JIEBA.tokenize(surface, TokenizeMode::Search, true) {
                    terms.push(Term {
                        text: token.word.to_owned(),
                        surface: token.word.to_owned(),
                        han: true,
                        position: position + token.start,
                        width: token.end - token.start,
                        span: folded.span(run.characters.0 + token.start, run.characters.0 + token.end),
                    });
                }
            }
            position += length;
        } else {
            if parts.words && length <= LONGEST_WORD {
                terms.push(Term {
                    text: stem(&mut stemmer, surface),
                    surface: surface.to_owned(),
                    han: false,
                    position,
                    width: 1,
                    span: folded.span(run.characters.0, run.characters.1),
                });
            }
            position += 1;
        }
    }
    terms
}

fn stem(stemmer: &mut TextAnalyzer, word: &str) -> String {
    let mut stream = stemmer.token_stream(word);
    if stream.advance() {
        std::mem::take(&mut stream.token_mut().text)
    } else {
        word.to_owned()
    }
}

/// Letters and digits without a break, either all Han or none.
struct Run {
    han: bool,
    bytes: (usize, usize),
    characters: (usize, usize),
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut open = false;
    let mut characters = text.char_indices().enumerate().peekable();
    while let Some((index, (byte, character))) = characters.next() {
        let han = Language::is_han(character);
        let next = characters.peek().map(|(_, (_, next))| *next);
        let inside_word = open
            && character == '\''
            && runs.last().is_some_and(|run| !run.han)
            && next.is_some_and(|next| next.is_alphabetic() && !Language::is_han(next));
        if !(character.is_alphanumeric() || inside_word) {
            open = false;
            continue;
        }
        let (byte_end, end) = (byte + character.len_utf8(), index + 1);
        match runs.last_mut() {
            Some(run) if open && run.han == han => {
                run.bytes.1 = byte_end;
                run.characters.1 = end;
            }
            _ => runs.push(Run {
                han,
                bytes: (byte, byte_end),
                characters: (index, end),
            }),
        }
        open = true;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, parts: Parts) -> Vec<String> {
        analyse(text, parts).into_iter().map(|term| term.text).collect()
    }

    #[test]
    fn words_and_han_characters_are_cut_apart() {
        assert_eq!(texts("PLC报警", Parts::WORDS), ["plc"]);
        assert_eq!(texts("PLC报警", Parts::HAN), ["报警"]);
    }

    #[test]
    fn a_possessive_has_the_stem_of_its_noun() {
        assert_eq!(
            texts("the operator’s manual", Parts::WORDS),
            texts("the operator manual", Parts::WORDS)
        );
    }

    #[test]
    fn positions_count_words_and_han_characters_together() {
        let terms = analyse("按 F2 键 启动", Parts::ALL);
        let places: Vec<(&str, usize)> = terms
            .iter()
            .map(|term| (term.text.as_str(), term.position))
            .collect();
        assert_eq!(places, [("按", 0), ("f2", 1), ("键", 2), ("启动", 3)]);
    }

    #[test]
    fn what_is_too_long_to_be_a_word_is_left_out_but_keeps_its_place() {
        let text = format!("before {} after", "x".repeat(80));
        let places: Vec<usize> = analyse(&text, Parts::ALL)
            .iter()
            .map(|term| term.position)
            .collect();
        assert_eq!(places, [0, 2]);
    }
}
