//! Lays defaults, file, environment and command line over one another and remembers which of them set what.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Config;

/// Variables that begin with `GEMBA_` and are no keys of the configuration.
const OTHER_VARIABLES: [&str; 4] = ["GEMBA_CONFIG", "GEMBA_LOG", "GEMBA_FAULT", "GEMBA_SHARED_DATA"];

/// Keys that were called otherwise before, with what they are called now and how that is written in a file and in a
/// variable.
const RENAMED: [(&str, &str, &str, &str); 1] = [(
    "documents.control_pattern",
    "documents.control_patterns",
    "a list: ['...', '...']",
    "one pattern a line",
)];

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Built in.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// A variable of the environment.
    Environment(String),
    /// The command line.
    CommandLine,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Environment(name) => write!(formatter, "environment {name}"),
            Self::CommandLine => formatter.write_str("command line"),
        }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or may not be read.
    #[error("the configuration file {path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no TOML.
    #[error("the configuration file {path} is not valid TOML: {reason}", path = path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// A key that does not exist.
    #[error("unknown key {key} in {place}: did you mean {nearest}? `gemba doctor` lists every key")]
    UnknownKey {
        /// The key as it was written.
        key: String,
        /// The file, or the environment.
        place: String,
        /// The known key that is most like it.
        nearest: String,
    },
    /// A key that has another name now.
    #[error("{key} in {place} is called {now} now, {how}: write it so")]
    Renamed {
        /// The key as it was written.
        key: String,
        /// The file, or the environment.
        place: String,
        /// Its name.
        now: String,
        /// How its value is written.
        how: &'static str,
    },
    /// A value that cannot be used.
    #[error("{key} cannot be used: {reason}")]
    Value {
        /// The dotted key.
        key: String,
        /// What is wrong and what to do.
        reason: String,
    },
}

type Merged = (Config, BTreeMap<String, Source>);

/// See [`super::Configuration::read`].
pub(super) fn merge(
    defaults: &Config,
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[(&str, String)],
) -> Result<Merged, ConfigError> {
    let mut leaves = leaves(defaults);
    let mut sources: BTreeMap<String, Source> =
        leaves.keys().map(|key| (key.clone(), Source::Default)).collect();

    if let Some(path) = file {
        for (key, value) in read_file(path)? {
            let Some(known) = leaves.get_mut(&key) else {
                return Err(unknown(&key, path.display().to_string(), leaves.keys()));
            };
            *known = value;
            sources.insert(key, Source::File(path.to_owned()));
        }
    }
    for (name, text) in environment {
        if !name.starts_with("GEMBA_") || OTHER_VARIABLES.contains(&name.as_str()) {
            continue;
        }
        let Some(key) = leaves.keys().find(|key| variable(key) == name).cloned() else {
            let names: Vec<String> = leaves.keys().map(|key| variable(key)).collect();
            return Err(unknown(&name, "the environment".to_owned(), names.iter()));
        };
        set(&mut leaves, &key, &text, &name)?;
        sources.insert(key, Source::Environment(name));
    }
    for (key, text) in flags {
        set(&mut leaves, key, text, key)?;
        sources.insert((*key).to_owned(), Source::CommandLine);
    }
    Ok((build(&leaves)?, sources))
}

/// See [`super::Configuration::rows`].
pub(super) fn rows(values: &Config, sources: &BTreeMap<String, Source>) -> Vec<(String, String, Source)> {
    leaves(values)
        .into_iter()
        .map(|(key, value)| {
            let source = sources.get(&key).cloned().unwrap_or(Source::Default);
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let text = masked(&key, text);
            (key, text, source)
        })
        .collect()
}

/// `value` without what only its owner should know: a secret, or the name and password in an address.
fn masked(key: &str, value: String) -> String {
    const MASK: &str = "•••";
    let name = key.rsplit('.').next().unwrap_or(key);
    let secret = ["password", "secret", "token"]
        .iter()
        .any(|word| name.contains(word) && !name.ends_with("_file"));
    if secret && !value.is_empty() && value.parse::<i64>().is_err() {
        return MASK.to_owned();
    }
    match value.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find('/').unwrap_or(rest.len());
            match rest[..end].rfind('@') {
                Some(at) => format!("{scheme}://{MASK}{}", &rest[at..]),
                None => value,
            }
        }
        None => value,
    }
}

