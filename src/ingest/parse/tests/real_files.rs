//! Real files of every format, where they are at hand.

use super::*;

#[test]
fn the_manual_of_the_demo_has_pages_headings_and_tables() {
    let (Some(path), Some(_)) = (demo("machines/bh-320-honing-machine-manual.pdf"), library()) else {
        return;
    };
    let (outline, blocks) = blocks_of(&path).unwrap();
    assert!(outline.coverage.pages() >= 10 && outline.coverage.exceptions().is_empty());
    let row = blocks
        .iter()
        .find(|block| block.text.starts_with("Workpiece mass"))
        .unwrap();
    assert_eq!(
        row.kind,
        BlockKind::Row {
            header: Some("Property | Value".into())
        }
    );
    assert_eq!(
        row.locator,
        Locator {
            page: Some(4),
            headings: vec!["2 Technical data".to_owned(), "2.1 Working range".to_owned()],
            ..Locator::default()
        }
    );
}

#[test]
fn without_pdfium_the_fallback_reads_pages_too() {
    let Some(path) = demo("machines/bh-320-honing-machine-manual.pdf") else {
        return;
    };
    let mut pages = std::collections::BTreeSet::new();
    let outcome = Parsers::default().parse(FileKind::Pdf, &path, &Limits::default(), &mut |block| {
        pages.extend(block.locator.page);
        ControlFlow::Continue(())
    });
    assert_eq!(outcome.unwrap().coverage.pages() as usize, pages.len());
}

/// Real files of every format: none may fail that has text, and what must be in them is found.
#[test]
fn real_documents_say_what_they_are_known_to_say() {
    for (path, expected) in [
        ("docling/docx/sources/word_tables.docx", "A uniform table"),
        ("docling/docx/sources/textbox.docx", "傳染病"),
        (
            "docling/pptx/sources/powerpoint_sample.pptx",
            "Let’s introduce a list",
        ),
        (
            "docling/html/sources/wiki_duck.html",
            "waterfowl in the family Anatidae",
        ),
        ("docling/md/sources/wiki.md", "International Business Machines"),
        ("docling/csv/sources/csv-semicolon.csv", "Rasmussen Group"),
        (
            "docling/xlsx/sources/xlsx_05_table_with_title.xlsx",
            "[Year | Freshwater Ducks] 2019 | 120",
        ),
        ("esp-idf/zh_CN/api-guides/partition-tables.rst", "分区表"),
    ] {
        let Some(file) = shared(path) else { continue };
        let (outline, blocks) = blocks_of(&file).unwrap();
        let text: String = outline
            .title
            .into_iter()
            .chain(shown(&blocks))
            .collect::<Vec<_>>()
            .join("\n");
        assert!(text.contains(expected), "{expected} is not in {path}:\n{text}");
    }
}
