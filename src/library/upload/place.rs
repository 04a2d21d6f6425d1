//! Where uploads lie: folders of the watched folder, partial files beside their later place, and the rename that never
//! writes over a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::name;

/// How partial files are called: hidden, so that the walk leaves them out.
const PARTIAL: &str = ".gemba-upload-";
/// What was not finished for so long is given up.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// Copies of one name beside each other.
const MOST_COPIES: u32 = 999;

/// The first-level folders of `root`, by name. Links are none: the walk does not follow them.
pub(super) fn folders(root: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_type()?.is_dir()
            && let Ok(name) = entry.file_name().into_string()
            && !crate::ingest::is_left_out(&name)
        {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The partial file of an upload.
pub(super) fn partial(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{PARTIAL}{id}"))
}

/// Renames `from`; an error of kind `AlreadyExists` where something is called `to`.
pub(super) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Network file systems do not all know this: there a second name is given, which fails likewise.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {
            fs::hard_link(from, to)?;
            fs::remove_file(from)
        }
        other => other.map_err(io::Error::from),
    }
}

/// Renames `from` to `name` in `folder`, or to the first numbered name that is free. Returns the name.
pub(super) fn rename_beside(from: &Path, folder: &Path, name: &str) -> io::Result<String> {
    let mut candidate = name.to_owned();
    for number in 2..=MOST_COPIES {
        match rename_new(from, &folder.join(&candidate)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                candidate = name::numbered(name, number);
            }
            other => return other.map(|()| candidate),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Removes partial files that nobody has written to for a day. Returns how many.
pub(super) fn sweep(root: &Path, now: SystemTime) -> io::Result<u64> {
    let mut removed = 0;
    let below = folders(root)?.into_iter().map(|name| root.join(name));
    for folder in std::iter::once(root.to_owned()).chain(below) {
        for entry in fs::read_dir(&folder)?.flatten() {
            if !entry.file_name().to_string_lossy().starts_with(PARTIAL) {
                continue;
            }
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            let age = modified.map(|modified| now.duration_since(modified).unwrap_or_default());
            if age.is_ok_and(|age| age > KEPT) && fs::remove_file(entry.path()).is_ok() {
                removed += 1;
            }
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rename_writes_over_nothing_and_finds_the_next_free_name() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("from");
        for (name, content) in [("a.md", "one"), ("a (2).md", "two"), ("from", "three")] {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let taken = rename_new(&from, &folder.path().join("a.md"));
        assert_eq!(taken.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(rename_beside(&from, folder.path(), "a.md").unwrap(), "a (3).md");
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(
            [read("a.md"), read("a (2).md"), read("a (3).md")],
            ["one", "two", "three"]
        );
        assert!(!from.exists());
    }

    #[test]
    fn what_was_not_finished_for_a_day_goes_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("hr")).unwrap();
        let names = [".gemba-upload-1", "hr/.gemba-upload-2", "a.md", ".hidden"];
        for name in names {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let after = |hours: u64| SystemTime::now() + Duration::from_secs(hours * 60 * 60);
        assert_eq!(sweep(folder.path(), after(23)).unwrap(), 0);
        assert_eq!(sweep(folder.path(), after(25)).unwrap(), 2);
        let left = names.map(|name| folder.path().join(name).exists());
        assert_eq!(left, [false, false, true, true]);
    }
}
