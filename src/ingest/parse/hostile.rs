//! What must hold of any file, however hostile: held against by the fuzz targets in `fuzz/`, and by the files that they
//! found, in `tests/cases/hostile`. Whatever does not hold panics.

mod notes;
mod pictures;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use super::ocr::{Ocr, hostile as recognised};
use super::pdf::Sending;
use super::pdf_glyphs::{Glyph, lines_of};
use super::pdf_layout::Font;
use super::pdf_page::ReadPage;
use super::pdf_style::Style;
pub use super::xlsb_merged::hostile as merged;
use super::{
    Block, BlockKind, Limits, Outline, Output, PDF_LIBRARY, ParseError, Parsers, PdfLibraryAt, front_matter,
    properties,
};
use crate::config::Config;
use crate::domain::{Declared, FileKind, Locator, PageFate, Reason};
use crate::ingest::chunk::{ChunkRules, Chunker, Draft};
use crate::ingest::control::{Beginning, NamePatterns, inside};
use crate::ingest::ignored::Rules;
pub use notes::notes;

/// What a small hostile file may cost of a processor.
const TIME: Duration = Duration::from_secs(20);
/// A sentence for a person is not longer, nor is a title.
const LONGEST: usize = 4_000;

/// Reads `data` as a file of the format `kind`. PDF is read through pdfium where `runtime`, the folder of the native
/// libraries, has it, and through the fallback elsewhere.
pub fn read(kind: FileKind, data: &[u8], runtime: &Path) {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), data).expect("room for a temporary file");
    read_file(kind, file.path(), runtime);
}

/// The same for the file at `path`.
pub fn read_file(kind: FileKind, path: &Path, runtime: &Path) {
    let library = match kind {
        FileKind::Pdf => PdfLibraryAt::new(runtime.join(PDF_LIBRARY)),
        _ => PdfLibraryAt::default(),
    };
    if kind == FileKind::Image {
        pictures::decode(path);
    }
    let parsers = Parsers::new(library, Ocr::default());
    judged(if kind.holds_files() { 1_000 } else { 1 }, |limits, output| {
        let outline = parsers.parse_into(kind, path, limits, output)?;
        Ok(Outline {
            title_at: output.title_at(),
            ..outline
        })
    });
}

/// Reads a table of words as tesseract writes it, and makes a page of them.
pub fn recognition(data: &[u8]) {
    lay_out(&[recognised::glyphs(data)]);
}

/// Puts lines, headings and tables together from characters that lie anywhere on pages.
pub fn layout(data: &[u8]) {
    lay_out(&glyphs(data));
}

fn lay_out(pages: &[Vec<Glyph>]) {
    judged(1, |_, output| {
        let pages: Vec<Vec<_>> = pages.iter().map(|page| lines_of(page)).collect();
        let style = Style::of(pages.iter().take(8).map(Vec::as_slice));
        let title = pages.first().and_then(|page| style.title(page));
        let mut sending = Sending::new(title.clone(), style);
        for (number, lines) in (1..).zip(pages) {
            let mut page = ReadPage::damaged(number);
            page.lines = lines;
            page.fate = PageFate::Text;
            sending.page(page, output)?;
        }
        Ok(sending.outline(title))
    });
}

/// Asks the patterns in `data` about paths, which stand in its first line.
pub fn ignored(data: &[u8]) {
    let (paths, patterns) = halves(data);
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(crate::ingest::ignored::NAME), patterns).expect("room for a file");
    let mut rules = Rules::default();
    rules.enter(folder.path(), "");
    for path in String::from_utf8_lossy(paths).split('\t') {
        let said = rules.exclude(path, false);
        rules.exclude(path, true);
        assert_eq!(
            said,
            rules.exclude(path, false),
            "patterns change their mind about {path:?}"
        );
    }
}

/// Looks for the number of a controlled document in a path, which stands in the first line of `data`, and in the rest.
pub fn control(data: &[u8]) {
    static PATTERNS: LazyLock<NamePatterns> =
        LazyLock::new(|| NamePatterns::of(&Config::default().documents.control_patterns));
    let (path, text) = halves(data);
    let by_name = PATTERNS.declared(&String::from_utf8_lossy(path));
    let mut beginning = Beginning::default();
    let mut properties = BTreeMap::new();
    for line in String::from_utf8_lossy(text).lines() {
        for (name, value) in front_matter::entries(line) {
            front_matter::keep(&mut properties, name, value);
            properties::put(&mut properties, name, value);
        }
        beginning.push(&Block {
            locator: Locator::default(),
            kind: BlockKind::Paragraph,
            text: line.to_owned(),
        });
    }
    let inside = inside(&properties, &beginning);
    for Declared {
        number,
        revision,
        effective,
        ..
    } in [by_name, *inside.front, inside.text]
    {
        for word in [number, revision, effective].into_iter().flatten() {
            assert!(!word.is_empty() && word.len() <= 200, "{word:?}");
            assert!(!word.contains(|letter: char| letter.is_control()), "{word:?}");
        }
    }
}

fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    (&data[..end], data.get(end + 1..).unwrap_or_default())
}

/// Pages of characters: twelve bytes each.
fn glyphs(data: &[u8]) -> Vec<Vec<Glyph>> {
    let mut pages = vec![Vec::new()];
    for bytes in data.chunks_exact(12) {
        let at = |place: usize| match i16::from_le_bytes([bytes[place], bytes[place + 1]]) {
            i16::MAX => f32::NAN,
            i16::MIN => f32::INFINITY,
            place => f32::from(place) / 8.0,
        };
        let [left, bottom] = [at(3), at(5)];
        let bounds = [
            left,
            bottom,
            left + f32::from(bytes[7].cast_signed()) / 4.0,
            bottom + f32::from(bytes[8].cast_signed()) / 4.0,
        ];
        let flags = bytes[0];
        if flags & 8 != 0 && pages.len() < 30 {
            pages.push(Vec::new());
        }
        let code = u32::from(u16::from_le_bytes([bytes[1], bytes[2]]));
        let glyph = Glyph {
            character: char::from_u32(code)
                .filter(|character| *character != '\0')
                .unwrap_or('x'),
            bounds: Some(bounds),
            upright: (flags & 4 == 0).then_some(bounds),
            font: Font {
                size: f32::from(bytes[9]) / 4.0,
                bold: flags & 16 != 0,
            },
            blank: flags & 1 != 0,
            breaks: flags & 2 != 0,
        };
        pages.last_mut().expect("one page at least").push(glyph);
    }
    pages
}

