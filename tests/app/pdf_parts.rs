//! What a PDF holds beside plain pages: two columns, bookmarks, filled-in forms, comments. Each is found in the running
//! application.

use serde_json::Value;

use super::support::files::{file_of, pdf};
use super::support::{Folders, Server};

/// Two columns, as a program draws them that goes straight across: left, right, left, right.
const COLUMNS: [[&str; 2]; 8] = [
    ["The coolant of the press is", "The filter of the press is"],
    ["changed every 400 hours by the", "washed every 90 hours with the"],
    ["maintenance crew of the hall.", "brush that hangs beside it."],
    [
        "The old coolant is taken to the",
        "The brush itself is renewed in",
    ],
    ["yellow drum behind the gate.", "January and in the late summer."],
    ["Nobody pours it into the drain", "A torn filter is never mended"],
    ["as it harms the water of the", "but thrown away and a new one"],
    ["river below the factory.", "taken from the shelf."],
];

fn text(left: u32, bottom: u32, words: &str) -> String {
    format!("1 0 0 1 {left} {bottom} Tm ({words}) Tj\n")
}

/// A box of a form, ticked or not, whose name for being ticked is `on`.
fn ticked(entries: &str, on: &str, is_ticked: bool) -> String {
    let state = if is_ticked { on } else { "Off" };
    format!(
        "<< /Type /Annot /Subtype /Widget {entries} /AS /{state} /AP << /N << /{on} 25 0 R /Off 25 0 R >> >> \
         /Rect [72 560 82 570] /P 8 0 R >>"
    )
}

/// A handbook of three pages: columns, of which only the bookmarks name two parts; sections that only the bookmarks name; a form with a comment.
fn handbook() -> Vec<u8> {
    let mut columns = text(72, 740, "Care of the press");
    for (at, [left, right]) in (0..).zip(COLUMNS) {
        columns += &text(72, 700 - 16 * at, left);
        columns += &text(330, 700 - 16 * at, right);
    }
    let sections = [
        (720, "The shutter of the oven opens upwards."),
        (704, "It is greased in spring and looked at each month."),
        (520, "Pull the red handle and leave the hall at once."),
        (504, "The porter calls the fire brigade from the gate."),
        (340, "Weekly rounds"),
        (320, "The porter walks along the fence on each Sunday."),
    ]
    .map(|(bottom, words)| text(72, bottom, words))
    .concat();
    let form = text(72, 720, "Acceptance of the shear.");
    let page = |content: u32, more: &str| {
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> \
             /Contents {content} 0 R {more} >>"
        )
    };
    let stream = |text: &str| {
        let drawn = format!("BT /F1 12 Tf {text} ET");
        format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len())
    };
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R /Outlines 10 0 R /AcroForm << /Fields [14 0 R 20 0 R 21 0 R 22 0 R] /DA (/F1 12 Tf) /DR << /Font << \
         /F1 3 0 R >> >> >> >>"
            .to_owned(),
        "<< /Type /Pages /Count 3 /Kids [4 0 R 6 0 R 8 0 R] >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        page(5, ""),
        stream(&columns),
        page(7, ""),
        stream(&sections),
        page(9, "/Annots [14 0 R 15 0 R 16 0 R 20 0 R 21 0 R 23 0 R 24 0 R]"),
        stream(&form),
        "<< /Type /Outlines /First 11 0 R /Last 19 0 R /Count 6 >>".to_owned(),
        "<< /Title (Oven shutter) /Parent 10 0 R /Next 12 0 R /Dest [6 0 R /XYZ 72 760 0] >>".to_owned(),
        "<< /Title (Fire drill) /Parent 10 0 R /Prev 11 0 R /Next 13 0 R /Dest [6 0 R /XYZ 72 540 0] >>".to_owned(),
        "<< /Title (Weekly rounds) /Parent 10 0 R /Prev 12 0 R /Next 17 0 R /Dest [6 0 R /XYZ 72 352 0] >>".to_owned(),
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Inspector badge) /V (QX-7741) /Rect [72 600 300 620] /P 8 0 R >>"
            .to_owned(),
        "<< /Type /Annot /Subtype /Text /Contents (The guard of the shear was replaced in March.) \
         /Rect [400 600 420 620] /P 8 0 R >>"
            .to_owned(),
        "<< /Type /Annot /Subtype /FreeText /Contents (Blades are ordered from the Ulm plant.) /DA (/F1 12 Tf) \
         /Rect [72 500 300 520] /P 8 0 R >>"
            .to_owned(),
        "<< /Title (Page 3) /Parent 10 0 R /Prev 13 0 R /Next 18 0 R /Dest [8 0 R /Fit] >>".to_owned(),
        "<< /Title (Disposal of oil) /Parent 10 0 R /Prev 17 0 R /Next 19 0 R /Dest [4 0 R /XYZ 70 663 0] >>".to_owned(),
        "<< /Title (Spare brushes) /Parent 10 0 R /Prev 18 0 R /Dest [4 0 R /XYZ 328 663 0] >>".to_owned(),
        ticked("/FT /Btn /T (Guard is closed) /V /On", "On", true),
        ticked("/FT /Btn /T (Oil is drained) /V /Off", "On", false),
        "<< /FT /Btn /Ff 32768 /T (Verdict) /V /Passed /Kids [23 0 R 24 0 R] >>".to_owned(),
        ticked("/Parent 22 0 R", "Passed", true),
        ticked("/Parent 22 0 R", "Rejected", false),
        "<< /Type /XObject /Subtype /Form /BBox [0 0 10 10] /Length 0 >>\nstream\n\nendstream".to_owned(),
    ];
    file_of(objects.into_iter().map(String::into_bytes))
}