/// The name of the environment variable that sets `key`.
fn variable(key: &str) -> String {
    format!("GEMBA_{}", key.replace('.', "_").to_uppercase())
}

fn leaves(config: &Config) -> BTreeMap<String, Value> {
    let mut leaves = BTreeMap::new();
    if let Ok(table) = Table::try_from(config) {
        flatten("", table, &mut leaves);
    }
    leaves
}

fn flatten(prefix: &str, table: Table, leaves: &mut BTreeMap<String, Value>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            Value::Table(inner) => flatten(&key, inner, leaves),
            leaf => {
                leaves.insert(key, leaf);
            }
        }
    }
}

fn read_file(path: &Path) -> Result<BTreeMap<String, Value>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let table: Table = text
        .parse()
        .map_err(|error: toml::de::Error| ConfigError::Syntax {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
    let mut leaves = BTreeMap::new();
    flatten("", table, &mut leaves);
    Ok(leaves)
}

/// Sets a value from text, in the type that the key has.
fn set(leaves: &mut BTreeMap<String, Value>, key: &str, text: &str, place: &str) -> Result<(), ConfigError> {
    let Some(known) = leaves.get_mut(key) else {
        return Err(unknown(key, "the command line".to_owned(), leaves.keys()));
    };
    *known = match known {
        Value::Integer(_) => Value::Integer(text.parse().map_err(|_| ConfigError::Value {
            key: place.to_owned(),
            reason: format!("“{text}” is not a whole number"),
        })?),
        Value::Boolean(_) => Value::Boolean(text.parse().map_err(|_| ConfigError::Value {
            key: place.to_owned(),
            reason: format!("“{text}” is neither true nor false"),
        })?),
        // The only lists are of patterns, in which everything but the end of a line may stand.
        Value::Array(_) => {
            let lines = text.lines().filter(|line| !line.is_empty());
            Value::Array(lines.map(|line| Value::String(line.to_owned())).collect())
        }
        _ => Value::String(text.to_owned()),
    };
    Ok(())
}

fn build(leaves: &BTreeMap<String, Value>) -> Result<Config, ConfigError> {
    let mut table = Table::new();
    for (key, value) in leaves {
        match key.split_once('.') {
            None => {
                table.insert(key.clone(), value.clone());
            }
            Some((section, name)) => {
                let entry = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
                if let Value::Table(inner) = entry {
                    inner.insert(name.to_owned(), value.clone());
                }
            }
        }
    }
    // The deserialiser's message names no key, so the key is looked for.
    table
        .try_into()
        .map_err(|error: toml::de::Error| ConfigError::Value {
            key: guilty(leaves).unwrap_or_else(|| "the configuration".to_owned()),
            reason: reason_of(error.message()),
        })
}

/// What the deserialiser says, in words of the configuration.
fn reason_of(message: &str) -> String {
    message.replace("expected a sequence", "expected a list: ['...', '...']")
}

/// The first key whose value does not fit when it alone is changed from its default.
fn guilty(leaves: &BTreeMap<String, Value>) -> Option<String> {
    let defaults = self::leaves(&Config::default());
    leaves
        .iter()
        .find(|(key, value)| {
            defaults
                .get(*key)
                .is_some_and(|known| known.type_str() != value.type_str())
                || (key.as_str() == "server.address"
                    && value
                        .as_str()
                        .is_none_or(|text| text.parse::<std::net::SocketAddr>().is_err()))
        })
        .map(|(key, _)| key.clone())
}

fn unknown<'key>(key: &str, place: String, known: impl Iterator<Item = &'key String>) -> ConfigError {
    for (before, now, in_file, in_variable) in RENAMED {
        let (now, how) = match key {
            _ if key == before => (now.to_owned(), in_file),
            _ if key == variable(before) => (variable(now), in_variable),
            _ => continue,
        };
        let key = key.to_owned();
        return ConfigError::Renamed { key, place, now, how };
    }
    let nearest = known
        .min_by_key(|candidate| distance(candidate, key))
        .cloned()
        .unwrap_or_default();
    ConfigError::UnknownKey {
        key: key.to_owned(),
        place,
        nearest,
    }
}

/// Levenshtein's edit distance.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, to) in right.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests;
