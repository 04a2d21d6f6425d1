//! Parts of Office files that stand beside the text: merged cells, notes of slides, footers.

use super::*;
use crate::domain::PageFate;

#[test]
fn merged_cells_of_opendocument_sheets_say_the_same_in_each_row() {
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let merged =
        "<table:table-cell table:number-rows-spanned=\"2\"><text:p>by hand</text:p></table:table-cell>";
    let row = |cells: &[&str]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let rows = [
        row(&[&cell("Part"), &cell("Torque"), &cell("Checked")]),
        row(&[&cell("M8"), &cell("25"), merged]),
        row(&[&cell("M10"), &cell("49"), "<table:covered-table-cell/>"]),
        row(&[&cell("M12"), &cell("85"), &cell("by machine")]),
    ]
    .concat();
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"Torques\">{rows}\
         </table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let (_, blocks) = read("a.ods", &archive(&[("content.xml", &content)])).unwrap();
    assert_eq!(
        shown(&blocks),
        [
            "row [Part | Torque | Checked] M8 | 25 | by hand",
            "row [Part | Torque | Checked] M10 | 49 | by hand",
            "row [Part | Torque | Checked] M12 | 85 | by machine",
        ]
    );
}

#[test]
fn slides_of_opendocument_give_titles_notes_and_hidden_ones_marked() {
    let frame = |class: &str, text: &str| {
        format!(
            "<draw:frame presentation:class=\"{class}\"><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>"
        )
    };
    let slide = |style: &str, shapes: &[String], notes: &str| {
        format!(
            "<draw:page draw:style-name=\"{style}\">{}<presentation:notes>{}</presentation:notes></draw:page>",
            shapes.concat(),
            frame("notes", notes)
        )
    };
    let slides = [
        slide(
            "dp1",
            &[
                frame("title", "Welcome to hall 2"),
                frame("subtitle", "Wear your glasses"),
            ],
            "Hand out the glasses.",
        ),
        slide("dp2", &[frame("title", "Spare")], "Nobody sees this."),
    ]
    .concat();
    let content = format!(
        "<office:document-content><style:style style:name=\"dp2\"><style:drawing-page-properties \
         presentation:visibility=\"hidden\"/></style:style><office:body><office:presentation>{slides}\
         </office:presentation></office:body></office:document-content>"
    );
    let (outline, blocks) = read("a.odp", &archive(&[("content.xml", &content)])).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Welcome to hall 2"));
    assert_eq!(outline.coverage.pages(), 2);
    assert_eq!(
        shown(&blocks),
        [
            "h1 Welcome to hall 2",
            "p Wear your glasses",
            "p Hand out the glasses.",
            "h1 Spare",
            "p Nobody sees this.",
        ]
    );
    let places: Vec<_> = blocks
        .iter()
        .map(|block| (block.locator.slide, block.locator.hidden))
        .collect();
    assert_eq!(
        places,
        [
            (Some(1), false),
            (Some(1), false),
            (Some(1), false),
            (Some(2), true),
            (Some(2), true)
        ]
    );
}

#[test]
fn a_slide_of_powerpoint_97_that_is_not_shown_is_marked() {
    let mut bytes = Vec::new();
    let packed = std::fs::File::open(case("old.ppt.gz")).unwrap();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed), &mut bytes).unwrap();
    // What is said of how the slide is shown (SlideShowSlideInfoAtom), and in it the bit that hides it.
    let head = [0x00, 0x00, 0xf9, 0x03, 0x10, 0x00, 0x00, 0x00];
    let at = bytes
        .windows(head.len())
        .position(|window| window == head)
        .unwrap();
    bytes[at + head.len() + 10] |= 4;
    let (_, blocks) = read("old.ppt", &bytes).unwrap();
    assert_eq!(blocks.len(), 3);
    assert!(blocks.iter().all(|block| block.locator.hidden));
}

#[test]
fn comments_of_word_97_are_kept() {
    let (_, blocks) = blocks_of(&case("commented.doc")).unwrap();
    let text = shown(&blocks).join("\n");
    assert!(text.contains("p Every press is locked before work."), "{text}");
    assert!(text.contains("With two locks in hall 2."), "{text}");
}

#[test]
fn the_footer_of_slides_stands_once_and_their_numbers_and_days_not_at_all() {
    let presentation = r#"<p:presentation><p:sldIdLst><p:sldId r:id="r1"/><p:sldId r:id="r2"/><p:sldId r:id="r3"/></p:sldIdLst></p:presentation>"#;
    let related = r#"<Relationships><Relationship Id="r1" Type="x/slide" Target="slides/slide1.xml"/><Relationship Id="r2" Type="x/slide" Target="slides/slide2.xml"/><Relationship Id="r3" Type="x/slide" Target="slides/slide3.xml"/></Relationships>"#;
    let place = |kind: &str, text: &str| {
        format!(r#"<p:sp><p:ph type="{kind}"/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp>"#)
    };
    let slide = |body: &str, footer: &str, number: &str| {
        format!(
            "<p:sld>{}{}{}{}</p:sld>",
            place("ftr", footer),
            place("sldNum", number),
            place("dt", "1 May"),
            place("body", body)
        )
    };
    let footer = "SOP-QA-014 revision C";
    let bytes = archive(&[
        ("ppt/presentation.xml", presentation),
        ("ppt/_rels/presentation.xml.rels", related),
        ("ppt/slides/slide1.xml", &slide("Stop the press.", footer, "1")),
        ("ppt/slides/slide2.xml", &slide("Lock it.", footer, "2")),
        ("ppt/slides/slide3.xml", &slide("", "Training hall 2", "3")),
    ]);
    let (outline, blocks) = read("a.pptx", &bytes).unwrap();
    assert_eq!(
        shown(&blocks),
        [
            "li Stop the press.",
            "p SOP-QA-014 revision C",
            "li Lock it.",
            "p Training hall 2"
        ]
    );
    // A slide of nothing but a footer has nothing to search.
    let fates = [1, 2, 3].map(|page| outline.coverage.fate(page));
    assert_eq!(fates, [PageFate::Text, PageFate::Text, PageFate::Empty].map(Some));
}
