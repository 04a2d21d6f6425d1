//! What is usual on the pages of a PDF: the size of the text, what makes a heading, what every page repeats.

use std::collections::HashMap;

use super::headings::credible_title;
use super::lines::{self, is_wide, starts_item};
use super::pdf_layout::Line;

/// What is usual in a document: the height of its body text, and the lines that its pages repeat.
#[derive(Debug, Default)]
pub(super) struct Style {
    pub(super) body: f32,
    body_is_bold: bool,
    furniture: Vec<String>,
}

impl Style {
    /// Learned from some pages.
    pub(super) fn of<'page>(pages: impl Iterator<Item = &'page [Line]>) -> Self {
        let mut heights: HashMap<i32, usize> = HashMap::new();
        let mut margins: HashMap<String, usize> = HashMap::new();
        let (mut bold, mut all, mut count) = (0, 0, 0);
        for page in pages.filter(|page| !page.is_empty()) {
            count += 1;
            for cell in page.iter().flat_map(|line| &line.cells) {
                let weight = cell.text.chars().count();
                #[expect(clippy::cast_possible_truncation, reason = "heights of text are small")]
                let height = (cell.size() * 2.0).round() as i32;
                *heights.entry(height).or_default() += weight;
                all += weight;
                bold += if cell.bold { weight } else { 0 };
            }
            let mut seen: Vec<String> = margin_lines(page).map(|at| masked(&page[at].text())).collect();
            seen.sort();
            seen.dedup();
            seen.into_iter()
                .for_each(|line| *margins.entry(line).or_default() += 1);
        }
        // Small print may outweigh the text; whatever fills a fifth of the pages is no heading.
        let body = heights
            .iter()
            .filter(|(_, weight)| *weight * 5 >= all)
            .map(|(height, _)| *height)
            .max();
        let most = || {
            heights
                .iter()
                .max_by_key(|(height, weight)| (**weight, **height))
                .map(|(height, _)| *height)
        };
        let body = body.or_else(most).unwrap_or(0);
        let furniture = margins
            .into_iter()
            .filter(|(_, times)| *times >= 3 && *times * 5 >= count * 3)
            .map(|(line, _)| line)
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "heights of text are small")]
        let body = body as f32 / 2.0;
        Self {
            body,
            body_is_bold: bold * 2 > all,
            furniture,
        }
    }

    /// The largest words of a first page, if they are much larger than the body.
    pub(super) fn title(&self, page: &[Line]) -> Option<String> {
        let largest = page.iter().map(Line::height).fold(0.0, f32::max);
        if largest < self.body * 1.3 {
            return None;
        }
        let near = |line: &&Line| line.height() > largest * 0.95;
        // A title stands near the top: large words further down are something else.
        let first = page
            .iter()
            .position(|line| near(&line))
            .filter(|first| *first < 5)?;
        let title = lines::join(
            page[first..]
                .iter()
                .take_while(near)
                .map(Line::text)
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str),
        );
        let title = credible_title(&title)?;
        (!begins_low(&title) && !title.contains('|') && title.chars().count() <= 160).then_some(title)
    }

    /// A page without what every page repeats, which is kept only where it occurs first: a running header is often the
    /// only place of a document's number, but it must not be in every passage.
    pub(super) fn without_furniture(&self, page: Vec<Line>, shown: &mut HashMap<String, u32>) -> Vec<Line> {
        let at_margin: Vec<usize> = margin_lines(&page).collect();
        page.into_iter()
            .enumerate()
            .filter(|(at, line)| {
                if !at_margin.contains(at) {
                    return true;
                }
                let text = masked(&line.text());
                if text.chars().all(|character| !character.is_alphabetic())
                    && text.contains('#')
                    && text.len() <= 12
                {
                    return !self.furniture.contains(&text);
                }
                if !self.furniture.contains(&text) {
                    return true;
                }
                let times = shown.entry(text).or_default();
                *times += 1;
                *times == 1
            })
            .map(|(_, line)| line)
            .collect()
    }

    pub(super) fn heading_level(&self, line: &Line, is_apart: bool, edges: &[f32]) -> Option<u8> {
        let text = line.text();
        let text = text.trim();
        let characters = text.chars().count();
        let letters = text.chars().filter(|character| character.is_alphabetic()).count();
        let is_item = starts_item(text) && number_depth(text).is_none();
        if line.cells.len() > 2 || letters < 2 || characters > 120 || self.body <= 0.0 || is_item {
            return None;
        }
        if text.ends_with(['.', '。', ',', '，', ';', '；', ':', '：']) && !is_numbered(text)
            || text.contains("....")
        {
            return None;
        }
        // Bold words of the size of the text are headings at the edge of a column; elsewhere they head a table.
        let at_edge = line.cells.len() == 1
            && edges
                .iter()
                .any(|edge| (line.left() - edge).abs() < line.height());
        let stands_out = line.bold() && !self.body_is_bold && at_edge && !begins_low(text);
        let is_numbered_deeply =
            number_depth(text).is_some_and(|depth| depth >= 2) || chinese_depth(text).is_some();
        let ratio = line.height() / self.body;
        if chinese_depth(text).is_some() && ratio < 1.12 && (characters > 24 || !is_apart) {
            return None;
        }
        let level = if ratio >= 1.7 {
            1
        } else if ratio >= 1.35 {
            2
        } else if ratio >= 1.12 {
            3
        } else if is_apart && characters <= 80 && (stands_out || is_numbered_deeply) {
            4
        } else {
            return None;
        };
        Some(number_depth(text).unwrap_or(level))
    }
}

