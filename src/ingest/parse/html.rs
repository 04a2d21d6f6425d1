//! HTML: the main text of a page without its scripts, menus and frames; tables as rows under their header.

use std::borrow::Cow;
use std::path::Path;

use scraper::{ElementRef, Html, Node};

use super::encoding::read_whole;
use super::headings::{Headings, one_line, title_among};
use super::held;
use super::html_page::{
    declared_encoding, heading_level, is_block, is_skipped, main_part, page_title, refuse_deep, visible_text,
    without_menus,
};
use super::html_table::{grid, is_cell};
use super::ocr::Ocr;
use super::pasted::Pasted;
use super::{Block, BlockKind, Limits, Outline, Output, ParseError, Parser, html_picture, table};
use crate::domain::Locator;

/// Reads `.html`.
#[derive(Debug)]
pub(super) struct HtmlParser<'parser> {
    ocr: &'parser Ocr,
}

impl<'parser> HtmlParser<'parser> {
    /// With what recognises the text of pictures.
    pub(super) fn new(ocr: &'parser Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for HtmlParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        read_page(
            &read_whole(path, limits, declared_encoding)?,
            self.ocr,
            limits,
            output,
        )
    }
}

/// Sends the main text of a page, with what the pictures say that it carries.
pub(super) fn read_page(
    text: &str,
    ocr: &Ocr,
    limits: &Limits,
    output: &mut Output<'_>,
) -> Result<Outline, ParseError> {
    refuse_deep(text, limits)?;
    let page = Html::parse_document(text);
    let text = without_menus(text, &page);
    let page = match text {
        Cow::Borrowed(_) => page,
        Cow::Owned(text) => Html::parse_document(&text),
    };
    let root = main_part(page.root_element());
    let headings: Vec<(u8, String)> = root
        .descendent_elements()
        .filter_map(|element| Some((heading_level(element.value().name())?, visible_text(element))))
        .collect();
    let title = title_among(headings.iter().map(|(level, text)| (*level, text.as_str())))
        .or_else(|| page_title(&page));
    let mut pasted = Pasted::new(ocr, output);
    html_picture::begin_all(root, &mut pasted);
    let mut headings = Headings::under(title.clone());
    let before = output.blocks();
    let mut reading = Reading::new(&mut headings, limits);
    reading.pasted = Some(&mut pasted);
    reading.root(root, output)?;
    let (fate, unread) = pasted.fate(output.blocks() - before);
    Ok(Outline {
        coverage: held::coverage(fate, unread, title.is_some()),
        title,
        ..Outline::default()
    })
}

/// Sends the main text of a page that is a chapter of something larger.
pub(super) fn send_chapter(
    text: &str,
    headings: &mut Headings,
    limits: &Limits,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    refuse_deep(text, limits)?;
    let page = Html::parse_document(text);
    Reading::new(headings, limits).root(main_part(page.root_element()), output)
}

/// Sends the text of markup inside another format.
pub(super) fn send_fragment(
    markup: &str,
    headings: &mut Headings,
    limits: &Limits,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    refuse_deep(markup, limits)?;
    let fragment = Html::parse_fragment(markup);
    Reading::new(headings, limits).root(fragment.root_element(), output)
}

struct Reading<'page, 'parser> {
    headings: &'page mut Headings,
    text: String,
    marker: Option<String>,
    nesting: u32,
    /// What recognises the pictures that the page carries; nothing where they are passed over.
    pasted: Option<&'page mut Pasted<'parser>>,
    /// Those that follow the block that is being read.
    pictures: Vec<String>,
}

