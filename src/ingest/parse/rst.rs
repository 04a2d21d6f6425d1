//! reStructuredText, by its own reader of lines: sections, lists, tables, directives, literal blocks.

use std::path::Path;

use super::encoding::read_whole;
use super::held::{self, Item};
use super::rst_directive::{self, Treatment};
use super::rst_inline::plain;
use super::{BlockKind, Limits, Outline, Output, ParseError, Parser, lines, rst_docinfo, rst_table};

/// Reads `.rst`.
#[derive(Debug)]
pub(super) struct RstParser;

impl Parser for RstParser {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let text = read_whole(path, limits, |_| None)?.replace('\t', "        ");
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let mut reading = Reading {
            nesting: limits.nesting.min(60),
            ..Reading::default()
        };
        reading.body(&lines, 0, &Role::Text);
        let outline = held::send(reading.items, None, output)?;
        let properties = rst_docinfo::properties(&lines);
        Ok(Outline {
            properties,
            ..outline
        })
    }
}

/// What the lines of a body are part of.
enum Role {
    Text,
    /// An item of a list with its number, which its first paragraph shows.
    Item(String),
}

#[derive(Default)]
struct Reading {
    items: Vec<Item>,
    /// Adornments of sections in the order in which they occurred, which is their level.
    styles: Vec<(char, bool)>,
    nesting: u32,
}

impl Reading {
    fn body(&mut self, lines: &[&str], depth: u32, role: &Role) {
        let later_in_item = Role::Item(String::new());
        let mut role = role;
        let mut at = 0;
        while at < lines.len() {
            let line = lines[at];
            if line.trim().is_empty() {
                at += 1;
                continue;
            }
            if depth > self.nesting {
                self.items
                    .push(Item::Text(BlockKind::Paragraph, plain(&lines[at..].join("\n"))));
                return;
            }
            let before = self.items.len();
            at = self.element(lines, at, depth, role);
            if self.items.len() > before && matches!(role, Role::Item(number) if !number.is_empty()) {
                role = &later_in_item;
            }
        }
    }

    /// Reads the element that begins at a line and returns the line behind it.
    fn element(&mut self, lines: &[&str], at: usize, depth: u32, role: &Role) -> usize {
        let line = lines[at];
        if line.starts_with(' ') {
            let (inside, end) = indented(lines, at);
            self.body(&inside, depth + 1, role);
            return end;
        }
        if let Some(end) = self.section(lines, at) {
            return end;
        }
        if line == ".." || line.starts_with(".. ") {
            return self.explicit(lines, at, depth, role);
        }
        if rst_table::begins_grid(line) {
            let end = run(lines, at, |line| line.starts_with(['+', '|']));
            self.table(rst_table::grid(&lines[at..end]));
            return end;
        }
        if rst_table::begins_simple(line) {
            let end = simple_table_end(lines, at);
            self.table(rst_table::simple(&lines[at..end]));
            return end;
        }
        if line.starts_with("| ") {
            let end = run(lines, at, |line| line.starts_with("| ") || line == "|");
            let text: Vec<&str> = lines[at..end].iter().map(|line| line[1..].trim()).collect();
            self.text(&text.join("\n"), role);
            return end;
        }
        if line.starts_with("__ ") {
            return at + 1;
        }
        if let Some((marker, number)) = item_marker(line) {
            return self.item(lines, at, depth, marker, number);
        }
        if let Some((name, value)) = field(line) {
            let (inside, end) = indented(lines, at + 1);
            let mut text = value.to_owned();
            inside.iter().for_each(|line| lines::append(&mut text, line));
            if !text.is_empty() {
                self.text(&format!("{name}: {text}"), role);
            }
            return end;
        }
        self.paragraph(lines, at, depth, role)
    }

    fn section(&mut self, lines: &[&str], at: usize) -> Option<usize> {
        let line = lines[at];
        let next = lines.get(at + 1).copied().unwrap_or_default();
        let (text, adornment, over, end) = match adornment(line) {
            Some(mark) => {
                if adornment(lines.get(at + 2)?) == Some(mark) && !next.trim().is_empty() {
                    (next, mark, true, at + 3)
                } else if next.trim().is_empty() && line.len() >= 4 {
                    // A transition.
                    return Some(at + 1);
                } else {
                    return None;
                }
            }
            None => (
                line,
                adornment(next).filter(|_| next.len() >= 3 || next.len() >= lines::columns(line))?,
                false,
                at + 2,
            ),
        };
        let style = (adornment, over);
        let level = self
            .styles
            .iter()
            .position(|known| *known == style)
            .unwrap_or_else(|| {
                self.styles.push(style);
                self.styles.len() - 1
            });
        self.items.push(Item::Heading(
            u8::try_from(level + 1).unwrap_or(u8::MAX),
            plain(text.trim()),
        ));
        Some(end)
    }

