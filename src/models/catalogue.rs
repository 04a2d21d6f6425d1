//! The catalogue: language models that can be had, from a file in `appliance/` or from one that an administrator wrote.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ModelError;
use super::language::check_id;
use super::manifest::tags;
use super::path::inside;
use crate::domain::Language;

/// The catalogue that comes with the program.
const BUILT_IN: &str = include_str!("../../appliance/models.toml");

/// Language models that can be had.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// In the order in which they are listed.
    #[serde(default, rename = "model")]
    pub models: Vec<Entry>,
}

/// A language model that can be had.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name on the command line.
    pub id: String,
    /// What it is for, in a few words.
    #[serde(default)]
    pub purpose: String,
    /// Its licence, as an SPDX name where it has one.
    #[serde(default)]
    pub licence: String,
    /// The languages that it answers in; empty stands for any.
    #[serde(default, with = "tags")]
    pub languages: Vec<Language>,
    /// About how much is fetched.
    pub about_megabytes: Option<u64>,
    /// About how much memory it needs.
    pub about_memory_megabytes: Option<u64>,
    /// Whether it only shows that answers can be written: too small to be relied on.
    #[serde(default)]
    pub demonstration: bool,
    /// Where a hub has it: `OWNER/NAME`.
    pub repository: Option<String>,
    /// A commit, tag or branch; the hub's `main` without it.
    pub revision: Option<String>,
    /// The graph within the repository.
    pub graph: Option<String>,
    /// Where it comes with Gemba: a folder below that of the repository.
    pub folder: Option<PathBuf>,
    /// Its files, where they are known beforehand. Without them the hub says which there are.
    #[serde(default)]
    pub files: Vec<CatalogueFile>,
}

/// A file as the catalogue promises it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueFile {
    /// Its path within the repository.
    pub path: String,
    /// Its length in bytes.
    pub size: Option<u64>,
    /// Its SHA-256.
    pub sha256: Option<String>,
}

impl Catalogue {
    /// The catalogue in `file`; without a name, the one that comes with the program.
    pub fn read(file: &Path) -> Result<Self, ModelError> {
        if file.as_os_str().is_empty() {
            return Self::parse(BUILT_IN, Path::new("appliance/models.toml"));
        }
        let text = std::fs::read_to_string(file).map_err(|error| ModelError::Catalogue {
            file: file.to_owned(),
            reason: error.to_string(),
        })?;
        Self::parse(&text, file)
    }

    /// The entry of this name.
    pub fn find(&self, id: &str) -> Option<&Entry> {
        self.models.iter().find(|entry| entry.id == id)
    }

    fn parse(text: &str, file: &Path) -> Result<Self, ModelError> {
        let wrong = |reason: String| ModelError::Catalogue {
            file: file.to_owned(),
            reason,
        };
        let catalogue: Self = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        for (place, entry) in catalogue.models.iter().enumerate() {
            check_id(&entry.id)?;
            if catalogue.models[..place].iter().any(|other| other.id == entry.id) {
                return Err(wrong(format!("it has two models {:?}", entry.id)));
            }
            if entry.repository.is_some() == entry.folder.is_some() {
                return Err(wrong(format!(
                    "{:?} must name either a repository or a folder",
                    entry.id
                )));
            }
            let odd = |file: &&CatalogueFile| {
                let digits =
                    |text: &String| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                inside(&file.path).as_deref() != Some(file.path.as_str())
                    || file.sha256.as_ref().is_some_and(|text| !digits(text))
            };
            if let Some(file) = entry.files.iter().find(odd) {
                return Err(wrong(format!(
                    "the file {:?} of {:?} has a path that leads elsewhere, or a sha256 that is none",
                    file.path, entry.id
                )));
            }
        }
        Ok(catalogue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::checksum::sha256_of;

    #[test]
    fn the_catalogue_that_comes_with_the_program_is_sound_and_says_all_that_a_reader_asks() {
        let catalogue = Catalogue::read(Path::new("")).unwrap();
        assert!(catalogue.models.len() >= 6);
        assert!(
            catalogue
                .find("copier")
                .is_some_and(|copier| copier.demonstration)
        );
        for entry in &catalogue.models {
            assert!(
                !entry.purpose.is_empty() && !entry.licence.is_empty(),
                "{}",
                entry.id
            );
            assert!(
                entry.about_megabytes.is_some() && entry.about_memory_megabytes.is_some(),
                "{}",
                entry.id
            );
            assert!(entry.folder.is_some() || entry.graph.is_some(), "{}", entry.id);
        }
    }

    #[test]
    fn what_comes_with_gemba_is_what_the_catalogue_promises() {
        let catalogue = Catalogue::read(Path::new("")).unwrap();
        let mut come = 0;
        for entry in &catalogue.models {
            let Some(folder) = &entry.folder else {
                continue;
            };
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            for found in std::fs::read_dir(&folder).unwrap() {
                let found = found.unwrap();
                let name = found.file_name().into_string().unwrap();
                if name == "README.md" {
                    continue;
                }
                let promised = entry.files.iter().find(|file| file.path == name);
                let promised = promised.unwrap_or_else(|| panic!("{} of {}", name, entry.id));
                let (size, sha256) = (
                    found.metadata().unwrap().len(),
                    sha256_of(&found.path(), |_| {}).unwrap(),
                );
                assert_eq!(
                    (promised.size, promised.sha256.as_deref()),
                    (Some(size), Some(sha256.as_str())),
                    "{} of {}",
                    name,
                    entry.id
                );
                come += 1;
            }
        }
        assert!(come >= 8, "{come}");
    }

    #[test]
    fn a_catalogue_with_a_mistake_is_refused_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("models.toml");
        let refused = |text: &str| {
            std::fs::write(&file, text).unwrap();
            Catalogue::read(&file).unwrap_err().to_string()
        };
        assert!(refused("[[model]]\nid = \"../x\"\nfolder = \"x\"\n").contains("../x"));
        assert!(refused("[[model]]\nid = \"x\"\n").contains("either a repository or a folder"));
        assert!(refused("[[model]]\nid = \"x\"\nrepo = \"x\"\n").contains("repo"));
        let twice = "[[model]]\nid = \"x\"\nfolder = \"x\"\n".repeat(2);
        assert!(refused(&twice).contains("two models"));
        let file = "[[model]]\nid = \"x\"\nrepository = \"a/b\"\n[[model.files]]\npath = \"../up\"\n";
        assert!(refused(file).contains("leads elsewhere"));
    }
}