impl<'page> Reading<'page, '_> {
    fn new(headings: &'page mut Headings, limits: &Limits) -> Self {
        Self {
            headings,
            text: String::new(),
            marker: None,
            nesting: limits.nesting,
            pasted: None,
            pictures: Vec::new(),
        }
    }

    fn root(mut self, root: ElementRef<'_>, output: &mut Output<'_>) -> Result<(), ParseError> {
        self.children(root, 0, output)?;
        self.end_block(output)
    }

    fn children(
        &mut self,
        parent: ElementRef<'_>,
        depth: u32,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        if depth > self.nesting {
            // Deeper than a page has reason to be: its text is kept, its structure is not.
            self.text.push_str(&visible_text(parent));
            return Ok(());
        }
        let mut number = parent
            .attr("start")
            .and_then(|start| start.parse().ok())
            .unwrap_or(1u64);
        let ordered = parent.value().name() == "ol";
        for node in parent.children() {
            if let Node::Text(text) = node.value() {
                self.write(text);
            }
            let Some(element) = ElementRef::wrap(node) else {
                continue;
            };
            if is_skipped(element) {
                continue;
            }
            let name = element.value().name();
            match name {
                "br" => self.text.push('\n'),
                "img" => self.pictures.extend(html_picture::name(element)),
                "table" => {
                    self.end_block(output)?;
                    self.table(element, depth, output)?;
                }
                "pre" => {
                    self.end_block(output)?;
                    let text: String = element.text().collect();
                    output.block(Block {
                        locator: self.headings.locator(),
                        kind: BlockKind::Code,
                        text,
                    })?;
                }
                "li" | "dd" => {
                    self.end_block(output)?;
                    self.marker = Some(if ordered {
                        format!("{number}. ")
                    } else {
                        String::new()
                    });
                    number = number.saturating_add(1);
                    self.children(element, depth + 1, output)?;
                    self.end_block(output)?;
                    self.marker = None;
                }
                "footer" if depth < 3 && parent.value().name() == "body" => {}
                name if heading_level(name).is_some() => {
                    self.end_block(output)?;
                    let level = heading_level(name).unwrap_or(6);
                    self.headings
                        .enter(level, &visible_text(element), Locator::default(), output)?;
                }
                name if is_block(name) => {
                    self.end_block_but_marker(output)?;
                    self.children(element, depth + 1, output)?;
                    self.end_block(output)?;
                }
                _ => self.children(element, depth + 1, output)?,
            }
        }
        Ok(())
    }

    /// White space folds to one blank across element borders, as a browser shows it.
    fn write(&mut self, text: &str) {
        if text.starts_with(char::is_whitespace) && !self.text.ends_with(char::is_whitespace) {
            self.text.push(' ');
        }
        let folded = one_line(text);
        self.text.push_str(&folded);
        if !folded.is_empty() && text.ends_with(char::is_whitespace) {
            self.text.push(' ');
        }
    }

    fn end_block_but_marker(&mut self, output: &mut Output<'_>) -> Result<(), ParseError> {
        if self.text.trim().is_empty() {
            Ok(())
        } else {
            self.end_block(output)
        }
    }

    fn end_block(&mut self, output: &mut Output<'_>) -> Result<(), ParseError> {
        let text = std::mem::take(&mut self.text);
        if !text.trim().is_empty() {
            let locator = self.headings.locator();
            match self.marker.take() {
                Some(marker) => {
                    let text = format!("{marker}{}", text.trim_start());
                    output.block(Block {
                        locator,
                        kind: BlockKind::ListItem,
                        text,
                    })?;
                }
                None => output.paragraph(&locator, text)?,
            }
        }
        for picture in std::mem::take(&mut self.pictures) {
            if let Some(pasted) = &mut self.pasted {
                pasted.send(&picture, &self.headings.locator(), output)?;
            }
        }
        Ok(())
    }

    fn table(
        &mut self,
        element: ElementRef<'_>,
        depth: u32,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        let inside: Vec<ElementRef<'_>> = element.descendent_elements().skip(1).collect();
        let is_own = |row: &ElementRef<'_>| {
            let table = |one: &ElementRef<'_>| one.value().name() == "table";
            row.ancestors()
                .filter_map(ElementRef::wrap)
                .find(table)
                .is_some_and(|table| table.id() == element.id())
        };
        let rows: Vec<ElementRef<'_>> = inside
            .iter()
            .copied()
            .filter(|inner| inner.value().name() == "tr" && is_own(inner))
            .collect();
        let cells_of = |row: ElementRef<'_>| -> usize { row.child_elements().filter(is_cell).count() };
        let widest = rows.iter().map(|row| cells_of(*row)).max().unwrap_or(0);
        // Whole parts of a page in cells are a layout; a short table in a cell is a remark.
        let lays_out = |inner: &ElementRef<'_>| {
            inner.value().name() == "table"
                && (rows.len() < 2 || visible_text(element).chars().count() > 400 * rows.len())
        };
        // A heading in a short cell heads a column; one with much text below it heads a part of the page.
        let heads_text = |inner: &ElementRef<'_>| {
            let cell = inner.ancestors().filter_map(ElementRef::wrap).find(is_cell);
            heading_level(inner.value().name()).is_some()
                && cell.is_none_or(|cell| visible_text(cell).chars().count() > 200)
        };
        let is_layout = widest < 2
            || element.attr("role") == Some("presentation")
            || inside.iter().any(|inner| lays_out(inner) || heads_text(inner));
        if is_layout {
            return self.children(element, depth + 1, output);
        }
        if let Some(caption) = inside.iter().find(|inner| inner.value().name() == "caption") {
            output.paragraph(&self.headings.locator(), visible_text(*caption))?;
        }
        let declared = rows
            .iter()
            .take_while(|row| {
                let in_head = row
                    .parent()
                    .and_then(ElementRef::wrap)
                    .is_some_and(|parent| parent.value().name() == "thead");
                in_head
                    || (cells_of(**row) > 0
                        && row
                            .child_elements()
                            .filter(is_cell)
                            .all(|cell| cell.value().name() == "th"))
            })
            .count();
        let grid = grid(&rows);
        table::send_rows(
            &grid,
            (declared > 0).then_some(declared),
            &self.headings.locator(),
            output,
        )?;
        // The pictures of its cells follow it.
        self.pictures
            .extend(inside.into_iter().filter_map(html_picture::name));
        self.end_block(output)
    }
}
