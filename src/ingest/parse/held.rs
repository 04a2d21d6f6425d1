//! A document that is held in memory until its title is known: its items in order, and how they are sent.

use super::headings::{Headings, one_line, title_among};
use super::pasted::Pasted;
use super::{Block, BlockKind, Outline, Output, ParseError, WAITS_FOR_OCR, table};
use crate::domain::{Coverage, Locator, PageFate};

/// A piece of a document whose heading path is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// The document says that this is its title.
    Title(String),
    /// A heading of a level, from 1.
    Heading(u8, String),
    /// Anything but headings and tables.
    Text(BlockKind, String),
    /// Rows of a table, and how many of them are headers where the document says so.
    Table(Vec<Vec<String>>, Option<usize>),
    /// A picture, by the name of its part.
    Picture(String),
}

/// Sends `items`. The title is, in this order, what the document styles as its title, what its properties say
/// (`declared`), its only heading of the highest level.
pub(super) fn send(
    items: Vec<Item>,
    declared: Option<String>,
    output: &mut Output<'_>,
) -> Result<Outline, ParseError> {
    send_with(items, declared, None, output)
}

/// The same for a document with pictures between its words.
pub(super) fn send_with(
    items: Vec<Item>,
    declared: Option<String>,
    mut pictures: Option<&mut Pasted<'_>>,
    output: &mut Output<'_>,
) -> Result<Outline, ParseError> {
    let before = output.blocks();
    let styled = items.iter().find_map(|item| match item {
        Item::Title(text) => Some(one_line(text)),
        _ => None,
    });
    let among = || {
        title_among(items.iter().filter_map(|item| match item {
            Item::Heading(level, text) => Some((*level, text.as_str())),
            _ => None,
        }))
    };
    let title = styled.or(declared).or_else(among);
    let mut headings = Headings::under(title.clone());
    for item in items {
        match item {
            Item::Title(text) => headings.enter(1, &text, Locator::default(), output)?,
            Item::Heading(level, text) => headings.enter(level, &text, Locator::default(), output)?,
            Item::Text(kind, text) => output.block(Block {
                locator: headings.locator(),
                kind,
                text,
            })?,
            Item::Table(rows, declared) => send_table(&rows, declared, &headings.locator(), output)?,
            Item::Picture(part) => {
                if let Some(pictures) = &mut pictures {
                    pictures.send(&part, &headings.locator(), output)?;
                }
            }
        }
    }
    let sent = output.blocks() - before;
    let coverage = pictures.map_or_else(Coverage::default, |pictures| {
        let (fate, unread) = pictures.fate(sent);
        coverage(fate, unread, title.is_some())
    });
    Ok(Outline {
        title,
        coverage,
        ..Outline::default()
    })
}

/// What became of a document whose words and pictures fared so; `unread` is the first of its pictures that was not read.
pub(super) fn coverage(fate: PageFate, mut unread: Option<PageFate>, has_title: bool) -> Coverage {
    let mut coverage = match fate {
        PageFate::Text | PageFate::Empty => Coverage::default(),
        // Of a document without a word in it or its pictures the title still says something.
        fate => match fate.reason() {
            Some(reason) if has_title && !WAITS_FOR_OCR.contains(&&*reason.code) => {
                unread = Some(fate.clone()).filter(|fate| !matches!(fate, PageFate::Picture { .. }));
                Coverage::default()
            }
            _ => Coverage::whole(fate),
        },
    };
    if let Some(fate) = unread {
        coverage.pictures_fared(fate);
    }
    coverage
}

/// Whether a table is a frame around text: one column, and not a few short words below one another.
pub(super) fn is_frame(rows: &[Vec<String>]) -> bool {
    let short = |row: &Vec<String>| row.iter().all(|cell| cell.chars().count() <= 200);
    rows.iter().all(|row| row.len() <= 1) && (rows.len() < 2 || !rows.iter().all(short))
}

fn send_table(
    rows: &[Vec<String>],
    declared: Option<usize>,
    locator: &Locator,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    if is_frame(rows) {
        for cell in rows.iter().flatten() {
            output.paragraph(locator, cell.clone())?;
        }
        return Ok(());
    }
    table::send_rows(rows, declared, locator, output)
}
