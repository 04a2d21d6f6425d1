//! The vector index (LanceDB): one normalised vector a passage, found by cosine similarity.
//!
//! A write is one commit of LanceDB. Writes follow one another; a search sees the last one that was finished and never
//! waits. Small tables are searched row by row, large ones through an index that [`VectorIndex::maintain`] makes.

mod maintain;
mod rows;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::TryStreamExt;
use lancedb::query::{ExecutableQuery, QueryBase, Select};
use lancedb::{Connection, DistanceType, ObjectStoreRegistry, Session, Table};
use tokio::sync::Mutex;

use super::{GenerationCounts, IndexError, Removal};
use crate::domain::{Collection, DocumentId, FileKind, GenerationId, PassageId, Scope};

pub use maintain::{Maintained, MaintenancePolicy};

/// What LanceDB may keep of its indexes and of its files' metadata. Its own defaults are 6 GiB and 1 GiB. Each commit is a new
/// version with metadata of its own, and those of old versions leave only when there is no more room.
const INDEX_CACHE_BYTES: usize = 256 << 20;
const METADATA_CACHE_BYTES: usize = 16 << 20;
/// Candidates that a search of the graph looks at, at least.
const LEAST_CANDIDATES: usize = 128;
/// Ids in one list of a filter.
const IDS_A_QUERY: usize = 1_000;

/// A passage as the vector index takes it in.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorRow {
    /// The passage.
    pub passage: PassageId,
    /// Its document.
    pub document: DocumentId,
    /// The generation of the document.
    pub generation: GenerationId,
    /// The document's collection.
    pub collection: Collection,
    /// The document's format.
    pub kind: FileKind,
    /// Its embedding, of any length but zero; kept normalised.
    pub vector: Vec<f32>,
}

/// A passage that a search found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VectorHit {
    /// The passage.
    pub passage: PassageId,
    /// Cosine similarity to what was searched for.
    pub similarity: f32,
}

/// One table of vectors of one embedding model; cheap to clone.
#[derive(Clone)]
pub struct VectorIndex(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    connection: Connection,
    table: Table,
    dimension: usize,
    /// Held by whatever changes rows, so that LanceDB has no conflicts to settle.
    writing: Mutex<()>,
    /// Held while the table is maintained.
    maintaining: Mutex<()>,
}

