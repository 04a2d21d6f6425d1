//! The figures of an evaluation, as JSON and as lines for a person.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::metrics::{Ranking, round};

/// Everything that was measured on one set; rates between 0 and 1, nothing where there was nothing to count.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// The set's name.
    pub set: String,
    /// Documents that are searchable.
    pub documents: u64,
    /// Their passages.
    pub passages: u64,
    /// Questions asked.
    pub questions: usize,
    /// By document.
    pub retrieval: Option<Ranking>,
    /// By page, where the set names pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<Ranking>,
    /// The answers.
    pub answers: AnswerFigures,
    /// From question to answer.
    pub latency_ms: LatencyFigures,
    /// From files to passages.
    pub ingest: IngestFigures,
}

/// How good the answers are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AnswerFigures {
    /// Share of the answerable questions whose quotes hold an accepted answer.
    pub contains_accepted: Option<f64>,
    /// The same of the best quote alone.
    pub contains_accepted_in_first: Option<f64>,
    /// Share of the citations that point into a relevant document.
    pub citation_relevant: Option<f64>,
    /// Share of a model's sentences that the passages they cite bear out; nothing without a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported: Option<f64>,
    /// Share of the unanswerable questions that are refused.
    pub refusal_rate: Option<f64>,
    /// Share of the answerable questions that are refused.
    pub false_refusal_rate: Option<f64>,
}

/// How long answers take.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LatencyFigures {
    /// Half of them are faster.
    pub p50: f64,
    /// 95 of 100 are faster.
    pub p95: f64,
}

/// How fast documents were taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct IngestFigures {
    /// Searchable documents.
    #[serde(skip)]
    pub documents: u64,
    /// Their passages.
    #[serde(skip)]
    pub passages: u64,
    /// Wall time.
    pub seconds: f64,
    /// A second.
    pub documents_per_second: f64,
    /// A second.
    pub passages_per_second: f64,
    /// Of the files, a second.
    pub megabytes_per_second: f64,
    /// The most memory that the process has had until now.
    pub peak_rss_megabytes: f64,
    /// The most that the processes had together, as far as was seen, in which files were read meanwhile.
    pub readers_rss_megabytes: f64,
}

impl IngestFigures {
    /// The figures of an ingest that took `duration` and has just ended.
    #[expect(clippy::cast_precision_loss, reason = "rates need no more digits")]
    /// `readers` are megabytes, as of a [`Watch`](super::Watch).
    pub fn new(documents: u64, passages: u64, bytes: u64, duration: Duration, readers: f64) -> Self {
        let seconds = duration.as_secs_f64().max(1e-6);
        Self {
            documents,
            passages,
            seconds: round(seconds),
            documents_per_second: round(documents as f64 / seconds),
            passages_per_second: round(passages as f64 / seconds),
            megabytes_per_second: round(bytes as f64 / 1e6 / seconds),
            peak_rss_megabytes: peak_rss_megabytes(),
            readers_rss_megabytes: readers,
        }
    }
}

/// What Linux says the process had at most; 0 where it does not say.
fn peak_rss_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes = status.lines().find_map(|line| {
        line.strip_prefix("VmHWM:")?
            .trim()
            .strip_suffix("kB")?
            .trim()
            .parse::<f64>()
            .ok()
    });
    round(kibibytes.unwrap_or(0.0) * 1_024.0 / 1e6)
}

impl fmt::Display for Evaluation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            set,
            documents,
            passages,
            questions,
            retrieval,
            pages,
            answers,
            latency_ms,
            ingest,
        } = self;
        writeln!(
            formatter,
            "{set}: {documents} documents, {passages} passages, {questions} questions"
        )?;
        for (name, ranking) in [("documents", retrieval), ("pages", pages)] {
            if let Some(ranking) = ranking {
                writeln!(
                    formatter,
                    "  {name:<10} nDCG@10 {:.4}   hit@1 {}   recall@5 {}   @10 {}   @100 {}",
                    ranking.ndcg_at_10,
                    percent(Some(ranking.hit_at_1)),
                    percent(Some(ranking.recall_at_5)),
                    percent(Some(ranking.recall_at_10)),
                    percent(Some(ranking.recall_at_100)),
                )?;
            }
        }
        writeln!(
            formatter,
            "  answers    hold an accepted one {} (best sentence alone {})   citations relevant {}",
            percent(answers.contains_accepted),
            percent(answers.contains_accepted_in_first),
            percent(answers.citation_relevant),
        )?;
        if answers.supported.is_some() {
            writeln!(
                formatter,
                "  written    borne out by its passages {}",
                percent(answers.supported)
            )?;
        }
        writeln!(
            formatter,
            "  refusals   of the unanswerable {}   of the answerable {}",
            percent(answers.refusal_rate),
            percent(answers.false_refusal_rate),
        )?;
        writeln!(
            formatter,
            "  a question p50 {:.1} ms   p95 {:.1} ms",
            latency_ms.p50, latency_ms.p95
        )?;
        write!(
            formatter,
            "  ingest     {:.1} s   {:.1} documents/s   {:.1} passages/s   {:.2} MB/s   peak memory {:.0} MB, readers {:.0} MB",
            ingest.seconds,
            ingest.documents_per_second,
            ingest.passages_per_second,
            ingest.megabytes_per_second,
            ingest.peak_rss_megabytes,
            ingest.readers_rss_megabytes,
        )
    }
}

pub(super) fn percent(rate: Option<f64>) -> String {
    rate.map_or_else(|| "-".to_owned(), |rate| format!("{:.1} %", rate * 100.0))
}
