//! Cuts a document into passages: pure, streamed, tokens counted by a closure.
//!
//! A passage stays on one page, slide or sheet and in one section; small sections of the same parent are joined, with
//! their headings in the text. Sentences are cut only where one alone is over the maximum; rows are never parted from
//! their header. Blocks go in with [`Chunker::push`], passages come out as soon as they are certain, in order.

mod piece;

use std::sync::Arc;

use crate::domain::Locator;
use crate::ingest::parse::{Block, BlockKind};

use piece::{Unit, units_of, weight, widen};

/// How large passages are, in whatever the closure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkRules {
    /// What a passage is filled up to.
    pub target_tokens: usize,
    /// What a passage with its heading path never exceeds.
    pub max_tokens: usize,
    /// Sections below this are joined with the next one under the same parent heading.
    pub merge_below_tokens: usize,
    /// Whether the embedder that counts knows Chinese. One that does not spends a token on every character, so that
    /// its count would make Chinese passages far too small: they are then weighed by their characters.
    pub knows_chinese: bool,
}

impl Default for ChunkRules {
    /// For an embedder that reads 256 tokens, of which the title takes some.
    fn default() -> Self {
        Self {
            target_tokens: 180,
            max_tokens: 230,
            merge_below_tokens: 40,
            knows_chinese: false,
        }
    }
}

/// A passage before it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Where it stands; rows are those of the first to the last row in it.
    pub locator: Locator,
    /// Its text. Headings are in the locator, and in the text only where sections were joined.
    pub text: String,
}

/// Takes the blocks of one document.
pub struct Chunker<'count> {
    rules: ChunkRules,
    count: &'count dyn Fn(&str) -> usize,
    /// The current section, and before it those that were so small that it may join them.
    open: Vec<Section>,
    /// The last full passage of the current section: its end may turn out to be too small to stand alone.
    held: Option<Section>,
    wide_header: Option<Arc<str>>,
}

#[derive(Debug, Clone)]
struct Section {
    /// Page, slide, sheet and heading path; no rows, no time.
    place: Locator,
    units: Vec<Unit>,
    path_tokens: usize,
    name_tokens: usize,
    tokens: usize,
}

impl<'count> Chunker<'count> {
    /// `count` says how many tokens a text has, special tokens not counted; a whole must not have more than its parts.
    pub fn new(rules: ChunkRules, count: &'count dyn Fn(&str) -> usize) -> Self {
        Self {
            rules,
            count,
            open: Vec::new(),
            held: None,
            wide_header: None,
        }
    }

    /// Takes the next block; gives the passages that are complete now.
    pub fn push(&mut self, block: Block) -> Vec<Draft> {
        let mut drafts = Vec::new();
        let place = Locator {
            rows: None,
            time: None,
            ..block.locator.clone()
        };
        if !self.open.last().is_some_and(|section| section.place == place) {
            self.enter(place, &mut drafts);
        }
        let header = match &block.kind {
            BlockKind::Heading(_) => return drafts,
            BlockKind::Row { header } => self.bearable(header.clone(), &block.locator, &mut drafts),
            _ => None,
        };
        let fixed = self.open.last().map_or(0, |section| section.path_tokens)
            + header.as_deref().map_or(0, |header| self.count(header));
        let limit = self.rules.max_tokens.saturating_sub(fixed).max(1);
        let target = self.rules.target_tokens.saturating_sub(fixed).clamp(1, limit);
        for unit in units_of(&block, header, limit, target, &|text| self.count(text)) {
            self.place(unit, &mut drafts);
        }
        drafts
    }

    /// The document is over.
    pub fn finish(mut self) -> Vec<Draft> {
        let mut drafts = Vec::new();
        self.name_if_empty();
        self.close(&mut drafts);
        drafts
    }

    fn count(&self, text: &str) -> usize {
        if self.rules.knows_chinese {
            (self.count)(text)
        } else {
            weight(text, self.count)
        }
    }

