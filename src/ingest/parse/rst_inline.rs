//! Inline markup of reStructuredText, reduced to what a reader of the page sees.

/// The text of a line or paragraph without roles, emphasis, link targets and substitution marks.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let taken = match character {
            '\\' => {
                // An escaped blank is nothing, any other escaped character is itself.
                let escaped = rest[1..].chars().next();
                match escaped {
                    Some(escaped) => {
                        if !escaped.is_whitespace() {
                            plain.push(escaped);
                        }
                        1 + escaped.len_utf8()
                    }
                    None => 1,
                }
            }
            '`' if rest.starts_with("``") => literal(rest, &mut plain),
            ':' => role(rest, &mut plain),
            '`' => interpreted(rest, "", &mut plain),
            '*' => emphasis(rest, &mut plain),
            '|' => substitution(rest, &mut plain),
            '[' => footnote(rest, &mut plain),
            '_' if is_reference_end(&plain, rest) => 1,
            _ => 0,
        };
        if taken > 0 {
            rest = &rest[taken..];
        } else {
            plain.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    plain
}

/// ` ``literal`` `: how many bytes it takes, 0 where it is none.
fn literal(rest: &str, plain: &mut String) -> usize {
    let Some(end) = rest[2..].find("``").filter(|end| *end > 0) else {
        return 0;
    };
    // A literal may itself end in a backquote.
    let mut end = end + 2;
    while rest[end + 2..].starts_with('`') {
        end += 1;
    }
    plain.push_str(&rest[2..end]);
    end + 2
}

/// `` :role:`text` ``
fn role(rest: &str, plain: &mut String) -> usize {
    let Some(tick) = rest.find(":`") else { return 0 };
    let name = &rest[1..tick.max(1)];
    let is_name = !name.is_empty()
        && name.chars().all(|character| {
            character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | ':' | '+' | '.')
        });
    if !is_name || tick == 0 {
        return 0;
    }
    match interpreted(&rest[tick + 1..], name, plain) {
        0 => 0,
        taken => tick + 1 + taken,
    }
}

/// `` `text` ``, `` `text <target>`_ ``
fn interpreted(rest: &str, role: &str, plain: &mut String) -> usize {
    let Some(end) = rest[1..].find('`').filter(|end| *end > 0).map(|end| end + 1) else {
        return 0;
    };
    let inside = &rest[1..end];
    if role == "link_to_translation" {
        return end + 1;
    }
    let shown = match inside.rfind('<').filter(|_| inside.ends_with('>')) {
        Some(0) => inside.trim_matches(['<', '>']),
        Some(target) => inside[..target].trim_end(),
        None => inside.strip_prefix(['!', '~']).unwrap_or(inside),
    };
    if role.is_empty() || !shown.contains("::") || !inside.starts_with('~') {
        plain.push_str(shown);
    } else {
        plain.push_str(shown.rsplit("::").next().unwrap_or(shown));
    }
    let after = &rest[end + 1..];
    let marks = after.len() - after.trim_start_matches('_').len();
    end + 1 + marks.min(2)
}

/// `*text*`, `**text**`
fn emphasis(rest: &str, plain: &mut String) -> usize {
    let marks = if rest.starts_with("**") { "**" } else { "*" };
    let inside = &rest[marks.len()..];
    if inside.starts_with(char::is_whitespace)
        || plain
            .chars()
            .next_back()
            .is_some_and(|last| last.is_ascii_alphanumeric())
    {
        return 0;
    }
    let Some(end) = inside.find(marks).filter(|end| *end > 0) else {
        return 0;
    };
    if inside[..end].ends_with(char::is_whitespace) {
        return 0;
    }
    plain.push_str(&inside[..end]);
    end + 2 * marks.len()
}

/// `|name|`
fn substitution(rest: &str, plain: &mut String) -> usize {
    let Some(end) = rest[1..].find('|').filter(|end| (1..=60).contains(end)) else {
        return 0;
    };
    let inside = &rest[1..=end];
    if inside.starts_with(char::is_whitespace) || inside.ends_with(char::is_whitespace) {
        return 0;
    }
    plain.push_str(inside);
    let after = &rest[end + 2..];
    let marks = after.len() - after.trim_start_matches('_').len();
    end + 2 + marks.min(2)
}

/// `[1]_`, `[#note]_`
fn footnote(rest: &str, plain: &mut String) -> usize {
    let Some(end) = rest.find("]_").filter(|end| (2..=40).contains(end)) else {
        return 0;
    };
    let label = &rest[1..end];
    if label.contains([' ', '[']) {
        return 0;
    }
    let label = label.trim_start_matches('#');
    if !label.is_empty() && label != "*" {
        plain.push('[');
        plain.push_str(label);
        plain.push(']');
    }
    end + 2
}

/// `word_` refers to a target of that name; `snake_case` and `_leading` do not.
fn is_reference_end(plain: &str, rest: &str) -> bool {
    let before = plain.chars().next_back().is_some_and(char::is_alphanumeric);
    let after = rest[1..].chars().next();
    let word_has_underscore = plain
        .rsplit(|character: char| !(character.is_alphanumeric() || character == '_'))
        .next()
        .is_some_and(|word| {
            word.contains('_') || word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
        });
    before
        && !word_has_underscore
        && after.is_none_or(|next| next.is_whitespace() || matches!(next, '.' | ',' | ')' | ';' | ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_links_and_emphasis_leave_what_a_reader_sees() {
        let cases = [
            (":cpp:func:`esp_wifi_init` starts it", "esp_wifi_init starts it"),
            ("see :ref:`the guide <guide-label>`.", "see the guide."),
            (
                "`Getting started <start.html>`_ and `here`__",
                "Getting started and here",
            ),
            (
                "**must** be *closed* at ``CONFIG_X * 2``",
                "must be closed at CONFIG_X * 2",
            ),
            ("|chip| has 2 * 3 pins", "chip has 2 * 3 pins"),
            (
                "as said [1]_ in snake_case_name",
                "as said [1] in snake_case_name",
            ),
            (":link_to_translation:`zh_CN:[中文]`", ""),
            ("time 10:30 and a:b", "time 10:30 and a:b"),
            ("使用 :doc:`烧录指南 </a/b>` 进行烧录", "使用 烧录指南 进行烧录"),
        ];
        for (markup, seen) in cases {
            assert_eq!(plain(markup), seen);
        }
    }

    #[test]
    fn a_reference_by_underscore_loses_it() {
        assert_eq!(
            plain("see Installation_. Set MAX_SIZE_ to 2"),
            "see Installation. Set MAX_SIZE_ to 2"
        );
    }
}
