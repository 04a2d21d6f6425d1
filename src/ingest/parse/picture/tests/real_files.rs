//! Pages of real files: the demo's, and those of other people where they are at hand.

use crate::ingest::parse::Ocr;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::*;
use crate::domain::{FileKind, sentences};
use crate::ingest::parse::tests::{demo, library, library_at, shared};
use crate::ingest::parse::{Limits, Parsers};

fn order(page: u32, cited: CitedText) -> PageOrder {
    PageOrder {
        page,
        width: 900,
        cited,
        time: Duration::from_secs(60),
        ..PageOrder::default()
    }
}

fn draw(path: &Path, order: &PageOrder) -> Result<PagePicture, PictureError> {
    let library = library().expect("pdfium");
    PagePicture::draw(
        Some(library),
        File::open(path).unwrap(),
        order,
        &[],
        &AtomicBool::new(false),
    )
}

/// The text of each page as the parser reads it.
fn texts(path: &Path) -> BTreeMap<u32, String> {
    let mut texts: BTreeMap<u32, String> = BTreeMap::new();
    let parsers = Parsers::new(library_at(), Ocr::default());
    // Whatever could be read of a file that fails later counts.
    let _ = parsers.parse(FileKind::Pdf, path, &Limits::default(), &mut |block| {
        let text = texts.entry(block.locator.page.unwrap_or(0)).or_default();
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&block.text);
        ControlFlow::Continue(())
    });
    texts
}

fn pixels(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(info.buffer_size());
    if info.color_type == png::ColorType::Grayscale {
        pixels = pixels.iter().flat_map(|grey| [*grey; 3]).collect();
    }
    (info.width, info.height, pixels)
}

#[test]
fn the_cited_line_of_the_manual_is_marked_and_nothing_else_changes() {
    let (Some(path), Some(_)) = (demo("machines/bh-320-honing-machine-manual.pdf"), library()) else {
        return;
    };
    let texts = texts(&path);
    let (page, text) = texts
        .iter()
        .find(|(_, text)| text.contains("Workpiece mass"))
        .unwrap();
    let start = text[..text.find("Workpiece mass").unwrap()].chars().count() as u32;
    let cited = CitedText {
        text: text.clone(),
        spans: vec![Span {
            start,
            end: start + 14,
        }],
    };
    let plain = draw(&path, &order(*page, CitedText::default())).unwrap();
    let marked = draw(&path, &order(*page, cited)).unwrap();
    let [mark] = marked.marks.as_slice() else {
        panic!("{:?}", marked.marks)
    };
    let ((width, height, before), (_, _, after)) = (pixels(&plain.png), pixels(&marked.png));
    assert_eq!((width, height), (marked.width, marked.height));
    let changed: Vec<usize> = (0..before.len() / 3)
        .filter(|at| before[at * 3..at * 3 + 3] != after[at * 3..at * 3 + 3])
        .collect();
    let rows = (
        changed[0] / width as usize,
        changed[changed.len() - 1] / width as usize,
    );
    let expected = (mark.top * height as f32, mark.bottom * height as f32);
    assert!((rows.0 as f32 - expected.0).abs() < 2.0, "{rows:?} {expected:?}");
    assert!((rows.1 as f32 - expected.1).abs() < 2.0, "{rows:?} {expected:?}");
}

#[test]
fn a_page_that_is_not_there_and_a_file_that_is_no_pdf_are_refused() {
    let (Some(path), Some(_)) = (demo("machines/bh-320-honing-machine-manual.pdf"), library()) else {
        return;
    };
    for page in [0, 4_000, u32::MAX] {
        let refused = draw(&path, &order(page, CitedText::default()));
        assert!(
            matches!(refused, Err(PictureError::NoSuchPage { pages, .. }) if pages >= 10),
            "{refused:?}"
        );
    }
    let other = demo("machines/bh-320-honing-machine-manual.pdf")
        .unwrap()
        .with_file_name("no.pdf");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(other.file_name().unwrap());
    for content in [&b""[..], b"hello", b"%PDF-1.7\n", &[0; 4_096]] {
        std::fs::write(&file, content).unwrap();
        assert_eq!(
            draw(&file, &order(1, CitedText::default())),
            Err(PictureError::Damaged)
        );
    }
}

