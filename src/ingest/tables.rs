//! Which vector table is in force and which one is being built. A change of the embedding model builds its vectors in
//! a table beside the one in force and switches when they are complete; a crash on the way goes on where it was.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::IngestError;
use super::pipeline::Shared;
use crate::embed::Embedder;
use crate::index::{CurrentVectors, VectorIndex};
use crate::store::{Store, StoreError};

/// The setting that names the table in force.
const IN_FORCE: &str = "vector_table";
/// The setting that names the one that is being built.
const NEXT: &str = "vector_table_next";

/// What is remembered of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TableRecord {
    name: String,
    /// The model that made its vectors.
    fingerprint: String,
    dimension: usize,
    number: u32,
}

impl TableRecord {
    fn new(embedder: &dyn Embedder, number: u32) -> Self {
        let fingerprint = embedder.fingerprint();
        Self {
            name: CurrentVectors::table_name(fingerprint, number),
            fingerprint: fingerprint.to_owned(),
            dimension: embedder.dimension(),
            number,
        }
    }
}

/// The tables that are written. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Tables {
    /// Takes the vectors of the embedder at hand.
    pub(super) target: VectorIndex,
    /// The one in force, as long as the target is not.
    pub(super) old: Option<VectorIndex>,
}

impl Tables {
    /// Every table from which rows must be taken.
    pub(super) fn all(&self) -> impl Iterator<Item = &VectorIndex> {
        std::iter::once(&self.target).chain(&self.old)
    }
}

/// Opens the vector table in force in `folder`; the first one, where there is none, is for `embedder`. One that was made
/// by another model stays in force until [`Pipeline`](super::Pipeline) has built its successor.
pub async fn open_vectors(
    store: &Store,
    folder: &Path,
    embedder: &dyn Embedder,
) -> Result<CurrentVectors, IngestError> {
    let record = match read(store, IN_FORCE).await? {
        Some(record) => record,
        None => {
            let record = TableRecord::new(embedder, 1);
            write(store, IN_FORCE, &record).await?;
            record
        }
    };
    Ok(CurrentVectors::new(
        VectorIndex::open(folder, &record.name, record.dimension).await?,
    ))
}

/// The table in force, without making or changing anything; none if there is no table.
pub(super) async fn in_force(store: &Store, folder: &Path) -> Result<Option<VectorIndex>, IngestError> {
    let Some(record) = read(store, IN_FORCE).await? else {
        return Ok(None);
    };
    if !folder.join(format!("{}.lance", record.name)).exists() {
        return Ok(None);
    }
    let index = VectorIndex::open(folder, &record.name, record.dimension).await?;
    Ok(Some(index))
}

/// The tables that this pipeline writes. With `anew`, a table is built beside the one in force even though the model is
/// the same.
pub(super) async fn choose(shared: &Shared, anew: bool) -> Result<Tables, IngestError> {
    let current = VectorIndex::clone(&*shared.vectors.get());
    let embedder = &*shared.embedder;
    let in_force = read(&shared.store, IN_FORCE).await?;
    let number = in_force.as_ref().map_or(0, |record| record.number);
    let fits = in_force.is_some_and(|record| record.fingerprint == embedder.fingerprint());
    let tables = if fits && !anew {
        shared.store.forget_setting(NEXT).await?;
        Tables {
            target: current,
            old: None,
        }
    } else {
        let begun = read(&shared.store, NEXT).await?;
        let begun = begun.filter(|record| record.fingerprint == embedder.fingerprint() && !anew);
        let next = match begun {
            Some(record) => record,
            None => {
                let record = TableRecord::new(embedder, number + 1);
                // What an earlier attempt left under this name is not trusted.
                current.drop_table(&record.name).await?;
                write(&shared.store, NEXT, &record).await?;
                record
            }
        };
        let target = VectorIndex::open(&shared.vector_folder, &next.name, next.dimension).await?;
        tracing::info!(table = next.name, "vectors are built beside the ones in force");
        Tables {
            target,
            old: Some(current),
        }
    };
    for name in tables.target.tables().await? {
        if !tables.all().any(|index| index.name() == name) {
            tables.target.drop_table(&name).await?;
        }
    }
    Ok(tables)
}

/// Puts the target in force, if it is not: to be called when it holds the vectors of everything visible.
pub(super) async fn switch(shared: &Shared, tables: &mut Tables) -> Result<bool, IngestError> {
    let Some(old) = tables.old.take() else {
        return Ok(false);
    };
    if let Some(record) = read(&shared.store, NEXT).await? {
        write(&shared.store, IN_FORCE, &record).await?;
    }
    shared.store.forget_setting(NEXT).await?;
    shared.vectors.switch(tables.target.clone());
    tables.target.drop_table(old.name()).await?;
    tracing::info!(table = tables.target.name(), "the new vectors are in force");
    Ok(true)
}

async fn read(store: &Store, key: &str) -> Result<Option<TableRecord>, IngestError> {
    let Some(value) = store.setting(key).await? else {
        return Ok(None);
    };
    serde_json::from_str(&value).map(Some).map_err(|_| {
        StoreError::Unknown {
            what: format!("the setting {key} = {value:?}"),
        }
        .into()
    })
}

async fn write(store: &Store, key: &str, record: &TableRecord) -> Result<(), IngestError> {
    let value = serde_json::to_string(record).map_err(|error| StoreError::Unknown {
        what: format!("a table record ({error})"),
    })?;
    Ok(store.set_setting(key, &value).await?)
}
