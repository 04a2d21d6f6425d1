//! Files inside files, as mails and archives have them: each is read by the parser of its format, under its name.

use std::io::{self, Read, Write};
use std::panic::{self, AssertUnwindSafe};

use super::{Limits, Outline, Output, ParseError, Parsers, RecognisedPage, Unread};
use crate::domain::{Coverage, FileKind, PageFate};

const WHAT: &str = "file inside a file";

/// Takes the files inside a file, one after the other.
pub(super) struct Children<'parsers> {
    parsers: &'parsers Parsers,
    limits: Limits,
    /// What the whole adds up to: what could not be read, and what became of the pages.
    outline: Outline,
    fates: Vec<(u32, PageFate)>,
    /// What became of pictures among the text of those files.
    pictures: Vec<PageFate>,
    /// Why the first of those could not be read, for a file of which nothing could.
    first: Option<ParseError>,
}

impl<'parsers> Children<'parsers> {
    /// Nothing taken yet.
    pub(super) fn new(parsers: &'parsers Parsers, limits: &Limits) -> Self {
        Self {
            parsers,
            limits: limits.clone(),
            outline: Outline::default(),
            fates: Vec::new(),
            pictures: Vec::new(),
            first: None,
        }
    }

    /// Reads the file `name`, whose bytes come from `content`. Formats that nobody reads are passed over, as they are in
    /// a folder. What is wrong with one file does not keep the others from being read.
    pub(super) fn take(
        &mut self,
        name: &str,
        content: &mut dyn Read,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        let name = tidy(name);
        let Some(kind) = FileKind::of_path(&name).filter(|_| !is_left_out(&name)) else {
            return Ok(());
        };
        if output.is_too_deep() {
            return Ok(());
        }
        if output.is_searching() {
            return self.search(&name, kind, content, output);
        }
        let file = unpack(&name, content, output);
        output.enter_part(&name)?;
        let outcome = match file {
            // A library that panics on one file does not cost the others.
            Ok(file) => panic::catch_unwind(AssertUnwindSafe(|| {
                self.parsers.parse_into(kind, file.path(), &self.limits, output)
            }))
            .unwrap_or_else(|_| {
                Err(ParseError::damaged(
                    WHAT,
                    "its structure makes no sense to the reader",
                ))
            }),
            Err(error) => Err(error),
        };
        let part = output.part_path();
        output.leave_part();
        match outcome {
            Ok(outline) => {
                self.cover(outline.coverage.in_part(&part));
                self.outline.unread.extend(outline.unread);
                self.outline
                    .recognised
                    .extend(outline.recognised.into_iter().map(|page| RecognisedPage {
                        part: page.part.or_else(|| Some(part.clone())),
                        ..page
                    }));
                Ok(())
            }
            Err(ParseError::Empty) => Ok(()),
            Err(error) => self.refuse(part, error, output),
        }
    }

    /// Takes the file `name` if it is the one that is looked for, or looks into it.
    fn search(
        &mut self,
        name: &str,
        kind: FileKind,
        content: &mut dyn Read,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        output.enter_part(name)?;
        let outcome = match output.leads_on() {
            Some(true) => unpack(name, content, output).map(|file| output.found(file)),
            Some(false) if kind.holds_files() => unpack(name, content, output).and_then(|file| {
                let parser = self.parsers.of(kind);
                parser.parse(file.path(), &self.limits, output).map(drop)
            }),
            _ => Ok(()),
        };
        output.leave_part();
        outcome
    }

    /// Notes that the file `part` could not be read, unless it is a trouble of the whole.
    pub(super) fn refuse(
        &mut self,
        part: String,
        error: ParseError,
        output: &Output<'_>,
    ) -> Result<(), ParseError> {
        if matches!(
            error,
            ParseError::Stopped | ParseError::TooMuchText { .. } | ParseError::TimedOut { .. }
        ) {
            return Err(error);
        }
        output.on_time()?;
        match &error {
            ParseError::NoPage { coverage } => self.cover(coverage.clone().in_part(&part)),
            error => self.fates.push((
                1,
                PageFate::Failed {
                    reason: error.reason().in_part(&part),
                },
            )),
        }
        self.outline.unread.push(Unread {
            part: part.clone(),
            reason: error.reason(),
        });
        self.first.get_or_insert_with(|| match error {
            ParseError::InPart { .. } => error,
            error => ParseError::InPart {
                part,
                error: Box::new(error),
            },
        });
        Ok(())
    }

    /// Takes note of what became of the pages of a file; one without pages counts as one.
    fn cover(&mut self, coverage: Coverage) {
        self.pictures
            .extend(coverage.pictures().iter().map(|run| run.fate.clone()));
        let runs = coverage.runs().into_iter();
        self.fates.extend(runs.map(|run| (run.pages(), run.fate)));
    }

    /// The outline of all of them, with what became of their pages where some have no text; the reason of the first one where nothing could be read.
    pub(super) fn finish(self, has_text: bool) -> Result<Outline, ParseError> {
        match self.first {
            Some(error) if !has_text => Err(error),
            _ => {
                let mut coverage = Coverage::default();
                if self.fates.iter().any(|(_, fate)| *fate != PageFate::Text) {
                    for (pages, fate) in self.fates {
                        (0..pages).for_each(|_| coverage.push(fate.clone()));
                    }
                }
                for fate in self.pictures {
                    coverage.pictures_of_the_whole_fared(fate);
                }
                Ok(Outline {
                    coverage,
                    ..self.outline
                })
            }
        }
    }
}

/// A copy on the disk, since parsers read files. It goes away with the value.
fn unpack(
    name: &str,
    content: &mut dyn Read,
    output: &mut Output<'_>,
) -> Result<tempfile::NamedTempFile, ParseError> {
    let ending: String = name
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .chars()
        .filter(|character| character.is_ascii_alphanumeric() || *character == '.')
        .collect();
    let ending = ending.get(ending.len().saturating_sub(16)..).unwrap_or_default();
    let ending = ending.find('.').map_or("", |dot| &ending[dot..]);
    let mut file = tempfile::Builder::new()
        .prefix("gemba-part-")
        .suffix(ending)
        .tempfile()
        .map_err(ParseError::Io)?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(damage(error)),
        };
        output.unpack(count as u64)?;
        file.write_all(&buffer[..count]).map_err(ParseError::Io)?;
    }
    file.flush().map_err(ParseError::Io)?;
    Ok(file)
}

fn damage(error: io::Error) -> ParseError {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
            ParseError::damaged(WHAT, format!("it cannot be unpacked ({error})"))
        }
        _ => ParseError::from_io(error),
    }
}

/// A path inside a container as people write it: `/` between names, nothing that leads out of it.
fn tidy(name: &str) -> String {
    name.split(['/', '\\'])
        .map(str::trim)
        .filter(|step| !matches!(*step, "" | "." | ".."))
        .map(|step| step.chars().filter(|character| !character.is_control()).collect())
        .collect::<Vec<String>>()
        .join("/")
}

/// What systems and programs leave in archives: `__MACOSX`, hidden files, lock files.
fn is_left_out(name: &str) -> bool {
    name.split('/')
        .any(|step| step == "__MACOSX" || step.starts_with('.') || step.starts_with("~$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_out_of_their_container() {
        assert_eq!(tidy("..\\..\\etc/./pass\u{0}wd.txt"), "etc/passwd.txt");
        assert!(is_left_out("a/.hidden/b.txt") && is_left_out("__MACOSX/a.txt") && !is_left_out("a/b.txt"));
    }
}
