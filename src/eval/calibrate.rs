//! Calibration: where to draw the line between answering and refusing, and whether the weights are still right.
//!
//! One line for all sets of a language. For each share of answerable questions that may be refused, the curve shows
//! which share of each set's unanswerable ones is refused too. The fresh weights are fitted on seven eighths of the
//! questions and tried on the rest, in turn; neighbouring questions stay together, since they share their documents.
//! What does not count in a language, as a model's likeness does not in Chinese, is not calibrated there.

use std::fmt;

use super::Sample;
use super::metrics::{percentile, share};
use super::report::percent;
use crate::answer::calibration;
use crate::domain::Language;
use crate::generate::Evidence;

/// The shares of falsely refused questions for which the curve is drawn.
const FALSE_REFUSALS: [f64; 6] = [0.02, 0.05, 0.075, 0.10, 0.15, 0.20];
/// The share that the product is set to.
const CHOSEN: f64 = 0.10;
const FOLDS: usize = 8;
/// Similarity, similarity of the passage, sentence, passage, characters.
const PARTS: usize = 5;
const ROUNDS: usize = 3_000;
const STEP: f64 = 0.5;

/// The calibration of one language, with or without meaning.
#[derive(Debug, Clone)]
pub struct Calibration {
    /// The language of the questions.
    pub language: Language,
    /// Whether the embedder knows it, and what it says of meaning counts there.
    pub meaning: bool,
    /// The sum of evidence at which a question is answered, for `answer/calibration.rs`.
    pub limit: f64,
    /// What the weights in force reach.
    pub curves: Vec<Curve>,
    /// What weights fitted afresh would be and reach.
    pub fitted: Option<Fitted>,
}

/// One point of the curve.
#[derive(Debug, Clone)]
pub struct Curve {
    /// The share of answerable questions that are refused, over all sets.
    pub false_refusals: f64,
    /// The least sum of evidence that is answered.
    pub limit: f64,
    /// The share of each set's unanswerable questions that is refused.
    pub refusals: Vec<(String, Option<f64>)>,
}

/// Weights fitted afresh.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// Of similarity, the passage's similarity, sentence, passage and characters.
    pub weights: [f64; PARTS],
    /// What they reach on questions they were not fitted on, at the chosen share of false refusals.
    pub refusals: Vec<(String, Option<f64>)>,
}

impl Calibration {
    /// Calibrates every language for which there are answerable and unanswerable questions.
    pub fn of(sets: &[(String, Vec<Sample>)]) -> Vec<Self> {
        [Language::English, Language::Chinese]
            .into_iter()
            .flat_map(|language| [(language, true), (language, false)])
            .filter_map(|(language, meaning)| Self::one(sets, language, meaning))
            .collect()
    }

    fn one(sets: &[(String, Vec<Sample>)], language: Language, meaning: bool) -> Option<Self> {
        let rows = rows(sets, language, meaning);
        if !(rows.iter().any(|row| row.answerable) && rows.iter().any(|row| !row.answerable)) {
            return None;
        }
        let names: Vec<&str> = sets.iter().map(|(name, _)| name.as_str()).collect();
        let sums: Vec<f64> = rows
            .iter()
            .map(|row| f64::from(calibration::sum(&row.evidence)))
            .collect();
        let curves: Vec<Curve> = FALSE_REFUSALS
            .iter()
            .map(|share| curve(&names, &rows, &sums, *share))
            .collect();
        let limit = curve(&names, &rows, &sums, CHOSEN).limit;
        let fitted = (rows.len() >= 10 * FOLDS).then(|| fit_and_try(&names, &rows));
        Some(Self {
            language,
            meaning,
            limit,
            curves,
            fitted,
        })
    }
}

struct Row {
    set: usize,
    fold: usize,
    answerable: bool,
    evidence: Evidence,
    features: [f64; PARTS],
}

