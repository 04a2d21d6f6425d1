//! A verified answer as an inspector writes it: from sentences to lines with marks, and back. Pure.

use super::{Draft, ReviewError};
use crate::answer::{Marked, marked};
use crate::domain::{
    Block, Citation, Formatting, PassageId, Question, Span, Statement, Support, bounded, sentences,
};
use crate::index::analysis::terms;
use crate::store::VisiblePassage;

/// Ways to put the question that a verified answer answers.
const MOST_QUESTIONS: usize = 20;
/// Sentences of a verified answer.
const MOST_SENTENCES: usize = 40;
/// The longest text of a verified answer, in characters.
const LONGEST: usize = 8_000;

/// A sentence as it would be typed on a line of its own, and its places.
pub(super) type Typed<'answer> = (String, Vec<&'answer Citation>);

pub(super) fn typed(statement: &Statement) -> Typed<'_> {
    let Formatting { block, begins, .. } = statement.formatting;
    let before = match (block, begins) {
        (Block::Paragraph, true) => "\n",
        // It goes on within an item.
        (Block::Item | Block::Numbered(_), false) => "  ",
        _ => "",
    };
    let text = statement.formatting.typed(&statement.text).replace('\n', " ");
    (format!("{before}{text}"), statement.citations.iter().collect())
}

/// A text that reads as these statements, as it is put before an inspector again.
#[cfg(test)]
pub(super) fn written(statements: &[Statement], passages: &[VisiblePassage]) -> String {
    let statements: Vec<Typed<'_>> = statements.iter().map(typed).collect();
    text_with_marks(&statements, passages)
}

/// Sentences one a line, each with the marks of those of its passages that are there to choose from.
pub(super) fn text_with_marks(statements: &[Typed<'_>], passages: &[VisiblePassage]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (text, citations) in statements {
        let mut line = text.clone();
        for citation in citations {
            let place = passages
                .iter()
                .position(|passage| passage.passage.id == citation.passage);
            if let Some(place) = place {
                line.push_str(&format!(" [{}]", place + 1));
            }
        }
        lines.push(line);
    }
    lines.join("\n").trim_start().to_owned()
}

/// The questions of a draft, each once.
pub(super) fn questions(text: &str) -> Result<Vec<String>, ReviewError> {
    let mut questions: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let question = Question::parse(line)?.as_str().to_owned();
        if !questions.contains(&question) {
            questions.push(question);
        }
    }
    match questions.len() {
        0 => Err(crate::domain::InvalidQuestion::Empty.into()),
        1..=MOST_QUESTIONS => Ok(questions),
        _ => Err(ReviewError::TooMany {
            what: "questions",
            most: MOST_QUESTIONS,
        }),
    }
}

/// The sentences of a draft, each with its citations.
pub(super) fn statements(draft: &Draft, passages: &[VisiblePassage]) -> Result<Vec<Statement>, ReviewError> {
    let text = bounded(&draft.text, LONGEST)?;
    let most = u32::try_from(draft.passages.len()).unwrap_or(u32::MAX);
    let marked = marked(&text, most);
    match marked.len() {
        0 => return Err(ReviewError::Empty),
        1..=MOST_SENTENCES => {}
        _ => {
            return Err(ReviewError::TooMany {
                what: "sentences",
                most: MOST_SENTENCES,
            });
        }
    }
    // Numbers as a reader sees them: 1 for the passage that is cited first.
    let mut order: Vec<PassageId> = Vec::new();
    marked
        .into_iter()
        .map(|(Marked { text, numbers }, formatting)| {
            if numbers.is_empty() {
                return Err(ReviewError::Uncited { sentence: text });
            }
            let citations = numbers
                .iter()
                .map(|number| {
                    let id = draft.passages[*number as usize - 1];
                    let passage = passages.iter().find(|passage| passage.passage.id == id);
                    let passage = passage.ok_or(ReviewError::PassageGone)?;
                    let place = order.iter().position(|known| *known == id).unwrap_or_else(|| {
                        order.push(id);
                        order.len() - 1
                    });
                    Ok(citation(place, &text, passage))
                })
                .collect::<Result<Vec<_>, ReviewError>>()?;
            Ok(Statement {
                text,
                citations,
                support: Support::Supported,
                formatting,
            })
        })
        .collect()
}

/// The citation of a passage by a sentence: what it quotes is the sentence of the passage that shares most words with it.
fn citation(place: usize, text: &str, visible: &VisiblePassage) -> Citation {
    let passage = &visible.passage;
    let language = crate::domain::Language::of(text);
    let wanted = terms(text, language);
    let shared = |sentence: &str| {
        let held = terms(sentence, language);
        wanted.iter().filter(|term| held.contains(term)).count()
    };
    let nearest = sentences(&passage.text)
        .into_iter()
        .map(|sentence| (shared(sentence.text), sentence))
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    let (quote, span) = nearest.map_or_else(
        || (passage.text.clone(), Span { start: 0, end: 0 }),
        |(_, sentence)| (sentence.text.to_owned(), sentence.span),
    );
    Citation {
        number: u32::try_from(place + 1).unwrap_or(u32::MAX),
        passage: passage.id,
        document: passage.document,
        generation: passage.generation,
        title: visible.title.clone(),
        path: visible.path.clone(),
        locator: passage.locator.clone(),
        quote,
        span,
    }
}
