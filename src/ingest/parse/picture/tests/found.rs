//! Which of a page's words are found for a quote: a table of cases.

use super::*;

/// A page of lines at their places: left, bottom, words. Letters are five points wide and ten high.
fn page(lines: &[(f32, f32, &str)]) -> Vec<Glyph> {
    let mut glyphs = Vec::new();
    for (left, bottom, words) in lines {
        let (mut at, mut blank, mut breaks) = (*left, false, true);
        for character in words.chars() {
            if character == ' ' {
                blank = true;
            } else {
                let bounds = Some([at, *bottom, at + 5.0, bottom + 10.0]);
                glyphs.push(Glyph {
                    character,
                    bounds,
                    upright: bounds,
                    font: Font {
                        size: 10.0,
                        bold: false,
                    },
                    blank,
                    breaks,
                });
                (blank, breaks) = (false, false);
            }
            at += 5.0;
        }
    }
    glyphs
}

fn column(lines: &[&str]) -> Vec<Glyph> {
    let mut bottom = 700.0;
    let placed: Vec<(f32, f32, &str)> = lines
        .iter()
        .map(|line| {
            bottom -= 12.0;
            (50.0, bottom, *line)
        })
        .collect();
    page(&placed)
}

/// What is marked for the part of `text` between brackets: the letters, a bar where the next line begins.
fn marked(glyphs: &[Glyph], text: &str) -> Vec<String> {
    let mut cited = CitedText::default();
    let mut start = 0;
    let mut count = 0;
    for character in text.chars() {
        match character {
            '[' => start = count,
            ']' => cited.spans.push(Span { start, end: count }),
            other => {
                cited.text.push(other);
                count += 1;
            }
        }
    }
    let orders = [reading_order(glyphs), (0..glyphs.len()).collect()];
    let found = find::find(glyphs, &orders, &cited);
    found
        .iter()
        .map(|glyph_numbers| {
            let mut shown = String::new();
            let mut last: Option<f32> = None;
            for glyph in glyph_numbers.iter().map(|at| &glyphs[*at]) {
                let bottom = glyph.bounds.map(|bounds| bounds[1]);
                if last.is_some() && last != bottom {
                    shown.push('|');
                }
                shown.push(glyph.character);
                last = bottom;
            }
            shown
        })
        .collect()
}

#[test]
fn a_word_cut_by_a_hyphen_at_the_end_of_a_line_is_found() {
    let glyphs = column(&["Switch off the com-", "pressor at SOP-QA-", "014 and wait."]);
    assert_eq!(
        marked(&glyphs, "[Switch off the compressor at SOP-QA-014] and wait."),
        ["Switchoffthecom|pressoratSOPQA|014"]
    );
}

#[test]
fn ligatures_and_full_width_letters_are_read_as_their_letters() {
    let glyphs = column(&["Con\u{fb01}rm the \u{fb02}ow of Ｍ８ at once."]);
    assert_eq!(
        marked(&glyphs, "Confirm [the flow of M8] at once."),
        ["the\u{fb02}owofＭ８"]
    );
}

#[test]
fn chinese_lines_that_meet_without_a_blank_are_found_and_nothing_beside_them() {
    let glyphs = column(&["停机后必须", "挂牌，然后按 E-stop", "按钮。再清洁。"]);
    assert_eq!(
        marked(&glyphs, "停机后[必须挂牌，然后按 E-stop 按钮。]再清洁。"),
        ["必须|挂牌，然后按Estop|按钮。"]
    );
}

#[test]
fn a_sentence_in_a_column_is_found_where_the_file_draws_lines_across_both() {
    let left = [
        "The lathe is cleaned",
        "by its operator every",
        "evening after the shift",
        "is over and the lamp",
        "above it is off; then",
        "the guard is closed.",
    ];
    let right = [
        "The press is greased",
        "by the fitter on every",
        "Monday before the hall",
        "is opened to the first",
        "shift of the week and",
        "the log is signed.",
    ];
    let mut lines = Vec::new();
    let mut bottom = 700.0;
    for (one, other) in left.iter().zip(&right) {
        bottom -= 12.0;
        lines.push((50.0, bottom, *one));
        lines.push((300.0, bottom, *other));
    }
    // As a file draws it that knows only lines: nothing breaks between the columns.
    let mut glyphs = page(&lines);
    for at in 1..glyphs.len() {
        let same_line =
            glyphs[at].bounds.map(|bounds| bounds[1]) == glyphs[at - 1].bounds.map(|bounds| bounds[1]);
        if glyphs[at].breaks && same_line {
            glyphs[at].breaks = false;
            glyphs[at].blank = true;
        }
    }
    assert_eq!(
        marked(
            &glyphs,
            "[The lathe is cleaned by its operator every evening after the shift is over and the lamp above it is off;] then the guard is closed."
        ),
        ["Thelatheiscleaned|byitsoperatorevery|eveningaftertheshift|isoverandthelamp|aboveitisoff;"]
    );
}

