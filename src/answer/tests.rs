//! Answers over a real store and real indexes.

use futures::StreamExt;

use super::*;
use crate::generate::Quotes;
use crate::retrieve::shelf::Shelf;

const DOCUMENTS: [(&str, &[&str]); 3] = [
    (
        "hr/leave.md",
        &[
            "Every full-time worker gets 27 days of paid leave a year. Requests are handed in to the shift leader.",
        ],
    ),
    (
        "canteen.md",
        &["The canteen opens at eleven. Lunch costs 4 euros."],
    ),
    ("zh/shoes.md", &["安全鞋每十二个月更换一次。到仓库窗口领取新鞋。"]),
];

async fn answerer() -> (Shelf, Answerer) {
    let shelf = Shelf::of(&DOCUMENTS).await;
    let answerer = Answerer::new(shelf.store.clone(), shelf.retriever(), Arc::new(Quotes));
    (shelf, answerer)
}

fn question(text: &str) -> Question {
    Question::parse(text).unwrap()
}

#[tokio::test]
async fn an_answer_quotes_its_document_word_for_word() {
    let (shelf, answerer) = answerer().await;
    for (asked, path, answer) in [
        (
            "How many days of paid leave does a full-time worker get?",
            "hr/leave.md",
            "27 days",
        ),
        ("安全鞋多久更换一次？", "zh/shoes.md", "十二个月"),
    ] {
        let given = answerer
            .answer(&question(asked), &SearchFilter::default())
            .await
            .unwrap();
        assert_eq!(given.verdict, Verdict::Answered);
        let quote = given
            .quotes
            .iter()
            .find(|quote| quote.text.contains(answer))
            .unwrap();
        assert_eq!(quote.citation.path, path);
        let shown = shelf
            .store
            .passages_visible(&[quote.citation.passage])
            .await
            .unwrap();
        assert!(shown[0].passage.text.contains(&quote.text));
    }
}

#[tokio::test]
async fn a_question_that_the_documents_do_not_answer_is_refused_with_the_nearest_passages() {
    let (_shelf, answerer) = answerer().await;
    let asked = question("Which supplier delivers the hydraulic oil for the canteen's zeppelin hangar?");
    let given = answerer.answer(&asked, &SearchFilter::default()).await.unwrap();
    assert_eq!(given.verdict, Verdict::Refused);
    assert!(given.quotes.is_empty() && given.evidence < calibration::THRESHOLD);
    assert_eq!(given.passages[0].path, "canteen.md");
}

#[tokio::test]
async fn a_question_that_finds_nothing_is_refused() {
    let (_shelf, answerer) = answerer().await;
    let given = answerer
        .answer(&question("Zeppelin?"), &SearchFilter::default())
        .await
        .unwrap();
    assert_eq!((given.verdict, given.passages.len()), (Verdict::Refused, 0));
}

#[tokio::test]
async fn a_streamed_answer_sends_passages_then_sentences_then_the_end() {
    let (shelf, answerer) = answerer().await;
    let asked = question("When does the canteen open?");
    let whole = answerer.answer(&asked, &SearchFilter::default()).await.unwrap();
    let events: Vec<AnswerEvent> = answerer
        .ask(asked, SearchFilter::default())
        .map(Result::unwrap)
        .collect()
        .await;
    assert!(
        matches!(events.first(), Some(AnswerEvent::Passages { passages }) if *passages == whole.passages)
    );
    let sentences: Vec<&Quote> = events
        .iter()
        .filter_map(|event| {
            if let AnswerEvent::Sentence { quote } = event {
                Some(quote)
            } else {
                None
            }
        })
        .collect();
    assert!(sentences.into_iter().eq(whole.quotes.iter()));
    let Some(AnswerEvent::Done {
        verdict: Verdict::Answered,
        id: Some(id),
        ..
    }) = events.last()
    else {
        panic!("it ended with {:?}", events.last());
    };
    let kept = shelf.store.answer(&AnswerId(id.clone())).await.unwrap().unwrap();
    assert_eq!(kept.quotes, whole.quotes);
}

#[tokio::test]
async fn an_answer_is_kept_as_it_was_given() {
    let (shelf, answerer) = answerer().await;
    let given = answerer
        .answer(&question("When does the canteen open?"), &SearchFilter::default())
        .await
        .unwrap();
    shelf.store.mark_missing("canteen.md").await.unwrap();
    let kept = shelf
        .store
        .answer(given.id.as_ref().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept.quotes, given.quotes);
}
