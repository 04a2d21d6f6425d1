//! The slides of a presentation of OpenDocument.

use super::headings::{Headings, one_line};
use super::held::Item;
use super::pasted::Pasted;
use super::{Block, Limits, Outline, Output, ParseError, table};
use crate::domain::{Coverage, Locator};

/// A slide as it was read.
#[derive(Default)]
pub(super) struct Slide {
    pub(super) hidden: bool,
    pub(super) items: Vec<Item>,
    /// What stands at its foot, where no slide before it has the same.
    pub(super) footer: Option<String>,
}

/// Sends slides one after the other.
pub(super) fn send(
    slides: Vec<Slide>,
    declared: Option<String>,
    pasted: &mut Pasted<'_>,
    limits: &Limits,
    output: &mut Output<'_>,
) -> Result<Outline, ParseError> {
    let pages = u32::try_from(slides.len()).unwrap_or(u32::MAX);
    if pages > limits.pages {
        return Err(ParseError::TooManyPages {
            pages,
            limit: limits.pages,
        });
    }
    let first = slides.first().and_then(|slide| {
        slide.items.iter().find_map(|item| match item {
            Item::Title(text) => Some(one_line(text)),
            _ => None,
        })
    });
    let mut coverage = Coverage::default();
    for (number, slide) in (1..).zip(slides) {
        let before = output.blocks();
        let place = Locator {
            slide: Some(number),
            hidden: slide.hidden,
            ..Locator::default()
        };
        let mut headings = Headings::default();
        for item in slide.items {
            let locator = Locator {
                headings: headings.path(),
                ..place.clone()
            };
            match item {
                Item::Title(text) | Item::Heading(_, text) => {
                    headings.enter(1, &text, place.clone(), output)?;
                }
                Item::Text(kind, text) => output.block(Block { locator, kind, text })?,
                Item::Table(rows, declared) => table::send_rows(&rows, declared, &locator, output)?,
                Item::Picture(part) => pasted.send(&part, &locator, output)?,
            }
        }
        // A slide of nothing but a footer has nothing to search.
        let fate_of = output.blocks() - before;
        if let Some(text) = slide.footer {
            output.paragraph(&place, text)?;
        }
        pasted.cover(fate_of, &mut coverage);
    }
    Ok(Outline {
        title: declared.or(first),
        coverage,
        ..Outline::default()
    })
}
