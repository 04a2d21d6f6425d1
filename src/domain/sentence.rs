//! Splits text into sentences, in English and Chinese, without losing the place of any of them.

use super::Span;

/// A sentence of a text and where it stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence<'text> {
    /// The sentence without surrounding white space.
    pub text: &'text str,
    /// Its characters in the text that was split.
    pub span: Span,
}

const ABBREVIATIONS: [&str; 36] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "no", "nos", "fig", "figs", "tab", "vol", "ch", "sec", "p", "pp",
    "vs", "etc", "e.g", "i.e", "cf", "approx", "max", "min", "inc", "ltd", "co", "corp", "jr", "sr", "rev",
    "ref", "art", "eq", "dept", "al",
];

/// The sentences of `text`, in order. They end at `.`, `!`, `?` before white space (not after an abbreviation,
/// initials or a number that starts a list item), at `。！？；…` with their closing quotes, and at line breaks.
/// Every character that is not white space belongs to exactly one sentence.
pub fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let mut found = Vec::new();
    let mut start = 0;
    let mut position = 0;
    while position < characters.len() {
        let end = match characters[position].1 {
            '\n' => Some(position + 1),
            '。' | '！' | '？' | '；' | '…' => Some(after_closers(&characters, position + 1)),
            '.' | '!' | '?' => latin_end(&characters, start, position),
            _ => None,
        };
        if let Some(end) = end {
            push(text, &characters, start, end, &mut found);
            start = end;
            position = end;
        } else {
            position += 1;
        }
    }
    push(text, &characters, start, characters.len(), &mut found);
    found
}

fn latin_end(characters: &[(usize, char)], start: usize, position: usize) -> Option<usize> {
    let end = after_closers(characters, position + 1);
    match characters.get(end) {
        None => return Some(end),
        Some((_, next)) if !next.is_whitespace() => return None,
        Some(_) => {}
    }
    if characters[position].1 != '.' {
        return Some(end);
    }
    let word: String = characters[start..position]
        .iter()
        .rev()
        .map(|(_, character)| *character)
        .take_while(|character| !character.is_whitespace() && *character != '(')
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let word = word.trim_start_matches(['"', '“', '‘', '[']);
    let initial = word
        .split('.')
        .all(|letter| letter.chars().count() == 1 && letter.chars().all(char::is_uppercase));
    let starts_item = characters[start..position]
        .iter()
        .all(|(_, character)| character.is_ascii_digit() || character.is_whitespace());
    let abbreviated = ABBREVIATIONS.contains(&word.to_lowercase().as_str());
    let next_word = characters[end..]
        .iter()
        .map(|(_, character)| *character)
        .find(|character| !character.is_whitespace());
    let continues = next_word.is_some_and(char::is_lowercase);
    (!(initial || starts_item || abbreviated || continues)).then_some(end)
}

fn after_closers(characters: &[(usize, char)], mut position: usize) -> usize {
    while let Some((
        _,
        '"' | '\'' | ')' | ']' | '”' | '’' | '」' | '』' | '）' | '】' | '》' | '。' | '！' | '？' | '…',
    )) = characters.get(position)
    {
        position += 1;
    }
    position
}

fn push<'text>(
    text: &'text str,
    characters: &[(usize, char)],
    mut start: usize,
    mut end: usize,
    found: &mut Vec<Sentence<'text>>,
) {
    while start < end && characters[start].1.is_whitespace() {
        start += 1;
    }
    while end > start && characters[end - 1].1.is_whitespace() {
        end -= 1;
    }
    if start == end {
        return;
    }
    let first = characters[start].0;
    let last = characters.get(end).map_or(text.len(), |(byte, _)| *byte);
    found.push(Sentence {
        text: &text[first..last],
        span: Span {
            start: to_u32(start),
            end: to_u32(end),
        },
    });
}

fn to_u32(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        sentences(text)
            .into_iter()
            .map(|sentence| sentence.text)
            .collect()
    }

    #[test]
    fn english_sentences_end_at_full_stops_but_not_in_numbers_or_abbreviations() {
        assert_eq!(
            texts("Use M8 x 1.25 bolts, see Fig. 3. Tighten to 25 Nm! Is it dry? Yes."),
            [
                "Use M8 x 1.25 bolts, see Fig. 3.",
                "Tighten to 25 Nm!",
                "Is it dry?",
                "Yes."
            ]
        );
        assert_eq!(
            texts("It was pioneered by J.A. Hobson (1858). The place is called \"St. Johns\" since."),
            [
                "It was pioneered by J.A. Hobson (1858).",
                "The place is called \"St. Johns\" since."
            ]
        );
    }

    #[test]
    fn chinese_sentences_end_at_their_own_marks_and_keep_closing_quotes() {
        assert_eq!(
            texts("他说：“先停机。”然后挂牌；确认无电压！开始维修"),
            ["他说：“先停机。”", "然后挂牌；", "确认无电压！", "开始维修"]
        );
    }

    #[test]
    fn the_number_of_a_list_item_stays_with_its_item() {
        assert_eq!(
            texts("1. Stop the press.\n2. Lock it."),
            ["1. Stop the press.", "2. Lock it."]
        );
    }

    proptest! {
        #[test]
        fn no_character_that_is_not_white_space_is_lost_or_taken_twice(text in "[a-zA-Z0-9 .!?\n。！？“”中文。e.g. ]{0,80}") {
            let whole: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            let parts: String = sentences(&text).iter().flat_map(|s| s.text.chars()).filter(|c| !c.is_whitespace()).collect();
            prop_assert_eq!(whole, parts);
        }

        #[test]
        fn a_span_is_where_the_sentence_stands(text in "[a-zA-Z .\n。中文]{0,60}") {
            for sentence in sentences(&text) {
                let cut: String = text.chars().skip(sentence.span.start as usize)
                    .take((sentence.span.end - sentence.span.start) as usize).collect();
                prop_assert_eq!(cut, sentence.text);
            }
        }
    }
}
