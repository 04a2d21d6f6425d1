//! The pieces that passages are put together from: blocks, and the parts of blocks that are too large.

use std::sync::Arc;

use crate::domain::{Language, sentences};
use crate::ingest::parse::{Block, BlockKind};

/// What is never cut again, and how it is joined to what stands before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) text: String,
    pub(super) tokens: usize,
    pub(super) joint: &'static str,
    pub(super) header: Option<Arc<str>>,
    pub(super) header_tokens: usize,
    pub(super) rows: Option<(u32, u32)>,
    pub(super) time: Option<(u32, u32)>,
}

impl Unit {
    /// A line of its own.
    pub(super) fn line(text: String, tokens: usize) -> Self {
        Self {
            text,
            tokens,
            joint: "\n\n",
            header: None,
            header_tokens: 0,
            rows: None,
            time: None,
        }
    }
}

/// Takes one more range into a range.
pub(super) fn widen(range: &mut Option<(u32, u32)>, more: Option<(u32, u32)>) {
    if let Some((from, to)) = more {
        *range = Some(range.map_or((from, to), |(first, last)| (first.min(from), last.max(to))));
    }
}

/// How large a text is for an embedder that knows no Chinese: such an embedder spends a token on every character, so
/// counting its tokens would make Chinese passages far too small. Two characters of Chinese weigh as much as a token.
pub(super) fn weight(text: &str, count: &dyn Fn(&str) -> usize) -> usize {
    let is_chinese = |character: char| {
        Language::is_han(character) || matches!(character, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff60}')
    };
    let chinese = text.chars().filter(|character| is_chinese(*character)).count();
    if chinese == 0 {
        return count(text);
    }
    let rest: String = text
        .chars()
        .map(|character| if is_chinese(character) { ' ' } else { character })
        .collect();
    chinese.div_ceil(2) + if rest.trim().is_empty() { 0 } else { count(&rest) }
}

/// The units of a block: one where it fits, else its sentences, lines or cells in parts of about equal size.
pub(super) fn units_of(
    block: &Block,
    header: Option<Arc<str>>,
    limit: usize,
    target: usize,
    count: &dyn Fn(&str) -> usize,
) -> Vec<Unit> {
    let joint = match block.kind {
        BlockKind::ListItem | BlockKind::Row { .. } => "\n",
        _ => "\n\n",
    };
    let header_tokens = header.as_deref().map_or(0, count);
    let unit = |text: &str, tokens: usize, joint: &'static str| Unit {
        text: text.to_owned(),
        tokens,
        joint,
        header: header.clone(),
        header_tokens,
        rows: block.locator.rows,
        time: block.locator.time,
    };
    let tokens = count(&block.text);
    if tokens <= limit {
        return vec![unit(&block.text, tokens, joint)];
    }
    let mut parts: Vec<(&str, usize)> = Vec::new();
    for natural in natural_parts(block) {
        let tokens = count(natural);
        if tokens <= limit {
            parts.push((natural, tokens));
        } else {
            fragments(natural, limit, count, &mut parts);
        }
    }
    let whole: usize = parts.iter().map(|(_, tokens)| tokens).sum();
    let wanted = whole.div_ceil(whole.div_ceil(target).max(1));
    grouped(&block.text, &parts, wanted, limit, count)
        .into_iter()
        .enumerate()
        .map(|(at, (text, tokens))| {
            let joint = if at == 0 { joint } else { continuation(block, text) };
            unit(text, tokens + between(joint, count), joint)
        })
        .collect()
}

/// Where a block may be cut without harm. The parts are slices of its text, in order.
fn natural_parts(block: &Block) -> Vec<&str> {
    match block.kind {
        BlockKind::Code => block
            .text
            .split('\n')
            .filter(|line| !line.trim().is_empty())
            .map(str::trim_end)
            .collect(),
        BlockKind::Row { .. } => block
            .text
            .split(" | ")
            .filter(|cell| !cell.trim().is_empty())
            .collect(),
        _ => sentences(&block.text)
            .into_iter()
            .map(|sentence| sentence.text)
            .collect(),
    }
}

/// Puts neighbouring parts together up to `wanted`, never above `limit`; what stood between them stays.
fn grouped<'text>(
    text: &'text str,
    parts: &[(&'text str, usize)],
    wanted: usize,
    limit: usize,
    count: &dyn Fn(&str) -> usize,
) -> Vec<(&'text str, usize)> {
    let offset = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
    let mut groups: Vec<(usize, usize, usize)> = Vec::new();
    for (part, tokens) in parts {
        let (start, end) = (offset(part), offset(part) + part.len());
        // A table of many short cells is half borders.
        let more = groups
            .last()
            .map_or(0, |group| between(&text[group.1..start], count))
            + tokens;
        match groups.last_mut() {
            // Half a part above what is wanted is nearer to it than half a part below.
            Some(group) if group.2 + more <= limit && group.2 + more / 2 <= wanted => {
                group.1 = end;
                group.2 += more;
            }
            _ => groups.push((start, end, *tokens)),
        }
    }
    groups
        .into_iter()
        .map(|(start, end, tokens)| (&text[start..end], tokens))
        .collect()
}

/// What stands between two parts, in tokens.
fn between(text: &str, count: &dyn Fn(&str) -> usize) -> usize {
    match text.trim() {
        "" => 0,
        border => count(border),
    }
}

/// How the second part of a cut block is joined to the first, should both end up in one passage.
fn continuation(block: &Block, part: &str) -> &'static str {
    let start = part.as_ptr() as usize - block.text.as_ptr() as usize;
    let before = &block.text[..start];
    if matches!(block.kind, BlockKind::Row { .. }) {
        " | "
    } else if before.ends_with('\n') || matches!(block.kind, BlockKind::Code) {
        "\n"
    } else if before.ends_with(char::is_whitespace) {
        " "
    } else {
        ""
    }
}

/// Cuts a sentence that is over the limit: behind commas and the like, else between words, else anywhere.
fn fragments<'text>(
    text: &'text str,
    limit: usize,
    count: &dyn Fn(&str) -> usize,
    parts: &mut Vec<(&'text str, usize)>,
) {
    let words: Vec<&str> = text.split_inclusive(is_seam).collect();
    if words.len() == 1 {
        let half = text
            .char_indices()
            .nth(text.chars().count() / 2)
            .map_or(0, |(at, _)| at);
        if half == 0 {
            parts.push((text, count(text)));
            return;
        }
        for piece in [&text[..half], &text[half..]] {
            let tokens = count(piece);
            if tokens <= limit {
                parts.push((piece, tokens));
            } else {
                fragments(piece, limit, count, parts);
            }
        }
        return;
    }
    for word in words {
        let shown = word.trim();
        if shown.is_empty() {
            continue;
        }
        let tokens = count(shown);
        if tokens <= limit {
            parts.push((shown, tokens));
        } else {
            fragments(shown, limit, count, parts);
        }
    }
}

fn is_seam(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '，' | '、' | '；' | '：' | '）' | '】' | '》' | '。' | '！' | '？'
        )
}
