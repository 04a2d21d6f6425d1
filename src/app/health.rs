//! Looks at an installation without changing it: libraries, models, folders, and whether store and indexes agree.

use std::collections::HashMap;
use std::path::Path;

use serde::Serialize;

use crate::accounts::{Directory, Provider};
use crate::config::Config;
use crate::domain::GenerationId;
use crate::embed::Runtime;
use crate::index::LexicalIndex;
use crate::models::{InstalledModel, LanguageModels};
use crate::store::{DataPaths, Store};
use crate::web::{Tls, day};

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Good,
    /// Worth knowing; nothing is broken.
    Note,
    /// Broken; what was found says what to do.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// What was looked at.
    pub what: &'static str,
    /// How it stands.
    pub state: State,
    /// What was found and, where something is wrong, what to do.
    pub found: String,
}

impl Check {
    /// What was found of `what`.
    pub(super) fn new(what: &'static str, state: State, found: impl Into<String>) -> Self {
        Self {
            what,
            state,
            found: found.into(),
        }
    }

    fn of<T, E: std::fmt::Display>(
        what: &'static str,
        result: Result<T, E>,
        good: impl FnOnce(T) -> String,
    ) -> Self {
        match result {
            Ok(value) => Self::new(what, State::Good, good(value)),
            Err(error) => Self::new(what, State::Wrong, error.to_string()),
        }
    }
}

/// The named steps of ingestion.
pub fn steps() -> impl Iterator<Item = &'static str> {
    crate::ingest::Step::ALL.into_iter().map(|step| step.as_str())
}

/// Looks at everything.
pub async fn checks(config: &Config) -> Vec<Check> {
    let mut checks = vec![
        Check::of("ONNX Runtime", Runtime::load(&config.runtime), |_| {
            format!("loaded from {}", config.runtime.display())
        }),
        Check::of(
            "embedding model",
            InstalledModel::find(&config.runtime, &config.embed.model).and_then(|model| {
                model.verify()?;
                Ok(model)
            }),
            |model| format!("{} in {}", model.model.id, model.folder.display()),
        ),
        language_model(config),
        documents_folder(&config.documents.folder),
    ];
    checks.extend(super::readers::checks(config));
    checks.extend(certificate(config));
    checks.extend(directory(config).await);
    checks.extend(provider(config).await);
    checks.extend(store_and_indexes(config).await);
    checks
}

fn language_model(config: &Config) -> Check {
    let what = "language model";
    let models = LanguageModels::open(&DataPaths::of(&config.data).language_models);
    match models.in_use() {
        Ok(None) => Check::new(
            what,
            State::Note,
            "none is in use, so answers are quoted; see `gemba models list`",
        ),
        Ok(Some(model)) => {
            let inspected = crate::engine::inspect(&model.folder, model.file.as_deref());
            Check::of(what, inspected, |_| {
                format!("{} in {}", model.id, model.folder.display())
            })
        }
        Err(error) => Check::new(what, State::Wrong, error.to_string()),
    }
}

fn certificate(config: &Config) -> Option<Check> {
    let (what, server) = ("certificate", &config.server);
    if server.tls != "auto" {
        let open = !server.address.ip().is_loopback();
        return open.then(|| {
            Check::new(
                what,
                State::Note,
                "server.tls is off: other machines reach Gemba unencrypted",
            )
        });
    }
    let looked = if server.has_own_certificate() {
        Some(Tls::own(&server.certificate, &server.key))
    } else if server.address.ip().is_loopback() {
        None
    } else {
        let made = Tls::look(&super::machine::certificate_folder(config));
        let Some(made) = made else {
            return Some(Check::new(
                what,
                State::Note,
                "one is made when Gemba starts to listen",
            ));
        };
        Some(made)
    };
    let soon = |tls: &Tls| if tls.ends_soon() { State::Note } else { State::Good };
    looked.map(|looked| match looked {
        Ok(tls) => {
            let whose = if tls.own {
                "the company's own"
            } else {
                "made by Gemba"
            };
            let found = format!(
                "{whose}, valid until {}, SHA-256 {}",
                day(tls.ends),
                tls.fingerprint
            );
            Check::new(what, soon(&tls), found)
        }
        Err(error) => Check::new(what, State::Wrong, error.to_string()),
    })
}

