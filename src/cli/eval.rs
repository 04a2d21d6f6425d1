//! `gemba eval`: takes a question set in, in a data folder that goes away again, and prints what was measured.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::{Common, progress};
use crate::answer::{Condition, Route};
use crate::app::{App, Writers};
use crate::config::Config;
use crate::domain::Readable;
use crate::eval::{Calibration, IngestFigures, Measured, QuestionSet, Subject, Watch, measure};
use crate::retrieve::Method;

#[derive(Debug, Args)]
pub(super) struct EvalArguments {
    /// Folders with docs/ and questions.jsonl, one question a line:
    /// {"id": "1", "question": "...", "relevant": [{"path": "a.pdf", "page": 3}], "answers": ["..."], "unanswerable": false}
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Print JSON: one object, or a list of them for several folders.
    #[arg(long)]
    json: bool,
    /// Which indexes are asked: lexical, dense or hybrid.
    #[arg(long, default_value_t)]
    method: Method,
    /// What answers: the documents' own sentences (quotes), or a language model (model).
    #[arg(long, value_enum, default_value_t = GeneratorName::Quotes)]
    generator: GeneratorName,
    /// The folder of the language model; without it, the one in use answers.
    #[arg(long, value_name = "FOLDER")]
    model: Option<PathBuf>,
    /// Print the refusal curves and thresholds of all folders together, a language at a time.
    #[arg(long)]
    calibrate: bool,
}

/// What can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GeneratorName {
    /// Verbatim sentences; no model.
    Quotes,
    /// A language model.
    Model,
}

pub(super) async fn run(common: &Common, arguments: EvalArguments) -> anyhow::Result<ExitCode> {
    let config = common.configuration(&[])?.values;
    let route = Route::default();
    if arguments.generator == GeneratorName::Model {
        let writers = Writers::open(&config)?;
        match &arguments.model {
            Some(folder) => writers.load_from(folder, &route).await,
            None => writers.load(&route).await,
        }
        match route.condition() {
            Condition::Ready { .. } => {}
            Condition::Failed { reason, .. } => anyhow::bail!("{reason}"),
            _ => anyhow::bail!(
                "no language model is in use: name one with --model FOLDER, or see `gemba models list`"
            ),
        }
    }
    let sets: Vec<QuestionSet> = arguments
        .folders
        .iter()
        .map(|folder| QuestionSet::open(folder))
        .collect::<Result<_, _>>()?;
    let mut evaluations = Vec::new();
    let mut samples = Vec::new();
    for set in &sets {
        let Measured {
            evaluation,
            samples: of_set,
        } = one(set, &config, arguments.method, &route).await?;
        if !arguments.json {
            println!("{evaluation}\n");
        }
        samples.push((evaluation.set.clone(), of_set));
        evaluations.push(evaluation);
    }
    match evaluations.as_slice() {
        [only] if arguments.json => println!("{}", serde_json::to_string_pretty(only)?),
        all if arguments.json => println!("{}", serde_json::to_string_pretty(all)?),
        _ => {}
    }
    if arguments.calibrate {
        for calibration in Calibration::of(&samples) {
            println!("{calibration}\n");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn one(set: &QuestionSet, config: &Config, method: Method, route: &Route) -> anyhow::Result<Measured> {
    let data = tempfile::tempdir().context("no temporary folder can be made")?;
    let mut config = config.clone();
    config.data = data.path().to_owned();
    config.documents.folder = absolute(&set.documents)?;
    let app = App::open(&config).await?;

    let bar = progress::bar("files");
    let watch = Watch::begin();
    let started = Instant::now();
    let summary = app.pipeline.ingest_once(progress::shown_by(&bar)).await?;
    let duration = started.elapsed();
    let readers = watch.end();
    bar.finish_and_clear();
    let counts = app.store.counts(&Readable::Everything).await?;
    let figures = IngestFigures::new(
        counts.searchable,
        counts.passages,
        summary.bytes,
        duration,
        readers,
    );

    let bar = progress::bar("questions");
    bar.set_length(set.questions.len() as u64);
    let subject = Subject {
        retriever: app.reader.retriever.clone(),
        answerer: app.reader.answerer.with_route(route.clone()),
        method,
        written: route.writer().is_some(),
    };
    let measured = measure(set, &subject, figures, |done| bar.set_position(done as u64)).await?;
    bar.finish_and_clear();
    app.close().await;
    Ok(measured)
}

fn absolute(folder: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(folder).with_context(|| format!("{} has no absolute path", folder.display()))
}
