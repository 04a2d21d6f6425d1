//! Pictures between the words of documents: what they say stands where they do, is said to be recognised, and never takes
//! anything away from the words.

use super::*;
use crate::config::Config;

pub(super) const PLATE: &[u8] = include_bytes!("../../../../tests/cases/pictures/plate.png");
const LOGO: &[u8] = include_bytes!("../../../../tests/cases/pictures/logo.png");
pub(super) const ICON: &[u8] = include_bytes!("../../../../tests/cases/pictures/icon.png");

/// The program of the system, with its languages; says so where it is not there.
#[track_caller]
pub(super) fn tesseract() -> Option<Ocr> {
    let ocr = Ocr::find(&Config::default().ocr);
    if !ocr.is_ready() {
        skipped("there is no tesseract");
    }
    Some(ocr).filter(Ocr::is_ready)
}

pub(super) fn read_with(ocr: &Ocr, name: &str, bytes: &[u8]) -> Result<(Outline, Vec<Block>), ParseError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let kind = FileKind::of_path(name).unwrap();
    let mut blocks = Vec::new();
    let parsers = Parsers::new(library_at(), ocr.clone());
    let outline = parsers.parse(kind, &path, &Limits::default(), &mut |block| {
        blocks.push(block);
        ControlFlow::Continue(())
    })?;
    Ok((outline, blocks))
}

