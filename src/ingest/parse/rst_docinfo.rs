//! The fields at the top of a reStructuredText, below its title: `:Version: 3`. They say what the document is.

use std::collections::BTreeMap;

use super::front_matter;
use super::rst::{adornment, field};
use super::rst_inline::plain;

/// The fields, by their names in small letters. They stand in the text as well.
pub(super) fn properties(lines: &[&str]) -> BTreeMap<String, String> {
    let mut properties = BTreeMap::new();
    let mut fields = false;
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).copied().unwrap_or_default();
        if let Some((name, value)) = field(line) {
            fields = true;
            front_matter::keep(&mut properties, &name.to_lowercase(), &plain(value));
        } else if !above_text(line, next) || fields && line.is_empty() {
            break;
        }
    }
    properties
}

/// Whether a line is empty, a remark, the rest of what stands above it, or part of a title.
fn above_text(line: &str, next: &str) -> bool {
    line.is_empty()
        || line.starts_with("..")
        || line.starts_with(' ')
        || adornment(line).is_some()
        || adornment(next).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_above_the_text_say_what_it_is_and_those_within_it_do_not() {
        let text = ".. a remark\n\nPress 4\n=======\n\n:Number: SOP-7\n:Version: **C**\n   or so\n:Status: draft\n\nText.\n\n:Date: 2026-03-01\n";
        let lines: Vec<&str> = text.lines().collect();
        let properties = properties(&lines);
        let read: Vec<(&str, &str)> = properties
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        assert_eq!(
            read,
            [
                ("front.number", "SOP-7"),
                ("front.status", "draft"),
                ("front.version", "C")
            ]
        );
        assert_eq!(
            super::properties(&["Text.", "", ":Number: SOP-7"]),
            BTreeMap::new()
        );
    }
}
