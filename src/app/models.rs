//! The language models that are installed and those that the catalogue offers, in one list for the command line and the
//! browser.

use std::path::PathBuf;

use crate::config::{Config, GenerateConfig};
use crate::domain::Language;
use crate::engine::{self, ModelShape, Need};
use crate::models::{Catalogue, Entry, LanguageModel, LanguageModels, ModelError};
use crate::store::DataPaths;
use crate::web::{Loading, Model};

/// Tokens of one answer for which memory is told; as many as `gemba models try` has room for by default.
const CONTEXT: usize = 4_096;

/// The models of a data folder and of a catalogue.
#[derive(Debug, Clone)]
pub struct KnownModels {
    models: LanguageModels,
    catalogue: PathBuf,
    config: GenerateConfig,
}

impl KnownModels {
    /// Those of a configuration.
    pub fn of(config: &Config) -> Self {
        Self {
            models: LanguageModels::open(&DataPaths::of(&config.data).language_models),
            catalogue: config.models.catalogue.clone(),
            config: config.generate.clone(),
        }
    }

    /// Those that are installed, then what the catalogue offers besides.
    ///
    /// # Errors
    ///
    /// Those of [`Catalogue::read`] and [`LanguageModels::in_use_id`].
    pub fn list(&self) -> Result<Vec<Model>, ModelError> {
        let catalogue = Catalogue::read(&self.catalogue)?;
        let in_use = self.models.in_use_id()?;
        let there = self.models.ids();
        let held = in_use.as_deref().map(|id| self.need(id));
        let mut list: Vec<Model> = there
            .iter()
            .map(|id| match self.models.find(id) {
                Ok(model) => self.of_installed(model, held),
                Err(error) => Model {
                    id: id.clone(),
                    wrong: Some(error.to_string()),
                    ..Model::default()
                },
            })
            .map(|model| Model {
                installed: true,
                in_use: in_use.as_deref() == Some(model.id.as_str()),
                ..model
            })
            .collect();
        let gone = in_use.filter(|id| !there.contains(id));
        list.extend(gone.iter().map(|id| Model {
            id: id.clone(),
            in_use: true,
            wrong: Some(ModelError::Absent { id: id.clone() }.to_string()),
            ..Model::default()
        }));
        let others = catalogue.models.iter().filter(|entry| !there.contains(&entry.id));
        list.extend(
            others
                .filter(|entry| gone.as_ref() != Some(&entry.id))
                .map(of_entry),
        );
        Ok(list)
    }

    /// Lets a model write the answers, or none, as `gemba models use` does.
    ///
    /// # Errors
    ///
    /// Those of [`LanguageModels::use_model`].
    pub fn choose(&self, id: Option<&str>) -> Result<(), ModelError> {
        match id {
            Some(id) => self.models.use_model(id).map(drop),
            None => self.models.use_none(),
        }
    }

    /// `held` is the memory of the model that writes now, where there is one.
    fn of_installed(&self, model: LanguageModel, held: Option<u64>) -> Model {
        let shape = ModelShape::read(&model.folder, model.file.as_deref());
        let one = shape.as_ref().ok().map(|shape| {
            let need = Need::of(shape, 1, CONTEXT.min(shape.context_length));
            need.weights.saturating_add(need.cache)
        });
        let free = match self.config.memory_megabytes {
            0 => engine::available_memory().unwrap_or(u64::MAX),
            megabytes => (megabytes << 20).saturating_sub(held.unwrap_or(0)),
        };
        let alone = held.is_some() && shape.as_ref().is_ok_and(|shape| self.need_of(shape) > free);
        Model {
            loading: Some(Loading {
                seconds: super::writer::seconds(&model),
                alone,
            }),
            bytes: Some(model.size()),
            memory_bytes: one,
            demonstration: model.demonstration,
            wrong: shape.err().map(|error| error.to_string()),
            languages: tags(&model.languages),
            id: model.id,
            purpose: model.purpose,
            licence: model.licence,
            source: Some(model.source),
            ..Model::default()
        }
    }

    /// What a model takes as it is configured here.
    fn need(&self, id: &str) -> u64 {
        let model = self.models.find(id).ok();
        let shape = model.and_then(|model| ModelShape::read(&model.folder, model.file.as_deref()).ok());
        shape.map_or(0, |shape| self.need_of(&shape))
    }

    fn need_of(&self, shape: &ModelShape) -> u64 {
        let context = self.config.context.min(shape.context_length);
        let need = Need::of(shape, self.config.answers, context);
        need.weights.saturating_add(need.cache)
    }
}

fn of_entry(entry: &Entry) -> Model {
    let id = &entry.id;
    Model {
        id: id.clone(),
        purpose: entry.purpose.clone(),
        licence: entry.licence.clone(),
        languages: tags(&entry.languages),
        bytes: entry.about_megabytes.map(|megabytes| megabytes * 1_000_000),
        memory_bytes: entry
            .about_memory_megabytes
            .map(|megabytes| megabytes * 1_000_000),
        about: true,
        demonstration: entry.demonstration,
        source: entry.repository.clone(),
        install: Some(match &entry.folder {
            Some(folder) => format!("gemba models import {} --id {id}", folder.display()),
            None => format!("gemba models pull {id}"),
        }),
        ..Model::default()
    }
}

fn tags(languages: &[Language]) -> Vec<&'static str> {
    languages.iter().map(|language| language.tag()).collect()
}