pub(super) fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A slide: what each has are texts, and pictures by their files, one below the other.
fn presentation(slides: &[&[&str]]) -> Vec<u8> {
    let mut parts: Vec<(String, String)> = Vec::new();
    let ids: String = (0..slides.len())
        .map(|at| format!(r#"<p:sldId r:id="s{at}"/>"#))
        .collect();
    let related: String = (0..slides.len())
        .map(|at| format!(r#"<Relationship Id="s{at}" Type="x/slide" Target="slides/slide{at}.xml"/>"#))
        .collect();
    parts.push((
        "ppt/presentation.xml".to_owned(),
        format!("<p:presentation>{ids}</p:presentation>"),
    ));
    parts.push((
        "ppt/_rels/presentation.xml.rels".to_owned(),
        format!("<Relationships>{related}</Relationships>"),
    ));
    for (at, shapes) in slides.iter().enumerate() {
        let (mut body, mut related) = (String::new(), String::new());
        for (number, shape) in shapes.iter().enumerate() {
            let place = format!(r#"<p:spPr><a:xfrm><a:off x="0" y="{number}"/></a:xfrm></p:spPr>"#);
            // The file has them in the opposite order of the slide.
            let shape = if shape.ends_with(".png") {
                related +=
                    &format!(r#"<Relationship Id="p{number}" Type="x/image" Target="../media/{shape}"/>"#);
                format!(r#"<p:pic><p:blipFill><a:blip r:embed="p{number}"/></p:blipFill>{place}</p:pic>"#)
            } else {
                format!("<p:sp>{place}<p:txBody><a:p><a:r><a:t>{shape}</a:t></a:r></a:p></p:txBody></p:sp>")
            };
            body.insert_str(0, &shape);
        }
        parts.push((
            format!("ppt/slides/slide{at}.xml"),
            format!("<p:sld><p:spTree>{body}</p:spTree></p:sld>"),
        ));
        parts.push((
            format!("ppt/slides/_rels/slide{at}.xml.rels"),
            format!("<Relationships>{related}</Relationships>"),
        ));
    }
    let mut all: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    all.push(("ppt/media/plate.png", PLATE));
    all.push(("ppt/media/logo.png", LOGO));
    all.push(("ppt/media/icon.png", ICON));
    package(&all)
}

fn word(body: &str) -> Vec<u8> {
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    let related =
        r#"<Relationships><Relationship Id="r1" Type="x/image" Target="media/plate.png"/></Relationships>"#;
    package(&[
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", related.as_bytes()),
        ("word/media/plate.png", PLATE),
    ])
}

pub(super) const DRAWING: &str = r#"<w:p><w:r><w:drawing><a:blip r:embed="r1"/></w:drawing></w:r></w:p>"#;

pub(super) fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

pub(super) fn fates(outline: &Outline) -> Vec<&'static str> {
    outline
        .coverage
        .runs()
        .iter()
        .flat_map(|run| std::iter::repeat_n(run.fate.as_str(), run.pages() as usize))
        .collect()
}

#[test]
fn what_a_picture_on_a_slide_says_stands_between_the_words_around_it() {
    let Some(ocr) = tesseract() else { return };
    let bytes = presentation(&[&["Before.", "plate.png", "After."], &["plate.png"], &["icon.png"]]);
    let (outline, blocks) = read_with(&ocr, "a.pptx", &bytes).unwrap();
    assert_eq!(fates(&outline), ["text", "ocr", "picture"]);
    let first: Vec<&Block> = blocks
        .iter()
        .filter(|block| block.locator.slide == Some(1))
        .collect();
    assert_eq!(first.first().unwrap().text, "Before.");
    assert_eq!(first.last().unwrap().text, "After.");
    let recognised: Vec<&&Block> = first.iter().filter(|block| block.locator.ocr.is_some()).collect();
    let text: String = recognised.iter().map(|block| block.text.as_str()).collect();
    assert!(
        text.contains("Refill every 310 hours") && text.contains("63 bar"),
        "{text}"
    );
    assert!(first[0].locator.ocr.is_none() && recognised[0].locator.ocr > Some(70));
    // The same picture on the second slide.
    let second: String = blocks
        .iter()
        .filter(|block| block.locator.slide == Some(2))
        .map(|block| block.text.as_str())
        .collect();
    assert_eq!(second, text);
    let reason = outline.coverage.fate(3).unwrap();
    assert_eq!(reason.reason().unwrap().code, "slide-of-pictures");
}

#[test]
fn a_logo_that_many_slides_repeat_is_sent_once() {
    let Some(ocr) = tesseract() else { return };
    let slides: Vec<[&str; 2]> = vec![["logo.png", "Words."]; 6];
    let slides: Vec<&[&str]> = slides.iter().map(<[&str; 2]>::as_slice).collect();
    let (_, blocks) = read_with(&ocr, "a.pptx", &presentation(&slides)).unwrap();
    let logos = blocks.iter().filter(|block| block.text.contains("Honing"));
    assert_eq!(logos.count(), 1, "{blocks:?}");
    assert_eq!(blocks.iter().filter(|block| block.text == "Words.").count(), 6);
}

#[test]
fn a_word_document_says_what_its_pictures_do_under_the_heading_where_they_stand() {
    let Some(ocr) = tesseract() else { return };
    let heading = r#"<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>Lubrication</w:t></w:r></w:p>"#;
    let table = format!(
        "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{DRAWING}</w:tc></w:tr><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        paragraph("Part"),
        paragraph("M8"),
        paragraph("25 Nm")
    );
    let other = r#"<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>Scope</w:t></w:r></w:p>"#;
    let body = format!(
        "{other}{heading}{}{DRAWING}{}{table}",
        paragraph("One."),
        paragraph("Two.")
    );
    let (outline, blocks) = read_with(&ocr, "a.docx", &word(&body)).unwrap();
    assert_eq!(fates(&outline), ["text"]);
    let at = |text: &str| blocks.iter().position(|block| block.text.contains(text)).unwrap();
    assert!(at("One.") < at("310 hours") && at("310 hours") < at("Two."));
    let found = &blocks[at("310 hours")].locator;
    assert_eq!(found.headings, ["Lubrication"]);
    assert!(found.ocr > Some(70));
    // That in the cell of a table follows the table.
    let last = blocks.iter().rposition(|block| block.text.contains("310 hours"));
    assert!(last.unwrap() > at("25 Nm"), "{blocks:?}");
}

#[test]
fn a_document_that_is_nothing_but_a_picture_is_recognised_and_without_recognition_waits_for_it() {
    let bytes = word(DRAWING);
    let error = read_with(&Ocr::default(), "a.docx", &bytes).unwrap_err();
    assert_eq!(error.reason().code, "ocr-off");
    assert_eq!(error.coverage().counts().picture, 1);
    let slides = presentation(&[&["plate.png"], &["Words."]]);
    let (outline, _) = read_with(&Ocr::default(), "a.pptx", &slides).unwrap();
    assert_eq!(fates(&outline), ["picture", "text"]);
    let Some(ocr) = tesseract() else { return };
    let (outline, blocks) = read_with(&ocr, "a.docx", &bytes).unwrap();
    assert_eq!(fates(&outline), ["ocr"]);
    assert!(blocks.iter().all(|block| block.locator.ocr.is_some()));
}

#[test]
fn pictures_in_opendocument_and_in_sheets_are_read_as_well() {
    let Some(ocr) = tesseract() else { return };
    let image = r#"<draw:frame><draw:image xlink:href="Pictures/plate.png"/></draw:frame>"#;
    let text = format!(
        "<office:document-content><office:body><office:text><text:p>One.</text:p><text:p>{image}</text:p><text:p>Two.</text:p></office:text></office:body></office:document-content>"
    );
    let bytes = package(&[("content.xml", text.as_bytes()), ("Pictures/plate.png", PLATE)]);
    let (_, blocks) = read_with(&ocr, "a.odt", &bytes).unwrap();
    let texts: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
    assert_eq!((texts[0], texts[texts.len() - 1]), ("One.", "Two."));
    assert!(texts.iter().any(|text| text.contains("310 hours")), "{texts:?}");
    let slides = format!(
        r#"<office:document-content><office:body><office:presentation><draw:page draw:name="a"><draw:frame><draw:text-box><text:p>Words.</text:p></draw:text-box></draw:frame></draw:page><draw:page draw:name="b">{image}</draw:page></office:presentation></office:body></office:document-content>"#
    );
    let bytes = package(&[("content.xml", slides.as_bytes()), ("Pictures/plate.png", PLATE)]);
    let (outline, blocks) = read_with(&ocr, "a.odp", &bytes).unwrap();
    assert_eq!(fates(&outline), ["text", "ocr"]);
    assert_eq!(blocks.last().unwrap().locator.slide, Some(2));
    let bytes = package(&[
        ("[Content_Types].xml", br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#),
        ("_rels/.rels", br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
        ("xl/workbook.xml", br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Plates" sheetId="1" r:id="r1"/></sheets></workbook>"#),
        ("xl/_rels/workbook.xml.rels", br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#),
        ("xl/worksheets/sheet1.xml", br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>"#),
        ("xl/worksheets/_rels/sheet1.xml.rels", br#"<Relationships><Relationship Id="d1" Type="x/drawing" Target="../drawings/drawing1.xml"/></Relationships>"#),
        ("xl/drawings/drawing1.xml", br#"<xdr:wsDr><xdr:oneCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:row>6</xdr:row></xdr:from><xdr:pic><a:blip r:embed="i1"/></xdr:pic></xdr:oneCellAnchor></xdr:wsDr>"#),
        ("xl/drawings/_rels/drawing1.xml.rels", br#"<Relationships><Relationship Id="i1" Type="x/image" Target="../media/plate.png"/></Relationships>"#),
        ("xl/media/plate.png", PLATE),
    ]);
    let (outline, blocks) = read_with(&ocr, "a.xlsx", &bytes).unwrap();
    assert_eq!(fates(&outline), ["ocr"]);
    assert_eq!(blocks[0].locator.sheet.as_deref(), Some("Plates"));
    assert_eq!(blocks[0].locator.rows, Some((7, 7)));
}

#[test]
fn a_picture_that_is_broken_takes_nothing_away_from_the_words() {
    let body = format!("{}{DRAWING}", paragraph("Words."));
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    let related =
        r#"<Relationships><Relationship Id="r1" Type="x/image" Target="media/plate.png"/></Relationships>"#;
    for broken in [&PLATE[..PLATE.len() / 2], b"no picture", b""] {
        let bytes = package(&[
            ("word/document.xml", document.as_bytes()),
            ("word/_rels/document.xml.rels", related.as_bytes()),
            ("word/media/plate.png", broken),
        ]);
        let ocr = tesseract().unwrap_or_default();
        let (outline, blocks) = read_with(&ocr, "a.docx", &bytes).unwrap();
        assert_eq!(shown(&blocks), ["p Words."]);
        assert_eq!(fates(&outline), ["text"]);
    }
}

#[test]
fn a_picture_of_a_document_in_an_archive_waits_as_it_would_in_a_folder() {
    let bytes = package(&[
        ("plate.docx", &word(DRAWING)),
        ("notes.txt", b"The pump is primed on Mondays."),
    ]);
    let (outline, blocks) = read_with(&Ocr::default(), "a.zip", &bytes).unwrap();
    assert_eq!(shown(&blocks), ["p The pump is primed on Mondays."]);
    assert_eq!(outline.coverage.counts().picture, 1, "{:?}", outline.coverage);
    assert_eq!(outline.unread[0].reason.code, "ocr-off");
}

#[test]
fn a_picture_that_could_not_be_recognised_is_said_beside_the_words_around_it() {
    let Some(ocr) = tesseract() else { return };
    // No picture is recognised in no time.
    let hasty = Config::default().ocr;
    let hasty = Ocr::find(&crate::config::OcrConfig {
        file_seconds: 0,
        ..hasty
    });
    let slides = presentation(&[&["Words."], &["Before.", "plate.png"], &["plate.png"]]);
    let document = word(&format!("{}{DRAWING}", paragraph("Words.")));
    let (outline, blocks) = read_with(&hasty, "a.pptx", &slides).unwrap();
    assert_eq!(shown(&blocks), ["p Words.", "p Before."]);
    assert_eq!(fates(&outline), ["text", "text", "skipped"]);
    let said = |outline: &Outline| -> Vec<(u32, String)> {
        let runs = outline.coverage.pictures().iter();
        runs.map(|run| (run.first, run.fate.reason().unwrap().code.to_string()))
            .collect()
    };
    assert_eq!(said(&outline), [(2, "ocr-limit".to_owned())]);
    let (outline, _) = read_with(&hasty, "a.docx", &document).unwrap();
    assert_eq!(fates(&outline), ["text"]);
    assert_eq!(said(&outline), [(0, "ocr-limit".to_owned())]);
    let inside = package(&[("a.docx", &document), ("notes.txt", b"The pump is primed.")]);
    let (outline, _) = read_with(&hasty, "a.zip", &inside).unwrap();
    assert_eq!(said(&outline), [(0, "ocr-limit".to_owned())]);
    // Where nobody wants pictures recognised, nothing is wrong with them.
    let off = read_with(&Ocr::default(), "a.docx", &document).unwrap().0;
    assert!(said(&off).is_empty());
    let read = read_with(&ocr, "a.docx", &document).unwrap().0;
    assert!(said(&read).is_empty());
}
