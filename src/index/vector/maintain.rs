//! Keeping the vector index small and fast: compaction, pruning, and the index for nearest neighbours.

use std::time::Duration;

use lancedb::DistanceType;
use lancedb::index::Index;
use lancedb::index::scalar::BitmapIndexBuilder;
use lancedb::index::vector::IvfHnswSqIndexBuilder;
use lancedb::table::{CompactionOptions, OptimizeAction, OptimizeOptions};

use super::VectorIndex;
use crate::index::IndexError;

const NEIGHBOURS: &str = "vector_neighbours";
/// Columns that filters name: few values, which are looked up instead of compared row by row.
const FILTERED: [(&str, &str); 2] = [("collection", "collection_values"), ("kind", "kind_values")];
/// New rows are indexed in parts beside the first; a search looks into all of them, so more than this are merged.
const MOST_PARTS: u32 = 6;
/// A part is made when the rows outside the index are at least this fraction of the table, so that a table is merged
/// a bounded number of times while it doubles.
const SHARE_OF_A_PART: usize = 16;
/// How often something that another commit got in the way of is tried again.
const ATTEMPTS: usize = 3;

/// When maintenance does what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaintenancePolicy {
    /// A table with at least this many rows gets an index for nearest neighbours; below, comparing with every row
    /// is as fast and exact.
    pub index_rows: usize,
    /// Rows outside that index are compared one by one; more than this many are taken into it, on large tables only
    /// when they are a sixteenth of it.
    pub unindexed_rows: usize,
    /// Files are compacted when there are more small ones than this,
    pub small_files: usize,
    /// or when more than one of so many rows was deleted.
    pub rows_a_deleted_one: usize,
    /// Rows in a file that is not small.
    pub rows_a_file: usize,
    /// Every write leaves the version before it; one older than this is deleted.
    pub keep_versions: Duration,
}

impl Default for MaintenancePolicy {
    fn default() -> Self {
        Self {
            index_rows: 20_000,
            unindexed_rows: 2_000,
            small_files: 12,
            rows_a_deleted_one: 4,
            rows_a_file: 50_000,
            keep_versions: Duration::from_secs(600),
        }
    }
}

impl MaintenancePolicy {
    /// Compacts whatever can be, and keeps old versions no longer than a search may last.
    pub fn thorough() -> Self {
        Self {
            small_files: 1,
            rows_a_deleted_one: usize::MAX,
            keep_versions: Duration::from_secs(60),
            ..Self::default()
        }
    }
}

/// What a round of maintenance did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Maintained {
    /// Files that were merged into others.
    pub files_compacted: usize,
    /// Versions that were deleted.
    pub versions_pruned: u64,
    /// Bytes that were deleted with them.
    pub bytes_freed: u64,
    /// Whether the index for nearest neighbours was made or brought up to date.
    pub indexed: bool,
}

impl VectorIndex {
    /// Does what `policy` finds due. Rounds follow one another; searches go on, and writes wait for the compaction
    /// only, not for the index, which takes minutes on a large table.
    pub async fn maintain(&self, policy: &MaintenancePolicy) -> Result<Maintained, IndexError> {
        let _maintaining = self.0.maintaining.lock().await;
        let mut done = Maintained::default();
        {
            let _writing = self.0.writing.lock().await;
            done.files_compacted = self.compact(policy).await?;
            let pruned = self.prune(policy).await?;
            (done.versions_pruned, done.bytes_freed) = pruned;
        }
        done.indexed = self.index_neighbours(policy).await?;
        Ok(done)
    }

    async fn compact(&self, policy: &MaintenancePolicy) -> Result<usize, IndexError> {
        let stats = self.0.table.stats().await?;
        let deleted = stats.num_deleted_rows.unwrap_or_default();
        let due = stats.fragment_stats.num_small_fragments > policy.small_files
            || deleted.saturating_mul(policy.rows_a_deleted_one) > stats.num_rows + deleted;
        if !due {
            return Ok(0);
        }
        let options = CompactionOptions {
            target_rows_per_fragment: policy.rows_a_file,
            ..CompactionOptions::default()
        };
        let action = OptimizeAction::Compact {
            options,
            remap_options: None,
        };
        let stats = self.0.table.optimize(action).await?;
        Ok(stats
            .compaction
            .map_or(0, |compaction| compaction.fragments_removed))
    }

    async fn prune(&self, policy: &MaintenancePolicy) -> Result<(u64, u64), IndexError> {
        let older_than =
            lancedb::table::Duration::from_std(policy.keep_versions).unwrap_or(lancedb::table::Duration::MAX);
        let action = OptimizeAction::Prune {
            older_than: Some(older_than),
            delete_unverified: None,
            error_if_tagged_old_versions: None,
        };
        let stats = self.0.table.optimize(action).await?;
        Ok(stats
            .prune
            .map_or((0, 0), |pruned| (pruned.old_versions, pruned.bytes_removed)))
    }

    async fn index_neighbours(&self, policy: &MaintenancePolicy) -> Result<bool, IndexError> {
        let table = &self.0.table;
        let rows = table.count_rows(None).await?;
        let Some(stats) = table.index_stats(NEIGHBOURS).await? else {
            if rows < policy.index_rows {
                return Ok(false);
            }
            for (column, name) in FILTERED {
                self.create(column, name, || Index::Bitmap(BitmapIndexBuilder::default()))
                    .await?;
            }
            let builder = || IvfHnswSqIndexBuilder::default().distance_type(DistanceType::Cosine);
            self.create("vector", NEIGHBOURS, || Index::IvfHnswSq(builder()))
                .await?;
            return Ok(true);
        };
        if stats.num_unindexed_rows <= policy.unindexed_rows.max(rows / SHARE_OF_A_PART) {
            return Ok(false);
        }
        let parts = stats.num_indices.unwrap_or(1);
        let options = || match usize::try_from(parts) {
            Ok(all) if parts > MOST_PARTS => OptimizeOptions::merge(all),
            _ => OptimizeOptions::append(),
        };
        self.again(|| async { table.optimize(OptimizeAction::Index(options())).await.map(drop) })
            .await?;
        Ok(true)
    }

    async fn create(&self, column: &str, name: &str, kind: impl Fn() -> Index) -> Result<(), IndexError> {
        self.again(|| async {
            let builder = self.0.table.create_index(&[column], kind()).name(name.to_owned());
            builder.execute().await
        })
        .await
    }

    /// Runs `step` again when a write was committed in its midst and the two could not be reconciled. The last try
    /// keeps the writers out.
    async fn again<F>(&self, step: impl Fn() -> F) -> Result<(), IndexError>
    where
        F: Future<Output = lancedb::Result<()>>,
    {
        for _ in 1..ATTEMPTS {
            match step().await {
                Err(error) if is_conflict(&error) => tracing::debug!(%error, "vector index: trying again"),
                other => return Ok(other?),
            }
        }
        let _writing = self.0.writing.lock().await;
        Ok(step().await?)
    }
}

/// LanceDB has no variant for it: Lance says that a commit conflicts.
fn is_conflict(error: &lancedb::Error) -> bool {
    match error {
        lancedb::Error::Lance { source } => source.to_string().to_lowercase().contains("conflict"),
        _ => false,
    }
}
