//! Folding of near-duplicates: of passages that say the same, only the best is shown. Pure.

use std::cell::OnceCell;

/// What two passages are compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    letters: Vec<char>,
    numbers: Vec<String>,
    /// Made when they are needed: most passages differ already in their length or their figures.
    shingles: OnceCell<Vec<u64>>,
}

/// Neighbouring letters that make a shingle.
const SHINGLE: usize = 8;
/// Two texts whose shingles agree at least this far (Jaccard similarity) say the same.
const SAME: f32 = 0.9;
/// The base of the rolling hash of a shingle (Karp and Rabin 1987), modulo 2^64.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

impl Fingerprint {
    /// The fingerprint of a passage's text.
    pub fn of(text: &str) -> Self {
        let letters = text
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        let numbers = text
            .split(|character: char| !character.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .map(str::to_owned)
            .collect();
        Self {
            letters,
            numbers,
            shingles: OnceCell::new(),
        }
    }

    /// Whether the two texts say the same. Two revisions of a procedure that differ in one figure never do: the
    /// figure is what is asked for.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        if self.numbers != other.numbers || !may_agree(self.letters.len(), other.letters.len()) {
            return false;
        }
        agreement(self.shingles(), other.shingles()) >= SAME
    }

    fn shingles(&self) -> &[u64] {
        self.shingles.get_or_init(|| shingles(&self.letters))
    }
}

/// Whether texts of so many letters can agree at all: one more than twice as long as another says more than it.
fn may_agree(one: usize, other: usize) -> bool {
    let (short, long) = (one.min(other), one.max(other));
    short * 2 >= long
}

/// The hashes of all shingles, in order, each once.
fn shingles(letters: &[char]) -> Vec<u64> {
    let width = SHINGLE.min(letters.len());
    let gone = (0..width).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let mut hash = 0_u64;
    let mut hashes = Vec::with_capacity(letters.len());
    for (place, letter) in letters.iter().enumerate() {
        hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(*letter));
        if place >= width {
            hash = hash.wrapping_sub(gone.wrapping_mul(u64::from(letters[place - width])));
        }
        if place + 1 >= width {
            hashes.push(hash);
        }
    }
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// The share of all shingles of two texts that both have; each list in order, each shingle once.
#[expect(clippy::cast_precision_loss, reason = "a ratio of small counts")]
fn agreement(one: &[u64], other: &[u64]) -> f32 {
    let (mut left, mut right, mut shared) = (0, 0, 0);
    while left < one.len() && right < other.len() {
        let (a, b) = (one[left], other[right]);
        shared += usize::from(a == b);
        left += usize::from(a <= b);
        right += usize::from(b <= a);
    }
    let all = one.len() + other.len() - shared;
    if all == 0 { 1.0 } else { shared as f32 / all as f32 }
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
