//! `gemba models list`: the catalogue and what is installed, in one table.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::{Installed, size};
use crate::domain::Language;
use crate::engine::{ModelShape, Need};
use crate::models::{Entry, LanguageModel};

/// Tokens of one answer for which memory is told; as many as `try` has room for by default.
const CONTEXT: usize = 4_096;

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArguments {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// One model.
#[derive(Debug, Serialize)]
struct Row {
    id: String,
    purpose: String,
    licence: String,
    /// Tags; empty stands for any.
    languages: Vec<&'static str>,
    /// Bytes on the disk, or about how many are fetched.
    bytes: Option<u64>,
    /// Bytes of memory for one answer.
    memory_bytes: Option<u64>,
    /// Whether the two figures above are rough ones of the catalogue.
    about: bool,
    demonstration: bool,
    installed: bool,
    in_use: bool,
    source: Option<String>,
    /// Why it cannot be used, where something is wrong.
    wrong: Option<String>,
}

pub(super) fn run(installed: &Installed, arguments: &ListArguments) -> anyhow::Result<ExitCode> {
    let (models, catalogue) = (&installed.models, &installed.catalogue);
    let in_use = models.in_use_id()?;
    let there = models.ids();
    let mut rows: Vec<Row> = there
        .iter()
        .map(|id| match models.find(id) {
            Ok(model) => of_installed(model),
            Err(error) => Row {
                wrong: Some(error.to_string()),
                ..of_entry(&Entry {
                    id: id.clone(),
                    ..Entry::default()
                })
            },
        })
        .map(|row| Row {
            installed: true,
            in_use: in_use.as_deref() == Some(row.id.as_str()),
            ..row
        })
        .collect();
    let others = catalogue.models.iter().filter(|entry| !there.contains(&entry.id));
    rows.extend(others.map(of_entry));
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print(&rows);
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

fn of_installed(model: LanguageModel) -> Row {
    let shape = ModelShape::read(&model.folder, model.file.as_deref());
    let need = shape.as_ref().ok().map(|shape| {
        let need = Need::of(shape, 1, CONTEXT.min(shape.context_length));
        need.weights.saturating_add(need.cache)
    });
    Row {
        bytes: Some(model.size()),
        memory_bytes: need,
        about: false,
        demonstration: model.demonstration,
        installed: true,
        in_use: false,
        wrong: shape.err().map(|error| error.to_string()),
        languages: tags(&model.languages),
        id: model.id,
        purpose: model.purpose,
        licence: model.licence,
        source: Some(model.source),
    }
}

fn of_entry(entry: &Entry) -> Row {
    Row {
        id: entry.id.clone(),
        purpose: entry.purpose.clone(),
        licence: entry.licence.clone(),
        languages: tags(&entry.languages),
        bytes: entry.about_megabytes.map(|megabytes| megabytes * 1_000_000),
        memory_bytes: entry
            .about_memory_megabytes
            .map(|megabytes| megabytes * 1_000_000),
        about: true,
        demonstration: entry.demonstration,
        installed: false,
        in_use: false,
        source: entry.repository.clone(),
        wrong: None,
    }
}

fn tags(languages: &[Language]) -> Vec<&'static str> {
    languages.iter().map(|language| language.tag()).collect()
}

fn print(rows: &[Row]) {
    let about = |row: &Row, bytes: Option<u64>| match bytes {
        Some(bytes) if row.about => format!("about {}", size(bytes)),
        Some(bytes) => size(bytes),
        None => "unknown".to_owned(),
    };
    let state = |row: &Row| match row {
        Row { wrong: Some(_), .. } => "WRONG",
        Row { in_use: true, .. } => "in use",
        Row { installed: true, .. } => "installed",
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
