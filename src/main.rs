//! The program: reads the command line, runs one command, tells how it ended.

use std::process::ExitCode;

use clap::Parser;
use gemba::cli::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
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
            eprintln!("gemba: {error:#}");
            ExitCode::FAILURE
        }
    }
}
