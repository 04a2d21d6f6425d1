//! Office files old and new: sheets, slides, hidden parts, comments, properties, changes.

use super::*;

#[test]
fn documents_of_word_97_give_headings_tables_and_properties() {
    let (outline, blocks) = blocks_of(&case("old.doc")).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Lockout of press 4"));
    assert_eq!(outline.properties["author"], "Quality");
    assert_eq!(
        shown(&blocks),
        [
            "h1 Scope",
            "p Every press is locked before work.",
            "row [Part | Torque] M8 | 25 Nm",
            "p 设备 is switched off first.",
        ]
    );
    assert_eq!(blocks[1].locator.headings, ["Scope"]);
}

#[test]
fn workbooks_of_excel_97_give_values_merged_cells_notes_and_hidden_sheets() {
    let (outline, blocks) = blocks_of(&case("old.xls")).unwrap();
    assert_eq!(outline.coverage.pages(), 2);
    assert_eq!(
        shown(&blocks),
        [
            "row [Part | Torque | Checked] M8 | 25 | by hand",
            "row [Part | Torque | Checked] M10 | 49 | by hand",
            "p A2: Only with washer",
            "row [Part | Price] M8 | 0.12",
        ]
    );
    assert_eq!(blocks[1].locator.sheet.as_deref(), Some("Torques"));
    assert_eq!(
        (blocks[1].locator.rows, blocks[1].locator.hidden),
        (Some((3, 3)), false)
    );
    assert!(blocks[3].locator.hidden);
    assert_eq!(blocks[2].locator.rows, Some((2, 2)));
}

#[test]
fn presentations_of_powerpoint_97_give_slides_with_notes() {
    let mut bytes = Vec::new();
    let packed = std::fs::File::open(case("old.ppt.gz")).unwrap();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed), &mut bytes).unwrap();
    let (outline, blocks) = read("old.ppt", &bytes).unwrap();
    assert_eq!(outline.coverage.pages(), 1);
    assert_eq!(
        shown(&blocks),
        [
            "h1 Welcome to hall 2",
            "p Wear your glasses",
            "p Hand out the glasses."
        ]
    );
    assert!(blocks.iter().all(|block| block.locator.slide == Some(1)));
}

#[test]
fn the_content_counts_and_not_the_name() {
    let old = std::fs::read(case("old.doc")).unwrap();
    assert_eq!(shown(&read("a.docx", &old).unwrap().1)[0], "h1 Scope");
    let page = b"<html><body><table><tr><th>Part</th><th>Torque</th></tr><tr><td>M8</td><td>25</td></tr></table></body></html>";
    assert_eq!(
        shown(&read("export.xls", page).unwrap().1),
        ["row [Part | Torque] M8 | 25"]
    );
    assert_eq!(
        shown(&read("export.xls", b"Part\tTorque\nM8\t25 Nm\n").unwrap().1),
        ["row [Part | Torque] M8 | 25 Nm"]
    );
    assert_eq!(
        shown(&read("a.doc", br"{\rtf1 Stop first.\par}").unwrap().1),
        ["p Stop first."]
    );
}

#[test]
fn changes_are_read_as_accepted_and_comments_are_kept() {
    let document = r#"<w:document><w:body><w:p><w:r><w:t>Torque </w:t></w:r><w:del><w:r><w:delText>20</w:delText></w:r></w:del>
        <w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom><w:ins><w:r><w:t>25</w:t></w:r></w:ins><w:r><w:t> Nm</w:t></w:r></w:p></w:body></w:document>"#;
    let relationships =
        r#"<Relationships><Relationship Id="r1" Type="x/comments" Target="comments.xml"/></Relationships>"#;
    let comments =
        "<w:comments><w:comment><w:p><w:r><w:t>Checked by QA.</w:t></w:r></w:p></w:comment></w:comments>";
    let custom = r#"<Properties><property name="Document number"><vt:lpwstr>SOP-QA-014</vt:lpwstr></property></Properties>"#;
    let core = "<cp:coreProperties><cp:version>C</cp:version><cp:contentStatus>Released</cp:contentStatus></cp:coreProperties>";
    let bytes = archive(&[
        ("word/document.xml", document),
        ("word/_rels/document.xml.rels", relationships),
        ("word/comments.xml", comments),
        ("docProps/custom.xml", custom),
        ("docProps/core.xml", core),
    ]);
    let (outline, blocks) = read("a.docx", &bytes).unwrap();
    assert_eq!(shown(&blocks), ["p Torque 25 Nm", "p Checked by QA."]);
    assert_eq!(outline.properties["custom.Document number"], "SOP-QA-014");
    assert_eq!(
        (&*outline.properties["version"], &*outline.properties["status"]),
        ("C", "Released")
    );
}

