//! The pages of Office files: laid out by LibreOffice where it is installed, once, and shown to those who may read them.

use std::fs;
use std::process::Command;
use std::thread;

use serde_json::Value;

use super::access::PASSWORD;
use super::pictures::{LATHE, QUESTION, SAFETY, assert_near, citation, picture};
use super::support::files::{docx, docx_of, package_with, word_6};
use super::support::printed::place_of;
use super::support::{Folders, Server, demo, encoded, skipped};

/// What answers.
pub const SENTENCE: &str = "The spindle of the lathe is lubricated every 250 hours.";
/// What the log says of each file that was laid out.
const LAID_OUT: &str = "the pages of a file were laid out";

pub fn is_there() -> bool {
    let there = Command::new("soffice").arg("--version").output().is_ok();
    if !there {
        skipped("there is no LibreOffice; `appliance/test` installs it (Debian: libreoffice-writer-nogui)");
    }
    there
}

pub fn with(name: &str, content: &[u8]) -> (Folders, Server) {
    let folders = Folders::new();
    folders.write(name, content);
    let server = folders.serve();
    server.wait_until_searchable(name);
    (folders, server)
}

/// The address of the page on which a citation stands.
pub fn cited(citation: &Value) -> String {
    format!(
        "/documents/{}/pages/cited.png?passage={}&from={}&to={}",
        citation["document"], citation["passage"], citation["span"]["start"], citation["span"]["end"]
    )
}

/// A citation of some words of the best passage that a search finds.
pub fn citation_of(server: &Server, query: &str, words: &str) -> Value {
    let hit = &server.search(query)[0];
    let text = hit["text"].as_str().unwrap();
    let start = text[..text.find(words).unwrap_or_else(|| panic!("{hit}"))]
        .chars()
        .count();
    serde_json::json!({
        "document": hit["document"],
        "locator": hit["locator"],
        "passage": hit["id"],
        "text": words,
        "span": { "start": start, "end": start + words.chars().count() },
    })
}

#[track_caller]
pub fn assert_marked(server: &Server, folders: &Folders, citation: &Value, page: i32, words: &str) {
    let shown = picture(server, &cited(citation));
    let plain = picture(
        server,
        &format!("/documents/{}/pages/{page}.png", citation["document"]),
    );
    let found = shown.differs_in(&plain).expect("something is marked");
    let expected = place_of(folders, page, words);
    assert_near(found, expected, 0.015);
}

/// The processes that work for the server on `folders`, by what their command line says.
fn at_work(folders: &Folders, program: &str) -> Vec<u32> {
    let folder = folders.data.path().to_str().unwrap();
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|process: &u32| {
            let line = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).into_owned();
            line.contains(folder) && line.contains(program)
        })
        .collect()
}

fn nothing_is_left(folders: &Folders) -> bool {
    at_work(folders, "soffice").is_empty()
        && fs::read_dir(folders.data.path().join("reading")).unwrap().count() == 0
}

#[test]
fn the_cited_line_of_a_word_file_is_marked_on_the_page_where_it_stands() {
    if !is_there() {
        return;
    }
    let (folders, server) = with("manual.docx", &docx_of(&[SAFETY, LATHE, "The end."]));
    let citation = citation(&server);
    assert_eq!(citation["locator"]["page"], Value::Null, "{citation}");
    assert_marked(&server, &folders, &citation, 2, SENTENCE);
    assert_eq!(server.log_count(LAID_OUT), 1);
    server.wait_until("nothing is left", |_| nothing_is_left(&folders));

    // Now that the page is known, the source shows it at once, and the document's pages begin where it is cited.
    let (_, page) = server.get(&format!("/ask?q={}", encoded(QUESTION)));
    assert!(page.contains("<details class=\"page-fold\" open>"), "{page}");
    assert!(page.contains("/pages/cited.png?passage="), "{page}");
    let here = format!(
        "/documents/{}?passage={}",
        citation["document"], citation["passage"]
    );
    let (_, text) = server.get(&here);
    assert!(text.contains("view=pages") && !text.contains("<img"), "{text}");
    let (_, pages) = server.get(&format!(
        "{here}&from={}&to={}&view=pages",
        citation["span"]["start"], citation["span"]["end"]
    ));
    assert_eq!(pages.matches("<img class=\"page-picture\"").count(), 3, "{pages}");
    let on_second = pages
        .split("id=\"page-2\"")
        .nth(1)
        .unwrap()
        .split("</section>")
        .next()
        .unwrap();
    assert!(on_second.contains("id=\"cited\""), "{pages}");
}

