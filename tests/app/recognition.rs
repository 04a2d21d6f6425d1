//! Text recognition: pages that are pictures, or whose letters mean nothing, are read by what is seen on them.

use std::fs;
use std::io::Cursor;
use std::process::Command;

use serde_json::Value;

use crate::isolation::{readers, started_by};
use crate::pictures::{LATHE, Picture, QUESTION, SAFETY, assert_near, citation, marked, picture};
use crate::support::files::{Sheet, garbled_pdf, pdf, pdf_of, pptx_with_picture, tiff_g4};
use crate::support::{Folders, Server, skipped};

/// Where the second line stands on the page that is scanned.
pub const SECOND_LINE: [f64; 4] = [72.0 / 612.0, 75.0 / 792.0, (72.0 + 284.8) / 612.0, 89.0 / 792.0];

/// Whether tesseract is there; says so where it is not.
pub fn is_there() -> bool {
    let there = Command::new("tesseract").arg("--list-langs").output().is_ok();
    if !there {
        skipped("there is no tesseract; appliance/setup installs it (Debian: tesseract-ocr)");
    }
    there
}

/// A page as a scanner sees it.
pub fn scanned(text: &str) -> Picture {
    let folders = Folders::new();
    folders.write("page.pdf", pdf(&[text]));
    let server = folders.serve();
    server.wait_until_searchable("page.pdf");
    picture(&server, "/documents/1/pages/1.png?width=1400")
}

pub fn fates(server: &Server, path: &str) -> Vec<(u64, String)> {
    let id = server.document_id(path);
    let coverage = &server.json(&format!("/api/documents/{id}/coverage"))["coverage"];
    let runs = coverage["exceptions"].as_array().unwrap().iter();
    runs.map(|run| {
        (
            run["first"].as_u64().unwrap(),
            run["fate"].as_str().unwrap().to_owned(),
        )
    })
    .collect()
}

#[test]
fn a_scanned_page_among_pages_of_text_is_found_and_its_citation_marks_the_line_on_the_picture() {
    if !is_there() {
        return;
    }
    let page = scanned(LATHE);
    let folders = Folders::new();
    folders.write("manual.pdf", pdf_of(&[Sheet::Text(SAFETY), Sheet::Scan(&page)]));
    let server = folders.serve();
    server.wait_until_searchable("manual.pdf");
    server.wait_until_nothing_waits();
    assert_eq!(fates(&server, "manual.pdf"), [(2, "ocr".to_owned())]);
    let citation = citation(&server);
    assert_eq!(citation["locator"]["page"], 2, "{citation}");
    assert!(citation["locator"]["ocr"].as_u64().unwrap() > 80, "{citation}");
    assert_near(marked(&server, &citation), SECOND_LINE, 0.02);
    let question = crate::support::encoded(QUESTION);
    let answer = server.get(&format!("/ask?q={question}")).1;
    assert!(answer.contains("recognised from a picture"), "{answer}");
    assert!(!server.search("goggles").as_array().unwrap().is_empty());
}

#[test]
fn a_page_whose_letters_mean_nothing_is_read_by_what_is_seen_on_it() {
    if !is_there() {
        return;
    }
    let folders = Folders::new();
    folders.write("manual.pdf", garbled_pdf(&LATHE.replace('\n', " \n")));
    let server = folders.serve();
    server.wait_until_searchable("manual.pdf");
    assert_eq!(fates(&server, "manual.pdf"), [(1, "ocr".to_owned())]);
    let found = server.search("spindle lubricated");
    assert!(
        found[0]["text"].as_str().unwrap().contains("250 hours"),
        "{found}"
    );
}

#[test]
fn without_recognition_a_scan_says_what_to_install_and_is_read_once_that_is_there() {
    if !is_there() {
        return;
    }
    let folders = Folders::new();
    folders.write("scan.pdf", pdf_of(&[Sheet::Scan(&scanned(LATHE))]));
    let missing = [("GEMBA_OCR_PROGRAM", "/no/such/tesseract")];
    let server = folders.serve_with(&missing);
    server.wait_until_state("scan.pdf", "failed");
    assert_eq!(fates(&server, "scan.pdf"), [(1, "picture".to_owned())]);
    let (_, library) = server.get("/library");
    assert!(library.contains("install tesseract-ocr"), "{library}");
    drop(server);
    let doctor = folders
        .command("doctor")
        .arg("--json")
        .envs(missing)
        .output()
        .unwrap();
    let checks: Value = serde_json::from_slice(&doctor.stdout).unwrap();
    let checks = checks["checks"].as_array().unwrap();
    let check = checks
        .iter()
        .find(|check| check["what"] == "text recognition")
        .unwrap();
    assert!(
        check["found"].as_str().unwrap().contains("tesseract-ocr-chi-sim"),
        "{check}"
    );
    let server = folders.serve();
    server.wait_until_searchable("scan.pdf");
    assert_eq!(citation(&server)["locator"]["page"], 1);
}

