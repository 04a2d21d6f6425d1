//! Choosing sentences, over passages made by hand.

use super::*;
use crate::domain::{
    Collection, DocumentId, FileKind, GenerationId, Locator, Passage, PassageId, Quote, ScoredPassage,
};
use crate::index::IndexError;
use crate::index::coverage::QuestionTerms;

/// Passage `ordinal` of document `document`.
fn excerpt(document: i64, ordinal: u32, text: &str) -> Excerpt {
    let passage = Passage {
        id: PassageId(document * 100 + i64::from(ordinal)),
        document: DocumentId(document),
        generation: GenerationId(document),
        ordinal,
        locator: Locator::default(),
        text: text.to_owned(),
    };
    let passage = ScoredPassage {
        passage,
        title: "Manual".to_owned(),
        path: format!("{document}.md"),
        collection: Collection::top(),
        kind: FileKind::Markdown,
        score: 1.0,
        lexical: Some(1.0),
        dense: None,
        revision: None,
    };
    Excerpt { passage, found: true }
}

async fn quotes(question: &str, excerpts: Vec<Excerpt>) -> Vec<Quote> {
    let question = Question::parse(question).unwrap();
    let terms = QuestionTerms::weighed(&question, 100, |_| Ok::<u64, IndexError>(5)).unwrap();
    let candidates = candidates(&question, &terms, None, &excerpts).await.unwrap();
    super::quotes(&Brief {
        question,
        excerpts,
        candidates,
    })
}

fn best(quotes: &[Quote]) -> &str {
    quotes
        .iter()
        .max_by(|one, other| one.score.total_cmp(&other.score))
        .map_or("", |best| &best.text)
}

#[tokio::test]
async fn the_sentence_with_the_question_in_it_is_quoted_word_for_word() {
    let text = "The press weighs 3 t.  The torque of the flange bolts is 25 Nm. Paint it grey.";
    let quotes = quotes(
        "What is the torque of the flange bolts?",
        vec![excerpt(1, 0, text)],
    )
    .await;
    assert_eq!(best(&quotes), "The torque of the flange bolts is 25 Nm.");
    for quote in quotes {
        let span = quote.citation.span;
        let cut: String = text
            .chars()
            .skip(span.start as usize)
            .take((span.end - span.start) as usize)
            .collect();
        assert_eq!(cut, quote.text);
    }
}

#[tokio::test]
async fn a_question_in_a_document_is_not_the_answer_but_what_follows_it_is() {
    let text = "How many days of leave do I get? You get 27 a year. May I carry leave over? Until 31 March.";
    let quotes = quotes("How many days of leave do I get?", vec![excerpt(1, 0, text)]).await;
    assert_eq!(best(&quotes), "You get 27 a year.");
}

#[tokio::test]
async fn an_answer_that_goes_on_in_the_next_passage_is_not_cut_in_half() {
    let excerpts = vec![
        excerpt(1, 0, "The coolant of the grinding machine is changed regularly."),
        excerpt(1, 1, "This is done every 6 months."),
        excerpt(2, 4, "Shoes are changed every 12 months."),
    ];
    let quotes = quotes(
        "How often is the coolant of the grinding machine changed?",
        excerpts,
    )
    .await;
    assert!(
        quotes.iter().any(|quote| quote.text.contains("6 months")),
        "{quotes:?}"
    );
}

#[tokio::test]
async fn of_two_sentences_alike_the_one_with_a_new_figure_answers_how_many() {
    let text = "The buffer store holds spare seals. The buffer store holds 40 spare seals.";
    let quotes = quotes(
        "How many spare seals does the buffer store hold?",
        vec![excerpt(1, 0, text)],
    )
    .await;
    assert_eq!(best(&quotes), "The buffer store holds 40 spare seals.");
}

#[tokio::test]
async fn sentences_stand_in_the_order_of_their_document_and_a_passage_has_one_number() {
    let text = "First close the valve. Then open the drain valve. Finally rinse the valve.";
    let quotes = quotes(
        "Which valve is opened, closed and rinsed?",
        vec![excerpt(1, 0, text), excerpt(1, 1, "Mind the valve.")],
    )
    .await;
    assert!(quotes.windows(2).all(|pair| {
        let place = |quote: &Quote| (quote.citation.passage, quote.citation.span.start);
        place(&pair[0]) < place(&pair[1])
    }));
    assert!(
        quotes
            .iter()
            .all(|quote| (quote.citation.passage == PassageId(100)) == (quote.citation.number == 1))
    );
}

#[tokio::test]
async fn the_same_sentence_is_quoted_once() {
    let rule = "Visitors register at the gate.";
    let quotes = quotes(
        "Where do visitors register?",
        vec![excerpt(1, 0, rule), excerpt(2, 0, rule)],
    )
    .await;
    assert_eq!(quotes.len(), 1);
}

#[tokio::test]
async fn without_passages_nothing_is_quoted() {
    assert!(quotes("Anything?", Vec::new()).await.is_empty());
}
