//! Word documents: headings by style, lists with their numbers, tables as rows, page headers and footers once.

use std::collections::HashMap;
use std::path::Path;

use super::docx_math::{self, Math};
use super::docx_parts::{Numbering, Part, Pictures, Style, WHAT, pictures, related_to, styles};
use super::headings::one_line;
use super::held::{self, Item};
use super::ocr::Ocr;
use super::package::Package;
use super::pasted::Pasted;
use super::xml::{self, Step, attribute, prefixed_attribute, relationships};
use super::{BlockKind, Limits, Outline, Output, ParseError, Parser, office97, properties, table};

/// Reads `.docx`.
#[derive(Debug)]
pub(super) struct DocxParser<'parser> {
    ocr: &'parser Ocr,
}

impl<'parser> DocxParser<'parser> {
    /// With what recognises the text of pictures.
    pub(super) fn new(ocr: &'parser Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for DocxParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let mut package = match Package::open(path, WHAT, limits) {
            // The old format under the name of the new one.
            Err(ParseError::OldOffice { .. }) => return office97::read_doc(path, limits, output),
            package => package?,
        };
        let main = main_part(&mut package, limits)?;
        let body = package
            .part(&main)?
            .ok_or_else(|| ParseError::damaged(WHAT, "the part with the text is missing"))?;
        let related = related_to(&mut package, &main, limits)?;
        let mut parts_of = |kind: &str| -> Result<Vec<Part>, ParseError> {
            let mut parts = Vec::new();
            for relationship in related.iter().filter(|relationship| relationship.kind == kind) {
                if let Some(bytes) = package.part(&relationship.target)? {
                    let related = match related_to(&mut package, &relationship.target, limits) {
                        // Its words are there, whatever is wrong with its pictures.
                        Err(ParseError::Damaged { .. }) => Vec::new(),
                        related => related?,
                    };
                    parts.push((bytes, pictures(&related)));
                }
            }
            Ok(parts)
        };
        let styles = match parts_of("styles")?.first() {
            Some((bytes, _)) => styles(bytes, limits)?,
            None => HashMap::new(),
        };
        let numbering = match parts_of("numbering")?.first() {
            Some((bytes, _)) => Numbering::read(bytes, limits)?,
            None => Numbering::default(),
        };
        let mut reading = Reading {
            styles,
            numbering,
            ..Reading::default()
        };
        for part in parts_of("header")? {
            reading.margin(part, limits)?;
        }
        reading.part((body, pictures(&related)), limits)?;
        for kind in ["footnotes", "endnotes", "comments"] {
            for part in parts_of(kind)? {
                reading.part(part, limits)?;
            }
        }
        for part in parts_of("footer")? {
            reading.margin(part, limits)?;
        }
        let properties = properties::of_package(&mut package, WHAT, limits)?;
        let mut pasted = Pasted::new(self.ocr, output);
        pasted.begin_all(&mut package, &reading.items);
        let title = properties::title(&properties);
        let outline = held::send_with(reading.items, title, Some(&mut pasted), output)?;
        Ok(Outline {
            properties,
            ..outline
        })
    }
}

#[derive(Default)]
struct Paragraph {
    text: String,
    style: Style,
    numbering: Option<(String, usize)>,
}

#[derive(Default)]
struct Table {
    rows: Vec<Vec<String>>,
    /// The same as it would stand outside: what is sent where the table is only a frame around text.
    inside: Vec<Item>,
    headers: usize,
    continues_above: bool,
    span: usize,
}

impl Table {
    /// A table of one column with a table in it only holds that one.
    fn is_frame(&self) -> bool {
        let holds_table = self.inside.iter().any(|item| matches!(item, Item::Table(..)));
        holds_table && self.rows.iter().all(|row| row.len() <= 1)
    }
}

#[derive(Default)]
struct Reading {
    styles: HashMap<String, Style>,
    numbering: Numbering,
    items: Vec<Item>,
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    in_text: bool,
    in_properties: u32,
    /// Inside text that a tracked change takes away: what is read is the document with all changes accepted.
    deleted: u32,
    math: Math,
    margins: Vec<String>,
    /// Those of the part that is being read.
    pictures: Pictures,
}

