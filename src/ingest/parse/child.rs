//! Files inside files, as mails and archives have them: each is read by the parser of its format, under its name.

use std::io::{self, Read, Write};
use std::panic::{self, AssertUnwindSafe};

use super::{Limits, Outline, Output, ParseError, Parsers, RecognisedPage, Unread};
use crate::domain::{Coverage, FileKind, PageFate};

const WHAT: &str = "file inside a file";
/// Files that are not opened are named up to so many; more of them are counted.
const NAMED: usize = 1_000;

/// Takes the files inside a file, one after the other.
pub(super) struct Children<'parsers> {
    parsers: &'parsers Parsers,
    limits: Limits,
    /// What the whole adds up to: what could not be read, and what became of the pages.
    outline: Outline,
    fates: Vec<(u32, PageFate)>,
    /// What became of pictures among the text of those files.
    pictures: Vec<PageFate>,
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
        }
    }

    /// Counts the text of the file around them as one page, where it has any: `before` is how many blocks had been sent when
    /// that text began. To be said before any of the files is taken.
    pub(super) fn beside_own_text(&mut self, before: u64, output: &Output<'_>) {
        if output.blocks() > before {
            self.count(1, PageFate::Text);
        }
    }

    /// Reads the file `name`, whose bytes come from `content`. What systems leave in archives is passed over; a file that is
    /// not opened, for its format or its depth, is named. What is wrong with one file does not keep the others from being
    /// read.
    pub(super) fn take(
        &mut self,
        name: &str,
        content: &mut dyn Read,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        let name = tidy(name);
        if name.is_empty() || is_left_out(&name) {
            return Ok(());
        }
        let Some(kind) = FileKind::of_path(&name) else {
            self.pass_over(&name, &ParseError::UnreadFormat, output);
            return Ok(());
        };
        if output.is_too_deep() {
            self.pass_over(&name, &ParseError::TOO_DEEP, output);
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
            Err(ParseError::Empty) => {
                self.count(1, PageFate::Empty);
                Ok(())
            }
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

    /// Notes that the file `name` is not opened, and why.
    pub(super) fn pass_over(&mut self, name: &str, error: &ParseError, output: &Output<'_>) {
        let reason = error.reason();
        if self.outline.unread.len() >= NAMED {
            self.count(1, PageFate::Skipped { reason });
            return;
        }
        let part = output.path_of(name);
        self.count(
            1,
            PageFate::Skipped {
                reason: reason.clone().in_part(&part),
            },
        );
        self.outline.unread.push(Unread { part, reason });
    }

    /// Notes that the file `name` could not be taken out, unless that is a trouble of the whole.
    pub(super) fn fail(
        &mut self,
        name: &str,
        error: ParseError,
        output: &Output<'_>,
    ) -> Result<(), ParseError> {
        self.refuse(output.path_of(&tidy(name)), error, output)
    }

    /// Notes that the file `part` could not be read, unless it is a trouble of the whole. Where another one is looked for, that
    /// is not told.
    fn refuse(&mut self, part: String, error: ParseError, output: &Output<'_>) -> Result<(), ParseError> {
        if matches!(
            error,
            ParseError::Stopped | ParseError::TooMuchText { .. } | ParseError::TimedOut { .. }
        ) {
            return Err(error);
        }
        output.on_time()?;
        if output.is_searching() {
            return Ok(());
        }
        self.cover(error.coverage().in_part(&part));
        let reason = error.reason();
        self.outline.unread.push(Unread { part, reason });
        Ok(())
    }

    /// Takes note of what became of the pages of a file; one without pages counts as one.
    fn cover(&mut self, coverage: Coverage) {
        self.pictures
            .extend(coverage.pictures().iter().map(|run| run.fate.clone()));
        for run in coverage.runs() {
            self.count(run.pages(), run.fate);
        }
    }

    /// Counts the next pages, which fared alike.
    fn count(&mut self, pages: u32, fate: PageFate) {
        match self.fates.last_mut() {
            Some((before, same)) if *same == fate => *before += pages,
            _ => self.fates.push((pages, fate)),
        }
    }

    /// The outline of all of them, with what became of their pages. Where nothing of them could be read, that says why.
    pub(super) fn finish(self) -> Outline {
        let mut coverage = Coverage::default();
        // One text alone, such as that of a mail without attachments, has no pages.
        if self.fates != [(1, PageFate::Text)] {
            for (pages, fate) in self.fates {
                (0..pages).for_each(|_| coverage.push(fate.clone()));
            }
        }
        for fate in self.pictures {
            coverage.pictures_of_the_whole_fared(fate);
        }
        Outline {
            coverage,
            ..self.outline
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
