//! Pictures where documents seldom carry them: in page headers, in spreadsheets of OpenDocument, in rich text, in web pages.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::pasted::{DRAWING, PLATE, fates, package, paragraph, read_with, tesseract};
use super::*;

/// What stands only on the plate.
const ON_PLATE: &str = "310 hours";

fn at(blocks: &[Block], words: &str) -> usize {
    let found = blocks.iter().position(|block| block.text.contains(words));
    found.unwrap_or_else(|| panic!("{words}: {blocks:?}"))
}

fn times(blocks: &[Block]) -> usize {
    blocks
        .iter()
        .filter(|block| block.text.contains(ON_PLATE))
        .count()
}

fn in_digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_picture_in_a_page_header_of_word_is_read_once() {
    let Some(ocr) = tesseract() else { return };
    let document = format!(
        "<w:document><w:body>{}</w:body></w:document>",
        paragraph("Words.")
    );
    let header = format!("<w:hdr>{}{DRAWING}</w:hdr>", paragraph("SOP-QA-014"));
    let related = r#"<Relationships><Relationship Id="h1" Type="x/header" Target="header1.xml"/><Relationship Id="h2" Type="x/header" Target="header2.xml"/><Relationship Id="r1" Type="x/image" Target="media/other.png"/></Relationships>"#;
    let of_header =
        r#"<Relationships><Relationship Id="r1" Type="x/image" Target="media/plate.png"/></Relationships>"#;
    let bytes = package(&[
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", related.as_bytes()),
        ("word/header1.xml", header.as_bytes()),
        ("word/_rels/header1.xml.rels", of_header.as_bytes()),
        ("word/header2.xml", header.as_bytes()),
        ("word/_rels/header2.xml.rels", of_header.as_bytes()),
        ("word/media/plate.png", PLATE),
    ]);
    let (outline, blocks) = read_with(&ocr, "a.docx", &bytes).unwrap();
    assert_eq!(fates(&outline), ["text"]);
    assert_eq!(times(&blocks), 1, "{blocks:?}");
    assert!(at(&blocks, ON_PLATE) < at(&blocks, "Words."), "{blocks:?}");
    assert!(blocks[at(&blocks, ON_PLATE)].locator.ocr > Some(70));
}

#[test]
fn a_picture_in_a_spreadsheet_of_opendocument_stands_at_its_row() {
    let Some(ocr) = tesseract() else { return };
    let image = r#"<draw:frame><draw:image xlink:href="Pictures/plate.png"/></draw:frame>"#;
    let row = |inside: &str| {
        format!("<table:table-row><table:table-cell>{inside}</table:table-cell></table:table-row>")
    };
    let rows = [
        row("<text:p>One</text:p>"),
        row("<text:p>Two</text:p>"),
        row(image),
    ]
    .concat();
    let sheets = format!(
        r#"<table:table table:name="Plates">{rows}</table:table><table:table table:name="Bare">{}</table:table>"#,
        row(image)
    );
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    );
    let bytes = package(&[("content.xml", content.as_bytes()), ("Pictures/plate.png", PLATE)]);
    let (outline, blocks) = read_with(&ocr, "a.ods", &bytes).unwrap();
    assert_eq!(fates(&outline), ["text", "ocr"]);
    let place = &blocks[at(&blocks, ON_PLATE)].locator;
    assert_eq!(
        (place.sheet.as_deref(), place.rows),
        (Some("Plates"), Some((3, 3)))
    );
    assert!(place.ocr > Some(70));
}

#[test]
fn a_picture_in_rich_text_follows_its_paragraph_and_is_not_read_again_from_its_copy_for_old_programs() {
    let Some(ocr) = tesseract() else { return };
    let digits = in_digits(PLATE);
    let text = [
        r"{\rtf1\ansi One.\par Two {\*\shppict{\pict{\*\picprop x}\picw10\pngblip ",
        &digits,
        r"}}{\nonshppict{\pict\pngblip ",
        &digits,
        r"}} goes on.\par Three.\par {\pict\wmetafile8 ",
        &digits,
        "}}",
    ]
    .concat();
    let (outline, blocks) = read_with(&ocr, "a.rtf", text.as_bytes()).unwrap();
    assert_eq!(fates(&outline), ["text"]);
    assert_eq!(times(&blocks), 1, "{blocks:?}");
    let plate = at(&blocks, ON_PLATE);
    assert!(
        at(&blocks, "goes on.") < plate && plate < at(&blocks, "Three."),
        "{blocks:?}"
    );
    assert_eq!(blocks[at(&blocks, "goes on.")].text, "Two goes on.");
    // As bytes, in a cell.
    let begins = format!(
        r"{{\rtf1 \trowd\cellx1\intbl M8 {{\pict\jpegblip\bin{} ",
        PLATE.len()
    );
    let ends: &[u8] = br"}\cell\row\pard Below.\par}";
    let (_, blocks) = read_with(&ocr, "a.rtf", &[begins.as_bytes(), PLATE, ends].concat()).unwrap();
    let plate = at(&blocks, ON_PLATE);
    assert!(
        at(&blocks, "M8") < plate && plate < at(&blocks, "Below."),
        "{blocks:?}"
    );
}

#[test]
fn a_picture_that_a_web_page_carries_in_itself_is_read_where_it_stands() {
    let Some(ocr) = tesseract() else { return };
    let image = format!(
        r#"<img alt="plate" src="data:image/png;base64,{}">"#,
        STANDARD.encode(PLATE)
    );
    let page = format!(
        "<html><body><h1>Pump</h1><p>One.</p><p>{image}</p><p>Two.</p><table><tr><th>Part</th><th>Shown</th></tr>\
         <tr><td>M8</td><td>{image}</td></tr></table><p>Three.</p></body></html>"
    );
    let (outline, blocks) = read_with(&ocr, "a.html", page.as_bytes()).unwrap();
    assert_eq!(fates(&outline), ["text"]);
    assert_eq!(times(&blocks), 2, "{blocks:?}");
    let first = at(&blocks, ON_PLATE);
    let last = blocks
        .iter()
        .rposition(|block| block.text.contains(ON_PLATE))
        .unwrap();
    assert!(
        at(&blocks, "One.") < first && first < at(&blocks, "Two."),
        "{blocks:?}"
    );
    assert!(
        at(&blocks, "M8") < last && last < at(&blocks, "Three."),
        "{blocks:?}"
    );
    let alone = format!("<html><body>{image}</body></html>");
    let (outline, _) = read_with(&ocr, "a.html", alone.as_bytes()).unwrap();
    assert_eq!(fates(&outline), ["ocr"]);
    let waits = read_with(&Ocr::default(), "a.html", alone.as_bytes()).unwrap_err();
    assert_eq!(waits.reason().code, "ocr-off");
}
