//! What stands beside the text of documents: notes, comments, page headers and footers of all formats that have them.

use super::*;

fn word(element: &str, words: &str) -> String {
    format!("<w:{element}><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:{element}>")
}

#[test]
fn notes_and_page_footers_of_word_are_read_and_what_is_broken_beside_them_costs_no_words() {
    let document = format!(
        "<w:document>{}</w:document>",
        word("body", "Every press is locked before work.")
    );
    let related: String = ["header", "footnotes", "endnotes", "footer"]
        .map(|kind| format!(r#"<Relationship Id="{kind}" Type="x/{kind}" Target="{kind}.xml"/>"#))
        .concat();
    let related = format!("<Relationships>{related}</Relationships>");
    let note = |element: &str, words: &str| format!("<w:notes>{}</w:notes>", word(element, words));
    let bytes = archive(&[
        ("word/document.xml", &document),
        ("word/_rels/document.xml.rels", &related),
        ("word/header.xml", &word("hdr", "SOP-QA-014 revision C")),
        ("word/_rels/header.xml.rels", "<Relationships><Relationship Id="),
        ("word/footnotes.xml", &note("footnote", "Press 4 has two locks.")),
        ("word/endnotes.xml", &note("endnote", "The keys hang in hall 2.")),
        (
            "word/footer.xml",
            &word("ftr", "Printed copies are not controlled."),
        ),
    ]);
    let (_, blocks) = read("a.docx", &bytes).unwrap();
    assert_eq!(
        shown(&blocks),
        [
            "p SOP-QA-014 revision C",
            "p Every press is locked before work.",
            "p Press 4 has two locks.",
            "p The keys hang in hall 2.",
            "p Printed copies are not controlled.",
        ]
    );
    // Without its own list of parts a document is not what it seems.
    let broken = archive(&[
        ("word/document.xml", &document),
        ("word/_rels/document.xml.rels", "<Relationships><Relationship Id="),
    ]);
    assert!(matches!(read("a.docx", &broken), Err(ParseError::Damaged { .. })));
}

#[test]
fn page_headers_and_threads_of_comments_of_a_workbook_are_read_with_its_sheet() {
    let cell = |name: &str, text: &str| format!(r#"<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let sheet = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">{}{}</row><row r="2">{}{}</row></sheetData><headerFooter><oddHeader>&amp;L&amp;"Arial,Bold"SOP-QA-014 Rev C</oddHeader><oddFooter>&amp;CPage &amp;P</oddFooter></headerFooter></worksheet>"#,
        cell("A1", "Part"),
        cell("B1", "Torque"),
        cell("A2", "M8"),
        cell("B2", "25 Nm"),
    );
    let bytes = archive(&[
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Torques" sheetId="1" r:id="r1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.xml", &sheet),
        (
            "xl/worksheets/_rels/sheet1.xml.rels",
            r#"<Relationships><Relationship Id="c" Type="x/comments" Target="../comments1.xml"/><Relationship Id="t" Type="x/threadedComment" Target="../threadedComments/threadedComment1.xml"/></Relationships>"#,
        ),
        (
            "xl/comments1.xml",
            r#"<comments><commentList><comment ref="A2"><text><t>[Threaded comment] Open a newer program.</t></text></comment><comment ref="B2"><text><r><t>Checked by QA.</t></r></text></comment></commentList></comments>"#,
        ),
        (
            "xl/threadedComments/threadedComment1.xml",
            r#"<ThreadedComments><threadedComment ref="A2"><text>With the brass washer?</text></threadedComment></ThreadedComments>"#,
        ),
    ]);
    let (_, blocks) = read("a.xlsx", &bytes).unwrap();
    assert_eq!(
        shown(&blocks),
        [
            "p SOP-QA-014 Rev C",
            "row [Part | Torque] M8 | 25 Nm",
            "p A2: With the brass washer?",
            "p B2: Checked by QA.",
        ]
    );
    assert!(
        blocks
            .iter()
            .all(|block| block.locator.sheet.as_deref() == Some("Torques"))
    );
}

#[test]
fn what_reviewers_have_noted_in_rich_text_is_read_without_their_names() {
    let text = br"{\rtf1\ansi The press is locked.{\*\atnid QA}{\*\atnauthor Chen Li}\chatn{\*\annotation{\*\atnref 1}\pard\plain Which lock is meant?}\par}";
    let (_, blocks) = read("a.rtf", text).unwrap();
    let mut said = shown(&blocks);
    said.sort();
    assert_eq!(said, ["p The press is locked.", "p Which lock is meant?"]);
}

#[test]
fn page_headers_and_footers_of_opendocument_sheets_are_read_once() {
    let content = r#"<office:document-content><office:body><office:spreadsheet><table:table table:name="Torques">
        <table:table-row><table:table-cell><text:p>Part</text:p></table:table-cell><table:table-cell><text:p>Torque</text:p></table:table-cell></table:table-row>
        <table:table-row><table:table-cell><text:p>M8</text:p></table:table-cell><table:table-cell><text:p>25 Nm</text:p></table:table-cell></table:table-row>
        </table:table></office:spreadsheet></office:body></office:document-content>"#;
    // As programs write it: the usual page shows the name of the sheet and the number of the page.
    let styles = r#"<office:document-styles><office:master-styles>
        <style:master-page style:name="Default"><style:header><text:p><text:sheet-name>???</text:sheet-name></text:p></style:header>
        <style:header-left style:display="false"><text:p>Nobody sees this.</text:p></style:header-left>
        <style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer></style:master-page>
        <style:master-page style:name="Report"><style:header><style:region-left><text:p>SOP-QA-014<text:s/>revision C</text:p></style:region-left></style:header>
        <style:footer><text:p>SOP-QA-014 revision C</text:p></style:footer></style:master-page>
        </office:master-styles></office:document-styles>"#;
    let bytes = archive(&[("content.xml", content), ("styles.xml", styles)]);
    let (outline, blocks) = read("a.ods", &bytes).unwrap();
    assert_eq!(
        shown(&blocks),
        ["p SOP-QA-014 revision C", "row [Part | Torque] M8 | 25 Nm"]
    );
    assert_eq!(blocks[0].locator.sheet.as_deref(), Some("Torques"));
    assert_eq!(outline.coverage, Coverage::of_text(1));
}

#[test]
fn the_footer_that_slides_of_opendocument_share_is_read_with_the_first() {
    let slide = |footer: &str, text: &str| {
        format!(
            r#"<draw:page presentation:use-footer-name="{footer}"><draw:frame><draw:text-box>{text}</draw:text-box></draw:frame></draw:page>"#
        )
    };
    let content = format!(
        r#"<office:document-content><office:body><office:presentation>
        <presentation:footer-decl presentation:name="f1">SOP-QA-014 revision C</presentation:footer-decl>
        <presentation:footer-decl presentation:name="f2">Training hall 2</presentation:footer-decl>
        {}{}{}</office:presentation></office:body></office:document-content>"#,
        slide("f1", "<text:p>Stop the press.</text:p>"),
        slide("f1", "<text:p>Lock it.</text:p>"),
        slide("f2", ""),
    );
    let (outline, blocks) = read("a.odp", &archive(&[("content.xml", &content)])).unwrap();
    assert_eq!(
        shown(&blocks),
        [
            "p Stop the press.",
            "p SOP-QA-014 revision C",
            "p Lock it.",
            "p Training hall 2"
        ]
    );
    // A slide of nothing but a footer has nothing to search.
    assert_eq!(pasted::fates(&outline), ["text", "text", "empty"]);
}
