//! A drive of real files in all formats, whole and broken: what became of every page of every file can be told. It takes some
//! minutes, so it runs only when it is asked for: `cargo test --test app shared_drive -- --ignored --nocapture`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::support::{Folders, Server, files, files_below, shared_data};

/// Real files are cut off here, for broken ones.
const CUT: usize = 3;

/// Copies the real files, and of some of them a part; returns all paths.
fn fill(folders: &Folders) -> Option<BTreeSet<String>> {
    let mut paths = BTreeSet::new();
    for set in ["docling", "tabula"] {
        let source = shared_data(set)?;
        for (number, below) in files_below(&source).into_iter().enumerate() {
            if below.contains("groundtruth") {
                continue;
            }
            let bytes = fs::read(source.join(&below)).unwrap();
            if number % CUT == 0 && bytes.len() > 300 {
                let name = below.replace('/', " ");
                folders.write(&format!("broken/{name}"), &bytes[..bytes.len() / CUT]);
                paths.insert(format!("broken/{name}"));
            }
            folders.write(&format!("{set}/{below}"), bytes);
            paths.insert(format!("{set}/{below}"));
        }
    }
    for (name, bytes) in [
        ("hostile/empty.docx", Vec::new()),
        ("hostile/noise.pdf", files::noise(40_000)),
        ("hostile/noise.xlsx", files::noise(40_000)),
        ("hostile/noise.png", files::noise(40_000)),
        ("hostile/noise.eml", files::noise(40_000)),
        ("hostile/noise.zip", files::noise(40_000)),
    ] {
        folders.write(name, bytes);
        paths.insert(name.to_owned());
    }
    Some(paths)
}

/// Waits for one file after the other, each of which has the patience of a test; until text is recognised, too.
fn wait_until_done(server: &Server) {
    let left = |server: &Server| {
        let library = server.json("/api/library");
        let waits = |value: &serde_json::Value| u64::from(!value.is_null());
        let status = &library["ingestion"];
        library["counts"]["pending"].as_u64().unwrap()
            + status["waiting"].as_u64().unwrap()
            + waits(&status["current"])
            + waits(&status["recognising"])
            + u64::from(status["walked_ms"].is_null())
    };
    let mut before = left(server);
    while before > 0 {
        server.wait_until("one more file is done", |server| left(server) < before);
        before = left(server);
    }
}

#[test]
#[ignore = "takes minutes; asked for by name"]
fn a_drive_of_real_and_broken_files_is_accounted_for_page_by_page() {
    let folders = Folders::new();
    let Some(paths) = fill(&folders) else { return };
    let server = folders.serve();
    server.wait_until("the first files are known", |server| {
        !server.documents().is_empty()
    });
    wait_until_done(&server);

    // Every file is a document, or is listed as one that is passed over.
    let states = server.states();
    let passed: BTreeSet<String> = server.json("/api/library/passed")["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["path"].as_str().unwrap().to_owned())
        .collect();
    let known: BTreeSet<String> = states.keys().chain(&passed).cloned().collect();
    assert_eq!(known, paths);
    for (path, (state, reason)) in &states {
        assert!(
            ["searchable", "duplicate", "failed"].contains(&state.as_str()),
            "{path}: {state}"
        );
        assert_eq!(state == "failed", !reason.is_empty(), "{path}: {state}, {reason}");
    }

    // The table has every page of each of them once, and a reason where one cannot be searched.
    let (_, table) = server.get("/library/coverage.csv");
    let mut reader = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let mut next: BTreeMap<String, u64> = BTreeMap::new();
    let mut fates: BTreeMap<String, u64> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        let number = |column: usize| row[column].parse::<u64>().unwrap_or(0);
        let (path, fate, reason) = (row[1].to_owned(), &row[7], &row[9]);
        let expected = next.entry(path.clone()).or_insert(1);
        if number(4) > 0 {
            assert_eq!(number(4), *expected, "{path}: {row:?}");
            assert!(number(5) >= number(4), "{path}: {row:?}");
            *expected = number(5) + 1;
        }
        let told = ["picture", "failed", "skipped"].contains(&fate);
        assert_eq!(told, !reason.is_empty(), "{path}: {row:?}");
        *fates.entry(fate.to_owned()).or_default() += number(6);
    }
    let listed: BTreeSet<&String> = next.keys().collect();
    assert_eq!(listed, states.keys().collect::<BTreeSet<_>>());
    println!(
        "{} files: {} documents, {} passed over; pages: {fates:?}",
        paths.len(),
        states.len(),
        passed.len()
    );
}
