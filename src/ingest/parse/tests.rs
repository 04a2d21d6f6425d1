//! Whole files through the parsers: made here, or real ones where they are at hand.

mod bad_containers;
mod bad_input;
mod beside;
mod carried;
mod containers;
mod encodings;
mod formats;
mod office;
mod office_parts;
mod pasted;
mod plain;
mod real_files;

use std::io::Write;
use std::path::{Path, PathBuf};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::domain::Locator;

/// Files of other people that tests may read; absent on most machines.
pub(super) fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("GEMBA_SHARED_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let file = root.join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("skipped: {} is not there", file.display());
    None
}

pub(super) fn demo(path: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("appliance/demo")
        .join(path);
    file.exists().then_some(file)
}

/// Says that a test is skipped and why. A machine for continuous integration has all that tests need: there it fails.
#[track_caller]
pub(super) fn skipped(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    eprintln!("skipped: {why}");
}

/// pdfium as the set-up puts it down.
#[track_caller]
pub(super) fn library() -> Option<PdfLibrary> {
    let library = library_at().load();
    if library.is_none() {
        skipped("pdfium is not there; appliance/setup fetches it");
    }
    library
}

/// Where the set-up puts it.
pub(super) fn library_at() -> PdfLibraryAt {
    let usual = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/gemba/runtime"));
    let runtime = std::env::var_os("GEMBA_RUNTIME")
        .map(PathBuf::from)
        .or_else(usual);
    runtime.map_or_else(PdfLibraryAt::default, |runtime| {
        PdfLibraryAt::new(runtime.join(PDF_LIBRARY))
    })
}

fn blocks_of(path: &Path) -> Result<(Outline, Vec<Block>), ParseError> {
    let kind = FileKind::of_path(&path.to_string_lossy()).expect("a known format");
    let mut blocks = Vec::new();
    let outline =
        Parsers::new(library_at(), Ocr::default()).parse(kind, path, &Limits::default(), &mut |block| {
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

/// Files that a script of the repository made: `tests/cases/formats`.
fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases/formats")
        .join(name)
}
