//! LibreOffice, a program of the system: lays out the pages of an Office file as a PDF. It is native code that looks at
//! foreign bytes, so it runs only in a process that has locked itself in.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::config::OfficeConfig;
use crate::domain::{FileKind, Leaf};

/// Where it is looked for when it is named without a path: the places from which a process that reads starts programs.
const PROGRAMS: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];
/// Its settings, in a folder of its own that goes away with the file.
const PROFILE: &str = include_str!("office/profile.xcu");
/// Between two looks at whether it has ended.
const LOOK: Duration = Duration::from_millis(10);
/// For so long the processes of one that was given up are waited for.
const LAST: Duration = Duration::from_secs(5);

/// LibreOffice, where it is: what a process that reads a file needs to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    program: PathBuf,
    /// The one folder in which it may write.
    folder: PathBuf,
    time: Duration,
}

/// Why it made nothing of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum OfficeFault {
    /// It took too long, and was ended.
    #[error(
        "laying out the pages of this file took longer than {seconds} s and was given up: its text is shown all the \
         same; raise office.file_seconds if such files are common"
    )]
    TooSlow {
        /// The limit.
        seconds: u64,
    },
    /// It could not open the file, or failed on it.
    #[error("LibreOffice cannot lay out the pages of this file: its text is shown all the same")]
    Refused,
    /// It could not be started, or its result not be kept.
    #[error("LibreOffice could not be used ({detail}): run `gemba doctor` on the machine")]
    NotUsed {
        /// Why.
        detail: String,
    },
}

impl From<io::Error> for OfficeFault {
    fn from(error: io::Error) -> Self {
        Self::NotUsed {
            detail: error.to_string(),
        }
    }
}

impl Office {
    /// Looks for the program that is configured. It is not started for that: it may be installed at any time.
    pub fn find(config: &OfficeConfig) -> Option<Self> {
        let named = Path::new(&config.program);
        let program = if config.program.contains('/') {
            Some(named.to_owned())
        } else {
            PROGRAMS
                .iter()
                .map(|folder| Path::new(folder).join(named))
                .find(|path| path.is_file())
        };
        let program = program.filter(|program| config.enabled && program.is_file())?;
        Some(Self {
            program,
            folder: PathBuf::new(),
            time: Duration::from_secs(config.file_seconds),
        })
    }

    /// The same for a process that may write in `folder` alone.
    pub(in crate::ingest) fn within(self, folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            ..self
        }
    }

    /// How long it may take for a file.
    pub(in crate::ingest) fn time(&self) -> Duration {
        self.time
    }

    /// The pages of `file`, which is read from its beginning, as a PDF in its folder.
    pub(in crate::ingest) fn lay_out(&self, file: &mut File, kind: FileKind) -> Result<PathBuf, OfficeFault> {
        let profile = self.folder.join("profile");
        fs::create_dir_all(profile.join("user"))?;
        fs::write(profile.join("user/registrymodifications.xcu"), PROFILE)?;
        // Under a name of ours: that of the document is of no use to it, and it writes beside what it reads.
        let extension = kind.extensions().first().copied().unwrap_or_default();
        let source = self.folder.join("document").with_extension(extension);
        io::copy(file, &mut File::create(&source)?)?;
        let results = self.folder.join("made");
        let mut child = Command::new(&self.program)
            .arg(format!("-env:UserInstallation={}", address(&profile)))
            .args([
                "--headless",
                "--norestore",
                "--nolockcheck",
                "--convert-to",
                form(kind),
                "--outdir",
            ])
            .arg(&results)
            .arg(&source)
            .current_dir(&self.folder)
            .env("SAL_USE_VCLPLUGIN", "svp")
            .stdin(Stdio::null())
            .spawn()?;
        let ended = wait(&mut child, self.time)?;
        let result = results.join("document").with_extension("pdf");
        match ended {
            None => Err(OfficeFault::TooSlow {
                seconds: self.time.as_secs(),
            }),
            Some(status) if status.success() && result.is_file() => Ok(result),
            Some(_) => Err(OfficeFault::Refused),
        }
    }
}

/// What is to be made of a file. Each sheet of a workbook becomes one page: printed, it would fall apart into pages that no
/// reader of it has ever seen.
fn form(kind: FileKind) -> &'static str {
    match kind.leaf() {
        Leaf::Sheet => r#"pdf:calc_pdf_Export:{"SinglePageSheets":{"type":"boolean","value":"true"}}"#,
        Leaf::Page | Leaf::Slide => "pdf",
    }
}

/// How the program ended; nothing where it had to be ended, and all that it started with it.
fn wait(child: &mut Child, time: Duration) -> io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() > time {
            end_all();
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}

/// Makes this process the one to which those fall that its programs leave behind: the program that is named is a script,
/// which starts one that starts another.
pub(in crate::ingest) fn adopt() {
    // SAFETY: it changes a flag of the calling process. A failure leaves the orphans to whoever ends the group.
    unsafe {
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1);
    }
}

/// Ends every process that this one started or adopted.
fn end_all() {
    let began = Instant::now();
    while began.elapsed() < LAST {
        for process in children() {
            // SAFETY: it sends a signal to a child that nobody has waited for, so the number belongs to nobody else.
            unsafe {
                libc::kill(process, libc::SIGKILL);
            }
        }
        // SAFETY: it asks for the end of any child and wants no more than its number.
        let ended = unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) };
        if ended < 0 {
            return;
        }
        if ended == 0 {
            thread::sleep(LOOK);
        }
    }
}

fn children() -> Vec<i32> {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    threads
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|line| {
            let numbers: Vec<i32> = line
                .split_whitespace()
                .filter_map(|number| number.parse().ok())
                .collect();
            numbers
        })
        .collect()
}

/// A folder as an address.
fn address(folder: &Path) -> String {
    let mut address = "file://".to_owned();
    for byte in folder.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => address.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => address.push(char::from(*byte)),
            byte => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_there_only_where_it_is_a_file_and_wanted() {
        let config = |program: &str, enabled| OfficeConfig {
            enabled,
            program: program.to_owned(),
            ..OfficeConfig::default()
        };
        assert!(Office::find(&config("/bin/sh", true)).is_some());
        assert!(Office::find(&config("sh", true)).is_some());
        assert_eq!(Office::find(&config("/bin/sh", false)), None);
        assert_eq!(Office::find(&config("/no/such/soffice", true)), None);
        assert_eq!(Office::find(&config("no-such-soffice", true)), None);
    }

    #[test]
    fn a_folder_of_any_name_is_an_address() {
        let folder = Path::new("/srv/厂 data/r1");
        assert_eq!(address(folder), "file:///srv/%E5%8E%82%20data/r1");
    }
}