    /// A header that would take half of every passage is sent once, as text.
    fn bearable(
        &mut self,
        header: Option<Arc<str>>,
        locator: &Locator,
        drafts: &mut Vec<Draft>,
    ) -> Option<Arc<str>> {
        let header = header?;
        if self.count(&header) * 2 <= self.rules.max_tokens {
            return Some(header);
        }
        if self.wide_header.as_ref() != Some(&header) {
            self.wide_header = Some(Arc::clone(&header));
            let text = header.to_string();
            drafts.extend(self.push(Block {
                locator: locator.clone(),
                kind: BlockKind::Row { header: None },
                text,
            }));
        }
        None
    }

    /// A section begins, or the next page of one.
    fn enter(&mut self, place: Locator, drafts: &mut Vec<Draft>) {
        let path = place.headings.join(" ");
        let path_tokens = self.count(&path).min(self.rules.max_tokens / 3);
        let name_tokens = place.headings.last().map_or(0, |name| self.count(name));
        let section = Section {
            place,
            units: Vec::new(),
            path_tokens,
            name_tokens,
            tokens: 0,
        };
        // A heading with nothing but a subheading below it lives on in the paths of what follows.
        let lives_on = self.open.last().is_some_and(|last| {
            last.units.is_empty() && section.place.headings.starts_with(&last.place.headings)
        });
        if lives_on {
            self.open.pop();
        } else {
            self.name_if_empty();
        }
        if !self.may_join(&section) {
            self.close(drafts);
        }
        self.open.push(section);
    }

    /// A section without text says its heading, so that nothing is lost.
    fn name_if_empty(&mut self) {
        if self.held.is_some() {
            return;
        }
        if let Some(section) = self.open.last_mut().filter(|section| section.units.is_empty())
            && let Some(name) = section.place.headings.last()
        {
            let unit = Unit::line(name.clone(), section.name_tokens);
            section.tokens += unit.tokens;
            section.units.push(unit);
        }
    }

    fn may_join(&self, section: &Section) -> bool {
        let Some(first) = self.open.first() else {
            return true;
        };
        let same_place = Locator {
            headings: Vec::new(),
            ..first.place.clone()
        } == Locator {
            headings: Vec::new(),
            ..section.place.clone()
        };
        let shared = shared_path(self.open.iter().chain([section]));
        let deepest = self
            .open
            .iter()
            .chain([section])
            .map(|one| one.place.headings.len())
            .max()
            .unwrap_or(0);
        same_place
            && self.held.is_none()
            && deepest <= shared + 1
            && self.cost() < self.rules.merge_below_tokens
    }

    fn place(&mut self, unit: Unit, drafts: &mut Vec<Draft>) {
        let repeated = match (
            &unit.header,
            self.open.last().and_then(|section| section.units.last()),
        ) {
            (Some(header), Some(last)) if last.header.as_ref() == Some(header) => 0,
            (Some(_), _) => unit.header_tokens,
            (None, _) => 0,
        };
        let cost = self.cost();
        let total = cost + repeated + unit.tokens;
        let is_first = self.open.len() == 1 && self.open[0].units.is_empty();
        if !is_first && total > self.rules.target_tokens {
            if self.open.len() > 1 {
                // The small sections before this one stay among themselves.
                let current = self.open.pop();
                self.close(drafts);
                self.open.extend(current);
                return self.place(unit, drafts);
            }
            let is_thin = cost * 5 < self.rules.target_tokens * 3;
            if total > self.rules.max_tokens || !is_thin {
                self.begin_next_part(unit.tokens + unit.header_tokens, drafts);
            }
        }
        if let Some(section) = self.open.last_mut() {
            let starts_table =
                section.units.last().and_then(|last| last.header.as_ref()) != unit.header.as_ref();
            section.tokens += unit.tokens + if starts_table { unit.header_tokens } else { 0 };
            section.units.push(unit);
        }
    }

    /// The passage is full; its section goes on. A line that introduces what follows goes with it.
    fn begin_next_part(&mut self, next_tokens: usize, drafts: &mut Vec<Draft>) {
        let Some(mut full) = self.open.pop() else { return };
        let introduces = full.units.len() > 1
            && full.units.last().is_some_and(|last| {
                last.header.is_none()
                    && last.text.ends_with([':', '：'])
                    && last.tokens + next_tokens + full.path_tokens <= self.rules.max_tokens
                    && last.tokens * 3 < self.rules.target_tokens
            });
        let carried = if introduces { full.units.pop() } else { None };
        let carried_tokens = carried.as_ref().map_or(0, |unit| unit.tokens);
        full.tokens -= carried_tokens;
        let next = Section {
            units: carried.into_iter().collect(),
            tokens: carried_tokens,
            ..full.clone_empty()
        };
        if let Some(earlier) = self.held.replace(full) {
            drafts.extend(draft_of(&[earlier]));
        }
        self.open.push(next);
    }

