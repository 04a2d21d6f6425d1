//! `gemba models pull` and `import`: both fill a folder that nobody sees, look whether the engine could load what is in
//! it, and only then install it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::{Installed, progress, size};
use crate::domain::Language;
use crate::engine;
use crate::models::{Entry, Hub, ImportOptions, ModelError, Staged};

#[derive(Debug, Args)]
pub(in crate::cli) struct PullArguments {
    /// A model of the catalogue.
    #[arg(required_unless_present = "repository", conflicts_with_all = ["repository", "id"], value_name = "MODEL")]
    model: Option<String>,
    /// A repository of the hub, for a model that is not in the catalogue.
    #[arg(long, value_name = "OWNER/NAME", requires = "id")]
    repository: Option<String>,
    /// The commit, tag or branch.
    #[arg(long, value_name = "REVISION", requires = "repository")]
    revision: Option<String>,
    /// The graph's file in the repository, where it has several.
    #[arg(long, value_name = "FILE", requires = "repository")]
    file: Option<String>,
    /// The name that the model gets here.
    #[arg(long, value_name = "NAME", requires = "repository")]
    id: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArguments {
    /// A folder with an ONNX export, or an archive of one.
    source: PathBuf,
    /// The name that the model gets here; without it, that of the folder or archive.
    #[arg(long, value_name = "NAME")]
    id: Option<String>,
    /// The graph's file, where there are several.
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
    /// Its licence, where the catalogue does not know it.
    #[arg(long, value_name = "NAME")]
    licence: Option<String>,
    /// A language that it answers in (en, zh), where the catalogue does not know it; may be given several times.
    #[arg(long, value_name = "TAG", value_parser = parse_language)]
    language: Vec<Language>,
}

fn parse_language(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| "the languages are en and zh".to_owned())
}

pub(super) async fn pull(installed: &Installed, arguments: PullArguments) -> anyhow::Result<ExitCode> {
    let entry = wanted(installed, arguments)?;
    if installed.models.ids().contains(&entry.id) {
        let model = installed.models.find(&entry.id)?;
        println!(
            "{} is installed already ({}); to fetch it again, remove it first",
            model.id, model.source
        );
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(folder) = &entry.folder {
        return Err(ModelError::ComesWithGemba {
            id: entry.id.clone(),
            folder: folder.clone(),
        }
        .into());
    }
    let address = match installed.config.models.hub.as_str() {
        "" => std::env::var("HF_ENDPOINT").unwrap_or_default(),
        configured => configured.to_owned(),
    };
    let hub = Hub::new(&address, std::env::var("HF_TOKEN").ok().as_deref()).map_err(ModelError::from)?;
    if entry.files.iter().any(|file| file.sha256.is_none()) || entry.files.is_empty() {
        eprintln!(
            "the catalogue has no checksums of its own for {}: its files are held to those that {} names now, and \
             from then on to the SHA-256 of what came (`gemba models verify`)",
            entry.id,
            hub.host()
        );
    }
    let bar = progress::bytes();
    let pulled = installed
        .models
        .pull(&hub, &entry, &progress::counted_by(&bar))
        .await;
    bar.finish_and_clear();
    let repository = entry.repository.as_deref().unwrap_or_default();
    install(pulled?, Path::new(repository))
}

/// The entry of the catalogue, or one for the repository that was named.
fn wanted(installed: &Installed, arguments: PullArguments) -> Result<Entry, ModelError> {
    let catalogue = &installed.catalogue;
    match arguments.model {
        Some(id) => catalogue.find(&id).cloned().ok_or_else(|| {
            let known: Vec<&str> = catalogue.models.iter().map(|entry| entry.id.as_str()).collect();
            ModelError::NotInCatalogue {
                id,
                known: known.join(", "),
            }
        }),
        None => Ok(Entry {
            id: arguments.id.unwrap_or_default(),
            repository: arguments.repository,
            revision: arguments.revision,
            graph: arguments.file,
            ..Entry::default()
        }),
    }
}

pub(super) fn import(installed: &Installed, arguments: ImportArguments) -> anyhow::Result<ExitCode> {
    let options = ImportOptions {
        id: arguments.id,
        file: arguments.file,
        licence: arguments.licence,
        languages: arguments.language,
    };
    let bar = progress::bytes();
    let imported = installed.models.import(
        &arguments.source,
        &options,
        &installed.catalogue,
        &progress::counted_by(&bar),
    );
    bar.finish_and_clear();
    install(imported?, &arguments.source)
}

/// Installs what the engine could load. `source` stands in messages in the place of the folder that nobody knows.
fn install(staged: Staged, source: &Path) -> anyhow::Result<ExitCode> {
    if let Err(error) = engine::inspect(staged.folder(), staged.manifest().graph.as_deref()) {
        let hidden = staged.folder().display().to_string();
        let said =
            format!("{:#}", anyhow::Error::from(error)).replace(&hidden, &source.display().to_string());
        anyhow::bail!("{said}; nothing was installed");
    }
    let model = staged.install()?;
    println!(
        "{} is installed: {} files, {}, from {}; `gemba models use {}` lets it write the answers",
        model.id,
        model.files.len(),
        size(model.size()),
        model.source,
        model.id
    );
    Ok(ExitCode::SUCCESS)
}
