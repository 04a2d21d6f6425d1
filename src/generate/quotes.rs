//! The generator without a model: the sentences themselves, verbatim. It cannot make anything up.

use std::collections::HashMap;

use super::Brief;
use super::evidence::{Candidate, Excerpt};
use super::pieces::columns;
use crate::domain::{Citation, PassageId, Quote, Span};
use crate::index::analysis::codes;

/// How many sentences an answer has at most.
const MOST_SENTENCES: usize = 3;
/// A sentence whose score lies further below the best one's is not worth reading.
const FURTHEST: f32 = 0.35;

/// The name under which answers without a model are kept.
pub const QUOTES: &str = "quotes";

/// The sentences that answer best, verbatim, in reading order. There is one at least, if there is any candidate.
pub fn quotes(brief: &Brief) -> Vec<Quote> {
    let chosen = choose(&brief.candidates, &codes(brief.question.as_str()));
    let ordered = in_reading_order(chosen, &brief.excerpts);
    let mut numbers: HashMap<PassageId, u32> = HashMap::new();
    ordered
        .into_iter()
        .map(|candidate| {
            let passage = brief.excerpts[candidate.excerpt].passage.passage.id;
            let next = u32::try_from(numbers.len() + 1).unwrap_or(u32::MAX);
            let number = *numbers.entry(passage).or_insert(next);
            quote(candidate, &brief.excerpts[candidate.excerpt], number)
        })
        .collect()
}

/// The best sentences, no two of them the same. Where the best one holds a code that was asked for, none is about another
/// code of that kind: the row above in a table of alarms is no answer.
fn choose<'a>(candidates: &'a [Candidate], asked: &[String]) -> Vec<&'a Candidate> {
    let mut chosen: Vec<&Candidate> = Vec::new();
    let Some(best) = candidates.first() else {
        return chosen;
    };
    let names_it = asked.iter().any(|code| codes(&best.text).contains(code));
    for candidate in candidates {
        if names_it && is_about_another(&candidate.text, asked) {
            continue;
        }
        if chosen.len() == MOST_SENTENCES || candidate.score < best.score - FURTHEST {
            break;
        }
        if chosen
            .iter()
            .all(|known| !says_the_same(&known.text, &candidate.text))
        {
            chosen.push(candidate);
        }
    }
    chosen
}

/// Sentences of one document stand together in its order; the document with the best sentence comes first.
fn in_reading_order<'a>(mut chosen: Vec<&'a Candidate>, excerpts: &[Excerpt]) -> Vec<&'a Candidate> {
    let generation = |candidate: &Candidate| excerpts[candidate.excerpt].passage.passage.generation;
    let mut order = Vec::new();
    for candidate in &chosen {
        if !order.contains(&generation(candidate)) {
            order.push(generation(candidate));
        }
    }
    chosen.sort_by_key(|candidate| {
        let rank = order.iter().position(|known| *known == generation(candidate));
        (
            rank,
            excerpts[candidate.excerpt].passage.passage.ordinal,
            candidate.span.start,
        )
    });
    chosen
}

fn quote(candidate: &Candidate, excerpt: &Excerpt, number: u32) -> Quote {
    let found = &excerpt.passage;
    Quote {
        text: candidate.text.clone(),
        citation: Citation {
            number,
            passage: found.passage.id,
            document: found.passage.document,
            generation: found.passage.generation,
            title: found.title.clone(),
            path: found.path.clone(),
            locator: found.passage.locator.clone(),
            quote: candidate.text.clone(),
            span: Span { ..candidate.span },
        },
        score: candidate.score.clamp(0.0, 1.0),
        columns: columns(&found.passage.text, found.passage.locator.rows, candidate.span),
    }
}

/// Whether a sentence holds codes that are built like those that were asked for, and none of these.
fn is_about_another(text: &str, asked: &[String]) -> bool {
    let held = codes(text);
    let alike = |code: &String| asked.iter().any(|asked| shape(asked) == shape(code));
    !held.iter().any(|code| asked.contains(code)) && held.iter().any(alike)
}

/// How a code is built: its letters and digits by kind, the rest as it is.
fn shape(code: &str) -> String {
    code.chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' => 'a',
            '0'..='9' => '0',
            other => other,
        })
        .collect()
}

fn says_the_same(one: &str, other: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars()
            .filter(|letter| letter.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    letters(one) == letters(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_of_another_alarm_is_about_another_code() {
        let asked = codes("What does error code E-4021 mean?");
        for (text, another) in [
            ("E-4010 | Honing oil flow too low | Advance the paper band", true),
            ("E-4021 | Spindle torque limit exceeded | E-4022 follows", false),
            ("Retract the tool; reset breaker Q4 and dress the stones", false),
            ("The alarm stops the spindle", false),
        ] {
            assert_eq!(is_about_another(text, &asked), another, "{text}");
        }
    }
}
