//! A factory at work: 200 people signed in, 20 questions a second answered with quotes, documents taken in meanwhile.
//!
//! `appliance/load`, or `cargo bench --profile dev --bench load -- [--minutes 10] [--rate 20] [--people 200] [--reports 60]`.
//! Starts the real server on the demo documents in temporary folders and speaks HTTP to it. Each second a report is dropped;
//! when there are as many as `--reports` says, the oldest is replaced, so that the library grows no further and what memory
//! still grows is a leak. A question is timed from the moment at which it was due, so that waiting counts. Afterwards the rate
//! is raised until the server falls behind. It ends with an error if a question failed at the first rate, or if the server's
//! own memory still grew in the last third of the minutes.

mod factory;
mod machine;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use factory::{Server, copy, questions, sign_in};
use machine::Ticks;
use tokio::sync::mpsc;

/// A server at which the slowest answers take longer has fallen behind.
const BEHIND: Duration = Duration::from_secs(2);
/// Memory that grows by more than this share from the middle third of the minutes to the last is not flat.
const FLAT: f64 = 1.1;
/// How long each higher rate is tried.
const STEP: Duration = Duration::from_secs(30);

fn main() -> anyhow::Result<()> {
    let minutes = option("--minutes", 10.0)?;
    let rate = option("--rate", 20.0)?;
    let people = option("--people", 200.0)? as usize;
    let reports = option("--reports", 60.0)? as usize;
    let long = Duration::from_secs_f64(minutes * 60.0);
    tokio::runtime::Runtime::new()?.block_on(run(long, rate, people, reports.max(1)))
}

fn option(name: &str, default: f64) -> anyhow::Result<f64> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    match (arguments.next(), arguments.next()) {
        (Some(_), Some(value)) => value
            .parse()
            .with_context(|| format!("{name} {value} is no number")),
        (Some(_), None) => bail!("{name} needs a number"),
        (None, _) => Ok(default),
    }
}

async fn run(long: Duration, rate: f64, people: usize, reports: usize) -> anyhow::Result<()> {
    let (documents, data) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&root.join("appliance/demo"), documents.path())?;
    let sessions = Arc::new(sign_in(data.path(), people).await?);
    let server = Server::start(documents.path(), data.path())?;
    let questions = Arc::new(questions(&root.join("tests/cases/demo-questions.jsonl"))?);
    server.until_ready(&sessions[0]).await?;
    let feeding = Arc::new(AtomicBool::new(true));
    let written = Arc::new(AtomicUsize::new(0));
    let feeder = tokio::spawn(feed(
        documents.path().to_owned(),
        reports,
        Arc::clone(&feeding),
        Arc::clone(&written),
    ));

    println!(
        "{people} people, {rate} questions/s for {:.0} min, a file taken in each second, {reports} kept",
        long.as_secs_f64() / 60.0
    );
    println!(
        "  min   questions   p50 ms   p95 ms   p99 ms   worst   errors   memory MB   its own   server's cores"
    );
    let asking = Asking {
        address: server.address.clone(),
        sessions,
        questions,
    };
    let mut left = long;
    let mut whole = Measured::default();
    let mut own = Vec::new();
    let began = Instant::now();
    while !left.is_zero() {
        let slice = left.min(Duration::from_secs(60));
        let measured = asking.measure(rate, slice, &server).await?;
        println!("{:5.1} {}", began.elapsed().as_secs_f64() / 60.0, measured.row());
        own.push(measured.own);
        whole.add(measured);
        left -= slice;
    }
    println!("  all {}", whole.row());
    println!(
        "{} files were written while it ran",
        written.load(Ordering::Relaxed)
    );

    println!(
        "the rate is raised until the slowest of 20 answers takes more than {} s",
        BEHIND.as_secs()
    );
    let mut higher = rate;
    loop {
        higher *= 1.5;
        let before = Ticks::now();
        let measured = asking.measure(higher, STEP, &server).await?;
        println!("{higher:5.0}/s {}", measured.row());
        if measured.at(0.95) > BEHIND || measured.errors > 0 {
            let failed = if measured.errors > 0 {
                "; some questions failed"
            } else {
                ""
            };
            println!(
                "saturated first: {}{failed}",
                before.used_up_since(measured.cores)
            );
            break;
        }
    }
    feeding.store(false, Ordering::Relaxed);
    feeder.await??;
    if whole.errors > 0 {
        bail!("{} questions failed at {rate} a second", whole.errors);
    }
    let third = own.len() / 3;
    let most = |minutes: &[u64]| minutes.iter().max().copied().unwrap_or_default();
    let (middle, last) = (most(&own[third..2 * third]), most(&own[2 * third..]));
    if third > 0 && last as f64 > middle as f64 * FLAT {
        bail!("the server's own memory grew from {middle} to {last} MB and is not flat");
    }
    Ok(())
}