#[test]
fn pictures_of_every_format_are_read_and_shown() {
    if !is_there() {
        return;
    }
    let page = scanned(LATHE);
    let colours = image::RgbImage::from_raw(page.width, page.height, page.pixels.clone()).unwrap();
    let folders = Folders::new();
    let formats = [
        ("jpg", image::ImageFormat::Jpeg),
        ("webp", image::ImageFormat::WebP),
        ("bmp", image::ImageFormat::Bmp),
    ];
    for (ending, format) in formats {
        let mut file = Cursor::new(Vec::new());
        colours.write_to(&mut file, format).unwrap();
        folders.write(&format!("{ending}/lathe.{ending}"), file.into_inner());
    }
    let server = folders.serve();
    for (ending, _) in formats {
        let path = format!("{ending}/lathe.{ending}");
        server.wait_until_searchable(&path);
        assert_eq!(fates(&server, &path), [(1, "ocr".to_owned())], "{path}");
        let found = server.search_in("spindle lubricated", ending);
        assert_eq!(found[0]["path"], path, "{found}");
        assert!(
            found[0]["text"].as_str().unwrap().contains("250 hours"),
            "{found}"
        );
        let shown = picture(
            &server,
            &format!("/documents/{}/pages/1.png?width=480", server.document_id(&path)),
        );
        assert_eq!(shown.width, 480, "{path}");
    }
}

#[test]
fn a_photographed_page_is_a_document_and_its_citation_marks_the_line() {
    if !is_there() {
        return;
    }
    let page = scanned(LATHE);
    let folders = Folders::new();
    folders.write("lathe.png", page.png());
    folders.write("broken.jpg", "no picture");
    let server = folders.serve();
    server.wait_until_searchable("lathe.png");
    server.wait_until_state("broken.jpg", "failed");
    assert_eq!(fates(&server, "lathe.png"), [(1, "ocr".to_owned())]);
    let citation = citation(&server);
    assert_eq!(citation["locator"]["page"], 1, "{citation}");
    let found = marked(&server, &citation);
    assert!(
        (found[1] - 75.0 / 792.0).abs() < 0.02 && found[3] < 0.14,
        "{found:?}"
    );
}

#[test]
fn neither_the_text_of_a_long_scan_nor_a_file_behind_it_waits_for_its_recognition() {
    if !is_there() {
        return;
    }
    let page = scanned(LATHE);
    let sheets: Vec<_> = std::iter::once(Sheet::Text(SAFETY))
        .chain((0..60).map(|_| Sheet::Scan(&page)))
        .collect();
    let folders = Folders::new();
    folders.write("scan.pdf", pdf_of(&sheets));
    let server = folders.serve();
    let recognising = || server.json("/api/library")["ingestion"]["recognising"].clone();
    server.wait_until("the scan is being recognised", |_| recognising() == "scan.pdf");
    assert!(server.get("/library").1.contains("Recognising text in scan.pdf"));
    assert!(!server.search("goggles").as_array().unwrap().is_empty());
    assert_eq!(fates(&server, "scan.pdf"), [(2, "picture".to_owned())]);
    folders.write(
        "notes.md",
        "# Notes\n\nThe cooling water is changed each spring.\n",
    );
    server.wait_until_searchable("notes.md");
    assert_eq!(
        recognising(),
        "scan.pdf",
        "it was through before the other file came"
    );
    assert!(!server.search("cooling water").as_array().unwrap().is_empty());
}

#[test]
fn a_file_that_is_moved_while_text_waits_to_be_recognised_in_it_is_found_in_its_new_collection_at_once() {
    if !is_there() {
        return;
    }
    let page = scanned(LATHE);
    let long: Vec<_> = (0..60).map(|_| Sheet::Scan(&page)).collect();
    let folders = Folders::new();
    folders.write("scan.pdf", pdf_of(&long));
    let server = folders.serve();
    let recognising = || server.json("/api/library")["ingestion"]["recognising"].clone();
    server.wait_until("the scan is being recognised", |_| recognising() == "scan.pdf");
    let mixed = [Sheet::Text(SAFETY), Sheet::Scan(&page)];
    let file = folders.write("machines/lathe.pdf", pdf_of(&mixed));
    server.wait_until_searchable("machines/lathe.pdf");
    let found = |words: &str, collection: &str| {
        let hits = server.search_in(words, collection);
        hits.as_array().is_some_and(|hits| !hits.is_empty())
    };
    assert!(found("goggles", "machines"));
    fs::create_dir(folders.documents.path().join("safety")).unwrap();
    fs::rename(file, folders.documents.path().join("safety/lathe.pdf")).unwrap();
    server.wait_until("the new collection finds it", |_| found("goggles", "safety"));
    assert!(!found("goggles", "machines"));
    assert_eq!(
        recognising(),
        "scan.pdf",
        "it was through before the other file was moved"
    );
    fs::remove_file(folders.documents.path().join("scan.pdf")).unwrap();
    server.wait_until("its other page is recognised", |server| {
        fates(server, "safety/lathe.pdf") == [(2, "ocr".to_owned())]
    });
    assert!(found("spindle", "safety") && !found("spindle", "machines"));
}

