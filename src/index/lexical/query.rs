//! From what a person typed to a query of tantivy, by hand: no text is a syntax error.

use tantivy::Term;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, FuzzyTermQuery, Occur, PhraseQuery, Query, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::schema::{Fields, collection_term, kind_term};
use crate::domain::{Language, Scope};
use crate::index::analysis::{self, Parts, analyse, asked_forms};

/// More different terms than this are dropped: the question is long enough without them.
const MOST_TERMS: usize = 96;

/// With fewer letters nearly every word begins.
const SHORTEST_START: usize = 2;

/// How much a field counts beside the text of a passage, which counts 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Boosts {
    /// The document's title.
    pub title: f32,
    /// Headings over the passage.
    pub headings: f32,
    /// A code that is the same as in the question, whole.
    pub codes: f32,
}

impl Default for Boosts {
    fn default() -> Self {
        Self {
            title: 0.4,
            headings: 0.4,
            codes: 2.5,
        }
    }
}

/// The query, or nothing if `text` holds no term. While somebody is `typing`, words that begin with the last one count too.
pub(super) fn build(
    fields: &Fields,
    boosts: &Boosts,
    text: &str,
    scope: &Scope,
    typing: bool,
) -> Option<Box<dyn Query>> {
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    let (phrases, unquoted) = phrases(text);
    for phrase in phrases {
        clauses.extend(
            phrase_clauses(fields, boosts, &phrase)
                .into_iter()
                .map(|clause| (Occur::Must, clause)),
        );
    }
    let mut terms = any_term(fields, boosts, &unquoted);
    if typing {
        terms.extend(begun(fields, boosts, &unquoted));
    }
    if terms.is_empty() && clauses.is_empty() {
        return None;
    }
    // A phrase that must occur makes the other words optional; without one, one of them must.
    let words: Box<dyn Query> = Box::new(BooleanQuery::union(terms));
    clauses.push((
        if clauses.is_empty() {
            Occur::Must
        } else {
            Occur::Should
        },
        words,
    ));
    let restrictions = restrictions(fields, scope);
    if restrictions.is_empty() && clauses.len() == 1 {
        return clauses.pop().map(|(_, words)| words);
    }
    clauses.extend(
        restrictions
            .into_iter()
            .map(|restriction| (Occur::Must, restriction)),
    );
    Some(Box::new(BooleanQuery::new(clauses)))
}

fn any_term(fields: &Fields, boosts: &Boosts, text: &str) -> Vec<Box<dyn Query>> {
    let mut terms: Vec<(String, bool)> = Vec::new();
    for term in analysis::searched(text, Language::of(text)) {
        if terms.len() < MOST_TERMS && !terms.iter().any(|(known, _)| *known == term.text) {
            terms.push((term.text, term.han));
        }
    }
    let mut queries: Vec<Box<dyn Query>> = Vec::new();
    for (term, han) in terms {
        let body = if han { fields.body_zh } else { fields.body_en };
        for (field, boost) in [
            (body, 1.0),
            (fields.title, boosts.title),
            (fields.headings, boosts.headings),
        ] {
            queries.push(boosted(
                term_query(field, &term, IndexRecordOption::WithFreqs),
                boost,
            ));
        }
    }
    for code in asked_forms(text) {
        queries.push(boosted(
            term_query(fields.codes, &code, IndexRecordOption::Basic),
            boosts.codes,
        ));
    }
    queries
}

/// Whole codes and words that begin as the last word does, which may not be typed to its end.
fn begun(fields: &Fields, boosts: &Boosts, text: &str) -> Vec<Box<dyn Query>> {
    if text.ends_with(char::is_whitespace) {
        return Vec::new();
    }
    let last = analysis::fold(text.split_whitespace().last().unwrap_or_default());
    let joined: String = last
        .chars()
        .filter(|character| character.is_ascii_alphanumeric())
        .collect();
    let begins = |field: Field, start: &str, boost: f32| {
        let term = Term::from_field_text(field, start);
        boosted(Box::new(FuzzyTermQuery::new_prefix(term, 0, true)), boost)
    };
    let mut queries = Vec::new();
    if joined.len() >= SHORTEST_START {
        queries.push(begins(fields.codes, &joined, boosts.codes / 2.0));
    }
    if last.len() > SHORTEST_START && last.chars().all(|character| character.is_ascii_alphabetic()) {
        queries.push(begins(fields.body_en, &last, 0.5));
        queries.push(begins(fields.title, &last, boosts.title / 2.0));
    }
    queries
}

