//! Seeds from files, and files from what a target found: `files seeds FOLDER FILE...` writes each file into the folder of
//! its target, archives as lists of their parts, `files whole` as they are; `files pack FOUND FILE` writes the file that
//! a target read.

use std::path::Path;
use std::process::ExitCode;
use std::{fs, io};

use gemba_fuzz::{FileKind, listed, packed};
// What it shares with the targets is built as theirs is, and asks for what counts.
use libfuzzer_sys as _;

/// What is larger is no seed.
const LARGEST: u64 = 400_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        [how @ ("seeds" | "whole"), folder, files @ ..] => files
            .iter()
            .try_for_each(|file| seed(Path::new(folder), Path::new(file), *how == "seeds")),
        ["pack", found, file] => fs::read(found).and_then(|data| fs::write(file, packed(&data))),
        _ => Err(io::Error::other(
            "files seeds FOLDER FILE... | files whole FOLDER FILE... | files pack FOUND FILE",
        )),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn seed(folder: &Path, file: &Path, as_list: bool) -> io::Result<()> {
    let name = file.to_string_lossy();
    let Some(kind) = FileKind::of_path(&name) else {
        return Ok(());
    };
    let target = if name.ends_with(".msg") {
        "msg"
    } else {
        kind.as_str()
    };
    let data = fs::read(file)?;
    let seed = match listed(&data).filter(|_| as_list) {
        Some(list) => list,
        None if data.len() as u64 <= LARGEST => data,
        None => return Ok(()),
    };
    let folder = folder.join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name.replace('/', "_")), seed)
}
