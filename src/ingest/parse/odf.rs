//! Texts and presentations of OpenDocument: headings, lists, tables, notes, slides in their order.

use std::path::Path;

use quick_xml::events::BytesStart;

use super::held::{self, Item};
use super::ocr::Ocr;
use super::odf_slides::{self, Slide};
use super::odf_styles::{self, Styles};
use super::package::Package;
use super::pasted::Pasted;
use super::signature::Signature;
use super::xml::{self, Step, attribute};
use super::{BlockKind, Limits, Outline, Output, ParseError, Parser, odf_margins, properties, table};

const WHAT: &str = "OpenDocument file";

/// Reads `.odt` and `.odp`.
#[derive(Debug)]
pub(super) struct OdfParser<'parser> {
    ocr: &'parser Ocr,
}

impl<'parser> OdfParser<'parser> {
    /// With what recognises the text of pictures.
    pub(super) fn new(ocr: &'parser Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for OdfParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        if Signature::of(path)? == Signature::Compound {
            return Err(ParseError::damaged(
                WHAT,
                "it is a file of Office 97 to 2003 or an encrypted one",
            ));
        }
        let mut package = Package::open(path, WHAT, limits)?;
        odf_styles::refuse_encrypted(&mut package, WHAT)?;
        let properties = odf_styles::properties(&mut package, WHAT, limits)?;
        let content = package
            .part("content.xml")?
            .ok_or_else(|| ParseError::damaged(WHAT, "the part with the text is missing"))?;
        let mut styles = Styles::default();
        let margins = match package.part("styles.xml")? {
            Some(bytes) => {
                styles.read(&bytes, WHAT, limits)?;
                let mut reading = Reading::new(Styles::default());
                reading.only_margins = true;
                reading.part(&bytes, limits)?;
                reading.items
            }
            None => Vec::new(),
        };
        styles.read(&content, WHAT, limits)?;
        let mut reading = Reading::new(styles);
        reading.part(&content, limits)?;
        let declared = properties::title(&properties);
        let mut pasted = Pasted::new(self.ocr, output);
        let outline = if reading.slides.is_empty() {
            let mut items = margins;
            items.append(&mut reading.items);
            pasted.begin_all(&mut package, &items);
            held::send_with(items, declared, Some(&mut pasted), output)?
        } else {
            for (slide, footer) in reading
                .slides
                .iter_mut()
                .zip(odf_margins::of_slides(&content, limits)?)
            {
                slide.footer = footer;
            }
            let items = reading.slides.iter().flat_map(|slide| &slide.items);
            pasted.begin_all(&mut package, items);
            odf_slides::send(reading.slides, declared, &mut pasted, limits, output)?
        };
        Ok(Outline {
            properties,
            ..outline
        })
    }
}

struct Paragraph {
    text: String,
    heading: Option<u8>,
    title: bool,
}

#[derive(Default)]
struct Table {
    rows: Vec<Vec<String>>,
    headers: usize,
    in_headers: bool,
    /// Rows that cells reach down into, and what they say, by column.
    hanging: Vec<(u32, String)>,
    spans: (u32, u32),
    repeats: u32,
    pictures: Vec<Item>,
}

#[derive(Default)]
struct Reading {
    styles: Styles,
    items: Vec<Item>,
    slides: Vec<Slide>,
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    /// For each list around the place: the number of its item, where its items are numbered.
    lists: u32,
    item_begins: bool,
    /// Inside deleted text, tables of contents and the like.
    skipped: u32,
    only_margins: bool,
    in_margin: u32,
    in_title: bool,
    in_comment: u32,
}

impl Reading {
    fn new(styles: Styles) -> Self {
        Self {
            styles,
            ..Self::default()
        }
    }

    fn part(&mut self, bytes: &[u8], limits: &Limits) -> Result<(), ParseError> {
        xml::walk(bytes, WHAT, limits, &mut |step| {
            match step {
                Step::Open(name, tag) => self.open(name, tag),
                Step::Close(name) => self.close(name),
                Step::Text(text) if self.takes() => self.write(text),
                Step::Text(_) => {}
            }
            Ok(())
        })
    }

    fn takes(&self) -> bool {
        self.skipped == 0 && (!self.only_margins || self.in_margin > 0)
    }

