//! The body of Rich Text Format: paragraphs become items, headings by their styles, cells become rows and tables.

use std::collections::HashMap;

use super::BlockKind;
use super::held::Item;

/// What a style makes of a paragraph.
#[derive(Debug, Clone, Copy, Default)]
struct Heading {
    /// The level of a heading, from 1.
    level: Option<u8>,
    /// The document's title.
    title: bool,
}

/// What was read of the body, and what is being read.
#[derive(Default)]
pub(super) struct Body {
    /// What is finished.
    pub(super) items: Vec<Item>,
    /// The styles that make headings, by number.
    styles: HashMap<i32, Heading>,
    /// The style of the paragraph, and its outline level where it has one of its own.
    pub(super) style: i32,
    pub(super) outline: Option<u8>,
    /// The paragraph, its number or bullet, and the notes that belong to it.
    pub(super) text: String,
    pub(super) marker: String,
    pub(super) notes: Vec<String>,
    /// The pictures that stand in it, by their names.
    pub(super) pictures: Vec<String>,
    /// The paragraph stands in a cell.
    pub(super) in_table: bool,
    /// What the row's definition says of its cells: which go on from above.
    pub(super) merges: Vec<bool>,
    pub(super) continues: bool,
    pub(super) header: bool,
    cells: Vec<String>,
    cell: String,
    rows: Vec<Vec<String>>,
    headers: usize,
}

impl Body {
    /// A style is over: its name or its outline level makes headings of its paragraphs.
    pub(super) fn keep_style(&mut self, name: &str) {
        let name = name.trim().trim_end_matches(';').to_lowercase();
        let outline = self.outline.take().filter(|level| *level < 9);
        let level = name
            .strip_prefix("heading ")
            .or_else(|| name.strip_prefix("标题 "))
            .and_then(|level| level.trim().parse().ok())
            .or(outline.map(|level| level + 1));
        let title = name == "title" || name == "标题";
        if level.is_some() || title {
            self.styles.insert(self.style, Heading { level, title });
        }
    }

    /// A paragraph is over, in a cell or outside.
    pub(super) fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        let marker = std::mem::take(&mut self.marker);
        if self.in_table {
            if !text.trim().is_empty() {
                self.cell.push_str(text.trim());
                self.cell.push(' ');
            }
            return;
        }
        self.end_table();
        if !text.trim().is_empty() {
            let style = self.styles.get(&self.style).copied().unwrap_or_default();
            let level = self
                .outline
                .filter(|level| *level < 9)
                .map(|level| level + 1)
                .or(style.level);
            let marker = marker.trim();
            let numbered = marker.chars().any(char::is_alphanumeric);
            let marked = if numbered {
                format!("{marker} {}", text.trim())
            } else {
                text.trim().to_owned()
            };
            self.items.push(if style.title {
                Item::Title(text)
            } else if let Some(level) = level {
                Item::Heading(level, marked)
            } else if marker.is_empty() {
                Item::Text(BlockKind::Paragraph, text)
            } else {
                Item::Text(BlockKind::ListItem, marked)
            });
        }
        self.send_notes();
    }

    fn send_notes(&mut self) {
        for note in std::mem::take(&mut self.notes) {
            self.items.push(Item::Text(BlockKind::Paragraph, note));
        }
        self.send_pictures();
    }

    fn send_pictures(&mut self) {
        let pictures = std::mem::take(&mut self.pictures).into_iter();
        self.items.extend(pictures.map(Item::Picture));
    }

    /// A cell is over; one of a table inside a cell only ends a line of it.
    pub(super) fn end_cell(&mut self, outermost: bool) {
        self.in_table = true;
        self.end_paragraph();
        if outermost {
            self.cells.push(std::mem::take(&mut self.cell).trim().to_owned());
        }
    }

    /// A row is over.
    pub(super) fn end_row(&mut self) {
        let mut cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            return;
        }
        // A merged cell says the same in each row that it covers.
        for (at, cell) in cells.iter_mut().enumerate() {
            if self.merges.get(at) == Some(&true)
                && cell.is_empty()
                && let Some(above) = self.rows.last().and_then(|row| row.get(at))
            {
                cell.clone_from(above);
            }
        }
        if self.header && self.headers == self.rows.len() {
            self.headers += 1;
        }
        self.rows.push(cells);
        self.in_table = false;
    }

    /// Whatever comes now is outside the table.
    pub(super) fn end_table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let headers = std::mem::take(&mut self.headers);
        if !rows.is_empty() {
            self.items
                .push(Item::Table(rows, (headers > 0).then_some(headers)));
            // The pictures of its cells follow it.
            self.send_pictures();
        }
    }
}
