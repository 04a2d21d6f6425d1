//! Sentences of an answer as pages show them, with the marks that lead to their places.

use std::borrow::Cow;

use askama::Template;

use crate::domain::{Block, Citation, Formatting, Quote, Run, Statement, Support};
use crate::web::source::href;
use crate::web::texts::Texts;
use crate::web::words;

/// The mark that leads from a sentence to its place.
struct Mark {
    href: String,
    label: String,
    number: u32,
}

/// A sentence of a document, with its mark.
#[derive(Template)]
#[template(path = "parts/sentence.html")]
pub struct SentencePart {
    /// A sentence is one cell; a row of a table has several, each with the name of its column.
    cells: Vec<(Option<String>, String)>,
    mark: Mark,
}

/// A sentence that a model wrote, with its marks, or with a word of doubt.
#[derive(Template)]
#[template(path = "parts/statement.html")]
pub struct StatementPart {
    text: String,
    formatting: Formatting,
    marks: Vec<Mark>,
    doubt: Option<String>,
}

/// Everything that an answer cites, the quotes first.
pub fn citations<'answer>(
    quotes: &'answer [Quote],
    statements: &'answer [Statement],
) -> impl Iterator<Item = &'answer Citation> {
    let quoted = quotes.iter().map(|quote| &quote.citation);
    quoted.chain(statements.iter().flat_map(|statement| &statement.citations))
}

impl Mark {
    fn new(t: Texts, citation: &Citation) -> Self {
        let place = words::locator(t, &citation.locator);
        let number = citation.number.to_string();
        let parts = [
            ("number", number.as_str()),
            ("title", &citation.title),
            ("place", &place),
        ];
        let label = if place.is_empty() {
            t.with_all("cite-label", &parts)
        } else {
            t.with_all("cite-label-place", &parts)
        };
        Self {
            href: href(citation),
            label: label.into_owned(),
            number: citation.number,
        }
    }
}

impl SentencePart {
    /// The sentence of a quote.
    pub fn new(t: Texts, quote: &Quote) -> Self {
        Self {
            cells: quote
                .cells()
                .filter(|(_, cell)| !cell.is_empty())
                .map(|(name, cell)| {
                    (
                        name.map(|name| t.with("cell-name", "name", name).into_owned()),
                        cell.to_owned(),
                    )
                })
                .collect(),
            mark: Mark::new(t, &quote.citation),
        }
    }
}

impl StatementPart {
    /// A sentence of a model.
    pub fn new(t: Texts, statement: &Statement) -> Self {
        let doubt = match &statement.support {
            Support::Supported => None,
            Support::Missing { words } => {
                Some(t.with("doubt-missing", "words", &words.join(&t.get("list-words"))))
            }
            Support::Unsupported => Some(t.get("doubt-unsupported")),
        };
        Self {
            text: statement.text.clone(),
            formatting: statement.formatting.clone(),
            marks: statement
                .citations
                .iter()
                .map(|citation| Mark::new(t, citation))
                .collect(),
            doubt: doubt.map(Cow::into_owned),
        }
    }

    /// The pieces of the sentence, each set in one way.
    fn runs(&self) -> Vec<Run<'_>> {
        self.formatting.runs(&self.text)
    }

    fn is_item(&self) -> bool {
        self.formatting.block != Block::Paragraph
    }
}