/// One clause for the words and one for the Han characters of a phrase, since no field but title and headings holds
/// both side by side.
fn phrase_clauses(fields: &Fields, boosts: &Boosts, phrase: &str) -> Vec<Box<dyn Query>> {
    [(Parts::WORDS, fields.body_en), (Parts::HAN, fields.body_zh)]
        .into_iter()
        .filter_map(|(parts, body)| {
            let terms = smallest(analyse(phrase, parts));
            (!terms.is_empty()).then(|| {
                let places = [
                    (body, 1.0),
                    (fields.title, boosts.title),
                    (fields.headings, boosts.headings),
                ];
                let anywhere = places
                    .into_iter()
                    .map(|(field, boost)| boosted(phrase_query(field, &terms), boost));
                Box::new(BooleanQuery::union(anywhere.collect())) as Box<dyn Query>
            })
        })
        .collect()
}

/// jieba gives a long word and its parts; the parts are what every text that holds the phrase is cut into.
fn smallest(terms: Vec<analysis::Term>) -> Vec<(usize, String)> {
    let holds = |outer: &analysis::Term, inner: &analysis::Term| {
        outer.width > inner.width
            && outer.position <= inner.position
            && inner.position + inner.width <= outer.position + outer.width
    };
    let mut kept: Vec<&analysis::Term> = Vec::new();
    for term in &terms {
        let overlaps = kept
            .last()
            .is_some_and(|last| last.position + last.width > term.position);
        if !overlaps && !terms.iter().any(|other| holds(term, other)) {
            kept.push(term);
        }
    }
    kept.into_iter()
        .map(|term| (term.position, term.text.clone()))
        .collect()
}

fn phrase_query(field: Field, terms: &[(usize, String)]) -> Box<dyn Query> {
    match terms {
        [(_, only)] => term_query(field, only, IndexRecordOption::WithFreqs),
        _ => Box::new(PhraseQuery::new_with_offset(
            terms
                .iter()
                .map(|(position, term)| (*position, Term::from_field_text(field, term)))
                .collect(),
        )),
    }
}

/// What limits a query to a scope, which must not be empty.
fn restrictions(fields: &Fields, scope: &Scope) -> Vec<Box<dyn Query>> {
    let any = |field: Field, terms: Vec<String>| -> Option<Box<dyn Query>> {
        let one_of = terms
            .iter()
            .map(|term| term_query(field, term, IndexRecordOption::Basic))
            .collect();
        (!terms.is_empty()).then(|| {
            Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::union(one_of)), 0.0)) as Box<dyn Query>
        })
    };
    [
        any(
            fields.collection,
            scope.collections.iter().flatten().map(collection_term).collect(),
        ),
        any(
            fields.kind,
            scope
                .kinds
                .iter()
                .map(|kind| kind_term(*kind).to_owned())
                .collect(),
        ),
        scope.documents.as_ref().map(|documents| {
            let terms = documents
                .iter()
                .map(|document| Term::from_field_i64(fields.document, document.0));
            Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), 0.0)) as Box<dyn Query>
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn term_query(field: Field, term: &str, record: IndexRecordOption) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, term), record))
}

fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    if (boost - 1.0).abs() < f32::EPSILON {
        query
    } else {
        Box::new(BoostQuery::new(query, boost))
    }
}

/// The quoted parts of `text`, and `text` without its quotation marks. A mark without a partner is no mark.
fn phrases(text: &str) -> (Vec<String>, String) {
    let mut phrases = Vec::new();
    let mut rest = text;
    while let Some((open, mark)) = rest.char_indices().find(|(_, mark)| closing(*mark).is_some()) {
        let after = &rest[open + mark.len_utf8()..];
        let Some(close) = closing(mark).and_then(|closing| after.find(closing)) else {
            rest = after;
            continue;
        };
        phrases.push(after[..close].to_owned());
        rest = &after[close..];
        rest = rest.char_indices().nth(1).map_or("", |(next, _)| &rest[next..]);
    }
    let unquoted = text.replace(['"', '“', '”', '「', '」', '『', '』', '«', '»'], " ");
    (phrases, unquoted)
}

fn closing(mark: char) -> Option<char> {
    match mark {
        '"' => Some('"'),
        '“' => Some('”'),
        '「' => Some('」'),
        '『' => Some('』'),
        '«' => Some('»'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_parts_are_phrases_and_a_lonely_mark_is_none() {
        assert_eq!(
            phrases("find \"oil seal\" and “油封” now").0,
            ["oil seal", "油封"]
        );
        assert!(phrases("a 3\" pipe").0.is_empty());
    }

    #[test]
    fn only_the_parts_of_a_long_word_make_its_phrase() {
        let words: Vec<String> = smallest(analyse("北京大学", Parts::HAN))
            .into_iter()
            .map(|(_, word)| word)
            .collect();
        assert_eq!(words, ["北京", "大学"]);
    }
}
