//! Whether a sentence puts the words of one clause into the place of another's: `mail is kept for 90 days` is made of
//! `files are kept for 90 days, mail for 30 days`, and each of its words stands there. Pure.
//!
//! The clause that holds the figures of a sentence must be the one that the sentence speaks of. Its other words may stand
//! in a clause before, for sentences leave out what was just said; not in one that comes later, with a figure of the same
//! kind. What the sentence speaks of first does not stand in another sentence; nor does a word that has taken another's
//! place beside the same word. In a table each row is about what stands in its first cell.

use super::clauses::{Clause, clauses};
use super::figures::{Holdings, names, words};
use super::quantities::{figures, without_figures};
use super::verify::{carries_sense, terms_of};
use crate::domain::Language;
use crate::index::coverage::{Held, QuestionTerms};

/// Where a sentence is said to stand.
pub(super) struct Place<'text> {
    /// The sentences, or the row.
    pub bearing: Vec<&'text str>,
    pub is_row: bool,
    /// The other sentences of the passage, or the other rows of the table.
    pub others: Vec<&'text str>,
    /// Title, headings, the head of the table: what stands there goes with everything.
    pub above: Vec<&'text str>,
}

/// Whether `says` mixes what stands there.
pub(super) fn mixes(says: &str, place: &Place<'_>) -> bool {
    let said = clauses(says);
    said.iter().any(|clause| {
        let Some(terms) = terms_of(clause.text) else {
            return false;
        };
        let said = Said {
            all: says,
            clause,
            above: held_by(&terms, &place.above),
            terms,
        };
        if place.is_row {
            said.is_of_another_row(place)
        } else {
            said.is_of_another_clause(place) || said.is_of_another_sentence(place)
        }
    })
}

/// A clause of what was said.
struct Said<'text> {
    /// All that was said with it.
    all: &'text str,
    clause: &'text Clause<'text>,
    terms: QuestionTerms,
    above: Held,
}