impl Reading {
    fn part(&mut self, (bytes, pictures): Part, limits: &Limits) -> Result<(), ParseError> {
        self.pictures = pictures;
        xml::walk(&bytes, WHAT, limits, &mut |step| {
            match step {
                Step::Open(name, tag) => self.open(name, tag),
                Step::Close(name) => self.close(name),
                Step::Text(text) if self.in_text => self.write(text),
                Step::Text(_) => {}
            }
            Ok(())
        })
    }

    /// A page header or footer: often the only place of a document's number and revision, so it is kept, but once.
    fn margin(&mut self, part: Part, limits: &Limits) -> Result<(), ParseError> {
        let before = self.items.len();
        self.part(part, limits)?;
        let (pictures, words): (Vec<Item>, Vec<Item>) = self
            .items
            .drain(before..)
            .partition(|item| matches!(item, Item::Picture(_)));
        let texts: Vec<String> = words
            .into_iter()
            .map(|item| match item {
                Item::Title(text) | Item::Heading(_, text) | Item::Text(_, text) => one_line(&text),
                Item::Table(rows, _) => {
                    let rows: Vec<String> = rows.iter().filter_map(|row| table::row_text(row)).collect();
                    rows.join("\n")
                }
                Item::Picture(_) => String::new(),
            })
            .collect();
        let text = texts.join("\n");
        let says_something = text.chars().filter(|character| character.is_alphabetic()).count() >= 3;
        if says_something && !self.margins.contains(&text) {
            self.margins.push(text.clone());
            self.items.push(Item::Text(BlockKind::Paragraph, text));
        }
        // The header of the first page and those of the others show the same logo.
        for picture in pictures {
            if !self.items.contains(&picture) {
                self.items.push(picture);
            }
        }
        Ok(())
    }

