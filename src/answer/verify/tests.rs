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

#[tokio::test]
async fn what_is_always_so_is_borne_out_by_a_rule_for_all_and_not_by_one_with_a_condition() {
    let worn = "Goggles are worn at the grinding machine.";
    let always = "Goggles are always worn at the grinding machine.";
    for (heading, text, says, passes) in [
        (
            "Rules",
            "Goggles are worn at all times at the grinding machine.",
            always,
            true,
        ),
        (
            "Rules",
            "Goggles are worn without exception at the grinding machine.",
            always,
            true,
        ),
        (
            "Rules",
            "Goggles must be worn at the grinding machine by every visitor.",
            always,
            true,
        ),
        ("Always wear goggles", worn, always, true),
        ("Must goggles always be worn?", worn, always, false),
        (
            "Rules",
            "Goggles are worn at the grinding machine only if it runs.",
            always,
            false,
        ),
        (
            "规定",
            "任何访客进入车间必须佩戴护目镜。",
            "访客进入车间始终必须佩戴护目镜。",
            true,
        ),
        (
            "规定",
            "访客进入车间时佩戴护目镜。",
            "访客进入车间时始终佩戴护目镜。",
            false,
        ),
    ] {
        let grounds = vec![ground(
            "Safety".to_owned(),
            vec![heading.to_owned()],
            text.to_owned(),
        )];
        let verifier = Verifier {
            grounds,
            embedder: None,
        };
        let marked = Marked {
            text: says.to_owned(),
            numbers: vec![1],
        };
        let statement = verifier.check(marked).await.unwrap();
        assert_eq!(
            statement.support == Support::Supported,
            passes,
            "{heading}: {text}"
        );
    }
}
