//! What can be configured, in one small struct a room, and where each value came from.
//!
//! A value comes, in rising order of precedence, from the built-in default, the configuration file (TOML), the
//! environment (`GEMBA_` and the key in capitals: `GEMBA_SERVER_ADDRESS`) and the command line. Unknown keys are
//! refused in the file and in the environment, so that a typing error is never a silent default.

mod identity;
mod layers;
mod office;
mod server;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use identity::{LdapConfig, OidcConfig};
pub use layers::{ConfigError, Source};
pub use office::OfficeConfig;
pub use server::ServerConfig;

/// Everything that can be configured. Read by `app` alone; each room is handed only its own struct.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folder of the store and the indexes; holds nothing that cannot be rebuilt from the documents but accounts,
    /// answers and settings.
    pub data: PathBuf,
    /// Folder with the native libraries and the models that set-up fetched.
    pub runtime: PathBuf,
    /// The watched folder.
    pub documents: DocumentsConfig,
    /// Text recognition.
    pub ocr: OcrConfig,
    /// Pictures of the pages of Office files.
    pub office: OfficeConfig,
    /// The embedding model.
    pub embed: EmbedConfig,
    /// Where language models come from.
    pub models: ModelsConfig,
    /// The language model.
    pub generate: GenerateConfig,
    /// The web server.
    pub server: ServerConfig,
    /// Who stays signed in for how long.
    pub accounts: AccountsConfig,
    /// What is written down of who did what.
    pub audit: AuditConfig,
    /// The company's directory.
    pub ldap: LdapConfig,
    /// The company's provider.
    pub oidc: OidcConfig,
    /// What inspectors see of those who ask.
    pub review: ReviewConfig,
}

/// How the watched folder is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentsConfig {
    /// The watched folder. Empty: not configured.
    pub folder: PathBuf,
    /// Seconds between two complete walks, which find what events missed.
    pub rescan_seconds: u64,
    /// Milliseconds for which a file's size and modification time must stand still before it is read.
    pub settle_milliseconds: u64,
    /// Seconds between two looks at a network mount, which sends no events.
    pub poll_seconds: u64,
    /// Larger files fail with a reason.
    pub max_file_megabytes: u64,
    /// A file that takes longer to read fails with a reason.
    pub max_parse_seconds: u64,
    /// A file that takes more memory to read fails with a reason.
    pub max_parse_memory_megabytes: u64,
    /// What tells the number and the revision of a controlled document in the name of its file: regular expressions with
    /// the named groups `number`, `revision`, `date` and `status`, of which the first that finds a number counts. Empty:
    /// names tell nothing.
    pub control_patterns: Vec<String>,
}

/// How text is recognised on pages that are pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OcrConfig {
    /// Whether it is.
    pub enabled: bool,
    /// The languages, by tesseract's names with `+` between them. Empty: all that are installed.
    pub languages: String,
    /// The program: tesseract, or another of its command line.
    pub program: String,
    /// Pages that are recognised at the same time; 0 stands for one a core.
    pub processes: usize,
    /// A page that takes longer in one language is given up.
    pub page_seconds: u64,
    /// Pages of a file that are left when its recognition has taken longer are left out.
    pub file_seconds: u64,
}

/// Which embedding model is used and how it runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbedConfig {
    /// Name of a folder in `RUNTIME/models`.
    pub model: String,
    /// `int8` or `fp32`.
    pub precision: String,
    /// Sessions that embed at the same time; 0 stands for one a core.
    pub sessions: usize,
}

/// Where language models come from. Nothing is fetched unless `gemba models pull` is run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelsConfig {
    /// Address of a hub or of a mirror of it. Empty: what the variable `HF_ENDPOINT` says.
    pub hub: String,
    /// A catalogue of models. Empty: the one that comes with Gemba.
    pub catalogue: PathBuf,
}

