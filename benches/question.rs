//! What a question costs in a large library, what its time is made of, and how fast a server with such a library starts.
//!
//! `cargo bench --profile dev --bench question [-- SET]`; SET is a question set, `../shared/data/eval/xquad-en` without it.
//! Its documents are put among as many others, made of its sentences in another order, as it takes for 100,000 passages.
//! Only the vectors of passages are made up (the model would take ten minutes); questions and sentences are embedded.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::future::BoxFuture;
use gemba::answer::Ask;
use gemba::config::Config;
use gemba::domain::{Language, Person, Question, Readable, Scope, SearchFilter, sentences};
use gemba::embed::{EmbedError, Embedder, LocalEmbedder, Precision, Runtime, Sessions};
use gemba::eval::QuestionSet;
use gemba::index::{LexicalIndex, VectorIndex};
use gemba::ingest::isolation::Readers;
use gemba::ingest::parse::Parsers;
use gemba::ingest::{Faults, Pipeline, PipelineParts, open_vectors};
use gemba::models::InstalledModel;
use gemba::retrieve::Method;
use gemba::store::{DataFolder, Store};

const PASSAGES: usize = 100_000;
const SECTIONS_A_FILE: usize = 100;
const SENTENCES_A_SECTION: usize = 5;
const QUESTIONS: usize = 300;
const HITS: usize = 100;

fn main() -> anyhow::Result<()> {
    let named = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'))
        .map(PathBuf::from);
    let folder = named
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/eval/xquad-en"));
    let Ok(set) = QuestionSet::open(&folder) else {
        println!(
            "skipped: name a question set, as in `cargo bench --profile dev --bench question -- FOLDER`"
        );
        return Ok(());
    };
    let work = tempfile::tempdir()?;
    let mut config = Config {
        data: work.path().join("data"),
        ..Config::default()
    };
    if let Some(runtime) = std::env::var_os("GEMBA_RUNTIME") {
        config.runtime = runtime.into();
    }
    config.documents.folder = work.path().join("documents");
    write_documents(&set.documents, &config.documents.folder)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(fill(&config))?;
    runtime.block_on(measure(&config, &set))?;
    drop(runtime);
    start(&config, &set.questions[0].question)
}

/// The documents of the set, and beside them files of its sentences in another order.
fn write_documents(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    let mut said = Vec::new();
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        said.extend(sentences(&text).iter().map(|sentence| sentence.text.to_owned()));
        std::fs::write(to.join(path.file_name().context("a file has a name")?), text)?;
    }
    let mut random = Random(1);
    for file in 0..PASSAGES / SECTIONS_A_FILE {
        let mut text = String::new();
        for section in 0..SECTIONS_A_FILE {
            write!(text, "# Section {file}.{section}\n\n")?;
            for _ in 0..SENTENCES_A_SECTION {
                let sentence = &said[random.below(said.len())];
                write!(text, "{} ", sentence.trim())?;
            }
            text.push_str("\n\n");
        }
        std::fs::write(to.join(format!("other-{file}.md")), text)?;
    }
    Ok(())
}

/// Takes the documents in, with vectors that are made up.
async fn fill(config: &Config) -> anyhow::Result<()> {
    let began = Instant::now();
    let data = DataFolder::open(&config.data)?;
    let paths = data.paths();
    let embedder = Arc::new(MadeUp(embedder(config, &paths.models)?));
    let store = Store::open(&paths.store).await?;
    let vectors = open_vectors(&store, &paths.vectors, &*embedder).await?;
    let pipeline = Pipeline::new(PipelineParts {
        store: store.clone(),
        lexical: LexicalIndex::open(&paths.lexical)?,
        vectors: vectors.clone(),
        vector_folder: paths.vectors.clone(),
        embedder,
        readers: Readers::here(Parsers::default()),
        documents: config.documents.clone(),
        faults: Faults::none(),
    });
    pipeline.ingest_once(|_| {}).await?;
    vectors
        .get()
        .maintain(&gemba::index::MaintenancePolicy::default())
        .await?;
    println!(
        "{} passages were taken in without their model and indexed in {:.0} s",
        store.counts(&Readable::Everything).await?.passages,
        began.elapsed().as_secs_f64()
    );
    Ok(())
}

