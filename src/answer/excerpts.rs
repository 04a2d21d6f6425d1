//! Which passages are read sentence by sentence: the best ones, with the neighbours of the first, so that an answer that
//! goes on where a passage ends is not cut in half.

use std::collections::HashSet;

use crate::domain::{Passage, PassageId, ScoredPassage};
use crate::generate::Excerpt;
use crate::store::{Store, StoreError};

/// How many of the passages that were found are read.
const READ: usize = 5;
/// How many of them are read with their neighbours.
const WITH_NEIGHBOURS: usize = 2;

pub(super) async fn read(store: &Store, passages: &[ScoredPassage]) -> Result<Vec<Excerpt>, StoreError> {
    let mut known: HashSet<PassageId> = passages.iter().take(READ).map(|found| found.passage.id).collect();
    let mut excerpts = Vec::with_capacity(READ + 2 * WITH_NEIGHBOURS);
    for (rank, found) in passages.iter().take(READ).enumerate() {
        excerpts.push(Excerpt {
            passage: found.clone(),
            found: true,
        });
        if rank >= WITH_NEIGHBOURS {
            continue;
        }
        let ordinal = found.passage.ordinal;
        let around = ordinal.saturating_sub(1)..=ordinal.saturating_add(1);
        for neighbour in store.neighbours(found.passage.generation, around).await? {
            if same_place(&found.passage, &neighbour) && known.insert(neighbour.id) {
                // It is shown as a part of the file that was found, also where that only says the same as its own.
                let passage = ScoredPassage {
                    passage: Passage {
                        document: found.passage.document,
                        ..neighbour
                    },
                    ..found.clone()
                };
                excerpts.push(Excerpt {
                    passage,
                    found: false,
                });
            }
        }
    }
    Ok(excerpts)
}

/// Whether the neighbour goes on with the same subject: under the same innermost heading, on the same sheet.
fn same_place(found: &Passage, neighbour: &Passage) -> bool {
    found.locator.headings == neighbour.locator.headings
        && found.locator.sheet == neighbour.locator.sheet
        && found.locator.part == neighbour.locator.part
}
