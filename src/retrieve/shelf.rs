//! For tests of this room and of those above it: documents in a real store and real indexes in a temporary folder.

use std::sync::Arc;

use tempfile::TempDir;

use super::{QuestionEmbedders, Retriever};
use crate::domain::{Collection, ContentHash, Coverage, FileKind, Locator, PassageId};
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

    async fn add(&self, path: &str, texts: &[&str]) {
        let collection = Collection::of_path(path);
        let sighting = Sighting {
            path: path.to_owned(),
            collection: collection.clone(),
            kind: FileKind::Markdown,
            stamp: Stamp {
                size: 1,
                modified_ns: 1,
                changed_ns: 1,
            },
            hash: Some(ContentHash(*blake3::hash(path.as_bytes()).as_bytes())),
        };
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