impl Said<'_> {
    /// Its terms that stand in `there` and not in `here`, nor above. A single Han character counts only with its neighbour.
    fn borrowed(&self, here: &[&str], there: &str) -> Held {
        let held = self.terms.held(there).without(self.above);
        let borrowed = held.without(held_by(&self.terms, here));
        let words = borrowed.without(self.terms.of_one_character());
        let mut pairs = han_pairs(self.clause.text);
        let with_neighbour =
            |pair: String| there.contains(&pair) && !here.iter().any(|text| text.contains(&pair));
        if words == borrowed || pairs.any(with_neighbour) {
            borrowed
        } else {
            words
        }
    }

    /// Whether it speaks of what another row is about, and not of what this one is.
    fn is_of_another_row(&self, place: &Place<'_>) -> bool {
        let own = place.bearing.first().map_or("", |row| first_cell(row));
        place.others.iter().any(|row| {
            let key = first_cell(row);
            self.borrowed(&place.bearing, key).count() > 0
                && unsaid(own, key, self.all).is_some_and(|(own, unsaid)| unsaid == own)
        })
    }

    fn is_of_another_clause(&self, place: &Place<'_>) -> bool {
        let sentences: Vec<Vec<Clause<'_>>> = place.bearing.iter().map(|text| clauses(text)).collect();
        let all: Vec<(usize, usize)> = sentences
            .iter()
            .enumerate()
            .flat_map(|(sentence, clauses)| (0..clauses.len()).map(move |clause| (sentence, clause)))
            .collect();
        let chosen = self.chosen(&sentences, &all);
        !chosen.is_empty() && chosen.iter().all(|some| self.clashes(&sentences, &all, some))
    }

    /// The clauses that may be the ones it speaks of: as few as hold its figures and names, or those that hold most of its
    /// words where it has none.
    fn chosen(&self, sentences: &[Vec<Clause<'_>>], all: &[(usize, usize)]) -> Vec<Vec<(usize, usize)>> {
        let stands = |anchor: &Anchor| {
            all.iter()
                .any(|(one, at)| anchor.stands_in(&sentences[*one][*at]))
        };
        let wanted: Vec<Anchor> = anchors(self.clause)
            .into_iter()
            // `27 paid days` stand there as `27 days`.
            .map(|anchor| {
                if stands(&anchor) {
                    anchor
                } else {
                    anchor.without_unit()
                }
            })
            .filter(stands)
            .collect();
        if wanted.is_empty() {
            let count = |(one, at): &(usize, usize)| self.terms.held(sentences[*one][*at].text).count();
            let most = all.iter().map(count).max().unwrap_or(0);
            return all
                .iter()
                .filter(|clause| count(clause) == most)
                .map(|clause| vec![*clause])
                .collect();
        }
        let holds = |some: &[(usize, usize)]| {
            wanted.iter().all(|anchor| {
                some.iter()
                    .any(|(one, at)| anchor.stands_in(&sentences[*one][*at]))
            })
        };
        let alone: Vec<Vec<(usize, usize)>> = all
            .iter()
            .map(|clause| vec![*clause])
            .filter(|some| holds(some))
            .collect();
        if !alone.is_empty() {
            return alone;
        }
        let pairs = all
            .iter()
            .enumerate()
            .flat_map(|(place, one)| all[place + 1..].iter().map(move |other| vec![*one, *other]));
        let pairs: Vec<Vec<(usize, usize)>> = pairs.filter(|some| holds(some)).collect();
        if pairs.is_empty() {
            return vec![all.to_vec()];
        }
        pairs
    }

    /// Whether, if it speaks of the clauses `some`, it takes words out of others that it must not.
    fn clashes(
        &self,
        sentences: &[Vec<Clause<'_>>],
        all: &[(usize, usize)],
        some: &[(usize, usize)],
    ) -> bool {
        let clause = |(one, at): &(usize, usize)| &sentences[*one][*at];
        let here: Vec<&str> = some.iter().map(|one| clause(one).text).collect();
        let said = figures(self.all);
        let in_place_of_another = |one: &(usize, usize), other: &(usize, usize)| {
            clause(one).figures.iter().any(|unsaid| {
                !said.iter().any(|figure| figure.value == unsaid.value)
                    && clause(other).figures.iter().any(|taken| {
                        taken.kind == unsaid.kind
                            && said.iter().any(|figure| figure.value == taken.value)
                            && !clause(one)
                                .figures
                                .iter()
                                .any(|figure| figure.value == taken.value)
                    })
            })
        };
        if some.iter().any(|one| {
            some.iter()
                .any(|other| one.0 == other.0 && in_place_of_another(one, other))
        }) {
            return true;
        }
        let anchors = anchors(self.clause);
        let by_name = anchors.iter().any(|anchor| matches!(anchor, Anchor::Name(_)));
        all.iter().filter(|other| !some.contains(other)).any(|other| {
            let near = || some.iter().filter(move |one| one.0 == other.0);
            if near().next().is_none() || self.borrowed(&here, clause(other).text).count() == 0 {
                return false;
            }
            if near().all(|one| one.1 < other.1) {
                return anchors.is_empty()
                    || near().any(|one| in_place_of_another(other, one))
                    || by_name && names(clause(other).text).next().is_some();
            }
            // What it leaves out it must go on from: by its figure it is known to be the one that is spoken of.
            let mut after = near().filter(|one| !anchors.is_empty() && one.1 > other.1);
            after.any(|one| {
                unsaid(&without_figures(clause(one).text), clause(other).text, self.all)
                    .is_some_and(|(own, unsaid)| 2 * unsaid >= own)
            })
        })
    }

    fn is_of_another_sentence(&self, place: &Place<'_>) -> bool {
        let here = held_by(&self.terms, &place.bearing);
        let leans = place.bearing.iter().any(|text| leans(text));
        let said = pairs(self.clause.text);
        let bearing: Vec<(String, String)> = place.bearing.iter().flat_map(|text| pairs(text)).collect();
        place.others.iter().any(|other| {
            let borrowed = self.borrowed(&place.bearing, other);
            if borrowed.count() == 0 {
                return false;
            }
            let there = pairs(other);
            let in_place_of_another = said
                .iter()
                .filter(|pair| there.contains(pair))
                .any(|(word, next)| {
                    self.terms.held(word).without(here).without(self.above).count() > 0
                        && bearing.iter().any(|(own, beside)| {
                            beside == next && own != word && says_something_unsaid(own, self.all)
                        })
                });
            in_place_of_another || borrowed.begins() && !leans
        })
    }
}

/// What a clause must hold to be the one that is spoken of.
enum Anchor {
    /// A figure, and what it counts.
    Figure(String, Option<String>),
    Name(String),
}

impl Anchor {
    fn stands_in(&self, clause: &Clause<'_>) -> bool {
        match self {
            Self::Figure(value, unit) => clause.figures.iter().any(|figure| {
                let counts = |unit: &String| figure.unit == *unit || figure.unit.is_empty();
                figure.value == *value && unit.as_ref().is_none_or(counts)
            }),
            Self::Name(name) => Holdings::of([clause.text]).has_name(name),
        }
    }

    fn without_unit(self) -> Self {
        match self {
            Self::Figure(value, _) => Self::Figure(value, None),
            name @ Self::Name(_) => name,
        }
    }
}

fn anchors(clause: &Clause<'_>) -> Vec<Anchor> {
    let figures = clause.figures.iter().map(|figure| {
        let unit = Some(figure.unit.clone()).filter(|unit| !unit.is_empty());
        Anchor::Figure(figure.value.clone(), unit)
    });
    figures.chain(names(clause.text).map(Anchor::Name)).collect()
}

/// How many words stand in `own` and not in `other`, and how many of them were not said.
fn unsaid(own: &str, other: &str, said: &str) -> Option<(usize, usize)> {
    let terms = terms_of(own)?;
    let its = terms.held(own).without(terms.held(other));
    Some((its.count(), its.without(terms.held(said)).count())).filter(|(own, _)| *own > 0)
}

fn says_something_unsaid(word: &str, said: &str) -> bool {
    carries_sense(word) && terms_of(word).is_some_and(|terms| terms.held(said).count() == 0)
}

/// Whether a sentence speaks of something that another one names.
fn leans(sentence: &str) -> bool {
    const PRONOUNS: [&str; 6] = ["it", "its", "they", "them", "their", "these"];
    const CHINESE: [char; 3] = ['其', '它', '该'];
    words(sentence)
        .iter()
        .any(|word| PRONOUNS.contains(&word.to_lowercase().as_str()))
        || sentence.contains(CHINESE)
}

/// Each two words that stand beside each other.
fn pairs(text: &str) -> Vec<(String, String)> {
    let words: Vec<String> = words(text).iter().map(|word| word.to_lowercase()).collect();
    words
        .windows(2)
        .map(|two| (two[0].clone(), two[1].clone()))
        .collect()
}

/// Each two Han characters that stand beside each other.
fn han_pairs(text: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = text.chars().collect();
    let han = |pair: &&[char]| pair.iter().copied().all(Language::is_han);
    let pairs: Vec<String> = letters
        .windows(2)
        .filter(han)
        .map(|pair| pair.iter().collect())
        .collect();
    pairs.into_iter()
}

fn first_cell(row: &str) -> &str {
    row.split('|')
        .map(str::trim)
        .find(|cell| !cell.is_empty())
        .unwrap_or("")
}

fn held_by(terms: &QuestionTerms, texts: &[&str]) -> Held {
    texts
        .iter()
        .fold(Held::default(), |held, text| held.or(terms.held(text)))
}

#[cfg(test)]
mod tests;
