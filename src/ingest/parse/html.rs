//! HTML: the main text of a page without its scripts, menus and frames; tables as rows under their header.

use std::path::Path;

use encoding_rs::Encoding;
use scraper::{ElementRef, Html, Node};

use super::encoding::read_whole;
use super::headings::{Headings, credible_title, one_line, title_among};
use super::{Block, BlockKind, Limits, Outline, Output, ParseError, Parser, table};
use crate::domain::Locator;

/// Reads `.html`.
#[derive(Debug)]
pub(super) struct HtmlParser;

impl Parser for HtmlParser {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let text = read_whole(path, limits, declared_encoding)?;
        refuse_deep(&text, limits)?;
        let page = Html::parse_document(&text);
        let root = main_part(page.root_element());
        let headings: Vec<(u8, String)> = root
            .descendent_elements()
            .filter_map(|element| Some((heading_level(element.value().name())?, visible_text(element))))
            .collect();
        let title = title_among(headings.iter().map(|(level, text)| (*level, text.as_str()))).or_else(|| page_title(&page));
        let mut headings = Headings::under(title.clone());
        Reading::new(&mut headings, limits).root(root, output)?;
        Ok(Outline { title, ..Outline::default() })
    }
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

fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let after = start.split("charset=").nth(1)?;
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'))
        .collect();
    Encoding::for_label(label.as_bytes())
}

/// The tree builder recurses nowhere, but its time grows with the square of the depth: a page of nothing but opening
/// tags is refused before it is built.
fn refuse_deep(markup: &str, limits: &Limits) -> Result<(), ParseError> {
    const OPENING: [&str; 6] = ["<div", "<span", "<table", "<ul", "<blockquote", "<b>"];
    const VOID: u32 = 20;
    let (mut depth, mut deepest) = (0i64, 0i64);
    for (position, _) in markup.match_indices('<') {
        let rest = &markup.as_bytes()[position + 1..];
        if rest.first() == Some(&b'/') {
            depth = (depth - 1).max(0);
        } else if OPENING.iter().any(|name| {
            markup.get(position..position + name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name))
        }) {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    if deepest > i64::from(limits.nesting) * i64::from(VOID) {
        return Err(ParseError::NestedTooDeep { limit: limits.nesting });
    }
    Ok(())
}

fn page_title(page: &Html) -> Option<String> {
    let title = page.root_element().descendent_elements().find(|element| element.value().name() == "title")?;
    credible_title(&title.text().collect::<String>())
}

/// `<main>`, or an `<article>` that stands alone, if it holds most of the text; else the body.
fn main_part(root: ElementRef<'_>) -> ElementRef<'_> {
    let body = root.child_elements().find(|element| element.value().name() == "body").unwrap_or(root);
    let candidates = |wanted: fn(ElementRef<'_>) -> bool| {
        let mut found = body.descendent_elements().filter(move |element| wanted(*element));
        let first = found.next();
        if found.next().is_none() { first } else { None }
    };
    let main = candidates(|element| element.value().name() == "main" || element.attr("role") == Some("main"))
        .or_else(|| candidates(|element| element.value().name() == "article"));
    match main {
        Some(main) if visible_text(main).chars().count() * 2 >= visible_text(body).chars().count() => main,
        _ => body,
    }
}

fn heading_level(name: &str) -> Option<u8> {
    match name {
        "h1" => Some(1),
        "h2" => Some(2),
        "h3" => Some(3),
        "h4" => Some(4),
        "h5" => Some(5),
        "h6" => Some(6),
        _ => None,
    }
}

fn is_skipped(element: ElementRef<'_>) -> bool {
    let hidden = element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || element.attr("style").is_some_and(|style| style.replace(' ', "").contains("display:none"));
    let menu = matches!(element.attr("role"), Some("navigation" | "search" | "menu" | "banner" | "contentinfo"));
    hidden
        || menu
        || matches!(
            element.value().name(),
            "script" | "style" | "nav" | "noscript" | "template" | "svg" | "iframe" | "object" | "head" | "button"
                | "select" | "datalist" | "canvas" | "audio" | "video" | "input" | "textarea" | "math"
        )
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div" | "section" | "article" | "main" | "aside" | "header" | "footer" | "body" | "html" | "ul" | "ol"
            | "li" | "dl" | "dt" | "dd" | "blockquote" | "pre" | "table" | "figure" | "figcaption" | "form"
            | "fieldset" | "address" | "details" | "summary" | "hr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "center"
            | "caption" | "tr" | "td" | "th" | "thead" | "tbody" | "tfoot" | "menu" | "hgroup" | "legend"
    )
}

/// All text of an element that a reader sees, on one line.
fn visible_text(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    // Without recursion: the depth of a page is not ours to choose.
    let mut waiting: Vec<_> = element.children().rev().collect();
    while let Some(node) = waiting.pop() {
        match node.value() {
            Node::Text(piece) => text.push_str(piece),
            Node::Element(inside) => {
                if is_block(inside.name()) || inside.name() == "br" {
                    text.push(' ');
                }
                if ElementRef::wrap(node).is_some_and(|element| !is_skipped(element)) {
                    waiting.extend(node.children().rev());
                }
            }
            _ => {}
        }
    }
    one_line(&text)
}

struct Reading<'headings> {
    headings: &'headings mut Headings,
    text: String,
    marker: Option<String>,
    nesting: u32,
}

