//! Front matter: the lines `name: value` (YAML) or `name = value` (TOML) that stand before a text for machines to read.

use std::collections::BTreeMap;

use super::properties::{MOST, put};

/// Its entries. What is nested in an entry is passed over: the number in a list of references is not the document's own.
pub(super) fn entries(matter: &str) -> impl Iterator<Item = (&str, &str)> {
    matter
        .lines()
        // From here on a table of TOML.
        .take_while(|line| !line.starts_with('['))
        .filter(|line| line.starts_with(|first: char| first.is_alphanumeric() || matches!(first, '"' | '\'')))
        .filter_map(|line| {
            let (name, value) = line.split_once([':', '='])?;
            let (name, value) = (unquoted(name), unquoted(value));
            (!name.is_empty() && !value.is_empty()).then_some((name, value))
        })
}

/// Keeps an entry among the properties of a document, the first of its name.
pub(super) fn keep(properties: &mut BTreeMap<String, String>, name: &str, value: &str) {
    let name = format!("front.{name}");
    if properties.len() < MOST && !properties.contains_key(&name) {
        put(properties, &name, value);
    }
}

/// A value without its quotes, or without the remark behind it.
fn unquoted(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some((inside, _)) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inside.trim();
        }
    }
    value.split(" #").next().unwrap_or(value).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_lose_their_quotes_and_remarks_and_nested_ones_are_passed_over() {
        let yaml = "title: 'Press: start'\nnumber: SOP-7 # ours\n\"doc status\": \"draft\"\nrefs:\n  - a\n    number: SOP-9\n- b: c\n# d: e\n";
        assert_eq!(
            entries(yaml).collect::<Vec<_>>(),
            [
                ("title", "Press: start"),
                ("number", "SOP-7"),
                ("doc status", "draft")
            ]
        );
        let toml = "revision = \"C\"\ndate = 2026-03-01\n[extra]\nnumber = \"SOP-9\"\n";
        assert_eq!(
            entries(toml).collect::<Vec<_>>(),
            [("revision", "C"), ("date", "2026-03-01")]
        );
    }
}
