//! Marks and signs, however the text is cut.

use proptest::prelude::*;

use super::*;
use crate::domain::{Block, Span, Style, Styled};

/// The sentences of a text that comes in pieces of `length` characters, and the words as they came.
fn read(text: &str, length: usize) -> (Vec<(Marked, Formatting)>, String) {
    let mut citer = Citer::new(3);
    let characters: Vec<char> = text.chars().collect();
    let mut all: Vec<Cited> = Vec::new();
    for piece in characters.chunks(length.max(1)) {
        all.extend(citer.push(&piece.iter().collect::<String>()));
    }
    all.extend(citer.finish());
    let (mut sentences, mut words) = (Vec::new(), String::new());
    for cited in all {
        match cited {
            Cited::Words(text) => words += &text,
            Cited::Sentence(sentence, formatting) => sentences.push((sentence, formatting)),
        }
    }
    (sentences, words)
}

/// Its sentences alone.
fn sentences_of(text: &str, length: usize) -> Vec<Marked> {
    let read = read(text, length).0;
    read.into_iter().map(|(marked, _)| marked).collect()
}

/// Its sentences as they would be typed, where signs are only what is a sign.
fn typed(text: &str, length: usize) -> Vec<String> {
    let read = read(text, length).0;
    read.iter()
        .map(|(marked, formatting)| formatting.typed(&marked.text))
        .collect()
}

fn marked(text: &str, numbers: &[u32]) -> Marked {
    Marked {
        text: text.to_owned(),
        numbers: numbers.to_vec(),
    }
}

/// What models write, and what is to be made of it.
fn cases() -> Vec<(&'static str, Vec<Marked>)> {
    vec![
        (
            "Stop the press. [1] Lock it. [2]",
            vec![marked("Stop the press.", &[1]), marked("Lock it.", &[2])],
        ),
        (
            "Stop the press [1]. Lock it [2][3].",
            vec![marked("Stop the press.", &[1]), marked("Lock it.", &[2, 3])],
        ),
        (
            "停机[1]。挂牌【2】。",
            vec![marked("停机。", &[1]), marked("挂牌。", &[2])],
        ),
        (
            "停机。[1]挂牌。[1，3]",
            vec![marked("停机。", &[1]), marked("挂牌。", &[1, 3])],
        ),
        (
            "27 days [1, 9] of leave.",
            vec![marked("27 days of leave.", &[1])],
        ),
        ("It is so [7].", vec![marked("It is so.", &[])]),
        (
            "See [the annex] for it.",
            vec![marked("See [the annex] for it.", &[])],
        ),
        (
            "- **Stop** it. [1]\n- Lock it. [2]",
            vec![marked("Stop it.", &[1]), marked("Lock it.", &[2])],
        ),
        (
            "[1] Stop it. [2] Lock it.",
            vec![marked("Stop it.", &[1]), marked("Lock it.", &[2])],
        ),
        ("Torque 2 * 3 Nm [2", vec![marked("Torque 2 * 3 Nm [2", &[])]),
        (
            "No. 5 e.g. here. [1-2]",
            vec![marked("No. 5 e.g. here.", &[1, 2])],
        ),
    ]
}

#[test]
fn marks_go_to_the_sentence_that_they_follow_however_the_text_is_cut() {
    for (text, sentences) in cases() {
        for length in 1..=text.chars().count() {
            assert_eq!(
                sentences_of(text, length),
                sentences,
                "{text:?} in pieces of {length}"
            );
        }
    }
}

