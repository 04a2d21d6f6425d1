//! The language models that are installed, each in a folder of its own, and which of them is in use.
//!
//! `DATA/language-models/ID/` holds a model's files and its manifest; `DATA/language-models/in-use` holds the name of
//! the one that writes the answers. Names that begin with a dot belong to what is not finished, and are never listed.

use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::checksum::sha256_of;
use super::staging::{Lock, Progress, STAGING};
use super::{Manifest, ModelError, ModelFile};
use crate::domain::Language;

/// The file that names the model in use.
const IN_USE: &str = "in-use";

/// The language models of a data folder.
#[derive(Debug, Clone)]
pub struct LanguageModels {
    folder: PathBuf,
}

/// A language model that is installed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LanguageModel {
    /// Its name, and its folder's.
    pub id: String,
    /// Where its files are.
    pub folder: PathBuf,
    /// The graph's file, where the export alone does not tell.
    pub file: Option<String>,
    /// The languages that it answers in; empty stands for any.
    pub languages: Vec<Language>,
    /// Whether it only shows that answers can be written: too small to be relied on.
    pub demonstration: bool,
    /// What it is for, in a few words.
    pub purpose: String,
    /// Its licence.
    pub licence: String,
    /// Where it came from.
    pub source: String,
    /// When it was installed, as RFC 3339 writes it.
    pub installed: String,
    /// Its files.
    pub files: Vec<ModelFile>,
}

/// What is wrong with an installed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is not there, or cannot be read.
    Missing(String),
    /// It has another length than when it was installed.
    Length(String),
    /// It has another content than when it was installed.
    Content(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(file) => write!(formatter, "its file {file} is missing or cannot be read"),
            Self::Length(file) => write!(formatter, "its file {file} has not the length that it had"),
            Self::Content(file) => write!(formatter, "its file {file} has another content than it had"),
        }
    }
}

