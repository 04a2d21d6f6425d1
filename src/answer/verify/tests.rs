//! The bounds of checking, on sentences about the demo documents that are borne out and that are not. Some are what a
//! language model of 135 million weights wrote.

use std::collections::HashMap;

use serde::Deserialize;

use super::*;
use crate::domain::{Collection, FileKind, Language, Locator, Passage};
use crate::embed;

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Passage {
        passage: String,
        title: String,
        headings: Vec<String>,
        text: String,
    },
    Sentence {
        on: String,
        says: String,
        borne_out: bool,
        /// Put together of the words of one sentence or its neighbour, each in another one's place.
        #[serde(default)]
        swapped: bool,
    },
}

const CASES: &str = include_str!("../../../tests/cases/statements.jsonl");

fn ground(title: String, headings: Vec<String>, text: String) -> Ground {
    let passage = Passage {
        id: crate::domain::PassageId(1),
        document: crate::domain::DocumentId(1),
        generation: crate::domain::GenerationId(1),
        ordinal: 0,
        locator: Locator {
            headings,
            ..Locator::default()
        },
        text,
    };
    Ground::new(
        1,
        ScoredPassage {
            passage,
            title,
            path: "a.md".to_owned(),
            collection: Collection("a".to_owned()),
            kind: FileKind::Markdown,
            score: 1.0,
            lexical: None,
            dense: None,
            revision: None,
        },
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    BorneOut,
    MadeUp,
    Swapped,
}

/// Each sentence of the cases, what it is, and whether it passes.
async fn checked(embedder: Option<Arc<dyn Embedder>>) -> Vec<(String, Kind, bool)> {
    let mut verifiers = HashMap::new();
    let mut found = Vec::new();
    for line in CASES.lines() {
        match serde_json::from_str(line).unwrap() {
            Line::Passage {
                passage,
                title,
                headings,
                text,
            } => {
                let knows = |embedder: &Arc<dyn Embedder>| embedder.knows(Language::of(&text));
                let embedder = embedder.clone().filter(knows);
                let grounds = vec![ground(title, headings, text)];
                verifiers.insert(passage, Verifier { grounds, embedder });
            }
            Line::Sentence {
                on,
                says,
                borne_out,
                swapped,
            } => {
                let kind = match (borne_out, swapped) {
                    (true, _) => Kind::BorneOut,
                    (false, true) => Kind::Swapped,
                    (false, false) => Kind::MadeUp,
                };
                let marked = Marked {
                    text: says.clone(),
                    numbers: vec![1],
                };
                let statement = verifiers[&on].check(marked).await.unwrap();
                found.push((says, kind, statement.support == Support::Supported));
            }
        }
    }
    found
}

#[tokio::test]
async fn few_sentences_pass_that_are_not_borne_out_and_most_that_are() {
    let Some(embedder) = embed::tests::embedder(embed::Precision::Int8) else {
        return;
    };
    let found = checked(Some(embedder)).await;
    let pass = |kind: Kind| {
        let of_it = found.iter().filter(|(_, is, _)| *is == kind);
        let pass: Vec<&String> = of_it
            .clone()
            .filter(|(_, _, passes)| *passes)
            .map(|(says, ..)| says)
            .collect();
        println!(
            "{} of {} {kind:?} pass: {pass:#?}",
            pass.len(),
            of_it.clone().count()
        );
        (pass.len(), of_it.count())
    };
    let ((right, borne_out), (wrong, made_up)) = (pass(Kind::BorneOut), pass(Kind::MadeUp));
    let (mixed, swapped) = pass(Kind::Swapped);
    assert!(right * 100 >= borne_out * 85, "{right} of {borne_out}");
    assert!(wrong * 100 <= made_up * 15, "{wrong} of {made_up}");
    assert!(mixed * 100 <= swapped * 40, "{mixed} of {swapped}");
}
