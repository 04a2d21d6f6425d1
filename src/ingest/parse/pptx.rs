//! Presentations: slides in the order in which they are shown, with titles, tables and speaker notes.

use std::path::Path;

use super::docx::core_title;
use super::headings::{Headings, one_line};
use super::package::Package;
use super::page::PageTrouble;
use super::xml::{self, Step, attribute, prefixed_attribute, relationships, relationships_part};
use super::{Block, BlockKind, Limits, Outline, Output, ParseError, Parser, table};
use crate::domain::{Coverage, Locator, PageFate};

const WHAT: &str = "presentation";
/// What stands before a picture on a slide.
const PICTURE: &[u8] = b"<p:pic";

/// Reads `.pptx`.
#[derive(Debug)]
pub(super) struct PptxParser;

impl Parser for PptxParser {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let mut package = Package::open(path, WHAT, limits)?;
        let slides = slides_in_order(&mut package, limits)?;
        let pages = u32::try_from(slides.len()).unwrap_or(u32::MAX);
        if pages > limits.pages {
            return Err(ParseError::TooManyPages {
                pages,
                limit: limits.pages,
            });
        }
        let mut title = core_title(&mut package, WHAT, limits)?;
        let mut coverage = Coverage::default();
        for (number, name) in (1..).zip(&slides) {
            let bytes = package
                .part(name)?
                .ok_or_else(|| ParseError::damaged(WHAT, format!("slide {number} is missing")))?;
            let mut slide = Slide::read(&bytes, limits)?;
            slide.notes = notes(&mut package, name, limits)?;
            if number == 1 && title.is_none() {
                title = slide
                    .title
                    .as_deref()
                    .map(one_line)
                    .filter(|title| !title.is_empty());
            }
            let before = output.blocks();
            slide.send(number, output)?;
            coverage.push(if output.blocks() > before {
                PageFate::Text
            } else if bytes.windows(PICTURE.len()).any(|tag| tag == PICTURE) {
                PageTrouble::Slide.fate()
            } else {
                PageFate::Empty
            });
        }
        Ok(Outline {
            title,
            coverage,
            ..Outline::default()
        })
    }
}

fn slides_in_order(package: &mut Package, limits: &Limits) -> Result<Vec<String>, ParseError> {
    const PRESENTATION: &str = "ppt/presentation.xml";
    let missing = || ParseError::damaged(WHAT, "the list of its slides is missing");
    let presentation = package.part(PRESENTATION)?.ok_or_else(missing)?;
    let related = package
        .part(&relationships_part(PRESENTATION))?
        .ok_or_else(missing)?;
    let related = relationships(&related, PRESENTATION, WHAT, limits)?;
    let mut ids = Vec::new();
    xml::walk(&presentation, WHAT, limits, &mut |step| {
        if let Step::Open("sldId", tag) = step {
            ids.extend(prefixed_attribute(tag, "r:id"));
        }
        Ok(())
    })?;
    let named = |id: &String| {
        related
            .iter()
            .find(|relationship| relationship.id == *id)
            .map(|r| r.target.clone())
    };
    Ok(ids.iter().filter_map(named).collect())
}

fn notes(package: &mut Package, slide: &str, limits: &Limits) -> Result<Vec<String>, ParseError> {
    let Some(related) = package.part(&relationships_part(slide))? else {
        return Ok(Vec::new());
    };
    let related = relationships(&related, slide, WHAT, limits)?;
    let Some(target) = related.into_iter().find(|related| related.kind == "notesSlide") else {
        return Ok(Vec::new());
    };
    let Some(bytes) = package.part(&target.target)? else {
        return Ok(Vec::new());
    };
    let read = Slide::read(&bytes, limits)?;
    Ok(read
        .items
        .into_iter()
        .filter_map(|item| match item {
            Item::Text { text, .. } => Some(text),
            Item::Table(_) => None,
        })
        .collect())
}

enum Item {
    Text { text: String, listed: bool },
    Table(Vec<Vec<String>>),
}

