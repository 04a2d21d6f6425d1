//! Whole files through the parsers: made here, or real ones where they are at hand.

use std::io::Write;
use std::path::{Path, PathBuf};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::domain::Locator;

/// Files of other people that tests may read; absent on most machines.
fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("GEMBA_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let file = root.join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("skipped: {} is not there", file.display());
    None
}

fn demo(path: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("appliance/demo").join(path);
    file.exists().then_some(file)
}

/// pdfium as the set-up puts it down.
fn library() -> Option<PdfLibrary> {
    let runtime = std::env::var_os("GEMBA_RUNTIME").map(PathBuf::from).or_else(|| {
        Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/gemba/runtime"))
    })?;
    match PdfLibrary::load(&runtime.join("libpdfium.so")) {
        Ok(library) => Some(library),
        Err(error) => {
            eprintln!("skipped: {error}");
            None
        }
    }
}

fn blocks_of(path: &Path) -> Result<(Outline, Vec<Block>), ParseError> {
    let kind = FileKind::of_path(&path.to_string_lossy()).expect("a known format");
    let mut blocks = Vec::new();
    let outline = Parsers::new(library()).parse(kind, path, &Limits::default(), &mut |block| {
        blocks.push(block);
        ControlFlow::Continue(())
    })?;
    Ok((outline, blocks))
}

/// Writes `bytes` under `name` and reads them.
fn read(name: &str, bytes: &[u8]) -> Result<(Outline, Vec<Block>), ParseError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    blocks_of(&path)
}

fn shown(blocks: &[Block]) -> Vec<String> {
    blocks
        .iter()
        .map(|block| match &block.kind {
            BlockKind::Heading(level) => format!("h{level} {}", block.text),
            BlockKind::Paragraph => format!("p {}", block.text),
            BlockKind::ListItem => format!("li {}", block.text),
            BlockKind::Code => format!("code {}", block.text),
            BlockKind::Row { header } => format!("row [{}] {}", header.as_deref().unwrap_or(""), block.text),
        })
        .collect()
}

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn markdown_gives_headings_numbered_items_tables_and_code() {
    let text = "---\ntitle: Press 4\n---\n# Press 4\n\nKeep the\nguard closed.\n\n## Start\n\n1. Open the valve\n2. Press **green**\n\n- dry\n- clean\n\n| Part | Torque |\n|---|---|\n| M8 | 25 Nm |\n\n```\nG0 X1\nM30\n```\n设备启动前\n请检查。\n";
    let (outline, blocks) = read("a.md", text.as_bytes()).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Press 4"));
    assert_eq!(shown(&blocks), [
        "p Keep the guard closed.", "h2 Start", "li 1. Open the valve", "li 2. Press green", "li dry", "li clean",
        "row [Part | Torque] M8 | 25 Nm", "code G0 X1\nM30", "p 设备启动前请检查。",
    ]);
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
    assert_eq!(shown(&blocks), [
        "p Never reach in without your lock.", "li 1. Stop", "li 2. Lock",
        "row [Lock | Colour] Operator | blue", "row [Lock | Colour] Operator | green",
    ]);
}

#[test]
fn html_in_a_declared_encoding_is_read() {
    let (bytes, _, _) = encoding_rs::GBK.encode("<html><head><meta charset=\"gbk\"></head><body><p>食堂开放时间</p></body></html>");
    let (_, blocks) = read("a.html", &bytes).unwrap();
    assert_eq!(shown(&blocks), ["p 食堂开放时间"]);
}

#[test]
fn rst_gives_sections_lists_directives_and_tables() {
    let text = "Pump\n====\n\n.. toctree::\n\n   other\n\nSee :ref:`the guide <g>`::\n\n    run --all\n\nStart\n-----\n\n.. note:: Keep dry,\n   always.\n\n1. Open\n2. Close\n\n   and wait\n\n.. list-table::\n   :header-rows: 1\n\n   * - Code\n     - Text\n   * - E-1\n     - Stop\n\n.. only:: html\n\n   Only here.\n";
    let (outline, blocks) = read("a.rst", text.as_bytes()).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Pump"));
    assert_eq!(shown(&blocks), [
        "p See the guide:", "code run --all", "h2 Start", "p Keep dry, always.", "li 1. Open", "li 2. Close", "li and wait",
        "row [Code | Text] E-1 | Stop", "p Only here.",
    ]);
}

#[test]
fn text_joins_wrapped_lines_and_keeps_lines_that_stand_alone() {
    let text = "The guard has to be closed before the press may be started and\nthe operator signs the sheet.\n\nName: Press 4\nHall: B\n\n* dry\n* clean\n";
    let (_, blocks) = read("a.txt", text.as_bytes()).unwrap();
    assert_eq!(shown(&blocks), [
        "p The guard has to be closed before the press may be started and the operator signs the sheet.",
        "p Name: Press 4\nHall: B", "li * dry", "li * clean",
    ]);
}

