//! `gemba doctor`: what is configured and where each value came from, what is installed, and whether store and indexes
//! agree. Looks only; works beside a running server. Exits with 1 if something is wrong.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::Common;
use crate::app::health::{self, Check, State};

/// A longer value stands over the edge of its column, so that the others stay readable.
const WIDEST: usize = 48;

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Print the named steps of ingestion at which `GEMBA_FAULT=STEP:abort` ends the program, for tests.
    #[arg(long, hide = true)]
    steps: bool,
}

#[derive(Serialize)]
struct Report {
    version: &'static str,
    configuration: Vec<Setting>,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Setting {
    key: String,
    value: String,
    source: String,
}

pub(super) async fn run(common: &Common, arguments: DoctorArguments) -> anyhow::Result<ExitCode> {
    if arguments.steps {
        for step in health::steps() {
            println!("{step}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let configuration = common.configuration(&[])?;
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        configuration: configuration
            .rows()
            .into_iter()
            .map(|(key, value, source)| Setting {
                key,
                value,
                source: source.to_string(),
            })
            .collect(),
        checks: health::checks(&configuration.values).await,
    };
    let wrong = report.checks.iter().any(|check| check.state == State::Wrong);
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    Ok(if wrong {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn print(report: &Report) {
    println!("Gemba {}\n\nConfiguration", report.version);
    let width = |of: fn(&Setting) -> &str| {
        report
            .configuration
            .iter()
            .map(|setting| of(setting).chars().count())
            .filter(|width| *width <= WIDEST)
            .max()
            .unwrap_or(0)
    };
    let (keys, values) = (width(|setting| &setting.key), width(|setting| &setting.value));
    for Setting { key, value, source } in &report.configuration {
        println!("  {key:keys$}  {value:values$}  ({source})");
    }
    println!("\nChecks");
    for check in &report.checks {
        let mark = match check.state {
            State::Good => "ok   ",
            State::Note => "note ",
            State::Wrong => "WRONG",
        };
        println!("  {mark}  {}: {}", check.what, check.found);
    }
}
