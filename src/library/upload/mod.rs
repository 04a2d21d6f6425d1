//! Uploads: what an administrator sends with a browser goes into the watched folder, so that there is one truth.
//!
//! A file is written under a hidden name, which the walk leaves out, and renamed once it is whole: what is read is never
//! half a file. The hidden name is made of who sends what to where, so that an upload that broke off is found again and
//! goes on where it ended, whatever happened in between to the browser or to this server.

mod error;
mod incoming;
mod name;
mod place;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use error::UploadError;
pub use incoming::Incoming;

use super::{Library, LibraryError};
use crate::domain::{Action, Administrator, ContentHash, Document, NewEntry};
use crate::ingest;

/// A file that is announced.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The first-level folder, which may be a new one; empty for the watched folder itself.
    pub folder: String,
    /// What the browser calls the file.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// Of its content.
    pub hash: ContentHash,
}

/// How it stands with a file that was announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// Where it will lie, relative to the watched folder.
    pub path: String,
    /// How many of its bytes have arrived.
    pub received: u64,
    /// Whether there is a file at `path`.
    pub taken: bool,
    /// Where files of the same content lie.
    pub twins: Vec<String>,
}

/// What becomes of a file that has the name of the one that is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is taken.
    #[default]
    Stays,
    /// It is replaced.
    Replaced,
    /// It stays, and what is sent gets a number.
    Beside,
}

/// Where an upload goes.
struct Plan {
    /// The folder on the disk; it may have to be made.
    folder: PathBuf,
    name: String,
    /// Relative to the watched folder.
    path: String,
}

impl Library {
    /// The largest file that is taken, in bytes.
    pub fn upload_limit(&self) -> u64 {
        self.pipeline.largest_file()
    }

    /// The first-level folders that files can be sent to, by name.
    pub async fn upload_folders(&self, _: &Administrator) -> Result<Vec<String>, LibraryError> {
        let root = self.folder.clone();
        blocking(move || Ok(place::folders(&root)?)).await
    }

    /// Looks whether a file can be taken, before anything of it is sent, and how much of it is here already.
    pub async fn announce_upload(
        &self,
        administrator: &Administrator,
        upload: &Upload,
    ) -> Result<Announced, LibraryError> {
        let plan = self.plan(&upload.folder, &upload.name, upload.size).await?;
        let partial = plan.partial(administrator, upload);
        let (folder, target, size) = (plan.folder.clone(), plan.target(), upload.size);
        let (received, taken) = blocking(move || {
            let received = try_out(&folder, &partial)?;
            let disk = rustix::fs::statvfs(existing(&folder)).map_err(io::Error::from)?;
            if size.saturating_sub(received) > disk.f_bavail.saturating_mul(disk.f_frsize) {
                return Err(UploadError::NoRoom);
            }
            Ok((received, fs::symlink_metadata(&target).is_ok()))
        })
        .await?;
        Ok(Announced {
            received,
            taken,
            twins: self.twins(&upload.hash).await?,
            path: plan.path,
        })
    }

    /// Opens the partial file of an upload for the bytes from `offset` on.
    pub async fn receive_upload(
        &self,
        administrator: &Administrator,
        upload: &Upload,
        offset: u64,
    ) -> Result<Incoming, LibraryError> {
        let plan = self.plan(&upload.folder, &upload.name, upload.size).await?;
        let partial = plan.partial(administrator, upload);
        let incoming = Incoming::resume(&plan.folder, partial, offset, upload.size).await?;
        Ok(incoming)
    }

    /// Puts a file in its place of which every byte has arrived. Returns its path.
    pub async fn finish_upload(
        &self,
        administrator: &Administrator,
        upload: &Upload,
        existing: Existing,
    ) -> Result<String, LibraryError> {
        let plan = self.plan(&upload.folder, &upload.name, upload.size).await?;
        let partial = plan.partial(administrator, upload);
        let (checked, hash, size) = (partial.clone(), upload.hash, upload.size);
        blocking(move || check(&checked, size, hash)).await?;
        self.settle(administrator, plan, partial, existing).await
    }

