//! What recognising text costs those who ask: the time of answers at rest, and while scanned pages are recognised.
//!
//! `cargo bench --profile dev --bench recognising [-- FOLDER]`; FOLDER holds scans, `../shared/data/docling/ocr` without it.
//! They are taken in again and again, each copy with another title, so that text is recognised as long as is asked. The
//! questions are those of the demonstration, one after the other, each a little different so that none is remembered.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use gemba::answer::Ask;
use gemba::app::App;
use gemba::config::Config;
use gemba::domain::{Person, Question};
use tokio_util::sync::CancellationToken;

/// Questions at rest, and again while text is recognised.
const QUESTIONS: usize = 300;
/// Between two questions.
const PAUSE: Duration = Duration::from_millis(50);
/// Copies of each scan: more than can be recognised while it is measured.
const COPIES: usize = 60;

fn main() -> anyhow::Result<()> {
    // Files are read by processes of this same program.
    if gemba::ingest::isolation::asked() {
        gemba::ingest::isolation::serve();
        return Ok(());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'))
        .map(PathBuf::from);
    let Ok(scans) = named
        .unwrap_or_else(|| root.join("../shared/data/docling/ocr"))
        .canonicalize()
    else {
        println!(
            "skipped: name a folder of scans, as in `cargo bench --profile dev --bench recognising -- FOLDER`"
        );
        return Ok(());
    };
    tokio::runtime::Runtime::new()?.block_on(run(root, &scans))
}

async fn run(root: &Path, scans: &Path) -> anyhow::Result<()> {
    let (documents, data) = (tempfile::tempdir()?, tempfile::tempdir()?);
    copy(&root.join("appliance/demo"), documents.path(), "")?;
    let mut config = Config {
        data: data.path().to_owned(),
        ..Config::default()
    };
    if let Some(runtime) = std::env::var_os("GEMBA_RUNTIME") {
        config.runtime = runtime.into();
    }
    config.documents.folder = documents.path().to_owned();
    let app = App::open(&config).await?;
    app.pipeline.ingest_once(|_| {}).await?;
    let file = std::fs::read_to_string(root.join("tests/cases/demo-questions.jsonl"))?;
    let questions: Vec<String> = file
        .lines()
        .map(|line| {
            let asked: serde_json::Value = serde_json::from_str(line)?;
            Ok(asked["question"].as_str().context("a question")?.to_owned())
        })
        .collect::<anyhow::Result<_>>()?;

    // The first ones read what a server that has been running has read.
    ask(&app, &questions, "warm", 60).await?;
    let mut rest = ask(&app, &questions, "rest", QUESTIONS).await?;

    for number in 0..COPIES {
        copy(scans, documents.path(), &format!("{number}-"))?;
    }
    let stop = CancellationToken::new();
    let pipeline = app.pipeline.clone();
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { pipeline.run(stop).await }
    });
    let began = Instant::now();
    while processes_of("tesseract") == 0 {
        ensure!(
            began.elapsed() < Duration::from_secs(120),
            "no text is recognised: is tesseract installed? `gemba doctor` tells"
        );
        tokio::time::sleep(PAUSE).await;
    }
    let mut busy = ask(&app, &questions, "busy", QUESTIONS).await?;
    let still = app.pipeline.status().recognising.is_some();
    stop.cancel();
    running.await??;
    ensure!(
        still,
        "the scans were through before all was asked: name more of them"
    );

    println!("{QUESTIONS} questions, milliseconds: median, 95 of 100, worst");
    for (name, times) in [("at rest", &mut rest), ("while text is recognised", &mut busy)] {
        times.sort_by(f64::total_cmp);
        println!(
            "  {name:<26} {:>7.1} {:>7.1} {:>7.1}",
            at(times, 0.5),
            at(times, 0.95),
            at(times, 1.0)
        );
    }
    println!(
        "while text is recognised, 95 of 100 answers come within {:.2} times the time at rest",
        at(&busy, 0.95) / at(&rest, 0.95)
    );
    app.close().await;
    Ok(())
}

/// Milliseconds of each answer.
async fn ask(app: &App, questions: &[String], round: &str, times: usize) -> anyhow::Result<Vec<f64>> {
    let staff = Person::at_the_machine().staff();
    let mut taken = Vec::new();
    for (number, question) in questions.iter().cycle().take(times).enumerate() {
        let question = Question::parse(&format!("{question} {round} {number}"))?;
        let began = Instant::now();
        app.reader.answerer.answer(&staff, Ask::new(question)).await?;
        taken.push(began.elapsed().as_secs_f64() * 1_000.0);
        tokio::time::sleep(PAUSE).await;
    }
    Ok(taken)
}

fn at(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

/// How many processes of a program run on this machine.
fn processes_of(program: &str) -> usize {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return 0;
    };
    entries
        .filter_map(Result::ok)
        .filter(|entry| {
            std::fs::read_to_string(entry.path().join("comm")).is_ok_and(|name| name.trim() == program)
        })
        .count()
}

/// Copies the files of a folder and of all below it, with something before their names and, so that no two are the same
/// content, behind their last byte.
fn copy(from: &Path, to: &Path, before: &str) -> anyhow::Result<()> {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry?;
        let inside = entry.path().strip_prefix(from)?;
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(to.join(inside))?;
            continue;
        }
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        let mut bytes = std::fs::read(entry.path())?;
        if !before.is_empty() {
            bytes.extend(format!("\n% {before}\n").into_bytes());
        }
        std::fs::write(to.join(inside).with_file_name(name), bytes)?;
    }
    Ok(())
}
