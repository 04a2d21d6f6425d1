//! Opens what every command needs: embedder, store and both indexes.

use std::path::Path;
use std::sync::Arc;

use super::StartError;
use crate::answer::Answerer;
use crate::config::{Config, EmbedConfig};
use crate::embed::{LocalEmbedder, Precision, Runtime, Sessions};
use crate::generate::Quotes;
use crate::index::{CurrentVectors, LexicalIndex};
use crate::models::InstalledModel;
use crate::retrieve::Retriever;
use crate::store::Store;

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

/// Reads the documents for questions and searches.
#[derive(Clone)]
pub struct Reader {
    /// Finds passages.
    pub retriever: Retriever,
    /// Answers questions.
    pub answerer: Answerer,
}

impl Reader {
    /// Over rooms that are open.
    pub(super) fn over(
        store: &Store,
        lexical: &LexicalIndex,
        vectors: &CurrentVectors,
        embedder: &Arc<LocalEmbedder>,
    ) -> Self {
        let retriever = Retriever::new(
            store.clone(),
            lexical.clone(),
            vectors.clone(),
            Arc::clone(embedder) as Arc<_>,
        );
        let answerer = Answerer::new(
            store.clone(),
            retriever.clone(),
            Arc::clone(embedder) as Arc<_>,
            Arc::new(Quotes),
        );
        Self { retriever, answerer }
    }

    /// Opens a data folder for reading, beside a server that may be working on it.
    pub async fn open(config: &Config) -> Result<Self, StartError> {
        let paths = crate::store::DataPaths::of(&config.data);
        if !paths.store.exists() {
            return Err(StartError::NothingIngested { data: paths.folder });
        }
        let embedder = Arc::new(load_embedder(&config.runtime, &config.embed, &paths.models)?);
        let store = Store::open(&paths.store).await?;
        let lexical = LexicalIndex::open(&paths.lexical)?;
        let vectors = crate::ingest::open_vectors(&store, &paths.vectors, embedder.as_ref()).await?;
        Ok(Self::over(&store, &lexical, &vectors, &embedder))
    }
}
