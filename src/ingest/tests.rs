//! Ingestion as a whole, over real files, a real store and real indexes; only the model is one that was trained on
//! nothing, and counts what it is asked to embed.

mod laws;
mod trouble;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tempfile::TempDir;

use super::isolation::Readers;
use super::parse::Parsers;
use super::{Faults, Pipeline, PipelineParts, open_vectors};
use crate::config::{Config, DocumentsConfig};
use crate::domain::{DocumentId, DocumentState, GenerationId, PassageId, Readable, Scope};
use crate::embed::untrained::Untrained;
use crate::index::{CurrentVectors, LexicalIndex};
use crate::store::{DocumentQuery, Store};

/// A documents folder and a data folder.
struct House {
    documents: TempDir,
    data: TempDir,
}

/// The house while a process has it open.
struct Open {
    store: Store,
    lexical: LexicalIndex,
    vectors: CurrentVectors,
    embedder: Arc<Untrained>,
    pipeline: Pipeline,
}

impl House {
    fn new() -> Self {
        Self {
            documents: tempfile::tempdir().unwrap(),
            data: tempfile::tempdir().unwrap(),
        }
    }

    fn write(&self, path: &str, text: &str) {
        let full = self.documents.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, text).unwrap();
    }

    async fn open(&self, model: &'static str, fault: &str) -> Open {
        let embedder = Arc::new(Untrained::named(model));
        let store = Store::open(&self.data.path().join("gemba.db")).await.unwrap();
        let lexical = LexicalIndex::open(&self.data.path().join("lexical")).unwrap();
        let vector_folder = self.data.path().join("vectors");
        let vectors = open_vectors(&store, &vector_folder, &*embedder).await.unwrap();
        let pipeline = Pipeline::new(PipelineParts {
            store: store.clone(),
            lexical: lexical.clone(),
            vectors: vectors.clone(),
            vector_folder,
            embedder: Arc::clone(&embedder) as Arc<_>,
            readers: Readers::here(Parsers::default()),
            documents: DocumentsConfig {
                folder: self.documents.path().to_owned(),
                settle_milliseconds: 0,
                ..Config::default().documents
            },
            faults: if fault.is_empty() {
                Faults::none()
            } else {
                Faults::parse(fault).unwrap()
            },
        });
        Open {
            store,
            lexical,
            vectors,
            embedder,
            pipeline,
        }
    }

    /// One pass of a process of its own. Returns how many texts were embedded.
    async fn pass(&self) -> usize {
        let open = self.open("untrained", "").await;
        open.pipeline.ingest_once(|_| {}).await.unwrap();
        open.assert_whole().await;
        open.close().await
    }
}

impl Open {
    async fn close(self) -> usize {
        self.store.close().await;
        self.embedder.embedded()
    }

    /// What each file came to, and its identity.
    async fn library(&self) -> BTreeMap<String, (String, DocumentId)> {
        let query = DocumentQuery {
            limit: 1_000,
            ..DocumentQuery::default()
        };
        let (documents, _) = self
            .store
            .documents_page(&query, &Readable::Everything)
            .await
            .unwrap();
        let paths: HashMap<_, _> = documents
            .iter()
            .map(|document| (document.id, document.path.clone()))
            .collect();
        documents
            .into_iter()
            .map(|document| {
                let state = match &document.state {
                    DocumentState::Duplicate { of } => format!("duplicate of {}", paths[of]),
                    other => other.as_str().to_owned(),
                };
                (document.path, (state, document.id))
            })
            .collect()
    }

    /// Both indexes hold what the store shows, each passage once and in its collection, and nothing else.
    async fn assert_whole(&self) {
        assert!(self.store.counts_are_true().await);
        let mut visible: BTreeMap<GenerationId, u64> = BTreeMap::new();
        let mut by_collection: BTreeMap<_, BTreeSet<PassageId>> = BTreeMap::new();
        for found in self
            .store
            .passages_visible_after(PassageId(0), 100_000)
            .await
            .unwrap()
        {
            *visible.entry(found.passage.generation).or_default() += 1;
            by_collection
                .entry(found.collection)
                .or_default()
                .insert(found.passage.id);
        }
        let words: BTreeMap<_, _> = self
            .lexical
            .generations(GenerationId(0), usize::MAX)
            .unwrap()
            .iter()
            .collect();
        let vectors: BTreeMap<_, _> = self
            .vectors
            .get()
            .generations(GenerationId(0), usize::MAX)
            .await
            .unwrap()
            .iter()
            .collect();
        assert_eq!(words, visible, "the word index");
        assert_eq!(vectors, visible, "the vector index");
        for (collection, passages) in by_collection {
            let scope = Scope {
                collections: Some([collection].into()),
                ..Scope::everything()
            };
            let hits = self
                .vectors
                .get()
                .search(&[1.0, 1.0, 1.0, 1.0], &scope, 10_000)
                .await
                .unwrap();
            let found: BTreeSet<_> = hits.into_iter().map(|hit| hit.passage).collect();
            assert_eq!(found, passages, "the vectors of {:?}", scope.collections);
            let hits = self.lexical.search("bolt", &scope, 10_000).unwrap();
            assert!(
                hits.iter().all(|hit| passages.contains(&hit.passage)),
                "the words of {:?}",
                scope.collections
            );
        }
        assert!(
            self.store.dead_generations(1).await.unwrap().is_empty(),
            "dead generations are left"
        );
        assert_eq!(self.store.waiting_jobs().await.unwrap(), 0, "jobs are left");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_changed_in_one_place_is_embedded_only_there() {
    let house = House::new();
    let sections = |changed: &str| -> String {
        let section = |number: usize| {
            let words = if number == 7 {
                changed
            } else {
                "is tightened with care"
            };
            let rest =
                format!("The fitter looks at the thread of bolt {number} before it is set. ").repeat(14);
            format!("# Part {number}\n\nBolt {number} {words}. {rest}\n\n")
        };
        (0..20).map(section).collect()
    };
    house.write("a.md", &sections("is oiled"));
    assert_eq!(house.pass().await, 20);
    house.write("a.md", &sections("is greased"));
    assert_eq!(house.pass().await, 1);
    house.write(
        "a.md",
        &format!(
            "# Part of a new beginning\n\nBolt none.\n\n{}",
            sections("is oiled")
        ),
    );
    assert_eq!(house.pass().await, 2);
}