impl VectorIndex {
    /// Opens `table` in `folder`, or makes it, for vectors of `dimension` numbers.
    pub async fn open(folder: &Path, table: &str, dimension: usize) -> Result<Self, IndexError> {
        let io = |source| IndexError::Folder {
            path: folder.to_owned(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(io)?;
        let session = Session::new(
            INDEX_CACHE_BYTES,
            METADATA_CACHE_BYTES,
            Arc::new(ObjectStoreRegistry::default()),
        );
        let connection = lancedb::connect(&folder.to_string_lossy())
            .session(Arc::new(session))
            .execute()
            .await?;
        let opened = match connection.open_table(table).execute().await {
            Err(lancedb::Error::TableNotFound { .. }) => {
                connection
                    .create_empty_table(table, rows::schema(dimension))
                    .execute()
                    .await?
            }
            Err(lancedb::Error::TableCorrupted { source, .. }) => {
                return Err(IndexError::Unreadable {
                    path: folder.to_owned(),
                    reason: source.to_string(),
                });
            }
            other => other?,
        };
        if opened.schema().await?.field_with_name("vector")?.data_type() != &rows::vector_type(dimension) {
            return Err(IndexError::Unreadable {
                path: folder.to_owned(),
                reason: format!("the vectors of {table} do not have {dimension} numbers"),
            });
        }
        Ok(Self(Arc::new(Inner {
            folder: folder.to_owned(),
            connection,
            table: opened,
            dimension,
            writing: Mutex::new(()),
            maintaining: Mutex::new(()),
        })))
    }

    /// The name of its table.
    pub fn name(&self) -> &str {
        self.0.table.name()
    }

    /// Takes out `removals` and puts in `rows`. A row replaces what the index holds of the same passage. Running it
    /// again changes nothing.
    pub async fn replace(&self, removals: &[Removal], rows: Vec<VectorRow>) -> Result<(), IndexError> {
        if removals.is_empty() && rows.is_empty() {
            return Ok(());
        }
        let batch = (!rows.is_empty())
            .then(|| rows::to_batch(&rows, self.0.dimension))
            .transpose()?;
        let removed = rows::removed(removals);
        let _writing = self.0.writing.lock().await;
        let Some(batch) = batch else {
            self.0.table.delete(&removed).await?;
            return Ok(());
        };
        // A column of ids is read to know; what is new then costs no more than an append.
        let condition = rows::held_already(removals, &rows);
        if self.0.table.count_rows(Some(condition)).await? == 0 {
            self.0.table.add(batch).execute().await?;
            return Ok(());
        }
        let mut merge = self.0.table.merge_insert(&["passage"]);
        merge.when_matched_update_all(None).when_not_matched_insert_all();
        if !removals.is_empty() {
            merge.when_not_matched_by_source_delete(Some(removed));
        }
        merge.execute(rows::reader(batch)).await?;
        Ok(())
    }

    /// The nearest passages to `vector` within `scope`, nearest first.
    pub async fn search(
        &self,
        vector: &[f32],
        scope: &Scope,
        limit: usize,
    ) -> Result<Vec<VectorHit>, IndexError> {
        let vector = rows::normalised(vector, self.0.dimension)?;
        if limit == 0 || scope.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = self
            .0
            .table
            .query()
            .nearest_to(vector)?
            .distance_type(DistanceType::Cosine)
            .ef((limit * 2).max(LEAST_CANDIDATES))
            // Each column of what was found is read from another place.
            .select(Select::columns(&["passage", "_distance"]))
            .limit(limit);
        if let Some(condition) = rows::condition(scope) {
            query = query.only_if(condition);
        }
        let batches: Vec<_> = query.execute().await?.try_collect().await?;
        let mut hits = Vec::with_capacity(limit);
        for batch in &batches {
            hits.extend(rows::hits(batch)?);
        }
        Ok(hits)
    }

    /// The vectors of `passages`, as far as the index has them.
    pub async fn vectors(&self, passages: &[PassageId]) -> Result<HashMap<PassageId, Vec<f32>>, IndexError> {
        let mut vectors = HashMap::with_capacity(passages.len());
        for some in passages.chunks(IDS_A_QUERY) {
            let ids = rows::any_of("passage", some.iter().map(|passage| passage.0));
            let query = self
                .0
                .table
                .query()
                .only_if(ids)
                .select(Select::columns(&["passage", "vector"]));
            let batches: Vec<_> = query.execute().await?.try_collect().await?;
            for batch in &batches {
                rows::collect_vectors(batch, &mut vectors)?;
            }
        }
        Ok(vectors)
    }

    /// How many passages the index holds.
    pub async fn count(&self) -> Result<usize, IndexError> {
        Ok(self.0.table.count_rows(None).await?)
    }

    /// The first `most` generations after `after` that the index holds, and how many passages each has: what is compared
    /// with the store.
    pub async fn generations(
        &self,
        after: GenerationId,
        most: usize,
    ) -> Result<GenerationCounts, IndexError> {
        let query = self.0.table.query().select(Select::columns(&["generation"]));
        let mut stream = query.execute().await?;
        let mut counts = GenerationCounts::after(after, most);
        while let Some(batch) = stream.try_next().await? {
            for id in rows::integers(&batch, "generation")?.values() {
                counts.count(GenerationId(*id));
            }
        }
        Ok(counts)
    }

    /// Files everything of `document` under another collection, without touching its vectors.
    pub async fn move_collection(
        &self,
        document: DocumentId,
        collection: &Collection,
    ) -> Result<(), IndexError> {
        let _writing = self.0.writing.lock().await;
        self.0
            .table
            .update()
            .only_if(rows::removed(&[Removal::Document(document)]))
            .column("collection", rows::literal(collection.as_str()))
            .execute()
            .await?;
        Ok(())
    }

    /// The tables beside and including this one.
    pub async fn tables(&self) -> Result<Vec<String>, IndexError> {
        Ok(self.0.connection.table_names().execute().await?)
    }

    /// Deletes a table that is no longer in force.
    pub async fn drop_table(&self, name: &str) -> Result<(), IndexError> {
        match self.0.connection.drop_table(name, &[]).await {
            Err(lancedb::Error::TableNotFound { .. }) => Ok(()),
            other => Ok(other?),
        }
    }
}

impl std::fmt::Debug for VectorIndex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("VectorIndex")
            .field("folder", &self.0.folder)
            .field("table", &self.0.table.name())
            .finish_non_exhaustive()
    }
}