/// Has something read under limits, and holds what comes out against the law; pages up to the limit in each of so many files.
fn judged(files: u32, parse: impl FnOnce(&Limits, &mut Output<'_>) -> Result<Outline, ParseError>) {
    let limits = Limits {
        unpacked_bytes: 64 << 20,
        parts: 1_000,
        characters: 8_000_000,
        pages: 2_000,
        time: TIME,
        ..Limits::default()
    };
    let began = processor_time();
    let mut blocks = Vec::new();
    let mut emit = |block| {
        blocks.push(block);
        ControlFlow::Continue(())
    };
    let outcome = parse(&limits, &mut Output::new(&limits, &mut emit));
    let cut = cut(&blocks);
    let took = processor_time().saturating_sub(began);
    assert!(took < TIME, "it took {took:?}");
    match &outcome {
        Ok(outline) => is_sound_outline(outline, blocks.len(), limits.pages * files),
        Err(error) => is_sound_error(error),
    }
    blocks.iter().for_each(is_sound_block);
    let characters: usize = blocks.iter().map(|block| block.text.len()).sum();
    assert!(characters as u64 <= limits.characters, "{characters} characters");
    covers(&cut, &blocks);
}

fn is_sound_error(error: &ParseError) {
    let names_the_file = !matches!(
        error,
        ParseError::Io(_) | ParseError::Forbidden | ParseError::Gone | ParseError::Stopped
    );
    assert!(names_the_file, "a bad file is taken for a bad disk: {error:?}");
    is_sound_reason(&error.reason());
    error
        .coverage()
        .runs()
        .iter()
        .filter_map(|run| run.fate.reason())
        .for_each(is_sound_reason);
}

fn is_sound_reason(reason: &Reason) {
    is_sound_line("a reason", &reason.sentence);
    reason
        .details
        .values()
        .for_each(|detail| is_sound_text("a detail", detail));
}

fn is_sound_outline(outline: &Outline, blocks: usize, most_pages: u32) {
    let json = serde_json::to_vec(outline).expect("an outline is sent as JSON");
    let arrived: Outline = serde_json::from_slice(&json).expect("an outline is read as JSON");
    assert_eq!(&arrived, outline, "an outline changes on its way");
    outline
        .title
        .iter()
        .for_each(|title| is_sound_line("a title", title));
    assert!(
        outline.title_at.is_none_or(|at| at <= blocks as u64),
        "{:?}",
        outline.title_at
    );
    assert!(
        outline.coverage.pages() <= most_pages,
        "{} pages",
        outline.coverage.pages()
    );
    for (name, value) in &outline.properties {
        is_sound_text("the name of a property", name);
        is_sound_text("a property", value);
    }
    for unread in &outline.unread {
        is_sound_line("a part", &unread.part);
        is_sound_reason(&unread.reason);
    }
}

fn is_sound_block(block: &Block) {
    let json = serde_json::to_vec(block).expect("a block is sent as JSON");
    let arrived: Block = serde_json::from_slice(&json).expect("a block is read as JSON");
    assert_eq!(&arrived, block, "a block changes on its way");
    assert!(!block.text.trim().is_empty(), "a block without text: {block:?}");
    is_sound_text("a block", &block.text);
    let Locator {
        part,
        page,
        slide,
        sheet,
        rows,
        ocr,
        hidden: _,
        time,
        headings,
    } = &block.locator;
    assert!(*page != Some(0) && *slide != Some(0), "{:?}", block.locator);
    assert!(
        rows.is_none_or(|(first, last)| 0 < first && first <= last),
        "{rows:?}"
    );
    assert!(time.is_none_or(|(from, to)| from <= to), "{time:?}");
    assert!(ocr.is_none_or(|sure| sure <= 100), "{ocr:?}");
    for name in part.iter().chain(sheet).chain(headings) {
        is_sound_line("a place", name);
    }
    match &block.kind {
        BlockKind::Heading(level) => {
            assert!(*level > 0, "a heading without a level: {block:?}");
            assert_eq!(
                headings.last(),
                Some(&block.text),
                "a heading's path ends in itself"
            );
        }
        BlockKind::Row { header: Some(header) } => is_sound_text("a header", header),
        _ => {}
    }
}

/// One line that is shown as such, of bounded length.
fn is_sound_line(what: &str, line: &str) {
    is_sound_text(what, line);
    assert!(!line.trim().is_empty(), "{what} says nothing");
    assert!(!line.contains('\n'), "{what} has several lines: {line:?}");
    assert!(line.chars().count() <= LONGEST, "{what} has {} bytes", line.len());
}

fn is_sound_text(what: &str, text: &str) {
    let odd = text
        .chars()
        .find(|letter| letter.is_control() && !matches!(letter, '\n' | '\t'));
    assert_eq!(odd, None, "in {what}: {text:?}");
}

fn words(text: &str) -> usize {
    text.split_whitespace()
        .map(|word| word.chars().count().div_ceil(8))
        .sum()
}

fn cut(blocks: &[Block]) -> Vec<Draft> {
    let rules = ChunkRules {
        knows_chinese: true,
        ..ChunkRules::default()
    };
    let mut chunker = Chunker::new(rules, &words);
    let mut drafts: Vec<Draft> = blocks
        .iter()
        .cloned()
        .flat_map(|block| chunker.push(block))
        .collect();
    drafts.extend(chunker.finish());
    for draft in &drafts {
        let size = words(&draft.text) + words(&draft.locator.headings.join(" ")).min(rules.max_tokens / 3);
        assert!(size <= rules.max_tokens, "a passage of {size} tokens: {draft:?}");
    }
    drafts
}

/// Every letter of the blocks stands in the passages, in its order; headings may stand in their places alone.
fn covers(drafts: &[Draft], blocks: &[Block]) {
    let solid = |letter: &char| !letter.is_whitespace() && *letter != '|';
    let mut found = drafts.iter().flat_map(|draft| draft.text.chars()).filter(solid);
    for block in blocks
        .iter()
        .filter(|block| !matches!(block.kind, BlockKind::Heading(_)))
    {
        for letter in block.text.chars().filter(solid) {
            assert!(
                found.any(|other| other == letter),
                "{letter:?} is lost of {block:?}"
            );
        }
    }
}

/// What this thread has had of a processor: on a busy machine waiting is nobody's fault.
fn processor_time() -> Duration {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = spent.split(' ').next().and_then(|count| count.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As much as the processes that read files have.
    const STACK_BYTES: usize = 32 << 20;

    #[test]
    fn files_that_once_did_harm_are_read_or_refused_in_words() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/hostile");
        let files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert!(!files.is_empty());
        for path in files {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let Some(kind) = FileKind::of_path(&name) else {
                panic!("{name} names no format")
            };
            eprintln!("{name}");
            std::thread::Builder::new()
                .stack_size(STACK_BYTES)
                .spawn(move || read_file(kind, &path, Path::new("")))
                .unwrap()
                .join()
                .unwrap_or_else(|_| panic!("{name} does harm"));
        }
    }
}
