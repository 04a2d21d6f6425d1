//! What must hold of a picture, whatever its file says: its pages are of the size that they are said to have, or cannot be
//! read for a reason in words.

use std::fs::File;
use std::path::Path;

use super::is_sound_reason;
use crate::ingest::parse::image_file::ImageFile;

/// Pixels of the largest picture that is decoded, and the pages that are: what is larger takes longer, and no other way.
const PIXELS: u64 = 4_000_000;
const PICTURES: u32 = 8;

/// Decodes the pages of a picture, as far as they are of a size that people send. Without text recognition, which is a
/// program of the system, nothing else would.
pub(super) fn decode(path: &Path) {
    let Ok(file) = File::open(path)
        .map_err(drop)
        .and_then(|file| ImageFile::open(file).map_err(drop))
    else {
        return;
    };
    for page in 1..=file.pages().min(PICTURES) {
        let decoded = file.size(page).and_then(|(width, height)| {
            if u64::from(width) * u64::from(height) > PIXELS {
                return Ok(None);
            }
            Ok(Some(((width, height), file.decoded(page)?)))
        });
        match decoded {
            Ok(Some((size, picture))) => assert_eq!(picture.dimensions(), size, "page {page} grows"),
            Ok(None) => {}
            Err(trouble) => trouble.fate().reason().into_iter().for_each(is_sound_reason),
        }
    }
}
