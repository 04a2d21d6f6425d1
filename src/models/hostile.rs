//! What becomes of any archive that somebody carries in as a model, for the fuzz target `model_archive`.

use std::path::Path;

use super::archive;

/// No archive may unpack to more.
const LIMIT: u64 = 1 << 20;

/// Unpacks `data`.
pub fn unpack(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (packed, into) = (folder.path().join("model"), folder.path().join("inside"));
    std::fs::write(&packed, data).expect("room for a file");
    std::fs::create_dir(&into).expect("room for a folder");
    if let Err(error) = archive::unpack(&packed, &into, LIMIT, &|_| {}) {
        assert!(!error.to_string().is_empty());
    }
    assert_eq!(entries(folder.path()), 2, "something was put beside the folder");
    let mut bytes = 0;
    for entry in walkdir::WalkDir::new(&into).into_iter().flatten() {
        let metadata = entry.metadata().expect("it was just found");
        assert!(
            metadata.is_file() || metadata.is_dir(),
            "{} is a link or a device",
            entry.path().display()
        );
        bytes += if metadata.is_file() { metadata.len() } else { 0 };
    }
    assert!(bytes <= LIMIT, "{bytes} bytes");
}

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}
