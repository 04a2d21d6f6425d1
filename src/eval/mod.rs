//! Measuring on a question set how well documents are found and questions answered, and how fast.
//!
//! What the figures mean:
//!
//! - `retrieval` ranks documents by their best passage, over the answerable questions; `pages` ranks pages the same
//!   way, over the questions whose page is known;
//! - `contains_accepted` is the share of the answerable questions whose quotes, or whose answer where a model writes,
//!   hold an accepted answer. It measures the choice of sentences, so it looks at what would be given if nothing were
//!   refused for want of evidence; `contains_accepted_in_first` looks at the best quote, or the first sentence, alone;
//! - `citation_relevant` is the share of their citations that point into a relevant document; `supported` that of a
//!   model's sentences that its passages bear out;
//! - `refusal_rate` is the share of unanswerable questions that are refused, by the evidence or by the model,
//!   `false_refusal_rate` that of answerable ones;
//! - `latency_ms` is the time from a question to its answer, one question at a time.

mod calibrate;
mod memory;
mod metrics;
mod report;
mod set;

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::answer::{AnswerError, Answerer, Considered};
use crate::domain::{
    InvalidQuestion, Language, Person, Question, ScoredPassage, SearchFilter, Support, Verdict,
};
use crate::generate::{Evidence, quotes};
use crate::retrieve::{Method, RetrieveError, Retriever};
use metrics::{Ranking, contains_accepted, percentile, round, share};

pub use calibrate::{Calibration, Curve, Fitted};
pub use memory::Watch;
pub use report::{AnswerFigures, Evaluation, IngestFigures, LatencyFigures};
pub use set::{QuestionSet, Relevant, SetQuestion};

/// How many passages are retrieved to rank a hundred documents by their best one.
const PASSAGES: usize = 300;

/// Why a set cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// The folder is no set.
    #[error("{} is no question set: it needs a folder docs/ and a file questions.jsonl", folder.display())]
    NoSet {
        /// The folder.
        folder: PathBuf,
    },
    /// A line of the questions is wrong.
    #[error("{}, line {line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// A question is longer than people may ask.
    #[error("the question {id} cannot be asked: {source}")]
    Question {
        /// Its name.
        id: String,
        /// Why.
        source: InvalidQuestion,
    },
    /// Retrieval failed.
    #[error(transparent)]
    Retrieve(#[from] RetrieveError),
    /// Answering failed.
    #[error(transparent)]
    Answer(#[from] AnswerError),
}

/// What is measured: what people use, over the documents of the set.
#[derive(Clone)]
pub struct Subject {
    /// Finds.
    pub retriever: Retriever,
    /// Answers.
    pub answerer: Answerer,
    /// Which indexes are asked.
    pub method: Method,
    /// Whether the language model writes the answers; else they are quotes.
    pub written: bool,
}

/// One question's contribution to a calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// The language of the question.
    pub language: Language,
    /// Whether the documents answer it.
    pub answerable: bool,
    /// The evidence of the best sentence; nothing where nothing was found.
    pub evidence: Option<Evidence>,
}

/// What a set showed.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The figures.
    pub evaluation: Evaluation,
    /// One a question, for a calibration.
    pub samples: Vec<Sample>,
}

/// What one question showed.
struct Outcome {
    documents: Option<Ranking>,
    pages: Option<Ranking>,
    contains: bool,
    contains_in_first: bool,
    citations: usize,
    relevant_citations: usize,
    sentences: usize,
    supported_sentences: usize,
    refused: bool,
    sample: Sample,
    duration: Duration,
}

/// Asks every question of `set`, whose documents `ingest` tells about. `progress` hears how many are done.
pub async fn measure(
    set: &QuestionSet,
    subject: &Subject,
    ingest: IngestFigures,
    mut progress: impl FnMut(usize),
) -> Result<Measured, EvalError> {
    // What is read once by a server that has been running is not what a question costs.
    if let Some(first) = set.questions.first() {
        ask(first, subject).await?;
    }
    let mut outcomes = Vec::with_capacity(set.questions.len());
    for (position, question) in set.questions.iter().enumerate() {
        outcomes.push(ask(question, subject).await?);
        progress(position + 1);
    }
    let samples = outcomes.iter().map(|outcome| outcome.sample).collect();
    Ok(Measured {
        evaluation: summed_up(set, &outcomes, ingest),
        samples,
    })
}

async fn ask(asked: &SetQuestion, subject: &Subject) -> Result<Outcome, EvalError> {
    let question = Question::parse(&asked.question).map_err(|source| EvalError::Question {
        id: asked.id.clone(),
        source,
    })?;
    let (staff, everything) = (Person::at_the_machine().staff(), SearchFilter::default());
    let started = Instant::now();
    let considered = subject
        .answerer
        .consider(&staff, &question, &everything, subject.method)
        .await?;
    let said = say(subject, asked, &considered).await?;
    let duration = started.elapsed();

    let (documents, pages) = if asked.unanswerable {
        (None, None)
    } else {
        let found = subject
            .retriever
            .retrieve(&staff, &question, &everything, subject.method, PASSAGES)
            .await?;
        (Some(documents_ranked(&found, asked)), pages_ranked(&found, asked))
    };
    let relevant = |path: &str| asked.relevant.iter().any(|relevant| relevant.path == path);
    Ok(Outcome {
        documents,
        pages,
        contains: contains_accepted(&said.whole, &asked.answers),
        contains_in_first: contains_accepted(&said.first, &asked.answers),
        citations: said.cited.len(),
        relevant_citations: said.cited.iter().filter(|path| relevant(path)).count(),
        sentences: said.sentences,
        supported_sentences: said.supported,
        refused: said.refused || considered.verdict() == Verdict::Refused,
        sample: sample(&question, asked, &considered),
        duration,
    })
}

