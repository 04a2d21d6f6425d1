//! AsciiDoc: sections, paragraphs, lists with their numbers, tables, listings, and the header's attributes.

use std::collections::BTreeMap;
use std::path::Path;

use super::asciidoc_inline::plain;
use super::asciidoc_table::table;
use super::encoding::read_whole;
use super::held::{self, Item};
use super::properties::put;
use super::{BlockKind, Limits, Outline, Output, ParseError, Parser, front_matter, lines};

/// Reads `.adoc` and `.asciidoc`.
#[derive(Debug)]
pub(super) struct AsciidocParser;

impl Parser for AsciidocParser {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let text = read_whole(path, limits, |_| None)?;
        let mut reading = Reading::default();
        let mut rest = text.lines().peekable();
        while let Some(line) = rest.next() {
            reading.line(line.trim_end(), &mut rest);
        }
        reading.end_paragraph();
        let outline = held::send(reading.items, None, output)?;
        Ok(Outline {
            properties: reading.properties,
            ..outline
        })
    }
}

type Rest<'text> = std::iter::Peekable<std::str::Lines<'text>>;

#[derive(Default)]
struct Reading {
    items: Vec<Item>,
    properties: BTreeMap<String, String>,
    attributes: BTreeMap<String, String>,
    paragraph: Vec<String>,
    /// The paragraph is an item of a list: its number or nothing.
    marker: Option<String>,
    /// Numbers of numbered lists by their depth.
    numbers: Vec<u32>,
    /// What the line above says of the block that follows: `[source,python]`, `[%header,cols="1,2"]`.
    block: String,
    in_header: bool,
}

impl Reading {
    fn line(&mut self, line: &str, rest: &mut Rest<'_>) {
        let bare = line.trim();
        if bare.is_empty() {
            self.end_paragraph();
            self.in_header = false;
            return;
        }
        if self.in_header && self.paragraph.is_empty() && self.header_line(bare) {
            return;
        }
        if let Some(comment) = bare.strip_prefix("//") {
            if comment == "//" || comment.starts_with("//") && bare.chars().all(|it| it == '/') {
                let _: Vec<&str> = rest.by_ref().take_while(|line| line.trim_end() != bare).collect();
            }
            return;
        }
        if let Some((name, value)) = attribute(bare) {
            self.end_paragraph();
            self.keep(name, value);
            return;
        }
        if self.paragraph.is_empty()
            && bare.starts_with('[')
            && bare.ends_with(']')
            && !bare.starts_with("[[[")
        {
            self.block = bare.to_owned();
            return;
        }
        if let Some((level, text)) = heading(bare) {
            self.end_paragraph();
            self.numbers.clear();
            let text = plain(&self.resolved(text));
            self.in_header = level == 0 && self.items.is_empty();
            self.items.push(match level {
                0 if self.in_header => Item::Title(text),
                level => Item::Heading(level.max(1), text),
            });
            return;
        }
        if self.delimited(bare, rest) {
            return;
        }
        if let Some(caption) = bare
            .strip_prefix('.')
            .filter(|it| it.starts_with(char::is_alphanumeric))
            && self.paragraph.is_empty()
        {
            let text = plain(caption);
            self.items.push(Item::Text(BlockKind::Paragraph, text));
            return;
        }
        if bare == "+" {
            // What follows belongs to the item.
            self.end_paragraph();
            return;
        }
        if let Some((marker, text)) = self.item(bare) {
            self.end_paragraph();
            self.marker = Some(marker);
            self.paragraph.push(text);
            return;
        }
        if let Some(text) = block_macro(bare) {
            self.end_paragraph();
            self.items.push(Item::Text(BlockKind::Paragraph, plain(&text)));
            return;
        }
        self.paragraph.push(line.trim_end_matches(" +").to_owned());
    }

    /// Lines below the title: who wrote it, `v1.2, 2024-05-01: remark`, attributes.
    fn header_line(&mut self, line: &str) -> bool {
        if let Some((name, value)) = attribute(line) {
            self.keep(name, value);
            return true;
        }
        let revision = line
            .strip_prefix('v')
            .filter(|rest| rest.starts_with(|it: char| it.is_ascii_digit()));
        if let Some(revision) = revision {
            let (number, date) = revision.split_once(',').unwrap_or((revision, ""));
            self.keep("revnumber", number);
            self.keep("revdate", date.split(':').next().unwrap_or_default());
            return true;
        }
        if !self.properties.contains_key("author") && line.starts_with(char::is_alphabetic) {
            put(&mut self.properties, "author", line);
            return true;
        }
        false
    }

    fn keep(&mut self, name: &str, value: &str) {
        // What the header says is for machines, wherever else attributes may stand.
        if self.in_header || self.items.is_empty() {
            front_matter::keep(&mut self.properties, name, value);
        }
        let known = match name {
            "author" => "author",
            "revnumber" => "version",
            "revdate" => "modified",
            "keywords" => "keywords",
            "description" => "description",
            name => {
                self.attributes.insert(name.to_owned(), value.to_owned());
                return;
            }
        };
        put(&mut self.properties, known, value);
        self.attributes.insert(name.to_owned(), value.to_owned());
    }

