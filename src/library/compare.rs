//! Two revisions side by side: their lines in order, what changed in pairs with the words that did marked, and long
//! stretches without a change left out.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, DiffTag, TextDiff, capture_diff_slices_deadline, get_diff_ratio};
use unicode_segmentation::UnicodeSegmentation;

use super::excerpt::Piece;
use crate::domain::Passage;

/// Lines without a change that are shown before and after one.
const AROUND: usize = 2;
/// Longer is not searched for the shortest list of changes; what is there by then is shown.
const LONGEST: Duration = Duration::from_secs(3);
/// Lines that are compared of each. Where one has more, it is said that the rest was not compared.
const LINES: usize = 20_000;
/// Of two lines less alike than this, every word is marked: they say different things.
const ALIKE: f32 = 0.5;

/// A line of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// The same in both.
    Same(String),
    /// In the older one, in the later one, or other in each.
    Changed {
        /// How it was, what is no more marked.
        before: Option<Vec<Piece>>,
        /// How it is, what is new marked.
        after: Option<Vec<Piece>>,
    },
    /// So many lines without a change.
    Skipped(usize),
}

/// Two texts side by side.
#[derive(Debug)]
pub(super) struct SideBySide {
    pub(super) lines: Vec<Compared>,
    /// Of how many lines of each, where one of them has more.
    pub(super) only: Option<usize>,
}

/// Compares two texts by lines. Blanks at their ends do not count.
pub(super) fn compare(before: &[Passage], after: &[Passage]) -> SideBySide {
    compare_first(LINES, before, after)
}

fn compare_first(most: usize, before: &[Passage], after: &[Passage]) -> SideBySide {
    let ((before, cut), (after, also_cut)) = (lines(most, before), lines(most, after));
    let deadline = Instant::now() + 2 * LONGEST;
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
                changed(
                    &mut compared,
                    &before[old_index..old_index + old_len],
                    &[],
                    deadline,
                );
            }
            DiffOp::Insert {
                new_index, new_len, ..
            } => {
                changed(
                    &mut compared,
                    &[],
                    &after[new_index..new_index + new_len],
                    deadline,
                );
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
                deadline,
            ),
        }
    }
    SideBySide {
        lines: compared,
        only: (cut || also_cut).then_some(most),
    }
}

/// The first lines that say something, at most so many, and whether there are more.
fn lines(most: usize, passages: &[Passage]) -> (Vec<&str>, bool) {
    let mut lines = passages
        .iter()
        .flat_map(|passage| passage.text.lines())
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let first = lines.by_ref().take(most).collect();
    (first, lines.next().is_some())
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

fn changed(compared: &mut Vec<Compared>, before: &[&str], after: &[&str], deadline: Instant) {
    let whole = |line: &&str| vec![piece(line, true)];
    compared.extend((0..before.len().max(after.len())).map(|place| {
        let (before, after) = match (before.get(place), after.get(place)) {
            (Some(before), Some(after)) => {
                let (before, after) = words(before, after, deadline);
                (Some(before), Some(after))
            }
            (before, after) => (before.map(whole), after.map(whole)),
        };
        Compared::Changed { before, after }
    }));
}

/// Two lines with the words that are not in the other one marked.
fn words(before: &str, after: &str, deadline: Instant) -> (Vec<Piece>, Vec<Piece>) {
    let split = |line: &str| -> Vec<String> { line.split_word_bounds().map(str::to_owned).collect() };
    let (old, new) = (split(before), split(after));
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline));
    if get_diff_ratio(&ops, old.len(), new.len()) < ALIKE {
        return (vec![piece(before, true)], vec![piece(after, true)]);
    }
    let (mut earlier, mut later) = (Vec::new(), Vec::new());
    for op in &ops {
        let (tag, was, is) = op.as_tag_tuple();
        add(&mut earlier, old[was].concat(), tag != DiffTag::Equal);
        add(&mut later, new[is].concat(), tag != DiffTag::Equal);
    }
    (earlier, later)
}

