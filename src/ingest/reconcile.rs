//! Makes the indexes agree with the store: what the store does not know leaves them, what they lack is given to them
//! again from the store, without reading a document.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::IngestError;
use super::commit::remove;
use super::piece::Restore;
use super::pipeline::Shared;
use super::tables::Tables;
use crate::domain::GenerationId;
use crate::index::{LexicalIndex, Removal};
use crate::store::LiveCount;

/// The setting that remembers the form of the word index.
const WORDS_FORM: &str = "lexical_version";

/// Compares, takes out what is stale, and returns what must be given again.
pub(super) async fn reconcile(
    shared: &Arc<Shared>,
    tables: &Tables,
) -> Result<VecDeque<Restore>, IngestError> {
    shared.store.abandon_unfinished().await?;
    shared.store.postpone_interrupted().await?;
    let form = LexicalIndex::VERSION.to_string();
    if shared.store.setting(WORDS_FORM).await?.as_deref() != Some(form.as_str()) {
        // Another version cut words in another way: its index answers wrongly without saying so.
        let lexical = shared.lexical.clone();
        tokio::task::spawn_blocking(move || lexical.clear()).await??;
        shared.store.set_setting(WORDS_FORM, &form).await?;
    }
    let lexical = shared.lexical.clone();
    let words = tokio::task::spawn_blocking(move || lexical.generations()).await??;
    let vectors = tables.target.generations().await?;
    let live = shared.store.live_counts().await?;
    let plan = compare(&live, &words, &vectors);
    if !plan.stale.is_empty() {
        tracing::info!(
            generations = plan.stale.len(),
            "the indexes hold what the store does not: it is taken out"
        );
        for some in plan.stale.chunks(500) {
            remove(
                shared,
                tables,
                some.iter()
                    .map(|generation| Removal::Generation(*generation))
                    .collect(),
            )
            .await?;
        }
    }
    if !plan.restores.is_empty() {
        tracing::info!(
            documents = plan.restores.len(),
            "the indexes lack what the store has: it is added again"
        );
    }
    Ok(plan.restores)
}

/// Everything again, into a word index that was emptied and a vector table that is new.
pub(super) fn all(live: Vec<LiveCount>) -> VecDeque<Restore> {
    live.into_iter()
        .map(|live| Restore {
            document: live.document,
            generation: live.generation,
            words: true,
            vectors: true,
        })
        .collect()
}

#[derive(Debug, Default)]
struct Plan {
    /// In an index, but to be taken out of it.
    stale: Vec<GenerationId>,
    restores: VecDeque<Restore>,
}

fn compare(
    live: &[LiveCount],
    words: &HashMap<GenerationId, u64>,
    vectors: &HashMap<GenerationId, u64>,
) -> Plan {
    let mut plan = Plan::default();
    let mut known = HashSet::new();
    for live in live {
        known.insert(live.generation);
        let expected = u64::from(live.passages);
        let count = |index: &HashMap<GenerationId, u64>| index.get(&live.generation).copied().unwrap_or(0);
        // More than there are: only taking all out first makes it right.
        if count(words) > expected || count(vectors) > expected {
            plan.stale.push(live.generation);
            plan.restores.push_back(Restore {
                document: live.document,
                generation: live.generation,
                words: true,
                vectors: true,
            });
        } else if count(words) < expected || count(vectors) < expected {
            plan.restores.push_back(Restore {
                document: live.document,
                generation: live.generation,
                words: count(words) < expected,
                vectors: count(vectors) < expected,
            });
        }
    }
    let indexed: HashSet<_> = words.keys().chain(vectors.keys()).copied().collect();
    plan.stale.extend(indexed.difference(&known));
    plan.stale.sort_unstable();
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DocumentId;

    fn live(generation: i64, passages: u32) -> LiveCount {
        LiveCount {
            generation: GenerationId(generation),
            document: DocumentId(generation),
            passages,
        }
    }

    fn index(counts: &[(i64, u64)]) -> HashMap<GenerationId, u64> {
        counts
            .iter()
            .map(|(generation, count)| (GenerationId(*generation), *count))
            .collect()
    }

    #[test]
    fn indexes_that_agree_with_the_store_are_left_alone() {
        let plan = compare(&[live(1, 3)], &index(&[(1, 3)]), &index(&[(1, 3)]));
        assert!(plan.stale.is_empty() && plan.restores.is_empty());
    }

    #[test]
    fn a_generation_that_the_store_does_not_show_is_stale() {
        let plan = compare(
            &[live(2, 1)],
            &index(&[(1, 3), (2, 1)]),
            &index(&[(2, 1), (3, 1)]),
        );
        assert_eq!(plan.stale, [GenerationId(1), GenerationId(3)]);
    }

    #[test]
    fn what_one_index_lacks_is_restored_in_that_one() {
        let plan = compare(&[live(1, 3)], &index(&[(1, 3)]), &index(&[(1, 2)]));
        assert!(matches!(
            plan.restores.front(),
            Some(Restore {
                words: false,
                vectors: true,
                ..
            })
        ));
    }

    #[test]
    fn passages_that_are_there_twice_are_taken_out_and_added_again() {
        let plan = compare(&[live(1, 3)], &index(&[(1, 4)]), &index(&[(1, 3)]));
        assert_eq!(plan.stale, [GenerationId(1)]);
        assert!(matches!(
            plan.restores.front(),
            Some(Restore {
                words: true,
                vectors: true,
                ..
            })
        ));
    }
}