fn serve() -> (Folders, Server) {
    let folders = Folders::new();
    folders.write("handbook.pdf", handbook());
    let server = folders.serve();
    server.wait_until_searchable("handbook.pdf");
    (folders, server)
}

/// The passage that holds these words, among what a search for them finds.
fn holding(server: &Server, words: &str) -> Value {
    let found = server.search(words);
    let mut hits = found.as_array().unwrap().iter();
    let hit = hits.find(|hit| hit["text"].as_str().unwrap().contains(words));
    hit.unwrap_or_else(|| panic!("{words}: {found}")).clone()
}

#[test]
fn two_columns_are_read_one_after_the_other() {
    let (_folders, server) = serve();
    for (question, sentence) in [
        (
            "How often is the coolant of the press changed?",
            "The coolant of the press is changed every 400 hours by the maintenance crew of the hall.",
        ),
        (
            "How often is the filter of the press washed?",
            "The filter of the press is washed every 90 hours with the brush that hangs beside it.",
        ),
    ] {
        let answer = server.ask(question);
        let mut quotes = answer["quotes"].as_array().unwrap().iter();
        let quote = quotes.find(|quote| quote["text"] == sentence);
        let quote = quote.unwrap_or_else(|| panic!("{answer}"));
        assert_eq!(quote["citation"]["locator"]["page"], 1, "{answer}");
    }
}

#[test]
fn bookmarks_are_the_headings_of_their_sections_also_where_the_page_does_not_say_them() {
    let (folders, server) = serve();
    let file = folders.documents.path().join("handbook.pdf");
    let read = folders.run("parse", &[file.to_str().unwrap(), "--json"]).json();
    let blocks = read["blocks"].as_array().unwrap();
    for (words, heading) in [
        ("The shutter of the oven opens upwards.", "Oven shutter"),
        ("Pull the red handle and leave the hall at once.", "Fire drill"),
        (
            "The porter walks along the fence on each Sunday.",
            "Weekly rounds",
        ),
    ] {
        let block = blocks
            .iter()
            .find(|block| block["text"].as_str().unwrap().contains(words));
        let place = &block.unwrap_or_else(|| panic!("{read}"))["place"];
        assert_eq!(place["headings"], serde_json::json!([heading]), "{read}");
        assert_eq!(place["page"], 2, "{read}");
    }
    for (words, heading) in [
        ("changed every 400 hours", ""),
        ("yellow drum behind the gate", "Disposal of oil"),
        ("washed every 90 hours", "Disposal of oil"),
        ("renewed in January", "Spare brushes"),
    ] {
        let block = blocks
            .iter()
            .find(|block| block["text"].as_str().unwrap().contains(words));
        let place = &block.unwrap_or_else(|| panic!("{words}: {read}"))["place"];
        let headings = place["headings"].as_array().and_then(|headings| headings.last());
        let found = headings.and_then(Value::as_str).unwrap_or_default();
        let named = ["Disposal of oil", "Spare brushes"].contains(&found);
        assert_eq!(if named { found } else { "" }, heading, "{words}: {read}");
        assert_eq!(place["page"], 1, "{read}");
    }
    // Nowhere but in the bookmark.
    assert_eq!(server.search("fire drill")[0]["locator"]["page"], 2);
    let page = server.get("/documents/1").1;
    assert!(
        page.contains("Fire drill") && !page.contains("Page 3</h"),
        "{page}"
    );
}

