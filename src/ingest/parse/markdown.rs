//! Markdown: headings, lists with their numbers, tables with their header row, code; front matter gives the title and
//! properties.

use std::collections::BTreeMap;
use std::path::Path;

use pulldown_cmark::{Event, HeadingLevel, MetadataBlockKind, Options, Parser as Pulldown, Tag, TagEnd};

use super::encoding::read_whole;
use super::headings::{Headings, credible_title, title_among};
use super::{
    Block, BlockKind, Limits, Outline, Output, ParseError, Parser, front_matter, html, lines, table,
};
use crate::domain::Locator;

/// Reads `.md`.
#[derive(Debug)]
pub(super) struct MarkdownParser;

impl Parser for MarkdownParser {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let text = read_whole(path, limits, |_| None)?;
        let properties = front_matter_of(&text);
        let title = properties
            .get("front.title")
            .and_then(|title| credible_title(title));
        let title = title.or_else(|| {
            let headings = headings_of(&text);
            title_among(headings.iter().map(|(level, text)| (*level, text.as_str())))
        });
        let mut reading = Reading {
            headings: Headings::under(title.clone()),
            ..Reading::default()
        };
        for event in events(&text) {
            reading.event(event, limits, output)?;
        }
        reading.end_block(output)?;
        Ok(Outline {
            title,
            properties,
            ..Outline::default()
        })
    }
}

fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    Pulldown::new_ext(text, options)
}

fn headings_of(text: &str) -> Vec<(u8, String)> {
    let mut headings: Vec<(u8, String)> = Vec::new();
    let mut inside = false;
    for event in events(text) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                inside = true;
                headings.push((number_of(level), String::new()));
            }
            Event::End(TagEnd::Heading(_)) => inside = false,
            Event::Text(piece) | Event::Code(piece) if inside => {
                headings
                    .iter_mut()
                    .last()
                    .into_iter()
                    .for_each(|(_, text)| text.push_str(&piece));
            }
            _ => {}
        }
    }
    headings
}

/// The entries of front matter, by their names in small letters.
fn front_matter_of(text: &str) -> BTreeMap<String, String> {
    let mut properties = BTreeMap::new();
    let mut events = events(text);
    if !matches!(events.next(), Some(Event::Start(Tag::MetadataBlock(_)))) {
        return properties;
    }
    for event in events {
        let Event::Text(matter) = event else { break };
        for (name, value) in front_matter::entries(&matter) {
            front_matter::keep(&mut properties, &name.to_lowercase(), value);
        }
    }
    properties
}

fn number_of(level: HeadingLevel) -> u8 {
    level as u8
}

#[derive(Default)]
struct Reading {
    headings: Headings,
    text: String,
    heading: Option<u8>,
    lists: Vec<Option<u64>>,
    item: bool,
    rows: Vec<Vec<String>>,
    in_cell: bool,
    code: bool,
    html: Option<String>,
    metadata: bool,
}

