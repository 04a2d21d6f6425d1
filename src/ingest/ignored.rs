//! `.gembaignore`: which files and folders are no documents, in the form of `.gitignore`. Each file counts for its
//! folder and what lies below; of two that disagree the inner one counts.

use std::path::Path;

use gix_ignore::glob::pattern::Case;
use gix_ignore::search::{Ignore, Match};
use gix_ignore::{Kind, Search};

/// The name of the file.
pub(super) const NAME: &str = ".gembaignore";
/// A larger one is no list of patterns.
const LARGEST: u64 = 1 << 20;

/// The rules of the folders above one place, the outermost first. Paths are relative to the watched folder.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Folder>);

/// The rules of one folder.
#[derive(Debug)]
struct Folder {
    path: String,
    rules: Search,
}

impl Folder {
    /// `path` as its patterns see it; nothing where it does not lie in the folder.
    fn below<'path>(&self, path: &'path str) -> Option<&'path str> {
        if self.path.is_empty() {
            return Some(path);
        }
        path.strip_prefix(self.path.as_str())?.strip_prefix('/')
    }
}

impl Rules {
    /// Whether `path` is no document. Rules of folders in which it does not lie are dropped.
    pub(super) fn exclude(&mut self, path: &str, is_folder: bool) -> bool {
        self.decide(path, is_folder).is_some()
    }

    /// The rule by which it is none: its file relative to the watched folder, its line, and its pattern.
    pub(super) fn excluded_by(&mut self, path: &str, is_folder: bool) -> Option<(String, usize, String)> {
        let (folder, found) = self.decide(path, is_folder)?;
        let file = match folder.path.as_str() {
            "" => NAME.to_owned(),
            path => format!("{path}/{NAME}"),
        };
        Some((file, found.sequence_number, found.pattern.to_string()))
    }

    fn decide(&mut self, path: &str, is_folder: bool) -> Option<(&Folder, Match<'_>)> {
        self.0.retain(|folder| folder.below(path).is_some());
        let decided = self.0.iter().rev().find_map(|folder| {
            let below = folder.below(path)?;
            let rules = &folder.rules;
            let found =
                rules.pattern_matching_relative_path(below.into(), Some(is_folder), Case::Sensitive)?;
            Some((folder, found))
        });
        decided.filter(|(_, found)| !found.pattern.is_negative() && found.kind == Kind::Expendable)
    }

    /// Reads the rules of the folder `path`, which is `full` on the disk.
    pub(super) fn enter(&mut self, full: &Path, path: &str) {
        self.0
            .retain(|folder| folder.path != path && folder.below(path).is_some());
        let file = full.join(NAME);
        let sound = std::fs::symlink_metadata(&file)
            .is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LARGEST);
        if !sound {
            return;
        }
        let mut rules = Search::default();
        let added = std::fs::read(&file)
            .and_then(|bytes| rules.add_patterns_buffer(&bytes, NAME, None, Ignore::default()));
        match added {
            Ok(()) => self.0.push(Folder {
                path: path.to_owned(),
                rules,
            }),
            Err(error) => tracing::warn!(file = %file.display(), %error, "the patterns cannot be used"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inner_file_counts_more_than_an_outer_one_and_only_below_its_folder() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("archive");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(root.path().join(NAME), "*.log\n/drafts/\n# a remark\n归档/\n").unwrap();
        std::fs::write(inner.join(NAME), "!keep.log\n*.csv\n").unwrap();
        let mut rules = Rules::default();
        rules.enter(root.path(), "");
        assert!(rules.exclude("a.log", false) && rules.exclude("deep/down/a.log", false));
        assert!(rules.exclude("drafts", true) && rules.exclude("归档", true));
        assert!(!rules.exclude("drafts.md", false) && !rules.exclude("a.csv", false));
        assert!(
            !rules.exclude("deep/drafts", true),
            "a slash in front means this folder alone"
        );
        rules.enter(&inner, "archive");
        assert!(!rules.exclude("archive/keep.log", false));
        assert!(rules.exclude("archive/a.log", false) && rules.exclude("archive/a.csv", false));
        assert!(
            !rules.exclude("b.csv", false),
            "the rules of a folder beside it are dropped"
        );
    }

    #[test]
    fn a_pattern_that_is_not_understood_leaves_the_others_in_force() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join(NAME), "a[\n*.log\n").unwrap();
        let mut rules = Rules::default();
        rules.enter(root.path(), "");
        assert!(rules.exclude("x.log", false));
    }
}
