//! Store and indexes laid beside each other, a bounded part at a time: three lists in order of generation, each cut off
//! after some, and of them the part in which none of the three has a gap. Pure but for taking it.

use super::IngestError;
use super::piece::Restore;
use crate::domain::GenerationId;
use crate::index::{GenerationCounts, LexicalIndex, VectorIndex};
use crate::store::{LiveCount, Store};

/// Generations of each list that are held together: some hundred kilobytes. Each part costs a look at the generation of every
/// passage of both indexes, so that few would cost time. Tests take few, so that each of them goes over several parts.
const TOGETHER: u32 = if cfg!(test) { 2 } else { 16_384 };

/// A part of store and indexes.
#[derive(Debug)]
pub(super) struct Window {
    live: Vec<LiveCount>,
    words: GenerationCounts,
    vectors: GenerationCounts,
    /// The last generation of the part; none where it is the last part.
    end: Option<GenerationId>,
}

/// What makes an index differ from the store.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// In an index, but to be taken out of it; in order.
    pub(super) stale: Vec<GenerationId>,
    /// To be given to an index; in order.
    pub(super) restores: Vec<Restore>,
}

impl Window {
    /// The part that begins after `after`.
    pub(super) async fn take(
        store: &Store,
        lexical: &LexicalIndex,
        vectors: &VectorIndex,
        after: GenerationId,
    ) -> Result<Self, IngestError> {
        // The store first: what it shows has been in the indexes since before.
        let live = store.live_counts(after, TOGETHER).await?;
        let most = TOGETHER as usize;
        let lexical = lexical.clone();
        let words = tokio::task::spawn_blocking(move || lexical.generations(after, most)).await??;
        let vectors = vectors.generations(after, most).await?;
        Ok(Self::of(live, most, words, vectors))
    }

    /// The part that begins after `after` of the store and one index, whose passages `counts` counts. The other is empty.
    pub(super) async fn take_one(
        store: &Store,
        after: GenerationId,
        counts: impl AsyncFn(GenerationId, usize) -> Result<GenerationCounts, IngestError>,
    ) -> Result<Self, IngestError> {
        let live = store.live_counts(after, TOGETHER).await?;
        let most = TOGETHER as usize;
        let words = counts(after, most).await?;
        Ok(Self::of(live, most, words, GenerationCounts::after(after, most)))
    }

    /// The part in which none of these has a gap. `live` was cut off after `most`.
    fn of(live: Vec<LiveCount>, most: usize, words: GenerationCounts, vectors: GenerationCounts) -> Self {
        let live_end = live
            .last()
            .filter(|_| live.len() == most)
            .map(|last| last.generation);
        let end = [live_end, words.end(), vectors.end()].into_iter().flatten().min();
        Self {
            live,
            words,
            vectors,
            end,
        }
    }

    /// After which generation the next part begins; none where this is the last one.
    pub(super) fn end(&self) -> Option<GenerationId> {
        self.end
    }

    /// The last generation in it that the store shows.
    pub(super) fn last_live(&self) -> Option<GenerationId> {
        self.live().last().map(|live| live.generation)
    }

    /// What is to be done.
    pub(super) fn difference(&self) -> Difference {
        let mut difference = Difference::default();
        for live in self.live() {
            let expected = u64::from(live.passages);
            let (words, vectors) = (self.words.of(live.generation), self.vectors.of(live.generation));
            // More than there are: only taking all out first makes it right.
            let too_many = words > expected || vectors > expected;
            if too_many {
                difference.stale.push(live.generation);
            }
            if words != expected || vectors != expected {
                difference.restores.push(Restore {
                    document: live.document,
                    generation: live.generation,
                    words: too_many || words < expected,
                    vectors: too_many || vectors < expected,
                });
            }
        }
        for index in [&self.words, &self.vectors] {
            difference
                .stale
                .extend(self.unknown(index).map(|(generation, _)| generation));
        }
        difference.stale.sort_unstable();
        difference.stale.dedup();
        difference
    }

    /// Where one index was taken: generations of which it holds another number of passages than the store shows, and
    /// passages of generations that the store does not show.
    pub(super) fn figures(&self) -> (u64, u64) {
        let differs = |live: &&LiveCount| self.words.of(live.generation) != u64::from(live.passages);
        let stale = self.unknown(&self.words).map(|(_, passages)| passages).sum();
        (self.live().iter().filter(differs).count() as u64, stale)
    }

    /// What the store shows in this part.
    fn live(&self) -> &[LiveCount] {
        let many = self.live.partition_point(|live| self.holds(live.generation));
        &self.live[..many]
    }

