//! The pages of Office files, laid out as PDFs: one file a generation, up to a number of bytes, the oldest out first. They
//! are copies of documents: whoever shows them has to ask first who may read the document.

use std::fs::{self, File, FileTimes, Permissions};
use std::io::{self, Seek};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::domain::GenerationId;

const EXTENSION: &str = "pdf";
/// Nobody writes for so long.
const WRITING: Duration = Duration::from_secs(60 * 60);

/// A folder of laid-out pages. It is made when the first file is put into it.
#[derive(Debug, Clone)]
pub struct Printed {
    folder: PathBuf,
    most: u64,
}

impl Printed {
    /// Those in `folder`, at most `most` bytes.
    pub fn new(folder: &Path, most: u64) -> Self {
        Self {
            folder: folder.to_owned(),
            most,
        }
    }

    /// The pages of a generation, if they are there.
    pub fn get(&self, generation: GenerationId) -> Option<File> {
        let file = File::open(self.place(generation)).ok()?;
        // Of two that were asked for, the later one is kept for longer. If the time cannot be set, it is only thrown out
        // sooner.
        let _ = file.set_times(FileTimes::new().set_modified(SystemTime::now()));
        Some(file)
    }

    /// Keeps what `write` writes as the pages of a generation, and lets the oldest of the others go.
    pub fn put(
        &self,
        generation: GenerationId,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        fs::set_permissions(&self.folder, Permissions::from_mode(0o700))?;
        let mut made = tempfile::Builder::new()
            .suffix(".part")
            .tempfile_in(&self.folder)?;
        write(made.as_file_mut())?;
        let mut file = made
            .persist(self.place(generation))
            .map_err(|error| error.error)?;
        file.rewind()?;
        self.trim(generation);
        Ok(file)
    }

    /// Deletes the pages of these generations.
    pub fn forget(&self, generations: &[GenerationId]) {
        for generation in generations {
            match fs::remove_file(self.place(*generation)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(%error, %generation, "the pages of a document that is gone could not be deleted");
                }
                _ => {}
            }
        }
    }

    /// The generations of which there are pages. What was only half written when a server was killed is deleted.
    pub fn generations(&self) -> Vec<GenerationId> {
        let mut found = Vec::new();
        for path in self.files() {
            match generation_of(&path) {
                Some(generation) => found.push(generation),
                None if is_left(&path) => drop(fs::remove_file(path)),
                None => {}
            }
        }
        found
    }

    fn place(&self, generation: GenerationId) -> PathBuf {
        self.folder.join(generation.to_string()).with_extension(EXTENSION)
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }

    /// Deletes the oldest files that are too many. `newest` stays whatever its size: somebody waits for it.
    fn trim(&self, newest: GenerationId) {
        let newest = self.place(newest);
        let mut files: Vec<(SystemTime, u64, PathBuf)> = self
            .files()
            .into_iter()
            .filter(|path| *path != newest)
            .filter_map(|path| {
                let metadata = path.metadata().ok()?;
                Some((metadata.modified().ok()?, metadata.len(), path))
            })
            .collect();
        files.sort();
        let held = newest.metadata().map_or(0, |metadata| metadata.len());
        let mut bytes = held + files.iter().map(|(_, length, _)| length).sum::<u64>();
        for (_, length, path) in files {
            if bytes <= self.most {
                return;
            }
            if fs::remove_file(&path).is_ok() {
                bytes -= length;
            }
        }
    }
}

fn is_left(path: &Path) -> bool {
    let modified = path.metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|at| {
        SystemTime::now()
            .duration_since(at)
            .is_ok_and(|age| age > WRITING)
    })
}

fn generation_of(path: &Path) -> Option<GenerationId> {
    let is_ours = path.extension()? == EXTENSION;
    let number = path.file_stem()?.to_str()?.parse().ok()?;
    is_ours.then_some(GenerationId(number))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    fn put(printed: &Printed, generation: i64, bytes: usize) {
        let written = printed.put(GenerationId(generation), |file| {
            file.write_all(&vec![b'x'; bytes])
        });
        // An hour after the one before it.
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(3_600 * generation.unsigned_abs());
        written
            .unwrap()
            .set_times(FileTimes::new().set_modified(at))
            .unwrap();
    }

    fn kept(printed: &Printed) -> Vec<i64> {
        let mut kept: Vec<i64> = printed
            .generations()
            .iter()
            .map(|generation| generation.0)
            .collect();
        kept.sort_unstable();
        kept
    }

    #[test]
    fn the_one_that_was_not_asked_for_longest_goes_first_and_the_newest_stays_whatever_its_size() {
        let folder = tempfile::tempdir().unwrap();
        let printed = Printed::new(&folder.path().join("printed"), 100);
        put(&printed, 1, 40);
        put(&printed, 2, 40);
        assert!(printed.get(GenerationId(1)).is_some());
        put(&printed, 3, 40);
        assert_eq!(kept(&printed), [1, 3]);
        put(&printed, 4, 400);
        assert_eq!(kept(&printed), [4]);
    }

    #[test]
    fn what_was_only_half_written_is_not_there_and_what_is_forgotten_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let printed = Printed::new(folder.path(), 100);
        let broken = printed.put(GenerationId(1), |_| Err(io::ErrorKind::UnexpectedEof.into()));
        assert!(broken.is_err() && printed.get(GenerationId(1)).is_none());
        let half = File::create(folder.path().join("x.part")).unwrap();
        half.set_times(FileTimes::new().set_modified(SystemTime::UNIX_EPOCH))
            .unwrap();
        put(&printed, 2, 3);
        assert_eq!(kept(&printed), [2]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let mut text = String::new();
        printed
            .get(GenerationId(2))
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "xxx");
        printed.forget(&[GenerationId(1), GenerationId(2)]);
        assert!(printed.get(GenerationId(2)).is_none());
    }
}
