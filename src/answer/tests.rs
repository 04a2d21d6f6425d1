//! Answers over a real store and real indexes.

use futures::StreamExt;

use super::verify::{Ground, Verifier};
use super::*;
use crate::domain::{Collection, Person, Quote, Readable, SearchFilter, Statement, Support};
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
    let answerer = Answerer::new(shelf.store.clone(), shelf.retriever(), Route::default());
    (shelf, answerer)
}

fn staff() -> Staff {
    Person::at_the_machine().staff()
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
            .answer(&staff(), Ask::new(question(asked)))
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
    let given = answerer.answer(&staff(), Ask::new(asked.clone())).await.unwrap();
    assert_eq!(given.verdict, Verdict::Refused);
    assert!(given.quotes.is_empty() && given.evidence < calibration::THRESHOLD);
    assert_eq!(given.passages[0].path, "canteen.md");
}

#[tokio::test]
async fn a_question_that_finds_nothing_is_refused() {
    let (_shelf, answerer) = answerer().await;
    let given = answerer
        .answer(&staff(), Ask::new(question("Zeppelin?")))
        .await
        .unwrap();
    assert_eq!((given.verdict, given.passages.len()), (Verdict::Refused, 0));
}

#[tokio::test]
async fn a_streamed_answer_sends_passages_then_sentences_then_the_end() {
    let (shelf, answerer) = answerer().await;
    let asked = question("When does the canteen open?");
    let whole = answerer.answer(&staff(), Ask::new(asked.clone())).await.unwrap();
    let events: Vec<AnswerEvent> = answerer
        .ask(&staff(), Ask::new(asked))
        .map(Result::unwrap)
        .collect()
        .await;
    assert!(
        matches!(events.first(), Some(AnswerEvent::Passages { passages, .. }) if *passages == whole.passages)
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
        .answer(&staff(), Ask::new(question("When does the canteen open?")))
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

#[tokio::test]
async fn a_follow_up_is_understood_with_the_question_before_and_kept_in_its_conversation() {
    let (shelf, answerer) = answerer().await;
    let first = answerer
        .answer(&staff(), Ask::new(question("When does the canteen open?")))
        .await
        .unwrap();
    let second = answerer
        .answer(
            &staff(),
            Ask {
                follows: first.id.clone(),
                ..Ask::new(question("And what does lunch cost there?"))
            },
        )
        .await
        .unwrap();
    assert_eq!(
        second.understood.as_deref(),
        Some("And what does lunch cost there? (canteen open)")
    );
    assert!(
        second
            .quotes
            .iter()
            .any(|quote| quote.text == "Lunch costs 4 euros.")
    );
    let third = answerer
        .answer(
            &staff(),
            Ask {
                follows: second.id.clone(),
                ..Ask::new(question(
                    "How many days of paid leave does a full-time worker get?",
                ))
            },
        )
        .await
        .unwrap();
    assert_eq!(third.understood, None);
    let conversation = shelf
        .store
        .conversation(third.id.as_ref().unwrap())
        .await
        .unwrap();
    let asked: Vec<&str> = conversation
        .iter()
        .map(|answer| answer.question.as_str())
        .collect();
    assert_eq!(
        asked,
        [
            "When does the canteen open?",
            "And what does lunch cost there?",
            "How many days of paid leave does a full-time worker get?"
        ]
    );
}

#[tokio::test]
async fn a_follow_up_is_shown_to_those_alone_who_may_read_what_the_answer_before_rests_on() {
    let (shelf, answerer) = answerer().await;
    let ask = |text: &str, collection: &str, follows: Option<&Given>| Ask {
        filter: SearchFilter {
            collections: vec![Collection(collection.to_owned())],
            ..SearchFilter::default()
        },
        follows: follows.and_then(|given| given.id.clone()),
        ..Ask::new(question(text))
    };
    let given = async |ask| answerer.answer(&staff(), ask).await.unwrap();
    let first = given(ask(
        "How many days of paid leave does a full-time worker get?",
        "hr",
        None,
    ))
    .await;
    let second = given(ask("And what does lunch cost there?", "", Some(&first))).await;
    assert!(second.understood.as_ref().unwrap().contains("leave"));
    let third = given(ask("And when does it open?", "", Some(&second))).await;
    let alone = "When does the canteen open in the morning, and what does lunch cost at noon?";
    let alone = given(ask(alone, "", Some(&third))).await;
    assert_eq!(alone.understood, None);

    let readable = |collections: &[&str]| {
        let collections = collections.iter().map(|name| Collection((*name).to_owned()));
        Person::visitor(Readable::Only(collections.collect())).staff()
    };
    let (ana, ben) = (readable(&["", "hr"]), readable(&[""]));
    let shown =
        async |to: &Staff, given: &Given| answerer.given(to, given.id.as_ref().unwrap()).await.is_ok();
    for given in [&second, &third] {
        assert!(shown(&ana, given).await);
        assert!(!shown(&ben, given).await, "{:?}", given.understood);
    }
    assert!(
        shown(&ben, &alone).await,
        "nothing of what was before went into it"
    );
    let conversation = answerer
        .conversation(&ben, alone.id.as_ref().unwrap())
        .await
        .unwrap();
    assert_eq!(conversation.len(), 1);

    // As answers were kept before they said what they lean on: then that is looked up.
    for given in [&second, &third, &alone] {
        shelf
            .store
            .forget_what_it_leans_on(given.id.as_ref().unwrap())
            .await;
    }
    assert!(!shown(&ben, &second).await && !shown(&ben, &third).await);
    assert!(shown(&ben, &alone).await && shown(&ana, &third).await);
}

#[tokio::test]
async fn a_question_that_follows_an_answer_that_is_gone_stands_alone() {
    let (_shelf, answerer) = answerer().await;
    let given = answerer
        .answer(
            &staff(),
            Ask {
                follows: Some(AnswerId("nothing".to_owned())),
                ..Ask::new(question("When does it open, the canteen?"))
            },
        )
        .await
        .unwrap();
    assert_eq!(
        (given.understood.as_deref(), given.verdict),
        (None, Verdict::Answered)
    );
}

#[tokio::test]
async fn without_a_model_quotes_are_enough_unless_a_model_is_insisted_on() {
    let (_shelf, answerer) = answerer().await;
    let asked = |by| Ask {
        by,
        ..Ask::new(question("When does the canteen open?"))
    };
    for by in [WrittenBy::Best, WrittenBy::Quotes] {
        let given = answerer.answer(&staff(), asked(by)).await.unwrap();
        assert_eq!((given.generator.as_str(), given.unwritten), (QUOTES, None));
    }
    let refused = answerer
        .answer(&staff(), asked(WrittenBy::Model))
        .await
        .unwrap_err();
    assert!(matches!(refused, AnswerError::NoModel), "{refused}");
}

/// What becomes of a sentence that a model wrote about three passages of the shelf.
async fn checked(text: &str, numbers: &[u32]) -> Statement {
    let shelf = Shelf::of(&DOCUMENTS).await;
    let mut grounds = Vec::new();
    for asked in ["paid leave", "canteen", "安全鞋"] {
        let found = shelf
            .retriever()
            .retrieve(
                &staff(),
                &question(asked),
                &SearchFilter::default(),
                Method::Lexical,
                1,
            )
            .await
            .unwrap();
        let number = u32::try_from(grounds.len() + 1).unwrap();
        grounds.push(Ground::new(number, found[0].clone()));
    }
    let verifier = Verifier {
        grounds,
        embedder: None,
    };
    let marked = cite::Marked {
        text: text.to_owned(),
        numbers: numbers.to_vec(),
    };
    verifier.check(marked).await.unwrap()
}

fn numbers(statement: &Statement) -> Vec<u32> {
    statement
        .citations
        .iter()
        .map(|citation| citation.number)
        .collect()
}

#[tokio::test]
async fn a_sentence_that_its_passage_bears_out_keeps_its_citation_and_points_at_the_words() {
    for (text, number, quote) in [
        (
            "Full-time workers get 27 days of paid leave every year.",
            1,
            "Every full-time worker gets 27 days of paid leave a year.",
        ),
        ("The canteen opens at eleven.", 2, "The canteen opens at eleven."),
        ("安全鞋每12个月更换一次。", 3, "安全鞋每十二个月更换一次。"),
    ] {
        let statement = checked(text, &[number]).await;
        assert_eq!(statement.support, Support::Supported, "{text}");
        assert_eq!(
            (numbers(&statement), statement.citations[0].quote.as_str()),
            (vec![number], quote)
        );
    }
}

#[tokio::test]
async fn a_sentence_that_cites_the_wrong_passage_or_none_is_given_the_right_one() {
    for cited in [vec![], vec![1], vec![3]] {
        let statement = checked("Lunch costs 4 euros.", &cited).await;
        assert_eq!(
            (numbers(&statement), statement.support),
            (vec![2], Support::Supported)
        );
    }
}

#[tokio::test]
async fn what_a_model_makes_up_is_marked() {
    let missing = |word: &str| Support::Missing {
        words: vec![word.to_owned()],
    };
    for (text, number, support) in [
        (
            "Every full-time worker gets 30 days of paid leave.",
            1,
            missing("30"),
        ),
        (
            "Ask Miller about the paid leave of full-time workers.",
            1,
            missing("Miller"),
        ),
        ("The canteen never opens at eleven.", 2, Support::Unsupported),
        ("The canteen does not open at eleven.", 2, Support::Unsupported),
        (
            "Hydraulic oil is changed by the supplier.",
            2,
            Support::Unsupported,
        ),
    ] {
        let statement = checked(text, &[number]).await;
        assert_eq!(statement.support, support, "{text}");
        assert_eq!(numbers(&statement), [number]);
    }
    let nothing = checked("Hydraulic oil is changed by the supplier.", &[]).await;
    assert_eq!(
        (nothing.citations.len(), nothing.support),
        (0, Support::Unsupported)
    );
}