/// How the language model runs that `gemba models use` chose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerateConfig {
    /// Answers that are written at the same time.
    pub answers: usize,
    /// Questions that may wait beside them; the next one is told that the model is busy.
    pub waiting: usize,
    /// Tokens of a question with its passages and its answer together.
    pub context: usize,
    /// Tokens that an answer may have.
    pub answer_tokens: usize,
    /// Tokens that the passages of a question may have: each of them costs time before the first word.
    pub passage_tokens: usize,
    /// Threads of the model; 0 stands for one a core.
    pub threads: usize,
    /// Memory that weights and cache may take; 0 stands for what is free.
    pub memory_megabytes: u64,
    /// Where it is computed: `cpu`, or `cuda` with a GPU build of ONNX Runtime.
    pub provider: String,
}

/// How long people stay signed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountsConfig {
    /// Hours after which a session that is not used ends.
    pub idle_hours: u64,
    /// Hours after which a session ends in any case.
    pub session_hours: u64,
    /// Whether those who did not sign in may ask and read what the group Everyone may.
    pub open_to_lan: bool,
}

/// What the audit log keeps, and for how long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditConfig {
    /// Days for which a row is kept; 0 stands for ever.
    pub retention_days: u64,
    /// Whether it says what people asked, and not only that they did.
    pub questions: bool,
}

/// What inspectors see of those who ask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewConfig {
    /// Whether the inbox names who asked.
    pub show_askers: bool,
}

/// `SOP-QA-014 rev 3`, `SOP-QA-014_RevC`, `WI-1203 v2.1`, `SOP-QA-021 版本B`, with anything behind.
const CONTROL_PATTERN: &str = r"^(?<number>[A-Z]{2,6}(?:-[A-Z][A-Z0-9]{0,5})*-\d{2,6})(?:[ _.-]*(?:[Rr][Ee][Vv](?:ision)?|[Vv]|版本|版|개정)[ ._-]*(?<revision>[A-Z]{1,2}|\d{1,3}(?:\.\d{1,3})*))?(?:[ _-]|$)";

impl Default for Config {
    fn default() -> Self {
        Self {
            data: base_folder("XDG_DATA_HOME", ".local/share").join("gemba/data"),
            runtime: base_folder("XDG_CACHE_HOME", ".cache").join("gemba/runtime"),
            documents: DocumentsConfig {
                folder: PathBuf::new(),
                rescan_seconds: 300,
                settle_milliseconds: 1_500,
                poll_seconds: 10,
                max_file_megabytes: 1_024,
                max_parse_seconds: 600,
                max_parse_memory_megabytes: 2_048,
                control_patterns: vec![CONTROL_PATTERN.to_owned()],
            },
            ocr: OcrConfig {
                enabled: true,
                languages: String::new(),
                program: "tesseract".to_owned(),
                processes: 0,
                page_seconds: 60,
                file_seconds: 7_200,
            },
            office: OfficeConfig::default(),
            embed: EmbedConfig {
                model: "all-minilm-l6-v2".to_owned(),
                precision: "int8".to_owned(),
                sessions: 0,
            },
            models: ModelsConfig {
                hub: String::new(),
                catalogue: PathBuf::new(),
            },
            generate: GenerateConfig {
                answers: 4,
                waiting: 16,
                context: 4_096,
                answer_tokens: 384,
                passage_tokens: 1_500,
                threads: 0,
                memory_megabytes: 0,
                provider: "cpu".to_owned(),
            },
            server: ServerConfig::default(),
            accounts: AccountsConfig {
                idle_hours: 12,
                session_hours: 168,
                open_to_lan: false,
            },
            audit: AuditConfig {
                retention_days: 365,
                questions: true,
            },
            ldap: LdapConfig::default(),
            oidc: OidcConfig::default(),
            review: ReviewConfig { show_askers: false },
        }
    }
}

/// A complete configuration and the source of each of its values.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// The values.
    pub values: Config,
    /// Where each came from, by dotted key (`server.address`).
    pub sources: BTreeMap<String, Source>,
}

