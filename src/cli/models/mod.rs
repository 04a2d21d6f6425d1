//! `gemba models`: the language models on this machine. Nothing is fetched unless `pull` is run.

mod installed;
mod installing;
mod list;
mod trial;

use std::process::ExitCode;

use clap::Subcommand;

use super::{Common, progress};
use crate::config::Config;
use crate::domain::{Action, NewEntry, Person};
use crate::models::{Catalogue, LanguageModels};
use crate::store::{DataPaths, Store};

#[derive(Debug, Subcommand)]
pub(super) enum ModelsCommand {
    /// List the models that can be had and those that are installed.
    List(list::ListArguments),
    /// Fetch a model of the catalogue, or any other, from a hub. Goes on where it stopped.
    Pull(installing::PullArguments),
    /// Install a model from a folder or an archive (.tar, .tar.gz, .zip).
    Import(installing::ImportArguments),
    /// Let an installed model write the answers, or none.
    Use(installed::UseArguments),
    /// Remove an installed model.
    Remove(installed::RemoveArguments),
    /// Compare installed models with their checksums. Exits with 1 if a file is wrong.
    Verify(installed::VerifyArguments),
    /// Load a model and let it answer, apart from all documents.
    Try(trial::TryArguments),
}

/// What every one of these commands works on.
struct Installed {
    models: LanguageModels,
    catalogue: Catalogue,
    config: Config,
}

impl Installed {
    fn open(common: &Common) -> anyhow::Result<Self> {
        let config = common.configuration(&[])?.values;
        Ok(Self {
            models: LanguageModels::open(&DataPaths::of(&config.data).language_models),
            catalogue: Catalogue::read(&config.models.catalogue)?,
            config,
        })
    }
}

pub(super) async fn run(common: &Common, command: ModelsCommand) -> anyhow::Result<ExitCode> {
    let installed = Installed::open(common)?;
    match command {
        ModelsCommand::List(arguments) => list::run(&installed, &arguments),
        ModelsCommand::Pull(arguments) => {
            let outcome = installing::pull(&installed, arguments).await?;
            warn_of_another_folder(&installed);
            Ok(outcome)
        }
        ModelsCommand::Import(arguments) => {
            let outcome = installing::import(&installed, arguments)?;
            warn_of_another_folder(&installed);
            Ok(outcome)
        }
        ModelsCommand::Use(arguments) => {
            let outcome = installed::use_model(&installed, &arguments)?;
            note_choice(&installed, arguments.chosen()).await;
            warn_of_another_folder(&installed);
            Ok(outcome)
        }
        ModelsCommand::Remove(arguments) => installed::remove(&installed, &arguments),
        ModelsCommand::Verify(arguments) => installed::verify(&installed, &arguments),
        ModelsCommand::Try(arguments) => trial::run(&installed, arguments).await,
    }
}

/// Says it where no server has worked on this data folder: models may be installed before the first start, but no server that
/// works elsewhere sees them.
fn warn_of_another_folder(installed: &Installed) {
    let paths = DataPaths::of(&installed.config.data);
    if !paths.store.exists() {
        eprintln!(
            "No server has worked on the data folder {} yet: if yours works on another one, name that with --data or GEMBA_DATA.",
            paths.folder.display()
        );
    }
}

/// Notes in the audit log which model was chosen, where there is one already.
async fn note_choice(installed: &Installed, chosen: &str) {
    let path = DataPaths::of(&installed.config.data).store;
    if !path.exists() {
        return;
    }
    match Store::open(&path).await {
        Ok(store) => {
            let staff = Person::at_the_machine().staff();
            store
                .record_or_log(&NewEntry::of(&staff, Action::ModelChosen, chosen))
                .await;
            store.close().await;
        }
        Err(error) => tracing::error!(%error, "the audit log could not be written"),
    }
}

/// Bytes as people write them.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
