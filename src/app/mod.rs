//! The composition root: the one place that knows every room, opens them in order and closes them again.

pub mod health;
mod house;
pub mod log;
mod machine;
pub mod memory;
mod models;
mod readers;
mod rooms;
mod serving;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::accounts::{AccountsError, DirectoryError, ProviderError};
use crate::config::Config;
use crate::domain::{Document, DocumentState, Readable};
use crate::embed::{EmbedError, LocalEmbedder};
use crate::index::{IndexError, LexicalIndex};
use crate::ingest::isolation::{IsolationError, Readers};
use crate::ingest::{Faults, IngestError, Pipeline, PipelineParts};
use crate::store::{DataFolder, DocumentQuery, Store, StoreError};
use crate::web::{TlsError, WebError};

pub use machine::check_certificate;
pub use models::KnownModels;
pub(crate) use readers::open as open_readers;
pub use rooms::{Reader, with_store};
pub use serving::Ready;
pub use writer::Writers;

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No documents folder is configured.
    #[error(
        "which documents? Name their folder with --documents FOLDER, or as documents.folder in the configuration"
    )]
    NoDocuments,
    /// The documents folder cannot be read.
    #[error("the documents folder {} cannot be read ({source}): check its name and who may read it", folder.display())]
    Documents {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The data folder lies where its own files would be taken for documents.
    #[error("the data folder {} lies inside the documents folder: choose one outside it with --data FOLDER", data.display())]
    DataInsideDocuments {
        /// The data folder.
        data: PathBuf,
    },
    /// A command that works on a store was given a folder without one.
    #[error(
        "the data folder {} holds no store: name the one of your server with --data or GEMBA_DATA, or begin one \
         with `gemba serve` or `gemba ingest`",
        data.display()
    )]
    NoStore {
        /// The data folder.
        data: PathBuf,
    },
    /// `GEMBA_FAULT` is not understood.
    #[error("GEMBA_FAULT cannot be used: {0}")]
    Fault(String),
    /// The embedding model.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// Ingestion.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// Reading files apart.
    #[error(transparent)]
    Isolation(#[from] IsolationError),
    /// Accounts.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The provider.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// Encryption.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The web server.
    #[error(transparent)]
    Web(#[from] WebError),
    /// The web server ended by itself.
    #[error("the web server stopped: {0}")]
    Served(#[source] std::io::Error),
}

/// The open house: all that works on one data folder.
pub struct App {
    /// The truth.
    pub store: Store,
    /// Takes documents in.
    pub pipeline: Pipeline,
    /// Answers.
    pub reader: Reader,
    /// The embedding model.
    pub embedder: Arc<LocalEmbedder>,
    /// Loads language models.
    pub writers: Writers,
    documents: PathBuf,
    readers: Readers,
    /// Held last of all.
    _data: DataFolder,
}

/// Whether the documents folder is there and apart from the data folder.
pub fn check_documents_folder(config: &Config) -> Result<(), StartError> {
    let folder = &config.documents.folder;
    if folder.as_os_str().is_empty() {
        return Err(StartError::NoDocuments);
    }
    std::fs::read_dir(folder).map_err(|source| StartError::Documents {
        folder: folder.clone(),
        source,
    })?;
    let real = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if real(&config.data).starts_with(real(folder)) {
        return Err(StartError::DataInsideDocuments {
            data: config.data.clone(),
        });
    }
    Ok(())
}

impl App {
    /// Takes the data folder for this process and opens every room.
    pub async fn open(config: &Config) -> Result<Self, StartError> {
        let data = DataFolder::open(&config.data)?;
        let paths = data.paths();
        let embedder = Arc::new(rooms::load_embedder(
            &config.runtime,
            &config.embed,
            &paths.models,
        )?);
        let store = Store::open(&paths.store)
            .await?
            .keeping_questions(config.audit.questions);
        let lexical = LexicalIndex::open(&paths.lexical)?;
        let vectors = crate::ingest::open_vectors(&store, &paths.vectors, embedder.as_ref()).await?;
        let readers = readers::open(config, &paths.reading, &paths.printed)?;
        let reader = Reader::over(config, &store, &lexical, &vectors, &embedder)?;
        let pipeline = Pipeline::new(PipelineParts {
            store: store.clone(),
            lexical,
            vectors,
            vector_folder: paths.vectors.clone(),
            embedder: Arc::clone(&embedder) as Arc<_>,
            readers: readers.clone(),
            documents: config.documents.clone(),
            faults: faults()?,
        });
        memory::give_back();
        Ok(Self {
            store,
            pipeline,
            reader,
            embedder,
            writers: Writers::open(config)?,
            documents: config.documents.folder.clone(),
            readers,
            _data: data,
        })
    }

    /// Documents that could not be read, by path.
    pub async fn failures(&self) -> Result<Vec<Document>, StartError> {
        let query = DocumentQuery {
            state: Some("failed"),
            limit: 10_000,
            ..DocumentQuery::default()
        };
        let (mut documents, _) = self.store.documents_page(&query, &Readable::Everything).await?;
        documents.retain(|document| matches!(document.state, DocumentState::Failed { .. }));
        documents.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(documents)
    }

    /// Closes the store in order.
    pub async fn close(self) {
        self.store.close().await;
    }
}

/// The breakpoint that `GEMBA_FAULT` sets, for tests.
fn faults() -> Result<Faults, StartError> {
    match std::env::var("GEMBA_FAULT") {
        Ok(text) => Faults::parse(&text).map_err(StartError::Fault),
        Err(_) => Ok(Faults::none()),
    }
}