/// What would be said to a question.
#[derive(Default)]
struct Said {
    whole: String,
    /// The best quote, or the first sentence that a model wrote.
    first: String,
    /// The paths that are cited.
    cited: Vec<String>,
    /// Sentences of a model, and those of them that are borne out.
    sentences: usize,
    supported: usize,
    refused: bool,
}

async fn say(subject: &Subject, asked: &SetQuestion, considered: &Considered) -> Result<Said, EvalError> {
    if !subject.written {
        let quotes = quotes(&considered.brief);
        let texts: Vec<&str> = quotes.iter().map(|quote| quote.text.as_str()).collect();
        let best = quotes
            .iter()
            .max_by(|one, other| one.score.total_cmp(&other.score));
        return Ok(Said {
            whole: texts.join(" "),
            first: best.map(|best| best.text.clone()).unwrap_or_default(),
            cited: quotes.into_iter().map(|quote| quote.citation.path).collect(),
            ..Said::default()
        });
    }
    // The model is not asked what the evidence has refused already, but for what it would have said to an answer.
    if asked.unanswerable && considered.verdict() == Verdict::Refused || considered.evidence.is_none() {
        return Ok(Said {
            refused: true,
            ..Said::default()
        });
    }
    let Some(written) = subject.answerer.write(considered).await? else {
        return Ok(Said {
            refused: true,
            ..Said::default()
        });
    };
    let statements = written.statements;
    let texts: Vec<&str> = statements
        .iter()
        .map(|statement| statement.text.as_str())
        .collect();
    Ok(Said {
        whole: texts.join(" "),
        first: texts.first().copied().unwrap_or_default().to_owned(),
        cited: statements
            .iter()
            .flat_map(|statement| &statement.citations)
            .map(|citation| citation.path.clone())
            .collect(),
        sentences: statements.len(),
        supported: statements
            .iter()
            .filter(|statement| statement.support == Support::Supported)
            .count(),
        refused: false,
    })
}

fn sample(question: &Question, asked: &SetQuestion, considered: &Considered) -> Sample {
    Sample {
        language: question.language(),
        answerable: !asked.unanswerable,
        evidence: considered.evidence,
    }
}

fn documents_ranked(found: &[ScoredPassage], asked: &SetQuestion) -> Ranking {
    let ranked = first_of_each(found.iter().map(|found| found.path.clone()));
    Ranking::of(
        &ranked,
        &asked
            .relevant
            .iter()
            .map(|relevant| relevant.path.clone())
            .collect(),
    )
}

fn pages_ranked(found: &[ScoredPassage], asked: &SetQuestion) -> Option<Ranking> {
    let relevant: HashSet<(String, u32)> = asked
        .relevant
        .iter()
        .filter_map(|relevant| Some((relevant.path.clone(), relevant.page?)))
        .collect();
    if relevant.is_empty() {
        return None;
    }
    let pages = found
        .iter()
        .filter_map(|found| Some((found.path.clone(), found.passage.locator.page_number()?)));
    Some(Ranking::of(&first_of_each(pages), &relevant))
}

fn first_of_each<T: Clone + Eq + std::hash::Hash>(things: impl Iterator<Item = T>) -> Vec<T> {
    let mut known = HashSet::new();
    things.filter(|thing| known.insert(thing.clone())).collect()
}

fn summed_up(set: &QuestionSet, outcomes: &[Outcome], ingest: IngestFigures) -> Evaluation {
    let answerable: Vec<&Outcome> = outcomes
        .iter()
        .filter(|outcome| outcome.sample.answerable)
        .collect();
    let count =
        |outcomes: &[&Outcome], holds: fn(&Outcome) -> bool| outcomes.iter().filter(|one| holds(one)).count();
    let unanswerable: Vec<&Outcome> = outcomes
        .iter()
        .filter(|outcome| !outcome.sample.answerable)
        .collect();
    let rankings: Vec<Ranking> = outcomes.iter().filter_map(|outcome| outcome.documents).collect();
    let pages: Vec<Ranking> = outcomes.iter().filter_map(|outcome| outcome.pages).collect();
    let sum = |of: fn(&Outcome) -> usize| answerable.iter().map(|outcome| of(outcome)).sum::<usize>();
    let (citations, relevant) = (sum(|one| one.citations), sum(|one| one.relevant_citations));
    let (sentences, supported) = (sum(|one| one.sentences), sum(|one| one.supported_sentences));
    let milliseconds: Vec<f64> = outcomes
        .iter()
        .map(|outcome| outcome.duration.as_secs_f64() * 1_000.0)
        .collect();
    Evaluation {
        set: set.name.clone(),
        documents: ingest.documents,
        passages: ingest.passages,
        questions: set.questions.len(),
        retrieval: Ranking::mean(&rankings),
        pages: Ranking::mean(&pages),
        answers: AnswerFigures {
            contains_accepted: share(count(&answerable, |one| one.contains), answerable.len()),
            contains_accepted_in_first: share(
                count(&answerable, |one| one.contains_in_first),
                answerable.len(),
            ),
            citation_relevant: share(relevant, citations),
            supported: share(supported, sentences),
            refusal_rate: share(count(&unanswerable, |one| one.refused), unanswerable.len()),
            false_refusal_rate: share(count(&answerable, |one| one.refused), answerable.len()),
        },
        latency_ms: LatencyFigures {
            p50: round(percentile(&milliseconds, 0.5)),
            p95: round(percentile(&milliseconds, 0.95)),
        },
        ingest,
    }
}
