//! One call of the recognition program: a picture goes in, text comes out, within a time.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Between two looks at whether the program has ended.
const LOOK: Duration = Duration::from_millis(10);
/// What is kept of what the program complains of.
const COMPLAINT: usize = 400;

/// Why a call gave nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// The program is not there.
    #[error("it cannot be started: {0}")]
    Missing(#[source] io::Error),
    /// It took too long, and was ended.
    #[error("it took longer than {} s", .0.as_secs())]
    TooSlow(Duration),
    /// It ended with an error.
    #[error("{0}")]
    Failed(String),
}

/// Runs `program` in a folder of its own that goes away afterwards, with the lowest priority: questions come first.
pub(super) fn run(program: &Path, arguments: &[&str], input: &[u8], time: Duration) -> Result<String, Fault> {
    let failed = |error: io::Error| Fault::Failed(error.to_string());
    let folder = tempfile::tempdir().map_err(failed)?;
    let mut child = Command::new("nice")
        .args(["-n", "19"])
        .arg(program)
        .args(arguments)
        .current_dir(folder.path())
        .env("TMPDIR", folder.path())
        // Its threads get in each other's way; several pages at once use the cores better.
        .env("OMP_THREAD_LIMIT", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Fault::Missing)?;
    let (to, from, complaints) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        scope.spawn(move || {
            // A program that does not read to the end says why in another way.
            let _ = to.map(|mut to| to.write_all(input));
        });
        let read = scope.spawn(move || everything(from));
        let complained = scope.spawn(move || everything(complaints));
        let ended = wait(&mut child, time);
        let output = read.join().unwrap_or_default();
        let complaint = complained.join().unwrap_or_default();
        match ended {
            Ok(Some(true)) => Ok(output),
            // The shell's code for a program that is not there, which `nice` gives as well.
            Ok(Some(false)) if complaint.contains("No such file") && output.is_empty() => {
                Err(Fault::Missing(io::ErrorKind::NotFound.into()))
            }
            Ok(Some(false)) => Err(Fault::Failed(short(&complaint))),
            Ok(None) => Err(Fault::TooSlow(time)),
            Err(error) => Err(failed(error)),
        }
    })
}

/// Whether the program ended well; nothing where it had to be ended.
fn wait(child: &mut Child, time: Duration) -> io::Result<Option<bool>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if started.elapsed() > time {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}

fn everything(from: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    // What was read before an error is still worth having.
    let _ = from.map(|mut from| from.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

fn short(complaint: &str) -> String {
    let words: Vec<&str> = complaint.split_whitespace().collect();
    let text = words.join(" ");
    if text.is_empty() {
        "it ended without saying why".to_owned()
    } else {
        text.chars().take(COMPLAINT).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_never_ends_is_ended() {
        let started = Instant::now();
        let ended = run(Path::new("sleep"), &["600"], b"", Duration::from_millis(50));
        assert!(matches!(ended, Err(Fault::TooSlow(_))), "{ended:?}");
        assert!(started.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn a_program_that_is_not_there_is_told_from_one_that_fails() {
        let absent = run(Path::new("/no/such/program"), &[], b"", Duration::from_secs(30));
        assert!(matches!(absent, Err(Fault::Missing(_))), "{absent:?}");
        let failing = run(
            Path::new("ls"),
            &["--no-such-option"],
            b"",
            Duration::from_secs(30),
        );
        assert!(matches!(failing, Err(Fault::Failed(_))), "{failing:?}");
        let well = run(Path::new("cat"), &[], b"a picture", Duration::from_secs(30));
        assert_eq!(well.unwrap(), "a picture");
    }
}
