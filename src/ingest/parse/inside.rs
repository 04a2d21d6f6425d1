//! One file out of a mail or an archive, unpacked without reading the others: what a page of it is drawn from.

use std::ops::ControlFlow;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::{Limits, Output, ParseError, Parsers};
use crate::domain::FileKind;

/// A file inside a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    /// The format of the outer file.
    pub container: FileKind,
    /// Its path in there, as in [`Locator::part`](crate::domain::Locator::part).
    pub part: String,
}

impl Inside {
    /// Its format, if pages of it can be drawn.
    pub fn kind(&self) -> Option<FileKind> {
        FileKind::of_path(&self.part).filter(|kind| kind.may_be_scanned())
    }
}

/// The search for it.
pub(super) struct Search {
    part: String,
    found: Vec<NamedTempFile>,
}

impl Search {
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
}

impl Parsers {
    /// Unpacks a file inside the one at `path`, within the limits for reading; nothing unless exactly one bears its name.
    pub fn unpack(
        &self,
        path: &Path,
        inside: &Inside,
        limits: &Limits,
    ) -> Result<Option<NamedTempFile>, ParseError> {
        let mut nobody = |_| ControlFlow::Continue(());
        let mut output = Output::new(limits, &mut nobody).searching(Search {
            part: inside.part.clone(),
            found: Vec::new(),
        });
        self.of(inside.container).parse(path, limits, &mut output)?;
        let mut found = output.search().map(|search| search.found).unwrap_or_default();
        let only = found.pop();
        Ok(only.filter(|_| found.is_empty()))
    }
}
