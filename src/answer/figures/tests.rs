//! Figures, codes and names, by examples and over the demo documents.

use super::*;

fn missing(sentence: &str, passage: &str) -> Vec<String> {
    Holdings::missing(sentence, &[&Holdings::of([passage])])
}

#[test]
fn figures_codes_and_names_must_stand_in_the_passage_in_any_spelling() {
    for (sentence, passage) in [
        ("Tighten M8x1.25 bolts to 25Nm.", "Bolts M8x1.25: 25 Nm"),
        ("It costs 1000 euros, or 2.5 each.", "1,000 euros; 2,50 each"),
        ("See SOPQA014 at 10:30.", "At 10:30 see SOP-QA-014"),
        ("Every 12 months.", "Every twelve months."),
        ("Every twelve months.", "Every 12 months."),
        ("每12个月更换一次。", "安全鞋每十二个月更换一次。"),
        ("Ask Ms Lindqvist on Mondays.", "Monday: Ms Lindqvist"),
        ("1. Lock the press.", "Lock the press."),
        ("Use the BH-320's guard.", "The guard of the BH320"),
    ] {
        assert_eq!(
            missing(sentence, passage),
            Vec::<String>::new(),
            "{sentence} / {passage}"
        );
    }
    for (sentence, passage, expected) in [
        ("Tighten to 25 Nm.", "Tighten to 125 Nm.", "25"),
        ("Tighten to 25Nm.", "Tighten to 125 Nm.", "25Nm"),
        ("Ask Mr Smith.", "Ask Mr Jones.", "Smith"),
        ("See E-4021.", "See E-4022.", "E-4021"),
        ("Every 12 months.", "Every six months.", "12"),
        ("每三年一次。共 7 次", "每三年一次。", "7"),
        ("每三年一次。共 7 次", "每二年一次，共 7 次。", "三年"),
        ("Wear PPE.", "Wear gloves.", "PPE"),
    ] {
        assert_eq!(missing(sentence, passage), [expected], "{sentence} / {passage}");
    }
}

#[test]
fn a_figure_may_stand_in_any_of_several_passages() {
    let (one, other) = (Holdings::of(["25 Nm"]), Holdings::of(["49 Nm"]));
    assert!(Holdings::missing("25 Nm, then 49 Nm", &[&one, &other]).is_empty());
}

/// The sentences of the demo documents that are plain text.
fn demo_sentences() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/appliance/demo");
    let texts = walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|name| name == "md" || name == "txt")
        })
        .map(|entry| std::fs::read_to_string(entry.path()).unwrap());
    texts
        .flat_map(|text| {
            let sentences = crate::domain::sentences(&text);
            sentences
                .into_iter()
                .map(|one| one.text.to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_sentence_of_the_demo_documents_bears_itself_out_and_none_with_another_figure() {
    let mut changed = 0;
    for sentence in demo_sentences() {
        let held = Holdings::of([sentence.as_str()]);
        assert_eq!(
            Holdings::missing(&sentence, &[&held]),
            Vec::<String>::new(),
            "{sentence}"
        );
        let body = without_list_number(&sentence);
        let Some(at) = body.rfind(|letter: char| letter.is_ascii_digit()) else {
            continue;
        };
        for digit in '0'..='9' {
            let other = format!("{}{digit}{}", &body[..at], &body[at + 1..]);
            // 2.50 is 2.5, and a figure that stands elsewhere in the sentence is there.
            let same = figures_in(&other)
                .iter()
                .all(|figure| figures_in(body).contains(figure));
            if !same {
                changed += 1;
                assert!(
                    !Holdings::missing(&other, &[&held]).is_empty(),
                    "{other} / {sentence}"
                );
            }
        }
    }
    assert!(changed > 500, "{changed}");
}

fn figures_in(text: &str) -> BTreeSet<String> {
    words(text).iter().flat_map(|word| figures_of(word)).collect()
}
