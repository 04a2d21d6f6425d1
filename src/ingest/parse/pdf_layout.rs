//! What the places of words on a PDF page say: lines, paragraphs, headings, and what every page repeats.

use std::ops::Range;

use super::lines::{self, is_wide, starts_item};
use super::pdf_columns;
use super::pdf_style::{Style, is_numbered};
use super::pdf_table::table_at;

/// How a character is set. The boxes of characters depend on the make of their font, so they do not tell sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Font {
    pub(super) size: f32,
    pub(super) bold: bool,
}

/// Words on one line without a wide gap among them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fragment {
    pub(super) text: String,
    pub(super) left: f32,
    pub(super) bottom: f32,
    pub(super) right: f32,
    pub(super) top: f32,
    pub(super) bold: bool,
    /// Which of the page's characters it is made of, counted in the order in which the file draws them.
    pub(super) range: Range<usize>,
    heights: f32,
    glyphs: f32,
}

impl Fragment {
    /// Begins with a character whose box is `[left, bottom, right, top]`.
    pub(super) fn begin(character: char, [left, bottom, right, top]: [f32; 4], font: Font) -> Self {
        Self {
            text: character.to_string(),
            left,
            bottom,
            right,
            top,
            bold: font.bold,
            range: 0..0,
            heights: font.size,
            glyphs: 1.0,
        }
    }

    /// Whether a character in this box continues the fragment: on the same line, without a gap as between columns.
    pub(super) fn goes_on_with(&self, [left, bottom, right, top]: [f32; 4]) -> bool {
        let height = self.height().max(1.0);
        let same_line = self.overlaps(bottom, top);
        same_line
            && left - self.right < height * 1.1
            && right > self.left - height
            && left > self.right - height * 4.0
    }

    /// Takes the next character.
    pub(super) fn push(
        &mut self,
        character: char,
        [left, bottom, right, top]: [f32; 4],
        blank: bool,
        font: Font,
    ) {
        self.bold &= font.bold;
        self.heights += font.size;
        self.glyphs += 1.0;
        if blank && !(self.text.chars().next_back().is_some_and(is_wide) && is_wide(character)) {
            self.text.push(' ');
        }
        self.text.push(character);
        self.left = self.left.min(left);
        self.right = self.right.max(right);
        // Raised and lowered characters do not make a line higher.
        if top - bottom >= self.height() * 0.9 {
            self.bottom = self.bottom.min(bottom);
            self.top = self.top.max(top);
        }
    }

    fn height(&self) -> f32 {
        self.top - self.bottom
    }

    /// The usual size of its characters: one odd glyph does not change it much.
    pub(super) fn size(&self) -> f32 {
        self.heights / self.glyphs
    }

    fn overlaps(&self, bottom: f32, top: f32) -> bool {
        let shared = self.top.min(top) - self.bottom.max(bottom);
        shared > 0.5 * self.height().min(top - bottom)
    }
}

/// Fragments at one height, from left to right.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) cells: Vec<Fragment>,
}