    fn explicit(&mut self, lines: &[&str], at: usize, depth: u32, role: &Role) -> usize {
        let first = lines[at][2..].trim();
        let (inside, end) = indented(lines, at + 1);
        if let Some(rest) = first.strip_prefix('[')
            && let Some((label, text)) = rest.split_once(']')
        {
            let mut text = format!("[{}] {}", label.trim_start_matches('#'), text.trim());
            inside.iter().for_each(|line| lines::append(&mut text, line));
            self.text(&text, role);
            return end;
        }
        let Some(directive) = rst_directive::read(first, &inside) else {
            return end;
        };
        if let Some(caption) = directive.caption() {
            self.text(caption, role);
        }
        match directive.treatment() {
            Treatment::Drop => {}
            Treatment::Code => self
                .items
                .push(Item::Text(BlockKind::Code, directive.content.join("\n"))),
            Treatment::Table(grid) => self.table(grid),
            Treatment::Body { with_argument } => {
                if with_argument && !directive.argument.is_empty() {
                    let mut text = directive.argument.clone();
                    // The argument of an admonition is the start of its first paragraph.
                    let more = directive
                        .content
                        .iter()
                        .take_while(|line| !line.trim().is_empty())
                        .count();
                    let joined = if directive.options_given { 0 } else { more };
                    directive.content[..joined]
                        .iter()
                        .for_each(|line| lines::append(&mut text, line));
                    self.text(&text, role);
                    self.body(&directive.content[joined..], depth + 1, role);
                } else {
                    self.body(&directive.content, depth + 1, role);
                }
            }
        }
        end
    }

    fn item(&mut self, lines: &[&str], at: usize, depth: u32, marker: usize, number: &str) -> usize {
        let indent = marker;
        let mut end = at + 1;
        while end < lines.len() {
            let line = lines[end];
            if line.trim().is_empty() {
                end += 1;
                continue;
            }
            let leading = line.len() - line.trim_start().len();
            // Writers often indent the lines of an item by less than its marker.
            if leading == 0 {
                break;
            }
            end += 1;
        }
        let mut inside: Vec<&str> = vec![lines[at].get(indent..).unwrap_or_default()];
        inside.extend(lines[at + 1..end].iter().map(|line| {
            let leading = line.len() - line.trim_start().len();
            &line[leading.min(indent)..]
        }));
        let number = if number.is_empty() {
            String::new()
        } else {
            format!("{number} ")
        };
        self.body(&inside, depth + 1, &Role::Item(number));
        end
    }

    fn paragraph(&mut self, lines: &[&str], at: usize, depth: u32, role: &Role) -> usize {
        let mut end = at + 1;
        while end < lines.len() && !lines[end].trim().is_empty() && !lines[end].starts_with(' ') {
            let starts_other = item_marker(lines[end]).is_some() && lines[end - 1].ends_with([':', '：'])
                || lines[end].starts_with(".. ");
            if starts_other {
                break;
            }
            end += 1;
        }
        let text = lines::join(lines[at..end].iter().copied());
        let literal = text.ends_with("::");
        let shown = match text.strip_suffix("::") {
            Some("") => String::new(),
            Some(before) if before.ends_with(' ') => before.trim_end().to_owned(),
            Some(before) => format!("{before}:"),
            None => text,
        };
        self.text(&plain(&shown), role);
        let next = lines[end..]
            .iter()
            .position(|line| !line.trim().is_empty())
            .map(|blank| end + blank);
        match next {
            Some(next) if literal && lines[next].starts_with(' ') => {
                let (inside, end) = indented(lines, next);
                self.items.push(Item::Text(BlockKind::Code, inside.join("\n")));
                end
            }
            Some(next) if next == end && lines[next].starts_with(' ') => {
                // A term with its definition below it.
                let (inside, end) = indented(lines, next);
                self.body(&inside, depth + 1, &Role::Item(String::new()));
                end
            }
            _ => end,
        }
    }

