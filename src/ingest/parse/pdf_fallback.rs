//! PDF without pdfium: a reader in pure Rust that panics on some files and so runs on a thread of its own.

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::unlock::unlocked;
use super::{Limits, ParseError};
use crate::domain::FilePassword;

const WHAT: &str = "PDF";
/// The reader recurses along the structure of the file.
const STACK: usize = 64 * 1024 * 1024;
/// Longer than this it hangs; the thread cannot be ended, so it is left to itself.
const LONGEST: Duration = Duration::from_secs(120);

/// The text of each page.
pub(super) fn pages(
    path: &Path,
    passwords: &[FilePassword],
    limits: &Limits,
) -> Result<Vec<String>, ParseError> {
    let bytes = std::fs::read(path).map_err(ParseError::from_io)?;
    let (sender, receiver) = mpsc::channel();
    let passwords = passwords.to_vec();
    let allowed = LONGEST.min(limits.time);
    thread::Builder::new()
        .name("pdf-fallback".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            let read = |password: Option<&FilePassword>| {
                let read = match password {
                    Some(password) => {
                        pdf_extract::extract_text_from_mem_by_pages_encrypted(&bytes, password.reveal())
                    }
                    None => pdf_extract::extract_text_from_mem_by_pages(&bytes),
                };
                read.map_err(|error| error.to_string())
            };
            let outcome =
                std::panic::catch_unwind(|| unlocked(&passwords, |reason: &String| asks(reason), read));
            // Whoever waited may have given up.
            let _ = sender.send(outcome.map(|read| read.map(|(pages, _)| pages)));
        })
        .map_err(ParseError::from_io)?;
    match receiver.recv_timeout(allowed) {
        Ok(Ok(Ok(pages))) => Ok(pages),
        Ok(Ok(Err(reason))) if asks(&reason) => Err(ParseError::Password { what: WHAT }),
        Ok(Ok(Err(reason))) => Err(ParseError::damaged(
            WHAT,
            reason.lines().next().unwrap_or("it cannot be read"),
        )),
        Ok(Err(_panic)) => Err(ParseError::damaged(
            WHAT,
            "its structure makes no sense to the reader",
        )),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(ParseError::TimedOut {
            seconds: allowed.as_secs(),
        }),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(ParseError::damaged(
            WHAT,
            "its structure makes no sense to the reader",
        )),
    }
}

fn asks(reason: &str) -> bool {
    let reason = reason.to_lowercase();
    reason.contains("encrypt") || reason.contains("password")
}
