//! Laws of cutting, by example and by property.

use proptest::prelude::*;

use super::*;
use crate::domain::sentences;

fn words(text: &str) -> usize {
    text.split_whitespace()
        .map(|word| word.chars().count().div_ceil(8))
        .sum()
}

fn rules(target: usize, max: usize, merge: usize) -> ChunkRules {
    ChunkRules {
        target_tokens: target,
        max_tokens: max,
        merge_below_tokens: merge,
        knows_chinese: true,
    }
}

fn at(headings: &[&str]) -> Locator {
    Locator {
        headings: headings.iter().map(|heading| (*heading).to_owned()).collect(),
        ..Locator::default()
    }
}

fn block(headings: &[&str], kind: BlockKind, text: &str) -> Block {
    Block {
        locator: at(headings),
        kind,
        text: text.to_owned(),
    }
}

fn paragraph(headings: &[&str], text: &str) -> Block {
    block(headings, BlockKind::Paragraph, text)
}

fn heading(headings: &[&str]) -> Block {
    block(
        headings,
        BlockKind::Heading(u8::try_from(headings.len()).unwrap()),
        headings.last().unwrap(),
    )
}

fn cut(rules: ChunkRules, blocks: impl IntoIterator<Item = Block>) -> Vec<Draft> {
    let mut chunker = Chunker::new(rules, &words);
    let mut drafts: Vec<Draft> = blocks.into_iter().flat_map(|block| chunker.push(block)).collect();
    drafts.extend(chunker.finish());
    drafts
}

fn sentence(number: usize, length: usize) -> String {
    let words: Vec<String> = (0..length).map(|word| format!("w{number}x{word}")).collect();
    format!("S{}.", words.join(" "))
}

#[test]
fn each_section_is_a_passage_of_its_own() {
    let first = sentence(1, 12);
    let second = sentence(2, 12);
    let drafts = cut(
        rules(40, 50, 5),
        [
            heading(&["Oil"]),
            paragraph(&["Oil"], &first),
            heading(&["Water"]),
            paragraph(&["Water"], &second),
        ],
    );
    assert_eq!(
        drafts,
        [
            Draft {
                locator: at(&["Oil"]),
                text: first
            },
            Draft {
                locator: at(&["Water"]),
                text: second
            },
        ]
    );
}

#[test]
fn small_sections_of_one_parent_are_joined_with_their_headings_in_the_text() {
    let drafts = cut(
        rules(40, 50, 20),
        [
            heading(&["Oil"]),
            heading(&["Oil", "Kind"]),
            paragraph(&["Oil", "Kind"], "Use HLP 46."),
            heading(&["Oil", "Amount"]),
            paragraph(&["Oil", "Amount"], "Fill in 160 litres."),
        ],
    );
    assert_eq!(
        drafts,
        [Draft {
            locator: at(&["Oil"]),
            text: "Kind\n\nUse HLP 46.\n\nAmount\n\nFill in 160 litres.".to_owned()
        }]
    );
}

#[test]
fn small_sections_of_different_parents_are_not_joined() {
    let drafts = cut(
        rules(40, 50, 20),
        [
            paragraph(&["Oil", "Kind"], "Use HLP 46."),
            paragraph(&["Water", "Kind"], "Use soft water."),
        ],
    );
    assert_eq!(
        drafts.iter().map(|draft| draft.text.as_str()).collect::<Vec<_>>(),
        ["Use HLP 46.", "Use soft water."]
    );
}

#[test]
fn a_passage_never_crosses_a_page() {
    let page = |number: u32, text: &str| Block {
        locator: Locator {
            page: Some(number),
            ..Locator::default()
        },
        kind: BlockKind::Paragraph,
        text: text.to_owned(),
    };
    let drafts = cut(
        rules(40, 50, 20),
        [page(1, "End of one."), page(2, "Start of two.")],
    );
    assert_eq!(
        drafts.iter().map(|draft| draft.locator.page).collect::<Vec<_>>(),
        [Some(1), Some(2)]
    );
}

