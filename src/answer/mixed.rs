//! Whether a sentence puts the words of one clause into the place of another's: `mail is kept for 90 days` is made of
//! `files are kept for 90 days, mail for 30 days`, and each of its words stands there. Pure.
//!
//! The clause that holds the figures of a sentence must be the one that the sentence speaks of. Its other words may stand
//! in a clause before, for sentences leave out what was just said; not in one that comes later, with a figure of the same
//! kind. What the sentence speaks of first does not stand in another sentence; nor does a word that has taken another's
//! place beside the same word. In a table each row is about what stands in its first cell.

use std::collections::HashMap;

use super::clauses::{Clause, clauses};
use super::figures::{Holdings, names, words};
use super::quantities::{Figure, figures, without_figures};
use super::terms::{carries_sense, terms_of};
use crate::domain::Language;
use crate::index::coverage::{Held, QuestionTerms};

/// Clauses that are told from each other: a sentence of more is a list. Of what is said, so many are looked at.
const MOST_CLAUSES: usize = 32;
/// Pairs of clauses that may hold together what is said, of which so many are looked at.
const MOST_PAIRS: usize = 64;

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
    let bearing: Vec<Vec<Clause<'_>>> = match place.is_row {
        true => Vec::new(),
        false => place.bearing.iter().map(|text| clauses(text)).collect(),
    };
    let figures = figures(says);
    clauses(says).iter().take(MOST_CLAUSES).any(|clause| {
        let Some(terms) = terms_of(clause.text) else {
            return false;
        };
        let said = Said {
            all: says,
            figures: &figures,
            clause,
            above: held_by(&terms, &place.above),
            terms,
        };
        if place.is_row {
            said.is_of_another_row(place)
        } else {
            said.is_of_another_clause(&bearing) || said.is_of_another_sentence(place)
        }
    })
}

/// A clause of what bears the sentence out.
struct There<'text> {
    /// Which of the sentences it is of, and which of its clauses it is.
    sentence: usize,
    at: usize,
    clause: &'text Clause<'text>,
    /// The terms of what was said that stand in it.
    held: Held,
}

impl There<'_> {
    fn has(&self, figure: &Figure) -> bool {
        self.clause.figures.iter().any(|own| own.value == figure.value)
    }
}

/// A clause of what was said.
struct Said<'text> {
    /// All that was said with it.
    all: &'text str,
    /// The figures of all that.
    figures: &'text [Figure],
    clause: &'text Clause<'text>,
    terms: QuestionTerms,
    above: Held,
}