impl LanguageModels {
    /// Those in `folder`, which need not be there yet.
    pub fn open(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The names of what is installed, in order, whether it can be used or not.
    pub fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|id| check_id(id).is_ok())
            .collect();
        ids.sort();
        ids
    }

    /// Every installed model whose manifest can be read, in the order of their names.
    pub fn all(&self) -> Vec<LanguageModel> {
        self.ids().iter().filter_map(|id| self.find(id).ok()).collect()
    }

    /// The installed model `id`.
    ///
    /// # Errors
    ///
    /// [`ModelError::Absent`], or [`ModelError::Broken`] where its manifest cannot be read.
    pub fn find(&self, id: &str) -> Result<LanguageModel, ModelError> {
        check_id(id)?;
        let folder = self.folder.join(id);
        if !folder.is_dir() {
            return Err(ModelError::Absent { id: id.to_owned() });
        }
        let manifest = Manifest::read(&folder).map_err(|reason| ModelError::Broken {
            id: id.to_owned(),
            reason,
        })?;
        Ok(LanguageModel {
            id: id.to_owned(),
            folder,
            file: manifest.graph,
            languages: manifest.languages,
            demonstration: manifest.demonstration,
            purpose: manifest.purpose,
            licence: manifest.licence,
            source: manifest.source,
            installed: manifest.installed,
            files: manifest.files,
        })
    }

    /// The name of the model in use, if there is one. Costs one read of a small file.
    pub fn in_use_id(&self) -> Result<Option<String>, ModelError> {
        let path = self.folder.join(IN_USE);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text.trim().to_owned()).filter(|id| !id.is_empty())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ModelError::File { path, source }),
        }
    }

    /// The model in use, if there is one.
    ///
    /// # Errors
    ///
    /// Those of [`LanguageModels::find`], where a model is named that is not installed.
    pub fn in_use(&self) -> Result<Option<LanguageModel>, ModelError> {
        self.in_use_id()?.map(|id| self.find(&id)).transpose()
    }

    /// Lets the model `id` write the answers, if all its files are there in their length.
    pub fn use_model(&self, id: &str) -> Result<LanguageModel, ModelError> {
        let model = self.find(id)?;
        if let Some(fault) = model.files.iter().find_map(|file| model.fault_at_a_glance(file)) {
            return Err(ModelError::Broken {
                id: id.to_owned(),
                reason: fault.to_string(),
            });
        }
        let path = self.folder.join(IN_USE);
        let write = || {
            let mut unfinished = tempfile::Builder::new()
                .prefix(".in-use-")
                .tempfile_in(&self.folder)?;
            writeln!(unfinished, "{id}")?;
            unfinished.as_file().sync_all()?;
            unfinished.persist(&path).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|source| ModelError::File {
            path: path.clone(),
            source,
        })?;
        Ok(model)
    }

    /// Lets no model write the answers.
    pub fn use_none(&self) -> Result<(), ModelError> {
        let path = self.folder.join(IN_USE);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != ErrorKind::NotFound => Err(ModelError::File { path, source }),
            _ => Ok(()),
        }
    }

    /// The names of models whose installation began and was not finished.
    pub fn unfinished(&self) -> Vec<String> {
        let mut ids: Vec<String> = fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some(entry.file_name().to_str()?.strip_prefix(STAGING)?.to_owned()))
            .collect();
        ids.sort();
        ids
    }

    /// Removes the model `id`, or what was fetched of it; the one in use only with `force`, and then none is in use.
    pub fn remove(&self, id: &str, force: bool) -> Result<(), ModelError> {
        check_id(id)?;
        let folder = [id.to_owned(), format!("{STAGING}{id}")]
            .into_iter()
            .map(|name| self.folder.join(name))
            .find(|folder| folder.is_dir())
            .ok_or_else(|| ModelError::Absent { id: id.to_owned() })?;
        let _lock = Lock::take(self, id)?;
        if self.in_use_id()?.as_deref() == Some(id) {
            if !force {
                return Err(ModelError::InUse { id: id.to_owned() });
            }
            self.use_none()?;
        }
        // Out of the way first: whoever looks sees all of it or nothing.
        let removed = self.folder.join(format!(".removed-{id}"));
        let failed = |source| ModelError::File {
            path: folder.clone(),
            source,
        };
        if removed.exists() {
            fs::remove_dir_all(&removed).map_err(failed)?;
        }
        fs::rename(&folder, &removed).map_err(failed)?;
        fs::remove_dir_all(&removed).map_err(failed)
    }

    /// Compares every file of the model `id` with its checksum; takes as long as reading them.
    pub fn verify(&self, id: &str, watch: &dyn Fn(Progress<'_>)) -> Result<Vec<Fault>, ModelError> {
        let model = self.find(id)?;
        let (mut done, total) = (0, model.size());
        let mut faults = Vec::new();
        for file in &model.files {
            if let Some(fault) = model.fault_at_a_glance(file) {
                faults.push(fault);
                continue;
            }
            let found = sha256_of(&model.folder.join(&file.path), |bytes| {
                done += bytes;
                watch(Progress {
                    what: &file.path,
                    done,
                    total,
                });
            });
            match found {
                Ok(sha256) if sha256.eq_ignore_ascii_case(&file.sha256) => {}
                Ok(_) => faults.push(Fault::Content(file.path.clone())),
                Err(_) => faults.push(Fault::Missing(file.path.clone())),
            }
        }
        Ok(faults)
    }
}

impl LanguageModel {
    /// Bytes of all its files.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// Whether it answers in a language.
    pub fn knows(&self, language: Language) -> bool {
        self.languages.is_empty() || self.languages.contains(&language)
    }

    fn fault_at_a_glance(&self, file: &ModelFile) -> Option<Fault> {
        match fs::metadata(self.folder.join(&file.path)) {
            Err(_) => Some(Fault::Missing(file.path.clone())),
            Ok(found) if found.len() != file.size => Some(Fault::Length(file.path.clone())),
            Ok(_) => None,
        }
    }
}

/// Whether `id` can be the name of a model: it becomes a folder's.
pub(super) fn check_id(id: &str) -> Result<(), ModelError> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
    let first = id.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if first && id.len() <= 64 && id.bytes().all(allowed) && id != IN_USE {
        Ok(())
    } else {
        Err(ModelError::Id { id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests;
