//! Ingestion as a whole, over real files, a real store and real indexes; only the model is one that was trained on
//! nothing, and counts what it is asked to embed. The laws of the watched folder are data: `tests/cases/watcher`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use serde::Deserialize;
use tempfile::TempDir;

use super::parse::Parsers;
use super::{Faults, IngestError, Pipeline, PipelineParts, open_vectors};
use crate::config::{Config, DocumentsConfig};
use crate::domain::{DocumentId, DocumentState, GenerationId, Language, PassageId, SearchFilter};
use crate::embed::{EmbedError, Embedder};
use crate::index::{CurrentVectors, LexicalIndex};
use crate::store::{DocumentQuery, Store};

struct Untrained {
    name: &'static str,
    embedded: AtomicUsize,
}

impl Embedder for Untrained {
    fn dimension(&self) -> usize {
        4
    }

    fn fingerprint(&self) -> &str {
        self.name
    }

    fn knows(&self, _language: Language) -> bool {
        false
    }

    fn count_tokens(&self, text: &str) -> usize {
        text.split_whitespace().count()
    }

    fn max_tokens(&self) -> usize {
        256
    }

    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, EmbedError>> {
        self.embedded.fetch_add(texts.len(), Ordering::SeqCst);
        Box::pin(async move {
            Ok(texts
                .iter()
                .map(|text| vec![1.0, text.len() as f32, 0.5, 0.0])
                .collect())
        })
    }

    fn embed_now(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, EmbedError>> {
        self.embed(texts)
    }
}

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
        let embedder = Arc::new(Untrained {
            name: model,
            embedded: AtomicUsize::new(0),
        });
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
            parsers: Parsers::new(None),
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
        self.embedder.embedded.load(Ordering::SeqCst)
    }

    /// What each file came to, and its identity.
    async fn library(&self) -> BTreeMap<String, (String, DocumentId)> {
        let query = DocumentQuery {
            limit: 1_000,
            ..DocumentQuery::default()
        };
        let (documents, _) = self.store.documents_page(&query).await.unwrap();
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
        let words: BTreeMap<_, _> = self.lexical.generations().unwrap().into_iter().collect();
        let vectors: BTreeMap<_, _> = self
            .vectors
            .get()
            .generations()
            .await
            .unwrap()
            .into_iter()
            .collect();
        assert_eq!(words, visible, "the word index");
        assert_eq!(vectors, visible, "the vector index");
        for (collection, passages) in by_collection {
            let filter = SearchFilter {
                collections: vec![collection],
                kinds: Vec::new(),
            };
            let hits = self
                .vectors
                .get()
                .search(&[1.0, 1.0, 1.0, 1.0], &filter, 10_000)
                .await
                .unwrap();
            let found: BTreeSet<_> = hits.into_iter().map(|hit| hit.passage).collect();
            assert_eq!(found, passages, "the vectors of {:?}", filter.collections);
            let hits = self.lexical.search("bolt", &filter, 10_000).unwrap();
            assert!(
                hits.iter().all(|hit| passages.contains(&hit.passage)),
                "the words of {:?}",
                filter.collections
            );
        }
        assert!(
            self.store.dead_generations(1).await.unwrap().is_empty(),
            "dead generations are left"
        );
        assert_eq!(self.store.waiting_jobs().await.unwrap(), 0, "jobs are left");
    }
}