impl<'headings> Reading<'headings> {
    fn new(headings: &'headings mut Headings, limits: &Limits) -> Self {
        Self { headings, text: String::new(), marker: None, nesting: limits.nesting }
    }

    fn root(mut self, root: ElementRef<'_>, output: &mut Output<'_>) -> Result<(), ParseError> {
        self.children(root, 0, output)?;
        self.end_block(output)
    }

    fn children(&mut self, parent: ElementRef<'_>, depth: u32, output: &mut Output<'_>) -> Result<(), ParseError> {
        if depth > self.nesting {
            // Deeper than a page has reason to be: its text is kept, its structure is not.
            self.text.push_str(&visible_text(parent));
            return Ok(());
        }
        let mut number = parent.attr("start").and_then(|start| start.parse().ok()).unwrap_or(1u64);
        let ordered = parent.value().name() == "ol";
        for node in parent.children() {
            if let Node::Text(text) = node.value() {
                self.write(text);
            }
            let Some(element) = ElementRef::wrap(node) else { continue };
            if is_skipped(element) {
                continue;
            }
            let name = element.value().name();
            match name {
                "br" => self.text.push('\n'),
                "table" => {
                    self.end_block(output)?;
                    self.table(element, depth, output)?;
                }
                "pre" => {
                    self.end_block(output)?;
                    let text: String = element.text().collect();
                    output.block(Block { locator: self.headings.locator(), kind: BlockKind::Code, text })?;
                }
                "li" | "dd" => {
                    self.end_block(output)?;
                    self.marker = Some(if ordered { format!("{number}. ") } else { String::new() });
                    number = number.saturating_add(1);
                    self.children(element, depth + 1, output)?;
                    self.end_block(output)?;
                    self.marker = None;
                }
                "footer" if depth < 3 && parent.value().name() == "body" => {}
                name if heading_level(name).is_some() => {
                    self.end_block(output)?;
                    let level = heading_level(name).unwrap_or(6);
                    self.headings.enter(level, &visible_text(element), Locator::default(), output)?;
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
        if self.text.trim().is_empty() { Ok(()) } else { self.end_block(output) }
    }

    fn end_block(&mut self, output: &mut Output<'_>) -> Result<(), ParseError> {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return Ok(());
        }
        let locator = self.headings.locator();
        match self.marker.take() {
            Some(marker) => {
                let text = format!("{marker}{}", text.trim_start());
                output.block(Block { locator, kind: BlockKind::ListItem, text })
            }
            None => output.paragraph(&locator, text),
        }
    }

    fn table(&mut self, element: ElementRef<'_>, depth: u32, output: &mut Output<'_>) -> Result<(), ParseError> {
        let inside: Vec<ElementRef<'_>> = element.descendent_elements().skip(1).collect();
        let rows: Vec<ElementRef<'_>> = inside.iter().copied().filter(|inner| inner.value().name() == "tr").collect();
        let cells_of = |row: ElementRef<'_>| -> usize { row.child_elements().filter(is_cell).count() };
        let widest = rows.iter().map(|row| cells_of(*row)).max().unwrap_or(0);
        let is_layout = widest < 2
            || element.attr("role") == Some("presentation")
            || inside.iter().any(|inner| inner.value().name() == "table" || heading_level(inner.value().name()).is_some());
        if is_layout {
            return self.children(element, depth + 1, output);
        }
        if let Some(caption) = inside.iter().find(|inner| inner.value().name() == "caption") {
            output.paragraph(&self.headings.locator(), visible_text(*caption))?;
        }
        let declared = rows
            .iter()
            .take_while(|row| {
                let in_head = row.parent().and_then(ElementRef::wrap).is_some_and(|parent| parent.value().name() == "thead");
                in_head || (cells_of(**row) > 0 && row.child_elements().filter(is_cell).all(|cell| cell.value().name() == "th"))
            })
            .count();
        let grid = grid(&rows);
        table::send_rows(&grid, (declared > 0).then_some(declared), &self.headings.locator(), output)
    }
}

fn is_cell(element: &ElementRef<'_>) -> bool {
    matches!(element.value().name(), "td" | "th")
}

/// The cells of a table by row and column: one that spans several rows says the same in each of them.
fn grid(rows: &[ElementRef<'_>]) -> Vec<Vec<String>> {
    let mut grid: Vec<Vec<String>> = Vec::with_capacity(rows.len());
    let mut hanging: Vec<(usize, String)> = Vec::new();
    for row in rows {
        let mut line: Vec<String> = Vec::new();
        let fill = |line: &mut Vec<String>, hanging: &mut Vec<(usize, String)>| {
            while let Some((left, text)) = hanging.get_mut(line.len()).filter(|(left, _)| *left > 0) {
                *left -= 1;
                line.push(text.clone());
            }
        };
        for cell in row.child_elements().filter(is_cell) {
            fill(&mut line, &mut hanging);
            let span = |name: &str| cell.attr(name).and_then(|span| span.trim().parse().ok()).unwrap_or(1usize);
            let (down, across) = (span("rowspan").clamp(1, 1000), span("colspan").clamp(1, 64));
            let text = visible_text(cell);
            for column in 0..across {
                if hanging.len() <= line.len() {
                    hanging.resize(line.len() + 1, (0, String::new()));
                }
                hanging[line.len()] = (down - 1, text.clone());
                line.push(if column == 0 { text.clone() } else { String::new() });
            }
        }
        fill(&mut line, &mut hanging);
        grid.push(line);
    }
    grid
}
