//! For tests of this room and of those above it: documents in a real store and real indexes in a temporary folder.

use std::sync::Arc;

use tempfile::TempDir;

use super::{QuestionEmbedders, Retriever};
use crate::domain::{Collection, ContentHash, Coverage, DocumentId, FileKind, Locator, PassageId};
use crate::embed::Embedder;
use crate::embed::untrained::Untrained;
use crate::index::{CurrentVectors, LexicalDocument, LexicalIndex, VectorIndex, VectorRow};
use crate::store::{Finished, FinishedReading, JobId, NewPassage, Sighting, Stamp, Store};

/// A shelf of documents.
pub(crate) struct Shelf {
    folder: TempDir,
    pub store: Store,
    pub lexical: LexicalIndex,
    pub vectors: CurrentVectors,
    pub embedder: Arc<dyn Embedder>,
}

impl Shelf {
    /// Documents by path, each with its passages; every passage under the document's file name as its heading.
    pub async fn of(documents: &[(&str, &[&str])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let embedder: Arc<dyn Embedder> = Arc::new(Untrained::named("untrained"));
        let vectors = VectorIndex::open(
            &folder.path().join("vectors"),
            "untrained.1",
            embedder.dimension(),
        )
        .await
        .unwrap();
        let shelf = Self {
            store: Store::open(&folder.path().join("gemba.sqlite")).await.unwrap(),
            lexical: LexicalIndex::open(&folder.path().join("lexical")).unwrap(),
            vectors: CurrentVectors::new(vectors),
            embedder,
            folder,
        };
        for (path, passages) in documents {
            shelf.add(path, passages).await;
        }
        shelf
    }

    pub fn retriever(&self) -> Retriever {
        assert!(self.folder.path().exists());
        Retriever::new(
            self.store.clone(),
            self.lexical.clone(),
            self.vectors.clone(),
            QuestionEmbedders::new(Arc::clone(&self.embedder), None),
        )
    }

    /// A file that says the same as the one at `path`.
    pub async fn add_twin(&self, path: &str, twin: &str, modified_ms: i64) -> DocumentId {
        let original = self.store.document_by_path(path).await.unwrap().unwrap();
        let sighting = sighting(twin, path, modified_ms);
        let done = self.store.mark_duplicate(None, &sighting, original.id).await;
        assert!(done.unwrap());
        self.store.document_by_path(twin).await.unwrap().unwrap().id
    }

    async fn add(&self, path: &str, texts: &[&str]) {
        let collection = Collection::of_path(path);
        let sighting = sighting(path, path, 0);
        let document = self.store.add_document(&sighting).await.unwrap();
        let jobs = self.store.ready_jobs(false, JobId(0), 1_000).await.unwrap();
        let job = jobs.iter().find(|job| job.document == document).unwrap().id;
        let (generation, ..) = self.store.begin_generation(job).await.unwrap().unwrap();
        let new: Vec<NewPassage> = texts
            .iter()
            .map(|text| NewPassage {
                locator: Locator::default(),
                text: (*text).to_owned(),
            })
            .collect();
        let ids: Vec<PassageId> = self.store.insert_passages(generation, 0, &new).await.unwrap();
        let finished = Finished {
            title: None,
            coverage: Coverage::default(),
            recognised: Vec::new(),
            copied: None,
            passages: u32::try_from(ids.len()).unwrap(),
            declared: Default::default(),
            controlled: None,
            unrecognised: false,
            put_off: false,
        };
        self.store
            .finish(&[FinishedReading {
                job,
                document,
                generation,
                path: path.to_owned(),
                result: Ok(finished),
            }])
            .await
            .unwrap();
        let entries: Vec<LexicalDocument<'_>> = ids
            .iter()
            .zip(texts)
            .map(|(passage, text)| LexicalDocument {
                passage: *passage,
                document,
                generation,
                collection: &collection,
                kind: FileKind::Markdown,
                title: path,
                headings: &[],
                text,
            })
            .collect();
        self.lexical.write(&[], &entries).unwrap();
        let rows = ids.iter().map(|passage| VectorRow {
            passage: *passage,
            document,
            generation,
            collection: collection.clone(),
            kind: FileKind::Markdown,
            vector: vec![1.0, 0.0, 0.0, 0.0],
        });
        self.vectors.get().replace(&[], rows.collect()).await.unwrap();
    }
}

fn sighting(path: &str, content: &str, modified_ms: i64) -> Sighting {
    Sighting {
        path: path.to_owned(),
        collection: Collection::of_path(path),
        kind: FileKind::Markdown,
        stamp: Stamp {
            size: 1,
            modified_ns: modified_ms * 1_000_000 + 1,
            changed_ns: 1,
        },
        hash: Some(ContentHash(*blake3::hash(content.as_bytes()).as_bytes())),
    }
}