/// The two highest and the two lowest lines of a page.
fn margin_lines(page: &[Line]) -> impl Iterator<Item = usize> {
    let mut order: Vec<usize> = (0..page.len()).collect();
    order.sort_by(|one, other| page[*other].bottom().total_cmp(&page[*one].bottom()));
    let last = order.len().saturating_sub(2).max(2.min(order.len()));
    let lowest = order.split_off(last);
    order.truncate(2);
    order.into_iter().chain(lowest)
}

fn masked(text: &str) -> String {
    let mut masked = String::new();
    for character in text.chars().filter(|character| !character.is_whitespace()) {
        if character.is_ascii_digit() {
            if !masked.ends_with('#') {
                masked.push('#');
            }
        } else {
            masked.push(character);
        }
    }
    masked
}

/// `3.2 Lubrication` is two levels deep, `一、总则` one.
fn number_depth(text: &str) -> Option<u8> {
    if let Some(depth) = chinese_depth(text) {
        return Some(depth);
    }
    let number = text.split_whitespace().next()?;
    let rest = text[number.len()..].trim_start();
    let number = number.trim_end_matches('.');
    let parts: Vec<&str> = number.split('.').collect();
    let counts = parts
        .iter()
        .all(|part| (1..=2).contains(&part.len()) && part.chars().all(|digit| digit.is_ascii_digit()));
    let names = rest
        .chars()
        .next()
        .is_some_and(|first| first.is_uppercase() || is_wide(first));
    (counts && names && parts.len() <= 5).then(|| u8::try_from(parts.len()).unwrap_or(1))
}

fn chinese_depth(text: &str) -> Option<u8> {
    let is_number = |character: char| "一二三四五六七八九十百".contains(character);
    let inside = text.strip_prefix(['第', '（', '(']).unwrap_or(text);
    let rest = inside.trim_start_matches(is_number);
    if rest.len() == inside.len() {
        return None;
    }
    match (text.chars().next()?, rest.chars().next()?) {
        ('第', '章' | '篇' | '部') => Some(1),
        ('第', '节') => Some(2),
        ('（' | '(', '）' | ')') => Some(2),
        (first, '、') if is_number(first) => Some(1),
        _ => None,
    }
}

pub(super) fn is_numbered(text: &str) -> bool {
    number_depth(text).is_some()
}

fn begins_low(text: &str) -> bool {
    text.chars().next().is_some_and(|first| {
        first.is_lowercase() || matches!(first, '(' | '•' | '-' | '\u{e000}'..='\u{f8ff}')
    })
}
