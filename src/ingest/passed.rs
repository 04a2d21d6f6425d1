//! What lies in the watched folder and is passed over, with the reason. It is looked for when somebody asks, some of it at
//! a time and in an order that stays, so that nothing of it has to be kept and memory does not grow with the files.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::time::Instant;

use super::ignored::Rules;
use super::walk::{self, Found};
use crate::domain::FileKind;

/// Names of one folder that are held at once, at least.
const NAMES: usize = 1_000;

/// A file or a folder that is passed over; of a folder, all that is in it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PassedOver {
    /// Relative to the watched folder, `/` between names.
    pub path: String,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Why.
    #[serde(flatten)]
    pub by: PassedBy,
}

/// Why something is passed over.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum PassedBy {
    /// Files of this format are not read.
    Format,
    /// A pattern that somebody wrote.
    Rule {
        /// The file in which it stands, relative to the watched folder.
        file: String,
        /// Its line, from 1.
        line: usize,
        /// The pattern.
        pattern: String,
    },
    /// Its name is hidden, or that of a folder which storage devices keep for themselves.
    Hidden,
    /// Programs and systems leave such files behind.
    Litter,
    /// A link.
    Link,
    /// Neither a file nor a folder.
    Special,
}

impl PassedBy {
    /// The name in exports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Rule { .. } => "rule",
            Self::Hidden => "hidden",
            Self::Litter => "litter",
            Self::Link => "link",
            Self::Special => "special",
        }
    }
}

/// A part of what is passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct PassedPart {
    /// In the order of their paths, folder by folder.
    pub entries: Vec<PassedOver>,
    /// After which path to go on; nothing at the end.
    pub next: Option<String>,
}

/// At most `limit` of what is passed over below `root`, after the path `after`, as far as it is found until `until`.
/// Folders in `skip` are not entered. An error if `root` cannot be read.
pub(super) fn part(
    root: &Path,
    skip: &HashSet<String>,
    after: &str,
    limit: usize,
    until: Instant,
) -> io::Result<PassedPart> {
    std::fs::read_dir(root)?;
    let mut listing = Listing {
        root,
        skip,
        limit,
        rules: Rules::default(),
        levels: Vec::new(),
        part: PassedPart::default(),
    };
    let names = after.split('/').filter(|_| !after.is_empty());
    listing.enter(String::new(), names.map(str::to_owned).collect());
    while let Some((path, name, resume)) = listing.next_name() {
        // What leads to where the listing goes on was looked at before, and does not count.
        let is_new = resume.is_empty();
        let is_entered = listing.look(&path, &name, resume);
        if listing.part.entries.len() > limit {
            listing.part.entries.truncate(limit);
            listing.part.next = listing.part.entries.last().map(|entry| entry.path.clone());
            break;
        }
        if is_new && Instant::now() > until {
            // Behind the slash stands the empty name, which comes before all that is in the folder.
            listing.part.next = Some(if is_entered { format!("{path}/") } else { path });
            break;
        }
    }
    Ok(listing.part)
}

struct Listing<'call> {
    root: &'call Path,
    skip: &'call HashSet<String>,
    limit: usize,
    rules: Rules,
    /// The folders on the way to where the listing is, the outermost first.
    levels: Vec<Level>,
    part: PassedPart,
}

/// A folder that is being listed.
struct Level {
    path: String,
    /// The next names, in order, and whether there are others after them.
    names: std::collections::btree_map::IntoIter<String, OsString>,
    more: bool,
    /// The last name that was taken.
    last: Option<String>,
    /// The names below this folder that lead to where the listing goes on.
    resume: Vec<String>,
}

