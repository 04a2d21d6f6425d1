//! The ledger: every page of every file is accounted for, on the pages, as JSON and as a table.

use serde_json::{Value, json};

use crate::access::PASSWORD;
use crate::support::{Browser, Folders, Server, files};

/// A file of three pages, the second of them blank, one of plain text, and one that cannot be read.
fn folders() -> Folders {
    let folders = Folders::new();
    folders.write(
        "machines/press.pdf",
        files::pdf(&["Press 7 runs at 63 bar.", "", "Check the valve daily."]),
    );
    folders.write("quality/gauges.md", "# Gauges\n\nCalibrate them yearly.");
    folders.write("quality/=broken.docx", "no archive");
    folders
}

fn serve(folders: &Folders) -> Server {
    let server = folders.serve();
    server.wait_until_searchable("machines/press.pdf");
    server.wait_until_searchable("quality/gauges.md");
    server.wait_until_state("quality/=broken.docx", "failed");
    server
}

fn counts(of: &Value) -> (u64, u64, u64, u64) {
    let number = |name: &str| of[name].as_u64().unwrap();
    (
        number("text"),
        number("empty"),
        number("picture"),
        number("failed"),
    )
}

#[test]
fn every_page_is_accounted_for_in_total_and_file_by_file() {
    let folders = folders();
    let server = serve(&folders);
    let library = server.json("/api/library?sort=worst");
    assert_eq!(counts(&library["counts"]["coverage"]), (3, 1, 0, 1));
    let paths: Vec<&str> = library["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|document| document["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        ["quality/=broken.docx", "machines/press.pdf", "quality/gauges.md"]
    );
    let (_, page) = server.get("/library");
    assert!(page.contains("3 of 5 pages can be searched"), "{page}");

    let press = server.document_id("machines/press.pdf");
    let twin = server.json(&format!("/api/documents/{press}/coverage"));
    assert_eq!(
        twin["coverage"],
        json!({"pages": 3, "exceptions": [{"first": 2, "last": 2, "fate": "empty"}]})
    );
    let (status, page) = server.get(&format!("/documents/{press}/coverage"));
    assert_eq!(status, 200);
    assert!(page.contains("2 of 3 pages can be searched"), "{page}");
    let only = server.get(&format!("/documents/{press}/coverage?fate=empty")).1;
    assert!(!only.contains(&format!("/documents/{press}?page=1")), "{only}");

    let broken = server.document_id("quality/=broken.docx");
    let (_, page) = server.get(&format!("/documents/{broken}/coverage"));
    assert!(page.contains("0 of 1 page can be searched"), "{page}");
    assert!(page.contains("The whole file"), "{page}");
    assert_eq!(server.get("/documents/999/coverage").0, 404);
}

#[test]
fn the_table_has_a_row_for_every_run_of_pages_and_no_cell_is_a_formula() {
    let folders = folders();
    let server = serve(&folders);
    let (status, table) = server.get("/library/coverage.csv?collection=machines");
    assert_eq!(status, 200);
    let mut reader = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let runs: Vec<[&str; 4]> = rows
        .iter()
        .map(|row| [row[1].as_str(), &row[4], &row[5], &row[7]])
        .collect();
    assert_eq!(
        runs,
        [
            ["machines/press.pdf", "1", "1", "text"],
            ["machines/press.pdf", "2", "2", "empty"],
            ["machines/press.pdf", "3", "3", "text"],
        ]
    );
    let (_, all) = server.get("/library/coverage.csv");
    assert!(all.contains("quality/=broken.docx,"), "{all}");
    assert_eq!(all.lines().count(), 6, "{all}");
}