#[test]
fn a_slide_is_the_page_of_its_number_also_behind_one_that_is_hidden() {
    if !is_there() {
        return;
    }
    let whole = fs::read(demo().join("training/new-operator-induction.pptx")).unwrap();
    let slides = package_with(&whole, |name, text| match name {
        "ppt/slides/slide2.xml" => text.replacen("<p:sld ", "<p:sld show=\"0\" ", 1),
        _ => text,
    });
    let (folders, server) = with("induction.pptx", &slides);
    let words = "Never reach in without your own lock";
    let citation = citation_of(&server, words, words);
    assert_eq!(citation["locator"]["slide"], 5, "{citation}");
    assert_marked(&server, &folders, &citation, 5, words);
}

#[test]
fn several_people_who_open_a_file_at_once_have_it_laid_out_once() {
    if !is_there() {
        return;
    }
    let (folders, server) = with("manual.docx", &docx_of(&[SAFETY, LATHE]));
    let address = cited(&citation(&server));
    thread::scope(|scope| {
        for width in [480, 900, 1_400, 480] {
            let address = format!("{address}&width={width}");
            let server = &server;
            scope.spawn(move || assert_eq!(picture(server, &address).width, width));
        }
    });
    assert_eq!(server.log_count(LAID_OUT), 1);
    // A server that is started anew has it still.
    drop(server);
    let server = folders.serve();
    server.wait_until_searchable("manual.docx");
    picture(&server, &cited(&citation(&server)));
    assert_eq!(server.log_count(LAID_OUT), 0);
    // What is kept of a generation goes with it.
    let printed = folders.data.path().join("printed");
    let kept = || fs::read_dir(&printed).unwrap().count();
    assert_eq!(kept(), 1);
    folders.write("manual.docx", docx_of(&["Another manual."]));
    server.wait_until("its pages are gone", |_| kept() == 0);
}

#[test]
fn a_file_that_cannot_be_laid_out_keeps_its_text_and_says_so() {
    cannot_be_laid_out("/bin/false");
    if is_there() {
        cannot_be_laid_out("soffice");
    }
}

/// `program` fails on a package that does not name its parts, which our own reader finds all the same.
fn cannot_be_laid_out(program: &str) {
    let folders = Folders::new();
    folders.write("manual.docx", docx(&format!("{SAFETY}\n{LATHE}")));
    let server = folders.serve_with(&[("GEMBA_OFFICE_PROGRAM", program)]);
    server.wait_until_searchable("manual.docx");
    let citation = citation(&server);
    let (_, before) = server.get(&format!("/ask?q={}", encoded(QUESTION)));
    assert!(
        before.contains("<details class=\"page-fold\"><summary>"),
        "{before}"
    );
    let (status, body) = server.get(&cited(&citation));
    assert_eq!(status, 422, "{body}");
    let here = format!("/documents/{}", citation["document"]);
    let (status, body) = server.get(&format!("{here}?view=pages"));
    assert_eq!(status, 200);
    assert!(
        body.contains("cannot be shown as pictures") && body.contains("every 250 hours"),
        "{body}"
    );
    // From now on nobody is offered what is not there.
    let (_, after) = server.get(&format!("/ask?q={}", encoded(QUESTION)));
    assert!(
        !after.contains("page-fold") && after.contains("250 hours"),
        "{after}"
    );
    let (_, text) = server.get(&here);
    assert!(!text.contains("view=pages"), "{text}");
    assert_eq!(
        fs::read_dir(folders.data.path().join("reading")).unwrap().count(),
        0
    );
}

#[test]
fn without_libreoffice_there_is_text_alone_and_doctor_says_what_it_would_bring() {
    let folders = Folders::new();
    folders.write("manual.docx", docx_of(&[SAFETY, LATHE]));
    for environment in [
        ("GEMBA_OFFICE_PROGRAM", "/no/such/soffice"),
        ("GEMBA_OFFICE_ENABLED", "false"),
    ] {
        let server = folders.serve_with(&[environment]);
        server.wait_until_searchable("manual.docx");
        let citation = citation(&server);
        let (status, body) = server.get(&cited(&citation));
        assert_eq!(status, 501, "{body}");
        assert!(body.contains("LibreOffice"), "{body}");
        let (_, text) = server.get(&format!("/documents/{}", citation["document"]));
        assert!(!text.contains("view=pages"), "{text}");
        let (_, answer) = server.get(&format!("/ask?q={}", encoded(QUESTION)));
        assert!(!answer.contains("page-fold"), "{answer}");
        let doctor = folders
            .command("doctor")
            .arg("--json")
            .envs([environment])
            .output()
            .unwrap();
        let checks: Value = serde_json::from_slice(&doctor.stdout).unwrap();
        let checks = checks["checks"].as_array().unwrap();
        let check = checks
            .iter()
            .find(|check| check["what"] == "pages of Office files")
            .unwrap();
        let says = check["found"].as_str().unwrap();
        assert!(
            says.contains("libreoffice-writer-nogui") || says.contains("office.enabled"),
            "{check}"
        );
    }
}

