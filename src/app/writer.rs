//! Which language model writes: the one that `gemba models use` chose. It is loaded in the background, and another one
//! takes its place while people ask.

use std::path::Path;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::config::{Config, GenerateConfig};
use crate::embed::{EmbedError, Runtime};
use crate::engine::{Engine, EngineError, Options, Provider, Threads};
use crate::generate::{GenerateError, Local, Profile, Route};
use crate::models::{LanguageModel, LanguageModels};
use crate::store::DataPaths;

/// How often it is looked which model is in use.
const LOOK: Duration = Duration::from_secs(2);
/// What loading takes at least, in seconds, and how many bytes of weights a second beyond that: a slow disk.
const LEAST_SECONDS: u64 = 2;
const BYTES_A_SECOND: u64 = 200_000_000;

/// Loads language models as they are configured. Cheap to clone.
#[derive(Clone)]
pub struct Writers {
    models: LanguageModels,
    runtime: Runtime,
    config: GenerateConfig,
}

/// A model by what tells it from every other that was ever installed under its name.
type Chosen = Option<LanguageModel>;

impl Writers {
    /// The language models of the configured data folder.
    ///
    /// # Errors
    ///
    /// [`EmbedError::Runtime`] if ONNX Runtime cannot be loaded.
    pub fn open(config: &Config) -> Result<Self, EmbedError> {
        Ok(Self {
            models: LanguageModels::open(&DataPaths::of(&config.data).language_models),
            runtime: Runtime::load(&config.runtime)?,
            config: config.generate.clone(),
        })
    }

    /// Puts the model in use on `route`, and waits until it is loaded. Whether it is can be seen there.
    pub async fn load(&self, route: &Route) {
        self.change(route, None, self.chosen(None)).await;
    }

    /// Loads the model in `folder`, which need not be installed.
    pub async fn load_from(&self, folder: &Path, route: &Route) {
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        let model = LanguageModel {
            id: name.to_string_lossy().into_owned(),
            folder: folder.to_owned(),
            ..LanguageModel::default()
        };
        self.change(route, None, Some(model)).await;
    }

    /// Keeps the model in use on `route` until `stop`.
    pub async fn follow(self, route: Route, stop: CancellationToken) {
        let mut current = None;
        loop {
            let chosen = self.chosen(current.as_ref());
            if chosen != current {
                self.change(&route, current, chosen.clone()).await;
                current = chosen;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// The model in use; where that cannot be said, the one that was.
    fn chosen(&self, current: Option<&LanguageModel>) -> Chosen {
        self.models.in_use().unwrap_or_else(|error| {
            if current.is_none() {
                tracing::warn!(%error, "no language model writes");
            }
            current.cloned()
        })
    }

    async fn change(&self, route: &Route, old: Chosen, new: Chosen) {
        let (writers, route) = (self.clone(), route.clone());
        let changing = tokio::task::spawn_blocking(move || match new {
            None => route.clear(),
            Some(new) => {
                let reload = || match &old {
                    Some(old) => writers.engine(old, None),
                    None => Err(EngineError::Stopped("there was no model before".to_owned()).into()),
                };
                route.change(
                    &new.id,
                    seconds(&new),
                    |beside| writers.engine(&new, beside),
                    reload,
                );
            }
        });
        if let Err(error) = changing.await {
            tracing::error!(%error, "loading the language model ended in a panic");
        }
        super::memory::give_back();
    }

    /// Loads a model; the configured memory is for all that are loaded, so what `beside` has is taken off.
    fn engine(&self, model: &LanguageModel, beside: Option<&Local>) -> Result<Local, GenerateError> {
        let config = &self.config;
        let options = Options {
            rows: config.answers,
            waiting: config.waiting,
            context: config.context,
            threads: if config.threads == 0 {
                Threads::default()
            } else {
                Threads(config.threads)
            },
            provider: if config.provider == "cuda" {
                Provider::Cuda
            } else {
                Provider::Cpu
            },
            memory: (config.memory_megabytes > 0)
                .then(|| (config.memory_megabytes << 20).saturating_sub(beside.map_or(0, Local::memory))),
            file: model.file.clone(),
            ..Options::default()
        };
        let engine = Engine::load(self.runtime.environment(), &model.folder, &options)?;
        let profile = Profile {
            id: model.id.clone(),
            languages: model.languages.clone(),
            demonstration: model.demonstration,
            answer_tokens: config.answer_tokens,
            passage_tokens: config.passage_tokens,
        };
        Ok(Local::new(engine, profile))
    }
}

/// How long loading takes, as far as that can be said.
pub(super) fn seconds(model: &LanguageModel) -> u64 {
    LEAST_SECONDS + model.size() / BYTES_A_SECOND
}
