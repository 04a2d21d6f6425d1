//! The search for one file inside a file: nothing but the files on the way to it is opened.

use tempfile::NamedTempFile;

/// What is looked for, and what was found of it.
pub(super) struct Search {
    part: String,
    found: Vec<NamedTempFile>,
}

impl Search {
    /// For the file whose path is `part`.
    pub(super) fn of(part: &str) -> Self {
        Self {
            part: part.to_owned(),
            found: Vec::new(),
        }
    }

    /// Whether this is its path.
    pub(super) fn is_here(&self, path: &str) -> bool {
        self.part == path
    }

    /// Whether it may lie in the file at this path.
    pub(super) fn is_below(&self, path: &str) -> bool {
        let rest = self.part.strip_prefix(path);
        rest.is_some_and(|rest| rest.starts_with('/'))
    }

    /// Takes it.
    pub(super) fn found(&mut self, file: NamedTempFile) {
        self.found.push(file);
    }

    /// The file, if exactly one was found.
    pub(super) fn only(mut self) -> Option<NamedTempFile> {
        let only = self.found.pop();
        only.filter(|_| self.found.is_empty())
    }
}