#[test]
fn of_a_sentence_that_stands_twice_the_cited_one_is_marked() {
    let glyphs = column(&[
        "Press 1. Stop the press.",
        "Then clean it.",
        "Press 2. Stop the press.",
        "Then oil it.",
    ]);
    let found = marked(
        &glyphs,
        "Press 1. Stop the press. Then clean it. Press 2. [Stop the press.] Then oil it.",
    );
    assert_eq!(found, ["Stopthepress."]);
    let cited = CitedText {
        text: "Press 2. Stop the press. Then oil it.".to_owned(),
        spans: vec![Span { start: 9, end: 24 }],
    };
    let orders: Vec<Vec<usize>> = vec![(0..glyphs.len()).collect()];
    let at = find::find(&glyphs, &orders, &cited)[0][0];
    assert_eq!(glyphs[at].bounds.unwrap()[1], 664.0, "on the third line");
}

#[test]
fn of_rows_that_read_the_same_the_one_with_the_same_number_is_marked() {
    let glyphs = column(&["Wear gloves.", "Wear gloves.", "Wear gloves."]);
    let cited = CitedText {
        text: "Wear gloves.\nWear gloves.\nWear gloves.".to_owned(),
        spans: vec![Span { start: 13, end: 25 }],
    };
    let orders: Vec<Vec<usize>> = vec![(0..glyphs.len()).collect()];
    let found = find::find(&glyphs, &orders, &cited);
    assert_eq!(
        glyphs[found[0][0]].bounds.unwrap()[1],
        676.0,
        "on the second line"
    );
}

#[test]
fn where_it_is_not_certain_which_is_meant_nothing_is_marked() {
    let glyphs = column(&["Wear gloves.", "Wear gloves.", "Wear gloves."]);
    assert!(marked(&glyphs, "[Wear gloves.]").is_empty());
}

#[test]
fn what_does_not_stand_on_the_page_is_not_marked() {
    let glyphs = column(&["The clamping pressure is 63 bar."]);
    assert!(marked(&glyphs, "[The clamping pressure is 71 bar.]").is_empty());
    assert!(marked(&glyphs, "[]").is_empty());
    assert!(marked(&[], "[The clamping pressure]").is_empty());
}

#[test]
fn a_short_word_is_not_found_within_a_longer_one() {
    let glyphs = column(&["The bottom of the pot is clean."]);
    assert!(marked(&glyphs, "[to] clean").is_empty());
    assert_eq!(marked(&glyphs, "the [pot] is"), ["pot"]);
}

#[test]
fn the_cells_of_a_row_are_found_beside_each_other_where_one_of_them_is_wrapped() {
    let glyphs = page(&[
        (50.0, 700.0, "Alarm"),
        (120.0, 700.0, "Remedy"),
        (400.0, 700.0, "Level"),
        (50.0, 680.0, "E-1"),
        (120.0, 680.0, "Close the door of the"),
        (400.0, 680.0, "2"),
        (120.0, 668.0, "cabin twice"),
        (50.0, 640.0, "E-2"),
        (120.0, 640.0, "Refill the oil"),
        (400.0, 640.0, "2"),
    ]);
    assert_eq!(
        marked(&glyphs, "Alarm | Remedy | Level\n[E-2 | Refill the oil | 2]"),
        ["E2Refilltheoil2"]
    );
    let wrapped = marked(
        &glyphs,
        "Alarm | Remedy | Level\n[E-1 | Close the door of the cabin twice | 2]\nE-2 | Refill the oil | 2",
    );
    // The lines of the wrapped cell stand apart in the file: nothing of it is certain.
    assert!(wrapped.is_empty(), "{wrapped:?}");
}

#[test]
fn a_row_is_found_though_the_page_shows_its_date_and_its_number_in_another_form() {
    let glyphs = page(&[
        (50.0, 700.0, "Gauge G-0007"),
        (160.0, 700.0, "3/12/26"),
        (260.0, 700.0, "Crew 3"),
        (320.0, 700.0, "50 %"),
        (50.0, 680.0, "Gauge G-0008"),
        (160.0, 680.0, "3/12/26"),
        (260.0, 680.0, "Crew 3"),
        (320.0, 680.0, "75 %"),
    ]);
    let text =
        "Gauge G-0007 | 2026-03-12 09:30 | Crew 3 | 0.5\n[Gauge G-0008 | 2026-03-12 09:30 | Crew 3 | 0.75]";
    assert_eq!(marked(&glyphs, text), ["GaugeG0008Crew3"]);
    // One cell alone is too little.
    assert!(marked(&glyphs, "[Gauge G-0008 | 2026-03-12 09:30 | Crew 9 | 0.75]").is_empty());
}

#[test]
fn several_quotes_of_one_page_are_each_found() {
    let glyphs = column(&["One is red. Two is green.", "Three is blue."]);
    assert_eq!(
        marked(&glyphs, "[One is red.] Two is green. [Three is blue.]"),
        ["Oneisred.", "Threeisblue."]
    );
}