impl Line {
    /// Its words.
    pub(super) fn text(&self) -> String {
        self.cells
            .iter()
            .map(|cell| cell.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    pub(super) fn left(&self) -> f32 {
        self.cells.first().map_or(0.0, |cell| cell.left)
    }

    pub(super) fn right(&self) -> f32 {
        self.cells.last().map_or(0.0, |cell| cell.right)
    }

    pub(super) fn bottom(&self) -> f32 {
        self.cells.iter().map(|cell| cell.bottom).fold(f32::MAX, f32::min)
    }

    pub(super) fn height(&self) -> f32 {
        self.cells.iter().map(Fragment::size).fold(0.0, f32::max)
    }

    pub(super) fn bold(&self) -> bool {
        self.cells.iter().all(|cell| cell.bold)
    }
}

/// Puts fragments that follow one another from left to right at one height onto one line.
pub(super) fn lines(fragments: Vec<Fragment>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for fragment in fragments
        .into_iter()
        .filter(|fragment| !fragment.text.trim().is_empty())
    {
        let continues = lines
            .last()
            .and_then(|line| line.cells.last())
            .is_some_and(|last| {
                last.overlaps(fragment.bottom, fragment.top)
                    && fragment.left >= last.right - last.height() * 0.3
            });
        match lines.last_mut() {
            Some(line) if continues => {
                let touches = line
                    .cells
                    .last()
                    .is_some_and(|last| fragment.left - last.right < last.height() * 0.35);
                match line.cells.last_mut() {
                    Some(last) if touches => {
                        let bounds = [fragment.left, fragment.bottom, fragment.right, fragment.top];
                        let mut characters = fragment.text.chars();
                        if let Some(first) = characters.next() {
                            last.push(
                                first,
                                bounds,
                                true,
                                Font {
                                    size: fragment.size(),
                                    bold: fragment.bold,
                                },
                            );
                        }
                        last.text.push_str(characters.as_str());
                        last.range.end = fragment.range.end;
                    }
                    _ => line.cells.push(fragment),
                }
            }
            _ => lines.push(Line {
                cells: vec![fragment],
            }),
        }
    }
    lines
}

/// A piece of a page in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Heading(u8, String),
    Paragraph(String),
    ListItem(String),
    Table(Vec<Vec<String>>),
}

/// The pieces of a page.
pub(super) fn pieces(page: Vec<Line>, style: &Style) -> Vec<Piece> {
    let page = pdf_columns::apart(page);
    let pitch = usual_pitch(&page);
    let edges = left_edges(&page);
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < page.len() {
        if let Some(table) = table_at(&page[at..], pitch) {
            pieces.push(Piece::Table(table.rows));
            at += table.lines;
            continue;
        }
        let is_apart = at == 0
            || is_beyond(&page[at - 1], &page[at], pitch, 1.15)
            || gap(&page[at - 1], &page[at]) < 0.0;
        if let Some(level) = style.heading_level(&page[at], is_apart, &edges) {
            let height = page[at].height();
            let more = page[at + 1..]
                .iter()
                .take(3)
                .take_while(|line| {
                    (line.height() - height).abs() < height * 0.04
                        && line.bold() == page[at].bold()
                        && height > style.body * 1.12
                        && !is_numbered(&line.text())
                        && !starts_item(&line.text())
                        && line.text().chars().count() <= 120
                })
                .count();
            let text: Vec<String> = page[at..=at + more].iter().map(Line::text).collect();
            pieces.push(Piece::Heading(
                level,
                lines::join(text.iter().map(String::as_str)),
            ));
            at += more + 1;
            continue;
        }
        let end = paragraph_end(&page, at, pitch, &edges, style);
        let text: Vec<String> = page[at..end].iter().map(Line::text).collect();
        let is_item = starts_item(&text[0]);
        let text = lines::join(text.iter().map(String::as_str));
        pieces.push(if is_item {
            Piece::ListItem(text)
        } else {
            Piece::Paragraph(text)
        });
        at = end;
    }
    pieces
}

fn paragraph_end(page: &[Line], start: usize, pitch: f32, edges: &[f32], style: &Style) -> usize {
    let mut end = start + 1;
    let margin = right_margin(page, start);
    while end < page.len() {
        let (last, line) = (&page[end - 1], &page[end]);
        let gap = gap(last, line);
        let text = last.text();
        let ends = text
            .trim_end()
            .ends_with(['.', '!', '?', ':', '。', '！', '？', '：', '；']);
        let column_break = gap < 0.0;
        let is_apart = is_beyond(last, line, pitch, 1.3) || column_break;
        let size = line.height() / last.height().max(0.1);
        let is_short = last.right() < margin - (margin - last.left()).max(1.0) * 0.25;
        let indents = line.left() > last.left() + line.height() * 0.8 && !starts_item(&page[start].text());
        let begins = starts_item(&line.text())
            || (is_apart && (ends || !column_break))
            || !(0.85..1.18).contains(&size)
            || (ends && (is_short || indents))
            || style
                .heading_level(line, is_beyond(last, line, pitch, 1.15) || column_break, edges)
                .is_some()
            || table_at(&page[end..], pitch).is_some()
            || line.bold() != last.bold() && is_short;
        if begins {
            break;
        }
        end += 1;
    }
    end
}

/// Where columns of text begin: the places at which many lines of a page do.
fn left_edges(page: &[Line]) -> Vec<f32> {
    let near = |edge: f32| {
        page.iter()
            .filter(|line| (line.left() - edge).abs() < 2.0)
            .count()
    };
    let enough = (page.len() / 7).max(2);
    page.iter()
        .map(Line::left)
        .filter(|left| near(*left) >= enough)
        .collect()
}

/// How far the lines around a place reach: that of its column, not of the page.
fn right_margin(page: &[Line], at: usize) -> f32 {
    let around = &page[at.saturating_sub(6)..(at + 8).min(page.len())];
    let width = page[at].height() * 4.0;
    let column = around
        .iter()
        .filter(|line| (line.left() - page[at].left()).abs() < width);
    column.map(Line::right).fold(page[at].right(), f32::max)
}

/// From line to line downwards; negative where the next line is higher up, in another column.
fn gap(line: &Line, next: &Line) -> f32 {
    line.bottom() - next.bottom()
}

/// How far apart the lines of a paragraph are, in heights of their letters.
fn usual_pitch(page: &[Line]) -> f32 {
    let mut gaps: Vec<f32> = page
        .windows(2)
        .filter(|pair| (pair[0].height() / pair[1].height() - 1.0).abs() < 0.1)
        .map(|pair| gap(&pair[0], &pair[1]) / pair[1].height().max(1.0))
        .filter(|gap| *gap > 0.3)
        .collect();
    gaps.sort_by(f32::total_cmp);
    // The closest quarter: on a page of short paragraphs most gaps are those between them.
    gaps.get(gaps.len() / 4).copied().unwrap_or(1.2).clamp(0.7, 3.0)
}

/// Whether more than the usual distance, times `factor`, is between two lines.
fn is_beyond(last: &Line, line: &Line, pitch: f32, factor: f32) -> bool {
    gap(last, line) > pitch * last.height().min(line.height()) * factor
}
