//! The embedding models that this version knows, and which of them set-up installed.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{ModelError, quantise};
use crate::domain::Language;

/// How the numbers of a model are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Eight bits, quantised: more than twice as fast, and as good at finding.
    #[default]
    Int8,
    /// As published.
    Fp32,
}

impl Precision {
    /// The name used in the configuration and in the names of vector tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Int8 => "int8",
            Self::Fp32 => "fp32",
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What is known about an embedding model without opening it.
#[derive(Debug, PartialEq, Eq)]
pub struct EmbeddingModel {
    /// Its name in the configuration and its folder's name.
    pub id: &'static str,
    /// How many numbers its vectors have.
    pub dimension: usize,
    /// Tokens that it was trained to read; what is longer is cut off.
    pub max_tokens: usize,
    /// The languages that it understands.
    pub languages: &'static [Language],
}

/// Every embedding model that this version knows.
pub const EMBEDDING_MODELS: [EmbeddingModel; 1] = [EmbeddingModel {
    id: "all-minilm-l6-v2",
    dimension: 384,
    max_tokens: 256,
    languages: &[Language::English],
}];

const TOKENIZER: &str = "tokenizer.json";
const LAYOUT: &str = "model-int8.layout.json";
const WEIGHTS: &str = "model.safetensors";
const INT8_WEIGHTS: &str = "model-int8.bin";

/// A model whose files are there.
#[derive(Debug, Clone)]
pub struct InstalledModel {
    /// What is known about it.
    pub model: &'static EmbeddingModel,
    /// Where its files are.
    pub folder: PathBuf,
}

impl InstalledModel {
    /// The model `id` in the folder of the runtime, if all its files are there.
    pub fn find(runtime: &Path, id: &str) -> Result<Self, ModelError> {
        let model = EMBEDDING_MODELS
            .iter()
            .find(|model| model.id == id)
            .ok_or_else(|| ModelError::Unknown {
                id: id.to_owned(),
                known: EMBEDDING_MODELS.map(|model| model.id).join(", "),
            })?;
        let folder = runtime.join("models").join(model.id);
        let installed = Self { model, folder };
        for name in [
            TOKENIZER,
            WEIGHTS,
            LAYOUT,
            graph(Precision::Int8),
            graph(Precision::Fp32),
        ] {
            let path = installed.folder.join(name);
            if !path.is_file() {
                return Err(ModelError::NotInstalled { id: model.id, path });
            }
        }
        Ok(installed)
    }

    /// Every model that is installed in the folder of the runtime.
    pub fn all(runtime: &Path) -> Vec<Self> {
        EMBEDDING_MODELS
            .iter()
            .filter_map(|model| Self::find(runtime, model.id).ok())
            .collect()
    }

    /// The graph, whose weights lie in a file of their own.
    pub fn graph(&self, precision: Precision) -> PathBuf {
        self.folder.join(graph(precision))
    }

    /// The tokenizer.
    pub fn tokenizer(&self) -> PathBuf {
        self.folder.join(TOKENIZER)
    }

    /// The weights that the graph of `precision` names, and the name by which it does. The quantised ones are
    /// computed the first time and kept beside the others, or under `spare` where the model's folder is read-only.
    pub fn weights(&self, precision: Precision, spare: &Path) -> Result<(&'static str, PathBuf), ModelError> {
        if precision == Precision::Fp32 {
            return Ok((WEIGHTS, self.folder.join(WEIGHTS)));
        }
        let places = [self.folder.clone(), spare.join("models").join(self.model.id)];
        if let Some(made) = places
            .iter()
            .map(|place| place.join(INT8_WEIGHTS))
            .find(|path| path.is_file())
        {
            return Ok((INT8_WEIGHTS, made));
        }
        let weights = self.quantised()?;
        let [beside, spare] = places;
        let made = write_whole(&beside, &weights).or_else(|_| write_whole(&spare, &weights))?;
        Ok((INT8_WEIGHTS, made))
    }

    /// Compares the weights with the checksum that the layout names; takes as long as reading them.
    pub fn verify(&self) -> Result<(), ModelError> {
        self.quantised().map(drop)
    }

    fn quantised(&self) -> Result<Vec<u8>, ModelError> {
        let path = self.folder.join(LAYOUT);
        let layout = std::fs::read_to_string(&path).map_err(|source| ModelError::File { path, source })?;
        let source = read(&self.folder.join(WEIGHTS))?;
        quantise(&source, &layout).map_err(|source| ModelError::Quantise {
            id: self.model.id,
            source,
        })
    }
}

/// The content of a model's file.
pub fn read(path: &Path) -> Result<Vec<u8>, ModelError> {
    std::fs::read(path).map_err(|source| ModelError::File {
        path: path.to_owned(),
        source,
    })
}

fn graph(precision: Precision) -> &'static str {
    match precision {
        Precision::Int8 => "model-int8.onnx",
        Precision::Fp32 => "model.onnx",
    }
}

/// Writes the file under another name first: whoever finds it finds it whole.
fn write_whole(folder: &Path, content: &[u8]) -> Result<PathBuf, ModelError> {
    let path = folder.join(INT8_WEIGHTS);
    let write = || {
        std::fs::create_dir_all(folder)?;
        let unfinished = tempfile::NamedTempFile::new_in(folder)?;
        std::fs::write(unfinished.path(), content)?;
        unfinished.as_file().sync_all()?;
        unfinished.persist(&path).map_err(|error| error.error)?;
        Ok(())
    };
    match write() {
        Ok(()) => Ok(path),
        Err(source) => Err(ModelError::File { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_model_is_answered_with_those_that_there_are() {
        let error = InstalledModel::find(Path::new("/nowhere"), "gpt").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no embedding model \"gpt\": choose one of all-minilm-l6-v2"
        );
    }

    #[test]
    fn a_model_that_lacks_a_file_is_not_installed_and_the_file_is_named() {
        let runtime = tempfile::tempdir().unwrap();
        let error = InstalledModel::find(runtime.path(), "all-minilm-l6-v2").unwrap_err();
        assert!(matches!(error, ModelError::NotInstalled { path, .. } if path.ends_with("tokenizer.json")));
        assert!(InstalledModel::all(runtime.path()).is_empty());
    }
}
