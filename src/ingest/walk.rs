//! What lies in the watched folder: the walk over all of it, and the look at one path of it.
//!
//! Symbolic links are never followed: one that leads out of the folder would let anybody who may write there publish
//! any file that this process can read. Devices and pipes are never opened.

use std::collections::HashSet;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::domain::{FileKind, Reason};
use crate::store::Stamp;

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// A file of a format that can be read.
    File(Stamp),
    /// Something that has the name of such a file and cannot be read; the reason for an administrator.
    Refused(Stamp, Refusal),
    /// A folder.
    Folder,
    /// Nothing that concerns us: hidden, temporary, of another format, a link to a file of the folder itself.
    Ignored,
    /// Nothing.
    Nothing,
    /// It cannot be told: the folder above it cannot be read.
    Unknown,
}

/// Why something is not even opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A link that leads out of the folder.
    Link,
    /// A file whose name is not UTF-8.
    Name,
}

impl Refusal {
    pub(super) fn reason(self) -> Reason {
        match self {
            Self::Link => Reason::new(
                "link",
                "this is a symbolic link that leads out of the documents folder, or nowhere: such links are not \
                 followed; put the file itself into the folder",
            ),
            Self::Name => Reason::new(
                "name",
                "the file's name is not valid UTF-8 and cannot be shown or linked to: rename the file",
            ),
        }
    }
}

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Files by their path relative to the watched folder, with `/` between names.
    pub(super) files: Vec<(String, Found)>,
    /// Files that are none of ours.
    pub(super) ignored: u64,
    /// Folders, relative as well, that could not be read. Nothing is known of what lies in them.
    pub(super) unreadable: HashSet<String>,
}

impl Walk {
    /// Whether `path` lies in a folder that could not be read.
    pub(super) fn knows_nothing_of(&self, path: &str) -> bool {
        !self.unreadable.is_empty()
            && path
                .match_indices('/')
                .any(|(end, _)| self.unreadable.contains(&path[..end]))
    }
}

/// Walks over `folder`, relative to `root`; all of it where `folder` is empty. An error if the root itself cannot be
/// read.
pub(super) fn walk(root: &Path, folder: &str) -> io::Result<Walk> {
    // A root that went away, or whose network does, must not look like one that was emptied.
    std::fs::read_dir(root)?;
    let mut walk = Walk::default();
    let start = if folder.is_empty() {
        root.to_owned()
    } else {
        root.join(folder)
    };
    let entries = WalkDir::new(&start)
        .follow_links(false)
        .follow_root_links(folder.is_empty())
        .into_iter();
    for entry in entries.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry)) {
        match entry {
            Ok(entry) => {
                let Some((path, whole)) = relative(root, entry.path()) else {
                    continue;
                };
                match classify(
                    root,
                    entry.path(),
                    &path,
                    whole,
                    entry.metadata().map_err(io::Error::from),
                ) {
                    Found::Folder | Found::Nothing => {}
                    Found::Ignored => walk.ignored += 1,
                    Found::Unknown => {
                        walk.unreadable.insert(parent(&path).to_owned());
                    }
                    found => walk.files.push((path, found)),
                }
            }
            Err(error) => {
                let gone = error
                    .io_error()
                    .is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
                let Some((path, _)) = error.path().and_then(|path| relative(root, path)) else {
                    return Err(error.into());
                };
                if path.is_empty() {
                    return Err(error.into());
                }
                if !gone {
                    walk.unreadable.insert(path);
                }
            }
        }
    }
    Ok(walk)
}

/// Looks at one path, relative to `root`.
pub(super) fn look(root: &Path, path: &str) -> Found {
    let mut above = PathBuf::from(root);
    let mut names = path.split('/').peekable();
    while let Some(name) = names.next() {
        if is_hidden_name(name) {
            return Found::Ignored;
        }
        above.push(name);
        if names.peek().is_some() {
            match std::fs::symlink_metadata(&above) {
                Ok(metadata) if metadata.is_dir() => {}
                Ok(_) => return Found::Nothing,
                Err(error) => return absent(&error),
            }
        }
    }
    classify(root, &above, path, true, std::fs::symlink_metadata(&above))
}

fn classify(root: &Path, full: &Path, path: &str, whole: bool, metadata: io::Result<Metadata>) -> Found {
    let metadata = match metadata {
        Ok(metadata) => metadata,
        Err(error) => return absent(&error),
    };
    if metadata.is_dir() {
        return Found::Folder;
    }
    if FileKind::of_path(path).is_none() || is_litter(path.rsplit('/').next().unwrap_or(path)) {
        return Found::Ignored;
    }
    let stamp = stamp(&metadata);
    if !whole {
        return Found::Refused(stamp, Refusal::Name);
    }
    if metadata.is_symlink() {
        let inside = match (std::fs::canonicalize(full), std::fs::canonicalize(root)) {
            (Ok(target), Ok(root)) => target.starts_with(root),
            _ => false,
        };
        // What a link within the folder points at is found under its own name.
        return if inside {
            Found::Ignored
        } else {
            Found::Refused(stamp, Refusal::Link)
        };
    }
    if metadata.is_file() {
        Found::File(stamp)
    } else {
        Found::Ignored
    }
}

