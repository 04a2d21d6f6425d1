//! Folding of near-duplicates: of passages that say the same, only the best is shown. Pure.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What two passages are compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    shingles: HashSet<u64>,
    numbers: Vec<String>,
}

/// Neighbouring letters that make a shingle.
const SHINGLE: usize = 8;
/// Two texts whose shingles agree at least this far say the same.
const SAME: f32 = 0.9;

impl Fingerprint {
    /// The fingerprint of a passage's text.
    pub fn of(text: &str) -> Self {
        let letters: Vec<char> = text
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        let shingle = |letters: &[char]| {
            let mut hasher = DefaultHasher::new();
            letters.hash(&mut hasher);
            hasher.finish()
        };
        let shingles = if letters.len() < SHINGLE {
            HashSet::from([shingle(&letters)])
        } else {
            letters.windows(SHINGLE).map(shingle).collect()
        };
        let numbers = text
            .split(|character: char| !character.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .map(str::to_owned)
            .collect();
        Self { shingles, numbers }
    }

    /// Whether the two texts say the same. Two revisions of a procedure that differ in one figure never do: the
    /// figure is what is asked for.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        if self.numbers != other.numbers {
            return false;
        }
        let shared = self.shingles.intersection(&other.shingles).count();
        let all = self.shingles.len() + other.shingles.len() - shared;
        #[expect(clippy::cast_precision_loss, reason = "a ratio of small counts")]
        let agreement = shared as f32 / all as f32;
        agreement >= SAME
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str =
        "Wear safety shoes and goggles in hall 3. Visitors get theirs at the gate from the shift leader.";

    fn same(one: &str, other: &str) -> bool {
        Fingerprint::of(one).says_the_same_as(&Fingerprint::of(other))
    }

    #[test]
    fn texts_that_differ_in_case_and_spacing_are_the_same() {
        assert!(same(RULE, &RULE.to_uppercase().replace(' ', "\n")));
    }

    #[test]
    fn texts_that_differ_in_one_figure_are_not() {
        assert!(!same(RULE, &RULE.replace('3', "4")));
    }

    #[test]
    fn different_texts_are_not_the_same() {
        assert!(!same(RULE, "Clean the filter every week."));
        assert!(!same("油封", "轴承"));
    }
}