impl Listing<'_> {
    /// Begins to list a folder, where `resume` leads.
    fn enter(&mut self, path: String, resume: Vec<String>) {
        let full = self.root.join(&path);
        self.rules.enter(&full, &path);
        // The last name of all was listed before; a folder on the way to it was not.
        let (from, is_new) = (resume.first().map(String::as_str), resume.len() > 1);
        let (names, more) = smallest(&full, from, is_new, self.limit.max(NAMES));
        self.levels.push(Level {
            path,
            names: names.into_iter(),
            more,
            last: None,
            resume,
        });
    }

    /// The next path, the name at its end as the disk has it, and where to go on below it.
    fn next_name(&mut self) -> Option<(String, OsString, Vec<String>)> {
        loop {
            let level = self.levels.last_mut()?;
            if let Some((name, on_disk)) = level.names.next() {
                let path = match level.path.as_str() {
                    "" => name.clone(),
                    folder => format!("{folder}/{name}"),
                };
                let leads_on = level.resume.first() == Some(&name);
                let mut resume = std::mem::take(&mut level.resume);
                if leads_on {
                    resume.remove(0);
                } else {
                    resume.clear();
                }
                level.last = Some(name);
                return Some((path, on_disk, resume));
            }
            if level.more {
                let full = self.root.join(&level.path);
                let (names, more) = smallest(&full, level.last.as_deref(), false, self.limit.max(NAMES));
                (level.names, level.more) = (names.into_iter(), more);
            } else {
                self.levels.pop();
            }
        }
    }

    /// Lists what is at a path, if it is passed over; whether it is a folder that is listed next.
    fn look(&mut self, path: &str, on_disk: &OsString, resume: Vec<String>) -> bool {
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        let full = self.root.join(above).join(on_disk);
        // What went away meanwhile is not there.
        let Ok(metadata) = std::fs::symlink_metadata(&full) else {
            return false;
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_folder = metadata.is_dir();
        let by = if walk::is_hidden_name(name) {
            (!walk::is_our_own(name)).then_some(PassedBy::Hidden)
        } else if self.skip.contains(path) {
            None
        } else if let Some((file, line, pattern)) = self.rules.excluded_by(path, is_folder) {
            Some(PassedBy::Rule { file, line, pattern })
        } else if is_folder {
            self.enter(path.to_owned(), resume);
            return true;
        } else {
            let is_text = on_disk.to_str().is_some();
            reason(self.root, &full, path, is_text, metadata)
        };
        if let Some(by) = by {
            self.part.entries.push(PassedOver {
                path: path.to_owned(),
                is_folder,
                by,
            });
        }
        false
    }
}

fn reason(root: &Path, full: &Path, path: &str, is_text: bool, metadata: Metadata) -> Option<PassedBy> {
    let is_link = metadata.is_symlink();
    match walk::classify(root, full, path, is_text, Ok(metadata)) {
        Found::Ignored if is_link => Some(PassedBy::Link),
        Found::Ignored if walk::is_left_out(path.rsplit('/').next().unwrap_or(path)) => {
            Some(PassedBy::Litter)
        }
        Found::Ignored if FileKind::of_path(path).is_none() => Some(PassedBy::Format),
        Found::Ignored => Some(PassedBy::Special),
        _ => None,
    }
}

