//! What can be wrong with a file, in sentences that say what to do.

use std::io;

use super::headings::one_line;
use crate::domain::{Coverage, PageFate, Reason};

/// Why a file could not be read. Each message is complete: it names the trouble and the way out of it.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// Zero bytes.
    #[error("the file is empty: drop it again once it has content")]
    Empty,
    /// It was read, but there is nothing in it to search.
    #[error(
        "there is no text in this file: it may hold only pictures or point at other files; if it should have text, open it, check it and drop it again"
    )]
    NoText,
    /// It has pages, and none of them has text.
    #[error("{}", no_page(.coverage))]
    NoPage {
        /// What became of them.
        coverage: Coverage,
    },
    /// Binary data under the name of a text format.
    #[error(
        "this is not text: the file holds binary data; check that its name ends the way its content asks for, and drop it again"
    )]
    NotText,
    /// Over the limit for a file of its format.
    #[error(
        "the file has {megabytes} MB, more than the {limit_megabytes} MB that are read of one file of this kind: split it, or raise the limit"
    )]
    TooLarge {
        /// Its size.
        megabytes: u64,
        /// What is allowed.
        limit_megabytes: u64,
    },
    /// An archive that unpacks to far more than a document needs.
    #[error(
        "this file unpacks to more than {limit_megabytes} MB, which no ordinary document does and some attacks do: it was not read; if it is genuine, split it"
    )]
    UnpacksTooLarge {
        /// What is allowed.
        limit_megabytes: u64,
    },
    /// An archive whose content is compressed beyond anything that documents reach.
    #[error(
        "this file is compressed {ratio} to 1, which no ordinary document is and some attacks are: it was not read; if it is genuine, save it anew in its program and drop it again"
    )]
    CompressedTooWell {
        /// How many bytes one packed byte stands for.
        ratio: u64,
    },
    /// An archive with too many parts.
    #[error(
        "this file has {parts} parts inside, more than the {limit} that are read: it was not read; if it is genuine, split it"
    )]
    TooManyParts {
        /// Its entries.
        parts: usize,
        /// What is allowed.
        limit: usize,
    },
    /// More text than is taken from one file.
    #[error(
        "the file holds more than {limit_millions} million characters of text: split it, or raise the limit"
    )]
    TooMuchText {
        /// What is allowed, in millions.
        limit_millions: u64,
    },
    /// More pages than are taken from one file.
    #[error(
        "the document has {pages} pages, more than the {limit} that are read of one file: split it, or raise the limit"
    )]
    TooManyPages {
        /// Its pages.
        pages: u32,
        /// What is allowed.
        limit: u32,
    },
    /// Elements within elements without end.
    #[error(
        "the content is nested more than {limit} levels deep, which no ordinary document is: save it anew in its program and drop it again"
    )]
    NestedTooDeep {
        /// What is allowed.
        limit: u32,
    },
    /// In a file that is made of files: of a format that nobody reads.
    #[error("this file has a format that is not read: where its text matters, save it as PDF and drop that")]
    UnreadFormat,
    /// In files that are made of files: deeper than they are opened.
    #[error(
        "this file lies more than {limit} levels deep in files within files and was not opened: unpack what is around it \
         and drop the content"
    )]
    TooDeep {
        /// What is allowed.
        limit: usize,
    },
    /// It took too long.
    #[error(
        "reading was given up after {seconds} seconds: split the file, or save it anew in its program and drop it again"
    )]
    TimedOut {
        /// The time allowed.
        seconds: u64,
    },
    /// Encrypted.
    #[error("this {what} asks for a password: remove the password and drop the file again")]
    Password {
        /// `PDF`, `Word document`, ...
        what: &'static str,
    },
    /// A PDF that is encrypted, and whose password is not known or another one.
    #[error(
        "this PDF asks for a password: an administrator can give it in the Library; or remove the password and drop the \
         file again"
    )]
    PdfPassword,
    /// The content is not what the name says, or broken.
    #[error(
        "this {what} is damaged or is not one: {detail}; open it in its program, save it anew and drop it again"
    )]
    Damaged {
        /// `PDF`, `Word document`, ...
        what: &'static str,
        /// What was wrong, in half a sentence.
        detail: String,
    },
    /// The old binary format under the name of the new one.
    #[error(
        "this {what} is in the old binary format of Office 97 to 2003: save it in the current format and drop it again"
    )]
    OldOffice {
        /// `Word document`, ...
        what: &'static str,
    },
    /// The operating system does not let it be read.
    #[error(
        "the file may not be read: give the account that Gemba runs under the right to read it, then retry"
    )]
    Forbidden,
    /// It went away meanwhile.
    #[error(
        "the file went away while it was read: nothing is left to do if that was meant, else drop it again"
    )]
    Gone,
    /// Any other trouble of the disk or the network mount.
    #[error("the file could not be read ({0}): check the disk or the network mount, then retry")]
    Io(#[source] io::Error),
    /// Whoever took the blocks asked for no more.
    #[error("reading was stopped before the end: the file is read again later")]
    Stopped,
}

