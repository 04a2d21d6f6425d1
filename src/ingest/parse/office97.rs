//! Word and PowerPoint 97 to 2003: read by a library, sent with headings, lists, tables, notes and slides.

use std::path::Path;

use office_oxide::doc::DocError;
use office_oxide::ir::{DocumentIR, Element, InlineContent, List, Section, Table};
use office_oxide::ppt::PptError;
use office_oxide::{Document, DocumentFormat, OfficeError};

use super::headings::{Headings, one_line};
use super::held::{self, Item};
use super::ocr::Ocr;
use super::package::Package;
use super::sheet;
use super::signature::Signature;
use super::{
    Block, BlockKind, Limits, Outline, Output, ParseError, Parser, docx, html, pptx, properties, rtf, table,
    xls,
};
use crate::domain::{Coverage, Locator};

const DOCUMENT: &str = "Word document";
const PRESENTATION: &str = "presentation";

/// Reads `.doc`, and whatever else programs write under that name.
#[derive(Debug)]
pub(super) struct DocParser<'parser> {
    ocr: &'parser Ocr,
}

impl<'parser> DocParser<'parser> {
    /// With what recognises the text of pictures.
    pub(super) fn new(ocr: &'parser Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for DocParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        match Signature::of(path)? {
            Signature::Zip => docx::DocxParser::new(self.ocr).parse(path, limits, output),
            Signature::Rtf => rtf::RtfParser::new(self.ocr).parse(path, limits, output),
            Signature::Html => html::HtmlParser::new(self.ocr).parse(path, limits, output),
            _ => read_doc(path, limits, output),
        }
    }
}

/// Reads `.ppt`.
#[derive(Debug)]
pub(super) struct PptParser<'parser> {
    ocr: &'parser Ocr,
}

impl<'parser> PptParser<'parser> {
    /// With what recognises the text of pictures.
    pub(super) fn new(ocr: &'parser Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for PptParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        match Signature::of(path)? {
            Signature::Zip => pptx::PptxParser::new(self.ocr).parse(path, limits, output),
            _ => read_ppt(path, limits, output),
        }
    }
}

/// Reads a document of Word 97 to 2003.
pub(super) fn read_doc(path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
    let read = open(path, DocumentFormat::Doc, DOCUMENT, limits)?;
    let mut items = Vec::new();
    let mut margins: Vec<String> = Vec::new();
    for section in &read.sections {
        output.on_time()?;
        margin_texts(section, &mut margins);
        gather(&section.elements, &mut items);
    }
    items.splice(
        0..0,
        margins
            .into_iter()
            .map(|text| Item::Text(BlockKind::Paragraph, text)),
    );
    let properties = described(&read);
    let outline = held::send(items, properties::title(&properties), output)?;
    Ok(Outline {
        properties,
        ..outline
    })
}

/// Reads a presentation of PowerPoint 97 to 2003.
pub(super) fn read_ppt(path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
    let read = open(path, DocumentFormat::Ppt, PRESENTATION, limits)?;
    let pages = u32::try_from(read.sections.len()).unwrap_or(u32::MAX);
    if pages > limits.pages {
        return Err(ParseError::TooManyPages {
            pages,
            limit: limits.pages,
        });
    }
    let properties = described(&read);
    let mut title = properties::title(&properties);
    let mut coverage = Coverage::default();
    for (number, section) in (1..).zip(&read.sections) {
        let before = output.blocks();
        let mut items = Vec::new();
        gather(&section.elements, &mut items);
        gather(section.speaker_notes.as_deref().unwrap_or_default(), &mut items);
        let heading = items.iter().find_map(|item| match item {
            Item::Title(text) | Item::Heading(_, text) => Some(one_line(text)),
            _ => None,
        });
        if number == 1 && title.is_none() {
            title = heading;
        }
        let place = Locator {
            slide: Some(number),
            hidden: section.hidden,
            ..Locator::default()
        };
        send_slide(items, place, output)?;
        coverage.push(sheet::fate(output.blocks() > before));
    }
    Ok(Outline {
        title,
        coverage,
        properties,
        ..Outline::default()
    })
}

fn send_slide(items: Vec<Item>, place: Locator, output: &mut Output<'_>) -> Result<(), ParseError> {
    let mut headings = Headings::default();
    for item in items {
        let locator = Locator {
            headings: headings.path(),
            ..place.clone()
        };
        match item {
            Item::Title(text) | Item::Heading(_, text) => headings.enter(1, &text, place.clone(), output)?,
            Item::Text(kind, text) => output.block(Block { locator, kind, text })?,
            Item::Table(rows, declared) => table::send_rows(&rows, declared, &locator, output)?,
            Item::Picture(_) => {}
        }
    }
    Ok(())
}

fn open(
    path: &Path,
    format: DocumentFormat,
    what: &'static str,
    limits: &Limits,
) -> Result<DocumentIR, ParseError> {
    // Whatever Office encrypts with a password of today is put into a compound file under any name.
    if let Err(refused @ ParseError::Password { .. }) = Package::open(path, what, limits) {
        return Err(refused);
    }
    let file = std::fs::File::open(path).map_err(ParseError::from_io)?;
    let document =
        Document::from_reader(std::io::BufReader::new(file), format).map_err(|error| match error {
            OfficeError::Doc(DocError::Encrypted) | OfficeError::Ppt(PptError::Encrypted) => {
                ParseError::Password { what }
            }
            OfficeError::Doc(DocError::Io(error)) | OfficeError::Ppt(PptError::Io(error)) => {
                xls::broken_off(error, what)
            }
            error => ParseError::damaged(what, error),
        })?;
    Ok(document.to_ir())
}

