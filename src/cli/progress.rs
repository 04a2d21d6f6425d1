//! The progress bar on standard error; nothing is drawn where that is no terminal.

use indicatif::{ProgressBar, ProgressStyle};

use crate::ingest::Progress;

/// A bar that counts in `unit`.
pub(super) fn bar(unit: &str) -> ProgressBar {
    let template = format!("{{bar:40}} {{pos}} of {{len}} {unit}  {{wide_msg}}");
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

/// What a pass of ingestion tells, shown by `bar`.
pub(super) fn shown_by(bar: &ProgressBar) -> impl Fn(Progress) + '_ {
    |progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(progress.current.unwrap_or_default());
    }
}
