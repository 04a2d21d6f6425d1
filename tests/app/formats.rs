//! Files of further formats in the real program: what a mail brings is found, and cited where it stands.

use std::path::Path;

use gemba::domain::FileKind;

use super::access::PASSWORD;
use super::pictures::{LATHE, QUESTION, SAFETY};
use super::recognition;
use super::support::files::{Sheet, pdf_of};
use super::support::{Folders, demo};

const MAIL: &str = "From: Chen Li <chen@example.com>\r\nTo: Quality <qa@example.com>\r\nSubject: Supplier torques\r\nDate: Mon, 6 May 2024 08:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe supplier of the flange changed its gasket in spring.\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"torques.csv\"\r\n\r\nFlange,Torque of the flange bolt\r\nDN 50,35 Nm\r\nDN 80,62 Nm\r\n--b--\r\n";

#[test]
fn a_fact_in_an_attachment_is_cited_in_the_attachment() {
    let folders = Folders::new();
    folders.write("mails/supplier.eml", MAIL);
    let server = folders.serve();
    server.wait_until_searchable("mails/supplier.eml");
    let answer = server.ask("What is the torque of the flange bolt of DN 80?");
    let citation = &answer["quotes"][0]["citation"];
    assert!(answer.to_string().contains("62 Nm"), "{answer}");
    assert_eq!(citation["path"], "mails/supplier.eml", "{answer}");
    assert_eq!(citation["locator"]["part"], "torques.csv", "{answer}");
    let document = citation["document"].as_i64().unwrap();
    let passage = citation["passage"].as_i64().unwrap();
    let (status, page) = server.get(&format!("/documents/{document}?passage={passage}"));
    assert_eq!(status, 200);
    assert!(page.contains("In torques.csv"), "{page}");
}

#[test]
fn the_readme_names_every_file_that_is_read() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let table: String = readme.lines().filter(|line| line.starts_with("| ")).collect();
    let missing: Vec<&str> = FileKind::ALL
        .into_iter()
        .flat_map(FileKind::extensions)
        .filter(|extension| !table.contains(&format!("`.{extension}`")))
        .copied()
        .collect();
    assert_eq!(missing, [""; 0], "in the table of formats");
}

#[test]
fn the_files_of_an_archive_that_cannot_be_read_cost_only_themselves() {
    let folders = Folders::new();
    let archive = folders.write("a.tar", []);
    let mut tar = tar::Builder::new(std::fs::File::create(archive).unwrap());
    for (name, text) in [
        (
            "notes/pump.md",
            "# Pump\n\nThe coolant pump is primed before the first start of the week.",
        ),
        ("broken.docx", "no document at all"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap();
    let server = folders.serve();
    server.wait_until_searchable("a.tar");
    let answer = server.ask("When is the coolant pump primed?");
    assert_eq!(
        answer["quotes"][0]["citation"]["locator"]["part"], "notes/pump.md",
        "{answer}"
    );
}

#[test]
fn one_file_can_be_looked_at_before_it_is_dropped() {
    let folders = Folders::new();
    let mail = folders.write("supplier.eml", MAIL);
    let mail = mail.to_str().unwrap();
    let done = folders.run("parse", &[mail, "--json"]);
    assert_eq!(done.code, Some(0), "{}", done.errors);
    let read = done.json();
    assert_eq!(read["title"], "Supplier torques");
    assert_eq!(read["properties"]["author"], "Chen Li <chen@example.com>");
    let last = read["blocks"].as_array().unwrap().last().unwrap();
    assert_eq!(last["place"]["part"], "torques.csv");
    assert_eq!(last["place"]["rows"], serde_json::json!([3, 3]));
    let done = folders.run("parse", &[mail, "--markdown"]);
    assert!(done.output.contains("| DN 80 | 62 Nm |"), "{}", done.output);
    let done = folders.run("parse", &[mail]);
    assert!(
        done.output
            .contains("[in torques.csv, rows 3 to 3] DN 80 | 62 Nm"),
        "{}",
        done.output
    );
    let broken = folders.write("broken.docx", "no document at all");
    let done = folders.run("parse", &[broken.to_str().unwrap()]);
    assert_ne!(done.code, Some(0));
    assert!(
        done.errors.contains("Word document is damaged"),
        "{}",
        done.errors
    );
}

#[test]
fn the_formats_that_search_offers_are_those_of_files_that_may_be_read() {
    let folders = Folders::new();
    folders.write(
        "quality/gauges.md",
        "# Gauges\n\nThe thread gauges are calibrated every six months.",
    );
    folders.write("payroll/bonus.csv", "Crew,Bonus\nNight,120 EUR\nDay,90 EUR\n");
    let server = folders.serve();
    server.wait_until_searchable("quality/gauges.md");
    server.wait_until_searchable("payroll/bonus.csv");
    let root = server.set_up("root", PASSWORD);
    let shown = root.get("/search").body;
    assert!(
        shown.contains("kind=csv") && shown.contains("kind=markdown"),
        "{shown}"
    );
    assert!(!shown.contains("kind=epub"), "{shown}");
    let added = folders.run("people", &["add", "ana"]);
    assert_eq!(
        folders.run("groups", &["grant", "Everyone", "quality"]).code,
        Some(0)
    );
    let ana = server.sign_in("ana", added.output.trim());
    let shown = ana.get("/search").body;
    assert!(
        shown.contains("kind=markdown") && !shown.contains("kind=csv"),
        "{shown}"
    );
}

#[test]
fn a_fact_that_stands_only_in_a_scan_a_row_a_slide_or_an_attachment_is_answered_with_its_place() {
    let folders = Folders::new();
    let demo = |path: &str| std::fs::read(demo().join(path)).unwrap();
    folders.write("tables.xlsx", demo("quality/torque-and-tolerance-tables.xlsx"));
    folders.write("slides.pptx", demo("training/new-operator-induction.pptx"));
    folders.write("supplier.eml", MAIL);
    let mut facts = vec![
        ("Groove width for rod seal RS-56", "9.5", "tables.xlsx", "sheet"),
        (
            "When is the fire alarm tested?",
            "first Monday of each month at 11:00",
            "slides.pptx",
            "slide",
        ),
        (
            "What is the torque of the flange bolt of DN 80?",
            "62 Nm",
            "supplier.eml",
            "part",
        ),
    ];
    if recognition::is_there() {
        let page = recognition::scanned(LATHE);
        folders.write("scan.pdf", pdf_of(&[Sheet::Text(SAFETY), Sheet::Scan(&page)]));
        facts.push((QUESTION, "250 hours", "scan.pdf", "page"));
    }
    let server = folders.serve();
    for (question, fact, file, place) in facts {
        server.wait_until_searchable(file);
        server.wait_until_nothing_waits();
        let answer = server.ask(question);
        let quotes = answer["quotes"].as_array().unwrap();
        let quote = quotes
            .iter()
            .find(|quote| quote["text"].as_str().unwrap().contains(fact));
        let citation = &quote.unwrap_or_else(|| panic!("{question}: {answer}"))["citation"];
        assert_eq!(citation["path"], file, "{answer}");
        assert!(!citation["locator"][place].is_null(), "{citation}");
        let address = citation["href"].as_str().map_or_else(
            || {
                format!(
                    "/documents/{}?passage={}",
                    citation["document"], citation["passage"]
                )
            },
            str::to_owned,
        );
        let (status, opened) = server.get(&address);
        assert_eq!(status, 200, "{address}");
        assert!(opened.contains(fact), "{address} does not show {fact}");
    }
}
