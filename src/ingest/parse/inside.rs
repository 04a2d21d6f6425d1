//! One file out of a mail or an archive, unpacked without reading the others: what a page of it is drawn from.

use std::ops::ControlFlow;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::search::Search;
use super::{Limits, Output, ParseError, Parsers};
use crate::domain::{Document, FileKind};

/// A file inside a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    /// The format of the outer file.
    pub container: FileKind,
    /// Its path in there, as in [`Locator::part`](crate::domain::Locator::part).
    pub part: String,
}

impl Inside {
    /// The file `part` inside a document.
    pub fn of(document: &Document, part: &str) -> Self {
        Self {
            container: document.kind,
            part: part.to_owned(),
        }
    }

    /// Its format, if pages of it can be drawn.
    pub fn kind(&self) -> Option<FileKind> {
        FileKind::of_path(&self.part).filter(|kind| kind.may_be_scanned())
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
        let mut output = Output::new(limits, &mut nobody).searching(Search::of(&inside.part));
        self.of(inside.container).parse(path, limits, &mut output)?;
        Ok(output.search().and_then(Search::only))
    }
}
