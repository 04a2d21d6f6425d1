//! Pages of files inside mails and archives as pictures: what is cited is marked where it stands, nobody sees a page of what
//! is not granted, and a PDF among them that asks for its password is opened with it.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::access::PASSWORD;
use super::pictures::{LATHE, QUESTION, SAFETY, assert_near, citation, picture};
use super::recognition::{self, scanned};
use super::support::files::{archive, pdf, tiff_g4};
use super::support::{Folders, Server, encoded};

/// Where the second line stands on the page.
const SECOND_LINE: [f64; 4] = [72.0 / 612.0, 75.0 / 792.0, (72.0 + 284.8) / 612.0, 89.0 / 792.0];

/// In lines, as mails have it.
fn in_base64(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines = text
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap());
    lines.collect::<Vec<_>>().join("\r\n")
}

/// A mail with attachments of these names.
fn mail(attachments: &[(&str, &[u8])]) -> Vec<u8> {
    let mut mail =
        "From: Chen Li <chen@example.com>\r\nTo: Hall 2 <hall2@example.com>\r\nSubject: The new manual\r\n\
                    MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\
                    Content-Type: text/plain\r\n\r\nThe manual of the supplier is attached.\r\n"
            .to_owned();
    for (name, bytes) in attachments {
        mail += &format!(
            "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            in_base64(bytes)
        );
    }
    mail += "--b--\r\n";
    mail.into_bytes()
}

fn with(name: &str, content: &[u8]) -> (Folders, Server) {
    let folders = Folders::new();
    folders.write(name, content);
    let server = folders.serve();
    server.wait_until_searchable(name);
    (folders, server)
}

/// Where the cited line is marked, and that without marks the same page is shown.
#[track_caller]
fn assert_marked(server: &Server, citation: &Value, off: f64) {
    let address = format!(
        "/documents/{}/pages/{}.png?passage={}",
        citation["document"], citation["locator"]["page"], citation["passage"]
    );
    let plain = picture(server, &address);
    let (from, to) = (&citation["span"]["start"], &citation["span"]["end"]);
    let shown = picture(server, &format!("{address}&from={from}&to={to}"));
    let area = shown.differs_in(&plain).expect("something is marked");
    assert_near(area, SECOND_LINE, off);
}

#[test]
fn the_cited_line_of_a_pdf_in_a_mail_is_marked_on_its_page() {
    let manual = pdf(&[SAFETY, LATHE]);
    let other = pdf(&["Another attachment.", "Its second page says nothing of machines."]);
    let (_folders, server) = with(
        "new.eml",
        &mail(&[("other.pdf", &other), ("manual.pdf", &manual)]),
    );
    let citation = citation(&server);
    assert_eq!(citation["locator"]["part"], "manual.pdf", "{citation}");
    assert_eq!(citation["locator"]["page"], 2, "{citation}");
    assert_marked(&server, &citation, 0.012);

    // The source shows it, and so does the document, which leads back to its text.
    let (_, page) = server.get(&format!("/ask?q={}", encoded(QUESTION)));
    assert!(page.contains("<img class=\"page-picture\""), "{page}");
    let here = format!(
        "/documents/{}?passage={}&from={}&to={}",
        citation["document"], citation["passage"], citation["span"]["start"], citation["span"]["end"]
    );
    let (_, text) = server.get(&here);
    assert!(text.contains("view=pages") && !text.contains("<img"), "{text}");
    let (_, pages) = server.get(&format!("{here}&view=pages"));
    assert_eq!(pages.matches("<img class=\"page-picture\"").count(), 1, "{pages}");
    assert!(
        pages.contains("In manual.pdf, page 2") && pages.contains("id=\"cited\""),
        "{pages}"
    );

    // Without what is cited nobody knows which of the files inside is meant.
    let bare = format!("/documents/{}/pages/2.png", citation["document"]);
    for (address, status) in [
        (bare.clone(), 404),
        (format!("{bare}?passage=999999"), 404),
        (
            format!(
                "/documents/{}/pages/3.png?passage={}",
                citation["document"], citation["passage"]
            ),
            404,
        ),
    ] {
        assert_eq!(server.get(&address).0, status, "{address}");
    }
}

#[test]
fn the_cited_line_of_a_scan_in_an_archive_in_an_archive_is_marked_on_it() {
    if !recognition::is_there() {
        return;
    }
    let (safety, lathe) = (scanned(SAFETY), scanned(LATHE));
    let inner = archive(&[
        ("notes.txt", b"The archive of the old machines."),
        ("scans/manual.tif", &tiff_g4(&[&safety, &lathe])),
    ]);
    let (_folders, server) = with("old.zip", &archive(&[("hall 2/papers.zip", &inner)]));
    server.wait_until_nothing_waits();
    let citation = citation(&server);
    assert_eq!(
        citation["locator"]["part"], "hall 2/papers.zip/scans/manual.tif",
        "{citation}"
    );
    assert_eq!(citation["locator"]["page"], 2, "{citation}");
    assert_marked(&server, &citation, 0.02);
}

#[test]
fn of_two_files_of_one_name_nobody_knows_which_is_meant_so_that_the_text_stands_alone() {
    let manual = pdf(&[SAFETY, LATHE]);
    let other = pdf(&["Another attachment of the same name."]);
    let (_folders, server) = with(
        "new.eml",
        &mail(&[("manual.pdf", &manual), ("manual.pdf", &other)]),
    );
    let citation = citation(&server);
    let address = format!(
        "/documents/{}/pages/2.png?passage={}",
        citation["document"], citation["passage"]
    );
    let (status, body) = server.get(&address);
    assert_eq!(status, 404, "{body}");
}

