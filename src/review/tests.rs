//! What an inspector may send as a verified answer, as tables.

use super::lines::{questions, statements, written};
use super::{Draft, ReviewError};
use crate::domain::{Block, Collection, DocumentId, FileKind, GenerationId, Locator, Passage, PassageId};
use crate::store::VisiblePassage;

fn visible(id: i64, text: &str) -> VisiblePassage {
    VisiblePassage {
        passage: Passage {
            id: PassageId(id),
            document: DocumentId(id),
            generation: GenerationId(id),
            ordinal: 0,
            locator: Locator::default(),
            text: text.to_owned(),
        },
        title: format!("document {id}"),
        path: format!("hr/{id}.md"),
        collection: Collection("hr".to_owned()),
        kind: FileKind::Markdown,
        modified_ms: 0,
        controlled: None,
    }
}

fn passages() -> Vec<VisiblePassage> {
    vec![
        visible(7, "The canteen opens at eleven. Lunch costs 4 euros."),
        visible(9, "Requests are handed in to the shift leader."),
    ]
}

fn draft(text: &str) -> Draft {
    Draft {
        questions: "What does lunch cost?".to_owned(),
        text: text.to_owned(),
        passages: vec![PassageId(7), PassageId(9), PassageId(11)],
        months: 12,
    }
}

#[test]
fn each_line_is_a_question_and_each_stands_once() {
    let read = questions(" What does lunch cost? \r\n\nPrice of lunch\nWhat does lunch cost?").unwrap();
    assert_eq!(read, ["What does lunch cost?", "Price of lunch"]);
    assert!(matches!(questions("\n \n"), Err(ReviewError::Question(_))));
    let many: Vec<String> = (0..21).map(|number| format!("question {number}")).collect();
    assert!(matches!(
        questions(&many.join("\n")),
        Err(ReviewError::TooMany { most: 20, .. })
    ));
}

#[test]
fn every_sentence_cites_the_words_that_come_nearest_to_it() {
    let read = statements(
        &draft("Hand requests to your shift leader. [2]\nLunch is 4 euros. [1][2]"),
        &passages(),
    )
    .unwrap();
    assert_eq!(read.len(), 2);
    let cited = |sentence: usize| -> Vec<(u32, i64, &str)> {
        let citations = read[sentence].citations.iter();
        citations
            .map(|citation| (citation.number, citation.passage.0, citation.quote.as_str()))
            .collect()
    };
    assert_eq!(cited(0), [(1, 9, "Requests are handed in to the shift leader.")]);
    assert_eq!(
        cited(1),
        [
            (2, 7, "Lunch costs 4 euros."),
            (1, 9, "Requests are handed in to the shift leader.")
        ]
    );
    assert_eq!(
        (read[1].citations[0].span.start, read[1].citations[0].span.end),
        (29, 49)
    );
}

#[test]
fn what_cites_nothing_or_what_is_gone_is_refused() {
    for (text, refused) in [
        ("", "no sentence"),
        ("Lunch is 4 euros.", "cites no passage"),
        ("Lunch is 4 euros. [1] It is good.", "cites no passage"),
        ("Lunch is 4 euros. [4]", "cites no passage"),
        ("Lunch is 4 euros. [3]", "not there any more"),
    ] {
        let error = statements(&draft(text), &passages()).unwrap_err().to_string();
        assert!(error.contains(refused), "{text}: {error}");
    }
}

#[test]
fn a_verified_answer_that_is_put_before_an_inspector_again_reads_as_it_was() {
    let text = "Do this. [1]\nThen that. [1]\n\nAnd **then**: [2]\n- Stop it. [1] Wait. [2]\n- Lock it [1]\n  Wait. [1]\n\n\
                That is all. [1][2]\n1. First. [1]\n2. Second. [2]";
    let read = statements(&draft(text), &passages()).unwrap();
    let set: Vec<(Block, bool)> = read
        .iter()
        .map(|statement| (statement.formatting.block, statement.formatting.begins))
        .collect();
    let (paragraph, item) = (Block::Paragraph, Block::Item);
    assert_eq!(
        set,
        [
            (paragraph, false),
            (paragraph, false),
            (paragraph, true),
            (item, true),
            (item, false),
            (item, true),
            (item, false),
            (paragraph, true),
            (Block::Numbered(1), true),
            (Block::Numbered(2), true),
        ]
    );
    let again = written(&read, &passages());
    assert_eq!(statements(&draft(&again), &passages()).unwrap(), read, "{again}");
}