#[test]
fn a_scan_that_is_moved_while_its_text_is_recognised_is_not_recognised_a_second_time() {
    if !is_there() {
        return;
    }
    let page = scanned(LATHE);
    let folders = Folders::new();
    let sheets: Vec<_> = (0..6).map(|_| Sheet::Scan(&page)).collect();
    let file = folders.write("machines/scan.pdf", pdf_of(&sheets));
    let server = folders.serve();
    let recognising = || server.json("/api/library")["ingestion"]["recognising"].clone();
    // A file that is moved before it is opened is looked for at its new place, which would be no second time.
    server.wait_until("it is being recognised", |server| {
        let mut readers = readers(server).into_iter();
        readers.any(|reader| !started_by(reader, "tesseract").is_empty())
    });
    fs::create_dir(folders.documents.path().join("archive")).unwrap();
    fs::rename(file, folders.documents.path().join("archive/scan.pdf")).unwrap();
    assert_eq!(
        recognising(),
        "machines/scan.pdf",
        "it was through before it was moved"
    );
    server.wait_until("it is recognised", |server| {
        assert_ne!(recognising(), "archive/scan.pdf", "it is read anew");
        server
            .states()
            .get("archive/scan.pdf")
            .is_some_and(|(state, _)| state == "searchable")
    });
    server.wait_until("its collection finds it", |server| {
        let hits = server.search_in("spindle", "archive");
        hits.as_array().is_some_and(|hits| !hits.is_empty())
    });
    assert!(
        server
            .search_in("spindle", "machines")
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_fact_on_the_second_page_of_a_tiff_of_a_scanner_is_found_and_its_line_is_marked_on_that_page() {
    if !is_there() {
        return;
    }
    let pages = [scanned(SAFETY), scanned(LATHE)];
    let folders = Folders::new();
    let file = tiff_g4(&[&pages[0], &pages[1]]);
    folders.write("scan.tif", &file);
    folders.write("cut.tiff", &file[..file.len() / 4]);
    let server = folders.serve();
    server.wait_until_searchable("scan.tif");
    server.wait_until_state("cut.tiff", "failed");
    let id = server.document_id("scan.tif");
    let coverage = server.json(&format!("/api/documents/{id}/coverage"));
    let pages_read = coverage["coverage"]["pages"].as_u64();
    assert_eq!(pages_read, Some(2), "{coverage}");
    let runs = fates(&server, "scan.tif");
    assert!(
        runs.iter().all(|(_, fate)| fate == "ocr") && !runs.is_empty(),
        "{runs:?}"
    );
    let citation = citation(&server);
    assert_eq!(citation["path"], "scan.tif", "{citation}");
    assert_eq!(citation["locator"]["page"], 2, "{citation}");
    assert!(citation["locator"]["ocr"].as_u64().unwrap() > 80, "{citation}");
    assert_near(marked(&server, &citation), SECOND_LINE, 0.02);
    let (status, _, _) = server.get_bytes(&format!("/documents/{id}/pages/3.png"), &[]);
    assert_eq!(status, 404);
}

#[test]
fn a_fact_that_stands_only_in_a_picture_on_a_slide_is_found_there_and_said_to_be_recognised() {
    if !is_there() {
        return;
    }
    let folders = Folders::new();
    let deck = pptx_with_picture("Wear goggles in hall 3.", &scanned(LATHE));
    folders.write("training.pptx", &deck);
    let missing = [("GEMBA_OCR_PROGRAM", "/no/such/tesseract")];
    let server = folders.serve_with(&missing);
    server.wait_until_searchable("training.pptx");
    assert_eq!(fates(&server, "training.pptx"), [(2, "picture".to_owned())]);
    drop(server);
    let server = folders.serve();
    server.wait_until("the slide to be recognised", |server| {
        fates(server, "training.pptx") == [(2, "ocr".to_owned())]
    });
    let citation = citation(&server);
    assert_eq!(citation["locator"]["slide"], 2, "{citation}");
    assert!(citation["locator"]["ocr"].as_u64().unwrap() > 80, "{citation}");
    let question = crate::support::encoded(QUESTION);
    let answer = server.get(&format!("/ask?q={question}")).1;
    assert!(answer.contains("recognised from a picture"), "{answer}");
}
