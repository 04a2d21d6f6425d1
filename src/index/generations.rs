//! What an index holds of each generation, some generations at a time: an index does not keep them in order, and counting
//! all at once would take memory for each.

use std::collections::BTreeMap;

use crate::domain::GenerationId;

/// How many passages an index holds of the first generations after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationCounts {
    after: GenerationId,
    most: usize,
    counts: BTreeMap<GenerationId, u64>,
    more: bool,
}

impl GenerationCounts {
    /// Nothing counted yet of the first `most` generations after `after`; at least one is counted.
    pub fn after(after: GenerationId, most: usize) -> Self {
        Self {
            after,
            most: most.max(1),
            counts: BTreeMap::new(),
            more: false,
        }
    }

    /// Counts a passage of `generation`, in any order.
    pub fn count(&mut self, generation: GenerationId) {
        if generation <= self.after {
            return;
        }
        if let Some(count) = self.counts.get_mut(&generation) {
            *count += 1;
            return;
        }
        if self.counts.len() == self.most {
            self.more = true;
            // What is left out once stays out: the last one only ever comes nearer.
            match self.counts.last_entry() {
                Some(last) if *last.key() > generation => drop(last.remove()),
                _ => return,
            }
        }
        self.counts.insert(generation, 1);
    }

    /// How many passages there are of `generation`.
    pub fn of(&self, generation: GenerationId) -> u64 {
        self.counts.get(&generation).copied().unwrap_or(0)
    }

    /// The generations in order, with how many passages each has.
    pub fn iter(&self) -> impl Iterator<Item = (GenerationId, u64)> {
        self.counts
            .iter()
            .map(|(generation, count)| (*generation, *count))
    }

    /// The last generation up to which nothing was left out; none where nothing was.
    pub fn end(&self) -> Option<GenerationId> {
        self.more
            .then(|| self.counts.last_key_value().map(|(last, _)| *last))
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(after: i64, most: usize, passages: &[i64]) -> (Vec<(i64, u64)>, Option<i64>) {
        let mut counts = GenerationCounts::after(GenerationId(after), most);
        for generation in passages {
            counts.count(GenerationId(*generation));
        }
        (
            counts
                .iter()
                .map(|(generation, count)| (generation.0, count))
                .collect(),
            counts.end().map(|end| end.0),
        )
    }

    #[test]
    fn the_first_generations_are_counted_in_whatever_order_their_passages_come() {
        let passages = [9, 4, 7, 4, 1, 9, 7, 7, 4];
        assert_eq!(counted(1, 2, &passages), (vec![(4, 3), (7, 3)], Some(7)));
        assert_eq!(counted(7, 2, &passages), (vec![(9, 2)], None));
        assert_eq!(counted(9, 2, &passages), (vec![], None));
    }

    #[test]
    fn as_many_as_there_is_room_for_leave_nothing_out() {
        assert_eq!(counted(0, 2, &[2, 1, 2]), (vec![(1, 1), (2, 2)], None));
    }
}