#[test]
fn separated_values_repeat_their_header_and_count_their_rows() {
    let (_, blocks) = read("a.csv", "Code;Text\nE-1;\"Stop; wait\"\nE-2;Check\n".as_bytes()).unwrap();
    assert_eq!(shown(&blocks), ["row [Code | Text] E-1 | Stop; wait", "row [Code | Text] E-2 | Check"]);
    assert_eq!(blocks[0].locator.rows, Some((2, 2)));
}

#[test]
fn a_quotation_mark_that_is_never_closed_does_not_fill_the_memory() {
    let text = format!("a,b\n1,\"{}", "x,y\n".repeat(4_000_000));
    let error = read("a.csv", text.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("quotation mark"), "{error}");
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
        ("word/document.xml", DOCUMENT), ("word/_rels/document.xml.rels", RELATIONSHIPS), ("word/styles.xml", STYLES),
        ("word/header1.xml", header), ("docProps/core.xml", core),
    ]);
    let (outline, blocks) = read("a.docx", &bytes).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Final inspection"));
    assert_eq!(shown(&blocks), [
        "p SOP-QA-014 Rev C", "h1 Scope", "p Every cylinder is tested.", "row [Part | Torque] M8 | 25 Nm",
    ]);
}

#[test]
fn presentations_are_read_in_the_order_in_which_they_are_shown() {
    let presentation = r#"<p:presentation><p:sldIdLst><p:sldId id="256" r:id="rId2"/><p:sldId id="257" r:id="rId1"/></p:sldIdLst></p:presentation>"#;
    let relationships = r#"<Relationships><Relationship Id="rId1" Type="x/slide" Target="slides/slide1.xml"/>
        <Relationship Id="rId2" Type="x/slide" Target="slides/slide2.xml"/></Relationships>"#;
    let slide = |title: &str, text: &str| format!(r#"<p:sld><p:sp><p:nvPr><p:ph type="title"/></p:nvPr><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:sp>
        <p:sp><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp></p:sld>"#);
    let notes = r#"<p:notes><p:sp><p:nvPr><p:ph type="body"/></p:nvPr><a:p><a:r><a:t>Say hello.</a:t></a:r></a:p></p:sp></p:notes>"#;
    let bytes = archive(&[
        ("ppt/presentation.xml", presentation), ("ppt/_rels/presentation.xml.rels", relationships),
        ("ppt/slides/slide1.xml", &slide("Locks", "Use yours.")), ("ppt/slides/slide2.xml", &slide("Welcome", "Come in.")),
        ("ppt/slides/_rels/slide2.xml.rels", r#"<Relationships><Relationship Id="n" Type="x/notesSlide" Target="../notesSlides/n.xml"/></Relationships>"#),
        ("ppt/notesSlides/n.xml", notes),
    ]);
    let (outline, blocks) = read("a.pptx", &bytes).unwrap();
    assert_eq!((outline.title.as_deref(), outline.pages), (Some("Welcome"), 2));
    assert_eq!(shown(&blocks), ["h1 Welcome", "p Come in.", "p Say hello.", "h1 Locks", "p Use yours."]);
    assert_eq!(blocks[3].locator.slide, Some(2));
}

#[test]
fn a_bomb_named_docx_is_refused_in_words_for_an_administrator() {
    let bytes = archive(&[("word/document.xml", &" ".repeat(64 * 1024 * 1024))]);
    let error = read("bomb.docx", &bytes).unwrap_err();
    assert!(error.to_string().contains("attacks"), "{error}");
}

#[test]
fn bad_files_of_every_format_get_a_sentence_and_never_a_panic() {
    let noise: Vec<u8> = (0..50_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    for kind in FileKind::ALL {
        let name = format!("a.{}", match kind { FileKind::Markdown => "md", FileKind::Text => "txt", kind => kind.as_str() });
        assert!(matches!(read(&name, b""), Err(ParseError::Empty)), "{name}");
        let error = read(&name, &noise).unwrap_err().to_string();
        assert!(error.len() > 40 && error.contains(':'), "{name}: {error}");
        let blank = read(&name, b"  \n \n").unwrap_err();
        assert!(matches!(blank, ParseError::NoText | ParseError::Damaged { .. }), "{name}: {blank}");
    }
}

#[test]
fn a_file_that_is_gone_or_too_large_is_told_apart() {
    assert!(matches!(blocks_of(Path::new("/nowhere/a.txt")), Err(ParseError::Gone)));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    std::fs::write(&path, "x".repeat(100)).unwrap();
    let limits = Limits { file_bytes: 10, ..Limits::default() };
    let outcome = Parsers::default().parse(FileKind::Text, &path, &limits, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(outcome, Err(ParseError::TooLarge { .. })));
}

#[test]
fn a_large_text_file_is_streamed_in_small_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.txt");
    let line = "spindle 4 started without a blank line anywhere ";
    std::fs::write(&path, line.repeat(200_000)).unwrap();
    let (mut blocks, mut largest, mut characters) = (0, 0, 0);
    Parsers::default()
        .parse(FileKind::Text, &path, &Limits::default(), &mut |block| {
            blocks += 1;
            largest = largest.max(block.text.len());
            characters += block.text.chars().filter(|character| !character.is_whitespace()).count();
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(blocks > 100 && largest < 40_000, "{blocks} blocks, the largest of {largest} bytes");
    assert_eq!(characters, line.chars().filter(|character| !character.is_whitespace()).count() * 200_000);
}

#[test]
fn a_password_is_asked_for_in_plain_words() {
    let (Some(path), Some(_)) = (shared("tabula/encrypted.pdf"), library()) else { return };
    let error = blocks_of(&path).unwrap_err();
    assert_eq!(error.to_string(), "this PDF asks for a password: remove the password and drop the file again");
}

#[test]
fn a_scan_is_not_shown_as_ready() {
    let (Some(path), Some(_)) = (shared("docling/ocr/sources/ocr_test.pdf"), library()) else { return };
    assert!(matches!(blocks_of(&path), Err(ParseError::ScannedPdf { pages: 1 })));
}

#[test]
fn the_manual_of_the_demo_has_pages_headings_and_tables() {
    let (Some(path), Some(_)) = (demo("machines/bh-320-honing-machine-manual.pdf"), library()) else { return };
    let (outline, blocks) = blocks_of(&path).unwrap();
    assert!(outline.pages >= 10 && outline.empty_pages == 0);
    let row = blocks.iter().find(|block| block.text.starts_with("Workpiece mass")).unwrap();
    assert_eq!(row.kind, BlockKind::Row { header: Some("Property | Value".into()) });
    assert_eq!(row.locator, Locator {
        page: Some(4),
        headings: vec!["2 Technical data".to_owned(), "2.1 Working range".to_owned()],
        ..Locator::default()
    });
}

#[test]
fn a_truncated_pdf_is_read_as_far_as_it_goes_or_refused() {
    let Some(path) = demo("machines/bh-320-honing-machine-manual.pdf") else { return };
    let bytes = std::fs::read(path).unwrap();
    for share in [1, 30, 70, 95] {
        if let Err(error) = read("cut.pdf", &bytes[..bytes.len() * share / 100]) {
            assert!(matches!(error, ParseError::Damaged { .. } | ParseError::ScannedPdf { .. }), "{error}");
        }
    }
}

#[test]
fn without_pdfium_the_fallback_reads_pages_too() {
    let Some(path) = demo("machines/bh-320-honing-machine-manual.pdf") else { return };
    let mut pages = std::collections::BTreeSet::new();
    let outcome = Parsers::default().parse(FileKind::Pdf, &path, &Limits::default(), &mut |block| {
        pages.extend(block.locator.page);
        ControlFlow::Continue(())
    });
    assert_eq!(outcome.unwrap().pages as usize, pages.len());
}

/// Real files of every format: none may fail that has text, and what must be in them is found.
#[test]
fn real_documents_say_what_they_are_known_to_say() {
    for (path, expected) in [
        ("docling/docx/sources/word_tables.docx", "A uniform table"),
        ("docling/docx/sources/textbox.docx", "傳染病"),
        ("docling/pptx/sources/powerpoint_sample.pptx", "Let’s introduce a list"),
        ("docling/html/sources/wiki_duck.html", "waterfowl in the family Anatidae"),
        ("docling/md/sources/wiki.md", "International Business Machines"),
        ("docling/csv/sources/csv-semicolon.csv", "Rasmussen Group"),
        ("docling/xlsx/sources/xlsx_05_table_with_title.xlsx", "Year | Wild Duck"),
        ("esp-idf/zh_CN/api-guides/partition-tables.rst", "分区表"),
    ] {
        let Some(file) = shared(path) else { continue };
        let (outline, blocks) = blocks_of(&file).unwrap();
        let text: String = outline.title.into_iter().chain(shown(&blocks)).collect::<Vec<_>>().join("\n");
        assert!(text.contains(expected), "{expected} is not in {path}:\n{text}");
    }
}
