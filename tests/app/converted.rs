//! The pages of Office files in the formats that LibreOffice writes as well: what is cited is marked on the page where it
//! stands. A binary workbook (`xlsb`) is not among them: LibreOffice reads it and does not write it.

use std::fs;
use std::process::Command;

use super::office::{assert_marked, citation_of, cited, is_there, with};
use super::pictures::{LATHE, SAFETY, citation, picture};
use super::support::demo;
use super::support::files::docx_of;

/// A file in another format of Office, or as PDF.
pub fn converted(content: &[u8], from: &str, to: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a").with_extension(from);
    fs::write(&file, content).unwrap();
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let made = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", to, "--outdir"])
        .arg(folder.path().join("made"))
        .arg(file)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    fs::read(folder.path().join("made/a").with_extension(to))
        .unwrap_or_else(|error| panic!("{error}: {made:?}"))
}

#[test]
fn the_cited_line_of_a_text_document_of_other_formats_is_marked_on_the_page_where_it_stands() {
    if !is_there() {
        return;
    }
    let written = docx_of(&[SAFETY, LATHE, "The end."]);
    for format in ["odt", "rtf"] {
        let (folders, server) = with(&format!("manual.{format}"), &converted(&written, "docx", format));
        let citation = citation(&server);
        assert_eq!(citation["path"], format!("manual.{format}"), "{citation}");
        assert_marked(&server, &folders, &citation, 2, super::office::SENTENCE);
    }
}

#[test]
fn the_cited_slide_of_a_presentation_of_other_formats_is_shown_with_a_mark() {
    if !is_there() {
        return;
    }
    let slides = fs::read(demo().join("training/new-operator-induction.pptx")).unwrap();
    for format in ["odp", "ppt"] {
        let name = format!("induction.{format}");
        let (_folders, server) = with(&name, &converted(&slides, "pptx", format));
        let words = "Never reach in without your own lock";
        let citation = citation_of(&server, words, words);
        let shown = picture(&server, &cited(&citation));
        let fifth = format!("/documents/{}/pages/5.png", citation["document"]);
        let marked = shown.differs_in(&picture(&server, &fifth));
        // Another slide would differ all over.
        let [left, top, right, bottom] = marked.expect("something is marked");
        assert!((right - left) * (bottom - top) < 0.25, "{format}: {marked:?}");
    }
}
