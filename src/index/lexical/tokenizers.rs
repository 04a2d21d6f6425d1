//! Lends the analysis of texts to tantivy: one tokenizer a kind of field.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use crate::index::analysis::{Parts, analyse, indexed_forms};

pub(super) const RAW: &str = "raw";
pub(super) const MIXED: &str = "gemba_mixed";
pub(super) const ENGLISH: &str = "gemba_english";
pub(super) const CHINESE: &str = "gemba_chinese";
pub(super) const CODES: &str = "gemba_codes";

pub(super) fn register(tokenizers: &TokenizerManager) {
    tokenizers.register(MIXED, AnalysisTokenizer(Parts::ALL));
    tokenizers.register(ENGLISH, AnalysisTokenizer(Parts::WORDS));
    tokenizers.register(CHINESE, AnalysisTokenizer(Parts::HAN));
    tokenizers.register(CODES, CodeTokenizer);
}

#[derive(Clone, Copy)]
struct AnalysisTokenizer(Parts);

impl Tokenizer for AnalysisTokenizer {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        // Offsets count characters, not bytes; nothing here reads them, marks are made by the analysis itself.
        Tokens::new(
            analyse(text, self.0)
                .into_iter()
                .map(|term| Token {
                    offset_from: term.span.start as usize,
                    offset_to: term.span.end as usize,
                    position: term.position,
                    position_length: term.width,
                    text: term.text,
                })
                .collect(),
        )
    }
}

#[derive(Clone, Copy)]
struct CodeTokenizer;

impl Tokenizer for CodeTokenizer {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        Tokens::new(
            indexed_forms(text)
                .into_iter()
                .enumerate()
                .map(|(position, text)| Token {
                    position,
                    position_length: 1,
                    text,
                    ..Token::default()
                })
                .collect(),
        )
    }
}

/// Tokens that were all made at once.
struct Tokens {
    tokens: Vec<Token>,
    /// One past the current token.
    next: usize,
}

impl Tokens {
    fn new(mut tokens: Vec<Token>) -> Self {
        // `token` must have something to point at, even in a text without tokens.
        tokens.push(Token::default());
        Self { tokens, next: 0 }
    }

    fn current(&self) -> usize {
        self.next.saturating_sub(1)
    }
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        if self.next + 1 >= self.tokens.len() {
            return false;
        }
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.tokens[self.current()]
    }

    fn token_mut(&mut self) -> &mut Token {
        let current = self.current();
        &mut self.tokens[current]
    }
}