fn rows(sets: &[(String, Vec<Sample>)], language: Language, meaning: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    for (set, (_, samples)) in sets.iter().enumerate() {
        for (position, sample) in samples
            .iter()
            .enumerate()
            .filter(|(_, sample)| sample.language == language)
        {
            // Where nothing was found there is nothing to weigh: such a question is refused in any case.
            let counted = sample
                .evidence
                .map(|evidence| calibration::counted(&evidence, language));
            let Some(evidence) = counted.filter(|evidence| evidence.similarity.is_some() == meaning) else {
                continue;
            };
            let similarity = evidence.similarity.unwrap_or(0.0);
            let features = [
                similarity,
                evidence.passage_similarity.unwrap_or(similarity),
                evidence.sentence,
                evidence.passage,
                evidence.characters,
            ]
            .map(f64::from);
            let fold = position * FOLDS / samples.len();
            rows.push(Row {
                set,
                fold,
                answerable: sample.answerable,
                evidence,
                features,
            });
        }
    }
    rows
}

fn curve(names: &[&str], rows: &[Row], sums: &[f64], false_refusals: f64) -> Curve {
    let of_answerable: Vec<f64> = rows
        .iter()
        .zip(sums)
        .filter(|(row, _)| row.answerable)
        .map(|(_, sum)| *sum)
        .collect();
    let limit = percentile(&of_answerable, false_refusals);
    let refused_of = |set: usize| {
        let of_set: Vec<f64> = rows
            .iter()
            .zip(sums)
            .filter(|(row, _)| row.set == set && !row.answerable)
            .map(|(_, sum)| *sum)
            .collect();
        share(of_set.iter().filter(|sum| **sum < limit).count(), of_set.len())
    };
    let refusals = names
        .iter()
        .enumerate()
        .filter(|(set, _)| rows.iter().any(|row| row.set == *set))
        .map(|(set, name)| ((*name).to_owned(), refused_of(set)))
        .collect();
    Curve {
        false_refusals,
        limit,
        refusals,
    }
}

fn fit_and_try(names: &[&str], rows: &[Row]) -> Fitted {
    let mut sums = vec![0.0; rows.len()];
    for fold in 0..FOLDS {
        let weights = fit(&rows.iter().filter(|row| row.fold != fold).collect::<Vec<_>>());
        for (row, sum) in rows.iter().zip(&mut sums).filter(|(row, _)| row.fold == fold) {
            *sum = linear(&weights, &row.features);
        }
    }
    let [weights @ .., _] = fit(&rows.iter().collect::<Vec<_>>());
    Fitted {
        weights,
        refusals: curve(names, rows, &sums, CHOSEN).refusals,
    }
}

/// Logistic regression by gradient descent; both classes count the same whatever their size. The offset comes last.
#[expect(clippy::cast_precision_loss, reason = "counts of questions")]
fn fit(rows: &[&Row]) -> [f64; PARTS + 1] {
    let answerable = rows.iter().filter(|row| row.answerable).count().max(1) as f64;
    let unanswerable = (rows.len() as f64 - answerable).max(1.0);
    let mut weights = [0.0; PARTS + 1];
    for _ in 0..ROUNDS {
        let mut gradient = [0.0; PARTS + 1];
        for row in rows {
            let expected = 1.0 / (1.0 + (-linear(&weights, &row.features)).exp());
            let (target, size) = if row.answerable {
                (1.0, answerable)
            } else {
                (0.0, unanswerable)
            };
            let error = (target - expected) / size;
            for (slope, feature) in gradient.iter_mut().zip(row.features) {
                *slope += error * feature;
            }
            gradient[PARTS] += error;
        }
        for (weight, slope) in weights.iter_mut().zip(gradient) {
            *weight += STEP * slope;
        }
    }
    weights
}

fn linear(weights: &[f64; PARTS + 1], features: &[f64; PARTS]) -> f64 {
    weights
        .iter()
        .zip(features)
        .map(|(weight, feature)| weight * feature)
        .sum::<f64>()
        + weights[PARTS]
}