    /// What an index holds in this part and the store does not show.
    fn unknown<'window>(
        &'window self,
        index: &'window GenerationCounts,
    ) -> impl Iterator<Item = (GenerationId, u64)> + 'window {
        index
            .iter()
            .take_while(|(generation, _)| self.holds(*generation))
            .filter(|(generation, _)| {
                self.live
                    .binary_search_by_key(generation, |live| live.generation)
                    .is_err()
            })
    }

    fn holds(&self, generation: GenerationId) -> bool {
        self.end.is_none_or(|end| generation <= end)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::DocumentId;

    type Held = BTreeMap<i64, u64>;

    fn live(generation: i64, passages: u64) -> LiveCount {
        LiveCount {
            generation: GenerationId(generation),
            document: DocumentId(generation),
            passages: u32::try_from(passages).unwrap(),
        }
    }

    /// As an index tells it: passage by passage, in no order.
    fn counts(held: &Held, after: i64, most: usize) -> GenerationCounts {
        let mut counts = GenerationCounts::after(GenerationId(after), most);
        for round in 0..held.values().copied().max().unwrap_or(0) {
            for (generation, _) in held.iter().rev().filter(|(_, count)| **count > round) {
                counts.count(GenerationId(*generation));
            }
        }
        counts
    }

    /// All parts, at most `most` generations of each list at a time.
    fn parts(store: &Held, words: &Held, vectors: &Held, most: usize) -> Vec<Window> {
        let mut parts: Vec<Window> = Vec::new();
        let mut after = 0;
        loop {
            let live = store
                .range(after + 1..)
                .take(most)
                .map(|(generation, passages)| live(*generation, *passages))
                .collect();
            let window = Window::of(
                live,
                most,
                counts(words, after, most),
                counts(vectors, after, most),
            );
            let end = window.end();
            parts.push(window);
            match end {
                Some(end) => {
                    assert!(end.0 > after, "a part that leads nowhere");
                    after = end.0;
                }
                None => return parts,
            }
        }
    }

    fn difference(store: &[(i64, u64)], words: &[(i64, u64)], vectors: &[(i64, u64)]) -> Difference {
        let held = |list: &[(i64, u64)]| list.iter().copied().collect::<Held>();
        let windows = parts(&held(store), &held(words), &held(vectors), usize::MAX);
        assert_eq!(windows.len(), 1);
        windows[0].difference()
    }

    #[test]
    fn indexes_that_agree_with_the_store_are_left_alone() {
        assert_eq!(difference(&[(1, 3)], &[(1, 3)], &[(1, 3)]), Difference::default());
    }

    #[test]
    fn a_generation_that_the_store_does_not_show_is_stale() {
        let found = difference(&[(2, 1)], &[(1, 3), (2, 1)], &[(2, 1), (3, 1)]);
        assert_eq!(found.stale, [GenerationId(1), GenerationId(3)]);
        assert!(found.restores.is_empty());
    }

    #[test]
    fn what_one_index_lacks_is_restored_in_that_one() {
        let found = difference(&[(1, 3)], &[(1, 3)], &[(1, 2)]);
        assert!(found.stale.is_empty());
        assert!(matches!(
            found.restores[..],
            [Restore {
                words: false,
                vectors: true,
                ..
            }]
        ));
    }

    #[test]
    fn passages_that_are_there_twice_are_taken_out_and_added_again() {
        let found = difference(&[(1, 3)], &[(1, 4)], &[(1, 3)]);
        assert_eq!(found.stale, [GenerationId(1)]);
        assert!(matches!(
            found.restores[..],
            [Restore {
                words: true,
                vectors: true,
                ..
            }]
        ));
    }

    fn held() -> impl Strategy<Value = Held> {
        prop::collection::btree_map(1..60_i64, 1..4_u64, 0..40)
    }

    proptest! {
        #[test]
        fn however_few_are_held_together_the_difference_is_the_same(
            store in held(),
            mut words in held(),
            mut vectors in held(),
            // Where nearly all agree, as they mostly do.
            agree in 0..60_i64,
            most in 1..12_usize,
        ) {
            for index in [&mut words, &mut vectors] {
                index.retain(|generation, _| *generation > agree);
                index.extend(store.range(..=agree));
            }
            let whole = parts(&store, &words, &vectors, usize::MAX);
            let mut sum = Difference::default();
            for part in parts(&store, &words, &vectors, most) {
                prop_assert!(part.live.len() <= most);
                prop_assert!(part.words.iter().count() <= most && part.vectors.iter().count() <= most);
                let difference = part.difference();
                sum.stale.extend(difference.stale);
                sum.restores.extend(difference.restores);
            }
            prop_assert_eq!(whole.len(), 1);
            prop_assert_eq!(sum, whole[0].difference());
        }
    }
}
