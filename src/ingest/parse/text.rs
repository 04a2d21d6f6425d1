//! Plain text, streamed: paragraphs between empty lines, wrapped lines joined, items of lists one by one.

use std::io::{BufRead, BufReader};
use std::path::Path;

use super::encoding::TextReader;
use super::{Block, BlockKind, Limits, Outline, Output, ParseError, Parser, lines};
use crate::domain::Locator;

/// A paragraph is sent on once it has grown to this, so that a file without empty lines stays out of memory.
const LONGEST_PARAGRAPH: usize = 16 * 1024;

/// Reads `.txt` and `.log`.
#[derive(Debug)]
pub(super) struct TextParser;

impl Parser for TextParser {
    fn parse(&self, path: &Path, _limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let mut reader = BufReader::with_capacity(64 * 1024, TextReader::open(path)?);
        let mut paragraph: Vec<String> = Vec::new();
        let mut length = 0;
        let mut line = String::new();
        while read_line(&mut reader, &mut line)? {
            if line.trim().is_empty() || is_rule(&line) {
                send(&mut paragraph, output)?;
                length = 0;
                continue;
            }
            length += line.len();
            paragraph.push(line.trim_end().to_owned());
            if length > LONGEST_PARAGRAPH {
                send(&mut paragraph, output)?;
                length = 0;
            }
        }
        send(&mut paragraph, output)?;
        Ok(Outline::default())
    }
}

/// The next line, or the next piece of one that is longer than a paragraph may be; `false` at the end.
fn read_line(reader: &mut impl BufRead, line: &mut String) -> Result<bool, ParseError> {
    let mut bytes = Vec::new();
    loop {
        let available = reader.fill_buf().map_err(ParseError::from_io)?;
        if available.is_empty() {
            break;
        }
        let end = available
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r' | 0x0c));
        let mut count = end.map_or(available.len(), |end| end + 1);
        let room = LONGEST_PARAGRAPH.saturating_sub(bytes.len());
        let cut = count > room;
        if cut {
            count = cut_position(available, room);
        }
        bytes.extend_from_slice(&available[..count]);
        reader.consume(count);
        if end.is_some() || cut {
            break;
        }
    }
    line.clear();
    line.push_str(&String::from_utf8_lossy(&bytes));
    Ok(!bytes.is_empty())
}

/// Where a line that is too long is cut: behind a blank or a Chinese full stop if there is one, never in a character.
fn cut_position(bytes: &[u8], room: usize) -> usize {
    let room = room.clamp(1, bytes.len());
    if let Some(blank) = bytes[..room].iter().rposition(|byte| *byte == b' ') {
        return blank + 1;
    }
    if let Some(stop) = bytes[..room]
        .windows(3)
        .rposition(|window| window == "。".as_bytes())
    {
        return stop + 3;
    }
    let is_boundary = |position: &usize| bytes.get(*position).is_none_or(|byte| byte & 0xc0 != 0x80);
    (1..=room)
        .rev()
        .find(is_boundary)
        .unwrap_or_else(|| (room..bytes.len()).find(is_boundary).unwrap_or(bytes.len()))
}

fn send(paragraph: &mut Vec<String>, output: &mut Output<'_>) -> Result<(), ParseError> {
    let width = paragraph
        .iter()
        .map(|line| lines::columns(line))
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    let mut last: Option<&String> = None;
    for line in paragraph.iter() {
        match last {
            Some(last) if lines::wrapped(last, line, width) => lines::append(&mut text, line),
            _ if lines::starts_item(line) => {
                block(&mut text, output)?;
                text.push_str(line);
            }
            Some(_) => {
                text.push('\n');
                text.push_str(line);
            }
            None => text.push_str(line),
        }
        last = Some(line);
    }
    block(&mut text, output)?;
    paragraph.clear();
    Ok(())
}

fn block(text: &mut String, output: &mut Output<'_>) -> Result<(), ParseError> {
    let text = std::mem::take(text);
    let kind = if lines::starts_item(&text) {
        BlockKind::ListItem
    } else {
        BlockKind::Paragraph
    };
    output.block(Block {
        locator: Locator::default(),
        kind,
        text,
    })
}

/// A line of dashes or the like divides paragraphs and says nothing.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 4
        && line
            .chars()
            .all(|character| matches!(character, '-' | '=' | '_' | '*' | '~' | '#' | '─' | '═'))
}