async fn measure(config: &Config, set: &QuestionSet) -> anyhow::Result<()> {
    let reader = gemba::app::Reader::open(config).await?;
    let paths = gemba::store::DataPaths::of(&config.data);
    let embedder = embedder(config, &paths.models)?;
    let store = Store::open(&paths.store).await?;
    let lexical = LexicalIndex::open(&paths.lexical)?;
    let vectors: Arc<VectorIndex> = open_vectors(&store, &paths.vectors, &embedder).await?.get();
    let (staff, everything) = (Person::at_the_machine().staff(), SearchFilter::default());
    let mut steps: [Vec<f64>; 5] = Default::default();
    let mut ratios = Vec::new();
    let step = (set.questions.len() / QUESTIONS).max(1);
    for (number, asked) in set.questions.iter().step_by(step).enumerate() {
        let question = Question::parse(&asked.question)?;
        let text = question.as_str();
        let (embed, vector) = timed(embedder.embed(vec![text.to_owned()])).await;
        let vector = vector?.pop().context("one text has one vector")?;
        let (words, hits) = timed(async { lexical.search(text, &Scope::everything(), HITS) }).await;
        hits?;
        let (meaning, hits) = timed(vectors.search(&vector, &Scope::everything(), HITS)).await;
        hits?;
        // What was asked before is remembered: the search is measured on one question, the answer on the next.
        let search = number % 2 == 0;
        let (whole, done) = timed(async {
            if search {
                let found = reader
                    .retriever
                    .retrieve(&staff, &question, &everything, Method::Hybrid, 10);
                found.await?;
            } else {
                reader.answerer.answer(&staff, Ask::new(question.clone())).await?;
            }
            anyhow::Ok(())
        })
        .await;
        done?;
        // The first ones read what a server that has been running has read.
        if number < 6 {
            continue;
        }
        for (step, taken) in steps.iter_mut().zip([embed, words, meaning]) {
            step.push(taken);
        }
        if search {
            steps[3].push(whole);
        } else {
            steps[4].push(whole);
            ratios.push(whole / (embed + words));
        }
    }
    println!(
        "{} questions, milliseconds, median and 95 of 100:",
        steps[0].len()
    );
    let names = [
        "the question embedded, alone",
        "one search of the word index",
        "one search of the vector index",
        "a search, whole",
        "an answer, whole",
    ];
    for (name, step) in names.into_iter().zip(&mut steps) {
        println!(
            "  {name:<32} {:>7.2} {:>7.2}",
            percentile(step, 0.5),
            percentile(step, 0.95)
        );
    }
    println!(
        "an answer takes {:.1} (95 of 100: {:.1}) times as long as embedding its question and one search by words",
        percentile(&mut ratios, 0.5),
        percentile(&mut ratios, 0.95)
    );
    Ok(())
}

/// From the start of a server on what is there to its first answer.
fn start(config: &Config, question: &str) -> anyhow::Result<()> {
    let began = Instant::now();
    let mut server = Command::new(env!("CARGO_BIN_EXE_gemba"))
        .args(["serve", "--address", "127.0.0.1:0", "--documents"])
        .arg(&config.documents.folder)
        .arg("--data")
        .arg(&config.data)
        .env("GEMBA_RUNTIME", &config.runtime)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let output = server.stdout.take().context("its output is a pipe")?;
    let address = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| {
            Some(
                line.split_once("ready at ")?
                    .1
                    .trim()
                    .trim_end_matches('/')
                    .to_owned(),
            )
        })
        .context("the server ended before it was ready")?;
    let ready = began.elapsed();
    let given = ureq::post(format!("{address}/api/ask"))
        .send_json(serde_json::json!({ "question": question }))?
        .body_mut()
        .read_to_string()?;
    let answered = began.elapsed();
    server.kill()?;
    server.wait()?;
    anyhow::ensure!(given.contains("\"verdict\""), "that is no answer: {given}");
    println!(
        "a server on this library is ready after {:.2} s and has given its first answer after {:.2} s",
        ready.as_secs_f64(),
        answered.as_secs_f64()
    );
    Ok(())
}

fn embedder(config: &Config, spare: &Path) -> anyhow::Result<LocalEmbedder> {
    let installed = InstalledModel::find(&config.runtime, &config.embed.model)?;
    let runtime = Runtime::load(&config.runtime)?;
    Ok(LocalEmbedder::load(
        &runtime,
        &installed,
        Precision::Int8,
        Sessions::default(),
        spare,
    )?)
}

async fn timed<T>(work: impl Future<Output = T>) -> (f64, T) {
    let began = Instant::now();
    let result = work.await;
    (milliseconds(began.elapsed()), result)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}

/// The model, but for the vectors of passages, which point anywhere.
struct MadeUp(LocalEmbedder);

impl Embedder for MadeUp {
    fn dimension(&self) -> usize {
        self.0.dimension()
    }

    fn fingerprint(&self) -> &str {
        self.0.fingerprint()
    }

    fn knows(&self, language: Language) -> bool {
        self.0.knows(language)
    }

    fn count_tokens(&self, text: &str) -> usize {
        self.0.count_tokens(text)
    }

    fn max_tokens(&self) -> usize {
        self.0.max_tokens()
    }

    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, EmbedError>> {
        let vector = |text: &String| {
            let mut random = Random(text.bytes().fold(1, |seed, byte| {
                (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            }));
            (0..self.0.dimension())
                .map(|_| random.below(2_001) as f32 - 1_000.0)
                .collect()
        };
        let vectors = texts.iter().map(vector).collect();
        Box::pin(async { Ok(vectors) })
    }

    fn embed_now(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, EmbedError>> {
        self.0.embed_now(texts)
    }
}

/// A generator of numbers that look like chance and are the same each time (xorshift64*, Vigna 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap_or(usize::MAX) % limit
    }
}