    /// `{product}` becomes what the document says it is.
    fn resolved(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if text.contains('{') {
            for (name, value) in &self.attributes {
                text = text.replace(&format!("{{{name}}}"), value);
            }
        }
        text
    }

    fn delimited(&mut self, line: &str, rest: &mut Rest<'_>) -> bool {
        let is_table = matches!(line, "|===" | "!===" | ",===" | ":===");
        let fence = line.len() >= 4
            && ["----", "....", "====", "****", "____", "++++"]
                .iter()
                .any(|it| line.starts_with(it))
            && line.chars().all(|it| line.starts_with(it));
        let short_fence = line == "--" || line.starts_with("```");
        if !(is_table || fence || short_fence) {
            return false;
        }
        self.end_paragraph();
        let block = std::mem::take(&mut self.block);
        let is_code = line.starts_with("----") || line.starts_with("....") || line.starts_with("```");
        if is_table || is_code || line.starts_with("++++") {
            let end = if line.starts_with("```") { "```" } else { line };
            let inside: Vec<&str> = rest.by_ref().take_while(|line| line.trim() != end).collect();
            if is_table {
                let (rows, headers) = table(&inside, &block, line.chars().next().unwrap_or('|'));
                let rows = rows
                    .into_iter()
                    .map(|row| row.iter().map(|cell| plain(&self.resolved(cell))).collect())
                    .collect();
                self.items.push(Item::Table(rows, headers));
            } else if is_code {
                self.items.push(Item::Text(BlockKind::Code, inside.join("\n")));
            }
        }
        // Frames around text are left away, what is in them is read on.
        true
    }

    /// An item of a list: its marker as it is printed, and its text.
    fn item(&mut self, line: &str) -> Option<(String, String)> {
        if let Some((term, text)) = line.split_once(":: ").filter(|(term, _)| !term.is_empty()) {
            return Some((String::new(), format!("{term}: {text}")));
        }
        if let Some(term) = line.strip_suffix("::").filter(|term| !term.is_empty()) {
            return Some((String::new(), term.to_owned()));
        }
        let (mark, text) = line.split_once(' ')?;
        let text = text.trim_start();
        let text = text
            .strip_prefix("[ ] ")
            .or_else(|| text.strip_prefix("[x] "))
            .or_else(|| text.strip_prefix("[*] "))
            .unwrap_or(text);
        if mark == "-" || mark.chars().all(|it| it == '*') {
            return Some((String::new(), text.to_owned()));
        }
        if mark.chars().all(|it| it == '.') {
            self.numbers.truncate(mark.len());
            self.numbers.resize(mark.len(), 0);
            let number = self.numbers.last_mut()?;
            *number += 1;
            return Some((format!("{number}. "), text.to_owned()));
        }
        let number = mark.strip_suffix('.')?;
        number
            .parse::<u32>()
            .is_ok()
            .then(|| (format!("{number}. "), text.to_owned()))
    }

    fn end_paragraph(&mut self) {
        let written = std::mem::take(&mut self.paragraph);
        let marker = self.marker.take();
        if written.is_empty() {
            return;
        }
        let is_quiet = self.block.starts_with("[source") || self.block.starts_with("[listing");
        self.block.clear();
        if is_quiet || (marker.is_none() && written.iter().all(|line| line.starts_with(' '))) {
            self.items.push(Item::Text(BlockKind::Code, written.join("\n")));
            return;
        }
        let text = lines::join(written.iter().map(String::as_str));
        let text = plain(&self.resolved(&text));
        self.items.push(match marker {
            Some(marker) => Item::Text(BlockKind::ListItem, format!("{marker}{text}")),
            None => {
                self.numbers.clear();
                Item::Text(BlockKind::Paragraph, text)
            }
        });
    }
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let marks = line.bytes().take_while(|byte| *byte == b'=').count();
    let marks = if marks == 0 {
        line.bytes().take_while(|byte| *byte == b'#').count()
    } else {
        marks
    };
    let text = line.get(marks..)?.strip_prefix(' ')?;
    (1..=6)
        .contains(&marks)
        .then(|| (u8::try_from(marks - 1).unwrap_or(5), text.trim()))
}

fn attribute(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix(':')?.split_once(':')?;
    let named = !name.is_empty()
        && name
            .chars()
            .all(|it| it.is_alphanumeric() || matches!(it, '-' | '_' | '!'));
    named.then(|| (name, value.trim()))
}

/// `image::file.png[Text]` leaves its text, `include::file[]` and others nothing.
fn block_macro(line: &str) -> Option<String> {
    let (name, rest) = line.split_once("::")?;
    let (target, shown) = rest.strip_suffix(']')?.split_once('[')?;
    let is_macro = name.chars().all(char::is_alphanumeric) && !target.contains(' ');
    is_macro.then(|| match name {
        "image" | "video" => shown
            .split(',')
            .next()
            .unwrap_or_default()
            .trim_matches('"')
            .to_owned(),
        _ => String::new(),
    })
}
