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
    /// What: `store`, `lexical`, `vectors`, `printed`, `models`.
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

/// A language model: one that is installed, or one that could be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Model {
    /// Its name.
    pub id: String,
    /// What it is for, in a few words.
    pub purpose: String,
    /// Its licence.
    pub licence: String,
    /// The tags of the languages that it answers in; empty stands for any.
    pub languages: Vec<&'static str>,
    /// Bytes on the disk, or about how many are fetched.
    pub bytes: Option<u64>,
    /// Bytes of memory for one answer.
    pub memory_bytes: Option<u64>,
    /// Whether the two figures above are rough ones of the catalogue.
    pub about: bool,
    /// Whether it only shows that answers can be written.
    pub demonstration: bool,
    /// Whether it is installed.
    pub installed: bool,
    /// Whether it was chosen to write the answers.
    pub in_use: bool,
    /// Where it came from, or could come from.
    pub source: Option<String>,
    /// Why it cannot be used, where something is wrong.
    pub wrong: Option<String>,
    /// What installs it, on the command line.
    pub install: Option<String>,
    /// What choosing it would mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loading: Option<Loading>,
}

/// What it means to choose a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Loading {
    /// About how many seconds loading takes.
    pub seconds: u64,
    /// Whether nobody writes meanwhile, because it does not fit into memory beside the one that writes now.
    pub alone: bool,
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
    /// The language models that are installed, then those that the catalogue offers besides; reads the disk.
    ///
    /// # Errors
    ///
    /// A sentence that says why they cannot be listed.
    fn models(&self, by: &Administrator) -> Result<Vec<Model>, String>;
    /// Lets a model write the answers, or none; the audit log says so. Loading it begins within seconds.
    ///
    /// # Errors
    ///
    /// A sentence that says why it cannot be used.
    fn use_model(&self, by: &Administrator, id: Option<&str>) -> Result<(), String>;
    /// The last lines of the log, the newest last.
    fn log(&self, by: &Administrator) -> Vec<LogLine>;
}