fn described(read: &DocumentIR) -> std::collections::BTreeMap<String, String> {
    let found = &read.metadata;
    let mut properties = std::collections::BTreeMap::new();
    for (name, value) in [
        ("title", &found.title),
        ("subject", &found.subject),
        ("author", &found.author),
        ("category", &found.category),
        ("status", &found.content_status),
        ("company", &found.company),
        ("manager", &found.manager),
        ("created", &found.created),
        ("modified", &found.modified),
        ("description", &found.description),
    ] {
        properties::put(&mut properties, name, value.as_deref().unwrap_or_default());
    }
    properties::put(&mut properties, "keywords", &found.keywords.join(", "));
    for custom in &found.custom_properties {
        properties::put(&mut properties, &format!("custom.{}", custom.name), &custom.value);
    }
    properties
}

/// Page headers and footers, each once.
fn margin_texts(section: &Section, margins: &mut Vec<String>) {
    let sides = [
        &section.header,
        &section.first_page_header,
        &section.even_page_header,
        &section.footer,
        &section.first_page_footer,
        &section.even_page_footer,
    ];
    for side in sides.into_iter().flatten() {
        let mut items = Vec::new();
        gather(&side.content, &mut items);
        let text = items.iter().map(item_text).collect::<Vec<_>>().join("\n");
        let says_something = text.chars().filter(|character| character.is_alphabetic()).count() >= 3;
        if says_something && !margins.contains(&text) {
            margins.push(text);
        }
    }
}

fn gather(elements: &[Element], items: &mut Vec<Item>) {
    for element in elements {
        match element {
            Element::Heading(heading) => {
                items.push(Item::Heading(heading.clamped_level(), inline(&heading.content)));
            }
            Element::Paragraph(paragraph) => {
                let text = inline(&paragraph.content);
                items.push(match paragraph.style.as_deref() {
                    Some("Title") => Item::Title(text),
                    _ => Item::Text(BlockKind::Paragraph, text),
                });
            }
            Element::Table(table) => gather_table(table, items),
            Element::List(list) => gather_list(list, items),
            Element::TextBox(inside) => gather(&inside.content, items),
            Element::Footnote(note) | Element::Endnote(note) => gather(&note.content, items),
            Element::CodeBlock(code) => items.push(Item::Text(BlockKind::Code, code.content.clone())),
            _ => {}
        }
    }
}

fn gather_list(list: &List, items: &mut Vec<Item>) {
    let first = list.start_number.unwrap_or(1);
    for (number, item) in (first..).zip(&list.items) {
        let mut inside = Vec::new();
        gather(&item.content, &mut inside);
        let text = inside.iter().map(item_text).collect::<Vec<_>>().join("\n");
        let text = if list.ordered {
            format!("{number}. {text}")
        } else {
            text
        };
        items.push(Item::Text(BlockKind::ListItem, text));
        if let Some(nested) = &item.nested {
            gather_list(nested, items);
        }
    }
}

fn gather_table(table: &Table, items: &mut Vec<Item>) {
    let mut rows: Vec<Vec<String>> = Vec::with_capacity(table.rows.len());
    // Cells that reach down from above: for each column how many rows are left, and what they say.
    let mut hanging: Vec<(u32, String)> = Vec::new();
    for row in &table.rows {
        let mut cells: Vec<String> = Vec::new();
        let mut given = row.cells.iter();
        loop {
            if let Some((left, text)) = hanging.get_mut(cells.len()).filter(|(left, _)| *left > 0) {
                *left -= 1;
                cells.push(text.clone());
                continue;
            }
            let Some(cell) = given.next() else { break };
            let mut inside = Vec::new();
            gather(&cell.content, &mut inside);
            let text = inside.iter().map(item_text).collect::<Vec<_>>().join(" ");
            for column in 0..cell.col_span.clamp(1, 64) {
                if hanging.len() <= cells.len() {
                    hanging.resize(cells.len() + 1, (0, String::new()));
                }
                hanging[cells.len()] = (cell.row_span.clamp(1, 1000) - 1, text.clone());
                cells.push(if column == 0 { text.clone() } else { String::new() });
            }
        }
        rows.push(cells);
    }
    let headers = table.rows.iter().take_while(|row| row.repeat_as_header).count();
    if let Some(caption) = &table.caption {
        items.push(Item::Text(BlockKind::Paragraph, caption.clone()));
    }
    items.push(Item::Table(rows, (headers > 0).then_some(headers)));
}

fn item_text(item: &Item) -> String {
    match item {
        Item::Title(text) | Item::Heading(_, text) | Item::Text(_, text) => text.trim().to_owned(),
        Item::Table(rows, _) => rows
            .iter()
            .filter_map(|row| table::row_text(row))
            .collect::<Vec<_>>()
            .join("\n"),
        Item::Picture(_) => String::new(),
    }
}

fn inline(content: &[InlineContent]) -> String {
    office_oxide::ir::inline_to_text(content)
}
