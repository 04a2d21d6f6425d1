//! The program that lays out the pages of Office files.

use serde::{Deserialize, Serialize};

/// How the pages of Office files are laid out, so that they can be shown as pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeConfig {
    /// Whether they are.
    pub enabled: bool,
    /// The program: LibreOffice's, by its name or its path.
    pub program: String,
    /// A file that takes longer is given up.
    pub file_seconds: u64,
    /// What is kept of the pages that were laid out, so that each file is laid out once.
    pub cache_megabytes: u64,
}

impl Default for OfficeConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            program: "soffice".to_owned(),
            file_seconds: 120,
            cache_megabytes: 1_024,
        }
    }
}

impl OfficeConfig {
    /// The first key that cannot be used, and why.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        if self.enabled && self.program.is_empty() {
            let reason = "name LibreOffice's program, or set office.enabled = false";
            return Some(("office.program", reason));
        }
        (self.file_seconds == 0).then_some(("office.file_seconds", "it must be at least 1"))
    }
}
