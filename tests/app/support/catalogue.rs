//! The catalogues of texts as files: what messages they hold and what each fills in.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// The language that the others are translated from, and theirs.
pub const ENGLISH: &str = "en";
/// Every language of the interface.
pub const LANGUAGES: [&str; 4] = [ENGLISH, "zh-Hans", "zh-Hant", "ko"];

/// Stands in a message's words for what is filled in.
pub const GAP: char = '\u{fffc}';

/// A catalogue.
pub struct Catalogue {
    /// The tag of its language.
    pub language: &'static str,
    /// Its messages in their order.
    pub messages: Vec<Message>,
}

/// A text of a catalogue.
pub struct Message {
    /// Its key.
    pub key: String,
    /// The line it stands on, from 1.
    pub line: usize,
    /// The variables that it shows; of a choice, those of every way it can turn out.
    pub shows: Vec<BTreeSet<String>>,
    /// What it chooses by, as by a count.
    pub chooses_by: BTreeSet<String>,
    /// Its words, with [`GAP`] where something is filled in or chosen.
    pub words: String,
}

impl Catalogue {
    /// Reads `templates/texts/{language}.ftl`; fails where Fluent cannot read it.
    pub fn read(language: &'static str) -> Self {
        let file = format!("templates/texts/{language}.ftl");
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(&file);
        let source = fs::read_to_string(path).unwrap();
        let resource = parser::parse(source.as_str()).unwrap_or_else(|(_, errors)| {
            let wrong: Vec<String> = errors
                .iter()
                .map(|error| format!("{file}:{}: {error}", line_of(&source, error.pos.start)))
                .collect();
            panic!("{}", wrong.join("\n"))
        });
        let messages = resource.body.iter().filter_map(|entry| match entry {
            Entry::Message(message) => {
                let mut read = Message {
                    key: message.id.name.to_owned(),
                    line: line_of(&source, message.id.name.as_ptr().addr() - source.as_ptr().addr()),
                    shows: vec![BTreeSet::new()],
                    chooses_by: BTreeSet::new(),
                    words: String::new(),
                };
                if let Some(pattern) = &message.value {
                    read.shows = read.pattern(pattern);
                }
                Some(read)
            }
            _ => None,
        });
        Self {
            language,
            messages: messages.collect(),
        }
    }

    /// The message of a key.
    pub fn find(&self, key: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.key == key)
    }

    /// Every key.
    pub fn keys(&self) -> BTreeSet<&str> {
        self.messages.iter().map(|message| message.key.as_str()).collect()
    }
}

impl Message {
    /// Every variable that it shows or chooses by.
    pub fn variables(&self) -> BTreeSet<&str> {
        let shown = self.shows.iter().flatten();
        shown.chain(&self.chooses_by).map(String::as_str).collect()
    }

    /// Collects the words of a pattern; gives what each way it can turn out shows.
    fn pattern(&mut self, pattern: &Pattern<&str>) -> Vec<BTreeSet<String>> {
        let mut ways = vec![BTreeSet::new()];
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => self.words.push_str(value),
                PatternElement::Placeable { expression } => {
                    self.words.push(GAP);
                    let more = self.expression(expression);
                    ways = ways
                        .iter()
                        .flat_map(|way| more.iter().map(move |further| way | further))
                        .collect();
                }
            }
        }
        ways
    }

    fn expression(&mut self, expression: &Expression<&str>) -> Vec<BTreeSet<String>> {
        match expression {
            Expression::Inline(InlineExpression::VariableReference { id }) => {
                vec![BTreeSet::from([id.name.to_owned()])]
            }
            Expression::Inline(InlineExpression::Placeable { expression }) => self.expression(expression),
            Expression::Inline(_) => vec![BTreeSet::new()],
            Expression::Select { selector, variants } => {
                if let InlineExpression::VariableReference { id } = selector {
                    self.chooses_by.insert(id.name.to_owned());
                }
                let mut ways = Vec::new();
                for variant in variants {
                    ways.extend(self.pattern(&variant.value));
                    self.words.push(GAP);
                }
                ways
            }
        }
    }
}

fn line_of(source: &str, position: usize) -> usize {
    source[..position].matches('\n').count() + 1
}
