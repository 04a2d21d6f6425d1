//! Which page of a laid-out workbook is believed to show a sheet.

use std::io::Write;

use super::*;
use crate::ingest::parse::tests::library;

/// A PDF with one page for each text, and no table of its objects: readers find them by themselves.
fn laid_out(pages: &[&str]) -> File {
    let kids: String = (0..pages.len())
        .map(|page| format!("{} 0 R ", 4 + 2 * page))
        .collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Count {} /Kids [{kids}] >>", pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    for (page, text) in pages.iter().enumerate() {
        let content = format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET");
        let font = "/Resources << /Font << /F1 3 0 R >> >>";
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {font} /Contents {} 0 R >>",
            5 + 2 * page
        ));
        objects.push(format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ));
    }
    let mut file = tempfile::tempfile().unwrap();
    writeln!(file, "%PDF-1.4").unwrap();
    for (number, object) in (1..).zip(objects) {
        writeln!(file, "{number} 0 obj\n{object}\nendobj").unwrap();
    }
    writeln!(file, "trailer\n<< /Root 1 0 R >>\n%%EOF").unwrap();
    file
}

#[test]
fn what_is_cited_must_be_found_on_a_page_that_is_a_sheet_by_their_number_alone() {
    let Some(library) = library() else { return };
    let sheet = |name: &str, hidden| KnownSheet {
        name: name.to_owned(),
        hidden,
    };
    let text = "M8 takes 25 newton metres";
    let order = PlaceOrder {
        cited: CitedText {
            text: text.to_owned(),
            spans: vec![Span { start: 0, end: 25 }],
        },
        sought: Sought::Sheet {
            name: "Torque".to_owned(),
            of: vec![
                sheet("Notes", false),
                sheet("Torque", false),
                sheet("Prices", true),
            ],
        },
        time: Duration::from_secs(60),
    };
    let page_of = |pages: &[&str]| {
        let place = PagePlace::find(Some(library), laid_out(pages), &order).unwrap();
        assert_eq!(place.pages, 2);
        place.page
    };
    assert_eq!(page_of(&["Ask the foreman first", text]), Some(2));
    // Here the empty sheet was left out and the hidden one laid out.
    assert_eq!(page_of(&[text, "M8 costs 12 cents a piece"]), None);
}
