//! Where the time of an ingest goes, and how near it comes to the bare embedding model on the same texts.
//!
//! `cargo bench --profile dev --bench ingest [-- FOLDER]`; without FOLDER the documents in `../shared/data/esp-idf/en`.

use std::path::PathBuf;
use std::time::Instant;

use gemba::app::App;
use gemba::config::Config;
use gemba::domain::{GenerationId, Readable};
use gemba::embed::Embedder;
use gemba::ingest::embedding_input;

fn main() -> anyhow::Result<()> {
    // Files are read by processes of this same program.
    if gemba::ingest::isolation::asked() {
        gemba::ingest::isolation::serve();
        return Ok(());
    }
    let named = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'))
        .map(PathBuf::from);
    let folder = named
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/esp-idf/en"))
        .canonicalize();
    let Ok(folder) = folder else {
        println!(
            "skipped: name a folder of documents, as in `cargo bench --profile dev --bench ingest -- FOLDER`"
        );
        return Ok(());
    };
    tokio::runtime::Runtime::new()?.block_on(measure(folder))
}

async fn measure(folder: PathBuf) -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let mut config = Config {
        data: data.path().to_owned(),
        ..Config::default()
    };
    if let Some(runtime) = std::env::var_os("GEMBA_RUNTIME") {
        config.runtime = runtime.into();
    }
    config.documents.folder = folder;
    let app = App::open(&config).await?;
    let began = Instant::now();
    let summary = app.pipeline.ingest_once(|_| {}).await?;
    let wall = began.elapsed().as_secs_f64();
    let times = app.pipeline.times();
    let passages = app.store.counts(&Readable::Everything).await?.passages;
    println!(
        "{} documents, {passages} passages, {:.1} MB in {wall:.1} s: {:.1} passages/s",
        summary.documents,
        summary.bytes as f64 / 1e6,
        passages as f64 / wall
    );
    for (stage, seconds) in [
        ("hash", times.hash),
        ("parse", times.parse),
        ("chunk", times.chunk),
        ("store", times.store),
        ("embed", times.embed),
        ("vectors", times.vectors),
        ("words", times.words),
    ] {
        println!(
            "  {stage:<8} {seconds:>7.2} s   {:>5.1} % of the wall time",
            100.0 * seconds / wall
        );
    }

    let mut inputs = Vec::new();
    for live in app.store.live_counts(GenerationId(0), u32::MAX).await? {
        let Some(live) = app.store.live_generation(live.document).await? else {
            continue;
        };
        for passage in app.store.passages_of(live.generation).await? {
            inputs.push(embedding_input(
                &live.title,
                &passage.locator.headings,
                &passage.text,
            ));
        }
    }
    let began = Instant::now();
    for part in inputs.chunks(256) {
        app.embedder.embed(part.to_vec()).await?;
    }
    let bare = began.elapsed().as_secs_f64();
    println!(
        "the bare model on the same texts: {:.1} passages/s; ingest reaches {:.1} % of it",
        inputs.len() as f64 / bare,
        100.0 * bare / wall
    );
    app.close().await;
    Ok(())
}
