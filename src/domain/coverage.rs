//! The ledger of a file: what became of each of its pages, slides, sheets or pictures.

use std::ops::Add;

use serde::{Deserialize, Serialize};

use super::Reason;

/// A page that was recognised with less than this, in percent, is searched but not to be relied on.
pub const DOUBTFUL: u8 = 70;

/// The code of the reason of a page whose text is still to be recognised.
pub const OCR_LATER: &str = "ocr-later";

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "lowercase")]
pub enum PageFate {
    /// Its text was in the file.
    Text,
    /// Its text was recognised from a picture.
    Ocr {
        /// How sure the recognition is of its words, in percent, on average.
        confidence: u8,
    },
    /// There is nothing on it.
    Empty,
    /// There are pictures on it, and no text was had from them.
    Picture {
        /// Why not, and what to do.
        reason: Reason,
    },
    /// It could not be read.
    Failed {
        /// What is wrong with it, and what to do.
        reason: Reason,
    },
    /// It was not read, because of a limit or of its format.
    Skipped {
        /// Which limit, or that nobody reads the format.
        reason: Reason,
    },
}

impl PageFate {
    /// The name used in addresses, tables and JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Ocr { .. } => "ocr",
            Self::Empty => "empty",
            Self::Picture { .. } => "picture",
            Self::Failed { .. } => "failed",
            Self::Skipped { .. } => "skipped",
        }
    }

    /// Whether the page can be found by its text.
    pub fn is_searchable(&self) -> bool {
        matches!(self, Self::Text | Self::Ocr { .. })
    }

    /// Why there is no text, where there should be some.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Picture { reason } | Self::Failed { reason } | Self::Skipped { reason } => Some(reason),
            Self::Text | Self::Ocr { .. } | Self::Empty => None,
        }
    }
}

/// Pages that follow one another and fared alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRun {
    /// The first page, from 1; 0 where the file has no pages and is meant as a whole.
    pub first: u32,
    /// The last page.
    pub last: u32,
    /// What became of each of them.
    #[serde(flatten)]
    pub fate: PageFate,
}

impl PageRun {
    /// How many pages they are; a file as a whole counts as one.
    pub fn pages(&self) -> u32 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }
}

/// What became of every page of a file. Pages whose text was in the file are the rule and take no room; the others are
/// listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// 0: the file has no pages, and what is said of page 0 is said of the whole.
    pages: u32,
    exceptions: Vec<PageRun>,
    /// Pictures among the text of pages, where some could not be recognised. Their pages have text all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pictures: Vec<PageRun>,
}

impl Coverage {
    /// Of a file without pages.
    pub fn whole(fate: PageFate) -> Self {
        Self::alike(0, fate)
    }

    /// Of a file whose pages all fared alike; 0 pages for one that has none.
    pub fn alike(pages: u32, fate: PageFate) -> Self {
        let exception = PageRun {
            first: pages.min(1),
            last: pages,
            fate,
        };
        Self {
            pages,
            exceptions: Some(exception)
                .filter(|run| run.fate != PageFate::Text)
                .into_iter()
                .collect(),
            pictures: Vec::new(),
        }
    }

    /// Of a file with so many pages, all of which had text.
    pub fn of_text(pages: u32) -> Self {
        Self::alike(pages, PageFate::Text)
    }

    /// The same, but for the pages that lack text for the reason of this code: they fared like this.
    #[must_use]
    pub fn instead_of(mut self, code: &str, fate: &PageFate) -> Self {
        for run in &mut self.exceptions {
            if run.fate.reason().is_some_and(|reason| reason.code == code) {
                run.fate = fate.clone();
            }
        }
        self
    }

    /// The same of the file `part` inside a file: the reasons name it.
    #[must_use]
    pub fn in_part(mut self, part: &str) -> Self {
        for run in self.exceptions.iter_mut().chain(&mut self.pictures) {
            if let PageFate::Picture { reason } | PageFate::Failed { reason } | PageFate::Skipped { reason } =
                &mut run.fate
            {
                *reason = reason.clone().in_part(part);
            }
        }
        self
    }

    /// The file inside this one, the first of them, that is a PDF and could not be read for want of its password.
    pub fn locked_part(&self) -> Option<&str> {
        let mut reasons = self.exceptions.iter().filter_map(|run| run.fate.reason());
        let locked = reasons.find(|reason| reason.code == Reason::PDF_PASSWORD)?;
        locked.details.get(Reason::PART).map(String::as_str)
    }

    /// Says what became of the next page.
    pub fn push(&mut self, fate: PageFate) {
        self.pages += 1;
        if fate != PageFate::Text {
            join(&mut self.exceptions, self.pages, fate);
        }
    }

