//! The manifest of an installed language model: `gemba-model.toml`, which names its files and where they came from.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Entry;
use super::path::inside;
use crate::domain::Language;

/// What is written beside the files of an installed model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Its name on the command line, and its folder's name.
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
    /// Where it came from: `OWNER/NAME@COMMIT`, or `import`.
    #[serde(default)]
    pub source: String,
    /// Whether it only shows that answers can be written: too small to be relied on.
    #[serde(default)]
    pub demonstration: bool,
    /// The graph's file, where the export alone does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graph: Option<String>,
    /// When it was installed, as RFC 3339 writes it.
    #[serde(default)]
    pub installed: String,
    /// Every file of it.
    pub files: Vec<ModelFile>,
}

/// A file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFile {
    /// Its path within the model's folder.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: String,
}

impl Manifest {
    /// The file's name in a model's folder.
    pub const FILE: &str = "gemba-model.toml";

    /// What the catalogue says of a model, before its files are known.
    pub(super) fn of(entry: &Entry, source: String) -> Self {
        Self {
            id: entry.id.clone(),
            purpose: entry.purpose.clone(),
            licence: entry.licence.clone(),
            languages: entry.languages.clone(),
            source,
            demonstration: entry.demonstration,
            graph: None,
            installed: String::new(),
            files: Vec::new(),
        }
    }

    /// Reads the manifest in `folder`; the error is a sentence.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(folder.join(Self::FILE))
            .map_err(|error| format!("its {} cannot be read ({error})", Self::FILE))?;
        let manifest: Self = toml::from_str(&text)
            .map_err(|error| format!("its {} is not understood ({})", Self::FILE, error.message()))?;
        let odd = manifest
            .files
            .iter()
            .find(|file| inside(&file.path).is_none_or(|path| path != file.path));
        match odd {
            Some(file) => Err(format!(
                "its {} names {:?}, which is no file of it",
                Self::FILE,
                file.path
            )),
            None => Ok(manifest),
        }
    }

    /// The manifest as it is written.
    pub fn text(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }

    /// Bytes of all files.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

/// Languages as tags, `["en", "zh"]`.
pub(super) mod tags {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::Language;

    pub fn serialize<S: Serializer>(languages: &[Language], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(languages.iter().map(|language| language.tag()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Language>, D::Error> {
        Vec::<String>::deserialize(from)?
            .iter()
            .map(|tag| {
                Language::from_tag(tag).ok_or_else(|| {
                    D::Error::custom(format!("there is no language {tag:?}: en and zh are known"))
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = Manifest {
            id: "qwen3".to_owned(),
            purpose: "short answers".to_owned(),
            licence: "Apache-2.0".to_owned(),
            languages: vec![Language::English, Language::Chinese],
            source: "import".to_owned(),
            demonstration: false,
            graph: Some("onnx/model_q4.onnx".to_owned()),
            installed: String::new(),
            files: vec![ModelFile {
                path: "config.json".to_owned(),
                size: 3,
                sha256: "ab".to_owned(),
            }],
        };
        std::fs::write(folder.path().join(Manifest::FILE), manifest.text().unwrap()).unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), manifest);
    }

    #[test]
    fn a_manifest_that_names_a_file_elsewhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let text = "id = \"x\"\n[[files]]\npath = \"../../secret\"\nsize = 1\nsha256 = \"\"\n";
        std::fs::write(folder.path().join(Manifest::FILE), text).unwrap();
        let error = Manifest::read(folder.path()).unwrap_err();
        assert!(error.contains("no file of it"), "{error}");
    }
}
