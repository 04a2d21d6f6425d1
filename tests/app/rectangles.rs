//! Where a passage stands on its page, as numbers: the same places as are marked on the picture of the page.

use serde_json::Value;

use crate::access::PASSWORD;
use crate::office;
use crate::pictures::{LATHE, SAFETY, assert_near, citation};
use crate::recognition::{is_there, scanned};
use crate::support::files::{Sheet, docx_of, pdf, pdf_of, pdf_with};
use crate::support::{Folders, Server};

/// The second line of a page of [`pdf`], 51 letters of Helvetica.
const SECOND_LINE: [f64; 4] = [72.0 / 612.0, 75.0 / 792.0, (72.0 + 284.8) / 612.0, 89.0 / 792.0];

fn served(content: &[u8]) -> (Folders, Server) {
    let folders = Folders::new();
    folders.write("manual.pdf", content);
    let server = folders.serve();
    server.wait_until_searchable("manual.pdf");
    server.wait_until_nothing_waits();
    (folders, server)
}

/// Where a whole passage stands.
fn address(citation: &Value, page: &str) -> String {
    format!(
        "/api/documents/{}/pages/{page}/rectangles?passage={}",
        citation["document"], citation["passage"]
    )
}

/// The same for the characters that are cited.
fn cited(citation: &Value, page: &str) -> String {
    let span = &citation["span"];
    format!(
        "{}&from={}&to={}",
        address(citation, page),
        span["start"],
        span["end"]
    )
}

fn rectangles(found: &Value) -> Vec<[f64; 4]> {
    let sides =
        |rectangle: &Value| ["left", "top", "right", "bottom"].map(|side| rectangle[side].as_f64().unwrap());
    found["rectangles"]
        .as_array()
        .unwrap()
        .iter()
        .map(sides)
        .collect()
}

#[test]
fn a_cited_line_is_one_rectangle_and_a_whole_passage_one_for_each_of_its_lines() {
    let (_folders, server) = served(&pdf(&[SAFETY, LATHE]));
    let citation = citation(&server);
    let line = server.json(&cited(&citation, "2"));
    assert_eq!(line["page"], 2);
    let line = rectangles(&line);
    assert_eq!(line.len(), 1);
    assert_near(line[0], SECOND_LINE, 0.012);
    let whole = rectangles(&server.json(&address(&citation, "2")));
    assert_eq!(whole.len(), LATHE.lines().count(), "{whole:?}");
    assert!(
        whole.is_sorted_by(|above, below| above[3] <= below[3]),
        "{whole:?}"
    );
    let none = server.json(&address(&citation, "1"));
    assert!(rectangles(&none).is_empty(), "it stands on another page: {none}");
}

#[test]
fn rectangles_are_those_of_the_page_as_it_is_shown() {
    let (_folders, server) = served(&pdf_with(&[SAFETY, LATHE], "/MediaBox [0 0 612 792] /Rotate 90"));
    let citation = citation(&server);
    let line = rectangles(&server.json(&cited(&citation, "2")));
    let [left, top, right, bottom] = SECOND_LINE;
    assert_near(line[0], [1.0 - bottom, left, 1.0 - top, right], 0.012);
}

#[test]
fn a_recognised_page_has_rectangles_too() {
    if !is_there() {
        return;
    }
    let (_folders, server) = served(&pdf_of(&[Sheet::Text(SAFETY), Sheet::Scan(&scanned(LATHE))]));
    let citation = citation(&server);
    let line = rectangles(&server.json(&cited(&citation, "2")));
    assert_eq!(line.len(), 1);
    assert_near(line[0], SECOND_LINE, 0.02);
}

#[test]
fn of_an_office_file_the_page_is_said_beside_the_rectangles() {
    if !office::is_there() {
        return;
    }
    let (_folders, server) = office::with("manual.docx", &docx_of(&[SAFETY, LATHE]));
    let citation = office::citation_of(&server, "spindle lubricated", office::SENTENCE);
    let found = server.json(&cited(&citation, "cited"));
    assert_eq!(found["page"], 2, "{found}");
    assert!(!rectangles(&found).is_empty(), "{found}");
}

#[test]
fn whoever_may_not_read_a_document_learns_nothing_of_its_pages() {
    let folders = Folders::new();
    folders.write("payroll/manual.pdf", pdf(&[SAFETY, LATHE]));
    folders.write("payroll/note.md", "# Note\n\nThe lathe stands in hall 2.\n");
    let server = folders.serve();
    server.wait_until_searchable("payroll/manual.pdf");
    server.wait_until_searchable("payroll/note.md");
    let citation = citation(&server);
    let asked = address(&citation, "2");
    let note = server.document_id("payroll/note.md");
    let root = server.set_up("root", PASSWORD);
    assert_eq!(rectangles(&root.json(&asked)).len(), 3);
    let plain = root.get(&format!("/api/documents/{note}/pages/1/rectangles"));
    assert!(
        plain.status == 404 && plain.body.contains("\"error\""),
        "{}",
        plain.body
    );
    let password = folders.run("people", &["add", "ana"]).output.trim().to_owned();
    let ana = server.sign_in("ana", &password);
    let missing = ana.get("/api/documents/424242/pages/2/rectangles?passage=1");
    let hidden = ana.get(&asked);
    assert_eq!((hidden.status, &hidden.body), (404, &missing.body));
    assert_eq!(missing.status, 404);
}
