//! The program is killed at every named step and at random moments; after a restart every file is in its right state,
//! no passage is there twice and none is missing.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use super::support::{Folders, files};

/// State and passages by path.
type Library = BTreeMap<String, (String, u64)>;

fn order(number: usize, revision: usize) -> String {
    let mut text = format!("# Work order {number}\n\n");
    for step in 0..8 {
        text.push_str(&format!(
            "## Step {step}\n\nIn revision {revision} part P-{number}-{step} is fitted, and each of its bolts is tightened to \
             {} Nm before the next step begins and the inspector signs.\n\n",
            10 + number + step
        ));
    }
    text
}

fn fill(folders: &Folders) {
    for number in 0..12 {
        folders.write(&format!("orders/{number:02}.md"), order(number, 1));
    }
    folders.write("orders/noise.pdf", files::noise(5_000));
    folders.write(
        "manual.pdf",
        files::pdf(&["The press has 63 bar.", "The lathe has 12 tools."]),
    );
}

/// One of everything that can happen to files.
fn change(folders: &Folders, revision: usize) {
    let path = |name: &str| folders.documents.path().join(name);
    folders.write("orders/00.md", order(0, revision));
    folders.write("orders/99.md", order(99, 1));
    folders.write("orders/copy of 03.md", order(3, 1));
    folders.write("copies/03.md", order(3, 1));
    if path("orders/01.md").exists() {
        fs::rename(path("orders/01.md"), path("orders/renamed 01.md")).unwrap();
        fs::create_dir_all(path("archive")).unwrap();
        fs::rename(path("orders/02.md"), path("archive/02.md")).unwrap();
        fs::remove_file(path("orders/04.md")).unwrap();
    }
}

fn ingest(folders: &Folders) {
    let finished = folders.run("ingest", &["--json"]);
    assert!(matches!(finished.code, Some(0 | 3)), "{finished:?}");
}

fn library(folders: &Folders) -> Library {
    folders
        .serve()
        .documents()
        .into_iter()
        .map(|(path, state, passages)| (path, (state, passages)))
        .collect()
}

/// What an undisturbed run makes of the changed files.
fn expected() -> Library {
    let folders = Folders::new();
    fill(&folders);
    ingest(&folders);
    change(&folders, 2);
    ingest(&folders);
    let library = library(&folders);
    assert_eq!(library["orders/noise.pdf"].0, "failed");
    assert_eq!(library["orders/copy of 03.md"].0, "duplicate");
    assert_eq!(library["copies/03.md"].0, "searchable");
    library
}

/// Runs to the end and looks at files, store and both indexes.
#[track_caller]
fn assert_whole(folders: &Folders, expected: &Library, when: &str) {
    ingest(folders);
    let doctor = folders.run("doctor", &["--json"]);
    assert_eq!(doctor.code, Some(0), "{when}: {doctor:?}");
    assert_eq!(&library(folders), expected, "{when}");
    for method in ["lexical", "dense"] {
        let found = folders
            .run(
                "search",
                &["P-99-3 bolts", "--method", method, "--limit", "400", "--json"],
            )
            .json();
        let mut ids: Vec<i64> = found
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|hit| hit["id"].as_i64())
            .collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{when}: a passage twice in the {method} index");
    }
}

#[test]
fn a_kill_at_each_named_step_loses_and_doubles_nothing() {
    let expected = expected();
    let listed = Folders::new().run("doctor", &["--steps"]);
    let steps: Vec<&str> = listed.output.lines().collect();
    assert!(steps.len() >= 10, "{listed:?}");
    for step in steps {
        let folders = Folders::new();
        fill(&folders);
        ingest(&folders);
        change(&folders, 2);
        let killed = folders
            .command("ingest")
            .env("GEMBA_FAULT", format!("{step}:abort"))
            .output()
            .unwrap();
        assert!(
            !killed.status.success(),
            "the program was to end at {step}: {killed:?}"
        );
        assert_whole(&folders, &expected, step);
    }
}

#[test]
fn kills_at_random_moments_lose_and_double_nothing() {
    let expected = expected();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut folders = Folders::new();
    for round in 0..24 {
        if round % 6 == 0 {
            folders = Folders::new();
            fill(&folders);
        }
        if round % 6 >= 3 {
            change(&folders, 10 + round);
        }
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let mut child = folders
            .command("ingest")
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::park_timeout(Duration::from_millis(state % 1_500));
        child.kill().unwrap();
        child.wait().unwrap();
        if round % 6 == 5 {
            change(&folders, 2);
            assert_whole(&folders, &expected, &format!("after the kills up to {round}"));
        }
    }
}
