//! The commands as a script and as an administrator use them.

use std::fs;
use std::process::Stdio;

use super::support::{Folders, files};

const PRESS: &str =
    "# Press 7\n\nThe clamping pressure of press 7 is 63 bar. Check it at the start of every shift.\n";

#[test]
fn ingest_tells_what_became_of_every_file_by_its_exit_status_and_in_json() {
    let folders = Folders::new();
    folders.write("press-7.md", PRESS);
    let finished = folders.run("ingest", &["--json"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(finished.json()["library"]["searchable"], 1, "{finished:?}");
    folders.write("noise.pdf", files::noise(9_000));
    folders.write("tool.exe", b"MZ");
    let finished = folders.run("ingest", &[]);
    assert_eq!(finished.code, Some(3), "{finished:?}");
    assert!(finished.output.contains("noise.pdf: "), "{finished:?}");
    assert!(
        finished.output.contains("left out on purpose: 1."),
        "{finished:?}"
    );
}

#[test]
fn short_files_that_come_together_are_written_to_the_indexes_together() {
    let folders = Folders::new();
    // The first group is full before the last file is read.
    for number in 0..800 {
        let text = format!("The canteen opens at {number}.");
        folders.write(&format!("{number}.md"), text);
    }
    folders.run("ingest", &[]);
    let tables = fs::read_dir(folders.data.path().join("vectors")).unwrap();
    let table = tables.map(|entry| entry.unwrap().path()).next().unwrap();
    let versions = fs::read_dir(table.join("_versions")).unwrap().count();
    assert!(versions < 25, "{versions} versions of the vector index");
}

#[test]
fn search_and_ask_answer_on_the_command_line_with_places_and_exit_status() {
    let folders = Folders::new();
    folders.write("machines/press-7.md", PRESS);
    folders.run("ingest", &[]);
    let found = folders.run("search", &["clamping pressure", "--json"]).json();
    assert_eq!(found[0]["path"], "machines/press-7.md");
    assert_eq!(
        folders
            .run("search", &["clamping", "--collection", "quality", "--json"])
            .json(),
        serde_json::json!([])
    );
    let answer = folders.run("ask", &["What is the clamping pressure of press 7?"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(
        answer.output.contains("63 bar") && answer.output.contains("[1] machines/press-7.md"),
        "{answer:?}"
    );
    let refused = folders.run("ask", &["Who won the football championship in 1987?"]);
    assert_eq!(refused.code, Some(4), "{refused:?}");
}

#[test]
fn reindex_rebuilds_both_indexes_without_the_documents() {
    let folders = Folders::new();
    let file = folders.write("press-7.md", PRESS);
    folders.run("ingest", &[]);
    fs::remove_file(file).unwrap();
    fs::remove_dir_all(folders.data.path().join("lexical")).unwrap();
    fs::remove_dir_all(folders.data.path().join("vectors")).unwrap();
    let finished = folders.run("reindex", &[]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    for method in ["lexical", "dense"] {
        let found = folders
            .run("search", &["clamping pressure", "--method", method, "--json"])
            .json();
        assert_eq!(found[0]["path"], "press-7.md", "{method}");
    }
    assert_eq!(folders.run("doctor", &[]).code, Some(0));
}

#[test]
fn another_precision_of_the_embedding_model_builds_its_vectors_and_switches() {
    let folders = Folders::new();
    folders.write("press-7.md", PRESS);
    folders.run("ingest", &[]);
    let with_fp32 = |command: &str, arguments: &[&str]| {
        let output = folders
            .command(command)
            .env("GEMBA_EMBED_PRECISION", "fp32")
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let search = ["clamping pressure", "--method", "dense", "--json"];
    // The vectors in force are still those of the other precision, which is asked as long as they are.
    assert!(with_fp32("search", &search).contains("63 bar"));
    with_fp32("ingest", &[]);
    assert!(with_fp32("search", &search).contains("63 bar"));
}

#[test]
fn a_second_server_on_the_same_data_folder_is_refused_in_one_line() {
    let folders = Folders::new();
    let _first = folders.serve();
    let second = folders.run("serve", &["--address", "127.0.0.1:0"]);
    assert_eq!(second.code, Some(1), "{second:?}");
    let line = second.errors.lines().last().unwrap();
    assert!(line.contains("in use by another Gemba"), "{second:?}");
}

#[test]
fn asking_works_beside_a_running_server() {
    let folders = Folders::new();
    folders.write("press-7.md", PRESS);
    let server = folders.serve();
    server.wait_until_searchable("press-7.md");
    let answer = folders.run("ask", &["What is the clamping pressure of press 7?", "--json"]);
    assert_eq!(answer.json()["verdict"], "answered", "{answer:?}");
}

#[test]
fn a_command_whose_output_nobody_reads_ends_without_a_word() {
    let folders = Folders::new();
    let mut doctor = folders
        .command("doctor")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(doctor.stdout.take());
    let ended = doctor.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
fn what_looks_after_a_store_begins_none_in_a_folder_that_nobody_meant() {
    let folders = Folders::new();
    let elsewhere = folders.data.path().join("elsewhere");
    let named = elsewhere.to_str().unwrap();
    for arguments in [
        &["people", "add", "ana"][..],
        &["people", "list"],
        &["groups", "grant", "Everyone", "--all"],
        &["reindex"],
        &["search", "press"],
    ] {
        let finished = folders.run(arguments[0], &[&arguments[1..], &["--data", named]].concat());
        assert_eq!(finished.code, Some(1), "{arguments:?}: {finished:?}");
        assert_eq!(finished.output, "", "no password that opens nothing");
        for word in [named, "--data", "GEMBA_DATA"] {
            assert!(finished.errors.contains(word), "{arguments:?}: {finished:?}");
        }
        assert!(!elsewhere.exists(), "{arguments:?}");
    }
    // Models may be installed before the first start.
    let copier = concat!(env!("CARGO_MANIFEST_DIR"), "/appliance/models/copier/model");
    let imported = folders.run("models", &["import", copier, "--id", "copier", "--data", named]);
    assert_eq!(imported.code, Some(0), "{imported:?}");
    assert!(
        imported
            .errors
            .contains("No server has worked on the data folder"),
        "{imported:?}"
    );
    folders.run("ingest", &[]);
    let used = folders.run("models", &["use", "--none"]);
    assert!(!used.errors.contains("No server"), "{used:?}");
    assert_eq!(folders.run("people", &["add", "ana"]).code, Some(0));
}

#[test]
fn errors_are_one_line_that_says_what_to_do() {
    let folders = Folders::new();
    folders.run("ingest", &[]);
    for (arguments, words) in [
        (vec!["ask", " "], "the question is empty"),
        (vec!["serve", "--documents", "/nowhere/at/all"], "/nowhere/at/all"),
        (vec!["serve", "--address", "192.0.2.1:nonsense"], "address"),
        (vec!["search", "x", "--runtime", "/nowhere"], "appliance/run"),
    ] {
        let finished = folders.run(arguments[0], &arguments[1..]);
        assert_eq!(
            finished.code.map(|code| code > 0),
            Some(true),
            "{arguments:?}: {finished:?}"
        );
        let lines: Vec<&str> = finished
            .errors
            .lines()
            .filter(|line| line.starts_with("gemba: "))
            .collect();
        assert!(
            lines.len() == 1 && lines[0].contains(words),
            "{arguments:?}: {finished:?}"
        );
    }
}

#[test]
fn doctor_says_where_a_value_came_from_and_that_store_and_indexes_agree() {
    let folders = Folders::new();
    folders.write("press-7.md", PRESS);
    folders.run("ingest", &[]);
    let doctor = folders.run("doctor", &[]);
    assert_eq!(doctor.code, Some(0), "{doctor:?}");
    assert!(
        doctor.output.contains("GEMBA_DOCUMENTS_SETTLE_MILLISECONDS"),
        "{doctor:?}"
    );
    assert!(doctor.output.contains("agree"), "{doctor:?}");
    fs::remove_dir_all(folders.data.path().join("lexical")).unwrap();
    let doctor = folders.run("doctor", &[]);
    assert_eq!(doctor.code, Some(1), "{doctor:?}");
    assert!(doctor.output.contains("gemba reindex"), "{doctor:?}");
}
