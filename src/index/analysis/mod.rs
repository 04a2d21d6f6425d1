//! How a text becomes what is searched for: folded, cut into terms, with its codes kept whole.
//!
//! The index, the query and the marks in a result all go through here, so that they never disagree:
//!
//! - [`fn@fold`]: compatibility forms, case and traditional Chinese characters are made one;
//! - [`terms`]: words stemmed as English, runs of Han characters cut by jieba in search mode;
//! - [`codes`]: part numbers, error codes and document numbers, whole;
//! - [`fn@matches`]: where a text holds what a query asks for.

mod code;
mod cut;
mod fold;
mod stop;

use std::collections::HashSet;

pub use code::codes;
pub use fold::fold;

pub(crate) use code::{asked_forms, indexed_forms, indexed_forms_folded};
pub(crate) use cut::{Parts, Term, analyse, analyse_folded};
pub(crate) use fold::Folded;

use crate::domain::{Language, Span};

/// The terms of `text`, in order and with repetitions, without the words that carry no meaning in questions of
/// `language`. Where nothing else remains, those words are kept.
pub fn terms(text: &str, language: Language) -> Vec<String> {
    content(text, language)
        .into_iter()
        .map(|term| term.text)
        .collect()
}

/// Where `text` holds a term or a code of `query`: spans of characters, in order, none touching another.
pub fn matches(text: &str, query: &str) -> Vec<Span> {
    let asked: HashSet<String> = content(query, Language::of(query))
        .into_iter()
        .map(|term| term.text)
        .collect();
    let codes: HashSet<String> = asked_forms(query).into_iter().collect();
    let folded = Folded::of(text);
    let mut spans: Vec<Span> = analyse_folded(&folded, Parts::ALL)
        .into_iter()
        .filter(|term| asked.contains(&term.text))
        .map(|term| term.span)
        .collect();
    if !codes.is_empty() {
        spans.extend(
            code::located(&folded)
                .into_iter()
                .filter(|found| found.forms.iter().any(|form| codes.contains(form)))
                .map(|found| found.span),
        );
    }
    joined(spans)
}

/// The terms of a question that carry its meaning.
pub(crate) fn content(text: &str, language: Language) -> Vec<Term> {
    without(analyse(text, Parts::ALL), |word| {
        stop::is_stop_word(word, language)
    })
}

/// The terms that a question is searched by: more than those of its [`content`].
pub(crate) fn searched(text: &str, language: Language) -> Vec<Term> {
    without(analyse(text, Parts::ALL), |word| {
        stop::is_asking_word(word, language)
    })
}

/// The terms that are not `stopped`, or all of them where none would be left.
fn without(all: Vec<Term>, stopped: impl Fn(&str) -> bool) -> Vec<Term> {
    let kept: Vec<Term> = all
        .iter()
        .filter(|term| !stopped(&term.surface))
        .cloned()
        .collect();
    if kept.is_empty() { all } else { kept }
}

fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.start, span.end));
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(text: &str, query: &str) -> Vec<String> {
        matches(text, query)
            .into_iter()
            .map(|span| {
                text.chars()
                    .skip(span.start as usize)
                    .take((span.end - span.start) as usize)
                    .collect()
            })
            .collect()
    }

    #[test]
    fn words_meet_in_their_stem() {
        assert_eq!(
            terms("tightening torques", Language::English),
            terms("tighten torque", Language::English)
        );
    }

    #[test]
    fn the_words_of_a_question_that_ask_are_no_terms() {
        assert_eq!(
            terms("What is the torque of the spindle?", Language::English),
            ["torqu", "spindl"]
        );
        assert!(!terms("主轴的扭矩是多少？", Language::Chinese).contains(&"多少".to_owned()));
    }

    #[test]
    fn a_question_of_nothing_but_such_words_keeps_them() {
        assert_eq!(terms("Who is it?", Language::English), ["who", "is", "it"]);
    }

    #[test]
    fn an_english_article_in_a_chinese_question_is_a_name() {
        assert!(terms("A 级品的标准", Language::Chinese).contains(&"a".to_owned()));
    }

    #[test]
    fn a_long_chinese_word_is_found_by_its_parts() {
        let terms = terms("北京大学", Language::Chinese);
        assert!(terms.contains(&"北京".to_owned()) && terms.contains(&"北京大学".to_owned()));
    }

    #[test]
    fn traditional_and_simplified_text_have_the_same_terms() {
        assert_eq!(
            terms("機器報警處理", Language::Chinese),
            terms("机器报警处理", Language::Chinese)
        );
    }

    #[test]
    fn a_match_is_marked_where_it_stands_in_the_unfolded_text() {
        assert_eq!(
            marked("The ＴＯＲＱＵＥ was tightened.", "torque tightening"),
            ["ＴＯＲＱＵＥ", "tightened"]
        );
        assert_eq!(
            marked("主軸報警 E-4021 出現時停機", "E4021 报警"),
            ["報警", "E-4021"]
        );
    }

    #[test]
    fn a_code_is_marked_as_a_whole_even_when_the_query_writes_it_apart() {
        assert_eq!(
            marked("See SOP-QA-014, revision 3.", "sop qa 014"),
            ["SOP-QA-014"]
        );
    }

    #[test]
    fn an_empty_query_marks_nothing() {
        assert!(matches("any text", "").is_empty());
    }

    proptest! {
        #[test]
        fn marks_lie_inside_the_text_in_order_and_apart(text in "\\PC{0,60}", query in "\\PC{0,20}") {
            let length = text.chars().count() as u32;
            let mut end = None;
            for span in matches(&text, &query) {
                prop_assert!(span.start < span.end && span.end <= length);
                prop_assert!(end.is_none_or(|end| span.start > end));
                end = Some(span.end);
            }
        }

        #[test]
        fn every_text_matches_itself(text in "[a-z]{3,8}( [a-z]{3,8}){0,5}") {
            prop_assert!(!matches(&text, &text).is_empty());
        }
    }
}
