//! Runs the real program on temporary folders, as an administrator would, and speaks HTTP to it.

mod browser;
pub mod catalogue;
pub mod chromium;
mod demo;
pub mod files;
pub mod hub;
pub mod printed;
pub mod provider;
pub mod samba;
mod server;
pub mod slapd;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

pub use browser::Browser;
pub use demo::{FLANGE, ROOT_PASSWORD, busy_server, demo_server, settled_server, writing_server};
pub use server::{Server, encoded};

/// Where set-up put libraries and models.
pub fn runtime_folder() -> PathBuf {
    std::env::var_os("GEMBA_RUNTIME").map_or_else(
        || {
            std::env::home_dir()
                .unwrap_or_default()
                .join(".cache/gemba/runtime")
        },
        PathBuf::from,
    )
}

/// The documents and questions for development, where they are there; says so where they are not.
pub fn shared_data(below: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("GEMBA_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let wanted = folder.join(below);
    if wanted.exists() {
        return Some(wanted);
    }
    eprintln!("skipped: {} is not there", wanted.display());
    None
}

/// Says that a test is skipped and why. A machine for continuous integration has all that tests need: there it fails.
#[track_caller]
pub fn skipped(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    eprintln!("skipped: {why}");
}

/// The demo documents.
pub fn demo() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("appliance/demo")
}

/// A temporary pair of folders: what an administrator drops files into, and what Gemba makes of them.
pub struct Folders {
    /// The watched folder.
    pub documents: TempDir,
    /// The data folder.
    pub data: TempDir,
}

impl Folders {
    /// Two empty folders.
    pub fn new() -> Self {
        Self {
            documents: TempDir::new().unwrap(),
            data: TempDir::new().unwrap(),
        }
    }

    /// Writes a file below the watched folder.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let file = self.documents.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, content).unwrap();
        file
    }

    /// A command of the program on these folders. Folders that the caller names in arguments take precedence.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gemba"));
        command
            .arg(name)
            .env("GEMBA_DATA", self.data.path())
            .env("GEMBA_RUNTIME", runtime_folder())
            .env("GEMBA_DOCUMENTS_FOLDER", self.documents.path())
            .env("GEMBA_DOCUMENTS_SETTLE_MILLISECONDS", "100")
            .env("GEMBA_DOCUMENTS_RESCAN_SECONDS", "3600")
            .env("GEMBA_LOG", "warn,gemba=info")
            // Tests read these; the program refuses keys that it does not know.
            .env_remove("GEMBA_PICTURES")
            .env_remove("GEMBA_SHARED_DATA");
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, name: &str, arguments: &[&str]) -> Finished {
        let output = self.command(name).args(arguments).output().unwrap();
        Finished {
            code: output.status.code(),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Starts the server and waits until it is ready.
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// Starts the server on another data folder.
    pub fn serve_on(&self, data: &Path) -> Server {
        Server::start(
            self.command("serve")
                .args(["--address", "127.0.0.1:0", "--data"])
                .arg(data),
        )
    }

    /// Starts the server at an address.
    pub fn serve_at(&self, address: &str) -> Server {
        Server::start(self.command("serve").args(["--address", address]))
    }

    /// Starts the server with more variables in its environment.
    pub fn serve_with(&self, environment: &[(&str, &str)]) -> Server {
        self.serve_at_with("127.0.0.1:0", environment)
    }

    /// Starts the server through another program, which takes its command line behind its own arguments.
    pub fn serve_through(&self, program: &[&str]) -> Server {
        let plain = self.command("serve");
        let mut command = Command::new(program[0]);
        command
            .args(&program[1..])
            .arg(plain.get_program())
            .args(plain.get_args())
            .args(["--address", "127.0.0.1:0"]);
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Server::start(&mut command)
    }

    /// Starts the server at an address with more variables in its environment.
    pub fn serve_at_with(&self, address: &str, environment: &[(&str, &str)]) -> Server {
        Server::start(
            self.command("serve")
                .args(["--address", address])
                .envs(environment.iter().copied()),
        )
    }
}

/// A command that has ended.
#[derive(Debug)]
pub struct Finished {
    /// Exit status; none if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub output: String,
    /// Standard error.
    pub errors: String,
}

impl Finished {
    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.output).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The paths of a folder's files relative to it, in order.
pub fn files_below(folder: &Path) -> Vec<String> {
    let mut found: Vec<String> = walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            entry
                .path()
                .strip_prefix(folder)
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    found.sort();
    found
}