    fn write(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn open(&mut self, name: &str, tag: &BytesStart<'_>) {
        self.in_comment += u32::from(name == "annotation");
        match name {
            // Who wrote a comment, and when, is no part of it.
            "creator" | "date" | "creator-initials" if self.in_comment > 0 => self.skipped += 1,
            "tracked-changes" | "table-of-content" | "alphabetical-index" | "forms" | "note-citation" => {
                self.skipped += 1;
            }
            "header" | "footer" | "header-first" | "footer-first" | "header-left" | "footer-left" => {
                self.in_margin += 1;
            }
            "page" if !self.only_margins => {
                let style = attribute(tag, "style-name").unwrap_or_default();
                self.slides.push(Slide {
                    hidden: self.styles.hides(&style),
                    ..Slide::default()
                });
            }
            "frame" => {
                self.in_title = attribute(tag, "class").is_some_and(|class| class == "title");
            }
            "image" if self.takes() && !self.only_margins => {
                if let Some(picture) = odf_styles::picture(tag).map(Item::Picture) {
                    match self.tables.last_mut() {
                        Some(table) => table.pictures.push(picture),
                        None => self.push(picture),
                    }
                }
            }
            "p" | "h" => {
                let style = attribute(tag, "style-name").unwrap_or_default();
                self.paragraphs.push(Paragraph {
                    text: String::new(),
                    heading: (name == "h").then(|| {
                        attribute(tag, "outline-level")
                            .and_then(|level| level.parse().ok())
                            .unwrap_or(1)
                    }),
                    title: self.styles.is(&style, "Title") || (self.in_title && !self.slides.is_empty()),
                });
            }
            "s" => {
                let count = attribute(tag, "c")
                    .and_then(|count| count.parse().ok())
                    .unwrap_or(1usize);
                self.write(&" ".repeat(count.min(200)));
            }
            "tab" => self.write(" "),
            "line-break" => self.write("\n"),
            "list" => self.lists += 1,
            "list-item" => self.item_begins = true,
            "table" => self.tables.push(Table::default()),
            _ => self.open_in_table(name, tag),
        }
    }

    fn open_in_table(&mut self, name: &str, tag: &BytesStart<'_>) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let number = |name: &str| {
            attribute(tag, name)
                .and_then(|number| number.parse::<u32>().ok())
                .unwrap_or(1)
        };
        match name {
            "table-header-rows" => table.in_headers = true,
            "table-row" => {
                table.rows.push(Vec::new());
                table.headers += usize::from(table.in_headers);
            }
            "table-cell" => {
                table.spans = (number("number-rows-spanned"), number("number-columns-spanned"));
                table.repeats = number("number-columns-repeated").clamp(1, 64);
                if let Some(row) = table.rows.last_mut() {
                    row.push(String::new());
                }
            }
            "covered-table-cell" => {
                // A cell merged over several rows says the same in each of them.
                for _ in 0..number("number-columns-repeated").clamp(1, 64) {
                    if let Some(row) = table.rows.last_mut() {
                        let text = match table.hanging.get_mut(row.len()) {
                            Some((left, text)) if *left > 0 => {
                                *left -= 1;
                                text.clone()
                            }
                            _ => String::new(),
                        };
                        row.push(text);
                    }
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "creator" | "date" | "creator-initials" if self.in_comment > 0 => {
                self.skipped = self.skipped.saturating_sub(1);
            }
            "annotation" => self.in_comment = self.in_comment.saturating_sub(1),
            "tracked-changes" | "table-of-content" | "alphabetical-index" | "forms" | "note-citation" => {
                self.skipped = self.skipped.saturating_sub(1);
            }
            "header" | "footer" | "header-first" | "footer-first" | "header-left" | "footer-left" => {
                self.in_margin = self.in_margin.saturating_sub(1);
            }
            "frame" => self.in_title = false,
            "p" | "h" => self.end_paragraph(),
            "list" => self.lists = self.lists.saturating_sub(1),
            "table-header-rows" => {
                if let Some(table) = self.tables.last_mut() {
                    table.in_headers = false;
                }
            }
            "table-cell" => {
                if let Some(table) = self.tables.last_mut()
                    && let Some(row) = table.rows.last_mut()
                {
                    let text = row.last().cloned().unwrap_or_default();
                    let at = row.len().saturating_sub(1);
                    if table.hanging.len() <= at {
                        table.hanging.resize(at + 1, (0, String::new()));
                    }
                    table.hanging[at] = (table.spans.0.saturating_sub(1), text.clone());
                    row.extend(std::iter::repeat_n(text, table.repeats as usize - 1));
                }
            }
            "table" => self.end_table(),
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else {
            return;
        };
        let text = paragraph.text;
        if text.trim().is_empty() || !self.takes() {
            return;
        }
        let cell = self
            .tables
            .last_mut()
            .and_then(|table| table.rows.last_mut())
            .and_then(|row| row.last_mut());
        if let Some(cell) = cell {
            if !cell.is_empty() {
                cell.push(' ');
            }
            cell.push_str(text.trim());
            return;
        }
        let first_of_item = std::mem::take(&mut self.item_begins);
        let item = match paragraph {
            Paragraph { title: true, .. } => Item::Title(text),
            Paragraph {
                heading: Some(level), ..
            } => Item::Heading(level, text),
            _ if self.lists > 0 && first_of_item => Item::Text(BlockKind::ListItem, text),
            _ => Item::Text(BlockKind::Paragraph, text),
        };
        self.push(item);
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        let outer = self
            .tables
            .last_mut()
            .and_then(|outer| outer.rows.last_mut())
            .and_then(|row| row.last_mut());
        if let Some(cell) = outer {
            for text in table.rows.iter().filter_map(|row| table::row_text(row)) {
                cell.push(' ');
                cell.push_str(&text);
            }
        } else if self.takes() {
            let declared = (table.headers > 0).then_some(table.headers);
            self.push(Item::Table(table.rows, declared));
            // The pictures of its cells follow it.
            table.pictures.into_iter().for_each(|picture| self.push(picture));
        }
    }

    fn push(&mut self, item: Item) {
        match self.slides.last_mut() {
            Some(slide) => slide.items.push(item),
            None => self.items.push(item),
        }
    }
}
