//! When evidence is too weak to answer: every number that decides it, and how it was found.
//!
//! The evidence of the best sentence (see [`Evidence`]) becomes one number between 0 and 1, its strength; below
//! [`THRESHOLD`] the answer is a refusal. The weights are those of a logistic regression, rounded: answerable questions
//! against unanswerable ones, half of which ask about things that the documents do treat. They were cross-validated by
//! article. The offsets are set so that one answerable question in ten is refused over all sets of a language.
//!
//! `gemba eval FOLDER... --calibrate` measures both again and prints the numbers for this file.

use crate::domain::Language;
use crate::generate::Evidence;

/// The least strength at which a question is answered.
pub const THRESHOLD: f32 = 0.5;

/// How much each part of the evidence counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Of the similarity in meaning.
    pub similarity: f32,
    /// Of what the sentence and its context hold of the question.
    pub sentence: f32,
    /// Of what the passage holds of the question.
    pub passage: f32,
}

/// Where the embedder knows the language.
const MEANING_AND_WORDS: Weights = Weights { similarity: 7.2, sentence: 3.3, passage: 4.6 };
/// Where it does not.
const WORDS_ALONE: Weights = Weights { similarity: 0.0, sentence: 4.3, passage: 6.4 };

/// The sum of the weighted evidence at which a question is answered, by language.
const ENGLISH: f32 = 7.73;
const ENGLISH_WORDS_ALONE: f32 = 5.0;
const CHINESE: f32 = 7.73;
const CHINESE_WORDS_ALONE: f32 = 4.41;

/// The weights that hold for evidence with or without similarity.
pub fn weights(evidence: &Evidence) -> Weights {
    if evidence.similarity.is_some() { MEANING_AND_WORDS } else { WORDS_ALONE }
}

/// The weighted sum of the evidence.
pub fn sum(evidence: &Evidence) -> f32 {
    let weights = weights(evidence);
    weights.similarity * evidence.similarity.unwrap_or(0.0)
        + weights.sentence * evidence.sentence
        + weights.passage * evidence.passage
}

/// The strength of the evidence for an answer to a question in `language`: 0 to 1.
pub fn strength(evidence: &Evidence, language: Language) -> f32 {
    let limit = match (language, evidence.similarity.is_some()) {
        (Language::English, true) => ENGLISH,
        (Language::English, false) => ENGLISH_WORDS_ALONE,
        (Language::Chinese, true) => CHINESE,
        (Language::Chinese, false) => CHINESE_WORDS_ALONE,
    };
    1.0 / (1.0 + (limit - sum(evidence)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_holds_the_whole_question_is_answered_and_one_that_holds_nothing_refused() {
        for language in [Language::English, Language::Chinese] {
            for similarity in [None, Some(0.9)] {
                let strong = Evidence { sentence: 1.0, passage: 1.0, similarity };
                let weak = Evidence { sentence: 0.0, passage: 0.1, similarity: similarity.map(|_| 0.1) };
                assert!(strength(&strong, language) > THRESHOLD && strength(&weak, language) < THRESHOLD);
            }
        }
    }

    #[test]
    fn more_evidence_of_any_part_never_weakens_an_answer() {
        let some = Evidence { sentence: 0.5, passage: 0.5, similarity: Some(0.5) };
        let more = [
            Evidence { sentence: 0.6, ..some },
            Evidence { passage: 0.6, ..some },
            Evidence { similarity: Some(0.6), ..some },
        ];
        assert!(more.iter().all(|more| sum(more) > sum(&some)));
    }
}
