//! What LibreOffice laid out, looked at beside the program.

use std::fs;

use pdfium_render::prelude::{PdfDocument, PdfSearchOptions};

use super::Folders;
use crate::pictures::pdfium;

/// The pages of the one file that was laid out.
fn laid_out(folders: &Folders) -> PdfDocument<'static> {
    let mut printed = fs::read_dir(folders.data.path().join("printed")).unwrap();
    let path = printed.next().unwrap().unwrap().path();
    pdfium().load_pdf_from_file(&path, None).unwrap()
}

/// How many they are.
pub fn pages_of(folders: &Folders) -> i32 {
    laid_out(folders).pages().len()
}

/// How many of them have anything on them: an empty sheet is laid out as a page without height.
pub fn drawn_of(folders: &Folders) -> usize {
    let document = laid_out(folders);
    document
        .pages()
        .iter()
        .filter(|page| page.height().value > 1.0)
        .count()
}

/// Where words stand on one of them: left, top, right and bottom as shares of the page.
pub fn place_of(folders: &Folders, page: i32, words: &str) -> [f64; 4] {
    let document = laid_out(folders);
    let page = document.pages().get(page - 1).unwrap();
    let letters = page.text().unwrap();
    let search = letters.search(words, &PdfSearchOptions::new()).unwrap();
    let segments = search.find_next().unwrap();
    let bounds = segments.get(0).unwrap().bounds();
    let (width, height) = (f64::from(page.width().value), f64::from(page.height().value));
    [
        f64::from(bounds.left().value) / width,
        1.0 - f64::from(bounds.top().value) / height,
        f64::from(bounds.right().value) / width,
        1.0 - f64::from(bounds.bottom().value) / height,
    ]
}