impl Configuration {
    /// Reads the configuration.
    ///
    /// `file` is the configuration file, if one was named; `environment` the variables of the process; `flags` what
    /// the command line sets, by dotted key.
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: &[(&str, String)],
    ) -> Result<Self, ConfigError> {
        let (values, sources) = layers::merge(&Config::default(), file, environment, flags)?;
        let configuration = Self { values, sources };
        configuration.check()?;
        Ok(configuration)
    }

    /// Every key with its value and source, in order, with secrets masked.
    pub fn rows(&self) -> Vec<(String, String, Source)> {
        layers::rows(&self.values, &self.sources)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let values = &self.values;
        let wrong = |key: &str, reason: &str| {
            Err(ConfigError::Value {
                key: key.to_owned(),
                reason: reason.to_owned(),
            })
        };
        if values.accounts.idle_hours == 0 || values.accounts.session_hours == 0 {
            return wrong("accounts", "idle_hours and session_hours must be at least 1");
        }
        let patterns = values.documents.control_patterns.iter();
        if let Some(reason) = patterns
            .enumerate()
            .find_map(|(at, pattern)| fault_of(at, pattern))
        {
            return wrong("documents.control_patterns", &reason);
        }
        if let Some((key, reason)) = values.office.fault() {
            return wrong(key, reason);
        }
        if let Some((key, reason)) = values.server.fault() {
            return wrong(key, &reason);
        }
        if let Some((key, reason)) = values.ldap.fault().or_else(|| values.oidc.fault()) {
            return wrong(key, reason);
        }
        if !matches!(values.embed.precision.as_str(), "int8" | "fp32") {
            return wrong("embed.precision", "it must be int8 or fp32");
        }
        if !matches!(values.generate.provider.as_str(), "cpu" | "cuda") {
            return wrong("generate.provider", "it must be cpu or cuda");
        }
        let generate = &values.generate;
        if generate.answers == 0 || generate.answer_tokens == 0 || generate.passage_tokens == 0 {
            return wrong(
                "generate",
                "answers, answer_tokens and passage_tokens must be at least 1; `gemba models use --none` lets no model write",
            );
        }
        if generate.context <= generate.answer_tokens {
            return wrong(
                "generate.context",
                "it must be more than answer_tokens, for question and passages are in it too",
            );
        }
        if values.documents.rescan_seconds == 0 || values.documents.poll_seconds == 0 {
            return wrong("documents", "rescan_seconds and poll_seconds must be at least 1");
        }
        Ok(())
    }
}

/// What is wrong with the pattern at a place of its list, if something is.
fn fault_of(at: usize, pattern: &str) -> Option<String> {
    let place = match at {
        0 => "1st".to_owned(),
        1 => "2nd".to_owned(),
        2 => "3rd".to_owned(),
        at => format!("{}th", at + 1),
    };
    match regex::Regex::new(pattern) {
        Err(error) => {
            let error = error.to_string();
            let why = error
                .lines()
                .last()
                .unwrap_or_default()
                .trim_start_matches("error: ");
            Some(format!(
                "the {place} pattern, {pattern}, is no regular expression: {why}"
            ))
        }
        Ok(regex) if regex.capture_names().flatten().all(|name| name != "number") => Some(format!(
            "the {place} pattern, {pattern}, has no group named number, which tells the number of a document: write (?<number>...)"
        )),
        Ok(_) => None,
    }
}

/// A folder of the XDG base directory specification.
fn base_folder(variable: &str, below_home: &str) -> PathBuf {
    let absolute = std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute());
    absolute.unwrap_or_else(|| std::env::home_dir().unwrap_or_default().join(below_home))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example with every value uncommented.
    fn example() -> toml::Table {
        let text = include_str!("../../appliance/gemba.example.toml");
        let uncommented: Vec<&str> = text
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(value) if value.contains(" = ") && !value.contains(": ") => value,
                _ => line,
            })
            .collect();
        uncommented.join("\n").parse().unwrap()
    }

    #[test]
    fn the_example_configuration_names_every_key_with_its_default() {
        let mut defaults = toml::Table::try_from(Config::default()).unwrap();
        let mut example = example();
        // Folders differ from machine to machine.
        for (table, key) in [(None, "data"), (None, "runtime"), (Some("documents"), "folder")] {
            for values in [&mut defaults, &mut example] {
                let values = match table {
                    Some(table) => values[table].as_table_mut().unwrap(),
                    None => values,
                };
                assert!(values.remove(key).is_some(), "{key} is missing");
            }
        }
        assert_eq!(example, defaults);
    }
}
