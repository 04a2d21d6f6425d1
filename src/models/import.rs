//! Takes in a model that was carried in on a stick: a folder or an archive, copied into the staging folder.

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::archive::unpack;
use super::checksum::sha256_of;
use super::selection::{Taking, select};
use super::staging::{Progress, Staged, Staging};
use super::{Catalogue, LanguageModels, Manifest, ModelError, ModelFile};
use crate::domain::Language;

/// Where an archive is unpacked, within the staging folder.
const UNPACKED: &str = ".unpacked";
/// Where a model came from of which no more is known.
const IMPORTED: &str = "import";
/// A model's files lie in its folder or one below; archives put one around it.
const DEEPEST: usize = 4;

/// What is said of a model that is imported.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Its name; without one, that in a folder's manifest, or the name of the folder or archive.
    pub id: Option<String>,
    /// The graph's file, where there are several.
    pub file: Option<String>,
    /// Its licence; without it, what a manifest or the catalogue says.
    pub licence: Option<String>,
    /// The languages that it answers in; without them, what a manifest or the catalogue says.
    pub languages: Vec<Language>,
}

impl LanguageModels {
    /// Copies the model in `source`. Where its folder has a manifest, or the catalogue knows its checksums, its files
    /// are held to them.
    ///
    /// # Errors
    ///
    /// [`ModelError::NotAModel`] before anything is copied from a folder; [`ModelError::Altered`], [`ModelError::NoRoom`]
    /// and those of archives.
    pub fn import(
        &self,
        source: &Path,
        options: &ImportOptions,
        catalogue: &Catalogue,
        watch: &dyn Fn(Progress<'_>),
    ) -> Result<Staged, ModelError> {
        let unreadable = |error| ModelError::Unreadable {
            path: source.to_owned(),
            source: error,
        };
        let is_folder = fs::metadata(source).map_err(unreadable)?.is_dir();
        let name = match &options.id {
            Some(id) => id.clone(),
            None => name_of(source, is_folder),
        };
        if is_folder {
            let found = Found::look(source, source, options)?;
            let staging = Staging::begin(self, found.id(&name, options))?;
            staging.clear()?;
            return found.gather(staging, &name, How::Copy, options, catalogue, watch);
        }
        let staging = Staging::begin(self, &name)?;
        staging.clear()?;
        let unpacked = staging.place(UNPACKED)?;
        let gathered = fs::create_dir_all(&unpacked)
            .map_err(|error| ModelError::File {
                path: unpacked.clone(),
                source: error,
            })
            .and_then(|()| unpack(source, &unpacked, staging.room()?, watch))
            .and_then(|()| Found::look(&unpacked, source, options));
        match gathered {
            Ok(found) => found.gather(staging, &name, How::Move, options, catalogue, watch),
            Err(error) => {
                let _ = fs::remove_dir_all(&staging.folder);
                Err(error)
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Copy,
    Move,
}

/// A model that lies in a folder.
struct Found {
    folder: PathBuf,
    /// What was named on the command line, for messages.
    source: String,
    /// Paths within the folder, and within the model's own.
    files: Vec<(String, String)>,
    graph: Option<String>,
    manifest: Option<Manifest>,
}

impl Found {
    fn look(folder: &Path, source: &Path, options: &ImportOptions) -> Result<Self, ModelError> {
        let mut folder = folder.to_owned();
        while let Some(only) = only_folder_in(&folder) {
            folder = only;
        }
        let listed: Vec<String> = WalkDir::new(&folder)
            .max_depth(DEEPEST)
            // The folders of a hub's own cache are made of links.
            .follow_links(true)
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.'))
            .flatten()
            .filter(|entry| entry.file_type().is_file())
            .filter_map(|entry| Some(entry.path().strip_prefix(&folder).ok()?.to_str()?.to_owned()))
            .collect();
        let manifest = folder
            .join(Manifest::FILE)
            .is_file()
            .then(|| Manifest::read(&folder))
            .transpose()
            .map_err(|reason| ModelError::Broken {
                id: source.display().to_string(),
                reason,
            })?;
        let asked = options
            .file
            .as_deref()
            .or(manifest.as_ref().and_then(|manifest| manifest.graph.as_deref()));
        let selection =
            select(&listed, asked, Taking::Everything).map_err(|reason| ModelError::NotAModel {
                place: source.display().to_string(),
                reason,
            })?;
        let files = selection
            .files
            .into_iter()
            .map(|file| {
                let within = file.strip_prefix(&selection.base).unwrap_or(&file).to_owned();
                (file, within)
            })
            .collect();
        Ok(Self {
            folder,
            source: source.display().to_string(),
            files,
            graph: selection.graph,
            manifest,
        })
    }

    /// The model's name: that of its manifest, where none was given.
    fn id<'a>(&'a self, name: &'a str, options: &ImportOptions) -> &'a str {
        match (&options.id, &self.manifest) {
            (None, Some(manifest)) => &manifest.id,
            _ => name,
        }
    }

    fn gather(
        self,
        staging: Staging,
        name: &str,
        how: How,
        options: &ImportOptions,
        catalogue: &Catalogue,
        watch: &dyn Fn(Progress<'_>),
    ) -> Result<Staged, ModelError> {
        let id = match how {
            How::Copy => self.id(name, options).to_owned(),
            How::Move => name.to_owned(),
        };
        let entry = catalogue.find(&id).cloned().unwrap_or_default();
        let mut manifest = match &self.manifest {
            Some(own) => Manifest { id, ..own.clone() },
            None => Manifest {
                id,
                ..Manifest::of(&entry, IMPORTED.to_owned())
            },
        };
        manifest.graph.clone_from(&self.graph);
        manifest.demonstration |= entry.demonstration;
        if let Some(licence) = &options.licence {
            manifest.licence.clone_from(licence);
        }
        if !options.languages.is_empty() {
            manifest.languages.clone_from(&options.languages);
        }
        // From here on, whatever goes wrong takes the staging folder with it.
        let mut files = Vec::new();
        let outcome = self.take_over(&staging, how, &mut files, watch);
        manifest.files = files;
        let staged = staging.complete(manifest);
        outcome?;
        for file in self.manifest.iter().flat_map(|own| &own.files) {
            self.hold(&staged, &file.path, &file.sha256, "the manifest beside it")?
                .ok_or_else(|| ModelError::Incomplete {
                    place: self.source.clone(),
                    file: file.path.clone(),
                })?;
        }
        for file in &entry.files {
            if let Some(sha256) = &file.sha256 {
                self.hold(&staged, &file.path, sha256, "the catalogue")?;
            }
        }
        Ok(staged)
    }

    /// Compares a file with what was promised; nothing where it is not there.
    fn hold(
        &self,
        staged: &Staged,
        path: &str,
        sha256: &str,
        promised: &'static str,
    ) -> Result<Option<()>, ModelError> {
        match staged.manifest().files.iter().find(|file| file.path == path) {
            None => Ok(None),
            Some(found) if found.sha256.eq_ignore_ascii_case(sha256) => Ok(Some(())),
            Some(_) => Err(ModelError::Altered {
                file: format!("{path} in {}", self.source),
                promised,
                advice: "copy it again, or import it under another name with --id if it is meant to be another",
            }),
        }
    }

    /// Copies or moves the files and computes their checksums from what arrived.
    fn take_over(
        &self,
        staging: &Staging,
        how: How,
        files: &mut Vec<ModelFile>,
        watch: &dyn Fn(Progress<'_>),
    ) -> Result<(), ModelError> {
        let mut total = 0;
        for (path, _) in &self.files {
            let place = self.folder.join(path);
            total += fs::metadata(&place)
                .map_err(|source| ModelError::Unreadable { path: place, source })?
                .len();
        }
        if how == How::Copy {
            staging.check_room(total)?;
        }
        let mut done = 0;
        for (path, within) in &self.files {
            let (from, to) = (self.folder.join(path), staging.place(within)?);
            let taken = match how {
                How::Copy => copy(&from, &to),
                How::Move => fs::rename(&from, &to),
            };
            taken.map_err(|source| ModelError::Unreadable { path: from, source })?;
            let failed = |source| ModelError::File {
                path: to.clone(),
                source,
            };
            let sha256 = sha256_of(&to, |bytes| {
                done += bytes;
                watch(Progress {
                    what: within,
                    done,
                    total,
                });
            });
            files.push(ModelFile {
                path: within.clone(),
                size: fs::metadata(&to).map_err(failed)?.len(),
                sha256: sha256.map_err(failed)?,
            });
        }
        let unpacked = staging.folder.join(UNPACKED);
        if how == How::Move {
            fs::remove_dir_all(&unpacked).map_err(|source| ModelError::File {
                path: unpacked,
                source,
            })?;
        }
        Ok(())
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::copy(from, to)?;
    // A stick's file system may have made everything executable or read-only.
    #[cfg(unix)]
    fs::set_permissions(to, std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    fs::File::open(to)?.sync_all()
}

/// The only thing in a folder, if that is a folder.
fn only_folder_in(folder: &Path) -> Option<PathBuf> {
    let mut entries = fs::read_dir(folder)
        .ok()?
        .flatten()
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    let only = entries.next()?.path();
    (entries.next().is_none() && only.is_dir()).then_some(only)
}

/// A model's name made of that of a folder or an archive.
fn name_of(source: &Path, is_folder: bool) -> String {
    let absolute = fs::canonicalize(source).unwrap_or_else(|_| source.to_owned());
    let name = absolute
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let endings: &[&str] = if is_folder {
        &[]
    } else {
        &[".tar.gz", ".tgz", ".tar", ".zip"]
    };
    let stem = endings
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(&name);
    let sound = |character: char| character.is_ascii_alphanumeric() || ".-_".contains(character);
    stem.chars()
        .map(|character| if sound(character) { character } else { '-' })
        .collect::<String>()
        .trim_matches(['.', '-', '_'])
        .to_owned()
}

#[cfg(test)]
mod tests;