#[test]
fn every_passage_of_a_table_repeats_its_header_and_knows_its_rows() {
    let header: Arc<str> = Arc::from("Part | Torque");
    let rows = (1..=9).map(|number| Block {
        locator: Locator {
            sheet: Some("Bolts".to_owned()),
            rows: Some((number + 1, number + 1)),
            ..Locator::default()
        },
        kind: BlockKind::Row {
            header: Some(Arc::clone(&header)),
        },
        text: format!("M{number} | {} Nm", number * 10),
    });
    let drafts = cut(rules(16, 20, 0), rows);
    assert!(drafts.len() > 1);
    assert!(
        drafts
            .iter()
            .all(|draft| draft.text.starts_with("Part | Torque\nM")),
        "{drafts:#?}"
    );
    assert_eq!(drafts.first().unwrap().locator.rows.unwrap().0, 2);
    assert_eq!(drafts.last().unwrap().locator.rows.unwrap().1, 10);
}

#[test]
fn a_line_that_introduces_a_list_stays_with_it() {
    let long = sentence(1, 16);
    let item = |text: &str| block(&[], BlockKind::ListItem, text);
    let drafts = cut(
        rules(20, 24, 0),
        [
            paragraph(&[], &long),
            paragraph(&[], "Check these:"),
            item("the oil level in both tanks"),
            item("the guard of the press and its two hinges"),
        ],
    );
    assert_eq!(drafts[0].text, long);
    assert!(drafts[1].text.starts_with("Check these:\nthe oil"), "{drafts:#?}");
}

#[test]
fn the_small_end_of_a_section_joins_what_was_before_it() {
    let drafts = cut(
        rules(20, 30, 0),
        [paragraph(&[], &sentence(1, 19)), paragraph(&[], "The end.")],
    );
    assert_eq!(drafts.len(), 1);
}

#[test]
fn a_heading_without_text_is_not_lost() {
    let drafts = cut(rules(20, 30, 0), [heading(&["Appendix"]), heading(&["Index"])]);
    assert_eq!(
        drafts.iter().map(|draft| draft.text.as_str()).collect::<Vec<_>>(),
        ["Appendix", "Index"]
    );
}

#[test]
fn long_paragraphs_are_cut_between_sentences_into_parts_of_about_equal_size() {
    let text: Vec<String> = (0..13).map(|number| sentence(number, 10)).collect();
    let drafts = cut(rules(50, 60, 0), [paragraph(&[], &text.join(" "))]);
    let sizes: Vec<usize> = drafts.iter().map(|draft| words(&draft.text)).collect();
    assert!(sizes.iter().all(|size| (30..=60).contains(size)), "{sizes:?}");
}

#[test]
fn chinese_is_weighed_by_its_characters_for_an_embedder_that_does_not_know_it() {
    let text = "设备启动前请检查安全门是否关闭。".repeat(100);
    let each_character = |text: &str| text.chars().count();
    let mut chunker = Chunker::new(ChunkRules::default(), &each_character);
    let mut drafts = chunker.push(paragraph(&[], &text));
    drafts.extend(chunker.finish());
    let sizes: Vec<usize> = drafts.iter().map(|draft| draft.text.chars().count()).collect();
    assert!(sizes.iter().all(|size| (250..=470).contains(size)), "{sizes:?}");
}

#[derive(Debug, Clone)]
enum Piece {
    Heading(usize, String),
    Text(usize, String),
    Page,
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let text = "[a-z]{1,9}( [a-z]{1,12}){0,30}([.!?] [A-Z][a-z]{0,8}( [a-z]{1,12}){0,40}){0,6}\\.";
    let chinese = "[设备启动前请检查安全门，是否关闭]{1,120}。";
    prop::collection::vec(
        prop_oneof![
            (1usize..4, "[A-Z][a-z]{1,8}( [a-z]{1,6}){0,3}")
                .prop_map(|(level, text)| Piece::Heading(level, text)),
            (0usize..4, text).prop_map(|(kind, text)| Piece::Text(kind, text)),
            (0usize..4, chinese).prop_map(|(kind, text)| Piece::Text(kind, text)),
            Just(Piece::Page),
        ],
        0..30,
    )
}