impl Reading {
    fn event(
        &mut self,
        event: Event<'_>,
        limits: &Limits,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        match event {
            Event::Start(tag) => self.start(tag, limits, output),
            Event::End(tag) => self.end(tag, limits, output),
            Event::Text(_) if self.metadata => Ok(()),
            Event::Html(text) => {
                self.html.get_or_insert_default().push_str(&text);
                Ok(())
            }
            Event::InlineHtml(tag) => {
                if tag.to_ascii_lowercase().starts_with("<br") {
                    self.text.push('\n');
                }
                Ok(())
            }
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text.push_str(&text);
                Ok(())
            }
            Event::SoftBreak => {
                self.text.push(if self.in_cell { ' ' } else { '\u{1}' });
                Ok(())
            }
            Event::HardBreak => {
                self.text.push('\n');
                Ok(())
            }
            Event::TaskListMarker(done) => {
                self.text.push_str(if done { "[x] " } else { "[ ] " });
                Ok(())
            }
            Event::Rule | Event::FootnoteReference(_) => Ok(()),
        }
    }

    fn start(&mut self, tag: Tag<'_>, limits: &Limits, output: &mut Output<'_>) -> Result<(), ParseError> {
        match tag {
            Tag::Heading { level, .. } => {
                self.end_block(output)?;
                self.heading = Some(number_of(level));
            }
            Tag::Paragraph
            | Tag::BlockQuote(_)
            | Tag::HtmlBlock
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionListTitle => self.end_block_but_marker(output)?,
            Tag::CodeBlock(_) => {
                self.end_block(output)?;
                self.code = true;
            }
            Tag::List(start) => {
                self.end_block(output)?;
                if self.lists.len() as u64 >= u64::from(limits.nesting) {
                    return Err(ParseError::NestedTooDeep {
                        limit: limits.nesting,
                    });
                }
                self.lists.push(start);
            }
            Tag::Item => {
                self.end_block(output)?;
                self.item = true;
                if let Some(Some(number)) = self.lists.last_mut() {
                    self.text = format!("{number}. ");
                    *number = number.saturating_add(1);
                }
            }
            Tag::DefinitionListDefinition => {
                self.end_block(output)?;
                self.item = true;
            }
            Tag::Table(_) => {
                self.end_block(output)?;
                self.rows.clear();
            }
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            Tag::TableCell => {
                self.text.clear();
                self.in_cell = true;
            }
            Tag::MetadataBlock(MetadataBlockKind::YamlStyle | MetadataBlockKind::PlusesStyle) => {
                self.metadata = true
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd, limits: &Limits, output: &mut Output<'_>) -> Result<(), ParseError> {
        match tag {
            TagEnd::Heading(_) => {
                let text = std::mem::take(&mut self.text).replace(['\u{1}', '\n'], " ");
                if let Some(level) = self.heading.take() {
                    self.headings.enter(level, &text, Locator::default(), output)?;
                }
            }
            TagEnd::TableCell => {
                self.in_cell = false;
                let text = std::mem::take(&mut self.text);
                if let Some(row) = self.rows.last_mut() {
                    row.push(text);
                }
            }
            TagEnd::Table => {
                let headers = usize::from(
                    self.rows
                        .first()
                        .is_some_and(|row| row.iter().any(|cell| !cell.is_empty())),
                );
                table::send_rows(
                    &std::mem::take(&mut self.rows),
                    Some(headers),
                    &self.headings.locator(),
                    output,
                )?;
            }
            TagEnd::List(_) => {
                self.end_block(output)?;
                self.lists.pop();
            }
            TagEnd::HtmlBlock => {
                if let Some(markup) = self.html.take() {
                    html::send_fragment(&markup, &mut self.headings, limits, output)?;
                }
            }
            TagEnd::MetadataBlock(_) => self.metadata = false,
            TagEnd::Paragraph
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::Item
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition => {
                self.end_block(output)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A paragraph begins: what was written before it is a block of its own, unless it is only the number of an item.
    fn end_block_but_marker(&mut self, output: &mut Output<'_>) -> Result<(), ParseError> {
        if self.item
            && self
                .text
                .trim_end_matches([' ', '.'])
                .chars()
                .all(|character| character.is_ascii_digit())
        {
            return Ok(());
        }
        self.end_block(output)
    }

    fn end_block(&mut self, output: &mut Output<'_>) -> Result<(), ParseError> {
        let text = std::mem::take(&mut self.text);
        let item = std::mem::take(&mut self.item);
        let code = std::mem::take(&mut self.code);
        if text.trim().is_empty() {
            self.item = item && !self.lists.is_empty();
            return Ok(());
        }
        let kind = if code {
            BlockKind::Code
        } else if item {
            BlockKind::ListItem
        } else {
            BlockKind::Paragraph
        };
        // Soft breaks were marked, since Chinese lines meet without a blank.
        let text = if code {
            text
        } else {
            lines::join(text.split('\u{1}'))
        };
        output.block(Block {
            locator: self.headings.locator(),
            kind,
            text,
        })
    }
}
