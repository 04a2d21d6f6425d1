//! What each format gives, from files made here.

use super::*;
use crate::domain::Coverage;

#[test]
fn markdown_gives_headings_numbered_items_tables_and_code() {
    let text = "---\ntitle: Press 4\n---\n# Press 4\n\nKeep the\nguard closed.\n\n## Start\n\n1. Open the valve\n2. Press **green**\n\n- dry\n- clean\n\n| Part | Torque |\n|---|---|\n| M8 | 25 Nm |\n\n```\nG0 X1\nM30\n```\n设备启动前\n请检查。\n";
    let (outline, blocks) = read("a.md", text.as_bytes()).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Press 4"));
    assert_eq!(
        shown(&blocks),
        [
            "p Keep the guard closed.",
            "h2 Start",
            "li 1. Open the valve",
            "li 2. Press green",
            "li dry",
            "li clean",
            "row [Part | Torque] M8 | 25 Nm",
            "code G0 X1\nM30",
            "p 设备启动前请检查。",
        ]
    );
    assert_eq!(blocks[2].locator.headings, ["Start"]);
}

#[test]
fn html_gives_the_main_text_without_menus_and_scripts() {
    let page = "<html><head><title>Site</title><style>p{}</style></head><body><nav>Home About</nav><main><h1>Lockout</h1>
        <script>alert(1)</script><p>Never reach in <b>without</b>\n your lock.</p><ol><li>Stop</li><li><p>Lock</p></li></ol>
        <table><tr><th>Lock</th><th>Colour</th></tr><tr><td rowspan=2>Operator</td><td>blue</td></tr><tr><td>green</td></tr></table>
        </main><footer>Imprint</footer></body></html>";
    let (outline, blocks) = read("a.html", page.as_bytes()).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Lockout"));
    assert_eq!(
        shown(&blocks),
        [
            "p Never reach in without your lock.",
            "li 1. Stop",
            "li 2. Lock",
            "row [Lock | Colour] Operator | blue",
            "row [Lock | Colour] Operator | green",
        ]
    );
}

#[test]
fn html_in_a_declared_encoding_is_read() {
    let (bytes, _, _) = encoding_rs::GBK
        .encode("<html><head><meta charset=\"gbk\"></head><body><p>食堂开放时间</p></body></html>");
    let (_, blocks) = read("a.html", &bytes).unwrap();
    assert_eq!(shown(&blocks), ["p 食堂开放时间"]);
}

#[test]
fn rst_gives_sections_lists_directives_and_tables() {
    let text = "Pump\n====\n\n.. toctree::\n\n   other\n\nSee :ref:`the guide <g>`::\n\n    run --all\n\nStart\n-----\n\n.. note:: Keep dry,\n   always.\n\n1. Open\n2. Close\n\n   and wait\n\n.. list-table::\n   :header-rows: 1\n\n   * - Code\n     - Text\n   * - E-1\n     - Stop\n\n.. only:: html\n\n   Only here.\n";
    let (outline, blocks) = read("a.rst", text.as_bytes()).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Pump"));
    assert_eq!(
        shown(&blocks),
        [
            "p See the guide:",
            "code run --all",
            "h2 Start",
            "p Keep dry, always.",
            "li 1. Open",
            "li 2. Close",
            "li and wait",
            "row [Code | Text] E-1 | Stop",
            "p Only here.",
        ]
    );
}

#[test]
fn text_joins_wrapped_lines_and_keeps_lines_that_stand_alone() {
    let text = "The guard has to be closed before the press may be started and\nthe operator signs the sheet.\n\nName: Press 4\nHall: B\n\n* dry\n* clean\n";
    let (_, blocks) = read("a.txt", text.as_bytes()).unwrap();
    assert_eq!(
        shown(&blocks),
        [
            "p The guard has to be closed before the press may be started and the operator signs the sheet.",
            "p Name: Press 4\nHall: B",
            "li * dry",
            "li * clean",
        ]
    );
}

