//! `gemba eval`: takes a question set in, in a data folder that goes away again, and prints what was measured.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::{Common, progress};
use crate::app::App;
use crate::config::Config;
use crate::eval::{Calibration, IngestFigures, Measured, QuestionSet, Subject, measure};
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
    /// What answers.
    #[arg(long, value_enum, default_value_t = GeneratorName::Quotes)]
    generator: GeneratorName,
    /// Print the refusal curves and thresholds of all folders together, a language at a time.
    #[arg(long)]
    calibrate: bool,
}

/// What can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GeneratorName {
    /// Verbatim sentences; no model.
    Quotes,
}

pub(super) async fn run(common: &Common, arguments: EvalArguments) -> anyhow::Result<ExitCode> {
    let GeneratorName::Quotes = arguments.generator;
    let config = common.configuration(&[])?.values;
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
        } = one(set, &config, arguments.method).await?;
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

async fn one(set: &QuestionSet, config: &Config, method: Method) -> anyhow::Result<Measured> {
    let data = tempfile::tempdir().context("no temporary folder can be made")?;
    let mut config = config.clone();
    config.data = data.path().to_owned();
    config.documents.folder = absolute(&set.documents)?;
    let app = App::open(&config).await?;

    let bar = progress::bar("files");
    let started = Instant::now();
    let summary = app.pipeline.ingest_once(progress::shown_by(&bar)).await?;
    bar.finish_and_clear();
    let counts = app.store.counts().await?;
    let figures = IngestFigures::new(
        counts.searchable,
        counts.passages,
        summary.bytes,
        started.elapsed(),
    );

    let bar = progress::bar("questions");
    bar.set_length(set.questions.len() as u64);
    let subject = Subject {
        retriever: app.reader.retriever.clone(),
        answerer: app.reader.answerer.clone(),
        method,
        written: false,
    };
    let measured = measure(set, &subject, figures, |done| bar.set_position(done as u64)).await?;
    bar.finish_and_clear();
    app.close().await;
    Ok(measured)
}

fn absolute(folder: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(folder).with_context(|| format!("{} has no absolute path", folder.display()))
}