/// The first `most` names of a folder from `from` on, which is left out unless it `is_new`, and whether there are others
/// after them. A folder that cannot be read has none: the walk tells of it.
fn smallest(
    folder: &Path,
    from: Option<&str>,
    is_new: bool,
    most: usize,
) -> (BTreeMap<String, OsString>, bool) {
    let mut names = BTreeMap::new();
    let mut more = false;
    let Ok(entries) = std::fs::read_dir(folder) else {
        return (names, more);
    };
    for entry in entries.flatten() {
        let on_disk = entry.file_name();
        let name = on_disk.to_string_lossy().into_owned();
        let is_before = from.is_some_and(|from| name.as_str() < from || (!is_new && name == from));
        if is_before {
            continue;
        }
        names.insert(name, on_disk);
        if names.len() > most {
            names.pop_last();
            more = true;
        }
    }
    (names, more)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::time::Duration;

    use super::*;

    fn later() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for below in ["a/deep", "old", ".git", "nas", "z"] {
            fs::create_dir_all(folder.path().join(below)).unwrap();
        }
        for name in [
            "a.md",
            "a/press.dwg",
            "a/press.md",
            "a/deep/film.mp4",
            "a/deep/film.txt",
            "a/~$press.docx",
            "a/press.pdf.crdownload",
            "nas/gone.dwg",
            "old/b.md",
            "z/x.tmp.md",
            ".hidden.md",
            ".git/c.dwg",
            ".gemba-upload-7",
        ] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        fs::write(folder.path().join(".gembaignore"), "# old things\n/old/\n").unwrap();
        fs::write(folder.path().join("z/.gembaignore"), "*.tmp.md\n").unwrap();
        symlink(folder.path().join("a.md"), folder.path().join("link.md")).unwrap();
        symlink(folder.path().join("a"), folder.path().join("way")).unwrap();
        folder
    }

    #[test]
    fn all_that_is_passed_over_is_listed_with_its_reason() {
        let folder = folder();
        let skip = HashSet::from(["nas".to_owned()]);
        let part = part(folder.path(), &skip, "", 100, later()).unwrap();
        assert_eq!(part.next, None);
        let rule = |file: &str, line, pattern: &str| PassedBy::Rule {
            file: file.to_owned(),
            line,
            pattern: pattern.to_owned(),
        };
        let listed: Vec<(&str, bool, PassedBy)> = part
            .entries
            .iter()
            .map(|entry| (entry.path.as_str(), entry.is_folder, entry.by.clone()))
            .collect();
        assert_eq!(
            listed,
            [
                (".git", true, PassedBy::Hidden),
                (".hidden.md", false, PassedBy::Hidden),
                ("a/deep/film.mp4", false, PassedBy::Format),
                ("a/press.dwg", false, PassedBy::Format),
                ("a/press.pdf.crdownload", false, PassedBy::Litter),
                ("a/~$press.docx", false, PassedBy::Litter),
                ("link.md", false, PassedBy::Link),
                ("old", true, rule(".gembaignore", 2, "/old/")),
                ("way", false, PassedBy::Link),
                ("z/x.tmp.md", false, rule("z/.gembaignore", 1, "*.tmp.md")),
            ]
        );
        let walked = walk::walk(folder.path(), "", &skip, &mut |_| {
            std::ops::ControlFlow::Continue(())
        });
        assert_eq!(
            walked.unwrap().ignored,
            listed.len() as u64,
            "the count is that of the list"
        );
    }

    #[test]
    fn parts_follow_each_other_without_a_gap_and_without_a_repetition() {
        let folder = folder();
        for number in 0..2_500 {
            fs::write(folder.path().join(format!("a/{number}.step")), "x").unwrap();
        }
        let skip = HashSet::new();
        let whole = part(folder.path(), &skip, "", 10_000, later()).unwrap().entries;
        assert_eq!(whole.len(), 2_511);
        for limit in [1, 7, 1_200, 2_511] {
            let mut found = Vec::new();
            let mut after = Some(String::new());
            while let Some(from) = after {
                let part = part(folder.path(), &skip, &from, limit, later()).unwrap();
                assert!(part.entries.len() <= limit);
                found.extend(part.entries);
                // With one at a time some hundred are enough to see.
                after = part.next.filter(|_| limit > 1 || found.len() < 200);
            }
            assert_eq!(found, whole[..found.len()]);
            assert!(limit == 1 || found.len() == whole.len(), "{limit}");
        }
    }

    #[test]
    fn a_listing_that_takes_too_long_goes_on_where_it_stopped() {
        let folder = folder();
        let skip = HashSet::new();
        let whole = part(folder.path(), &skip, "", 100, later()).unwrap().entries;
        let (mut found, mut after, mut looks) = (Vec::new(), Some(String::new()), 0);
        while let Some(from) = after {
            let part = part(folder.path(), &skip, &from, 100, Instant::now()).unwrap();
            found.extend(part.entries);
            after = part.next;
            looks += 1;
            assert!(looks < 100);
        }
        assert_eq!(found, whole);
        assert!(looks > 5, "{looks}");
    }
}
