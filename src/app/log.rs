//! The log: on standard error, and its last lines in memory for the administration pages.

use std::collections::VecDeque;
use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::web::LogLine;

/// Lines that are remembered.
const LINES: usize = 500;
/// The longest line that is remembered, in bytes.
const LONGEST: usize = 2_000;
/// What is remembered whatever is logged to standard error: nothing that other crates say in passing.
const REMEMBERED: &str = "warn,gemba=info";

/// The last lines of the log. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Tail(Arc<Mutex<VecDeque<LogLine>>>);

impl Tail {
    /// The lines, the newest last.
    pub fn lines(&self) -> Vec<LogLine> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().cloned().collect()
    }

    fn push(&self, level: &'static str, text: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(LogLine { level, text });
    }
}

/// Logs to standard error, by `filter` as `GEMBA_LOG` takes it; with a tail also into that.
pub fn begin(filter: EnvFilter, tail: Option<&Tail>) {
    let standard_error = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .with_filter(filter);
    let remembered = tail.map(|tail| {
        tracing_subscriber::fmt::layer()
            .with_writer(tail.clone())
            .with_ansi(false)
            .with_target(false)
            .with_filter(EnvFilter::new(REMEMBERED))
    });
    tracing_subscriber::registry()
        .with(standard_error)
        .with(remembered)
        .init();
}

/// One line on its way.
pub struct Line {
    tail: Tail,
    level: &'static str,
    bytes: Vec<u8>,
}

impl<'own> MakeWriter<'own> for Tail {
    type Writer = Line;

    fn make_writer(&'own self) -> Line {
        self.line("info")
    }

    fn make_writer_for(&'own self, metadata: &Metadata<'_>) -> Line {
        self.line(match *metadata.level() {
            Level::ERROR => "error",
            Level::WARN => "warn",
            _ => "info",
        })
    }
}

impl Tail {
    fn line(&self, level: &'static str) -> Line {
        Line {
            tail: self.clone(),
            level,
            bytes: Vec::new(),
        }
    }
}

impl io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = LONGEST.saturating_sub(self.bytes.len()).min(bytes.len());
        self.bytes.extend_from_slice(&bytes[..room]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.bytes);
        let text = text.trim_end();
        if !text.is_empty() {
            self.tail.push(self.level, text.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_keeps_the_last_lines_with_their_levels() {
        let tail = Tail::default();
        let subscriber = tracing_subscriber::registry().with(
            tracing_subscriber::fmt::layer()
                .with_writer(tail.clone())
                .with_ansi(false),
        );
        tracing::subscriber::with_default(subscriber, || {
            for number in 0..LINES + 3 {
                tracing::info!(number, "counted");
            }
            tracing::error!("{}", "x".repeat(10 * LONGEST));
        });
        let lines = tail.lines();
        assert_eq!(lines.len(), LINES);
        assert!(lines[0].text.ends_with("number=4"), "{}", lines[0].text);
        assert_eq!(
            (lines[LINES - 1].level, lines[LINES - 1].text.len()),
            ("error", LONGEST)
        );
    }
}
