//! The table of permissions is the set of signatures: read here from the source, and compared with the README.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const CAPABILITIES: [&str; 3] = ["Staff", "Inspector", "Administrator"];
const ROOMS: [&str; 5] = ["accounts", "answer", "library", "retrieve", "review"];

/// The use cases of a text: the public functions of a type that take a capability, with the highest that they take.
fn use_cases(text: &str) -> Vec<(String, &'static str)> {
    let code: String = text
        .lines()
        .map(str::trim_start)
        .take_while(|line| !line.starts_with("#[cfg(test)]\nmod"))
        .filter(|line| !line.starts_with("//"))
        .collect::<Vec<_>>()
        .join(" ");
    let mut found = Vec::new();
    for start in ["pub async fn ", "pub fn "] {
        for rest in code.split(start).skip(1) {
            let (name, rest) = rest.split_once('(').unwrap_or_default();
            let arguments = rest.split("{").next().unwrap_or_default();
            let name = name.split('<').next().unwrap_or_default();
            let taken = CAPABILITIES.into_iter().rev().find(|capability| {
                arguments.contains(&format!(": &{capability},"))
                    || arguments.contains(&format!(": &{capability})"))
            });
            if let Some(capability) =
                taken.filter(|_| rest.starts_with("&self") || rest.starts_with(" &self"))
            {
                found.push((name.to_owned(), capability));
            }
        }
    }
    found
}

fn table() -> String {
    let mut rooms: BTreeMap<&str, BTreeMap<&str, BTreeSet<String>>> = BTreeMap::new();
    for room in ROOMS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room);
        for file in walkdir::WalkDir::new(folder).into_iter().flatten() {
            if file.path().extension().is_some_and(|extension| extension == "rs") {
                for (name, capability) in use_cases(&fs::read_to_string(file.path()).unwrap()) {
                    rooms
                        .entry(room)
                        .or_default()
                        .entry(capability)
                        .or_default()
                        .insert(name);
                }
            }
        }
    }
    let mut table =
        "| room | staff | inspector as well | administrator as well |\n|---|---|---|---|\n".to_owned();
    for (room, capabilities) in rooms {
        let cell = |capability: &str| -> String {
            let names = capabilities.get(capability).cloned().unwrap_or_default();
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(", ")
        };
        let row = CAPABILITIES.map(cell);
        table.push_str(
            &format!("| {room} | {} | {} | {} |\n", row[0], row[1], row[2])
                .replace("|  |", "| |")
                .replace("|  |", "| |"),
        );
    }
    table
}

#[test]
fn the_readme_shows_the_table_of_permissions_that_the_signatures_make() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let table = table();
    println!("{table}");
    assert!(table.contains("`retry`") && table.contains("`ask`"), "{table}");
    assert!(
        readme.contains(&table),
        "the README should hold this table:\n\n{table}"
    );
}

#[test]
fn a_use_case_is_counted_with_the_highest_capability_that_it_takes() {
    let text = "impl A {\n    pub async fn one(&self, staff: &Staff, x: u8) -> u8 {}\n    pub fn two(\n        &self,\n        _: &Administrator,\n    ) {}\n    pub fn three(&self) {}\n    fn four(&self, staff: &Staff) {}\n}";
    assert_eq!(
        use_cases(text),
        [("one".to_owned(), "Staff"), ("two".to_owned(), "Administrator")]
    );
}
