//! Blocks as Markdown: what the parsers read, in a form that other programs compare and people can look at.

use std::fmt::Write;
use std::sync::Arc;

use crate::domain::Locator;
use crate::ingest::parse::{Block, BlockKind, Outline};

/// Writes blocks one after the other.
#[derive(Debug, Default)]
pub struct Markdown {
    text: String,
    /// The table that is open: the place of its rows, its header, and how many cells its rows have.
    table: Option<(Locator, Option<Arc<str>>)>,
    listed: bool,
    blocks: u64,
    title: Option<(u64, String)>,
    /// The file inside the file, and the sheet: they are named where they begin.
    place: (Option<String>, Option<String>),
}

impl Markdown {
    /// A document whose title stands in its text behind so many blocks.
    pub fn titled(outline: &Outline) -> Self {
        Self {
            title: outline.title_at.zip(outline.title.clone()),
            ..Self::default()
        }
    }

    /// The next block.
    pub fn push(&mut self, block: &Block) {
        self.title_before(self.blocks);
        self.blocks += 1;
        let place = (block.locator.part.clone(), block.locator.sheet.clone());
        if place != self.place {
            let name = place
                .1
                .clone()
                .or_else(|| place.0.clone())
                .filter(|_| place.1.is_some());
            if let Some(name) = name {
                self.heading(2, &name);
            }
            self.place = place;
        }
        if let BlockKind::Row { header } = &block.kind {
            self.row(block, header.as_ref());
            return;
        }
        self.table = None;
        if let BlockKind::Heading(level) = &block.kind {
            self.heading(*level, &block.text);
            return;
        }
        let item = matches!(block.kind, BlockKind::ListItem);
        if !self.text.is_empty() {
            self.text
                .push_str(if item && self.listed { "\n" } else { "\n\n" });
        }
        self.listed = item;
        match &block.kind {
            BlockKind::ListItem => {
                // A numbered item begins with its number.
                let number = block.text.split_once(". ").map_or("", |(number, _)| number);
                if number.is_empty() || !number.chars().all(|digit| digit.is_ascii_digit()) {
                    self.text.push_str("- ");
                }
                self.write(&block.text);
            }
            BlockKind::Code => {
                self.text.push_str("```\n");
                self.write(&block.text);
                self.text.push_str("\n```");
            }
            _ => self.write(&block.text),
        }
    }

    /// All that was written.
    pub fn finish(mut self) -> String {
        self.title_before(u64::MAX);
        self.text.push('\n');
        self.text
    }

    fn title_before(&mut self, block: u64) {
        if let Some((_, title)) = self.title.take_if(|(at, _)| *at <= block) {
            self.heading(1, &title);
        }
    }

    fn heading(&mut self, level: u8, text: &str) {
        self.table = None;
        self.listed = false;
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        let marks = "#".repeat(usize::from(level).clamp(1, 6));
        self.text.push_str(&marks);
        self.text.push(' ');
        self.write(text);
    }

    fn row(&mut self, block: &Block, header: Option<&Arc<str>>) {
        let place = Locator {
            rows: None,
            ..block.locator.clone()
        };
        let open = (place, header.cloned());
        if self.table.as_ref() != Some(&open) {
            self.text.push_str(if self.text.is_empty() { "" } else { "\n\n" });
            let columns = header.map_or(&*block.text, |header| header).split(" | ").count();
            if let Some(header) = header {
                self.line(header);
            } else {
                self.line(&" | ".repeat(columns.saturating_sub(1)));
            }
            self.line(&vec!["---"; columns].join(" | "));
            self.table = Some(open);
        }
        self.line(&block.text);
        self.text.truncate(self.text.trim_end_matches('\n').len());
        self.text.push('\n');
        self.listed = false;
    }

    fn line(&mut self, cells: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "| {} |", cells.replace('\n', " "));
    }

    fn write(&mut self, text: &str) {
        self.text.push_str(text);
    }
}