    fn write(&mut self, text: &str) {
        if self.deleted > 0 {
            return;
        }
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn open(&mut self, name: &str, tag: &quick_xml::events::BytesStart<'_>) {
        let value = || attribute(tag, "val");
        if let Some(text) = self.math.open(name, value) {
            self.write(&text);
        }
        match name {
            "p" => self.paragraphs.push(Paragraph::default()),
            "t" => self.in_text = true,
            "del" | "moveFrom" => self.deleted += 1,
            "tab" if self.in_properties == 0 => self.write(" "),
            "br" | "cr" => self.write("\n"),
            "blip" | "imagedata" if self.deleted == 0 => {
                let id = prefixed_attribute(tag, if name == "blip" { "r:embed" } else { "r:id" });
                if let Some(part) = id.and_then(|id| self.pictures.get(&id)) {
                    self.push(Item::Picture(part.clone()));
                }
            }
            "noBreakHyphen" => self.write("-"),
            "pPr" => self.in_properties += 1,
            "pStyle" => {
                let style = value().and_then(|id| self.styles.get(&id)).cloned();
                if let (Some(paragraph), Some(style)) = (self.paragraphs.last_mut(), style) {
                    if paragraph.numbering.is_none() {
                        paragraph.numbering = style.numbering.clone();
                    }
                    paragraph.style = style;
                }
            }
            "outlineLvl" => {
                let level = value()
                    .and_then(|level| level.parse::<u8>().ok())
                    .filter(|level| *level < 9);
                if let (Some(paragraph), Some(level)) = (self.paragraphs.last_mut(), level) {
                    paragraph.style.heading = Some(level + 1);
                }
            }
            "numId" => {
                if let (Some(paragraph), Some(id)) = (self.paragraphs.last_mut(), value()) {
                    paragraph.numbering.get_or_insert_default().0 = id;
                }
            }
            "ilvl" => {
                if let (Some(paragraph), Some(level)) = (self.paragraphs.last_mut(), value()) {
                    paragraph.numbering.get_or_insert_default().1 = level.parse().unwrap_or(0);
                }
            }
            "tbl" => self.tables.push(Table::default()),
            "tr" => self.in_table(|table| table.rows.push(Vec::new())),
            "tc" => self.in_table(|table| {
                table.continues_above = false;
                table.span = 1;
                if let Some(row) = table.rows.last_mut() {
                    row.push(String::new());
                }
            }),
            "gridSpan" => {
                let span = value().and_then(|span| span.parse().ok()).unwrap_or(1);
                self.in_table(|table| table.span = span);
            }
            "vMerge" => {
                let continues = value().is_none_or(|value| value == "continue");
                self.in_table(|table| table.continues_above = continues);
            }
            "tblHeader" => {
                let on = value().is_none_or(|value| !matches!(value.as_str(), "0" | "false" | "off"));
                self.in_table(|table| {
                    if on && table.headers + 1 == table.rows.len() {
                        table.headers += 1;
                    }
                });
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(text) = self.math.close(name) {
            self.write(&text);
        }
        match name {
            "t" => self.in_text = false,
            "del" | "moveFrom" => self.deleted = self.deleted.saturating_sub(1),
            "pPr" => self.in_properties = self.in_properties.saturating_sub(1),
            "p" => self.end_paragraph(),
            "tc" => self.in_table(|table| {
                // A merged cell says the same in each row and column that it covers.
                let columns = table.rows.last().map_or(0, Vec::len);
                let above = table
                    .rows
                    .len()
                    .checked_sub(2)
                    .and_then(|row| table.rows[row].get(columns - 1))
                    .cloned();
                let (continues, span) = (table.continues_above, table.span.min(64));
                if let Some(row) = table.rows.last_mut() {
                    if continues
                        && let (Some(cell), Some(above)) = (row.last_mut(), above)
                        && cell.trim().is_empty()
                    {
                        *cell = above;
                    }
                    row.extend(std::iter::repeat_n(String::new(), span.saturating_sub(1)));
                }
            }),
            "tbl" => self.end_table(),
            _ => {}
        }
    }

    fn in_table(&mut self, change: impl FnOnce(&mut Table)) {
        if let Some(table) = self.tables.last_mut() {
            change(table);
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else {
            return;
        };
        if paragraph.text.trim().is_empty() || paragraph.style.contents {
            return;
        }
        let (number, listed) = match &paragraph.numbering {
            Some((id, depth)) if id != "0" => (self.numbering.next(id, *depth), true),
            _ => (None, false),
        };
        let text = match number {
            Some(number) => format!("{number} {}", paragraph.text.trim()),
            None => paragraph.text,
        };
        let text = if text.contains("{}") || text.contains("[]") {
            docx_math::tidy(&text)
        } else {
            text
        };
        if let Some(row) = self.tables.last_mut().and_then(|table| table.rows.last_mut())
            && let Some(cell) = row.last_mut()
        {
            if !cell.is_empty() {
                cell.push(' ');
            }
            cell.push_str(text.trim());
        }
        let item = match paragraph.style {
            Style { title: true, .. } => Item::Title(text),
            Style {
                heading: Some(level), ..
            } => Item::Heading(level, text),
            Style { code: true, .. } => Item::Text(BlockKind::Code, text),
            _ if listed => Item::Text(BlockKind::ListItem, text),
            _ => Item::Text(BlockKind::Paragraph, text),
        };
        self.push(item);
    }

    fn push(&mut self, item: Item) {
        match self.tables.last_mut() {
            Some(table) => table.inside.push(item),
            None => self.items.push(item),
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        if let Some(cell) = self
            .tables
            .last_mut()
            .and_then(|outer| outer.rows.last_mut())
            .and_then(|row| row.last_mut())
        {
            for text in table.rows.iter().filter_map(|row| table::row_text(row)) {
                cell.push(' ');
                cell.push_str(&text);
            }
        }
        if held::is_frame(&table.rows) || table.is_frame() {
            table.inside.into_iter().for_each(|item| self.push(item));
        } else {
            let declared = (table.headers > 0).then_some(table.headers);
            self.push(Item::Table(table.rows, declared));
            // The pictures of its cells follow it.
            let inside = table.inside.into_iter();
            inside
                .filter(|item| matches!(item, Item::Picture(_)))
                .for_each(|picture| self.push(picture));
        }
    }
}

fn main_part(package: &mut Package, limits: &Limits) -> Result<String, ParseError> {
    let usual = "word/document.xml".to_owned();
    if package.contains(&usual) {
        return Ok(usual);
    }
    let Some(bytes) = package.part("_rels/.rels")? else {
        return Ok(usual);
    };
    let found = relationships(&bytes, "", WHAT, limits)?;
    Ok(found
        .into_iter()
        .find(|relationship| relationship.kind == "officeDocument")
        .map_or(usual, |found| found.target))
}
