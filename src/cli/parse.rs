//! `gemba parse FILE`: what the parsers read of one file, with the places, for a look before it is dropped or a report.

pub(crate) mod markdown;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use serde_json::json;

use super::{Common, parse_kind};
use crate::app;
use crate::domain::{FileKind, FilePassword};
use crate::ingest::isolation::Leash;
use crate::ingest::parse::{Block, BlockKind, Limits, Outline};
use markdown::Markdown;

#[derive(Debug, Args)]
pub(super) struct ParseArguments {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Read it as this format, whatever its name ends in.
    #[arg(long = "as", value_name = "FORMAT", value_parser = parse_kind)]
    kind: Option<FileKind>,
    /// Open an encrypted PDF with the password on the first line of standard input.
    #[arg(long)]
    password_stdin: bool,
    /// Print blocks with their places, properties and what could not be read, as JSON.
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print it as Markdown, without places.
    #[arg(long)]
    markdown: bool,
}

pub(super) fn run(common: &Common, arguments: &ParseArguments) -> anyhow::Result<ExitCode> {
    let configuration = common.configuration(&[])?;
    let path = arguments.file.to_string_lossy();
    let Some(kind) = arguments.kind.or_else(|| FileKind::of_path(&path)) else {
        bail!("{path}: no format has files that end so; name one with --as");
    };
    let mut blocks = Vec::new();
    // In a process of its own, as the server reads it.
    let folder = tempfile::tempdir().context("no temporary folder could be made")?;
    let printed = folder.path().join("printed");
    let readers = app::open_readers(&configuration.values, folder.path(), &printed)?;
    let readers = if arguments.password_stdin {
        readers.opening_with(vec![password()?])
    } else {
        readers
    };
    let begun = Instant::now();
    let outline = readers
        .read(
            &arguments.file,
            kind,
            &Limits::default(),
            &Leash::default(),
            &mut |block| {
                blocks.push(block);
                ControlFlow::Continue(())
            },
        )
        .map_err(|failure| anyhow!("{path}: {}", failure.reason))?;
    if arguments.json {
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{}",
            serde_json::to_string_pretty(&as_json(&outline, &blocks, seconds))?
        );
    } else if arguments.markdown {
        print!("{}", as_markdown(&outline, &blocks));
    } else {
        for block in &blocks {
            let place = super::answers::words(&block.locator);
            println!("[{place}] {}", block.text.replace('\n', "\n    "));
        }
    }
    for unread in &outline.unread {
        eprintln!("{} was not read: {}", unread.part, unread.reason);
    }
    Ok(ExitCode::SUCCESS)
}

/// The password, from where no list of processes and no history of a shell shows it.
fn password() -> anyhow::Result<FilePassword> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .context("standard input could not be read")?;
    FilePassword::new(line.trim_end_matches(['\r', '\n']))
        .context("no password can be read from standard input: it is one line of at most 500 characters")
}

fn as_markdown(outline: &Outline, blocks: &[Block]) -> String {
    let mut markdown = Markdown::titled(outline);
    for block in blocks {
        markdown.push(block);
    }
    markdown.finish()
}

fn as_json(outline: &Outline, blocks: &[Block], seconds: f64) -> serde_json::Value {
    let blocks: Vec<serde_json::Value> = blocks
        .iter()
        .map(|block| {
            let (kind, header) = match &block.kind {
                BlockKind::Heading(_) => ("heading", None),
                BlockKind::Paragraph => ("paragraph", None),
                BlockKind::ListItem => ("item", None),
                BlockKind::Code => ("code", None),
                BlockKind::Row { header } => ("row", header.as_deref()),
            };
            json!({ "kind": kind, "place": block.locator, "header": header, "text": block.text })
        })
        .collect();
    let unread: Vec<serde_json::Value> = outline
        .unread
        .iter()
        .map(|unread| json!({ "part": unread.part, "reason": unread.reason }))
        .collect();
    json!({
        "title": outline.title,
        "coverage": outline.coverage,
        "properties": outline.properties,
        "unread": unread,
        "seconds": seconds,
        "blocks": blocks,
    })
}
