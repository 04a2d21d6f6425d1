//! What the filters of Search find.

use std::fs::File;
use std::time::{Duration, SystemTime};

use crate::support::Folders;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn search_and_ask_are_narrowed_to_files_that_changed_within_so_many_days() {
    let folders = Folders::new();
    for (name, days) in [("fresh", 0), ("recent", 20), ("old", 200), ("ancient", 800)] {
        let text = format!("# Gauge {name}\n\nThe {name} thread gauge is calibrated every month.\n");
        let path = folders.write(&format!("{name}.md"), text);
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - DAY * days).unwrap();
    }
    let server = folders.serve();
    for name in ["fresh", "recent", "old", "ancient"] {
        server.wait_until_searchable(&format!("{name}.md"));
    }
    let all = ["ancient.md", "fresh.md", "old.md", "recent.md"];
    let narrowed: [(&str, &[&str]); 5] = [
        ("", &all),
        ("&days=7", &["fresh.md"]),
        ("&days=31", &["fresh.md", "recent.md"]),
        ("&days=365", &["fresh.md", "old.md", "recent.md"]),
        ("&days=9999", &all),
    ];
    for (days, expected) in narrowed {
        let paths = |of: &serde_json::Value| {
            let mut paths: Vec<String> = of
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["path"].as_str().unwrap().to_owned())
                .collect();
            paths.sort();
            paths.dedup();
            paths
        };
        let query = format!("?q=calibrated+thread+gauge{days}");
        assert_eq!(
            paths(&server.json(&format!("/api/search{query}"))["hits"]),
            expected,
            "{days}"
        );
        let asked = server.json(&format!("/api/ask{query}"));
        assert_eq!(paths(&asked["passages"]), expected, "{days}: {asked}");
        let (_, page) = server.get(&format!("/search{query}"));
        for name in all {
            let path = format!("<span class=\"path\">{name}</span>");
            assert_eq!(page.contains(&path), expected.contains(&name), "{days}: {page}");
        }
    }
    let (_, page) = server.get("/search?q=gauge&days=31");
    let chosen = "days=31\" aria-current=\"true\"";
    assert!(
        page.contains(chosen),
        "the filter that is in force is marked: {page}"
    );
    assert!(
        page.contains("name=\"days\" value=\"31\""),
        "and stays with the next words: {page}"
    );
    // A page shows something in any case; a program is told what is wrong.
    assert_eq!(server.get("/search?q=gauge&days=many").0, 200);
    assert_eq!(server.get("/api/search?q=gauge&days=many").0, 400);
}
