//! What parsers send: blocks of text with their places, through an output that keeps the limits.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::error::DEEPEST_PART;
use super::search::Search;
use super::{Limits, ParseError};
use crate::domain::Locator;

/// A heading, a paragraph, a row: the smallest piece of a document that has a place of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Where it stands. The heading path of a heading ends in the heading itself.
    pub locator: Locator,
    /// What it is.
    pub kind: BlockKind,
    /// Its text, without markup; lines that belong together are joined.
    pub text: String,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockKind {
    /// A heading and its level, from 1.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// An item of a list; a numbered one begins with its number.
    ListItem,
    /// Lines whose breaks matter.
    Code,
    /// A row of a table, its cells divided by ` | `.
    Row {
        /// The header row of its table, which every passage of the table repeats.
        #[serde(with = "shared_text")]
        header: Option<Arc<str>>,
    },
}

/// Text that many rows share travels as text.
mod shared_text {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(text: &Option<Arc<str>>, to: S) -> Result<S::Ok, S::Error> {
        text.as_deref().serialize(to)
    }

    pub(super) fn deserialize<'from, D: Deserializer<'from>>(from: D) -> Result<Option<Arc<str>>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(Arc::from))
    }
}

/// Takes blocks from a parser, cleans their text, keeps the limits and hands them on.
pub struct Output<'emit> {
    emit: &'emit mut dyn FnMut(Block) -> ControlFlow<()>,
    blocks: u64,
    characters: u64,
    limits: Limits,
    started: Instant,
    waited: Duration,
    recognising_since: Rc<Cell<Option<Instant>>>,
    /// The files inside files that are being read, the outermost first.
    parts: Vec<String>,
    parts_read: usize,
    unpacked: u64,
    title_at: Option<u64>,
    /// What is looked for, where nothing is to be read.
    search: Option<Search>,
}

impl<'emit> Output<'emit> {
    /// The time limit starts to count here; the time for which `emit` keeps a block does not count.
    pub fn new(limits: &Limits, emit: &'emit mut dyn FnMut(Block) -> ControlFlow<()>) -> Self {
        Self {
            emit,
            blocks: 0,
            characters: 0,
            limits: limits.clone(),
            started: Instant::now(),
            waited: Duration::ZERO,
            recognising_since: Rc::default(),
            parts: Vec::new(),
            parts_read: 0,
            unpacked: 0,
            title_at: None,
            search: None,
        }
    }

    /// The same where one file inside the file is looked for: no block is handed on.
    pub(super) fn searching(self, search: Search) -> Self {
        Self {
            search: Some(search),
            ..self
        }
    }

    /// Whether one file inside the file is looked for.
    pub(super) fn is_searching(&self) -> bool {
        self.search.is_some()
    }

    /// Whether the file that is being read is the one that is looked for, or else, with `false`, may have it inside.
    pub(super) fn leads_on(&self) -> Option<bool> {
        let (search, path) = (self.search.as_ref()?, self.part_path());
        let is_here = search.is_here(&path);
        (is_here || search.is_below(&path)).then_some(is_here)
    }

    /// The file that was looked for.
    pub(super) fn found(&mut self, file: NamedTempFile) {
        if let Some(search) = &mut self.search {
            search.found(file);
        }
    }

    /// What came of the search.
    pub(super) fn search(self) -> Option<Search> {
        self.search
    }

    /// When the first page of the file, or of a file inside it, began to be recognised: all of them share its time.
    pub(super) fn recognising_since(&self) -> Rc<Cell<Option<Instant>>> {
        Rc::clone(&self.recognising_since)
    }

    /// The title of the document would stand here as a heading.
    pub(super) fn title_here(&mut self) {
        self.title_at.get_or_insert(self.blocks);
    }

    /// The title was sent as text.
    pub(super) fn forget_title(&mut self) {
        self.title_at = None;
    }

    /// How many blocks stand before the title, where it stands in the text.
    pub(super) fn title_at(&self) -> Option<u64> {
        self.title_at
    }

    /// A file inside the file begins: until [`Output::leave_part`] all blocks stand in it, under its name.
    pub(super) fn enter_part(&mut self, name: &str) -> Result<(), ParseError> {
        self.parts_read += 1;
        if self.parts_read > self.limits.parts {
            return Err(ParseError::TooManyParts {
                parts: self.parts_read,
                limit: self.limits.parts,
            });
        }
        self.parts.push(name.to_owned());
        Ok(())
    }

    /// The file inside the file is over.
    pub(super) fn leave_part(&mut self) {
        self.parts.pop();
    }

