//! What is particular to workbooks.

use super::{Document, Leaf};

/// Passages of a workbook that has more rows than anybody looks through on pages: LibreOffice would take minutes for it.
const ROWS_ALONE: u32 = 2_000;

impl Document {
    /// Whether it is a workbook of which the rows are shown alone.
    pub fn has_too_many_rows(&self) -> bool {
        self.kind.leaf() == Leaf::Sheet && self.passages > ROWS_ALONE
    }
}