#[derive(Default)]
struct Slide {
    title: Option<String>,
    items: Vec<Item>,
    notes: Vec<String>,
}

/// What the shape that is being read is for.
#[derive(Default, Clone, Copy, PartialEq)]
enum Role {
    #[default]
    Other,
    Body,
    Title,
    /// Date, slide number, footer: the same on every slide.
    Furniture,
}

impl Slide {
    fn read(bytes: &[u8], limits: &Limits) -> Result<Self, ParseError> {
        let mut slide = Self::default();
        let mut role = Role::default();
        let mut text: Option<String> = None;
        let mut rows: Option<Vec<Vec<String>>> = None;
        let (mut in_text, mut level, mut bullet) = (false, 0u32, false);
        xml::walk(bytes, WHAT, limits, &mut |step| {
            match step {
                Step::Open("sp", _) => role = Role::Other,
                Step::Open("ph", tag) => {
                    role = match attribute(tag, "type").as_deref() {
                        Some("title" | "ctrTitle") => Role::Title,
                        Some("dt" | "sldNum" | "ftr" | "hdr" | "sldImg") => Role::Furniture,
                        _ => Role::Body,
                    };
                }
                Step::Close("sp") => role = Role::Other,
                Step::Open("p", _) => {
                    text = Some(String::new());
                    (level, bullet) = (0, false);
                }
                Step::Open("pPr", tag) => {
                    level = attribute(tag, "lvl")
                        .and_then(|level| level.parse().ok())
                        .unwrap_or(0);
                }
                Step::Open("buChar" | "buAutoNum", _) => bullet = true,
                Step::Open("t", _) => in_text = true,
                Step::Close("t") => in_text = false,
                Step::Open("br", _) => text.iter_mut().for_each(|text| text.push('\n')),
                Step::Text(piece) if in_text => text.iter_mut().for_each(|text| text.push_str(piece)),
                Step::Open("tbl", _) => rows = Some(Vec::new()),
                Step::Open("tr", _) => rows.iter_mut().for_each(|rows| rows.push(Vec::new())),
                Step::Open("tc", _) => {
                    if let Some(row) = rows.as_mut().and_then(|rows| rows.last_mut()) {
                        row.push(String::new());
                    }
                }
                Step::Close("tbl") => slide.items.extend(rows.take().map(Item::Table)),
                Step::Close("p") => {
                    let finished = text.take().filter(|text| !text.trim().is_empty());
                    if let Some(text) = finished {
                        let cell = rows
                            .as_mut()
                            .and_then(|rows| rows.last_mut())
                            .and_then(|row| row.last_mut());
                        if let Some(cell) = cell {
                            cell.push(' ');
                            cell.push_str(&text);
                        } else {
                            slide.take(role, text, level > 0 || bullet || role == Role::Body);
                        }
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(slide)
    }

    fn take(&mut self, role: Role, text: String, listed: bool) {
        match (role, &mut self.title) {
            (Role::Furniture, _) => {}
            (Role::Title, Some(title)) => {
                title.push(' ');
                title.push_str(&text);
            }
            (Role::Title, title) => *title = Some(text),
            _ => self.items.push(Item::Text { text, listed }),
        }
    }

    fn send(self, number: u32, output: &mut Output<'_>) -> Result<(), ParseError> {
        let mut headings = Headings::default();
        let place = Locator {
            slide: Some(number),
            ..Locator::default()
        };
        if let Some(title) = &self.title {
            headings.enter(1, title, place.clone(), output)?;
        }
        let place = Locator {
            headings: headings.path(),
            ..place
        };
        for item in self.items {
            match item {
                Item::Text { text, listed } => {
                    let kind = if listed {
                        BlockKind::ListItem
                    } else {
                        BlockKind::Paragraph
                    };
                    output.block(Block {
                        locator: place.clone(),
                        kind,
                        text,
                    })?;
                }
                Item::Table(rows) => table::send_rows(&rows, None, &place, output)?,
            }
        }
        for text in self.notes {
            output.paragraph(&place, text)?;
        }
        Ok(())
    }
}