impl ParseError {
    /// Files inside this one are no longer opened.
    pub(super) const TOO_DEEP: Self = Self::TooDeep { limit: DEEPEST_PART };

    /// The reason that is kept of a file that failed so.
    pub fn reason(&self) -> Reason {
        let named = |code: &str| Reason::new(code, self.to_string());
        match self {
            Self::Empty => named("empty"),
            Self::NoText => named("no-text"),
            Self::NoPage { coverage } => match coverage.main_reason() {
                Some(reason) => reason.clone(),
                None => named("no-text"),
            },
            Self::NotText => named("not-text"),
            Self::TooLarge {
                megabytes,
                limit_megabytes,
            } => named("too-large")
                .with("megabytes", megabytes)
                .with("limit", limit_megabytes),
            Self::UnpacksTooLarge { limit_megabytes } => {
                named("unpacks-too-large").with("limit", limit_megabytes)
            }
            Self::CompressedTooWell { ratio } => named("compressed-too-well").with("ratio", ratio),
            Self::TooManyParts { parts, limit } => {
                named("too-many-parts").with("parts", parts).with("limit", limit)
            }
            Self::TooMuchText { limit_millions } => named("too-much-text").with("limit", limit_millions),
            Self::TooManyPages { pages, limit } => {
                named("too-many-pages").with("pages", pages).with("limit", limit)
            }
            Self::NestedTooDeep { limit } => named("nested-too-deep").with("limit", limit),
            Self::UnreadFormat => named("unread-format"),
            Self::TooDeep { limit } => named("too-deep").with("limit", limit),
            Self::TimedOut { seconds } => named("timed-out").with("seconds", seconds),
            Self::Password { what } => named("password").with("what", what),
            Self::PdfPassword => named(Reason::PDF_PASSWORD),
            Self::Damaged { what, detail } => named("damaged").with("what", what).with("detail", detail),
            Self::OldOffice { what } => named("old-office").with("what", what),
            Self::Forbidden => named("forbidden"),
            Self::Gone => named("gone"),
            Self::Io(error) => named("io").with("detail", error),
            Self::Stopped => named("stopped"),
        }
    }

    /// What became of the pages of a file that failed so.
    pub fn coverage(&self) -> Coverage {
        let reason = self.reason();
        match self {
            Self::NoPage { coverage } => coverage.clone(),
            Self::Empty | Self::NoText => Coverage::whole(PageFate::Empty),
            Self::TooManyPages { pages, .. } => Coverage::alike(*pages, PageFate::Skipped { reason }),
            Self::TooLarge { .. }
            | Self::UnpacksTooLarge { .. }
            | Self::CompressedTooWell { .. }
            | Self::TooManyParts { .. }
            | Self::TooMuchText { .. }
            | Self::NestedTooDeep { .. }
            | Self::UnreadFormat
            | Self::TooDeep { .. }
            | Self::TimedOut { .. } => Coverage::whole(PageFate::Skipped { reason }),
            _ => Coverage::whole(PageFate::Failed { reason }),
        }
    }

    /// Gives the usual troubles of reading a file their own sentences. An error that a parser wrapped to get it
    /// through a reader comes out as it was.
    pub fn from_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            io::ErrorKind::NotFound => Self::Gone,
            _ if error.get_ref().is_some_and(|inner| inner.is::<Self>()) => error
                .into_inner()
                .and_then(|inner| inner.downcast::<Self>().ok())
                .map_or(Self::Stopped, |inner| *inner),
            _ => Self::Io(error),
        }
    }

    /// Wraps it so that a foreign library carries it through its own reader.
    pub fn into_io(self) -> io::Error {
        io::Error::other(self)
    }

    /// A file of `bytes` against a limit.
    pub fn too_large(bytes: u64, limit: u64) -> Self {
        Self::TooLarge {
            megabytes: megabytes_up(bytes),
            limit_megabytes: limit / MEGABYTE,
        }
    }

    /// Damage, described by whatever found it.
    pub fn damaged(what: &'static str, detail: impl ToString) -> Self {
        // Libraries quote the file in what they say.
        let detail: String = one_line(&detail.to_string())
            .chars()
            .take(LONGEST_DETAIL)
            .collect();
        Self::Damaged {
            what,
            detail: detail.trim_end_matches('.').to_owned(),
        }
    }
}

/// The longest half sentence of a library that is shown, in characters.
const LONGEST_DETAIL: usize = 300;
/// How deep files may lie in files: an archive in a mail in an archive is one too many for most people already.
pub(super) const DEEPEST_PART: usize = 4;
/// What a megabyte is in messages and in the configuration.
pub(super) const MEGABYTE: u64 = 1024 * 1024;

/// What is said of most of its pages; of blank ones, that there is no text.
fn no_page(coverage: &Coverage) -> String {
    coverage
        .main_reason()
        .map_or_else(|| ParseError::NoText.to_string(), ToString::to_string)
}

fn megabytes_up(bytes: u64) -> u64 {
    bytes.div_ceil(MEGABYTE)
}
