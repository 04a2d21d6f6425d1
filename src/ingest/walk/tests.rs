//! Walks and looks over real folders.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use super::*;

fn walked(root: &Path) -> (Walk, Files) {
    let mut files = Files::new();
    let mut take = |some: Files| {
        files.extend(some);
        ControlFlow::Continue(())
    };
    let walk = walk(root, "", &HashSet::new(), &mut take).unwrap();
    files.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    (walk, files)
}

fn names(files: &Files) -> Vec<&str> {
    files.iter().map(|(path, _)| path.as_str()).collect()
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
    let (_, files) = walked(folder.path());
    assert_eq!(
        names(&files),
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
        "manual.pdf.crdownload",
        "manual.pdf.part",
        "manual.pdf.partial",
        "manual.pdf.Download",
        ".hidden.md",
        ".git/b.md",
        "drawing.dwg",
        "README",
    ] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    let (walk, files) = walked(folder.path());
    assert_eq!(names(&files), ["a.md"]);
    assert_eq!(walk.ignored, 10, "a hidden folder is one");
    for name in ["manual.pdf.crdownload", "manual.pdf.part", "~$a.docx", "~$a.xlsx"] {
        assert!(is_left_out(name), "{name}");
    }
    assert!(!is_left_out("spare part.pdf") && !is_left_out("download.pdf"));
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
    let (_, files) = walked(folder.path());
    assert_eq!(names(&files), ["a.md", "b.md"]);
    assert!(matches!(
        files.iter().find(|(path, _)| path == "b.md"),
        Some((_, Found::Refused(..)))
    ));
    assert_eq!(look(folder.path(), "out/secret.md"), Found::Nothing);
}

#[test]
fn a_name_that_is_no_text_is_refused_and_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.md");
    std::fs::write(folder.path().join(name), "x").unwrap();
    let (_, files) = walked(folder.path());
    assert!(matches!(files.as_slice(), [(path, Found::Refused(..))] if path == "caf\u{fffd}.md"));
}

#[test]
fn a_root_that_is_not_there_is_an_error_and_not_an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("unmounted");
    assert!(walk(&gone, "", &HashSet::new(), &mut |_| ControlFlow::Continue(())).is_err());
    assert!(walked(folder.path()).1.is_empty());
}

#[test]
fn what_the_rules_exclude_is_found_neither_by_the_walk_nor_by_a_look() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("old/deep")).unwrap();
    for name in [
        "a.md",
        "draft a.md",
        "old/b.md",
        "old/deep/c.md",
        "old/deep/keep.md",
    ] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    std::fs::write(folder.path().join(".gembaignore"), "draft*\n/old/b.md\n").unwrap();
    std::fs::write(folder.path().join("old/deep/.gembaignore"), "*\n!keep.md\n").unwrap();
    let (walk, files) = walked(folder.path());
    assert_eq!(names(&files), ["a.md", "old/deep/keep.md"]);
    assert_eq!(walk.ignored, 3);
    for path in ["draft a.md", "old/b.md", "old/deep/c.md"] {
        assert_eq!(look(folder.path(), path), Found::Ignored, "{path}");
    }
    assert!(matches!(look(folder.path(), "old/deep/keep.md"), Found::File(_)));
}

#[test]
fn a_folder_that_is_skipped_is_not_entered() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("nas/deep")).unwrap();
    std::fs::write(folder.path().join("nas/deep/a.md"), "x").unwrap();
    let mut found = 0;
    let mut take = |files: Files| {
        found += files.len();
        ControlFlow::Continue(())
    };
    walk(folder.path(), "", &HashSet::from(["nas".to_owned()]), &mut take).unwrap();
    assert_eq!(found, 0);
}
