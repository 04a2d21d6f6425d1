//! `gemba ingest` and `gemba reindex`: one pass over the documents, or over the store, with a progress bar.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Common, progress};
use crate::app::{self, App};
use crate::domain::{DocumentState, Readable};

/// Exit status of `ingest` when at least one file failed.
const SOME_FAILED: u8 = 3;

#[derive(Debug, Args)]
pub(super) struct IngestArguments {
    /// The folder of documents. It is only read, never changed.
    #[arg(long, value_name = "FOLDER")]
    documents: Option<PathBuf>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(common: &Common, arguments: IngestArguments) -> anyhow::Result<ExitCode> {
    let configuration = common.configuration(&[(
        "documents.folder",
        arguments.documents.map(|folder| folder.display().to_string()),
    )])?;
    app::check_documents_folder(&configuration.values)?;
    let app = App::open(&configuration.values).await?;
    let bar = progress::bar("files");
    let summary = app.pipeline.ingest_once(progress::shown_by(&bar)).await?;
    bar.finish_and_clear();
    let counts = app.store.counts(&Readable::Everything).await?;
    let failed = app.failures().await?;
    let ignored = app.pipeline.status().ignored;
    app.close().await;
    if arguments.json {
        let result = serde_json::json!({ "summary": summary, "library": counts, "failed": failed, "ignored": ignored });
        println!("{}", serde_json::to_string_pretty(&result)?);
    } else {
        println!(
            "{} documents: {} searchable with {} passages, {} duplicates, {} failed.",
            counts.documents, counts.searchable, counts.passages, counts.duplicate, counts.failed
        );
        if ignored > 0 {
            println!("Passed over, as files of other formats or left out on purpose: {ignored}.");
        }
        for document in &failed {
            if let DocumentState::Failed { reason } = &document.state {
                println!("  {}: {reason}", document.path);
            }
        }
    }
    Ok(if counts.failed > 0 {
        ExitCode::from(SOME_FAILED)
    } else {
        ExitCode::SUCCESS
    })
}

pub(super) async fn reindex(common: &Common) -> anyhow::Result<ExitCode> {
    let config = common.configuration(&[])?.values;
    app::with_store(&config)?;
    let app = App::open(&config).await?;
    let bar = progress::bar("passages");
    let summary = app.pipeline.reindex(progress::shown_by(&bar)).await?;
    bar.finish_and_clear();
    app.close().await;
    println!(
        "Both indexes were rebuilt from the store: {} passages.",
        summary.passages
    );
    Ok(ExitCode::SUCCESS)
}