    /// Sends everything that is open. The end of a section that is too small to stand alone joins what was before it.
    fn close(&mut self, drafts: &mut Vec<Draft>) {
        let open = std::mem::take(&mut self.open);
        let Some(mut held) = self.held.take() else {
            drafts.extend(draft_of(&open));
            return;
        };
        // The end of a table does without its header where it follows the rest of the table.
        let last_header = held.units.last().and_then(|unit| unit.header.as_ref());
        let first = open.first().and_then(|section| section.units.first());
        let spared = first
            .filter(|unit| unit.header.as_ref() == last_header)
            .map_or(0, |unit| unit.header_tokens);
        let tail = open
            .iter()
            .map(|section| section.tokens)
            .sum::<usize>()
            .saturating_sub(spared);
        let joins = open.len() == 1
            && tail * 4 < self.rules.target_tokens
            && held.path_tokens + held.tokens + tail <= self.rules.max_tokens;
        if joins {
            held.units
                .extend(open.into_iter().flat_map(|section| section.units));
            drafts.extend(draft_of(&[held]));
        } else {
            drafts.extend(draft_of(&[held]));
            drafts.extend(draft_of(&open));
        }
    }

    /// What the open sections would have as one passage.
    fn cost(&self) -> usize {
        let path = self
            .open
            .iter()
            .map(|section| section.path_tokens)
            .max()
            .unwrap_or(0);
        let names = if self.open.len() > 1 {
            self.open.iter().map(|section| section.name_tokens).sum()
        } else {
            0
        };
        path + names + self.open.iter().map(|section| section.tokens).sum::<usize>()
    }
}

impl Section {
    fn clone_empty(&self) -> Self {
        Self {
            place: self.place.clone(),
            units: Vec::new(),
            tokens: 0,
            ..*self
        }
    }
}

fn shared_path<'section>(sections: impl Iterator<Item = &'section Section> + Clone) -> usize {
    let Some(first) = sections.clone().next() else {
        return 0;
    };
    let path = &first.place.headings;
    sections
        .map(|section| {
            path.iter()
                .zip(&section.place.headings)
                .take_while(|(one, other)| one == other)
                .count()
        })
        .min()
        .unwrap_or(0)
}

fn draft_of(sections: &[Section]) -> Option<Draft> {
    let first = sections.first()?;
    let shared = shared_path(sections.iter());
    let mut text = String::new();
    let mut rows = None;
    let mut time = None;
    let mut header: Option<&Arc<str>> = None;
    for section in sections {
        if section.place.headings.len() > shared && sections.len() > 1 {
            let name = section.place.headings[shared..].join(" > ");
            // A section that is only its heading has it as text already.
            if section.units.first().is_none_or(|unit| unit.text != name) {
                separate(&mut text, "\n\n");
                text.push_str(&name);
            }
        }
        for unit in &section.units {
            let named = unit.header.as_ref().filter(|name| Some(*name) != header);
            if let Some(name) = named {
                separate(&mut text, "\n\n");
                text.push_str(name);
            }
            header = unit.header.as_ref();
            separate(&mut text, if named.is_some() { "\n" } else { unit.joint });
            text.push_str(&unit.text);
            widen(&mut rows, unit.rows);
            widen(&mut time, unit.time);
        }
    }
    let headings = first.place.headings[..if sections.len() > 1 {
        shared
    } else {
        first.place.headings.len()
    }]
        .to_vec();
    (!text.trim().is_empty()).then(|| Draft {
        locator: Locator {
            rows,
            time,
            headings,
            ..first.place.clone()
        },
        text,
    })
}

fn separate(text: &mut String, joint: &str) {
    if !text.is_empty() {
        text.push_str(joint);
    }
}

#[cfg(test)]
mod tests;