/// What models write with signs, and its sentences with those that count as such.
const SIGNED: &[(&str, &[&str])] = &[
    (
        "**Stop** the press [1]. Lock it.",
        &["**Stop** the press.", "Lock it."],
    ),
    (
        "**Stop the press.** Lock it.",
        &["**Stop the press.**", "Lock it."],
    ),
    (
        "**Stop the press. Lock it.** Wait.",
        &["**Stop the press.**", "**Lock it.**", "Wait."],
    ),
    ("**Stop** it *now*, _please_.", &["**Stop** it *now*, *please*."]),
    (
        "Use **±0.05 mm** at **`E-4021`**.",
        &["Use **±0.05 mm** at **`E-4021`**."],
    ),
    ("***Stop*** it.", &["***Stop*** it."]),
    ("***停机***后挂牌。", &["***停机***后挂牌。"]),
    ("**Never *touch* it**.", &["**Never *touch* it**."]),
    ("Type `E-4021 * 2` there.", &["Type `E-4021 * 2` there."]),
    (
        "**停机。**挂牌。请*立即*停机。",
        &["**停机。**", "挂牌。", "请*立即*停机。"],
    ),
    ("- Stop it [1]\n- Lock it [2]\n", &["- Stop it", "- Lock it"]),
    (
        "* Stop it.\n  Wait.\n* Lock it.",
        &["- Stop it.", "Wait.", "- Lock it."],
    ),
    (
        "1. Stop it.\n2) Lock it.\n3、停机。",
        &["1. Stop it.", "2. Lock it.", "3. 停机。"],
    ),
    ("# Stop\nLock it.", &["Stop", "Lock it."]),
    // What is no sign stays as it is.
    (
        "Bolts M8*1.25 and M10*1.5 hold 10**6 turns.",
        &["Bolts M8*1.25 and M10*1.5 hold 10**6 turns."],
    ),
    ("2 * 3 is 6, 2 ** 3 is 8.", &["2 * 3 is 6, 2 ** 3 is 8."]),
    (
        "See part_no_12 and *only* this, 5*.",
        &["See part_no_12 and *only* this, 5*."],
    ),
    ("*Only for type B.", &["*Only for type B."]),
    ("A `tick is left.", &["A `tick is left."]),
    ("In 1999 it was so.", &["In 1999 it was so."]),
    ("**) not for M8. Use M10.", &["**) not for M8.", "Use M10."]),
    ("Bolts M8 **) and M10 **.", &["Bolts M8 **) and M10 **."]),
    ("Use **kwargs", &["Use **kwargs"]),
    (
        "Wait. Use **kwargs here.\nStop.",
        &["Wait.", "Use **kwargs here.", "Stop."],
    ),
    (
        "Set __DATE__ and __init__ there.",
        &["Set __DATE__ and __init__ there."],
    ),
    ("**Only for type B.", &["**Only for type B."]),
    // Nothing closes it, so it ends with its line; a sentence was given before that was known.
    (
        "**Stop it. Lock it.\nWait.",
        &["**Stop it.**", "**Lock it.**", "Wait."],
    ),
    ("**Stop it.\n**Lock it.**", &["**Stop it.", "**Lock it.**"]),
    ("Stop it.** Lock it.", &["Stop it.", "Lock it."]),
    ("**[1]** Stop it. **[2]** Lock it.", &["Stop it.", "Lock it."]),
];

#[test]
fn signs_set_words_apart_and_what_is_no_sign_stays_text_however_the_text_is_cut() {
    for (text, sentences) in SIGNED {
        for length in 1..=text.chars().count() {
            assert_eq!(typed(text, length), *sentences, "{text:?} in pieces of {length}");
        }
    }
}

#[test]
fn a_sentence_knows_what_it_is_a_part_of() {
    let text = "Do this. Then that.\n\nAnd:\n- Stop it. Wait.\n- Lock it.\n\nThat is all.";
    let blocks: Vec<_> = read(text, 3)
        .0
        .into_iter()
        .map(|(_, set)| (set.block, set.begins))
        .collect();
    assert_eq!(
        blocks,
        [
            (Block::Paragraph, false),
            (Block::Paragraph, false),
            (Block::Paragraph, true),
            (Block::Item, true),
            (Block::Item, false),
            (Block::Item, true),
            (Block::Paragraph, true),
        ]
    );
}