    /// Opens a file for what a plain form sends, whose size and content are not known before. The name is safe then.
    pub async fn receive_form(
        &self,
        _: &Administrator,
        folder: &str,
        name: &str,
    ) -> Result<Incoming, LibraryError> {
        let plan = self.plan(folder, name, 0).await?;
        Ok(Incoming::unannounced(&plan.folder, self.upload_limit()).await?)
    }

    /// Puts a file in its place that a plain form sent. One that is in the same folder already is not taken. Returns its
    /// path.
    pub async fn finish_form(
        &self,
        administrator: &Administrator,
        (folder, name): (&str, &str),
        incoming: Incoming,
        existing: Existing,
    ) -> Result<String, LibraryError> {
        let plan = self.plan(folder, name, 0).await?;
        let (partial, hash) = incoming.end().await?;
        let beside = plan.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let twins = self.twins(&hash).await?;
        let twin = twins
            .into_iter()
            .find(|twin| twin.rsplit_once('/').map_or("", |(folder, _)| folder) == beside);
        if let Some(path) = twin {
            let removed = blocking(move || Ok(fs::remove_file(partial)?)).await;
            return removed.and(Err(UploadError::Taken { path }.into()));
        }
        self.settle(administrator, plan, partial, existing).await
    }

    /// The document that was made of a file that was sent to `path`; nothing as long as it was not looked at.
    pub async fn uploaded(
        &self,
        _: &Administrator,
        path: &str,
        hash: ContentHash,
    ) -> Result<Option<Document>, LibraryError> {
        let known = self.store.known_at(path).await?;
        if known.is_none_or(|known| known.missing || known.hash != Some(hash)) {
            return Ok(None);
        }
        Ok(self.store.document_by_path(path).await?)
    }

    /// Removes what was begun to be sent and never finished.
    pub async fn tidy_uploads(&self) -> Result<(), LibraryError> {
        let root = self.folder.clone();
        let removed = blocking(move || Ok(place::sweep(&root, SystemTime::now())?)).await?;
        if removed > 0 {
            tracing::info!(files = removed, "uploads that were never finished are gone");
        }
        Ok(())
    }

    async fn plan(&self, folder: &str, name: &str, size: u64) -> Result<Plan, LibraryError> {
        let name = name::file_name(name)?;
        let limit = self.upload_limit();
        if size > limit {
            return Err(UploadError::TooLarge { limit }.into());
        }
        let (root, folder) = (self.folder.clone(), folder.to_owned());
        let plan = blocking(move || Plan::new(&root, &folder, name)).await?;
        if self.pipeline.is_unreachable(&plan.path) {
            return Err(UploadError::Unreachable { path: plan.path }.into());
        }
        Ok(plan)
    }

    async fn settle(
        &self,
        administrator: &Administrator,
        plan: Plan,
        partial: PathBuf,
        existing: Existing,
    ) -> Result<String, LibraryError> {
        let (path, replaced) = blocking(move || plan.settle(&partial, existing)).await?;
        self.pipeline.look_at(&path);
        let action = if replaced {
            Action::FileReplaced
        } else {
            Action::Uploaded
        };
        self.store
            .record_later(NewEntry::of(administrator, action, &path));
        Ok(path)
    }

    async fn twins(&self, hash: &ContentHash) -> Result<Vec<String>, LibraryError> {
        let twins = self.store.twins(hash).await?;
        let there = twins.into_iter().filter(|twin| !twin.missing);
        Ok(there.map(|twin| twin.path).collect())
    }
}

impl Plan {
    fn new(root: &Path, folder: &str, name: String) -> Result<Self, UploadError> {
        let plan = Self::place(root, folder, name)?;
        if ingest::is_excluded(root, &plan.path) {
            return Err(UploadError::Excluded { path: plan.path });
        }
        Ok(plan)
    }

