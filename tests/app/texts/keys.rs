//! Every text that a page asks for is in the catalogue, and every text in the catalogue is asked for.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::catalogue::{Catalogue, ENGLISH};

/// Keys that are put together: `{}` stands for a word that the program has in quotes in one of these places.
const FAMILIES: [(&str, &str); 14] = [
    ("{}-title", "src/web/error.rs"),
    ("{}-explained", "src/web/error.rs"),
    ("state-{}", "src/web/pages/library.rs"),
    ("fate-{}-short", "src/domain/coverage.rs"),
    ("sort-{}", "src/web/pages/library.rs"),
    ("upload-existing-{}", "src/web/pages/upload.rs"),
    ("role-{}", "src/domain"),
    ("audit-{}", "src/domain/audit.rs"),
    ("scope-{}", "src/accounts/keys.rs"),
    ("size-{}", "src/app/house.rs"),
    ("standing-{}", "src/domain/control.rs"),
    ("reason-{}", "src/ingest"),
    ("reason-{}", "src/domain/coverage.rs"),
    ("what-{}", "src/ingest"),
];

/// What gives out a text for a key, as a method of [`gemba`]'s `Texts`.
const METHODS: [&str; 5] = ["get", "count", "with", "with_all", "find"];

struct Source {
    name: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sources below a folder, without their tests.
fn sources(below: &str) -> Vec<Source> {
    let is_source = |path: &PathBuf| {
        let kind = path.extension().and_then(|extension| extension.to_str());
        matches!(kind, Some("rs" | "html")) && path.file_stem().is_some_and(|stem| stem != "tests")
    };
    walkdir::WalkDir::new(root().join(below))
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(is_source)
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
            Source {
                name: path.strip_prefix(root()).unwrap().display().to_string(),
                text: text[..end].to_owned(),
            }
        })
        .collect()
}

/// Everything that asks for texts.
fn readers() -> Vec<Source> {
    let mut readers = sources("templates");
    readers.extend(sources("src/web"));
    readers
}

/// What stands in quotes in a source. Quotes within quotes are of no interest here.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| {
        let code = line.split("///").next().unwrap_or_default();
        code.split('"').skip(1)
    })
}

fn says(sources: &[Source], word: &str) -> bool {
    let quoted = format!("\"{word}\"");
    sources.iter().any(|source| source.text.contains(&quoted))
}

/// What the methods of `Texts` are asked for: the first argument up to its end.
fn asked(text: &str) -> Vec<&str> {
    let mut asked = Vec::new();
    for method in METHODS {
        let call = format!(".{method}(");
        for (position, _) in text.match_indices(&call) {
            let before = text[..position].trim_end();
            let receiver = before
                .rsplit(|character: char| !character.is_alphanumeric() && character != '_')
                .next();
            if matches!(receiver, Some("t" | "texts")) {
                asked.push(text[position + call.len()..].trim_start());
            }
        }
    }
    asked
}

fn quoted<'text>(argument: &'text str, before: &str) -> Option<&'text str> {
    argument.strip_prefix(before)?.split('"').next()
}

/// `state-{state}` as `state-{}`.
fn pattern(format: &str) -> String {
    let mut pattern = String::new();
    for (position, piece) in format.split('{').enumerate() {
        if position > 0 {
            pattern.push_str("{}");
        }
        pattern.push_str(if position > 0 {
            piece.split_once('}').map_or("", |(_, rest)| rest)
        } else {
            piece
        });
    }
    pattern
}

#[test]
fn every_text_that_is_asked_for_is_in_the_catalogue() {
    let catalogue = Catalogue::read(ENGLISH);
    let keys = catalogue.keys();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in readers()
        .iter()
        .filter(|source| !source.name.ends_with("texts.rs"))
    {
        for argument in asked(&source.text) {
            if let Some(key) = quoted(argument, "\"") {
                seen += 1;
                if !keys.contains(key) {
                    wrong.push(format!("{} asks for `{key}`, which en.ftl lacks", source.name));
                }
            } else if let Some(format) = quoted(argument, "&format!(\"") {
                let pattern = pattern(format);
                // The details of a reason are named by the reason.
                if pattern != "{}-{}" && FAMILIES.iter().all(|(family, _)| *family != pattern) {
                    wrong.push(format!(
                        "{} puts together keys as `{pattern}`: declare that in FAMILIES of this test",
                        source.name
                    ));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} texts are asked for");
    super::none(&wrong);
}

/// Keys also travel in variables and tables: what looks like one has to be one.
#[test]
fn every_word_of_a_page_that_looks_like_a_key_is_one() {
    let catalogue = Catalogue::read(ENGLISH);
    let keys = catalogue.keys();
    let groups: Vec<&str> = keys
        .iter()
        .filter_map(|key| key.split_once('-'))
        .map(|(group, _)| group)
        .collect();
    let mut wrong = Vec::new();
    for source in sources("src/web") {
        for word in literals(&source.text) {
            let looks_like_one = word
                .split_once('-')
                .is_some_and(|(group, rest)| groups.contains(&group) && !rest.is_empty())
                && word
                    .chars()
                    .all(|character| character.is_ascii_alphanumeric() || character == '-');
            let known = keys.contains(word) || keys.contains(format!("{word}-title").as_str());
            if looks_like_one && !known && !word.ends_with('-') {
                wrong.push(format!(
                    "{}: \"{word}\" looks like a key, but en.ftl lacks it",
                    source.name
                ));
            }
        }
    }
    super::none(&wrong);
}

#[test]
fn every_text_in_the_catalogue_is_asked_for() {
    let readers = readers();
    let families = FAMILIES.map(|(family, place)| (family.split_once("{}").unwrap(), sources(place)));
    let catalogue = Catalogue::read(ENGLISH);
    let mut wrong = Vec::new();
    for message in &catalogue.messages {
        let member = families.iter().any(|((before, after), sources)| {
            let word = message
                .key
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after));
            word.is_some_and(|word| says(sources, word) || says(sources, &word.replace('-', " ")))
        });
        if !member && !says(&readers, &message.key) {
            wrong.push(format!(
                "en.ftl:{} has `{}`, which no page asks for: remove it from every language, or declare its family in \
                 FAMILIES of this test",
                message.line, message.key
            ));
        }
    }
    super::none(&wrong);
}

#[test]
fn every_reason_of_a_file_that_failed_can_be_said() {
    let catalogue = Catalogue::read(ENGLISH);
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in sources("src/ingest") {
        for call in ["Reason::new(", "named("] {
            for (position, _) in source.text.match_indices(call) {
                let Some(code) = quoted(source.text[position + call.len()..].trim_start(), "\"") else {
                    continue;
                };
                seen += 1;
                if catalogue.find(&format!("reason-{code}")).is_none() {
                    wrong.push(format!(
                        "{} fails files as `{code}`: en.ftl lacks `reason-{code}`",
                        source.name
                    ));
                }
            }
        }
    }
    assert!(seen > 20, "only {seen} reasons were found");
    super::none(&wrong);
}
