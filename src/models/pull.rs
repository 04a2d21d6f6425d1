//! Fetches a model from a hub into its staging folder: goes on where an earlier attempt stopped, and keeps no file whose
//! checksum is another than promised.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use reqwest::header::CONTENT_RANGE;
use reqwest::{Response, StatusCode};

use super::checksum::{Checksum, sha256_of};
use super::hub::RemoteFile;
use super::selection::{Taking, select};
use super::staging::{Progress, Staged, Staging};
use super::{Entry, Hub, HubError, LanguageModels, Manifest, ModelError, ModelFile};

/// Attempts at one file while each of them brings something.
const ATTEMPTS: usize = 5;
/// The revision of a model for which none is named.
const MAIN: &str = "main";

/// A file that is wanted, and all that must hold of it.
struct Wanted {
    /// Its path in the repository.
    remote: String,
    /// Its path in the model's folder.
    path: String,
    size: u64,
    checksum: Checksum,
    /// Who named the checksum, for a message.
    promised: &'static str,
}

struct Pull<'a> {
    hub: &'a Hub,
    repository: &'a str,
    commit: String,
    staging: Staging,
    watch: &'a (dyn Fn(Progress<'_>) + Sync),
    done: u64,
    total: u64,
}

impl LanguageModels {
    /// Fetches the model of a catalogue's entry. What was fetched before a failure stays for the next attempt.
    ///
    /// # Errors
    ///
    /// Those of a [`Hub`]; [`ModelError::NoRoom`] before anything is fetched; [`ModelError::Altered`].
    pub async fn pull(
        &self,
        hub: &Hub,
        entry: &Entry,
        watch: &(dyn Fn(Progress<'_>) + Sync),
    ) -> Result<Staged, ModelError> {
        let Some(repository) = entry.repository.as_deref() else {
            return Err(ModelError::ComesWithGemba {
                id: entry.id.clone(),
                folder: entry.folder.clone().unwrap_or_default(),
            });
        };
        let staging = Staging::begin(self, &entry.id)?;
        let folder = staging.folder.clone();
        let pulled = self.pull_into(staging, hub, repository, entry, watch).await;
        if pulled.is_err() {
            // It stays where something was fetched into it: a folder that is not empty is not removed.
            let _ = fs::remove_dir(&folder);
        }
        pulled
    }

    async fn pull_into(
        &self,
        staging: Staging,
        hub: &Hub,
        repository: &str,
        entry: &Entry,
        watch: &(dyn Fn(Progress<'_>) + Sync),
    ) -> Result<Staged, ModelError> {
        let revision = entry.revision.as_deref().unwrap_or(MAIN);
        let (mut commit, listed) = if entry.files.is_empty() {
            let listing = hub.listing(repository, revision).await?;
            (Some(listing.commit), listing.files)
        } else {
            let paths = entry.files.iter().map(|file| file.path.clone());
            (None, paths.collect())
        };
        let selection = select(&listed, entry.graph.as_deref(), Taking::Known).map_err(|reason| {
            ModelError::NotAModel {
                place: format!("{repository} at {revision}"),
                reason,
            }
        })?;
        let mut wanted = Vec::new();
        for remote in selection.files {
            let at = commit.as_deref().unwrap_or(revision);
            let found = hub.file(repository, at, &remote).await?;
            if commit.is_none() {
                commit.clone_from(&found.commit);
            }
            let path = remote.strip_prefix(&selection.base).unwrap_or(&remote).to_owned();
            wanted.push(promise(hub, entry, remote, path, found)?);
        }
        let commit = commit.unwrap_or_else(|| revision.to_owned());
        let source = format!("{repository}@{commit}");
        let mut pull = Pull {
            hub,
            repository,
            commit,
            staging,
            watch,
            done: 0,
            total: wanted.iter().map(|file| file.size).sum(),
        };
        let files = pull.fetch(&wanted).await?;
        Ok(pull.staging.complete(Manifest {
            graph: selection.graph,
            files,
            ..Manifest::of(entry, source)
        }))
    }
}

/// What must hold of a file: what the catalogue says where it says something, otherwise what the hub says.
fn promise(
    hub: &Hub,
    entry: &Entry,
    remote: String,
    path: String,
    found: RemoteFile,
) -> Result<Wanted, ModelError> {
    let known = entry.files.iter().find(|file| file.path == remote);
    let size = known.and_then(|known| known.size).or(found.size);
    let sha256 = known.and_then(|known| known.sha256.clone());
    let (checksum, promised) = match sha256 {
        Some(sha256) => (
            Some(Checksum::Sha256(sha256.to_ascii_lowercase())),
            "the catalogue",
        ),
        None => (found.checksum, "the hub"),
    };
    match (size, checksum) {
        (Some(size), Some(checksum)) => Ok(Wanted {
            remote,
            path,
            size,
            checksum,
            promised,
        }),
        (None, _) => Err(hub.odd(&format!("it does not say how long {remote} is")).into()),
        (_, None) => Err(hub
            .odd(&format!(
                "it names no checksum for {remote}, and the catalogue has none either"
            ))
            .into()),
    }
}

impl Pull<'_> {
    async fn fetch(&mut self, wanted: &[Wanted]) -> Result<Vec<ModelFile>, ModelError> {
        self.remove_what_is_not(wanted)?;
        let mut files = Vec::new();
        let mut missing = 0;
        for file in wanted {
            let place = self.staging.place(&file.path)?;
            let part = self.staging.place(&file.part())?;
            if !place.exists() {
                missing += file.size.saturating_sub(length(&part));
            }
        }
        self.staging.check_room(missing)?;
        for file in wanted {
            files.push(self.file(file).await?);
        }
        Ok(files)
    }

    /// Earlier attempts may have been at another revision.
    fn remove_what_is_not(&self, wanted: &[Wanted]) -> Result<(), ModelError> {
        for entry in walkdir::WalkDir::new(&self.staging.folder).into_iter().flatten() {
            let path = entry.path();
            let known = wanted
                .iter()
                .flat_map(|file| [file.path.clone(), file.part()])
                .any(|known| self.staging.folder.join(known) == path);
            if entry.file_type().is_file() && !known {
                fs::remove_file(path).map_err(|source| failed(path, source))?;
            }
        }
        Ok(())
    }

    /// One file, whole and compared with its checksum.
    async fn file(&mut self, file: &Wanted) -> Result<ModelFile, ModelError> {
        let place = self.staging.place(&file.path)?;
        let before = self.done;
        if place.exists() {
            if let Some(complete) = self.compared(file, &place)? {
                self.done += file.size;
                self.tell(&file.path);
                return Ok(complete);
            }
            fs::remove_file(&place).map_err(|source| failed(&place, source))?;
        }
        let part = self.staging.place(&file.part())?;
        let mut attempt = 1;
        loop {
            let had = length(&part);
            self.done = before + had;
            match self.rest(file, &part).await {
                Ok(()) => break,
                Err(ModelError::Hub(HubError::Interrupted { .. }))
                    if attempt < ATTEMPTS && length(&part) > had =>
                {
                    tracing::debug!(file = file.remote, attempt, "the line broke; going on");
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
        self.tell(&format!("comparing {}", file.path));
        let Some(complete) = self.compared(file, &part)? else {
            fs::remove_file(&part).map_err(|source| failed(&part, source))?;
            return Err(ModelError::Altered {
                file: file.remote.clone(),
                promised: file.promised,
                advice: "run the same command again; if it says so again, the hub or a mirror in between is at fault",
            });
        };
        fs::rename(&part, &place).map_err(|source| failed(&place, source))?;
        self.done = before + file.size;
        Ok(complete)
    }

    /// Fetches what of a file is not there yet.
    async fn rest(&mut self, file: &Wanted, part: &Path) -> Result<(), ModelError> {
        let mut had = length(part);
        if had > file.size {
            fs::remove_file(part).map_err(|source| failed(part, source))?;
            had = 0;
        }
        if had == file.size && part.exists() {
            return Ok(());
        }
        let mut response = self
            .hub
            .content(self.repository, &self.commit, &file.remote, had)
            .await?;
        let begins_there =
            response.status() == StatusCode::PARTIAL_CONTENT && begins_at(&response) == Some(had);
        if had > 0 && response.status() != StatusCode::OK && !begins_there {
            // The host cannot go on from there.
            had = 0;
            response = self
                .hub
                .content(self.repository, &self.commit, &file.remote, 0)
                .await?;
        }
        if response.status() == StatusCode::OK {
            self.done = self.done.saturating_sub(length(part));
            had = 0;
        }
        let host = response.url().host_str().unwrap_or_default().to_owned();
        let mut output = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(had == 0)
            .append(had > 0)
            .open(part)
            .map_err(|source| failed(part, source))?;
        let interrupted = |had, source| HubError::Interrupted {
            host: host.clone(),
            file: file.remote.clone(),
            done: had,
            total: file.size,
            source,
        };
        loop {
            let block = match response.chunk().await {
                Ok(Some(block)) => block,
                Ok(None) => break,
                Err(source) => return Err(interrupted(had, Some(source.without_url())).into()),
            };
            had += block.len() as u64;
            if had > file.size {
                let _ = fs::remove_file(part);
                return Err(self
                    .hub
                    .odd(&format!("{} is longer than it says", file.remote))
                    .into());
            }
            output.write_all(&block).map_err(|source| failed(part, source))?;
            self.done += block.len() as u64;
            self.tell(&file.path);
        }
        output.sync_all().map_err(|source| failed(part, source))?;
        if had < file.size {
            return Err(interrupted(had, None).into());
        }
        Ok(())
    }

    /// The file as the manifest names it, if it is what was promised.
    fn compared(&self, file: &Wanted, place: &Path) -> Result<Option<ModelFile>, ModelError> {
        let read = |source| failed(place, source);
        if length(place) != file.size {
            return Ok(None);
        }
        let sha256 = sha256_of(place, |_| {}).map_err(read)?;
        let fits = file.checksum.fits(place, &sha256).map_err(read)?;
        Ok(fits.then(|| ModelFile {
            path: file.path.clone(),
            size: file.size,
            sha256,
        }))
    }

    fn tell(&self, what: &str) {
        (self.watch)(Progress {
            what,
            done: self.done,
            total: self.total,
        });
    }
}

impl Wanted {
    /// Where it lies until it is whole; another version of it lies elsewhere.
    fn part(&self) -> String {
        format!("{}.{}.part", self.path, self.checksum.short())
    }
}

/// Where a partial answer begins: `bytes 100-199/200`.
fn begins_at(response: &Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range
        .strip_prefix("bytes ")?
        .split('-')
        .next()?
        .trim()
        .parse()
        .ok()
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map(|found| found.len()).unwrap_or(0)
}

fn failed(path: &Path, source: std::io::Error) -> ModelError {
    ModelError::File {
        path: path.to_owned(),
        source,
    }
}
