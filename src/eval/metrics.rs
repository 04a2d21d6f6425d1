//! The figures of a ranking and the agreement of texts. Pure.

use std::collections::HashSet;
use std::hash::Hash;

use serde::Serialize;

/// How well rankings put what is relevant first; rates between 0 and 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Ranking {
    /// Normalised discounted cumulative gain of the first ten, every relevant thing counting the same.
    pub ndcg_at_10: f64,
    /// How often the first is relevant.
    pub hit_at_1: f64,
    /// The share of what is relevant among the first five.
    pub recall_at_5: f64,
    /// The share of what is relevant among the first ten.
    pub recall_at_10: f64,
    /// The share of what is relevant among the first hundred.
    pub recall_at_100: f64,
}

impl Ranking {
    /// The figures of one ranking, best first, no thing in it twice.
    #[expect(clippy::cast_precision_loss, reason = "ranks and counts are small")]
    pub fn of<T: Eq + Hash>(ranked: &[T], relevant: &HashSet<T>) -> Self {
        let gain = |rank: usize| 1.0 / (rank as f64 + 2.0).log2();
        let hits = |depth: usize| {
            ranked
                .iter()
                .take(depth)
                .filter(|thing| relevant.contains(thing))
                .count() as f64
        };
        let total = relevant.len().max(1) as f64;
        let ideal: f64 = (0..relevant.len().min(10)).map(gain).sum();
        let found: f64 = ranked
            .iter()
            .take(10)
            .enumerate()
            .filter(|(_, thing)| relevant.contains(thing))
            .map(|(rank, _)| gain(rank))
            .sum();
        Self {
            ndcg_at_10: if ideal > 0.0 { found / ideal } else { 0.0 },
            hit_at_1: hits(1),
            recall_at_5: hits(5) / total,
            recall_at_10: hits(10) / total,
            recall_at_100: hits(100) / total,
        }
    }

    /// The mean of the figures of several rankings; nothing where there are none.
    #[expect(clippy::cast_precision_loss, reason = "a count of questions")]
    pub fn mean(all: &[Self]) -> Option<Self> {
        if all.is_empty() {
            return None;
        }
        let mean = |figure: fn(&Self) -> f64| round(all.iter().map(figure).sum::<f64>() / all.len() as f64);
        Some(Self {
            ndcg_at_10: mean(|one| one.ndcg_at_10),
            hit_at_1: mean(|one| one.hit_at_1),
            recall_at_5: mean(|one| one.recall_at_5),
            recall_at_10: mean(|one| one.recall_at_10),
            recall_at_100: mean(|one| one.recall_at_100),
        })
    }
}

/// Whether `text` holds one of the accepted answers, whatever its case and spacing.
pub fn contains_accepted(text: &str, accepted: &[String]) -> bool {
    let text = plain(text);
    accepted
        .iter()
        .map(|answer| plain(answer))
        .any(|answer| !answer.is_empty() && text.contains(&answer))
}

/// The share of `yes` among `all`; nothing where there is nothing to count.
#[expect(clippy::cast_precision_loss, reason = "counts of questions")]
pub fn share(yes: usize, all: usize) -> Option<f64> {
    (all > 0).then(|| round(yes as f64 / all as f64))
}

/// The value below which the share `fraction` of the values lies; 0 where there are none.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index"
)]
pub fn percentile(values: &[f64], fraction: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (fraction * sorted.len() as f64).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// Four digits after the point: more would be noise.
pub fn round(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

fn plain(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_ranking_has_every_figure_at_1() {
        let ranking = Ranking::of(&[1, 2, 3], &HashSet::from([1, 2]));
        assert!((ranking.ndcg_at_10 - 1.0).abs() < 1e-12);
        assert!((ranking.hit_at_1 - 1.0).abs() < 1e-12 && (ranking.recall_at_5 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_only_relevant_thing_at_rank_2_gains_less() {
        let ranking = Ranking::of(&[9, 1, 2], &HashSet::from([1]));
        assert!((ranking.ndcg_at_10 - 1.0 / 3.0_f64.log2()).abs() < 1e-12);
        assert!(ranking.hit_at_1.abs() < 1e-12 && (ranking.recall_at_5 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_found_lowers_recall() {
        let ranked: Vec<u32> = (0..200).collect();
        let ranking = Ranking::of(&ranked, &HashSet::from([7, 50, 150, 999]));
        assert!((ranking.recall_at_10 - 0.25).abs() < 1e-12 && (ranking.recall_at_100 - 0.5).abs() < 1e-12);
        assert!(Ranking::mean(&[]).is_none());
    }

    #[test]
    fn an_accepted_answer_counts_whatever_its_case_and_spacing() {
        assert!(contains_accepted("Tighten to 25\n Nm.", &["25 nm".to_owned()]));
        assert!(!contains_accepted(
            "Tighten to 25 Nm.",
            &["27 Nm".to_owned(), " ".to_owned()]
        ));
    }

    #[test]
    fn the_95th_percentile_of_100_values_is_the_95th() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert!((percentile(&values, 0.95) - 95.0).abs() < 1e-12);
        assert!((percentile(&values, 0.5) - 50.0).abs() < 1e-12);
        assert!(percentile(&[], 0.5).abs() < 1e-12);
    }
}
