//! The laws of the watched folder, as data: `tests/cases/watcher`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::House;

#[derive(Deserialize)]
struct Case {
    /// What happens before each pass.
    passes: Vec<Vec<Change>>,
    expected: Expected,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Change {
    /// Path and text.
    Write(String, String),
    /// From and to.
    Move(String, String),
    /// From and to.
    Copy(String, String),
    /// A file, or a folder with all that is in it.
    Remove(String),
}

#[derive(Deserialize)]
struct Expected {
    /// The state of each file after the last pass.
    library: BTreeMap<String, String>,
    /// Files that are the same document as another path was after the first pass.
    #[serde(default)]
    same: BTreeMap<String, String>,
    /// Whether anything was embedded in each pass.
    embeds: Vec<bool>,
}

fn change(root: &Path, change: &Change) {
    let full = |path: &String| {
        let full = root.join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        full
    };
    match change {
        Change::Write(path, text) => std::fs::write(full(path), text).unwrap(),
        Change::Move(from, to) => std::fs::rename(full(from), full(to)).unwrap(),
        Change::Copy(from, to) => drop(std::fs::copy(full(from), full(to)).unwrap()),
        Change::Remove(path) if full(path).is_dir() => std::fs::remove_dir_all(full(path)).unwrap(),
        Change::Remove(path) => std::fs::remove_file(full(path)).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_of_the_watched_folder_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/watcher");
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Case = serde_json::from_str(&std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let house = House::new();
        let mut embeds = Vec::new();
        let mut first = BTreeMap::new();
        for (number, changes) in case.passes.iter().enumerate() {
            changes
                .iter()
                .for_each(|step| change(house.documents.path(), step));
            embeds.push(house.pass().await > 0);
            if number == 0 {
                first = house.open("untrained", "").await.library().await;
            }
        }
        let library = house.open("untrained", "").await.library().await;
        let states: BTreeMap<_, _> = library
            .iter()
            .map(|(path, (state, _))| (path.clone(), state.clone()))
            .collect();
        assert_eq!(states, case.expected.library, "{name}");
        assert_eq!(embeds, case.expected.embeds, "{name}: which passes embed");
        for (path, before) in &case.expected.same {
            assert_eq!(library[path].1, first[before].1, "{name}: {path} is {before}");
        }
        cases += 1;
    }
    assert!(cases >= 12, "only {cases} cases were found");
}
