//! The progress bar on standard error; nothing is drawn where that is no terminal.

use indicatif::{ProgressBar, ProgressStyle};

use crate::ingest::Progress;
use crate::models;

/// A bar that counts in `unit`.
pub(super) fn bar(unit: &str) -> ProgressBar {
    let template = format!("{{bar:40}} {{pos}} of {{len}} {unit}  {{wide_msg}}");
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

/// A bar that counts in bytes.
pub(super) fn bytes() -> ProgressBar {
    let template = "{bar:30} {bytes} of {total_bytes}  {bytes_per_sec}  {eta}  {wide_msg}";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

/// What pulling, importing and verifying tell, shown by `bar`.
pub(super) fn counted_by(bar: &ProgressBar) -> impl Fn(models::Progress<'_>) + Sync + '_ {
    |progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(progress.what.to_owned());
    }
}

/// What a pass of ingestion tells, shown by `bar`.
pub(super) fn shown_by(bar: &ProgressBar) -> impl Fn(Progress) + '_ {
    |progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(progress.current.unwrap_or_default());
    }
}