#[test]
fn words_are_given_once_and_without_marks() {
    for (text, _) in cases() {
        for length in [1, 2, 3, 7, 100] {
            let words = read(text, length).1;
            assert!(!words.contains("[1]") && !words.contains('【'), "{words}");
            let letters = |text: &str| text.chars().filter(|letter| letter.is_alphabetic()).count();
            assert_eq!(letters(&words), letters(text), "{words:?} of {text:?}");
        }
    }
}

/// In which ways a word stands out.
const STYLES: [&[Style]; 5] = [
    &[],
    &[Style::Strong],
    &[Style::Emphasis],
    &[Style::Code],
    &[Style::Strong, Style::Emphasis],
];

/// Each character, and whether it is strong, stressed and code: what is stressed within what is stressed is that once.
fn letters_of(formatting: &Formatting, text: &str) -> Vec<(char, [bool; 3])> {
    let runs = formatting.runs(text).into_iter();
    runs.flat_map(|run| {
        run.text
            .chars()
            .map(move |letter| (letter, [run.strong, run.emphasis, run.code]))
    })
    .collect()
}

proptest! {
    #[test]
    fn sentences_do_not_depend_on_how_the_text_is_cut(
        text in "[a-cA-C .\n。!?\"中\\[\\]1-4,*_`#-]{0,60}",
        length in 1usize..9,
    ) {
        prop_assert_eq!(read(&text, length).0, read(&text, 1000).0);
    }

    /// Signs are taken out or left, and nothing is added: what is shown stands in what was written, in its order.
    #[test]
    fn no_character_is_shown_that_was_not_written(text in "[a-c .\n中<>&\"*_`#()!:/-]{0,60}", length in 1usize..9) {
        let mut written = text.chars();
        for (sentence, formatting) in read(&text, length).0 {
            let shown: String = formatting.runs(&sentence.text).iter().map(|run| run.text).collect();
            prop_assert_eq!(&shown, &sentence.text);
            for character in shown.chars() {
                prop_assert!(written.any(|other| other == character), "{:?} of {:?}", shown, text);
            }
            for styled in &formatting.styles {
                let length = u32::try_from(sentence.text.chars().count()).unwrap();
                prop_assert!(styled.span.start < styled.span.end && styled.span.end <= length);
            }
        }
    }

    /// Words that stand out in any way, one beside the other.
    #[test]
    fn what_is_typed_again_is_read_as_it_was(
        words in prop::collection::vec(("[ab中]{1,4}", 0usize..STYLES.len()), 1..8),
        block in prop::sample::select(vec![Block::Paragraph, Block::Item, Block::Numbered(7)]),
    ) {
        let (mut text, mut styles) = (String::new(), Vec::new());
        for (word, styled) in &words {
            if !text.is_empty() {
                text.push(' ');
            }
            let start = u32::try_from(text.chars().count()).unwrap();
            text.push_str(word);
            let span = Span { start, end: u32::try_from(text.chars().count()).unwrap() };
            styles.extend(STYLES[*styled].iter().map(|style| Styled { span, style: *style }));
        }
        let formatting = Formatting { block, begins: true, styles };
        let again = super::marked(&formatting.typed(&text), 3);
        let texts: Vec<&str> = again.iter().map(|(sentence, _)| sentence.text.as_str()).collect();
        prop_assert_eq!(texts, [&text]);
        prop_assert_eq!(again[0].1.block, block);
        prop_assert_eq!(letters_of(&again[0].1, &text), letters_of(&formatting, &text));
    }

    #[test]
    fn a_number_that_names_no_passage_is_never_given(text in "[a-c. \\[\\]0-9,-]{0,60}") {
        for sentence in sentences_of(&text, 5) {
            prop_assert!(sentence.numbers.iter().all(|number| (1..=3).contains(number)));
        }
    }
}
