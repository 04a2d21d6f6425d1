//! Data in a tree, as JSON and XML hold it: records become rows under their names, what else has a name follows it.

use super::headings::{Headings, one_line};
use super::{Block, BlockKind, Output, ParseError, table};
use crate::domain::Locator;

/// The columns of a table, at most.
const COLUMNS: usize = 64;
/// How deep names become headings.
const DEEPEST_HEADING: u8 = 6;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// A text, a number.
    Leaf(String),
    /// Values without names.
    List(Vec<Node>),
    /// Values with names, in their order; a name may occur again.
    Map(Vec<(String, Node)>),
}

/// Sends a tree. `headings` follows the names above the current place.
pub(super) fn send(node: Node, headings: &mut Headings, output: &mut Output<'_>) -> Result<(), ParseError> {
    send_at(node, 1, headings, output)
}

fn send_at(
    node: Node,
    level: u8,
    headings: &mut Headings,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    match node {
        Node::Leaf(text) => output.paragraph(&headings.locator(), text),
        Node::List(nodes) => send_list(nodes, level, headings, output),
        Node::Map(entries) => send_map(entries, level, headings, output),
    }
}

fn send_map(
    entries: Vec<(String, Node)>,
    level: u8,
    headings: &mut Headings,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    let mut lines: Vec<String> = Vec::new();
    let mut own = level;
    let mut entries = entries.into_iter().peekable();
    while let Some((name, node)) = entries.next() {
        let mut alike = Vec::new();
        while let Some((_, next)) =
            entries.next_if(|(next, node)| *next == name && !matches!(node, Node::Leaf(_)))
        {
            alike.push(next);
        }
        let node = match node {
            Node::Leaf(text) if alike.is_empty() => {
                let text = text.trim().to_owned();
                if is_heading(&name) && !text.is_empty() {
                    flush(&mut lines, headings, output)?;
                    headings.enter(own.min(DEEPEST_HEADING), &text, Locator::default(), output)?;
                    own = level.saturating_add(1);
                } else if is_text(&name) {
                    flush(&mut lines, headings, output)?;
                    output.paragraph(&headings.locator(), text)?;
                } else if !text.is_empty() {
                    lines.push(format!("{name}: {text}"));
                }
                continue;
            }
            node if alike.is_empty() => node,
            node => {
                alike.insert(0, node);
                Node::List(alike)
            }
        };
        flush(&mut lines, headings, output)?;
        if is_structure(&name) || own > DEEPEST_HEADING {
            send_at(node, own, headings, output)?;
        } else {
            headings.enter(own, &name, Locator::default(), output)?;
            send_at(node, own.saturating_add(1), headings, output)?;
            headings.leave(own);
        }
    }
    flush(&mut lines, headings, output)?;
    if own > level {
        headings.leave(level.min(DEEPEST_HEADING));
    }
    Ok(())
}

fn flush(lines: &mut Vec<String>, headings: &Headings, output: &mut Output<'_>) -> Result<(), ParseError> {
    let text = std::mem::take(lines).join("\n");
    output.paragraph(&headings.locator(), text)
}

fn send_list(
    nodes: Vec<Node>,
    level: u8,
    headings: &mut Headings,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    if let Some(names) = columns(&nodes) {
        let header = table::row_text(&names).map(std::sync::Arc::from);
        for (number, node) in (1..).zip(nodes) {
            let Node::Map(entries) = node else { continue };
            let mut cells = vec![String::new(); names.len()];
            for (name, node) in entries {
                if let Some(at) = names.iter().position(|column| *column == name) {
                    if !cells[at].is_empty() {
                        cells[at].push_str("; ");
                    }
                    cells[at].push_str(&flat(node));
                }
            }
            let place = Locator {
                rows: Some((number, number)),
                ..headings.locator()
            };
            table::send_row(&cells, header.as_ref(), place, output)?;
        }
        return Ok(());
    }
    for node in nodes {
        match node {
            Node::Leaf(text) => output.block(Block {
                locator: headings.locator(),
                kind: BlockKind::ListItem,
                text,
            })?,
            node => send_at(node, level, headings, output)?,
        }
    }
    Ok(())
}

/// The names of the columns, where all of a list are records of short values.
fn columns(nodes: &[Node]) -> Option<Vec<String>> {
    if nodes.len() < 2 {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    for node in nodes {
        let Node::Map(entries) = node else { return None };
        for (name, value) in entries {
            if depth(value) > 1 || is_heading(name) && entries.len() < 3 || is_prose(value) {
                return None;
            }
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    (1..=COLUMNS).contains(&names.len()).then_some(names)
}

fn depth(node: &Node) -> u32 {
    match node {
        Node::Leaf(_) => 0,
        Node::List(nodes) => 1 + nodes.iter().map(depth).max().unwrap_or(0),
        Node::Map(entries) => 1 + entries.iter().map(|(_, node)| depth(node)).max().unwrap_or(0),
    }
}

/// Whether a value is too long for a cell.
fn is_prose(node: &Node) -> bool {
    matches!(node, Node::Leaf(text) if text.chars().count() > 300)
}

fn flat(node: Node) -> String {
    match node {
        Node::Leaf(text) => one_line(&text),
        Node::List(nodes) => nodes.into_iter().map(flat).collect::<Vec<_>>().join(", "),
        Node::Map(entries) => entries
            .into_iter()
            .map(|(name, node)| format!("{name} {}", flat(node)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Names that vocabularies of documents give to headings.
fn is_heading(name: &str) -> bool {
    matches!(name, "title" | "heading" | "head" | "caption")
}

/// Names that say no more than that there is text.
fn is_text(name: &str) -> bool {
    matches!(
        name,
        "p" | "para"
            | "simpara"
            | "text"
            | "#text"
            | "li"
            | "note"
            | "cmd"
            | "term"
            | "abstract"
            | "shortdesc"
    )
}

/// Names that say no more than that there is something inside.
fn is_structure(name: &str) -> bool {
    matches!(
        name,
        "body"
            | "section"
            | "sect1"
            | "sect2"
            | "sect3"
            | "chapter"
            | "topic"
            | "div"
            | "conbody"
            | "taskbody"
            | "refbody"
            | "steps"
            | "step"
            | "ul"
            | "ol"
            | "itemizedlist"
            | "orderedlist"
            | "listitem"
            | "content"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_short_values_are_a_table() {
        let leaf = |text: &str| Node::Leaf(text.to_owned());
        let record = |part: &str| {
            Node::Map(vec![
                ("part".to_owned(), leaf(part)),
                ("torque".to_owned(), leaf("25")),
            ])
        };
        assert_eq!(
            columns(&[record("M8"), record("M10")]).unwrap(),
            ["part", "torque"]
        );
        assert_eq!(columns(&[record("M8"), leaf("M10")]), None);
    }
}
