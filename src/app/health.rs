//! Looks at an installation without changing it: libraries, models, folders, and whether store and indexes agree.

use std::path::Path;

use serde::Serialize;

use crate::accounts::{Directory, Provider};
use crate::config::Config;
use crate::embed::Runtime;
use crate::index::LexicalIndex;
use crate::ingest::{Agreement, IngestError, vectors_agree, words_agree};
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
    checks.extend(gpu(config));
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

/// Whether there is the GPU that was asked for; nothing if none was.
fn gpu(config: &Config) -> Option<Check> {
    if config.generate.provider != "cuda" {
        return None;
    }
    // Without the library, that is what is said to be wrong.
    Runtime::load(&config.runtime).ok()?;
    Some(Check::of("GPU", crate::engine::Provider::Cuda.check(), |()| {
        "ONNX Runtime computes on it".to_owned()
    }))
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
    let (documents, passages) = match store.live_totals().await {
        Ok(totals) => totals,
        Err(error) => return vec![Check::new("store", State::Wrong, error.to_string())],
    };
    let mut checks = vec![Check::new(
        "store",
        State::Good,
        format!("{documents} documents with {passages} passages can be found"),
    )];
    let lexical = paths.lexical.exists().then(|| LexicalIndex::open(&paths.lexical));
    checks.push(match lexical {
        None => missing("lexical index", documents == 0),
        Some(Ok(index)) => agreement("lexical index", words_agree(&store, &index).await),
        Some(Err(error)) => Check::new("lexical index", State::Wrong, error.to_string()),
    });
    let vectors = if paths.vectors.exists() {
        vectors_agree(&store, &paths.vectors).await.transpose()
    } else {
        None
    };
    checks.push(match vectors {
        Some(agrees) => agreement("vector index", agrees),
        None => missing("vector index", documents == 0),
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

fn agreement(what: &'static str, agreement: Result<Agreement, IngestError>) -> Check {
    let Agreement { differing, stale } = match agreement {
        Ok(agreement) => agreement,
        Err(error) => return Check::new(what, State::Wrong, error.to_string()),
    };
    if differing > 0 {
        return Check::new(
            what,
            State::Wrong,
            format!("{differing} documents are not as the store has them: run `gemba reindex`"),
        );
    }
    let waste = if stale > 0 {
        format!("; {stale} passages of old generations wait to be cleaned up")
    } else {
        String::new()
    };
    Check::new(what, State::Good, format!("store and index agree{waste}"))
}
