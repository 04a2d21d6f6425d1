//! `gemba models use`, `remove` and `verify`: what is done with models that are installed.

use std::process::ExitCode;

use clap::Args;

use super::{Installed, progress, size};

#[derive(Debug, Args)]
pub(in crate::cli) struct UseArguments {
    /// The model.
    #[arg(required_unless_present = "none", conflicts_with = "none")]
    id: Option<String>,
    /// No model: answers are the sentences of the documents themselves.
    #[arg(long)]
    none: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RemoveArguments {
    /// The model.
    id: String,
    /// Remove it even if it is in use.
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyArguments {
    /// The model; all that are installed without it.
    id: Option<String>,
}

impl UseArguments {
    /// The model, or `none`.
    pub(super) fn chosen(&self) -> &str {
        self.id.as_deref().unwrap_or("none")
    }
}

pub(super) fn use_model(installed: &Installed, arguments: &UseArguments) -> anyhow::Result<ExitCode> {
    match &arguments.id {
        Some(id) => {
            let model = installed.models.use_model(id)?;
            println!("{id} writes the answers now; a running server switches to it within a few seconds");
            if model.demonstration {
                eprintln!("{id} is for demonstration: it is too small to be relied on");
            }
        }
        None => {
            installed.models.use_none()?;
            println!("no model writes the answers now; a running server switches within a few seconds");
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn remove(installed: &Installed, arguments: &RemoveArguments) -> anyhow::Result<ExitCode> {
    installed.models.remove(&arguments.id, arguments.force)?;
    println!("{} is removed", arguments.id);
    Ok(ExitCode::SUCCESS)
}

pub(super) fn verify(installed: &Installed, arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    let models = &installed.models;
    let ids = match &arguments.id {
        Some(id) => vec![id.clone()],
        None => models.ids(),
    };
    if ids.is_empty() {
        println!("no language model is installed");
    }
    let mut outcome = ExitCode::SUCCESS;
    for id in ids {
        let bar = progress::bytes();
        let verified = models.verify(&id, &progress::counted_by(&bar));
        bar.finish_and_clear();
        let faults = match verified {
            Ok(faults) => faults.iter().map(ToString::to_string).collect(),
            // Of several models the others are still worth knowing about.
            Err(error) if arguments.id.is_none() => vec![error.to_string()],
            Err(error) => return Err(error.into()),
        };
        if faults.is_empty() {
            let model = models.find(&id)?;
            println!(
                "{id}: {} files, {}, all as they were installed",
                model.files.len(),
                size(model.size())
            );
            continue;
        }
        outcome = ExitCode::FAILURE;
        for fault in &faults {
            println!("{id}: {fault}");
        }
        println!("{id}: run `gemba models remove {id} --force`, then pull or import it again");
    }
    Ok(outcome)
}