#[test]
fn slides_are_read_from_top_to_bottom_with_charts_and_hidden_ones_marked() {
    let presentation = r#"<p:presentation><p:sldIdLst><p:sldId r:id="rId1"/></p:sldIdLst></p:presentation>"#;
    let related = r#"<Relationships><Relationship Id="rId1" Type="x/slide" Target="slides/slide1.xml"/></Relationships>"#;
    let shape = |top: u32, text: &str| {
        format!(
            r#"<p:sp><p:spPr><a:xfrm><a:off x="1" y="{top}"/></a:xfrm></p:spPr><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp>"#
        )
    };
    let chart =
        r#"<p:graphicFrame><p:xfrm><a:off x="1" y="50"/></p:xfrm><c:chart r:id="rId7"/></p:graphicFrame>"#;
    let slide = format!(
        r#"<p:sld show="0">{}{chart}{}</p:sld>"#,
        shape(90, "Below."),
        shape(10, "Above.")
    );
    let beside = r#"<Relationships><Relationship Id="rId7" Type="x/chart" Target="../charts/chart1.xml"/>
        <Relationship Id="rId8" Type="x/comments" Target="../comments/c.xml"/></Relationships>"#;
    let data = r#"<c:chartSpace><c:title><a:t>Scrap by month</a:t></c:title><c:ser><c:tx><c:v>Line one</c:v></c:tx>
        <c:cat><c:pt idx="0"><c:v>May</c:v></c:pt></c:cat><c:val><c:pt idx="0"><c:v>3</c:v></c:pt></c:val></c:ser></c:chartSpace>"#;
    let bytes = archive(&[
        ("ppt/presentation.xml", presentation),
        ("ppt/_rels/presentation.xml.rels", related),
        ("ppt/slides/slide1.xml", &slide),
        ("ppt/slides/_rels/slide1.xml.rels", beside),
        ("ppt/charts/chart1.xml", data),
        (
            "ppt/comments/c.xml",
            "<p:cmLst><p:cm><p:text>Is that so?</p:text></p:cm></p:cmLst>",
        ),
    ]);
    let (_, blocks) = read("a.pptx", &bytes).unwrap();
    let texts: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
    assert_eq!(texts[..2], ["Above.", "Scrap by month"]);
    assert_eq!(texts[texts.len() - 3..], ["May | 3", "Below.", "Is that so?"]);
    assert!(blocks.iter().all(|block| block.locator.hidden));
}

#[test]
fn texts_of_opendocument_give_headings_lists_notes_and_tables() {
    let content = r#"<office:document-content><office:body><office:text>
        <text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>
        <text:h text:outline-level="1">Scope</text:h><text:p>Every<text:s text:c="1"/>press.<office:annotation><dc:creator>Li</dc:creator><text:p>Really?</text:p></office:annotation></text:p>
        <text:list><text:list-item><text:p>Stop</text:p></text:list-item></text:list>
        <table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Part</text:p></table:table-cell><table:table-cell><text:p>Torque</text:p></table:table-cell></table:table-row></table:table-header-rows>
        <table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>M8</text:p></table:table-cell><table:table-cell><text:p>25 Nm</text:p></table:table-cell></table:table-row>
        <table:table-row><table:covered-table-cell/><table:table-cell><text:p>26 Nm</text:p></table:table-cell></table:table-row></table:table>
        </office:text></office:body></office:document-content>"#;
    let meta = r#"<office:document-meta><dc:title>Lockout</dc:title><meta:user-defined meta:name="Revision">C</meta:user-defined></office:document-meta>"#;
    let styles = "<office:document-styles><style:header><text:p>SOP-QA-014</text:p></style:header></office:document-styles>";
    let bytes = archive(&[
        ("content.xml", content),
        ("meta.xml", meta),
        ("styles.xml", styles),
    ]);
    let (outline, blocks) = read("a.odt", &bytes).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Lockout"));
    assert_eq!(outline.properties["custom.Revision"], "C");
    assert_eq!(
        shown(&blocks),
        [
            "p SOP-QA-014",
            "h1 Scope",
            "p Really?",
            "p Every press.",
            "li Stop",
            "row [Part | Torque] M8 | 25 Nm",
            "row [Part | Torque] M8 | 26 Nm",
        ]
    );
}

#[test]
fn sheets_of_opendocument_give_values_notes_and_hidden_ones_marked() {
    let content = r#"<office:document-content><style:style style:name="h"><style:table-properties table:display="false"/></style:style>
        <office:body><office:spreadsheet><table:table table:name="Torques" table:style-name="h">
        <table:table-row><table:table-cell><text:p>Part</text:p></table:table-cell><table:table-cell><text:p>Torque</text:p></table:table-cell></table:table-row>
        <table:table-row><table:table-cell><text:p>M8</text:p><office:annotation><dc:creator>Li</dc:creator><text:p>With washer</text:p></office:annotation></table:table-cell>
        <table:table-cell office:value="25"><text:p>25 Nm</text:p></table:table-cell></table:table-row>
        </table:table></office:spreadsheet></office:body></office:document-content>"#;
    let (_, blocks) = read("a.ods", &archive(&[("content.xml", content)])).unwrap();
    assert_eq!(
        shown(&blocks),
        ["row [Part | Torque] M8 | 25 Nm", "p A2: With washer"]
    );
    let place = &blocks[0].locator;
    assert_eq!(
        (place.sheet.as_deref(), place.rows, place.hidden),
        (Some("Torques"), Some((2, 2)), true)
    );
}

