//! How much of a question a text holds: the question's terms, each weighed by how rare it is in the index.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::analysis::{
    Folded, Parts, analyse, analyse_folded, codes, content, fold, indexed_forms, indexed_forms_folded,
};
use super::{IndexError, LexicalIndex};
use crate::domain::{Language, Question};

/// Terms beyond this many are dropped: a question that long is covered by the others.
const MOST_TERMS: usize = 128;

/// The terms of a question and their weights.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionTerms {
    places: HashMap<String, usize>,
    weights: Vec<f32>,
    total: f32,
    /// Every word of the question, with those that only ask.
    words: HashSet<String>,
    /// The Han characters of the terms.
    characters: BTreeSet<char>,
    /// For each code that the question names, the forms under which a text may hold it.
    codes: Vec<Vec<String>>,
}

/// Which of a question's terms a text holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held(u128);

impl Held {
    /// What either holds.
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// How many terms that is.
    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether it holds the first of the terms.
    pub fn begins(self) -> bool {
        self.0 & 1 != 0
    }

    /// What this holds and `other` does not.
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl QuestionTerms {
    /// The terms of `question`, weighed by `index`.
    pub fn of(question: &Question, index: &LexicalIndex) -> Result<Self, IndexError> {
        Self::weighed(question, index.passages(), |term| index.document_frequency(term))
    }

    /// The terms of `question`, weighed by the inverse of how many of `passages` hold each: a term that none holds
    /// weighs most.
    pub fn weighed<E>(
        question: &Question,
        passages: u64,
        mut frequency: impl FnMut(&str) -> Result<u64, E>,
    ) -> Result<Self, E> {
        let mut terms = Self {
            places: HashMap::new(),
            weights: Vec::new(),
            total: 0.0,
            words: analyse(question.as_str(), Parts::ALL)
                .into_iter()
                .map(|term| term.text)
                .collect(),
            characters: BTreeSet::new(),
            codes: codes(question.as_str())
                .into_iter()
                .filter(|code| code.starts_with(|first: char| first.is_ascii_alphabetic()))
                .map(|code| indexed_forms(&code))
                .collect(),
        };
        for term in content(question.as_str(), question.language()) {
            if terms.weights.len() == MOST_TERMS || terms.places.contains_key(&term.text) {
                continue;
            }
            let weight = rarity(frequency(&term.text)?, passages);
            terms
                .characters
                .extend(term.text.chars().filter(|character| Language::is_han(*character)));
            terms.places.insert(term.text, terms.weights.len());
            terms.weights.push(weight);
            terms.total += weight;
        }
        Ok(terms)
    }

    /// Which of the terms `text` holds, as words or as codes.
    pub fn held(&self, text: &str) -> Held {
        let mut held = Held::default();
        let folded = Folded::of(text);
        for term in analyse_folded(&folded, Parts::ALL) {
            self.mark(&term.text, &mut held);
        }
        for code in indexed_forms_folded(&folded) {
            self.mark(&code, &mut held);
        }
        if !self.characters.is_empty() {
            // The same characters may be cut differently in another sentence: 移居者 holds 移居.
            for term in self
                .places
                .keys()
                .filter(|term| term.chars().all(Language::is_han))
            {
                if term.chars().nth(1).is_some() && folded.text.contains(term.as_str()) {
                    self.mark(term, &mut held);
                }
            }
        }
        held
    }

    /// The share of the Han characters of the terms that `text` holds: Chinese words that mean nearly the same often
    /// share a character. 0 for a question without them.
    pub fn character_share(&self, text: &str) -> f32 {
        if self.characters.is_empty() {
            return 0.0;
        }
        let folded: HashSet<char> = fold(text).chars().collect();
        #[expect(clippy::cast_precision_loss, reason = "counts of characters")]
        let share = self
            .characters
            .iter()
            .filter(|character| folded.contains(character))
            .count() as f32
            / self.characters.len() as f32;
        share
    }

    /// The terms that are one Han character: they seldom carry the sense of a sentence.
    pub fn of_one_character(&self) -> Held {
        let mut held = Held::default();
        for term in self.places.keys() {
            let mut characters = term.chars();
            if characters.next().is_some_and(Language::is_han) && characters.next().is_none() {
                self.mark(term, &mut held);
            }
        }
        held
    }

    /// How many terms there are.
    pub fn count(&self) -> usize {
        self.weights.len()
    }

    /// The share of the question, by weight, that is `held`: 0 to 1.
    pub fn share(&self, held: Held) -> f32 {
        if self.total <= 0.0 {
            return 0.0;
        }
        let mut sum = 0.0;
        for (place, weight) in self.weights.iter().enumerate() {
            if held.0 & (1 << place) != 0 {
                sum += weight;
            }
        }
        sum / self.total
    }

    /// The share of the codes named in the question (`E-4021`, `M12`; not `12th`) that the texts hold together; 1 where
    /// it names none. A text about another code does not answer, however alike it is.
    pub fn code_share<'text>(&self, texts: impl IntoIterator<Item = &'text str>) -> f32 {
        if self.codes.is_empty() {
            return 1.0;
        }
        let held: HashSet<String> = texts.into_iter().flat_map(indexed_forms).collect();
        #[expect(clippy::cast_precision_loss, reason = "counts of codes")]
        let share = self
            .codes
            .iter()
            .filter(|forms| forms.iter().any(|form| held.contains(form)))
            .count() as f32
            / self.codes.len() as f32;
        share
    }