impl Said<'_> {
    /// Its terms that stand in `there` and not in `here`, nor above; each text with those that it holds. A single Han
    /// character counts only with its neighbour.
    fn borrowed(&self, (here, held_here): (&[&str], Held), (there, held_there): (&str, Held)) -> Held {
        let borrowed = held_there.without(self.above).without(held_here);
        let words = borrowed.without(self.terms.of_one_character());
        if words == borrowed {
            return borrowed;
        }
        let mut pairs = han_pairs(self.clause.text);
        let with_neighbour =
            |pair: String| there.contains(&pair) && !here.iter().any(|text| text.contains(&pair));
        if pairs.any(with_neighbour) {
            borrowed
        } else {
            words
        }
    }

    /// Whether it speaks of what another row is about, and not of what this one is.
    fn is_of_another_row(&self, place: &Place<'_>) -> bool {
        let own = place.bearing.first().map_or("", |row| first_cell(row));
        let here = held_by(&self.terms, &place.bearing);
        place.others.iter().any(|row| {
            let key = first_cell(row);
            let borrowed = self.borrowed((&place.bearing, here), (key, self.terms.held(key)));
            borrowed.count() > 0 && unsaid(own, key, self.all).is_some_and(|(own, unsaid)| unsaid == own)
        })
    }

    fn is_of_another_clause(&self, bearing: &[Vec<Clause<'_>>]) -> bool {
        let anchors = anchors(self.clause);
        let mut all: Vec<There<'_>> = Vec::new();
        for (sentence, clauses) in bearing.iter().enumerate() {
            all.extend(clauses.iter().enumerate().map(|(at, clause)| There {
                sentence,
                at,
                clause,
                held: self.terms.held(clause.text),
            }));
        }
        if all.len() > MOST_CLAUSES {
            // What has nothing of it neither bears it out nor lends it a word.
            let has_anchor =
                |there: &There<'_>| anchors.iter().any(|anchor| anchor.stands_in(there.clause, false));
            all.retain(|there| there.held.count() > 0 || has_anchor(there));
        }
        if all.len() > MOST_CLAUSES {
            return false;
        }
        let chosen = chosen(&anchors, &all);
        let mut going_on = HashMap::new();
        !chosen.is_empty()
            && chosen
                .iter()
                .all(|some| self.clashes(&anchors, &all, some, &mut going_on))
    }

    /// Whether, if it speaks of the clauses `some`, it takes words out of others that it must not. `going_on` remembers of
    /// two clauses whether it goes on from one to the other, for they come up again and again.
    fn clashes(
        &self,
        anchors: &[Anchor],
        all: &[There<'_>],
        some: &[usize],
        going_on: &mut HashMap<(usize, usize), bool>,
    ) -> bool {
        let here: Vec<&str> = some.iter().map(|one| all[*one].clause.text).collect();
        let held = some
            .iter()
            .fold(Held::default(), |held, one| held.or(all[*one].held));
        let said = |figure: &Figure| self.figures.iter().any(|said| said.value == figure.value);
        let in_place_of_another = |one: &There<'_>, other: &There<'_>| {
            one.clause.figures.iter().filter(|own| !said(own)).any(|unsaid| {
                other
                    .clause
                    .figures
                    .iter()
                    .any(|taken| taken.kind == unsaid.kind && said(taken) && !one.has(taken))
            })
        };
        let beside = |one: usize, other: usize| all[one].sentence == all[other].sentence;
        if some.iter().any(|one| {
            some.iter()
                .any(|other| beside(*one, *other) && in_place_of_another(&all[*one], &all[*other]))
        }) {
            return true;
        }
        let by_name = anchors.iter().any(|anchor| matches!(anchor, Anchor::Name(_)));
        (0..all.len()).filter(|other| !some.contains(other)).any(|other| {
            let there = &all[other];
            let near: Vec<usize> = some.iter().copied().filter(|one| beside(*one, other)).collect();
            if near.is_empty()
                || self
                    .borrowed((&here, held), (there.clause.text, there.held))
                    .count()
                    == 0
            {
                return false;
            }
            if near.iter().all(|one| all[*one].at < there.at) {
                return anchors.is_empty()
                    || near.iter().any(|one| in_place_of_another(there, &all[*one]))
                    || by_name && names(there.clause.text).next().is_some();
            }
            // What it leaves out it must go on from: by its figure it is known to be the one that is spoken of.
            near.into_iter()
                .filter(|one| !anchors.is_empty() && all[*one].at > there.at)
                .any(|one| {
                    *going_on.entry((one, other)).or_insert_with(|| {
                        let own = without_figures(all[one].clause.text);
                        unsaid(&own, there.clause.text, self.all)
                            .is_some_and(|(own, unsaid)| 2 * unsaid >= own)
                    })
                })
        })
    }

    fn is_of_another_sentence(&self, place: &Place<'_>) -> bool {
        let here = held_by(&self.terms, &place.bearing);
        let leans = place.bearing.iter().any(|text| leans(text));
        let said = pairs(self.clause.text);
        let bearing: Vec<(String, String)> = place.bearing.iter().flat_map(|text| pairs(text)).collect();
        place.others.iter().any(|other| {
            let borrowed = self.borrowed((&place.bearing, here), (other, self.terms.held(other)));
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
    /// Whether it stands there, and `counts` the same there if that is asked for.
    fn stands_in(&self, clause: &Clause<'_>, counts: bool) -> bool {
        match self {
            Self::Figure(value, unit) => clause.figures.iter().any(|figure| {
                let same = |unit: &String| figure.unit == *unit || figure.unit.is_empty();
                figure.value == *value && (!counts || unit.as_ref().is_none_or(same))
            }),
            Self::Name(name) => Holdings::of([clause.text]).has_name(name),
        }
    }
}

/// The clauses, by their places in `all`, that may be the ones that are spoken of: as few as hold the figures and names that
/// are said, or those that hold most of the words where there are none.
fn chosen(anchors: &[Anchor], all: &[There<'_>]) -> Vec<Vec<usize>> {
    let places = |anchor: &Anchor, counts: bool| -> Vec<bool> {
        all.iter()
            .map(|there| anchor.stands_in(there.clause, counts))
            .collect()
    };
    // Where each of them stands. `27 paid days` stand there as `27 days`.
    let wanted: Vec<Vec<bool>> = anchors
        .iter()
        .map(|anchor| {
            let same = places(anchor, true);
            if same.contains(&true) {
                same
            } else {
                places(anchor, false)
            }
        })
        .filter(|places| places.contains(&true))
        .collect();
    if wanted.is_empty() {
        let most = all.iter().map(|there| there.held.count()).max().unwrap_or(0);
        let has_most = |place: &usize| all[*place].held.count() == most;
        return (0..all.len()).filter(has_most).map(|place| vec![place]).collect();
    }
    let holds = |some: &Vec<usize>| {
        wanted
            .iter()
            .all(|places| some.iter().any(|place| places[*place]))
    };
    let alone: Vec<Vec<usize>> = (0..all.len()).map(|place| vec![place]).filter(holds).collect();
    if !alone.is_empty() {
        return alone;
    }
    let pairs = (0..all.len()).flat_map(|one| (one + 1..all.len()).map(move |other| vec![one, other]));
    let pairs: Vec<Vec<usize>> = pairs.filter(holds).take(MOST_PAIRS).collect();
    if pairs.is_empty() {
        return vec![(0..all.len()).collect()];
    }
    pairs
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