#[test]
fn separated_values_repeat_their_header_and_count_their_rows() {
    let (_, blocks) = read("a.csv", "Code;Text\nE-1;\"Stop; wait\"\nE-2;Check\n".as_bytes()).unwrap();
    assert_eq!(
        shown(&blocks),
        [
            "row [Code | Text] E-1 | Stop; wait",
            "row [Code | Text] E-2 | Check"
        ]
    );
    assert_eq!(blocks[0].locator.rows, Some((2, 2)));
}

const DOCUMENT: &str = r#"<w:document xmlns:w="w"><w:body>
    <w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr><w:r><w:t>Scope</w:t></w:r></w:p>
    <w:p><w:r><w:t>Every cylinder is </w:t></w:r><w:r><w:t>tested.</w:t></w:r></w:p>
    <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Part</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Torque</w:t></w:r></w:p></w:tc></w:tr>
    <w:tr><w:tc><w:p><w:r><w:t>M8</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>25 Nm</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
    </w:body></w:document>"#;
const RELATIONSHIPS: &str = r#"<Relationships>
    <Relationship Id="r1" Type="x/styles" Target="styles.xml"/><Relationship Id="r2" Type="x/header" Target="header1.xml"/>
    </Relationships>"#;
const STYLES: &str = r#"<w:styles><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style></w:styles>"#;

#[test]
fn word_documents_give_headings_tables_and_their_page_header_once() {
    let header = "<w:hdr><w:p><w:r><w:t>SOP-QA-014 Rev C</w:t></w:r></w:p></w:hdr>";
    let core = "<cp:coreProperties><dc:title>Final inspection</dc:title></cp:coreProperties>";
    let bytes = archive(&[
        ("word/document.xml", DOCUMENT),
        ("word/_rels/document.xml.rels", RELATIONSHIPS),
        ("word/styles.xml", STYLES),
        ("word/header1.xml", header),
        ("docProps/core.xml", core),
    ]);
    let (outline, blocks) = read("a.docx", &bytes).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Final inspection"));
    assert_eq!(
        shown(&blocks),
        [
            "p SOP-QA-014 Rev C",
            "h1 Scope",
            "p Every cylinder is tested.",
            "row [Part | Torque] M8 | 25 Nm",
        ]
    );
}

#[test]
fn presentations_are_read_in_the_order_in_which_they_are_shown() {
    let presentation = r#"<p:presentation><p:sldIdLst><p:sldId id="256" r:id="rId2"/><p:sldId id="257" r:id="rId1"/></p:sldIdLst></p:presentation>"#;
    let relationships = r#"<Relationships><Relationship Id="rId1" Type="x/slide" Target="slides/slide1.xml"/>
        <Relationship Id="rId2" Type="x/slide" Target="slides/slide2.xml"/></Relationships>"#;
    let slide = |title: &str, text: &str| {
        format!(
            r#"<p:sld><p:sp><p:nvPr><p:ph type="title"/></p:nvPr><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:sp>
        <p:sp><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp></p:sld>"#
        )
    };
    let notes = r#"<p:notes><p:sp><p:nvPr><p:ph type="body"/></p:nvPr><a:p><a:r><a:t>Say hello.</a:t></a:r></a:p></p:sp></p:notes>"#;
    let bytes = archive(&[
        ("ppt/presentation.xml", presentation),
        ("ppt/_rels/presentation.xml.rels", relationships),
        ("ppt/slides/slide1.xml", &slide("Locks", "Use yours.")),
        ("ppt/slides/slide2.xml", &slide("Welcome", "Come in.")),
        (
            "ppt/slides/_rels/slide2.xml.rels",
            r#"<Relationships><Relationship Id="n" Type="x/notesSlide" Target="../notesSlides/n.xml"/></Relationships>"#,
        ),
        ("ppt/notesSlides/n.xml", notes),
    ]);
    let (outline, blocks) = read("a.pptx", &bytes).unwrap();
    assert_eq!(
        (outline.title.as_deref(), outline.coverage),
        (Some("Welcome"), Coverage::of_text(2))
    );
    assert_eq!(
        shown(&blocks),
        [
            "h1 Welcome",
            "p Come in.",
            "p Say hello.",
            "h1 Locks",
            "p Use yours."
        ]
    );
    assert_eq!(blocks[3].locator.slide, Some(2));
}