/// Words next to each other that changed are marked in one stroke, with the blank between them.
fn add(pieces: &mut Vec<Piece>, text: String, marked: bool) {
    if text.is_empty() {
        return;
    }
    match pieces.as_mut_slice() {
        [.., last] if last.marked == marked => last.text.push_str(&text),
        [.., first, blank] if marked && first.marked && blank.text.trim().is_empty() => {
            first.text = format!("{}{}{text}", first.text, blank.text);
            pieces.pop();
        }
        _ => pieces.push(Piece { text, marked }),
    }
}

fn piece(text: &str, marked: bool) -> Piece {
    Piece {
        text: text.to_owned(),
        marked,
    }
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
        let line =
            |line: &[(&str, bool)]| Some(line.iter().map(|(text, marked)| piece(text, *marked)).collect());
        let (torque, unit) = (("Torque ", false), (" Nm", false));
        assert_eq!(
            compare(&before, &after).lines,
            [
                Compared::Same("Scope".to_owned()),
                Compared::Changed {
                    before: line(&[torque, ("25", true), unit]),
                    after: line(&[torque, ("28", true), unit]),
                },
                Compared::Same("Sign the card".to_owned()),
                Compared::Changed {
                    before: None,
                    after: line(&[("Scan it", true)]),
                },
                Compared::Same("File it".to_owned()),
            ]
        );
    }

    #[test]
    fn lines_with_little_in_common_are_marked_whole_and_words_side_by_side_in_one_stroke() {
        let of = |before: &str, after: &str| {
            let shown = |pieces: Vec<Piece>| -> String {
                let shown = pieces.iter().map(|piece| match piece.marked {
                    true => format!("<{}>", piece.text),
                    false => piece.text.clone(),
                });
                shown.collect()
            };
            let (before, after) = words(before, after, Instant::now() + LONGEST);
            (shown(before), shown(after))
        };
        let both = |before: &str, after: &str| (before.to_owned(), after.to_owned());
        assert_eq!(
            of("File it in the office", "Scan each card twice"),
            both("<File it in the office>", "<Scan each card twice>")
        );
        assert_eq!(
            of(
                "The label is signed today by hand",
                "The label is not printed today by hand"
            ),
            both(
                "The label is <signed> today by hand",
                "The label is <not printed> today by hand"
            )
        );
        assert_eq!(
            of("卡尺每12个月校准一次", "卡尺每9个月校准一次"),
            both("卡尺每<12>个月校准一次", "卡尺每<9>个月校准一次")
        );
    }

    #[test]
    fn a_long_stretch_without_a_change_is_left_out() {
        let many: Vec<String> = (0..50).map(|line| format!("line {line}")).collect();
        let mut lines: Vec<&str> = many.iter().map(String::as_str).collect();
        let before = text(&lines);
        lines[25] = "another";
        let compared = compare(&before, &text(&lines)).lines;
        assert_eq!(compared.first(), Some(&Compared::Skipped(23)));
        assert_eq!(compared.last(), Some(&Compared::Skipped(22)));
        assert_eq!(compared.len(), 2 + 2 * AROUND + 1);
    }

    #[test]
    fn the_same_text_has_no_change() {
        let one = text(&["a", "b"]);
        assert!(
            !compare(&one, &one)
                .lines
                .iter()
                .any(|line| matches!(line, Compared::Changed { .. }))
        );
    }

    #[test]
    fn a_text_that_is_compared_in_part_says_so_whichever_of_the_two_it_is() {
        let (short, long) = (text(&["a", "b"]), text(&["a", "b", "c"]));
        let only = |before, after| compare_first(2, before, after).only;
        assert_eq!(only(&short, &short), None);
        assert_eq!(only(&short, &long), Some(2));
        assert_eq!(only(&long, &short), Some(2));
        // What was added behind the end is not there: without being told, it would look as if nothing had changed.
        let lines = compare_first(2, &short, &long).lines;
        assert_eq!(lines, [Compared::Skipped(2)]);
    }
}
