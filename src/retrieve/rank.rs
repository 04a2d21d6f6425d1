//! What is done to the ranking after fusion: the best sentence counts, and what says the same is shown once.

use super::fold::Fingerprint;
use crate::domain::{ScoredPassage, sentences};
use crate::index::coverage::{Held, QuestionTerms};

/// How many of the first passages are ranked again by their best sentence, and how much it counts.
pub(super) const SENTENCE_DEPTH: usize = 10;
const SENTENCE_WEIGHT: f32 = 0.25;
/// A word in the title, the headings or the sentence before counts this much of one in the sentence itself.
const CONTEXT_WEIGHT: f32 = 0.5;
/// How many of the first passages are compared to fold near-duplicates.
const FOLD_DEPTH: usize = 30;

/// Ranks the first passages again by their best sentence.
pub(super) fn rank_by_sentences(passages: &mut [ScoredPassage], terms: &QuestionTerms) {
    let depth = passages.len().min(SENTENCE_DEPTH);
    for found in &mut passages[..depth] {
        found.score += SENTENCE_WEIGHT * best_sentence(found, terms);
    }
    passages[..depth].sort_by(|one, other| other.score.total_cmp(&one.score));
}

/// How much of the question the best sentence of a passage holds, 0 to 1.
fn best_sentence(found: &ScoredPassage, terms: &QuestionTerms) -> f32 {
    let mut above = terms.held(&found.title);
    for heading in &found.passage.locator.headings {
        above = above.or(terms.held(heading));
    }
    let mut before = Held::default();
    let mut best = 0.0_f32;
    for sentence in sentences(&found.passage.text) {
        let held = terms.held(sentence.text);
        let context = above.or(before).without(held);
        best = best.max(terms.share(held) + CONTEXT_WEIGHT * terms.share(context));
        before = held;
    }
    best
}

/// Keeps the best of passages that say the same, wherever they stand, and no more than `limit` of all.
pub(super) fn fold_duplicates(passages: Vec<ScoredPassage>, limit: usize) -> Vec<ScoredPassage> {
    let mut kept: Vec<ScoredPassage> = Vec::with_capacity(limit);
    let mut known: Vec<Fingerprint> = Vec::new();
    for (rank, found) in passages.into_iter().enumerate() {
        if kept.len() == limit {
            break;
        }
        if rank < FOLD_DEPTH {
            let fingerprint = Fingerprint::of(&found.passage.text);
            if known.iter().any(|one| one.says_the_same_as(&fingerprint)) {
                continue;
            }
            known.push(fingerprint);
        }
        kept.push(found);
    }
    kept
}
