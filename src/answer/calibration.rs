//! When evidence is too weak to answer: every number that decides it, and how it was found.
//!
//! The evidence of the best sentence (see [`Evidence`]) becomes one number between 0 and 1, its strength; below
//! [`THRESHOLD`] the answer is a refusal. The weights are those of a logistic regression, rounded: answerable questions
//! against unanswerable ones, half of which ask about things that the documents do treat. They were cross-validated by
//! article. A question that names a code which the document does not name is weak whatever else is alike.
//!
//! How alike texts are to a model says nothing about another one: some find no two texts less alike than 0.7. So where no
//! limit was measured with a model that knows the language, which is Chinese so far, the words decide alone, whatever a
//! model says of meaning; it then only helps to find the sentence.
//!
//! The limits refuse 7 to 8 of 100 answerable questions over all sets of a language. That is fewer than the 10 at which
//! the refusals were to be measured: people paraphrase more freely than those who wrote the sets.
//!
//! `gemba eval FOLDER... --calibrate` measures both again and prints the numbers for this file.

use crate::domain::Language;
use crate::generate::Evidence;

/// The least strength at which a question is answered.
pub const THRESHOLD: f32 = 0.5;

/// How much each part of the evidence counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Of the similarity in meaning of sentence and question.
    pub similarity: f32,
    /// Of the similarity of passage and question.
    pub passage_similarity: f32,
    /// Of what the sentence and its context hold of the question.
    pub sentence: f32,
    /// Of what the passage holds of the question.
    pub passage: f32,
    /// Of the Han characters of the question that the passage holds.
    pub characters: f32,
}

/// Where the embedder knows the language.
const MEANING_AND_WORDS: Weights = Weights {
    similarity: 4.9,
    passage_similarity: 3.7,
    sentence: 3.7,
    passage: 4.1,
    characters: 0.0,
};
/// Where it does not.
const WORDS_ALONE: Weights = Weights {
    similarity: 0.0,
    passage_similarity: 0.0,
    sentence: 4.3,
    passage: 6.4,
    characters: 0.0,
};
/// Taken off where the document holds none of the codes in the question, and part of it where it lacks some.
const MISSING_CODES: f32 = 3.0;

/// The sum of the weighted evidence at which a question is answered, by language.
const ENGLISH: f32 = 7.8;
/// By `--method lexical --calibrate` on both English sets: at 3.5, 4.4, 4.6 and 5.1 the words alone refuse 2, 5, 7.5 and 10
/// of 100 answerable questions, and of the unanswerable 72, 88, 91 and 96 on `xquad-en`, 58, 76, 81 and 84 on
/// `xquad-en-near`.
const ENGLISH_WORDS_ALONE: f32 = 4.6;
const CHINESE_WORDS_ALONE: f32 = 4.1;

/// The weights that hold for evidence with or without similarity.
pub fn weights(evidence: &Evidence) -> Weights {
    if evidence.similarity.is_some() {
        MEANING_AND_WORDS
    } else {
        WORDS_ALONE
    }
}

/// The weighted sum of the evidence.
pub fn sum(evidence: &Evidence) -> f32 {
    let weights = weights(evidence);
    let similarity = evidence.similarity.unwrap_or(0.0);
    weights.similarity * similarity
        // A passage that only its words have found has no similarity of its own.
        + weights.passage_similarity * evidence.passage_similarity.unwrap_or(similarity)
        + weights.sentence * evidence.sentence
        + weights.passage * evidence.passage
        + weights.characters * evidence.characters
        - MISSING_CODES * (1.0 - evidence.codes)
}

/// The strength of the evidence for an answer to a question in `language`: 0 to 1.
pub fn strength(evidence: &Evidence, language: Language) -> f32 {
    let evidence = counted(evidence, language);
    let limit = match (language, evidence.similarity) {
        (Language::English, Some(_)) => ENGLISH,
        (Language::English, None) => ENGLISH_WORDS_ALONE,
        (Language::Chinese, _) => CHINESE_WORDS_ALONE,
    };
    1.0 / (1.0 + (limit - sum(&evidence)).exp())
}

/// What of the evidence for an answer to a question in `language` counts.
pub fn counted(evidence: &Evidence, language: Language) -> Evidence {
    match language {
        Language::English => *evidence,
        Language::Chinese => by_words(evidence),
    }
}

/// The same without what a model says of meaning.
fn by_words(evidence: &Evidence) -> Evidence {
    Evidence {
        similarity: None,
        passage_similarity: None,
        ..*evidence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_holds_the_whole_question_is_answered_and_one_that_holds_nothing_refused() {
        for language in [Language::English, Language::Chinese] {
            for similarity in [None, Some(0.9)] {
                let strong = Evidence {
                    sentence: 1.0,
                    passage: 1.0,
                    similarity,
                    characters: 1.0,
                    codes: 1.0,
                    ..Evidence::default()
                };
                let weak = Evidence {
                    passage: 0.1,
                    similarity: similarity.map(|_| 0.1),
                    codes: 1.0,
                    ..Evidence::default()
                };
                assert!(strength(&strong, language) > THRESHOLD && strength(&weak, language) < THRESHOLD);
            }
        }
    }

    #[test]
    fn meaning_alone_answers_nothing_in_a_language_for_which_no_limit_was_measured_with_it() {
        let alike = Evidence {
            sentence: 0.1,
            passage: 0.2,
            similarity: Some(0.95),
            passage_similarity: Some(0.95),
            codes: 1.0,
            ..Evidence::default()
        };
        assert!(strength(&alike, Language::Chinese) < THRESHOLD);
        let words = by_words(&alike);
        assert_eq!(
            strength(&alike, Language::Chinese),
            strength(&words, Language::Chinese)
        );
    }

    #[test]
    fn more_evidence_of_any_part_never_weakens_an_answer() {
        let some = Evidence {
            sentence: 0.5,
            passage: 0.5,
            similarity: Some(0.5),
            passage_similarity: Some(0.5),
            characters: 0.5,
            codes: 0.5,
        };
        let more = [
            Evidence {
                sentence: 0.6,
                ..some
            },
            Evidence { passage: 0.6, ..some },
            Evidence {
                similarity: Some(0.6),
                ..some
            },
            Evidence {
                passage_similarity: Some(0.6),
                ..some
            },
            Evidence { codes: 0.6, ..some },
        ];
        assert!(more.iter().all(|more| sum(more) > sum(&some)));
    }
}