    fn place(root: &Path, folder: &str, name: String) -> Result<Self, UploadError> {
        if folder.is_empty() {
            return Ok(Self {
                folder: root.to_owned(),
                path: name.clone(),
                name,
            });
        }
        let is_there = |folder: &str| fs::symlink_metadata(root.join(folder)).map(|found| found.is_dir());
        let is_plain = !folder.contains(['/', '\\', '\0']) && !ingest::is_left_out(folder);
        // A folder that is there keeps its name, even one that would not be made.
        let folder = if is_plain && is_there(folder).is_ok_and(|is_folder| is_folder) {
            folder.to_owned()
        } else {
            name::folder_name(folder)?
        };
        // A link, or a file.
        if is_there(&folder).is_ok_and(|is_folder| !is_folder) {
            return Err(UploadError::Folder);
        }
        Ok(Self {
            folder: root.join(&folder),
            path: format!("{folder}/{name}"),
            name,
        })
    }

    fn target(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    fn partial(&self, administrator: &Administrator, upload: &Upload) -> PathBuf {
        let who = administrator.id.map_or(0, |id| id.0);
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{who}\n{}\n{}\n", self.path, upload.size).as_bytes());
        hasher.update(&upload.hash.0);
        place::partial(&self.folder, &hasher.finalize().to_hex()[..32])
    }

    /// Renames the partial file. Returns the path, and whether a file was replaced.
    fn settle(self, partial: &Path, existing: Existing) -> Result<(String, bool), UploadError> {
        let target = self.target();
        match existing {
            Existing::Replaced => {
                let replaced = fs::symlink_metadata(&target).is_ok();
                fs::rename(partial, &target)?;
                Ok((self.path, replaced))
            }
            Existing::Stays => match place::rename_new(partial, &target) {
                Ok(()) => Ok((self.path, false)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    Err(UploadError::Taken { path: self.path })
                }
                Err(error) => Err(error.into()),
            },
            Existing::Beside => {
                let name = place::rename_beside(partial, &self.folder, &self.name)?;
                let folder = self.path.strip_suffix(&self.name).unwrap_or_default();
                Ok((format!("{folder}{name}"), false))
            }
        }
    }
}

/// How much of a file is here. Where nothing is, it is tried out whether it could be written.
fn try_out(folder: &Path, partial: &Path) -> Result<u64, UploadError> {
    match fs::metadata(partial) {
        Ok(found) if found.len() > 0 => return Ok(found.len()),
        Ok(_) => return Ok(0),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let is_new = !folder.exists();
    fs::create_dir_all(folder)?;
    let tried = fs::write(partial, "").and_then(|()| fs::remove_file(partial));
    if is_new {
        // It stays where something else has come into it meanwhile.
        let _ = fs::remove_dir(folder);
    }
    Ok(tried.map(|()| 0)?)
}

/// The folder, or the one that it will be made in.
fn existing(folder: &Path) -> &Path {
    match folder.parent() {
        Some(parent) if !folder.exists() => parent,
        _ => folder,
    }
}

/// Whether every byte has arrived and is the one that was announced. What is not is removed.
fn check(partial: &Path, size: u64, hash: ContentHash) -> Result<(), UploadError> {
    let file = match fs::File::open(partial) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(UploadError::Offset { received: 0 });
        }
        Err(error) => return Err(error.into()),
    };
    let received = file.metadata()?.len();
    if received < size {
        return Err(UploadError::Offset { received });
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(&file)?;
    if received > size || *hasher.finalize().as_bytes() != hash.0 {
        fs::remove_file(partial)?;
        return Err(UploadError::Changed);
    }
    file.sync_all()?;
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, UploadError> + Send + 'static,
) -> Result<T, LibraryError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|error| UploadError::Io(io::Error::other(error)))??)
}