/// What tells without reading that a file has not changed.
pub(super) fn stamp(metadata: &Metadata) -> Stamp {
    let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    Stamp {
        size: metadata.size(),
        modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
    }
}

/// `full` as the store names it, and whether nothing of it was lost: a name that is not UTF-8 is shown with marks in
/// the place of what is not.
pub(super) fn relative(root: &Path, full: &Path) -> Option<(String, bool)> {
    let path = full.strip_prefix(root).ok()?;
    let mut whole = true;
    let mut names = Vec::new();
    for name in path.components() {
        let name = name.as_os_str();
        whole &= name.to_str().is_some();
        names.push(name.to_string_lossy());
    }
    Some((names.join("/"), whole))
}

fn absent(error: &io::Error) -> Found {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Found::Nothing,
        _ => Found::Unknown,
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn is_hidden(entry: &DirEntry) -> bool {
    is_hidden_name(&entry.file_name().to_string_lossy())
}

/// Hidden by the custom of Unix, or by that of network storage boxes and Windows shares for their own folders.
fn is_hidden_name(name: &str) -> bool {
    name.starts_with('.')
        || matches!(
            name,
            "@eaDir" | "#recycle" | "#snapshot" | "$RECYCLE.BIN" | "System Volume Information" | "lost+found"
        )
}

/// What programs leave beside documents while they are open, and what systems leave in every folder.
fn is_litter(name: &str) -> bool {
    name.starts_with("~$")
        || name.starts_with(".~lock")
        || matches!(name, "Thumbs.db" | ".DS_Store" | "desktop.ini")
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;

    fn names(walk: &Walk) -> Vec<&str> {
        let mut names: Vec<_> = walk.files.iter().map(|(path, _)| path.as_str()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn names_with_blanks_quotes_chinese_and_emoji_are_found_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("质量 部")).unwrap();
        for name in [
            "it's \"here\".md",
            "质量 部/检验规程.pdf",
            "🔧 tools.txt",
            "a\nb.csv",
        ] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let walk = walk(folder.path(), "").unwrap();
        assert_eq!(
            names(&walk),
            [
                "a\nb.csv",
                "it's \"here\".md",
                "质量 部/检验规程.pdf",
                "🔧 tools.txt"
            ]
        );
    }

    #[test]
    fn hidden_temporary_and_foreign_files_are_counted_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        for name in [
            "a.md",
            "~$a.docx",
            "Thumbs.db",
            ".hidden.md",
            ".git/b.md",
            "photo.jpg",
            "README",
        ] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let walk = walk(folder.path(), "").unwrap();
        assert_eq!(names(&walk), ["a.md"]);
        assert_eq!(walk.ignored, 4);
    }

    #[test]
    fn a_link_out_of_the_folder_is_refused_and_one_within_it_ignored() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret.md"), "x").unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.md"), "x").unwrap();
        symlink(outside.path().join("secret.md"), folder.path().join("b.md")).unwrap();
        symlink(folder.path().join("a.md"), folder.path().join("c.md")).unwrap();
        symlink(outside.path(), folder.path().join("out")).unwrap();
        let walk = walk(folder.path(), "").unwrap();
        assert_eq!(names(&walk), ["a.md", "b.md"]);
        assert!(matches!(
            walk.files.iter().find(|(path, _)| path == "b.md"),
            Some((_, Found::Refused(..)))
        ));
        assert_eq!(look(folder.path(), "out/secret.md"), Found::Nothing);
    }

    #[test]
    fn a_name_that_is_no_text_is_refused_and_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.md");
        std::fs::write(folder.path().join(name), "x").unwrap();
        let walk = walk(folder.path(), "").unwrap();
        assert!(matches!(walk.files.as_slice(), [(path, Found::Refused(..))] if path == "caf\u{fffd}.md"));
    }

    #[test]
    fn a_root_that_is_not_there_is_an_error_and_not_an_empty_folder() {
        let folder = tempfile::tempdir().unwrap();
        assert!(walk(&folder.path().join("unmounted"), "").is_err());
        assert_eq!(walk(folder.path(), "").unwrap().files.len(), 0);
    }

    #[test]
    fn of_a_folder_that_cannot_be_read_nothing_is_known() {
        let walk = Walk {
            unreadable: HashSet::from(["a/b".to_owned()]),
            ..Walk::default()
        };
        assert!(walk.knows_nothing_of("a/b/c/d.md"));
        assert!(!walk.knows_nothing_of("a/bc/d.md"));
    }
}