    /// Says what became of some of the pictures among the text of the last page; of a file without pages, or of which none was
    /// pushed, among that of the whole.
    pub fn pictures_fared(&mut self, fate: PageFate) {
        join(&mut self.pictures, self.pages, fate);
    }

    /// The same of pictures of which is known in what file they are, and not on which of its pages.
    pub fn pictures_of_the_whole_fared(&mut self, fate: PageFate) {
        join(&mut self.pictures, 0, fate);
    }

    /// Its pages, slides, sheets or pictures; 0 for a file without them.
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// The pages whose text was not simply in the file, in order.
    pub fn exceptions(&self) -> &[PageRun] {
        &self.exceptions
    }

    /// The pages among whose text are pictures that could not be recognised, with what became of these; page 0 is the whole.
    pub fn pictures(&self) -> &[PageRun] {
        &self.pictures
    }

    /// Every page, in order.
    pub fn runs(&self) -> Vec<PageRun> {
        let mut runs = Vec::new();
        let mut next = self.pages.min(1);
        let text = |first: u32, last: u32| PageRun {
            first,
            last,
            fate: PageFate::Text,
        };
        for run in &self.exceptions {
            if run.first > next {
                runs.push(text(next, run.first - 1));
            }
            next = run.last + 1;
            runs.push(run.clone());
        }
        if next <= self.pages {
            runs.push(text(next, self.pages));
        }
        runs
    }

    /// What became of one page; nothing where there is no such page.
    pub fn fate(&self, page: u32) -> Option<PageFate> {
        let runs = self.runs().into_iter();
        let mut found = runs.filter(|run| (run.first..=run.last).contains(&page));
        found.next().map(|run| run.fate)
    }

    /// How many pages fared how.
    pub fn counts(&self) -> PageCounts {
        let mut counts = PageCounts::default();
        for run in self.runs() {
            let pages = u64::from(run.pages());
            match run.fate {
                PageFate::Text => counts.text += pages,
                PageFate::Ocr { confidence } => {
                    counts.ocr += pages;
                    counts.doubtful += if confidence < DOUBTFUL { pages } else { 0 };
                }
                PageFate::Empty => counts.empty += pages,
                PageFate::Picture { .. } => counts.picture += pages,
                PageFate::Failed { .. } => counts.failed += pages,
                PageFate::Skipped { .. } => counts.skipped += pages,
            }
        }
        counts
    }

    /// Whether any page can be found by its text. A file of which none can is never ready.
    pub fn is_searchable(&self) -> bool {
        self.counts().searchable() > 0
    }

    /// Why the file as a whole has no text: what is said of most of its pages, and first where several are as many.
    pub fn main_reason(&self) -> Option<&Reason> {
        let runs = self.exceptions.iter().filter(|run| run.fate.reason().is_some());
        runs.rev()
            .max_by_key(|run| run.pages())
            .and_then(|run| run.fate.reason())
    }
}

/// Adds a page, to the last run where it goes on.
fn join(runs: &mut Vec<PageRun>, page: u32, fate: PageFate) {
    match runs.last_mut() {
        Some(last) if last.fate == fate && (last.last == page || last.last + 1 == page) => last.last = page,
        _ => runs.push(PageRun {
            first: page,
            last: page,
            fate,
        }),
    }
}

/// How many pages fared how; of one file or of many. A file without pages counts as one page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PageCounts {
    /// Pages whose text was in the file.
    pub text: u64,
    /// Pages whose text was recognised from a picture.
    pub ocr: u64,
    /// Of these, those of which the recognition is not sure: below [`DOUBTFUL`].
    pub doubtful: u64,
    /// Pages with nothing on them.
    pub empty: u64,
    /// Pages with pictures from which no text was had.
    pub picture: u64,
    /// Pages that could not be read.
    pub failed: u64,
    /// Pages that were left out because of a limit or of their format.
    pub skipped: u64,
}

impl PageCounts {
    /// All pages.
    pub fn all(&self) -> u64 {
        self.searchable() + self.silent()
    }

    /// Pages that can be found by their text.
    pub fn searchable(&self) -> u64 {
        self.text + self.ocr
    }

    /// Pages that cannot be found, empty ones included.
    pub fn silent(&self) -> u64 {
        self.empty + self.lacking()
    }

    /// Pages that should have text and have none.
    pub fn lacking(&self) -> u64 {
        self.picture + self.failed + self.skipped
    }
}

impl Add for PageCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            text: self.text + other.text,
            ocr: self.ocr + other.ocr,
            doubtful: self.doubtful + other.doubtful,
            empty: self.empty + other.empty,
            picture: self.picture + other.picture,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

#[cfg(test)]
mod tests;
