//! The program: reads the command line, runs one command, tells how it ended.

use std::process::ExitCode;

use clap::Parser;
use gemba::cli::Arguments;

fn main() -> ExitCode {
    gemba::app::memory::prepare();
    let arguments = Arguments::parse();
    if arguments.reads_files() {
        return gemba::ingest::isolation::serve();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("gemba: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(gemba::cli::run(arguments)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("gemba: {}", sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error on one line, with those causes that it does not name itself.
fn sentence(error: &anyhow::Error) -> String {
    let mut sentence = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !sentence.contains(&cause) {
            sentence = format!("{sentence}: {cause}");
        }
    }
    sentence.split_whitespace().collect::<Vec<_>>().join(" ")
}
