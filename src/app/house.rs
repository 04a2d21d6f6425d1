//! Looks at the program and its machine, for the administration pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::log::Tail;
use super::models::KnownModels;
use crate::config::Configuration;
use crate::domain::{Action, Administrator, NewEntry};
use crate::store::{DataPaths, Store};
use crate::web::{House, LogLine, Machine, Model, Setting, Size};

/// The program as it runs.
pub(super) struct Running {
    settings: Vec<Setting>,
    paths: DataPaths,
    tail: Tail,
    began: Instant,
    models: KnownModels,
    store: Store,
}

impl Running {
    pub(super) fn new(configuration: &Configuration, tail: Tail, store: Store) -> Self {
        let rows = configuration.rows().into_iter();
        Self {
            settings: rows
                .map(|(key, value, source)| Setting {
                    key,
                    value,
                    source: source.to_string(),
                })
                .collect(),
            paths: DataPaths::of(&configuration.values.data),
            tail,
            began: Instant::now(),
            models: KnownModels::of(&configuration.values),
            store,
        }
    }
}

impl House for Running {
    fn settings(&self, _: &Administrator) -> Vec<Setting> {
        self.settings.clone()
    }

    fn machine(&self, _: &Administrator) -> Machine {
        let size = |what, folders: &[&PathBuf]| Size {
            what,
            bytes: folders.iter().map(|folder| bytes_below(folder)).sum(),
        };
        let journal = |end: &str| {
            let mut name = self.paths.store.clone().into_os_string();
            name.push(end);
            PathBuf::from(name)
        };
        let disk = rustix::fs::statvfs(&self.paths.folder).ok();
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Machine {
            sizes: vec![
                size("store", &[&self.paths.store, &journal("-wal"), &journal("-shm")]),
                size("lexical", &[&self.paths.lexical]),
                size("vectors", &[&self.paths.vectors]),
                size("printed", &[&self.paths.printed]),
                size("models", &[&self.paths.models, &self.paths.language_models]),
            ],
            disk_free: disk.as_ref().map(|disk| disk.f_bavail * disk.f_frsize),
            disk_whole: disk.as_ref().map(|disk| disk.f_blocks * disk.f_frsize),
            memory_held: kilobytes(&status, "VmRSS:"),
            memory_free: kilobytes(&memory, "MemAvailable:"),
            memory_whole: kilobytes(&memory, "MemTotal:"),
            load: load.split(' ').nth(1).and_then(|load| load.parse().ok()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            running_seconds: self.began.elapsed().as_secs(),
        }
    }

    fn models(&self, _: &Administrator) -> Result<Vec<Model>, String> {
        self.models.list().map_err(|error| error.to_string())
    }

    fn use_model(&self, by: &Administrator, id: Option<&str>) -> Result<(), String> {
        self.models.choose(id).map_err(|error| error.to_string())?;
        let chosen = id.unwrap_or("none");
        self.store
            .record_later(NewEntry::of(by, Action::ModelChosen, chosen));
        Ok(())
    }

    fn log(&self, _: &Administrator) -> Vec<LogLine> {
        self.tail.lines()
    }
}

/// A figure of `/proc`, in bytes.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let number: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(number * 1_024)
}

fn bytes_below(path: &Path) -> u64 {
    walkdir::WalkDir::new(path)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| entry.metadata().ok())
        .map(|metadata| metadata.len())
        .sum()
}
