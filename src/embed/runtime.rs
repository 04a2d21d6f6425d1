//! ONNX Runtime: a library that is loaded while running, once a process.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;

use super::EmbedError;

static LOADED: Mutex<Option<Runtime>> = Mutex::new(None);

/// The loaded library and its one environment; cheap to clone.
#[derive(Debug, Clone)]
pub struct Runtime {
    environment: Environment,
}

impl Runtime {
    /// Loads the library from the folder of the runtime. There is one a process: a second call gives the first
    /// one's.
    pub fn load(folder: &Path) -> Result<Self, EmbedError> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = &*loaded {
            return Ok(runtime.clone());
        }
        let path = library(folder);
        let failed = |reason: String| EmbedError::Runtime {
            path: path.clone(),
            reason,
        };
        if !path.is_file() {
            return Err(failed("there is no such file".to_owned()));
        }
        let environment = ort::init_from(&path)
            .map_err(|error| failed(error.to_string()))?
            .with_name("gemba")
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let runtime = Self { environment };
        *loaded = Some(runtime.clone());
        Ok(runtime)
    }

    /// The environment, of which there is one a process: whatever else runs a model is handed this one.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }
}

fn library(folder: &Path) -> PathBuf {
    folder.join(format!(
        "{}onnxruntime{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_the_library_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert!(library(folder.path()).starts_with(folder.path()));
    }
}