#[test]
fn nobody_sees_a_page_in_a_mail_that_is_not_granted() {
    let folders = Folders::new();
    folders.write("payroll/new.eml", mail(&[("manual.pdf", &pdf(&[SAFETY, LATHE]))]));
    let server = folders.serve();
    let root = server.set_up("root", PASSWORD);
    let mut found = Value::Null;
    server.wait_until("the file is searchable", |_| {
        let hits = root.json(&format!("/api/search?q={}", encoded(QUESTION)));
        let mut hits = hits["hits"].as_array().unwrap().iter();
        let hit = hits.find(|hit| hit["locator"]["page"] == 2).cloned();
        found = hit.unwrap_or_default();
        found["path"] == "payroll/new.eml"
    });
    let address = format!(
        "/documents/{}/pages/2.png?passage={}&from=0&to=20",
        found["document"], found["id"]
    );
    assert_eq!(root.get(&address).status, 200);
    let added = folders.run("people", &["add", "ana"]);
    let ana = server.sign_in("ana", added.output.trim());
    assert_eq!(ana.get(&address).status, 404);
    let granted = folders.run("groups", &["grant", "Everyone", "payroll"]);
    assert_eq!(granted.code, Some(0));
    assert_eq!(ana.get(&address).status, 200);
}

#[test]
fn pdfs_in_an_archive_with_passwords_of_their_own_are_all_open_once_each_was_given() {
    let case = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/locked");
        fs::read(format!("{folder}/{name}")).unwrap()
    };
    let (press, grease) = (case("aes-256.pdf"), case("other.pdf"));
    // This one needs none, and is not refused for that of another.
    let open = case("owner-only.pdf");
    let papers = archive(&[
        ("open.pdf", &open),
        ("press.pdf", &press),
        ("grease.pdf", &grease),
    ]);
    let (_folders, server) = with("machines/papers.zip", &papers);
    let id = server.document_id("machines/papers.zip");
    let mut root = server.set_up("root", PASSWORD);
    let address = format!("/library/{id}/password");
    for (password, status) in [
        ("Kolben 12", 422),
        ("Drehmoment ä 87", 303),
        ("Drehmoment ä 87", 422),
        ("Kolben 12", 303),
    ] {
        let given = root.post(&address, &[("password", password)]);
        assert_eq!(given.status, status, "{password}: {}", given.body);
        root.wait_until("/api/library", |library| {
            let library: Value = serde_json::from_str(library).unwrap();
            library["documents"][0]["state"]["state"] == "searchable"
        });
    }
    for (question, fact) in [
        ("press 9 tightened", "87 newton"),
        ("press 9 tightened", "89 newton"),
        ("press 10 greased", "90 grams"),
    ] {
        let found = root.get(&format!("/api/search?q={}", encoded(question))).body;
        assert!(found.contains(fact), "{fact}: {found}");
    }
    let coverage = root.get(&format!("/documents/{id}/coverage")).body;
    assert!(
        !coverage.contains("press.pdf") && !coverage.contains("grease.pdf"),
        "{coverage}"
    );
}

#[test]
fn a_password_for_a_file_that_nobody_finds_for_certain_is_not_kept() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/locked");
    let press = fs::read(format!("{folder}/aes-256.pdf")).unwrap();
    let (_folders, server) = with(
        "press.eml",
        &mail(&[("press.pdf", &press), ("press.pdf", &press)]),
    );
    let id = server.document_id("press.eml");
    let mut root = server.set_up("root", PASSWORD);
    let given = root.post(
        &format!("/library/{id}/password"),
        &[("password", "Drehmoment 88")],
    );
    assert_eq!(given.status, 404, "{}", given.body);
    let entries = root.json("/api/admin/audit?action=file-password-given");
    assert_eq!(entries["entries"].as_array().unwrap().len(), 0, "{entries}");
}

#[test]
fn a_pdf_in_a_mail_is_opened_with_the_password_that_an_administrator_gives_for_the_mail() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/locked");
    let press = fs::read(format!("{folder}/aes-256.pdf")).unwrap();
    let (_folders, server) = with("machines/press.eml", &mail(&[("press.pdf", &press)]));
    let id = server.document_id("machines/press.eml");
    let mut root = server.set_up("root", PASSWORD);
    let coverage = format!("/documents/{id}/coverage");
    let field = format!("action=\"/library/{id}/password\"");
    let page = root.get(&coverage).body;
    assert!(page.contains(&field) && page.contains("press.pdf"), "{page}");
    let address = format!("/library/{id}/password");
    assert_eq!(root.post(&address, &[("password", "Drehmoment 88")]).status, 422);
    let given = root.post(&address, &[("password", "Drehmoment ä 87")]);
    assert_eq!(given.status, 303, "{}", given.body);
    root.wait_until("/api/search?q=press+9+tightened", |found| {
        found.contains("87 newton")
    });
    assert!(!root.get(&coverage).body.contains(&field));
    let hits = root.json("/api/search?q=press+9+tightened");
    let hit = hits["hits"]
        .as_array()
        .unwrap()
        .iter()
        .find(|hit| hit["locator"]["part"] == "press.pdf");
    let hit = hit.unwrap_or_else(|| panic!("{hits}"));
    let picture = format!(
        "/documents/{id}/pages/{}.png?passage={}",
        hit["locator"]["page"], hit["id"]
    );
    assert_eq!(root.get(&picture).status, 200);
    let page = root.get(&coverage).body;
    assert!(!page.contains("Drehmoment"), "{page}");
}
