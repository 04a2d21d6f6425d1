//! Where a new request starts: the row whose tokens begin as its prompt does, so that they are not computed again.
//!
//! Rows of sequences that have ended keep their cache until their place is needed; rows of running ones may be copied
//! from. Pure: it sees tokens and says what to do.

/// What a row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held<'a> {
    /// The tokens that are computed in it.
    pub tokens: &'a [u32],
    /// Whether a running sequence owns it.
    pub taken: bool,
    /// When it was last owned; greater is later.
    pub used: u64,
}

/// The row that a request gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The row.
    pub row: usize,
    /// The row from which the beginning is copied; the row itself if it holds it already.
    pub from: usize,
    /// How many tokens of the prompt need not be computed.
    pub reused: usize,
}

/// Chooses a row that is not taken for `prompt`; `None` if all are.
///
/// The row with the longest beginning in common is taken over if it is free and most of what it holds is reused: that
/// is the conversation going on. Otherwise its beginning is copied into another free row, the one that is empty or was
/// used longest ago, so that the conversation in it can still go on later.
pub fn place(rows: &[Held], prompt: &[u32]) -> Option<Placement> {
    // One token at least is computed, for there must be logits to go on from.
    let beginning = &prompt[..prompt.len().saturating_sub(1)];
    let common = |held: &Held| {
        held.tokens
            .iter()
            .zip(beginning)
            .take_while(|(one, other)| one == other)
            .count()
    };
    let best = (0..rows.len()).max_by_key(|row| (common(&rows[*row]), !rows[*row].taken))?;
    let reused = common(&rows[best]);
    let held = &rows[best];
    if !held.taken && reused > 0 && reused * 2 >= held.tokens.len() {
        return Some(Placement {
            row: best,
            from: best,
            reused,
        });
    }
    let free = (0..rows.len()).filter(|row| !rows[*row].taken);
    let other = free
        .filter(|row| *row != best || reused == 0)
        .min_by_key(|row| (!rows[*row].tokens.is_empty(), rows[*row].used, *row));
    match other {
        Some(row) => Some(Placement {
            row,
            from: best,
            reused,
        }),
        None => (!held.taken).then_some(Placement {
            row: best,
            from: best,
            reused,
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn held(tokens: &[u32], taken: bool, used: u64) -> Held<'_> {
        Held { tokens, taken, used }
    }

    #[test]
    fn a_conversation_goes_on_in_its_row() {
        let rows = [held(&[1, 2, 9], false, 2), held(&[1, 2, 3, 4, 5], false, 1)];
        let placement = place(&rows, &[1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(
            placement,
            Some(Placement {
                row: 1,
                from: 1,
                reused: 5
            })
        );
    }

    #[test]
    fn a_beginning_in_common_is_copied_and_the_conversation_stays() {
        let rows = [held(&[1, 2, 3, 4, 5, 6], false, 3), held(&[], false, 0)];
        assert_eq!(
            place(&rows, &[1, 2, 9]),
            Some(Placement {
                row: 1,
                from: 0,
                reused: 2
            })
        );
        let running = [
            held(&[1, 2, 3], true, 3),
            held(&[7], false, 2),
            held(&[8], false, 1),
        ];
        assert_eq!(
            place(&running, &[1, 2, 3, 9]),
            Some(Placement {
                row: 2,
                from: 0,
                reused: 3
            })
        );
    }

    #[test]
    fn the_last_token_of_a_prompt_is_always_computed() {
        let rows = [held(&[1, 2, 3], false, 1)];
        assert_eq!(
            place(&rows, &[1, 2, 3]),
            Some(Placement {
                row: 0,
                from: 0,
                reused: 2
            })
        );
        assert_eq!(
            place(&rows, &[1]),
            Some(Placement {
                row: 0,
                from: 0,
                reused: 0
            })
        );
    }

    #[test]
    fn without_anything_in_common_an_empty_row_comes_before_the_one_used_longest_ago() {
        let rows = [held(&[5], false, 9), held(&[6], false, 2), held(&[], false, 0)];
        assert_eq!(place(&rows, &[1, 2]).unwrap().row, 2);
        assert_eq!(place(&rows[..2], &[1, 2]).unwrap().row, 1);
        assert_eq!(place(&[held(&[1], true, 1)], &[1, 2]), None);
    }

    proptest! {
        #[test]
        fn a_row_that_is_taken_is_never_given_away_and_what_is_reused_is_the_same(
            rows in prop::collection::vec((prop::collection::vec(0u32..3, 0..6), any::<bool>(), 0u64..9), 1..5),
            prompt in prop::collection::vec(0u32..3, 1..8),
        ) {
            let held: Vec<Held> = rows.iter().map(|(tokens, taken, used)| held(tokens, *taken, *used)).collect();
            match place(&held, &prompt) {
                None => prop_assert!(held.iter().all(|row| row.taken)),
                Some(placement) => {
                    prop_assert!(!held[placement.row].taken);
                    prop_assert!(placement.reused < prompt.len());
                    let reused = &prompt[..placement.reused];
                    prop_assert!(held[placement.from].tokens.starts_with(reused));
                }
            }
        }
    }
}