#[test]
fn a_drawing_that_nobody_waits_for_ends() {
    let (Some(path), Some(library)) = (demo("machines/bh-320-honing-machine-manual.pdf"), library()) else {
        return;
    };
    let open = || File::open(&path).unwrap();
    let order = order(1, CitedText::default());
    let stopped = PagePicture::draw(Some(library), open(), &order, &[], &AtomicBool::new(true));
    assert_eq!(stopped, Err(PictureError::Stopped));
    let hurried = PageOrder {
        time: Duration::ZERO,
        ..order
    };
    let late = PagePicture::draw(Some(library), open(), &hurried, &[], &AtomicBool::new(false));
    assert_eq!(late, Err(PictureError::TooSlow { seconds: 0 }));
}

/// Every sentence and row that the parser reads is looked for on its page: what reads the same twice, or a row with
/// wrapped cells, may be missed.
#[test]
fn what_the_parser_reads_is_found_again_on_its_page() {
    if library().is_none() {
        return;
    }
    let (mut all, mut all_found) = (0, 0);
    for file in &pdf_files() {
        let Ok(document) = open(library().expect("pdfium"), File::open(file).unwrap(), &[]) else {
            continue;
        };
        let (mut wanted, mut found) = (0, 0);
        for (number, text) in texts(file).iter().take(8) {
            let Ok(page) = page_of(&document, *number) else {
                continue;
            };
            let Ok(letters) = page.text() else { continue };
            let glyphs = glyphs_of(&letters);
            let orders = [reading_order(&glyphs), (0..glyphs.len()).collect()];
            for sentence in sentences(text) {
                wanted += 1;
                let cited = CitedText {
                    text: text.clone(),
                    spans: vec![sentence.span],
                };
                let places = find::find(&glyphs, &orders, &cited);
                found += usize::from(!places.is_empty());
            }
        }
        all += wanted;
        all_found += found;
    }
    assert!(all_found * 100 >= all * 97, "{all_found} of {all}");
}

/// First pages of all sorts: scans, turned, broken, right to left.
#[test]
fn the_first_page_of_every_real_file_is_drawn_within_its_bounds_or_refused() {
    if library().is_none() {
        return;
    }
    for file in pdf_files() {
        let text = texts(&file).remove(&1).unwrap_or_default();
        let longest = sentences(&text).into_iter().max_by_key(|it| it.text.len());
        let spans = longest.iter().map(|it| it.span).collect();
        let wanted = PageOrder {
            width: 480,
            ..order(1, CitedText { text, spans })
        };
        match draw(&file, &wanted) {
            Ok(picture) => {
                let (width, height, _) = pixels(&picture.png);
                assert_eq!((width, height), (picture.width, picture.height));
                assert!(width <= 480 && height <= 480 * 25, "{}", file.display());
                for mark in &picture.marks {
                    let sides = [mark.left, mark.top, mark.right, mark.bottom];
                    assert!(sides.iter().all(|side| (0.0..=1.0).contains(side)), "{mark:?}");
                }
            }
            Err(PictureError::Password | PictureError::Damaged) => {}
            Err(error) => panic!("{}: {error}", file.display()),
        }
    }
}

/// The PDF files of the demo, and those of other people.
fn pdf_files() -> Vec<PathBuf> {
    let own = [
        "machines/bh-320-honing-machine-manual.pdf",
        "machines/pb-60-test-bench-zh.pdf",
    ];
    let others = shared("tabula").into_iter().chain(shared("docling"));
    let others = others
        .flat_map(walkdir::WalkDir::new)
        .flatten()
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "pdf"));
    own.into_iter().filter_map(demo).chain(others).collect()
}
