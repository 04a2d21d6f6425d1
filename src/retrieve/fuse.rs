//! Fusion of two rankings: the convex combination of their normalised scores. Pure.

use std::collections::HashMap;

use crate::domain::PassageId;

/// The hit whose score becomes 0 on the common scale, counted from the best, whose score becomes 1. Fixed, so that a
/// longer list does not change the order of its first hits.
const DEPTH: usize = 100;

/// A hit of one ranking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The passage.
    pub passage: PassageId,
    /// The score in its own ranking.
    pub score: f32,
}

/// A passage of the fused ranking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fused {
    /// The passage.
    pub passage: PassageId,
    /// 0 to 1.
    pub score: f32,
    /// BM25, where the lexical ranking has it.
    pub lexical: Option<f32>,
    /// Cosine similarity, where the dense ranking has it.
    pub dense: Option<f32>,
}

/// Fuses two rankings, each best first, with `dense_weight` between 0 and 1. Best first; what one ranking lacks
/// counts 0 there; equals stand in the order of their better rank.
pub fn fuse(lexical: &[Hit], dense: &[Hit], dense_weight: f32) -> Vec<Fused> {
    let mut found: HashMap<PassageId, (Fused, usize)> = HashMap::new();
    let mut add = |hits: &[Hit], floor: f32, weight: f32, is_dense: bool| {
        let top = hits.first().map_or(0.0, |hit| hit.score);
        for (rank, hit) in hits.iter().enumerate() {
            let fresh = Fused {
                passage: hit.passage,
                score: 0.0,
                lexical: None,
                dense: None,
            };
            let (fused, best_rank) = found.entry(hit.passage).or_insert((fresh, rank));
            *best_rank = rank.min(*best_rank);
            fused.score += weight * normalised(hit.score, floor, top);
            if is_dense {
                fused.dense = Some(hit.score);
            } else {
                fused.lexical = Some(hit.score);
            }
        }
    };
    // A passage that shares no word scores 0, so a short lexical list has 0 for its floor; every passage has a
    // similarity, so a short dense list holds them all and its last is the floor.
    let lexical_floor = lexical.get(DEPTH - 1).map_or(0.0, |hit| hit.score);
    let dense_floor = dense.get(DEPTH - 1).or(dense.last()).map_or(0.0, |hit| hit.score);
    add(lexical, lexical_floor, 1.0 - dense_weight, false);
    add(dense, dense_floor, dense_weight, true);
    let mut ranking: Vec<(Fused, usize)> = found.into_values().collect();
    ranking.sort_by(|(one, one_rank), (other, other_rank)| {
        other
            .score
            .total_cmp(&one.score)
            .then(one_rank.cmp(other_rank))
            .then(one.passage.cmp(&other.passage))
    });
    ranking.into_iter().map(|(fused, _)| fused).collect()
}

fn normalised(score: f32, floor: f32, top: f32) -> f32 {
    let width = top - floor;
    if width > f32::EPSILON {
        ((score - floor) / width).clamp(0.0, 1.0)
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hits(scores: &[(i64, f32)]) -> Vec<Hit> {
        scores
            .iter()
            .map(|(id, score)| Hit {
                passage: PassageId(*id),
                score: *score,
            })
            .collect()
    }

    fn order(fused: &[Fused]) -> Vec<i64> {
        fused.iter().map(|hit| hit.passage.0).collect()
    }

    #[test]
    fn a_passage_that_both_rankings_like_comes_before_the_favourite_of_either() {
        let lexical = hits(&[(1, 10.0), (2, 9.0), (3, 1.0)]);
        let dense = hits(&[(4, 0.9), (2, 0.8), (3, 0.1)]);
        assert_eq!(order(&fuse(&lexical, &dense, 0.5))[0], 2);
    }

    #[test]
    fn without_weight_for_meaning_the_words_alone_decide() {
        let lexical = hits(&[(1, 10.0), (2, 9.0), (3, 1.0)]);
        let dense = hits(&[(3, 0.9), (2, 0.8)]);
        assert_eq!(order(&fuse(&lexical, &dense, 0.0)), [1, 2, 3]);
    }

    #[test]
    fn a_single_hit_scores_in_full_and_nothing_gives_nothing() {
        assert!((fuse(&hits(&[(1, 0.2)]), &[], 0.4)[0].score - 0.6).abs() < 1e-6);
        assert!(fuse(&[], &[], 0.4).is_empty());
    }

    proptest! {
        #[test]
        fn scores_lie_between_0_and_1_and_fall(
            lexical in proptest::collection::vec((0_i64..300, 0.0_f32..40.0), 0..150),
            dense in proptest::collection::vec((0_i64..300, -1.0_f32..1.0), 0..150),
            weight in 0.0_f32..=1.0,
        ) {
            let ranked = |mut list: Vec<(i64, f32)>| {
                list.sort_by(|a, b| b.1.total_cmp(&a.1));
                let mut seen = std::collections::HashSet::new();
                list.retain(|(id, _)| seen.insert(*id));
                hits(&list)
            };
            let fused = fuse(&ranked(lexical), &ranked(dense), weight);
            prop_assert!(fused.iter().all(|hit| (0.0..=1.0 + 1e-5).contains(&hit.score)));
            prop_assert!(fused.windows(2).all(|pair| pair[0].score >= pair[1].score));
        }
    }
}