    /// Whether a file inside the file is being read.
    pub(super) fn is_in_part(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Whether files inside this one are no longer opened.
    pub(super) fn is_too_deep(&self) -> bool {
        self.parts.len() >= DEEPEST_PART
    }

    /// The path of the file that is being read inside this one.
    pub(super) fn part_path(&self) -> String {
        self.parts.join("/")
    }

    /// The path of the file `name` in the one that is being read.
    pub(super) fn path_of(&self, name: &str) -> String {
        let mut path = self.part_path();
        if !path.is_empty() {
            path.push('/');
        }
        path + name
    }

    /// Counts what files inside this one unpack to, all of them together.
    pub(super) fn unpack(&mut self, bytes: u64) -> Result<(), ParseError> {
        self.unpacked = self.unpacked.saturating_add(bytes);
        if self.unpacked > self.limits.unpacked_bytes {
            return Err(ParseError::UnpacksTooLarge {
                limit_megabytes: self.limits.unpacked_bytes / super::error::MEGABYTE,
            });
        }
        self.on_time()
    }

    /// Blocks that had text.
    pub fn blocks(&self) -> u64 {
        self.blocks
    }

    /// Sends a block; one without text is passed over.
    pub fn block(&mut self, mut block: Block) -> Result<(), ParseError> {
        if self.is_searching() {
            return self.on_time();
        }
        block.text = clean(&block.text, matches!(block.kind, BlockKind::Code));
        if block.text.is_empty() {
            return Ok(());
        }
        if self.is_in_part() {
            block.locator.part = Some(self.part_path());
            block.locator.headings.splice(0..0, self.parts.iter().cloned());
        }
        self.blocks += 1;
        self.characters += block.text.len() as u64;
        if self.characters > self.limits.characters {
            return Err(ParseError::TooMuchText {
                limit_millions: self.limits.characters / 1_000_000,
            });
        }
        self.on_time()?;
        let handed_over = Instant::now();
        let flow = (self.emit)(block);
        self.waited += handed_over.elapsed();
        match flow {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ParseError::Stopped),
        }
    }

    /// Sends running text.
    pub fn paragraph(&mut self, locator: &Locator, text: String) -> Result<(), ParseError> {
        self.block(Block {
            locator: locator.clone(),
            kind: BlockKind::Paragraph,
            text,
        })
    }

    /// An error once the time is up. Parsers that work long without sending anything ask for themselves.
    pub fn on_time(&self) -> Result<(), ParseError> {
        if self.started.elapsed().saturating_sub(self.waited) > self.limits.time {
            return Err(ParseError::TimedOut {
                seconds: self.limits.time.as_secs(),
            });
        }
        Ok(())
    }
}

/// Takes out what nobody sees and what would split words that look whole: control characters, soft hyphens,
/// zero-width marks, typographic ligatures, no-break spaces. Blanks are kept only in code.
pub(super) fn clean(text: &str, code: bool) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => {
                if !code {
                    cleaned.truncate(cleaned.trim_end_matches(' ').len());
                }
                cleaned.push('\n');
            }
            '\t' if code => cleaned.push_str("    "),
            ' ' if code => cleaned.push(' '),
            ' ' | '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' | '\u{b}' | '\u{c}' => {
                if code || !cleaned.ends_with([' ', '\n']) {
                    cleaned.push(' ');
                }
            }
            '\u{2028}' | '\u{2029}' => cleaned.push('\n'),
            '\u{fb00}' => cleaned.push_str("ff"),
            '\u{fb01}' => cleaned.push_str("fi"),
            '\u{fb02}' => cleaned.push_str("fl"),
            '\u{fb03}' => cleaned.push_str("ffi"),
            '\u{fb04}' => cleaned.push_str("ffl"),
            '\u{2010}' | '\u{2011}' => cleaned.push('-'),
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}'
            | '\u{e000}'..='\u{f8ff}' => {}
            character if character.is_control() => {}
            character => cleaned.push(character),
        }
    }
    let kept = if code {
        cleaned.trim_matches('\n').trim_end()
    } else {
        cleaned.trim()
    };
    kept.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cleaned_of_what_nobody_sees() {
        assert_eq!(
            clean(
                "  con\u{ad}\u{fb01}rm\u{a0}\u{a0}the\u{200b} part\u{0}\n  no. ",
                false
            ),
            "confirm the part\nno."
        );
    }

    #[test]
    fn the_indentation_of_code_is_kept() {
        assert_eq!(clean("\nif x {\n\tstop();\n}\n", true), "if x {\n    stop();\n}");
    }

    #[test]
    fn more_text_than_allowed_is_refused() {
        let limits = Limits {
            characters: 5,
            ..Limits::default()
        };
        let mut emit = |_| ControlFlow::Continue(());
        let mut output = Output::new(&limits, &mut emit);
        assert!(output.paragraph(&Locator::default(), "12345".to_owned()).is_ok());
        assert!(matches!(
            output.paragraph(&Locator::default(), "6".to_owned()),
            Err(ParseError::TooMuchText { .. })
        ));
    }

    #[test]
    fn a_taker_that_breaks_stops_the_reading() {
        let mut emit = |_| ControlFlow::Break(());
        let mut output = Output::new(&Limits::default(), &mut emit);
        assert!(matches!(
            output.paragraph(&Locator::default(), "x".to_owned()),
            Err(ParseError::Stopped)
        ));
    }
}
