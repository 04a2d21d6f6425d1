//! The inline markup of AsciiDoc: what a reader sees of it.

/// A line without its markup: emphasis, links, references and macros leave their text.
pub(super) fn plain(text: &str) -> String {
    let text = without_macros(text);
    let mut plain = String::with_capacity(text.len());
    let characters: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < characters.len() {
        let character = characters[at];
        let doubled = characters.get(at + 1) == Some(&character);
        if matches!(character, '*' | '_' | '`' | '#') {
            let length = if doubled { 2 } else { 1 };
            let before = at.checked_sub(1).and_then(|before| characters.get(before));
            let after = characters.get(at + length);
            let word = |character: Option<&char>| character.is_some_and(|it| it.is_alphanumeric());
            // A mark inside a word is a letter like others, unless it is doubled: part_number, but **M**8.
            let is_mark = doubled || !(word(before) && word(after));
            let alone =
                before.is_none_or(|it| it.is_whitespace()) && after.is_none_or(|it| it.is_whitespace());
            if is_mark && !alone {
                at += length;
                continue;
            }
        }
        plain.push(character);
        at += 1;
    }
    plain
}

/// `link:address[text]`, `https://address[text]`, `<<id,text>>`, `image:file[text]`, `kbd:[Ctrl+C]`, `[[anchor]]`.
fn without_macros(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '[', '(', '{']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        if let Some(inside) = from.strip_prefix("<<")
            && let Some((reference, after)) = inside.split_once(">>")
        {
            let shown = reference
                .split_once(',')
                .map_or(reference, |(_, text)| text.trim());
            plain.push_str(shown);
            rest = after;
        } else if let Some(inside) = from.strip_prefix("[[")
            && let Some((_, after)) = inside.split_once("]]")
        {
            rest = after;
        } else if let Some(inside) = from.strip_prefix("((")
            && let Some((term, after)) = inside.split_once("))")
        {
            // `((term))` is shown, `(((term)))` only stands in the index.
            match term.strip_prefix('(') {
                Some(_) => rest = after.strip_prefix(')').unwrap_or(after),
                None => {
                    plain.push_str(term);
                    rest = after;
                }
            }
        } else if let Some(inside) = from.strip_prefix('[')
            && let Some((shown, after)) = inside.split_once(']')
            && let Some(begin) = macro_before(&plain)
        {
            let address = plain.split_off(begin);
            let shown = shown.split(",window").next().unwrap_or(shown).trim_matches('"');
            let shown = if shown.is_empty() && address.contains("://") {
                address.as_str()
            } else {
                shown
            };
            plain.push_str(shown.trim_end_matches('^'));
            rest = after;
        } else {
            let mut characters = from.chars();
            plain.extend(characters.next());
            rest = characters.as_str();
        }
    }
    plain.push_str(rest);
    plain
}

/// Where the macro begins whose brackets follow, if one does.
fn macro_before(text: &str) -> Option<usize> {
    let blank = text.char_indices().rev().find(|(_, it)| it.is_whitespace());
    let begin = blank.map_or(0, |(at, blank)| at + blank.len_utf8());
    let word = &text[begin..];
    let known = [
        "link:",
        "xref:",
        "image:",
        "kbd:",
        "btn:",
        "menu:",
        "footnote:",
        "icon:",
        "mailto:",
        "http://",
        "https://",
        "pass:",
        "stem:",
        "latexmath:",
    ];
    known
        .iter()
        .filter_map(|name| word.find(name))
        .min()
        .map(|at| begin + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_blank_before_a_macro_is_a_blank() {
        assert_eq!(plain("见\u{3000}link:a.html[手册]"), "见\u{3000}手册");
    }

    #[test]
    fn markup_leaves_its_text() {
        assert_eq!(
            plain(
                "See <<lock,the lock>> and link:a.html[the *guide*^], press kbd:[Stop] on part_no_4, **M**8 * 2."
            ),
            "See the lock and the guide, press Stop on part_no_4, M8 * 2."
        );
    }
}
