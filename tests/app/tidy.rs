//! The house rules as tests: which room looks at which, how long a file is, that each says what it owns.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may look at. A room that is not here may not exist.
const MAY_LOOK_AT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &[]),
    ("store", &["domain"]),
    ("index", &["domain"]),
    ("models", &["domain"]),
    ("accounts", &["config", "domain", "store"]),
    ("embed", &["domain", "models"]),
    ("engine", &[]),
    (
        "ingest",
        &["config", "domain", "embed", "index", "models", "store"],
    ),
    ("retrieve", &["config", "domain", "embed", "index", "store"]),
    ("generate", &["domain", "embed", "engine", "index"]),
    (
        "answer",
        &[
            "config", "domain", "embed", "generate", "index", "retrieve", "store",
        ],
    ),
    ("library", &["config", "domain", "index", "ingest", "store"]),
    (
        "eval",
        &[
            "answer", "domain", "embed", "generate", "index", "ingest", "retrieve", "store",
        ],
    ),
    (
        "review",
        &[
            "answer", "config", "domain", "embed", "index", "retrieve", "store",
        ],
    ),
    (
        "web",
        &[
            "accounts", "answer", "config", "domain", "ingest", "library", "retrieve", "review",
        ],
    ),
    (
        "app",
        &[
            "accounts", "answer", "config", "domain", "embed", "engine", "eval", "generate", "index",
            "ingest", "library", "models", "retrieve", "review", "store", "web",
        ],
    ),
    (
        "cli",
        &[
            "accounts", "answer", "app", "config", "domain", "embed", "engine", "eval", "ingest", "library",
            "models", "retrieve", "store", "web",
        ],
    ),
];

const LONGEST_FILE: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    found
}

/// The room of a source file: the first name below `src`, without `.rs`.
fn room(file: &Path) -> Option<String> {
    let below = file.strip_prefix(root().join("src")).ok()?;
    let first = below.components().next()?.as_os_str().to_str()?;
    let name = first.trim_end_matches(".rs");
    (name != "lib" && name != "main").then(|| name.to_owned())
}

/// The rooms that each room names after `crate::`, with one file that does so.
fn looks() -> BTreeMap<(String, String), PathBuf> {
    let mut looks = BTreeMap::new();
    for file in rust_files("src") {
        let Some(from) = room(&file) else { continue };
        let text = fs::read_to_string(&file).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for rest in line.split("crate::").skip(1) {
                let to: String = rest
                    .chars()
                    .take_while(|character| character.is_alphanumeric() || *character == '_')
                    .collect();
                if to != from && MAY_LOOK_AT.iter().any(|(name, _)| *name == to) {
                    looks.entry((from.clone(), to)).or_insert_with(|| file.clone());
                }
            }
        }
    }
    looks
}

#[test]
fn a_room_looks_only_at_the_rooms_below_it() {
    let wrong: Vec<String> = looks()
        .into_iter()
        .filter(|((from, to), _)| {
            let allowed = MAY_LOOK_AT.iter().find(|(name, _)| name == from);
            !allowed.is_some_and(|(_, rooms)| rooms.contains(&to.as_str()))
        })
        .map(|((from, to), file)| format!("{from} looks at {to} in {}", file.display()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_rooms_look_at_each_other_in_a_circle() {
    let looks: BTreeSet<(String, String)> = looks().into_keys().collect();
    let mut remaining: BTreeSet<&str> = looks
        .iter()
        .flat_map(|(from, to)| [from.as_str(), to.as_str()])
        .collect();
    while let Some(lowest) = remaining.iter().copied().find(|room| {
        !looks
            .iter()
            .any(|(from, to)| from == room && remaining.contains(to.as_str()))
    }) {
        remaining.remove(lowest);
    }
    assert!(
        remaining.is_empty(),
        "these rooms look at each other in a circle: {remaining:?}"
    );
}

#[test]
fn every_file_says_first_what_it_owns_and_stays_short() {
    let mut wrong = Vec::new();
    for file in rust_files("src")
        .into_iter()
        .chain(rust_files("tests"))
        .chain(rust_files("benches"))
        .chain(rust_files("fuzz"))
    {
        let text = fs::read_to_string(&file).unwrap();
        if !text.starts_with("//! ") {
            wrong.push(format!(
                "{} does not say in its first line what it owns",
                file.display()
            ));
        }
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            wrong.push(format!(
                "{} has {lines} lines: divide it by what it does",
                file.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_is_named_after_nothing() {
    let empty_names = [
        "util", "utils", "common", "helper", "helpers", "types", "manager", "misc",
    ];
    let wrong: Vec<PathBuf> = rust_files("src")
        .into_iter()
        .filter(|file| {
            file.file_stem()
                .and_then(|stem| stem.to_str())
                .is_some_and(|stem| empty_names.contains(&stem))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn only_the_store_speaks_sql_and_only_the_index_touches_the_indexes() {
    let mut wrong = Vec::new();
    for file in rust_files("src") {
        let text = fs::read_to_string(&file).unwrap();
        for (word, owner) in [
            ("sqlx::", "store"),
            ("tantivy::", "index"),
            ("lancedb::", "index"),
            ("fastembed::", "embed"),
            ("actix_web::", "web"),
            ("askama::", "web"),
            ("std::env::var", "config"),
        ] {
            let here = room(&file).unwrap_or_default();
            let is_test = file.file_stem().is_some_and(|stem| stem == "tests")
                || file.parent().is_some_and(|folder| folder.ends_with("tests"));
            let environment_reader = word == "std::env::var" && ["app", "cli"].contains(&here.as_str());
            let in_tests = text.find("mod tests").unwrap_or(text.len());
            if here != owner && !is_test && !environment_reader && text[..in_tests].contains(word) {
                wrong.push(format!(
                    "{} uses {word}, which belongs to {owner}/",
                    file.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_text_asks_another_host_for_anything() {
    let mut wrong = Vec::new();
    for folder in ["static", "templates"] {
        for entry in walkdir::WalkDir::new(root().join(folder)).into_iter().flatten() {
            let Ok(text) = fs::read_to_string(entry.path()) else {
                continue;
            };
            // The name of the SVG vocabulary is no address that a browser asks.
            let text = text.replace("http://www.w3.org/2000/svg", "");
            if text.contains("http://") || text.contains("https://") {
                wrong.push(entry.path().display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "these name another host: {wrong:?}");
}