fn blocks_of(pieces: &[Piece]) -> Vec<Block> {
    let header: Arc<str> = Arc::from("Code | Text");
    let mut path: Vec<(usize, String)> = Vec::new();
    let mut page = 1;
    let mut blocks = Vec::new();
    for piece in pieces {
        let (kind, text) = match piece {
            Piece::Page => {
                page += 1;
                continue;
            }
            Piece::Heading(level, text) => {
                path.retain(|(open, _)| open < level);
                path.push((*level, text.clone()));
                (BlockKind::Heading(u8::try_from(*level).unwrap()), text)
            }
            Piece::Text(0, text) => (
                BlockKind::Row {
                    header: Some(Arc::clone(&header)),
                },
                text,
            ),
            Piece::Text(1, text) => (BlockKind::ListItem, text),
            Piece::Text(2, text) => (BlockKind::Code, text),
            Piece::Text(_, text) => (BlockKind::Paragraph, text),
        };
        let headings = path.iter().map(|(_, text)| text.clone()).collect();
        let locator = Locator {
            page: Some(page),
            headings,
            ..Locator::default()
        };
        blocks.push(Block {
            locator,
            kind,
            text: text.clone(),
        });
    }
    blocks
}

fn solid(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_is_lost_and_the_order_is_kept(pieces in pieces()) {
        let blocks = blocks_of(&pieces);
        let drafts = cut(rules(40, 60, 15), blocks.clone());
        let whole: String = drafts.iter().map(|draft| solid(&draft.text)).collect::<Vec<_>>().join("\u{1}");
        let mut from = 0;
        for block in &blocks {
            let text = solid(&block.text);
            if matches!(block.kind, BlockKind::Heading(_)) {
                let in_path = drafts.iter().any(|draft| draft.locator.headings.contains(&block.text));
                prop_assert!(in_path || whole.contains(&text), "lost heading {:?}", block.text);
                continue;
            }
            // A block may go on in the next passage, under the header of its table.
            let mut rest = text.as_str();
            while !rest.is_empty() {
                let here = whole[from..].trim_start_matches('\u{1}');
                let taken = rest.char_indices().map(|(at, character)| at + character.len_utf8()).take_while(|end| here.starts_with(&rest[..*end])).last();
                match taken {
                    Some(end) if end == rest.len() || here[end..].starts_with('\u{1}') => {
                        from = whole.len() - here.len() + end;
                        rest = &rest[end..];
                    }
                    _ => {
                        let step = whole[from..].chars().next();
                        prop_assert!(step.is_some(), "lost {rest:?}");
                        from += step.map_or(1, char::len_utf8);
                    }
                }
            }
        }
    }

    #[test]
    fn no_passage_is_over_the_maximum(pieces in pieces()) {
        for draft in cut(rules(40, 60, 15), blocks_of(&pieces)) {
            let path = words(&draft.locator.headings.join(" ")).min(20);
            prop_assert!(words(&draft.text) + path <= 60, "{} in {draft:?}", words(&draft.text));
        }
    }

    #[test]
    fn passages_stay_on_their_page_and_in_their_section(pieces in pieces()) {
        let blocks = blocks_of(&pieces);
        for draft in cut(rules(40, 60, 0), blocks.clone()) {
            let first = draft.text.lines().find(|line| *line != "Code | Text").unwrap_or_default();
            let known = blocks.iter().any(|block| {
                block.locator.page == draft.locator.page
                    && block.locator.headings == draft.locator.headings
                    && (block.text.contains(first) || first.contains(&block.text))
            });
            prop_assert!(known, "{draft:?}");
        }
    }

    #[test]
    fn sentences_that_fit_are_not_cut(lengths in prop::collection::vec(1usize..50, 1..40)) {
        let text: Vec<String> = lengths.iter().enumerate().map(|(number, length)| sentence(number, *length)).collect();
        let whole = text.join(" ");
        let drafts = cut(rules(40, 60, 0), [paragraph(&[], &whole)]);
        let pieces: Vec<String> = drafts.iter().flat_map(|draft| sentences(&draft.text)).map(|sentence| sentence.text.to_owned()).collect();
        prop_assert_eq!(pieces, text);
    }

    #[test]
    fn a_run_without_any_seam_is_cut_all_the_same(length in 1usize..3000) {
        let text = "x".repeat(length);
        let drafts = cut(rules(40, 60, 0), [paragraph(&[], &text)]);
        let joined: String = drafts.iter().map(|draft| solid(&draft.text)).collect();
        prop_assert_eq!(joined, text);
        prop_assert!(drafts.iter().all(|draft| words(&draft.text) <= 60));
    }
}