    /// Whether `word` stands in the question in any form.
    pub fn names(&self, word: &str) -> bool {
        analyse(word, Parts::ALL)
            .iter()
            .all(|term| self.words.contains(&term.text))
    }

    fn mark(&self, term: &str, held: &mut Held) {
        if let Some(place) = self.places.get(term) {
            held.0 |= 1 << place;
        }
    }
}

/// The weight that BM25 gives to a term.
#[expect(
    clippy::cast_precision_loss,
    reason = "a share of passages needs no more digits"
)]
fn rarity(holding: u64, passages: u64) -> f32 {
    let (holding, passages) = (holding.min(passages) as f32, passages as f32);
    (1.0 + (passages - holding + 0.5) / (holding + 0.5)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(question: &str, frequencies: &[(&str, u64)]) -> QuestionTerms {
        let question = Question::parse(question).unwrap();
        let frequency = |term: &str| {
            let known = frequencies.iter().find(|(known, _)| *known == term);
            Ok::<u64, IndexError>(known.map_or(0, |(_, frequency)| *frequency))
        };
        QuestionTerms::weighed(&question, 100, frequency).unwrap()
    }

    #[test]
    fn a_text_with_every_term_covers_the_question_whatever_their_form() {
        let terms = terms("How tight are the bolts tightened?", &[]);
        assert!((terms.share(terms.held("Tighten each bolt until it is tight.")) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_rare_term_covers_more_of_the_question_than_a_common_one() {
        let terms = terms("spindle machine", &[("spindl", 1), ("machin", 80)]);
        assert!(terms.share(terms.held("the spindle")) > 2.0 * terms.share(terms.held("the machine")));
    }

    #[test]
    fn what_two_texts_hold_together_is_counted_once() {
        let terms = terms("spindle bearing", &[]);
        let both = terms.held("spindle bearing").or(terms.held("spindle"));
        assert!((terms.share(both) - 1.0).abs() < 1e-6);
        assert_eq!(both.without(terms.held("bearing")), terms.held("spindle"));
    }

    #[test]
    fn a_code_written_together_is_held_by_a_text_that_separates_it() {
        let terms = terms("sopqa014", &[]);
        assert!(terms.share(terms.held("see SOP-QA-014")) > 0.99);
    }

    #[test]
    fn a_code_that_no_text_names_is_missed_and_an_ordinal_is_no_code() {
        let asked = terms("What does E-4099 mean on the BH-320 since the 19th?", &[]);
        assert!((asked.code_share(["E-4010 | BH320", "E-4021"]) - 0.5).abs() < 1e-6);
        assert!((asked.code_share(["e4099", "BH-320"]) - 1.0).abs() < 1e-6);
        assert!((terms("the 19th", &[]).code_share([]) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_word_that_the_text_cuts_differently_is_held() {
        let terms = terms("移居", &[]);
        assert!(terms.share(terms.held("移居者众多")) > 0.99);
    }

    #[test]
    fn single_characters_are_told_from_words() {
        let terms = terms("刀座螺钉用 70 N", &[]);
        let single = terms.of_one_character();
        assert_eq!(single, terms.held("用"));
        assert_eq!(single.count(), 1);
    }

    #[test]
    fn words_that_share_a_character_are_near() {
        let terms = terms("擒杀", &[]);
        assert!((terms.character_share("擒抱") - 0.5).abs() < 1e-6);
        assert!(terms.character_share("tackle").abs() < 1e-6);
    }

    #[test]
    fn a_question_in_traditional_characters_is_covered_by_simplified_text() {
        let terms = terms("機器報警", &[]);
        assert!((terms.share(terms.held("机器报警")) - 1.0).abs() < 1e-6);
    }
}