#[test]
fn what_was_filled_into_a_form_and_written_beside_it_is_found_on_its_page() {
    let (_folders, server) = serve();
    for words in [
        "Inspector badge: QX-7741",
        "Guard is closed: yes",
        "Verdict: Passed",
        "The guard of the shear was replaced in March.",
        "Blades are ordered from the Ulm plant.",
    ] {
        assert_eq!(holding(&server, words)["locator"]["page"], 3, "{words}");
    }
    let (_, page) = server.get("/documents/1");
    assert!(!page.contains("Oil is drained"), "{page}");
    let answer = server.ask("When was the guard of the shear replaced?");
    assert!(
        answer["quotes"][0]["text"].as_str().unwrap().contains("March"),
        "{answer}"
    );
}

/// A PDF whose Info dictionary has these entries: what is added to a file stands behind it.
fn with_info(mut file: Vec<u8>, entries: &str) -> Vec<u8> {
    let text = String::from_utf8(file.clone()).unwrap();
    let before = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap();
    let number = text.matches(" 0 obj\n").count() + 1;
    let at = file.len();
    file.extend(format!("{number} 0 obj\n<< {entries} >>\nendobj\n").bytes());
    let start = file.len();
    file.extend(
        format!(
            "xref\n{number} 1\n{at:010} 00000 n \ntrailer\n<< /Size {} /Root 1 0 R /Info {number} 0 R /Prev {before} >>\n\
             startxref\n{start}\n%%EOF\n",
            number + 1
        )
        .bytes(),
    );
    file
}

#[test]
fn a_pdf_that_bears_its_number_only_among_its_properties_is_a_controlled_document() {
    let folders = Folders::new();
    let text = |torque: u32| {
        let line = format!("The flange bolt is tightened to {torque} Nm in two steps.");
        pdf(&[line.as_str()])
    };
    let files = [
        (
            "a.pdf",
            with_info(
                text(25),
                "/Document#20number (SOP-QA-030) /Revision (2) /Status (Approved)",
            ),
        ),
        (
            "b.pdf",
            with_info(
                text(28),
                "/DocumentNumber (SOP-QA-030) /Rev (3) /Effective (2026-03-01)",
            ),
        ),
        // A number in UTF-16, under a name in UTF-8.
        (
            "c.pdf",
            with_info(
                text(33),
                "/#E6#96#87#E4#BB#B6#E7#BC#96#E5#8F#B7 <FEFF0053004F0050002D00510041002D003000330030> /Revision (4) \
                 /Status (Draft)",
            ),
        ),
    ];
    for (name, content) in &files {
        folders.write(name, content);
    }
    let server = folders.serve();
    for (name, _) in &files {
        server.wait_until_searchable(name);
    }
    for (name, says) in [
        ("a.pdf", "Revision 2, superseded by revision 3"),
        ("b.pdf", "Revision 3, in force"),
        ("c.pdf", "Revision 4, draft"),
    ] {
        let page = server.get(&format!("/documents/{}", server.document_id(name))).1;
        assert!(page.contains(says), "{name}: {page}");
    }
}