/// Real files, where they are at hand.
#[test]
fn real_files_of_the_further_formats_say_what_they_are_known_to_say() {
    for (path, expected) in [
        (
            "docling/odf/sources/odf_table_with_title_01.ods",
            "row [Year | Freshwater Ducks]",
        ),
        ("docling/odf/sources/odf_presentation_01.odp", "Test Table Slide"),
        (
            "docling/email/sources/msg_with_attachment.msg",
            "p This is a test attachment file.",
        ),
        (
            "docling/email/sources/eml_with_attachment.eml",
            "p This is a test attachment file.",
        ),
        ("docling/asciidoc/sources/asciidoc_02.asciidoc", "h1 "),
        (
            "docling/xlsx/sources/xlsx_02_sample_sales_data.xlsm",
            "row [Product | Date | Quantity | Revenue] Widget A | 2024-01-01 | 5 | 5000",
        ),
    ] {
        let Some(file) = shared(path) else { continue };
        let (_, blocks) = blocks_of(&file).unwrap();
        let text = shown(&blocks).join("\n");
        assert!(text.contains(expected), "{expected} is not in {path}:\n{text}");
    }
}

/// A record of a binary workbook: its number, its length, its content.
fn record(number: u16, content: &[u8]) -> Vec<u8> {
    let mut bytes = if number < 0x80 {
        vec![number.to_le_bytes()[0]]
    } else {
        number_of_two_bytes(number)
    };
    bytes.push(u8::try_from(content.len()).unwrap());
    bytes.extend(content);
    bytes
}

fn number_of_two_bytes(number: u16) -> Vec<u8> {
    let low = u8::try_from(number & 0x7f).unwrap() | 0x80;
    vec![low, u8::try_from(number >> 7).unwrap()]
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let length = u32::try_from(units.len()).unwrap();
    let bytes = units.into_iter().flat_map(u16::to_le_bytes);
    length.to_le_bytes().into_iter().chain(bytes).collect()
}

#[test]
fn binary_workbooks_give_values_merged_cells_and_what_stands_beside_them() {
    let named = [[1u8, 0, 0, 0, 1, 0, 0, 0].to_vec(), wide("rId1"), wide("Torques")].concat();
    let workbook = [record(0x9c, &named), record(0x90, &[]), record(0x84, &[])].concat();
    let text =
        |column: u8, text: &str| record(6, &[[column, 0, 0, 0, 0, 0, 0, 0].to_vec(), wide(text)].concat());
    let number = [[1u8, 0, 0, 0, 0, 0, 0, 0], 25f64.to_le_bytes()].concat();
    let sheet = [
        record(0x81, &[]),
        record(0x94, &[0; 16]),
        record(0x91, &[]),
        record(0, &[0; 4]),
        text(0, "Part"),
        text(1, "Torque"),
        text(2, "Checked"),
        record(0, &[1, 0, 0, 0]),
        text(0, "M8"),
        record(5, &number),
        text(2, "by hand"),
        record(0, &[2, 0, 0, 0]),
        text(0, "M10"),
        record(5, &number),
        record(0x92, &[]),
        record(0xb1, &[1, 0, 0, 0]),
        record(0xb0, &[1, 2, 2, 2].map(|place: u32| place.to_le_bytes()).concat()),
        record(0xb2, &[]),
        record(
            0x1df,
            &[vec![0, 0], wide("&LSOP-QA-014 Rev C"), vec![0xff; 20]].concat(),
        ),
    ]
    .concat();
    let cell = [0, 2, 2, 0, 0].map(|place: u32| place.to_le_bytes()).concat();
    let comments = [
        record(0x27b, &[cell, vec![7; 16]].concat()),
        record(0x27d, &[vec![0], wide("Only with the brass washer")].concat()),
        record(0x27c, &[]),
    ]
    .concat();
    let beside = r#"<Relationships><Relationship Id="c1" Type="x/comments" Target="../comments1.bin"/></Relationships>"#;
    let related = r#"<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.bin"/></Relationships>"#;
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("xl/workbook.bin", workbook.as_slice()),
        ("xl/_rels/workbook.bin.rels", related.as_bytes()),
        ("xl/worksheets/sheet1.bin", &sheet),
        ("xl/worksheets/_rels/sheet1.bin.rels", beside.as_bytes()),
        ("xl/comments1.bin", &comments),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let (_, blocks) = read("a.xlsb", &bytes).unwrap();
    assert_eq!(
        shown(&blocks),
        [
            "p SOP-QA-014 Rev C",
            "row [Part | Torque | Checked] M8 | 25 | by hand",
            "row [Part | Torque | Checked] M10 | 25 | by hand",
            "p A3: Only with the brass washer",
        ]
    );
    for block in blocks {
        assert_eq!(block.locator.sheet.as_deref(), Some("Torques"));
        assert!(block.locator.hidden);
    }
}