async fn directory(config: &Config) -> Option<Check> {
    let what = "directory";
    let directory = match Directory::open(&config.ldap) {
        Ok(None) => return None,
        Ok(Some(directory)) => directory,
        Err(error) => return Some(Check::new(what, State::Wrong, error.to_string())),
    };
    let mut check = Check::of(what, directory.check().await, |found| found);
    if check.state == State::Good && directory.is_open_to_listeners() {
        check.state = State::Note;
        check
            .found
            .push_str("; passwords travel to it unencrypted: use ldaps:// or ldap.start_tls");
    }
    Some(check)
}

async fn provider(config: &Config) -> Option<Check> {
    let what = "provider";
    match Provider::open(&config.oidc) {
        Ok(None) => None,
        Ok(Some(provider)) => Some(Check::of(what, provider.check().await, |found| found)),
        Err(error) => Some(Check::new(what, State::Wrong, error.to_string())),
    }
}

fn documents_folder(folder: &Path) -> Check {
    let what = "documents folder";
    if folder.as_os_str().is_empty() {
        return Check::new(
            what,
            State::Note,
            "not configured here; `serve` and `ingest` take it as --documents FOLDER",
        );
    }
    Check::of(what, std::fs::read_dir(folder), |_| {
        format!("{} can be read", folder.display())
    })
}

async fn store_and_indexes(config: &Config) -> Vec<Check> {
    let paths = DataPaths::of(&config.data);
    if !paths.store.exists() {
        return vec![Check::new(
            "store",
            State::Note,
            format!(
                "there is none in {}: if your server works on another data folder, name it with --data or GEMBA_DATA",
                paths.folder.display()
            ),
        )];
    }
    let store = match Store::open(&paths.store).await {
        Ok(store) => store,
        Err(error) => return vec![Check::new("store", State::Wrong, error.to_string())],
    };
    let live = match store.live_counts().await {
        Ok(live) => live,
        Err(error) => return vec![Check::new("store", State::Wrong, error.to_string())],
    };
    let wanted: HashMap<GenerationId, u64> = live
        .iter()
        .map(|generation| (generation.generation, u64::from(generation.passages)))
        .collect();
    let passages: u64 = wanted.values().sum();
    let mut checks = vec![Check::new(
        "store",
        State::Good,
        format!("{} documents with {passages} passages can be found", wanted.len()),
    )];
    let lexical = paths.lexical.exists().then(|| LexicalIndex::open(&paths.lexical));
    checks.push(match lexical {
        None => missing("lexical index", wanted.is_empty()),
        Some(index) => match index.and_then(|index| index.generations()) {
            Ok(found) => agreement("lexical index", &wanted, &found),
            Err(error) => Check::new("lexical index", State::Wrong, error.to_string()),
        },
    });
    checks.push(if paths.vectors.exists() {
        match crate::ingest::look_at_vectors(&store, &paths.vectors).await {
            Ok(Some(found)) => agreement("vector index", &wanted, &found),
            Ok(None) => missing("vector index", wanted.is_empty()),
            Err(error) => Check::new("vector index", State::Wrong, error.to_string()),
        }
    } else {
        missing("vector index", wanted.is_empty())
    });
    store.close().await;
    checks
}

fn missing(what: &'static str, nothing_to_hold: bool) -> Check {
    if nothing_to_hold {
        Check::new(what, State::Note, "not made yet")
    } else {
        Check::new(
            what,
            State::Wrong,
            "it is missing: run `gemba reindex`, which rebuilds it from the store",
        )
    }
}

/// Compares passages by generation. Generations that the store no longer shows are waste, not a fault: they are cleaned
/// up in passing and no query shows them.
fn agreement(
    what: &'static str,
    wanted: &HashMap<GenerationId, u64>,
    found: &HashMap<GenerationId, u64>,
) -> Check {
    let differing = wanted
        .iter()
        .filter(|(generation, passages)| found.get(generation) != Some(passages))
        .count();
    if differing > 0 {
        return Check::new(
            what,
            State::Wrong,
            format!("{differing} documents are not as the store has them: run `gemba reindex`"),
        );
    }
    let stale: u64 = found
        .iter()
        .filter(|(generation, _)| !wanted.contains_key(generation))
        .map(|(_, passages)| passages)
        .sum();
    let waste = if stale > 0 {
        format!("; {stale} passages of old generations wait to be cleaned up")
    } else {
        String::new()
    };
    Check::new(what, State::Good, format!("store and index agree{waste}"))
}
