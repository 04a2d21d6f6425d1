//! Joins the lines of a page or a text file to paragraphs, in English and Chinese.

use crate::domain::Language;

/// One text of the lines of one paragraph: words cut by a hyphen are healed, Chinese lines meet without a blank.
pub(super) fn join<'line>(lines: impl IntoIterator<Item = &'line str>) -> String {
    let mut joined = String::new();
    for line in lines {
        append(&mut joined, line);
    }
    joined
}

/// Continues `text` with the next line of its paragraph.
pub(super) fn append(text: &mut String, line: &str) {
    let line = line.trim();
    if line.is_empty() {
        return;
    }
    let kept = text.trim_end().len();
    text.truncate(kept);
    let (Some(last), Some(first)) = (text.chars().next_back(), line.chars().next()) else {
        text.push_str(line);
        return;
    };
    if is_wide(last) && is_wide(first) {
        text.push_str(line);
        return;
    }
    if matches!(last, '-' | '\u{ad}' | '\u{2}' | '\u{fffe}' | '\u{2010}') && continues_word(text, last, line)
    {
        text.pop();
        text.push_str(line);
        return;
    }
    let keeps_hyphen = last == '-' && first.is_alphanumeric() && !text.ends_with(" -");
    if !keeps_hyphen && !matches!(last, '/') {
        text.push(' ');
    }
    text.push_str(line);
}

/// Whether two lines of plain text, of a paragraph `width` characters wide, are one sentence that was wrapped.
pub(super) fn wrapped(line: &str, next: &str, width: usize) -> bool {
    let length = columns(line);
    let (line, next) = (line.trim(), next.trim());
    if starts_item(next)
        || next.starts_with(['[', '|', '+', '#', '>', '=', '<', '{'])
        || line.ends_with([':', '：', '|'])
    {
        return false;
    }
    let (Some(last), Some(first)) = (line.chars().next_back(), next.chars().next()) else {
        return false;
    };
    if first.is_lowercase() && (last.is_alphanumeric() || matches!(last, ',' | ';' | '-')) && length >= 24 {
        return true;
    }
    (40..=140).contains(&width)
        && length * 4 >= width * 3
        && !line.starts_with(|c: char| c.is_ascii_digit() || c == '[')
}

/// How wide a line looks: Chinese characters take two columns.
pub(super) fn columns(line: &str) -> usize {
    line.trim_end()
        .chars()
        .map(|character| if is_wide(character) { 2 } else { 1 })
        .sum()
}

/// Whether a line starts an item of a list: a bullet, `1.`, `2)`, `a)`, `(3)`, `第一步`, `一、`.
pub(super) fn starts_item(line: &str) -> bool {
    let line = line.trim_start();
    let mut characters = line.chars();
    let Some(first) = characters.next() else {
        return false;
    };
    let second = characters.next();
    if matches!(
        first,
        '•' | '·' | '●' | '○' | '■' | '□' | '▪' | '◦' | '‣' | '➢' | '✓' | '◆' | '※'
    ) {
        return true;
    }
    if matches!(first, '-' | '*' | '–' | '—' | 'o') && second == Some(' ') {
        return true;
    }
    if is_chinese_number(first) {
        let rest = line.trim_start_matches(is_chinese_number);
        return rest.starts_with('、') || rest.starts_with('．');
    }
    if matches!(first, '(' | '（') {
        let inner: String = line
            .chars()
            .skip(1)
            .take_while(|c| !matches!(c, ')' | '）'))
            .collect();
        return (1..=3).contains(&inner.chars().count())
            && inner
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || is_chinese_number(c));
    }
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let marker = if digits > 0 {
        &line[digits..]
    } else {
        &line[first.len_utf8()..]
    };
    if digits > 3 || (digits == 0 && !first.is_ascii_alphabetic()) {
        return false;
    }
    let mut after = marker.chars();
    match after.next() {
        Some('.' | ')') if digits > 0 => after.next().is_none_or(|c| !c.is_ascii_digit()),
        Some(')') => after.next().is_some_and(char::is_whitespace),
        Some('、' | '）') => true,
        _ => false,
    }
}

/// Characters that Chinese writes without blanks between them.
pub(super) fn is_wide(character: char) -> bool {
    Language::is_han(character)
        || matches!(character, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff60}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

fn is_chinese_number(character: char) -> bool {
    matches!(
        character,
        '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十'
    )
}

/// A hyphen at the end of a line cuts a word if a lower-case word goes on and what stands before is a plain word.
fn continues_word(text: &str, last: char, line: &str) -> bool {
    let before = text[..text.len() - last.len_utf8()].chars().next_back();
    let goes_on = line
        .chars()
        .next()
        .is_some_and(|first| first.is_alphabetic() && first.is_lowercase());
    if last != '-' {
        return goes_on;
    }
    let word: String = text[..text.len() - 1]
        .chars()
        .rev()
        .take_while(|c| !c.is_whitespace())
        .collect();
    goes_on
        && before.is_some_and(|character| character.is_alphabetic() && character.is_lowercase())
        && word
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '(' | '"' | '“'))
        && word.chars().count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cut_at_the_end_of_a_line_are_healed_and_compounds_keep_their_hyphen() {
        assert_eq!(
            join([
                "Switch off the com-",
                "pressor and the pre-heated M8-",
                "25 part, see SOP-QA-",
                "014."
            ]),
            "Switch off the compressor and the pre-heated M8-25 part, see SOP-QA-014."
        );
    }

    #[test]
    fn chinese_lines_meet_without_a_blank_and_english_words_with_one() {
        assert_eq!(
            join(["停机后必须", "挂牌，", "然后按 E-stop", "按钮"]),
            "停机后必须挂牌，然后按 E-stop 按钮"
        );
    }

    #[test]
    fn wrapped_prose_is_told_from_lines_that_stand_alone() {
        assert!(wrapped(
            "The guard has to be closed before the press may be started, and the",
            "operator signs.",
            68
        ));
        assert!(!wrapped("Name: Press 4", "Site: Hall 2", 13));
        assert!(!wrapped(
            "2024-01-01 12:00:00 spindle started at 1200 rpm in the main hall",
            "2024-01-01 12:00:01 stop",
            64
        ));
    }

    #[test]
    fn items_of_lists_are_seen_in_both_languages() {
        for line in [
            "• Gloves",
            "1. Stop",
            "2) Lock",
            "(3) Try",
            "a) one",
            "一、总则",
            "- dash",
            "（二）范围",
            "3、清洁",
        ] {
            assert!(starts_item(line), "{line}");
        }
        for line in ["3.5 mm", "A part", "1200 rpm", "(see the table)", "一般情况"] {
            assert!(!starts_item(line), "{line}");
        }
    }
}
