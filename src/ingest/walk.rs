//! What lies in the watched folder: the walk over all of it, and the look at one path of it.
//!
//! Symbolic links are never followed: one that leads out of the folder would let anybody who may write there publish
//! any file that this process can read. Devices and pipes are never opened.

use std::cell::Cell;
use std::collections::HashSet;
use std::fs::{File, Metadata};
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use walkdir::WalkDir;

use super::ignored::Rules;
use crate::domain::{ContentHash, FileKind, Reason};
use crate::store::Stamp;

/// Files that a walk gives together.
const TOGETHER: usize = 500;

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

/// What a walk found beside the files.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// What is passed over: files, and folders as a whole. `passed` lists the same.
    pub(super) ignored: u64,
    /// Folders, relative to the watched one, that could not be read. Nothing is known of what lies in them.
    pub(super) unreadable: HashSet<String>,
}

/// Files by their path relative to the watched folder, with `/` between names.
pub(super) type Files = Vec<(String, Found)>;

/// Walks over `folder`, relative to `root`; all of it where `folder` is empty. Files are given to `take` some at a time,
/// which ends the walk with [`ControlFlow::Break`]; folders in `skip` are not entered. An error if the root itself cannot
/// be read.
pub(super) fn walk(
    root: &Path,
    folder: &str,
    skip: &HashSet<String>,
    take: &mut dyn FnMut(Files) -> ControlFlow<()>,
) -> io::Result<Walk> {
    // A root that went away, or whose network does, must not look like one that was emptied.
    std::fs::read_dir(root)?;
    let mut walk = Walk::default();
    let mut files = Files::new();
    let start = if folder.is_empty() {
        root.to_owned()
    } else {
        root.join(folder)
    };
    let mut rules = rules_above(root, folder);
    let excluded = Cell::new(0);
    let entries = WalkDir::new(&start)
        .follow_links(false)
        .follow_root_links(folder.is_empty())
        .into_iter()
        .filter_entry(|entry| {
            let is_folder = entry.file_type().is_dir();
            let Some((path, _)) = relative(root, entry.path()) else {
                return false;
            };
            if entry.depth() > 0 {
                let name = entry.file_name().to_string_lossy();
                let is_hidden = is_hidden_name(&name);
                if (is_hidden && is_our_own(&name)) || skip.contains(&path) {
                    return false;
                }
                if is_hidden || rules.exclude(&path, is_folder) {
                    excluded.set(excluded.get() + 1);
                    return false;
                }
            }
            if is_folder {
                rules.enter(entry.path(), &path);
            }
            true
        });
    for entry in entries {
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
                    found => files.push((path, found)),
                }
                if files.len() >= TOGETHER && take(std::mem::take(&mut files)).is_break() {
                    return Ok(walk);
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
    if !files.is_empty() {
        // The last ones: there is no walk left to end.
        let _ = take(files);
    }
    walk.ignored += excluded.get();
    Ok(walk)
}

/// Looks at one path, relative to `root`.
pub(super) fn look(root: &Path, path: &str) -> Found {
    let mut rules = Rules::default();
    rules.enter(root, "");
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    for end in ends {
        let here = &path[..end];
        if is_hidden_name(here.rsplit('/').next().unwrap_or(here)) {
            return Found::Ignored;
        }
        let full = root.join(here);
        let metadata = std::fs::symlink_metadata(&full);
        let is_folder = metadata.as_ref().is_ok_and(Metadata::is_dir);
        if rules.exclude(here, is_folder) {
            return Found::Ignored;
        }
        match metadata {
            Err(error) => return absent(&error),
            metadata if end == path.len() => return classify(root, &full, path, true, metadata),
            Ok(_) if is_folder => rules.enter(&full, here),
            Ok(_) => return Found::Nothing,
        }
    }
    Found::Nothing
}

/// The rules of the folders above `folder`.
fn rules_above(root: &Path, folder: &str) -> Rules {
    let mut rules = Rules::default();
    if !folder.is_empty() {
        rules.enter(root, "");
    }
    for (end, _) in folder.match_indices('/') {
        rules.enter(&root.join(&folder[..end]), &folder[..end]);
    }
    rules
}

/// What the file at `path` is. `whole`: whether its name is text.
pub(super) fn classify(
    root: &Path,
    full: &Path,
    path: &str,
    whole: bool,
    metadata: io::Result<Metadata>,
) -> Found {
    let metadata = match metadata {
        Ok(metadata) => metadata,
        Err(error) => return absent(&error),
    };
    if metadata.is_dir() {
        return Found::Folder;
    }
    if FileKind::of_path(path).is_none() || is_left_out(path.rsplit('/').next().unwrap_or(path)) {
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

/// The content of a file.
pub(super) fn content(path: &Path) -> io::Result<ContentHash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(ContentHash(*hasher.finalize().as_bytes()))
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

/// Whether what is called so is never read: hidden, or left behind by a program or a system.
pub fn is_left_out(name: &str) -> bool {
    is_hidden_name(name) || is_litter(name)
}

/// Whether `.gembaignore` excludes what would be put at `path`, relative to `root`.
pub fn is_excluded(root: &Path, path: &str) -> bool {
    let mut rules = Rules::default();
    rules.enter(root, "");
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    for end in ends {
        let (here, is_folder) = (&path[..end], end < path.len());
        if rules.exclude(here, is_folder) {
            return true;
        }
        if is_folder {
            rules.enter(&root.join(here), here);
        }
    }
    false
}

/// Hidden by the custom of Unix, or by that of network storage boxes and Windows shares for their own folders.
pub(super) fn is_hidden_name(name: &str) -> bool {
    name.starts_with('.')
        || matches!(
            name,
            "@eaDir" | "#recycle" | "#snapshot" | "$RECYCLE.BIN" | "System Volume Information" | "lost+found"
        )
}

/// What Gemba itself has put there, or asks for: nobody looks for it among the documents.
pub(super) fn is_our_own(name: &str) -> bool {
    name == super::ignored::NAME || name.starts_with(".gemba-upload-")
}

/// What programs leave beside documents while they are open, what browsers write while they download, and what systems
/// leave in every folder.
fn is_litter(name: &str) -> bool {
    const UNFINISHED: [&str; 4] = ["crdownload", "part", "partial", "download"];
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    name.starts_with("~$")
        || UNFINISHED.iter().any(|known| ending.eq_ignore_ascii_case(known))
        || name.starts_with(".~lock")
        || matches!(name, "Thumbs.db" | ".DS_Store" | "desktop.ini")
}

#[cfg(test)]
mod tests;