    /// Sends text whose inline markup may still be there.
    fn text(&mut self, text: &str, role: &Role) {
        let text = plain(text);
        if text.trim().is_empty() {
            return;
        }
        self.items.push(match role {
            Role::Text => Item::Text(BlockKind::Paragraph, text),
            Role::Item(number) => Item::Text(BlockKind::ListItem, format!("{number}{text}")),
        });
    }

    fn table(&mut self, (rows, headers): rst_table::Grid) {
        self.items.push(Item::Table(rows, headers));
    }
}

/// The character of a line that consists of nothing else and can adorn a section.
pub(super) fn adornment(line: &str) -> Option<char> {
    let line = line.trim_end();
    let first = line.chars().next()?;
    let marks = "=-~^\"'`#*+:._<>!$%&,/;?@\\";
    (line.len() >= 3 && marks.contains(first) && line.chars().all(|character| character == first))
        .then_some(first)
}

/// The indented lines from `at` on, empty ones between them included, without their common indentation; and the line
/// behind them.
fn indented<'text>(lines: &[&'text str], at: usize) -> (Vec<&'text str>, usize) {
    let mut end = at;
    let mut last = at;
    while end < lines.len() && (lines[end].trim().is_empty() || lines[end].starts_with(' ')) {
        end += 1;
        if !lines[end - 1].trim().is_empty() {
            last = end;
        }
    }
    let inside = &lines[at.min(last)..last];
    let indent = inside
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    (
        inside
            .iter()
            .map(|line| line.get(indent..).unwrap_or_default())
            .collect(),
        last,
    )
}

fn run(lines: &[&str], at: usize, belongs: impl Fn(&str) -> bool) -> usize {
    lines[at..]
        .iter()
        .position(|line| !belongs(line))
        .map_or(lines.len(), |length| at + length)
        .max(at + 1)
}

/// A simple table ends at the border that is followed by an empty line.
fn simple_table_end(lines: &[&str], at: usize) -> usize {
    let mut borders = 0;
    for (position, line) in lines.iter().enumerate().skip(at) {
        if rst_table::begins_simple(line) {
            borders += 1;
            let closes = lines.get(position + 1).is_none_or(|next| next.trim().is_empty());
            if borders > 1 && closes {
                return position + 1;
            }
        }
    }
    run(lines, at, |line| !line.trim().is_empty())
}

/// Width of the marker of a list item, and its number if it has one.
fn item_marker(line: &str) -> Option<(usize, &str)> {
    // ESP-IDF puts the condition of an item before its bullet.
    let condition = match line.strip_prefix(':').and_then(|rest| rest.find(": ")) {
        Some(end) => {
            let after = &line[end + 2..];
            let blanks = after.len() - after.trim_start().len();
            after
                .trim_start()
                .starts_with(['-', '*'])
                .then_some(end + 2 + blanks)
        }
        None => None,
    }
    .unwrap_or(0);
    let rest = &line[condition..];
    let bullet = ["- ", "* ", "+ ", "• "]
        .iter()
        .find(|bullet| rest.starts_with(**bullet));
    if let Some(bullet) = bullet {
        let after = &rest[bullet.len()..];
        return Some((
            condition + bullet.len() + (after.len() - after.trim_start().len()),
            "",
        ));
    }
    if matches!(rest, "-" | "*" | "+") {
        return Some((condition + 1, ""));
    }
    let marker = rest.split(' ').next()?;
    let inner = marker.trim_start_matches('(').trim_end_matches(['.', ')']);
    let closed = marker.len() > inner.len() && marker.ends_with(['.', ')']) && rest.len() > marker.len();
    let counts = inner == "#"
        || (!inner.is_empty()
            && inner.len() <= 3
            && inner.chars().all(|character| character.is_ascii_digit()))
        || (inner.len() == 1 && inner.chars().all(|character| character.is_ascii_alphabetic()));
    if !closed || !counts {
        return None;
    }
    let after = &rest[marker.len()..];
    let width = marker.len() + (after.len() - after.trim_start().len());
    Some((width, if inner == "#" { "" } else { marker }))
}

/// `:name: value`, but not a role.
pub(super) fn field(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix(':')?;
    let end = rest.find(':')?;
    let (name, value) = (&rest[..end], &rest[end + 1..]);
    let is_name = !name.is_empty() && !name.starts_with(' ') && !name.contains('`');
    (is_name && (value.is_empty() || value.starts_with(' '))).then(|| (name, value.trim()))
}
