//! `gemba models list`: the catalogue and what is installed, in one table.

use std::process::ExitCode;

use clap::Args;

use super::{Installed, size};
use crate::app::KnownModels;
use crate::web::Model;

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArguments {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(installed: &Installed, arguments: &ListArguments) -> anyhow::Result<ExitCode> {
    let models = &installed.models;
    let in_use = models.in_use_id()?;
    let there = models.ids();
    let rows = KnownModels::of(&installed.config).list()?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print(&rows);
    }
    if rows
        .iter()
        .any(|row| row.about && !row.installed && !row.demonstration)
        && !arguments.json
    {
        eprintln!(
            "figures with `about` are rough, and the list has no checksums where it names none: the first pull takes those \
             of the hub"
        );
    }
    for id in models.unfinished() {
        eprintln!(
            "{id} was begun and is not finished: run the same command again, or `gemba models remove {id}`"
        );
    }
    if let Some(gone) = in_use.filter(|id| !there.contains(id)) {
        eprintln!(
            "{gone} is set to write the answers and is not installed: install it, or run `gemba models use --none`"
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn print(rows: &[Model]) {
    let about = |row: &Model, bytes: Option<u64>| match bytes {
        Some(bytes) if row.about => format!("about {}", size(bytes)),
        Some(bytes) => size(bytes),
        None => "unknown".to_owned(),
    };
    let state = |row: &Model| match row {
        Model { wrong: Some(_), .. } => "WRONG",
        Model { in_use: true, .. } => "in use",
        Model { installed: true, .. } => "installed",
        _ => "",
    };
    let or = |text: &str, otherwise: &str| if text.is_empty() { otherwise } else { text }.to_owned();
    let heading = ["", "MODEL", "SIZE", "MEMORY", "LANGUAGES", "LICENCE", "FOR"].map(str::to_owned);
    let lines: Vec<[String; 7]> = std::iter::once(heading)
        .chain(rows.iter().map(|row| {
            [
                state(row).to_owned(),
                row.id.clone(),
                about(row, row.bytes),
                about(row, row.memory_bytes),
                or(&row.languages.join(" "), "any"),
                or(&row.licence, "unknown"),
                row.wrong.clone().unwrap_or_else(|| row.purpose.clone()),
            ]
        }))
        .collect();
    let widths: [usize; 7] = std::array::from_fn(|column| {
        lines
            .iter()
            .map(|line| line[column].chars().count())
            .max()
            .unwrap_or(0)
    });
    for line in &lines {
        let padded: Vec<String> = line
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        println!("{}", padded.join("  ").trim_end());
    }
}
