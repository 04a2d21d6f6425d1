//! The command line: one file a command. What a script wants is JSON on standard output with `--json`; what a person
//! wants to know meanwhile goes to standard error.

mod answers;
mod doctor;
mod eval;
mod ingest;
mod models;
mod parse;
mod people;
mod progress;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::app::log::Tail;
use crate::config::Configuration;
use crate::domain::{Collection, FileKind, SearchFilter};

/// A private knowledge base for a factory: ask the company's documents, get answers that point at their page.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 110)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Common {
    /// Configuration file (TOML).
    #[arg(long, global = true, env = "GEMBA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the store and the indexes.
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Folder of the native libraries and models that set-up fetched.
    #[arg(long, global = true, value_name = "FOLDER")]
    runtime: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch a folder of documents and answer questions about them in the browser.
    Serve(serve::ServeArguments),
    /// Bring store and indexes up to date with a folder of documents, once. Exits with 3 if a file failed.
    Ingest(ingest::IngestArguments),
    /// Read one file and print what is read of it, with the places.
    Parse(parse::ParseArguments),
    /// Search the documents.
    Search(answers::SearchArguments),
    /// Ask the documents. Exits with 4 if they do not tell.
    Ask(answers::AskArguments),
    /// Rebuild both indexes from the store, without reading a document again.
    Reindex,
    /// Measure retrieval and answers on a set of questions.
    Eval(eval::EvalArguments),
    /// Look after language models.
    #[command(subcommand)]
    Models(models::ModelsCommand),
    /// Look after accounts.
    #[command(subcommand)]
    People(people::PeopleCommand),
    /// Look after groups and what they may read.
    #[command(subcommand)]
    Groups(people::GroupsCommand),
    /// Read files in processes of their own, as the server asks; not for people.
    #[command(hide = true)]
    ParseWorker,
    /// Say what is configured and where each value came from, what is installed, and whether store and indexes agree.
    Doctor(doctor::DoctorArguments),
}

/// Which documents a command looks at.
#[derive(Debug, Args)]
struct FilterArguments {
    /// Only this collection (first-level folder); may be given several times.
    #[arg(long, value_name = "NAME")]
    collection: Vec<String>,
    /// Only this format (pdf, docx, xlsx, pptx, mail, archive, ...); may be given several times.
    #[arg(long, value_name = "FORMAT", value_parser = parse_kind)]
    kind: Vec<FileKind>,
    /// Also revisions of controlled documents that are not in force.
    #[arg(long)]
    all_revisions: bool,
}

impl FilterArguments {
    fn filter(self) -> SearchFilter {
        SearchFilter {
            collections: self.collection.into_iter().map(Collection).collect(),
            kinds: self.kind,
            all_revisions: self.all_revisions,
            ..SearchFilter::default()
        }
    }
}

fn parse_kind(text: &str) -> Result<FileKind, String> {
    FileKind::parse(text).ok_or_else(|| {
        let known: Vec<&str> = FileKind::ALL.into_iter().map(FileKind::as_str).collect();
        format!("the formats are {}", known.join(", "))
    })
}

impl Common {
    /// The configuration, with what the command line sets on top.
    fn configuration(&self, more: &[(&str, Option<String>)]) -> anyhow::Result<Configuration> {
        let text = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let mut flags: Vec<(&str, String)> = Vec::new();
        for (key, value) in [("data", text(&self.data)), ("runtime", text(&self.runtime))]
            .into_iter()
            .chain(more.iter().cloned())
        {
            if let Some(value) = value {
                flags.push((key, value));
            }
        }
        // A variable whose name or value is no text can only be somebody else's.
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Ok(Configuration::read(self.config.as_deref(), environment, &flags)?)
    }
}

impl Arguments {
    /// Whether this process is to read files: it must not have begun anything, for it is copied.
    pub fn reads_files(&self) -> bool {
        matches!(self.command, Command::ParseWorker)
    }
}

/// Runs one command. An error is one line that says what is wrong and what to do.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { common, command } = arguments;
    let serves = matches!(command, Command::Serve(_));
    let tail = log_begins(serves);
    if !serves {
        end_when_nobody_reads();
    }
    match command {
        Command::Serve(arguments) => serve::run(&common, arguments, tail).await,
        Command::Ingest(arguments) => ingest::run(&common, arguments).await,
        Command::Parse(arguments) => parse::run(&common, &arguments),
        Command::Search(arguments) => answers::search(&common, arguments).await,
        Command::Ask(arguments) => answers::ask(&common, arguments).await,
        Command::Reindex => ingest::reindex(&common).await,
        Command::Eval(arguments) => eval::run(&common, arguments).await,
        Command::Models(command) => models::run(&common, command).await,
        Command::People(command) => people::people(&common, command).await,
        Command::Groups(command) => people::groups(&common, command).await,
        Command::Doctor(arguments) => doctor::run(&common, arguments).await,
        Command::ParseWorker => Ok(crate::ingest::isolation::serve()),
    }
}

/// `gemba search ... | head` ends when `head` has read enough, as other programs do, instead of failing to print. A
/// server is left out: a browser that goes away must not end it.
fn end_when_nobody_reads() {
    #[cfg(unix)]
    // SAFETY: it sets what the system does on a signal to what it does by itself.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}

/// `GEMBA_LOG` takes the usual filter (`info`, `gemba=debug`); a server logs what it does and remembers the last of it,
/// other commands log only trouble.
fn log_begins(server: bool) -> Tail {
    let default = if server {
        "warn,gemba=info"
    } else {
        "error,gemba=warn"
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("GEMBA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    let tail = Tail::default();
    crate::app::log::begin(filter, server.then_some(&tail));
    tail
}