#[test]
fn a_page_that_may_not_be_read_is_counted_nowhere() {
    let folders = folders();
    let server = serve(&folders);
    let press = server.document_id("machines/press.pdf");
    server.set_up("root", PASSWORD);
    let password = folders.run("people", &["add", "ana"]).output.trim().to_owned();
    folders.run("groups", &["grant", "Everyone", "quality"]);
    let ana: Browser<'_> = server.sign_in("ana", &password);
    let coverage = &ana.json("/api/library")["counts"]["coverage"];
    assert_eq!(counts(coverage), (1, 0, 0, 1));
    assert!(ana.get("/library").body.contains("1 of 2 pages can be searched"));
    for address in [
        format!("/documents/{press}/coverage"),
        format!("/api/documents/{press}/coverage"),
    ] {
        assert_eq!(ana.get(&address).status, 404, "{address}");
    }
    for address in [
        "/library/coverage.csv",
        "/library/coverage.csv?collection=machines",
    ] {
        assert!(!ana.get(address).body.contains("press"), "{address}");
    }
    // Who may not read everything may not have it read again either.
    assert_eq!(ana.post_from_elsewhere("/library/1/retry", &[]).status, 403);
}

#[test]
fn a_file_with_pages_that_are_not_as_they_should_be_is_read_again_when_that_is_asked_for() {
    let folders = folders();
    let server = serve(&folders);
    let press = server.document_id("machines/press.pdf");
    let generation = |server: &Server| {
        server.json(&format!("/api/documents/{press}"))["document"]["generation"]
            .as_i64()
            .unwrap()
    };
    let before = generation(&server);
    let origin = server.address.clone();
    let (status, _) = server.post(
        &format!("/api/library/{press}/retry"),
        &[("origin", origin.as_str())],
    );
    assert_eq!(status, 202);
    server.wait_until("the file was read again", |server| generation(server) > before);
    server.wait_until_searchable("machines/press.pdf");
    assert!(!server.search("valve daily").as_array().unwrap().is_empty());
}

#[test]
fn what_is_passed_over_is_listed_with_its_reason_for_administrators() {
    let folders = folders();
    folders.write("machines/press.dwg", "a drawing");
    folders.write("quality/=film.mp4", "a film");
    folders.write("quality/draft 1.md", "# No document");
    folders.write("quality/.gembaignore", "# drafts\ndraft*\n");
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let library = root.get("/library").body;
    assert!(
        library.contains("href=\"/library/passed\"") && library.contains("3 files and folders"),
        "{library}"
    );
    let page = root.get("/library/passed").body;
    for said in [
        "machines/press.dwg",
        "does not read this format",
        "line 2 of quality/.gembaignore",
        "draft*",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let end = root.get("/library/passed?after=zzz").body;
    assert!(end.contains("Nothing more is passed over."), "{end}");
    let table = root.get("/library/passed.csv").body;
    let lines: Vec<&str> = table.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        lines,
        [
            "path,kind,why,rules,line,pattern",
            "machines/press.dwg,file,format,,,",
            "quality/=film.mp4,file,format,,,",
            "quality/draft 1.md,file,rule,quality/.gembaignore,2,draft*",
        ]
    );
    let twin = root.json("/api/library/passed?after=machines/press.dwg");
    assert_eq!(twin["entries"].as_array().unwrap().len(), 2, "{twin}");
    assert_eq!(
        twin["entries"][1],
        json!({"path": "quality/draft 1.md", "is_folder": false, "by": "rule",
            "file": "quality/.gembaignore", "line": 2, "pattern": "draft*"})
    );
    // The collections say how many of their files can be searched.
    assert!(
        library.contains("quality (1 of 2 searchable)") && library.contains("machines (1)"),
        "{library}"
    );

    let password = folders.run("people", &["add", "ana"]).output.trim().to_owned();
    folders.run("groups", &["grant", "Everyone", "quality"]);
    let ana = server.sign_in("ana", &password);
    for address in ["/library/passed", "/library/passed.csv", "/api/library/passed"] {
        assert_eq!(ana.get(address).status, 403, "{address}");
    }
    let library = ana.get("/library").body;
    assert!(
        !library.contains("passed") && !library.contains("machines"),
        "{library}"
    );
    root.post("/sign-out", &[]);
}
