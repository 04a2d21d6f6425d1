//! Opens what every command needs: embedder, store and both indexes.

use std::path::Path;
use std::sync::Arc;

use super::StartError;
use crate::answer::Answerer;
use crate::config::{Config, EmbedConfig};
use crate::embed::{Embedder, LocalEmbedder, Precision, Runtime, Sessions};
use crate::generate::Route;
use crate::index::{CurrentVectors, LexicalIndex};
use crate::models::InstalledModel;
use crate::retrieve::{QuestionEmbedders, Retriever};
use crate::store::{DataPaths, Store};

/// Loads the embedding model that is configured.
pub(super) fn load_embedder(
    runtime: &Path,
    config: &EmbedConfig,
    spare: &Path,
) -> Result<LocalEmbedder, StartError> {
    let installed = InstalledModel::find(runtime, &config.model).map_err(crate::embed::EmbedError::from)?;
    let precision = if config.precision == "fp32" {
        Precision::Fp32
    } else {
        Precision::Int8
    };
    let sessions = match config.sessions {
        0 => Sessions::default(),
        count => Sessions {
            count,
            ..Sessions::default()
        },
    };
    Ok(LocalEmbedder::load(
        &Runtime::load(runtime)?,
        &installed,
        precision,
        sessions,
        spare,
    )?)
}

/// The model whose vectors are in force, where that is another than the configured one: it embeds the questions until
/// the new vectors are complete. Nothing where it is not installed any more; then words alone find.
fn load_previous(
    runtime: &Path,
    vectors: &CurrentVectors,
    configured: &dyn Embedder,
    spare: &Path,
) -> Result<Option<Arc<dyn Embedder>>, StartError> {
    if vectors.get_for(configured.fingerprint()).is_some() {
        return Ok(None);
    }
    let one = Sessions { count: 1, threads: 1 };
    for installed in InstalledModel::all(runtime) {
        for precision in [Precision::Int8, Precision::Fp32] {
            let fingerprint = LocalEmbedder::fingerprint_of(installed.model, precision);
            if vectors.get_for(&fingerprint).is_some() {
                let runtime = Runtime::load(runtime)?;
                let previous = LocalEmbedder::load(&runtime, &installed, precision, one, spare)?;
                tracing::info!(
                    model = fingerprint,
                    "embeds questions until the new vectors are complete"
                );
                return Ok(Some(Arc::new(previous)));
            }
        }
    }
    tracing::warn!(
        "the model that made the vectors in force is not installed: until the new ones are complete, words alone find"
    );
    Ok(None)
}

/// The places in the data folder that is configured, where there is a store: a command that looks after one, or reads it, must
/// not begin another one in a folder that nobody meant.
pub fn with_store(config: &Config) -> Result<DataPaths, StartError> {
    let paths = DataPaths::of(&config.data);
    if paths.store.exists() {
        Ok(paths)
    } else {
        Err(StartError::NoStore { data: paths.folder })
    }
}

/// Reads the documents for questions and searches.
#[derive(Clone)]
pub struct Reader {
    /// Finds passages.
    pub retriever: Retriever,
    /// Answers questions.
    pub answerer: Answerer,
    /// The language model that writes, if one does.
    pub route: Route,
    store: Store,
}

impl Reader {
    /// Over rooms that are open.
    pub(super) fn over(
        config: &Config,
        store: &Store,
        lexical: &LexicalIndex,
        vectors: &CurrentVectors,
        embedder: &Arc<LocalEmbedder>,
    ) -> Result<Self, StartError> {
        let spare = DataPaths::of(&config.data).models;
        let previous = load_previous(&config.runtime, vectors, embedder.as_ref(), &spare)?;
        let retriever = Retriever::new(
            store.clone(),
            lexical.clone(),
            vectors.clone(),
            QuestionEmbedders::new(Arc::clone(embedder) as Arc<_>, previous),
        );
        let route = Route::default();
        let answerer = Answerer::new(store.clone(), retriever.clone(), route.clone());
        Ok(Self {
            retriever,
            answerer,
            route,
            store: store.clone(),
        })
    }

    /// Closes the store, once the audit log says what was asked.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// Opens a data folder for reading, beside a server that may be working on it.
    pub async fn open(config: &Config) -> Result<Self, StartError> {
        let paths = with_store(config)?;
        let embedder = Arc::new(load_embedder(&config.runtime, &config.embed, &paths.models)?);
        let store = Store::open(&paths.store)
            .await?
            .keeping_questions(config.audit.questions);
        let lexical = LexicalIndex::open(&paths.lexical)?;
        let vectors = crate::ingest::open_vectors(&store, &paths.vectors, embedder.as_ref()).await?;
        Self::over(config, &store, &lexical, &vectors, &embedder)
    }
}
