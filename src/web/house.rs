//! What the administration pages tell of the program and its machine, which only the composition root knows.

use serde::Serialize;

use crate::domain::Administrator;

/// A key of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The dotted key.
    pub key: String,
    /// Its value; secrets are masked.
    pub value: String,
    /// Where it came from.
    pub source: String,
}

/// What something takes of the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Size {
    /// What: `store`, `lexical`, `vectors`, `models`.
    pub what: &'static str,
    /// How much.
    pub bytes: u64,
}

/// The machine at this moment. What cannot be found out is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Machine {
    /// What the data folder is made of.
    pub sizes: Vec<Size>,
    /// Free bytes of the disk with the data folder.
    pub disk_free: Option<u64>,
    /// All bytes of that disk.
    pub disk_whole: Option<u64>,
    /// Bytes of memory that Gemba holds.
    pub memory_held: Option<u64>,
    /// Bytes of memory that programs could have.
    pub memory_free: Option<u64>,
    /// All bytes of memory.
    pub memory_whole: Option<u64>,
    /// Programs that wanted a core, on average of the last five minutes.
    pub load: Option<f32>,
    /// Cores.
    pub cores: usize,
    /// Seconds since the program was started.
    pub running_seconds: u64,
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// `error`, `warn` or `info`.
    pub level: &'static str,
    /// The line, with its time.
    pub text: String,
}

/// The program, as far as administrators may look into it.
pub trait House: Send + Sync {
    /// Every key of the configuration, in order.
    fn settings(&self, by: &Administrator) -> Vec<Setting>;
    /// The machine at this moment; reads the disk, so it is not for a thread that answers requests.
    fn machine(&self, by: &Administrator) -> Machine;
    /// The last lines of the log, the newest last.
    fn log(&self, by: &Administrator) -> Vec<LogLine>;
}
