//! The original of a document: its file, opened without following a link out of the watched folder.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::LibraryError;
use crate::domain::{Document, FileKind};

/// How much of a text file is looked at to tell its encoding.
const SNIFFED: u64 = 64 * 1024;

/// A file of the watched folder, opened.
#[derive(Debug)]
pub struct Original {
    /// The open file.
    pub file: File,
    /// Its path, with every link resolved.
    pub path: PathBuf,
    /// Its name, without folders.
    pub name: String,
    /// Its format.
    pub kind: FileKind,
    /// Whether its beginning is UTF-8.
    pub utf8: bool,
}

/// Opens the file of `document` in `folder`.
pub(super) fn open(folder: &Path, document: &Document) -> Result<Original, LibraryError> {
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => LibraryError::NotFound,
        _ => LibraryError::Unreadable {
            path: document.path.clone(),
            source,
        },
    };
    let outside = || LibraryError::Outside {
        path: document.path.clone(),
    };
    let relative = Path::new(&document.path);
    if !relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return Err(outside());
    }
    let folder = folder.canonicalize().map_err(unreadable)?;
    let path = folder.join(relative).canonicalize().map_err(unreadable)?;
    if !path.starts_with(&folder) {
        return Err(outside());
    }
    let mut file = File::open(&path).map_err(unreadable)?;
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(LibraryError::NotFound);
    }
    let utf8 = starts_as_utf8(&mut file).map_err(unreadable)?;
    let name = document
        .path
        .rsplit('/')
        .next()
        .unwrap_or(&document.path)
        .to_owned();
    Ok(Original {
        file,
        path,
        name,
        kind: document.kind,
        utf8,
    })
}

fn starts_as_utf8(file: &mut File) -> io::Result<bool> {
    use std::io::Seek;
    let mut beginning = Vec::new();
    file.take(SNIFFED).read_to_end(&mut beginning)?;
    file.rewind()?;
    Ok(match std::str::from_utf8(&beginning) {
        Ok(_) => true,
        // A character that the cut went through is no error.
        Err(error) => error.error_len().is_none(),
    })
}

#[cfg(test)]
mod tests {
    use crate::domain::{Collection, DocumentId, DocumentState, PageCounts};

    use super::*;

    fn document(path: &str) -> Document {
        Document {
            id: DocumentId(1),
            path: path.to_owned(),
            collection: Collection::of_path(path),
            kind: FileKind::Text,
            title: path.to_owned(),
            size_bytes: 0,
            modified_ms: 0,
            state: DocumentState::Searchable,
            generation: None,
            pages: 0,
            coverage: PageCounts::default(),
            passages: 0,
            updated_ms: 0,
        }
    }

    #[test]
    fn a_file_in_a_folder_is_opened_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("质检")).unwrap();
        std::fs::write(folder.path().join("质检/it's a \"test\" 😀.txt"), "内容").unwrap();
        let original = open(folder.path(), &document("质检/it's a \"test\" 😀.txt")).unwrap();
        assert_eq!(original.name, "it's a \"test\" 😀.txt");
        assert!(original.utf8);
    }

    #[test]
    fn a_path_that_climbs_out_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["../etc/passwd", "/etc/passwd", "a/../../b.txt"] {
            let refused = open(folder.path(), &document(path));
            assert!(matches!(refused, Err(LibraryError::Outside { .. })), "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_refused_and_one_inside_is_followed() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(elsewhere.path().join("secret.txt"), "secret").unwrap();
        std::fs::write(folder.path().join("open.txt"), "open").unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("out")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("open.txt"), folder.path().join("in.txt")).unwrap();
        let refused = open(folder.path(), &document("out/secret.txt"));
        assert!(matches!(refused, Err(LibraryError::Outside { .. })));
        assert!(open(folder.path(), &document("in.txt")).is_ok());
    }

    #[test]
    fn a_file_that_is_gone_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            open(folder.path(), &document("gone.txt")),
            Err(LibraryError::NotFound)
        ));
    }

    #[test]
    fn a_text_in_another_encoding_is_told_from_utf8() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("gbk.txt"), [0xc4, 0xe3, 0xba, 0xc3, b'\n']).unwrap();
        assert!(!open(folder.path(), &document("gbk.txt")).unwrap().utf8);
    }
}
