//! `gemba serve`: watch the folder, answer in the browser, until a signal ends it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::Common;
use crate::app::log::Tail;
use crate::app::{self, App, Ready};

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// The folder of documents to watch. Only files that administrators upload are written into it.
    #[arg(long, value_name = "FOLDER")]
    documents: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
}

pub(super) async fn run(common: &Common, arguments: ServeArguments, tail: Tail) -> anyhow::Result<ExitCode> {
    let configuration = common.configuration(&[
        (
            "documents.folder",
            arguments.documents.map(|folder| folder.display().to_string()),
        ),
        ("server.address", arguments.address),
    ])?;
    app::check_documents_folder(&configuration.values)?;
    app::check_certificate(&configuration.values)?;
    let app = App::open(&configuration.values).await?;
    app.serve(&configuration, tail, tell).await?;
    Ok(ExitCode::SUCCESS)
}

fn tell(ready: Ready) {
    let address = ready.address;
    let scheme = if ready.tls.is_some() { "https" } else { "http" };
    println!("Gemba is ready at {scheme}://{address}/");
    if !ready.names.is_empty() {
        let port = address.port();
        let links: Vec<String> = ready
            .names
            .iter()
            .map(|name| format!("{scheme}://{name}:{port}/"))
            .collect();
        println!("From other machines: {}", links.join("  "));
    }
    if let Some(tls) = ready.tls.filter(|tls| !tls.own) {
        println!(
            "Gemba made its certificate itself, so browsers warn once. It is the right one if they show this SHA-256 fingerprint:"
        );
        println!("  {}", tls.fingerprint);
    }
    let Some(secret) = ready.set_up else { return };
    println!(
        "Nobody has an account yet, so whoever works at this machine may do everything, and no other machine is let in."
    );
    println!(
        "Make the first administrator: {scheme}://{address}/set-up?key={}",
        secret.reveal()
    );
    if let Some(later) = ready.later {
        println!("From then on Gemba listens at {later}.");
    }
}
