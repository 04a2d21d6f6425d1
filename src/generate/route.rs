//! Who writes at the moment, and how one model takes the place of another while people ask.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::local::{GenerateError, Local};
use crate::engine::EngineError;

/// How long answers that are being written may keep the old model, where both do not fit into memory.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How often it is looked whether they have ended.
const LOOK: Duration = Duration::from_millis(50);

/// How it stands with the language model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Condition {
    /// None is in use: answers are quotes.
    None,
    /// It writes.
    Ready {
        /// The model.
        model: String,
    },
    /// It is being loaded.
    Loading {
        /// The model.
        model: String,
        /// The one that writes meanwhile, if any.
        meanwhile: Option<String>,
        /// How many seconds it will take, as far as that can be said.
        seconds: u64,
    },
    /// It could not be loaded.
    Failed {
        /// The model.
        model: String,
        /// Why.
        reason: String,
        /// The one that goes on writing, if any.
        instead: Option<String>,
    },
}

struct State {
    writer: Option<Arc<Local>>,
    condition: Condition,
}

/// The model that writes. Cheap to clone; all clones are the same route.
#[derive(Clone)]
pub struct Route(Arc<RwLock<State>>);

impl Default for Route {
    fn default() -> Self {
        Self(Arc::new(RwLock::new(State {
            writer: None,
            condition: Condition::None,
        })))
    }
}

impl Route {
    /// The model that writes, if one does.
    pub fn writer(&self) -> Option<Arc<Local>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .writer
            .clone()
    }

    /// How it stands.
    pub fn condition(&self) -> Condition {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .condition
            .clone()
    }

    /// Nobody writes any more; answers that are being written come to their end.
    pub fn clear(&self) {
        self.set(None, Condition::None);
    }

    /// Puts the model that `load` loads in the place of the one that writes. `load` is told which one it is to stand
    /// beside, and may be called a second time: if both do not fit into memory, the old one is given up first, once those
    /// who read its answers have their end.
    /// `reload` loads the old one again where the new one then fails. Takes as long as loading does.
    pub fn change(
        &self,
        model: &str,
        seconds: u64,
        load: impl Fn(Option<&Local>) -> Result<Local, GenerateError>,
        reload: impl FnOnce() -> Result<Local, GenerateError>,
    ) {
        let old = self.writer();
        let name = |local: &Option<Arc<Local>>| local.as_ref().map(|local| local.profile().id.clone());
        self.set(
            old.clone(),
            Condition::Loading {
                model: model.to_owned(),
                meanwhile: name(&old),
                seconds,
            },
        );
        let mut loaded = load(old.as_deref());
        let too_large = matches!(loaded, Err(GenerateError::Engine(EngineError::Memory { .. })));
        let mut old = old;
        if too_large && old.is_some() {
            tracing::info!(
                model,
                seconds,
                "both models do not fit into memory: nothing is written until the new one is loaded"
            );
            self.set(
                None,
                Condition::Loading {
                    model: model.to_owned(),
                    meanwhile: None,
                    seconds,
                },
            );
            wait_until_unused(old.take());
            loaded = load(None);
            if loaded.is_err() {
                old = reload().ok().map(Arc::new);
            }
        }
        match loaded {
            Ok(local) => {
                tracing::info!(model, "writes the answers from now on");
                let model = model.to_owned();
                self.set(Some(Arc::new(local)), Condition::Ready { model });
            }
            Err(error) => {
                let instead = name(&old);
                let reason = error.to_string();
                tracing::error!(model, reason, instead, "the language model cannot be loaded");
                let model = model.to_owned();
                self.set(
                    old,
                    Condition::Failed {
                        model,
                        reason,
                        instead,
                    },
                );
            }
        }
    }

    fn set(&self, writer: Option<Arc<Local>>, condition: Condition) {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut state.writer, writer);
        state.condition = condition;
        drop(state);
        // Waits for the model's thread where this was its last holder: not under the lock.
        drop(before);
    }
}

/// Waits until nobody reads an answer of the model, then frees it.
fn wait_until_unused(model: Option<Arc<Local>>) {
    let begun = Instant::now();
    while let Some(model) = &model {
        if Arc::strong_count(model) == 1 || begun.elapsed() > LONGEST_WAIT {
            break;
        }
        std::thread::sleep(LOOK);
    }
}