#[test]
fn nobody_sees_a_page_of_a_file_that_is_not_granted() {
    if !is_there() {
        return;
    }
    let folders = Folders::new();
    folders.write("payroll/manual.docx", docx_of(&[SAFETY, LATHE]));
    let server = folders.serve();
    let root = server.set_up("root", PASSWORD);
    let mut found = Value::Null;
    server.wait_until("the file is searchable", |_| {
        found = root.json(&format!("/api/search?q={}", encoded(QUESTION)))["hits"][0].clone();
        found["path"] == "payroll/manual.docx"
    });
    let document = &found["document"];
    let addresses = [
        format!(
            "/documents/{document}/pages/cited.png?passage={}&from=0&to=20",
            found["id"]
        ),
        format!("/documents/{document}/pages/1.png"),
        format!("/documents/{document}?view=pages"),
        format!("/documents/{document}?passage={}&view=pages", found["id"]),
    ];
    for address in &addresses {
        assert_eq!(root.get(address).status, 200, "{address}");
    }
    let added = folders.run("people", &["add", "ana"]);
    let ana = server.sign_in("ana", added.output.trim());
    for address in &addresses {
        let refused = ana.get(address);
        assert_eq!(refused.status, 404, "{address}");
        assert!(!refused.body.contains("manual"), "{}", refused.body);
    }
    assert_eq!(
        folders.run("groups", &["grant", "Everyone", "payroll"]).code,
        Some(0)
    );
    for address in &addresses {
        assert_eq!(ana.get(address).status, 200, "{address}");
    }
}

/// A file on which LibreOffice works for some seconds on any machine.
fn long() -> Vec<u8> {
    let page = format!("{LATHE}\n").repeat(12);
    docx_of(&vec![page.as_str(); 400])
}

#[test]
fn a_libreoffice_that_hangs_is_ended_with_all_that_it_started() {
    if !is_there() {
        return;
    }
    let folders = Folders::new();
    folders.write("manual.docx", long());
    let server = folders.serve_with(&[("GEMBA_OFFICE_FILE_SECONDS", "4")]);
    server.wait_until_searchable("manual.docx");
    let document = server.document_id("manual.docx");
    thread::scope(|scope| {
        let asked = scope.spawn(|| server.get(&format!("/documents/{document}/pages/1.png")));
        let mut process = 0;
        server.wait_until("it works", |_| {
            process = at_work(&folders, "soffice.bin")
                .first()
                .copied()
                .unwrap_or_default();
            process > 0
        });
        let stopped = Command::new("kill")
            .args(["-STOP", &process.to_string()])
            .status()
            .unwrap();
        assert!(stopped.success());
        let (status, body) = asked.join().unwrap();
        assert_eq!(status, 422, "{body}");
    });
    server.wait_until("nothing is left", |_| nothing_is_left(&folders));
    let (_, body) = server.get(&format!("/documents/{document}?view=pages"));
    assert!(body.contains("takes too long"), "{body}");
}

#[test]
fn a_libreoffice_at_work_ends_with_the_server_however_that_ends() {
    if !is_there() {
        return;
    }
    for kill in [false, true] {
        let folders = Folders::new();
        folders.write("manual.docx", long());
        let server = folders.serve();
        server.wait_until_searchable("manual.docx");
        let address = format!(
            "{}/documents/{}/pages/1.png",
            server.address,
            server.document_id("manual.docx")
        );
        let asked = thread::spawn(move || drop(ureq::get(address).call()));
        server.wait_until("it works", |_| !at_work(&folders, "soffice.bin").is_empty());
        if kill {
            drop(server);
        } else {
            assert_eq!(server.terminate(), Some(0));
        }
        let began = std::time::Instant::now();
        while !at_work(&folders, "soffice").is_empty() {
            assert!(began.elapsed().as_secs() < 60, "LibreOffice outlives the server");
            thread::yield_now();
        }
        asked.join().unwrap();
    }
}

#[test]
fn a_document_of_word_6_has_pages_too() {
    if !is_there() {
        return;
    }
    let (folders, server) = with("old.doc", &word_6(LATHE));
    let citation = citation(&server);
    picture(&server, &cited(&citation));
    assert_marked(&server, &folders, &citation, 1, SENTENCE);
}