#[derive(Deserialize)]
struct Case {
    /// What happens before each pass.
    passes: Vec<Vec<Change>>,
    expected: Expected,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Change {
    /// Path and text.
    Write(String, String),
    /// From and to.
    Move(String, String),
    /// From and to.
    Copy(String, String),
    /// A file, or a folder with all that is in it.
    Remove(String),
}

#[derive(Deserialize)]
struct Expected {
    /// The state of each file after the last pass.
    library: BTreeMap<String, String>,
    /// Files that are the same document as another path was after the first pass.
    #[serde(default)]
    same: BTreeMap<String, String>,
    /// Whether anything was embedded in each pass.
    embeds: Vec<bool>,
}

fn change(root: &Path, change: &Change) {
    let full = |path: &String| {
        let full = root.join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        full
    };
    match change {
        Change::Write(path, text) => std::fs::write(full(path), text).unwrap(),
        Change::Move(from, to) => std::fs::rename(full(from), full(to)).unwrap(),
        Change::Copy(from, to) => drop(std::fs::copy(full(from), full(to)).unwrap()),
        Change::Remove(path) if full(path).is_dir() => std::fs::remove_dir_all(full(path)).unwrap(),
        Change::Remove(path) => std::fs::remove_file(full(path)).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_of_the_watched_folder_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/watcher");
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Case = serde_json::from_str(&std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let house = House::new();
        let mut embeds = Vec::new();
        let mut first = BTreeMap::new();
        for (number, changes) in case.passes.iter().enumerate() {
            changes
                .iter()
                .for_each(|step| change(house.documents.path(), step));
            embeds.push(house.pass().await > 0);
            if number == 0 {
                first = house.open("untrained", "").await.library().await;
            }
        }
        let library = house.open("untrained", "").await.library().await;
        let states: BTreeMap<_, _> = library
            .iter()
            .map(|(path, (state, _))| (path.clone(), state.clone()))
            .collect();
        assert_eq!(states, case.expected.library, "{name}");
        assert_eq!(embeds, case.expected.embeds, "{name}: which passes embed");
        for (path, before) in &case.expected.same {
            assert_eq!(library[path].1, first[before].1, "{name}: {path} is {before}");
        }
        cases += 1;
    }
    assert!(cases >= 12, "only {cases} cases were found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_fails_no_file_and_the_next_pass_reads_it() {
    for step in [
        "queued", "begun", "stored", "embedded", "vectors", "words", "visible",
    ] {
        let house = House::new();
        for number in 0..5 {
            house.write(
                &format!("{number}.md"),
                &format!("# Sheet {number}\n\nBolt {number} has 25 Nm.\n"),
            );
        }
        let open = house.open("untrained", &format!("{step}:full")).await;
        let error = open.pipeline.ingest_once(|_| {}).await.unwrap_err();
        assert!(matches!(error, IngestError::DiskFull), "{step}: {error}");
        assert_eq!(open.store.counts().await.unwrap().failed, 0, "{step}");
        open.close().await;
        house.pass().await;
        let open = house.open("untrained", "").await;
        assert_eq!(open.store.counts().await.unwrap().searchable, 5, "{step}");
        open.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parser_that_panics_fails_its_file_alone() {
    let house = House::new();
    house.write("a.md", "Bolt one.");
    house.write("b.md", "Bolt two.");
    let open = house.open("untrained", "parsed:panic:1").await;
    open.pipeline.ingest_once(|_| {}).await.unwrap();
    let counts = open.store.counts().await.unwrap();
    assert_eq!((counts.documents, counts.pending), (2, 0));
    assert!(counts.failed >= 1);
    open.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_file_is_read_again_when_somebody_asks() {
    let house = House::new();
    house.write("a.md", "Bolt one.");
    let open = house.open("untrained", "parsed:panic").await;
    open.pipeline.ingest_once(|_| {}).await.unwrap();
    let document = open.store.document_by_path("a.md").await.unwrap().unwrap();
    assert_eq!(document.state.as_str(), "failed");
    open.close().await;
    assert_eq!(house.pass().await, 0, "nobody asked yet");
    let open = house.open("untrained", "").await;
    open.pipeline.retry(document.id).await.unwrap();
    open.pipeline.ingest_once(|_| {}).await.unwrap();
    assert_eq!(
        open.store.document(document.id).await.unwrap().unwrap().state,
        DocumentState::Searchable
    );
    open.assert_whole().await;
    open.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_model_builds_its_vectors_beside_the_old_ones_and_takes_over() {
    let house = House::new();
    for number in 0..20 {
        house.write(
            &format!("{number}.md"),
            &format!("# Sheet {number}\n\nBolt {number} has 25 Nm.\n"),
        );
    }
    house.pass().await;
    let broken = house.open("other model", "vectors:full").await;
    assert!(
        broken.vectors.get_for("untrained").is_some(),
        "the old vectors are in force"
    );
    broken.pipeline.ingest_once(|_| {}).await.unwrap_err();
    assert!(
        broken.vectors.get_for("other model").is_none(),
        "a switch before the new ones are complete"
    );
    broken.close().await;
    let open = house.open("other model", "").await;
    open.pipeline.ingest_once(|_| {}).await.unwrap();
    assert!(open.vectors.get_for("other model").is_some());
    assert_eq!(
        open.vectors.get().tables().await.unwrap().len(),
        1,
        "the old table is gone"
    );
    open.assert_whole().await;
    open.close().await;
    let open = house.open("other model", "").await;
    open.pipeline.ingest_once(|_| {}).await.unwrap();
    open.assert_whole().await;
    assert_eq!(open.close().await, 0, "nothing is embedded twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn indexes_that_were_lost_are_made_again_from_the_store_alone() {
    let house = House::new();
    house.write("a/one.md", "# One\n\nBolt one.\n");
    house.write("b/two.md", "# Two\n\nBolt two.\n");
    house.pass().await;
    std::fs::remove_dir_all(house.data.path().join("lexical")).unwrap();
    std::fs::remove_dir_all(house.data.path().join("vectors")).unwrap();
    assert_eq!(house.pass().await, 2);
    std::fs::remove_dir_all(house.documents.path().join("a")).unwrap();
    let open = house.open("untrained", "").await;
    open.pipeline.reindex(|_| {}).await.unwrap();
    open.assert_whole().await;
    assert_eq!(open.library().await.len(), 2, "reindex reads no folder");
    open.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_went_away_is_said_and_nothing_is_forgotten() {
    let house = House::new();
    house.write("a.md", "Bolt one.");
    house.pass().await;
    let hidden = house.documents.path().with_extension("unmounted");
    std::fs::rename(house.documents.path(), &hidden).unwrap();
    let open = house.open("untrained", "").await;
    let error = open.pipeline.ingest_once(|_| {}).await.unwrap_err();
    assert!(error.to_string().contains("nothing was removed"), "{error}");
    assert_eq!(open.store.counts().await.unwrap().searchable, 1);
    open.close().await;
    std::fs::rename(&hidden, house.documents.path()).unwrap();
    assert_eq!(house.pass().await, 0);
}