impl fmt::Display for Calibration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match (self.meaning, self.language) {
            (true, _) => "meaning and words",
            (false, Language::English) => "words alone",
            (false, Language::Chinese) => "words alone, which alone count there",
        };
        writeln!(
            formatter,
            "calibration, questions in {}, by {by}",
            self.language.tag()
        )?;
        let listed = |refusals: &[(String, Option<f64>)]| {
            refusals
                .iter()
                .filter(|(_, rate)| rate.is_some())
                .map(|(name, rate)| format!("{name} {}", percent(*rate)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        for point in &self.curves {
            writeln!(
                formatter,
                "  answerable refused {:>6}   limit {:>6.2}   unanswerable refused: {}",
                percent(Some(point.false_refusals)),
                point.limit,
                listed(&point.refusals),
            )?;
        }
        if let Some(Fitted {
            weights: [similarity, passage_similarity, sentence, passage, characters],
            refusals,
        }) = &self.fitted
        {
            writeln!(
                formatter,
                "  weights fitted afresh: similarity {similarity:.1}, of the passage \
                 {passage_similarity:.1}, sentence {sentence:.1}, passage {passage:.1}, characters {characters:.1}; \
                 cross-validated at {}: {}",
                percent(Some(CHOSEN)),
                listed(refusals),
            )?;
        }
        write!(
            formatter,
            "  limit for src/answer/calibration.rs: {:.2}",
            self.limit
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Vec<Sample> {
        (0_u8..200)
            .map(|number| {
                let answerable = number % 2 == 0;
                let base = if answerable { 0.8 } else { 0.2 } + f32::from(number % 7) / 50.0;
                let evidence = Some(Evidence {
                    sentence: base,
                    passage: base,
                    codes: 1.0,
                    ..Evidence::default()
                });
                Sample {
                    language: Language::English,
                    answerable,
                    evidence,
                }
            })
            .collect()
    }

    #[test]
    fn the_limit_refuses_the_chosen_share_of_answerable_questions_and_what_lies_below() {
        let calibrations = Calibration::of(&[("set".to_owned(), samples())]);
        assert_eq!(calibrations.len(), 1);
        let chosen = calibrations[0]
            .curves
            .iter()
            .find(|point| (point.false_refusals - CHOSEN).abs() < 1e-9);
        assert_eq!(chosen.unwrap().refusals, [("set".to_owned(), Some(1.0))]);
    }

    #[test]
    fn fitted_weights_tell_what_the_evidence_tells() {
        let calibration = &Calibration::of(&[("set".to_owned(), samples())])[0];
        let fitted = calibration.fitted.as_ref().unwrap();
        assert!(fitted.weights[2] > 1.0 && fitted.weights[3] > 1.0);
        assert_eq!(fitted.refusals, [("set".to_owned(), Some(1.0))]);
    }

    #[test]
    fn in_chinese_the_words_are_calibrated_whatever_an_embedder_says_of_meaning() {
        let chinese = |similarity: Option<f32>| -> Vec<Sample> {
            let of = |mut sample: Sample| {
                sample.language = Language::Chinese;
                if let Some(evidence) = &mut sample.evidence {
                    evidence.similarity = similarity;
                }
                sample
            };
            samples().into_iter().map(of).collect()
        };
        let [with, without] = [Some(0.9), None].map(|similarity| {
            let calibrations = Calibration::of(&[("set".to_owned(), chinese(similarity))]);
            assert_eq!(calibrations.len(), 1);
            assert!(!calibrations[0].meaning);
            calibrations[0].to_string()
        });
        assert_eq!(with, without);
        assert!(with.contains("which alone count there"), "{with}");
    }

    #[test]
    fn a_language_without_unanswerable_questions_is_not_calibrated() {
        let answerable = samples().into_iter().filter(|sample| sample.answerable).collect();
        assert!(Calibration::of(&[("set".to_owned(), answerable)]).is_empty());
    }
}
