//! Two revisions side by side: their lines in order, what changed in pairs, and long stretches without a change left out.

use std::time::Duration;

use similar::{Algorithm, DiffOp, TextDiff};

use crate::domain::Passage;

/// Lines without a change that are shown before and after one.
const AROUND: usize = 2;
/// Longer is not searched for the shortest list of changes; what is there by then is shown.
const LONGEST: Duration = Duration::from_secs(3);
/// Lines that are compared of each.
const LINES: usize = 20_000;

/// A line of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// The same in both.
    Same(String),
    /// In the older one, in the later one, or other in each.
    Changed {
        /// How it was.
        before: Option<String>,
        /// How it is.
        after: Option<String>,
    },
    /// So many lines without a change.
    Skipped(usize),
}

/// Compares two texts by lines. Blanks at their ends do not count.
pub(super) fn compare(before: &[Passage], after: &[Passage]) -> Vec<Compared> {
    let (before, after) = (lines(before), lines(after));
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .timeout(LONGEST)
        .diff_slices(&before, &after);
    let mut compared = Vec::new();
    let ops = diff.ops();
    for (place, op) in ops.iter().enumerate() {
        match *op {
            DiffOp::Equal { old_index, len, .. } => {
                let (first, last) = (place == 0, place + 1 == ops.len());
                same(&mut compared, &before[old_index..old_index + len], first, last);
            }
            DiffOp::Delete {
                old_index, old_len, ..
            } => {
                changed(&mut compared, &before[old_index..old_index + old_len], &[]);
            }
            DiffOp::Insert {
                new_index, new_len, ..
            } => {
                changed(&mut compared, &[], &after[new_index..new_index + new_len]);
            }
            DiffOp::Replace {
                old_index,
                old_len,
                new_index,
                new_len,
            } => changed(
                &mut compared,
                &before[old_index..old_index + old_len],
                &after[new_index..new_index + new_len],
            ),
        }
    }
    compared
}

fn lines(passages: &[Passage]) -> Vec<&str> {
    passages
        .iter()
        .flat_map(|passage| passage.text.lines())
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(LINES)
        .collect()
}

fn same(compared: &mut Vec<Compared>, lines: &[&str], first: bool, last: bool) {
    let (head, tail) = (if first { 0 } else { AROUND }, if last { 0 } else { AROUND });
    let own = |line: &&str| Compared::Same((*line).to_owned());
    if lines.len() <= head + tail + 1 {
        compared.extend(lines.iter().map(own));
        return;
    }
    compared.extend(lines[..head].iter().map(own));
    compared.push(Compared::Skipped(lines.len() - head - tail));
    compared.extend(lines[lines.len() - tail..].iter().map(own));
}

fn changed(compared: &mut Vec<Compared>, before: &[&str], after: &[&str]) {
    let line = |lines: &[&str], place: usize| lines.get(place).map(|line| (*line).to_owned());
    compared.extend((0..before.len().max(after.len())).map(|place| Compared::Changed {
        before: line(before, place),
        after: line(after, place),
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DocumentId, GenerationId, Locator, PassageId};

    fn text(lines: &[&str]) -> Vec<Passage> {
        vec![Passage {
            id: PassageId(1),
            document: DocumentId(1),
            generation: GenerationId(1),
            ordinal: 0,
            locator: Locator::default(),
            text: lines.join("\n"),
        }]
    }

    #[test]
    fn what_changed_stands_in_pairs_between_what_did_not() {
        let before = text(&["Scope", "Torque 25 Nm", "Sign the card", "File it"]);
        let after = text(&["Scope", "Torque 28 Nm", "Sign the card", "Scan it", "File it"]);
        let pair = |before: Option<&str>, after: Option<&str>| Compared::Changed {
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        assert_eq!(
            compare(&before, &after),
            [
                Compared::Same("Scope".to_owned()),
                pair(Some("Torque 25 Nm"), Some("Torque 28 Nm")),
                Compared::Same("Sign the card".to_owned()),
                pair(None, Some("Scan it")),
                Compared::Same("File it".to_owned()),
            ]
        );
    }

    #[test]
    fn a_long_stretch_without_a_change_is_left_out() {
        let many: Vec<String> = (0..50).map(|line| format!("line {line}")).collect();
        let mut lines: Vec<&str> = many.iter().map(String::as_str).collect();
        let before = text(&lines);
        lines[25] = "another";
        let compared = compare(&before, &text(&lines));
        assert_eq!(compared.first(), Some(&Compared::Skipped(23)));
        assert_eq!(compared.last(), Some(&Compared::Skipped(22)));
        assert_eq!(compared.len(), 2 + 2 * AROUND + 1);
    }

    #[test]
    fn the_same_text_has_no_change() {
        let one = text(&["a", "b"]);
        assert!(
            !compare(&one, &one)
                .iter()
                .any(|line| matches!(line, Compared::Changed { .. }))
        );
    }
}
