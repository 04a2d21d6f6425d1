//! Cuts text into pieces that are marked and pieces that are not, and shortens it around its marks.

use crate::domain::Span;
use crate::index::analysis;

/// A stretch of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is marked.
    pub marked: bool,
}

/// `text` in pieces, marked where it holds a term of `query`, no longer than about `limit` characters.
pub fn highlighted(text: &str, query: &str, limit: usize) -> Vec<Piece> {
    excerpt(text, &analysis::matches(text, query), limit)
}

/// `text` in pieces, marked within `spans`; they may overlap and reach past the end.
pub fn pieces(text: &str, spans: &[Span]) -> Vec<Piece> {
    let characters: Vec<char> = text.chars().collect();
    let mut marked = vec![false; characters.len()];
    for span in spans {
        let end = (span.end as usize).min(characters.len());
        let start = (span.start as usize).min(end);
        marked[start..end].fill(true);
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for (character, marked) in characters.into_iter().zip(marked) {
        match pieces.last_mut() {
            Some(last) if last.marked == marked => last.text.push(character),
            _ => pieces.push(Piece {
                text: character.to_string(),
                marked,
            }),
        }
    }
    pieces
}

/// The part of `text` that holds the most of `spans`, no longer than about `limit` characters, in pieces. What is left
/// out at an end shows as an ellipsis; empty lines are left out.
pub fn excerpt(text: &str, spans: &[Span], limit: usize) -> Vec<Piece> {
    let mut pieces = cut(text, spans, limit);
    for piece in &mut pieces {
        while piece.text.contains("\n\n") {
            piece.text = piece.text.replace("\n\n", "\n");
        }
    }
    pieces
}

/// Text in pieces as paragraphs, which empty lines divide.
pub fn paragraphs(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut paragraphs = vec![Vec::new()];
    for piece in pieces {
        for (position, text) in piece.text.split("\n\n").enumerate() {
            if position > 0 {
                paragraphs.push(Vec::new());
            }
            if let Some(last) = paragraphs.last_mut().filter(|_| !text.is_empty()) {
                last.push(Piece {
                    text: text.to_owned(),
                    marked: piece.marked,
                });
            }
        }
    }
    paragraphs.retain(|paragraph| paragraph.iter().any(|piece| !piece.text.trim().is_empty()));
    paragraphs
}

fn cut(text: &str, spans: &[Span], limit: usize) -> Vec<Piece> {
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= limit {
        return pieces(text, spans);
    }
    let start = word_start(&characters, window_start(characters.len(), spans, limit));
    let end = word_end(&characters, start, (start + limit).min(characters.len()));
    let cut: String = characters[start..end].iter().collect();
    let inside: Vec<Span> = spans
        .iter()
        .filter_map(|span| shifted(*span, start, end))
        .collect();
    let mut pieces = pieces(&cut, &inside);
    if start > 0 {
        pieces.insert(
            0,
            Piece {
                text: "… ".to_owned(),
                marked: false,
            },
        );
    }
    if end < characters.len() {
        pieces.push(Piece {
            text: " …".to_owned(),
            marked: false,
        });
    }
    pieces
}

/// Where the window begins that covers the most marked characters, with some context before the first of them.
fn window_start(length: usize, spans: &[Span], limit: usize) -> usize {
    let covered = |start: usize| -> usize {
        let end = start + limit;
        spans
            .iter()
            .map(|span| {
                (span.end as usize)
                    .min(end)
                    .saturating_sub((span.start as usize).max(start))
            })
            .sum()
    };
    let mut best = (0, covered(0));
    for span in spans {
        let start = (span.start as usize)
            .saturating_sub(limit / 6)
            .min(length.saturating_sub(limit));
        let covered = covered(start);
        if covered > best.1 {
            best = (start, covered);
        }
    }
    best.0
}

/// Moves a cut that falls into a word to the word's start, unless that is far away (Chinese has no spaces).
fn word_start(characters: &[char], start: usize) -> usize {
    if start == 0 {
        return 0;
    }
    let near = start.saturating_sub(20);
    (near..start)
        .rev()
        .find(|at| characters[*at].is_whitespace())
        .map_or(start, |at| at + 1)
}

fn word_end(characters: &[char], start: usize, end: usize) -> usize {
    if end == characters.len() {
        return end;
    }
    let near = end.saturating_sub(20).max(start);
    (near..end)
        .rev()
        .find(|at| characters[*at].is_whitespace())
        .unwrap_or(end)
}

fn shifted(span: Span, start: usize, end: usize) -> Option<Span> {
    let from = (span.start as usize).max(start);
    let to = (span.end as usize).min(end);
    let narrow = |position: usize| u32::try_from(position - start).ok();
    (from < to).then_some(())?;
    Some(Span {
        start: narrow(from)?,
        end: narrow(to)?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(pieces: &[Piece]) -> String {
        pieces
            .iter()
            .map(|piece| {
                if piece.marked {
                    format!("[{}]", piece.text)
                } else {
                    piece.text.clone()
                }
            })
            .collect()
    }

    #[test]
    fn what_lies_in_a_span_is_marked_by_characters_not_bytes() {
        let pieces = pieces("拧紧力矩 25 Nm", &[Span { start: 2, end: 4 }]);
        assert_eq!(shown(&pieces), "拧紧[力矩] 25 Nm");
    }

    #[test]
    fn a_span_past_the_end_marks_to_the_end() {
        assert_eq!(shown(&pieces("abc", &[Span { start: 1, end: 90 }])), "a[bc]");
        assert_eq!(shown(&pieces("abc", &[Span { start: 7, end: 9 }])), "abc");
    }

    #[test]
    fn a_long_text_is_cut_around_its_marks_at_words() {
        let text = format!(
            "{} the torque is 25 Nm {}",
            "before ".repeat(60),
            "after ".repeat(60)
        );
        let at = text.find("torque").unwrap() as u32;
        let shown = shown(&excerpt(
            &text,
            &[Span {
                start: at,
                end: at + 6,
            }],
            80,
        ));
        assert!(
            shown.starts_with("… before") && shown.ends_with("after …"),
            "{shown}"
        );
        assert!(shown.contains("[torque] is 25 Nm"), "{shown}");
    }

    #[test]
    fn a_mark_that_goes_over_an_empty_line_marks_both_paragraphs() {
        let paragraphs = paragraphs(pieces("one\n\ntwo three", &[Span { start: 0, end: 8 }]));
        let shown: Vec<String> = paragraphs.iter().map(|paragraph| shown(paragraph)).collect();
        assert_eq!(shown, ["[one]", "[two] three"]);
    }

    #[test]
    fn a_short_text_is_left_whole() {
        assert_eq!(shown(&excerpt("short", &[], 80)), "short");
    }

    proptest! {
        #[test]
        fn no_character_is_lost(text in "[a-z 中文\n]{0,60}", start in 0u32..70, length in 0u32..20) {
            let pieces = pieces(&text, &[Span { start, end: start + length }]);
            let whole: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
            prop_assert_eq!(whole, text);
        }

        #[test]
        fn an_excerpt_is_never_much_longer_than_its_limit(text in "[a-z 中]{0,300}", start in 0u32..300) {
            let pieces = excerpt(&text, &[Span { start, end: start + 5 }], 50);
            let length: usize = pieces.iter().map(|piece| piece.text.chars().count()).sum();
            prop_assert!(length <= 50 + 20 + 4, "{}", length);
        }
    }
}
