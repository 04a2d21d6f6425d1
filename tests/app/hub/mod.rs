//! `gemba models pull` against a hub on this machine.

mod fetched;
mod refused;

use std::fs;
use std::path::PathBuf;

use super::support::hub::Hub;
use super::support::{Finished, Folders};

const REPOSITORY: &str = "factory/small-onnx";

fn model(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases/models")
        .join(name)
}

fn hub() -> Hub {
    Hub::with(REPOSITORY, &model("optimum/qwen3-q4"))
}

/// Runs `gemba models` with a hub and without the proxies and tokens of whoever runs the tests.
fn gemba(folders: &Folders, hub: &Hub, arguments: &[&str], environment: &[(&str, &str)]) -> Finished {
    let mut command = folders.command("models");
    for name in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "HF_TOKEN",
    ] {
        command.env_remove(name);
    }
    let output = command
        .args(arguments)
        .env("HF_ENDPOINT", &hub.address)
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    Finished {
        code: output.status.code(),
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

const PULL: &[&str] = &["pull", "--repository", REPOSITORY, "--id", "small"];

fn pull(folders: &Folders, hub: &Hub) -> Finished {
    gemba(folders, hub, PULL, &[])
}

#[track_caller]
fn refused(finished: &Finished, words: &[&str]) {
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let lines: Vec<&str> = finished
        .errors
        .lines()
        .filter(|line| line.starts_with("gemba: "))
        .collect();
    assert_eq!(lines.len(), 1, "{finished:?}");
    for word in words {
        assert!(lines[0].contains(word), "{word}: {finished:?}");
    }
}

/// Names of what is in the folder of language models, but for locks.
fn there(folders: &Folders) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folders.data.path().join("language-models"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| !name.starts_with(".lock-"))
        .collect();
    names.sort();
    names
}