/// Who asks what where.
#[derive(Clone)]
struct Asking {
    address: String,
    sessions: Arc<Vec<String>>,
    questions: Arc<Vec<String>>,
}

impl Asking {
    /// Asks at a steady rate for some time, however long the answers take.
    async fn measure(&self, rate: f64, long: Duration, server: &Server) -> anyhow::Result<Measured> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(60))
            .build()?;
        let (sender, mut done) = mpsc::unbounded_channel();
        let (began, busy) = (Instant::now(), server.busy_seconds());
        let asked = (rate * long.as_secs_f64()) as usize;
        for number in 0..asked {
            let due = began + Duration::from_secs_f64(number as f64 / rate);
            tokio::time::sleep_until(due.into()).await;
            let request = client
                .get(format!("{}/api/ask", self.address))
                .query(&[
                    ("q", self.questions[number * 7 % self.questions.len()].as_str()),
                    ("generator", "quotes"),
                ])
                .header("cookie", &self.sessions[number * 13 % self.sessions.len()]);
            let sender = sender.clone();
            tokio::spawn(async move {
                let answered = async {
                    let reply = request.send().await?.error_for_status()?;
                    reply.bytes().await.map(drop)
                };
                let failed = answered.await.err();
                let _ = sender.send((due.elapsed(), failed));
            });
        }
        drop(sender);
        let mut measured = Measured::default();
        while let Some((duration, failed)) = done.recv().await {
            measured.durations.push(duration);
            if let Some(error) = failed {
                measured.errors += 1;
                println!(
                    "      after {} ms: {:#}",
                    duration.as_millis(),
                    anyhow::Error::from(error)
                );
            }
        }
        let wall = began.elapsed().as_secs_f64();
        measured.cores = (server.busy_seconds() - busy) / wall;
        measured.seconds = wall;
        measured.memory = server.megabytes("VmRSS:");
        measured.own = server.megabytes("RssAnon:");
        Ok(measured)
    }
}

/// What came of questions.
#[derive(Default)]
struct Measured {
    durations: Vec<Duration>,
    errors: usize,
    /// Cores that the server kept busy.
    cores: f64,
    seconds: f64,
    /// Megabytes that are resident,
    memory: u64,
    /// and those of them that are no pages of files (of the program, of the index).
    own: u64,
}

impl Measured {
    fn add(&mut self, other: Self) {
        let seconds = self.seconds + other.seconds;
        self.cores = (self.cores * self.seconds + other.cores * other.seconds) / seconds;
        self.seconds = seconds;
        self.durations.extend(other.durations);
        self.errors += other.errors;
        self.memory = self.memory.max(other.memory);
        self.own = self.own.max(other.own);
    }

    /// The duration that this share of the questions does not exceed.
    fn at(&self, share: f64) -> Duration {
        let mut sorted = self.durations.clone();
        sorted.sort();
        let position = (sorted.len() as f64 * share) as usize;
        sorted
            .get(position.min(sorted.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    }

    fn row(&self) -> String {
        let milliseconds = |share| self.at(share).as_millis();
        format!(
            "{:11} {:8} {:8} {:8} {:7} {:8} {:11} {:9} {:16.2}",
            self.durations.len(),
            milliseconds(0.5),
            milliseconds(0.95),
            milliseconds(0.99),
            milliseconds(1.0),
            self.errors,
            self.memory,
            self.own,
            self.cores
        )
    }
}

/// Drops a new file each second in place of the one `kept` seconds before, as long as it shall.
async fn feed(
    folder: PathBuf,
    kept: usize,
    feeding: Arc<AtomicBool>,
    written: Arc<AtomicUsize>,
) -> anyhow::Result<()> {
    let folder = folder.join("reports");
    fs::create_dir_all(&folder)?;
    let words = [
        "spindle", "gauge", "coolant", "shift", "batch", "bearing", "audit", "valve", "torque", "pallet",
        "seal", "press",
    ];
    let mut number = 0_usize;
    while feeding.load(Ordering::Relaxed) {
        let mut text = format!("# Report {number}\n\n");
        for sentence in 0..40 {
            let word = |step: usize| words[(number * 31 + sentence * step) % words.len()];
            text.push_str(&format!(
                "In entry {sentence} the {} of line {} was compared with the {} and stood at {} of the {}. ",
                word(5),
                number % 17,
                word(7),
                (number * sentence) % 97,
                word(11)
            ));
        }
        fs::write(folder.join(format!("report-{}.md", number % kept)), text)?;
        written.store(number + 1, Ordering::Relaxed);
        number += 1;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}
