//! PDF: page by page through pdfium, or through the fallback where pdfium is absent or gives up.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::path::Path;

use pdfium_render::prelude::{PdfDocument, PdfDocumentMetadataTagType, PdfiumError, PdfiumInternalError};

use super::headings::{Headings, credible_title, is_like_a_name, is_name_of, one_line};
use super::ocr::{Ocr, RecognisedPage};
use super::pdf_beside::{self, Bookmarks};
use super::pdf_layout::{self, Line, Piece};
use super::pdf_page::{ReadPage, Recognition};
use super::pdf_style::Style;
use super::unlock::unlocked;
use super::{
    Block, BlockKind, Limits, Outline, Output, ParseError, Parser, PdfLibraryAt, lines, pdf_annotations,
    pdf_fallback, pdf_info, table,
};
use crate::domain::{Coverage, FilePassword, Locator, PageFate};

const WHAT: &str = "PDF";
/// Pages that are looked at before the first is sent: they show the size of the body text and what every page repeats.
const WINDOW: usize = 8;

/// Reads `.pdf`.
#[derive(Debug, Clone, Default)]
pub(super) struct PdfParser {
    library: PdfLibraryAt,
    ocr: Ocr,
    /// What opens the file, or those inside it, if they are encrypted.
    pub(super) passwords: Vec<FilePassword>,
}

impl PdfParser {
    pub(super) fn new(library: PdfLibraryAt, ocr: Ocr) -> Self {
        Self {
            library,
            ocr,
            passwords: Vec::new(),
        }
    }
}

impl Parser for PdfParser {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let passwords = &self.passwords;
        let Some(library) = self.library.load() else {
            return read_plainly(path, &self.ocr, passwords, limits, output);
        };
        let file = std::fs::File::open(path).map_err(ParseError::from_io)?;
        let asks = |error: &PdfiumError| {
            matches!(
                error,
                PdfiumError::PdfiumLibraryInternalError(PdfiumInternalError::PasswordError)
            )
        };
        let opened = unlocked(passwords, asks, |password| {
            let file = file.try_clone().map_err(PdfiumError::IoError)?;
            library
                .pdfium()
                .load_pdf_from_reader(file, password.map(FilePassword::reveal))
        });
        match opened {
            Ok((document, password)) => {
                let name = name_of(path, output);
                let mut outline = read_pages(&document, name.as_deref(), &self.ocr, limits, output)?;
                pdf_info::read(library, path, password, &mut outline.properties);
                Ok(outline)
            }
            Err(error) if asks(&error) => Err(ParseError::PdfPassword),
            Err(PdfiumError::PdfiumLibraryInternalError(PdfiumInternalError::SecurityError)) => Err(
                ParseError::damaged(WHAT, "it is protected in a way that no reader here knows"),
            ),
            Err(_) => read_plainly(path, &self.ocr, passwords, limits, output).map_err(|error| match error {
                ParseError::Damaged { .. } => ParseError::damaged(WHAT, "its structure cannot be read"),
                error => error,
            }),
        }
    }
}

/// What the file is called. A process that reads apart knows its file by a number, which leads to the name.
fn name_of(path: &Path, output: &Output<'_>) -> Option<String> {
    if output.is_in_part() {
        return Some(output.part_path());
    }
    let path = if path.starts_with("/proc") {
        std::fs::read_link(path).ok()?
    } else {
        path.to_owned()
    };
    Some(path.file_name()?.to_string_lossy().into_owned())
}

fn read_pages(
    document: &PdfDocument<'_>,
    name: Option<&str>,
    ocr: &Ocr,
    limits: &Limits,
    output: &mut Output<'_>,
) -> Result<Outline, ParseError> {
    let pages = u32::try_from(document.pages().len()).unwrap_or(0);
    if pages == 0 {
        return Err(ParseError::damaged(WHAT, "it has no pages"));
    }
    if pages > limits.pages {
        return Err(ParseError::TooManyPages {
            pages,
            limit: limits.pages,
        });
    }
    let recognition = Recognition::new(ocr, output);
    let beside: RefCell<HashMap<u32, Vec<String>>> = RefCell::default();
    let mut numbers = 1..=pages;
    let mut read_next = || -> Option<ReadPage> {
        let number = numbers.next()?;
        let index = i32::try_from(number - 1).ok()?;
        // A page that cannot be loaded fails alone: the others are still worth reading.
        let page = document.pages().get(index);
        Some(page.map_or_else(
            |_| ReadPage::damaged(number),
            |page| {
                beside.borrow_mut().insert(number, pdf_annotations::texts(&page));
                ReadPage::of(number, &page, &recognition)
            },
        ))
    };
    let mut window: VecDeque<ReadPage> = std::iter::from_fn(&mut read_next).take(WINDOW).collect();
    window.iter_mut().for_each(ReadPage::settle);
    let style = Style::of(window.iter().map(|page| page.lines.as_slice()));
    let declared = document
        .metadata()
        .get(PdfDocumentMetadataTagType::Title)
        .and_then(|title| credible_title(title.value()))
        .filter(|title| name.is_none_or(|name| !is_name_of(title, name)));
    let on_page = || window.front().and_then(|page| style.title(&page.lines));
    let title = match declared {
        Some(declared) if is_like_a_name(&declared) => on_page().or(Some(declared)),
        Some(declared) => Some(declared),
        None => on_page(),
    };
    let mut sending = Sending::new(title.clone(), style);
    sending.bookmarks = Bookmarks::of(document);
    while let Some(mut page) = window.pop_front() {
        output.on_time()?;
        page.settle();
        sending.written_on = beside.borrow_mut().remove(&page.number).unwrap_or_default();
        sending.page(page, output)?;
        window.extend(read_next());
    }
    Ok(Outline {
        properties: pdf_beside::properties(document),
        ..sending.outline(title)
    })
}

/// Sends the pages of a file one after the other.
pub(super) struct Sending {
    headings: Headings,
    style: Style,
    shown: HashMap<String, u32>,
    coverage: Coverage,
    recognised: Vec<RecognisedPage>,
    bookmarks: Bookmarks,
    /// What people have filled in and written onto the next page.
    written_on: Vec<String>,
}

impl Sending {
    pub(super) fn new(title: Option<String>, style: Style) -> Self {
        Self {
            headings: Headings::under(title),
            style,
            shown: HashMap::new(),
            coverage: Coverage::default(),
            recognised: Vec::new(),
            bookmarks: Bookmarks::default(),
            written_on: Vec::new(),
        }
    }

    /// Sends a page, if it has text.
    pub(super) fn page(&mut self, read: ReadPage, output: &mut Output<'_>) -> Result<(), ParseError> {
        let ReadPage { number, lines, .. } = read;
        let before = output.blocks();
        let ocr = match read.fate {
            PageFate::Ocr { confidence } => Some(confidence),
            _ => None,
        };
        self.lines(number, ocr, lines, output)?;
        // What is cleaned away was no text after all.
        self.coverage.push(match read.fate {
            PageFate::Text | PageFate::Ocr { .. } if output.blocks() == before => PageFate::Empty,
            PageFate::Empty if output.blocks() > before => PageFate::Text,
            fate => fate,
        });
        self.recognised
            .extend(read.recognised.map(|words| RecognisedPage {
                part: None,
                page: number,
                words,
            }));
        Ok(())
    }

    /// What is known of the file when its pages are sent.
    pub(super) fn outline(self, title: Option<String>) -> Outline {
        Outline {
            title,
            coverage: self.coverage,
            recognised: self.recognised,
            ..Outline::default()
        }
    }

    fn lines(
        &mut self,
        number: u32,
        ocr: Option<u8>,
        page: Vec<Line>,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        let written_on = std::mem::take(&mut self.written_on);
        if page.iter().all(|line| line.text().trim().is_empty()) && written_on.is_empty() {
            return Ok(());
        }
        let place = Locator {
            page: Some(number),
            ocr,
            ..Locator::default()
        };
        let before = output.blocks();
        let everything: String = one_line(&page.iter().map(Line::text).collect::<Vec<_>>().join(" "));
        let kept = self.style.without_furniture(page, &mut self.shown);
        for part in self.bookmarks.divided(number, &everything, kept) {
            for (level, text) in part.headings {
                self.headings.enter(level, &text, place.clone(), output)?;
            }
            for piece in pdf_layout::pieces(part.lines, &self.style) {
                self.piece(self.bookmarks.applied(number, piece), &place, output)?;
            }
        }
        for text in written_on {
            let locator = Locator {
                headings: self.headings.path(),
                ..place.clone()
            };
            output.paragraph(&locator, text)?;
        }
        if output.blocks() == before {
            // Nothing but the title, or what every page repeats: still the text of this page.
            let locator = Locator {
                headings: self.headings.path(),
                ..place
            };
            output.paragraph(&locator, everything)?;
        }
        Ok(())
    }

    fn piece(&mut self, piece: Piece, place: &Locator, output: &mut Output<'_>) -> Result<(), ParseError> {
        let locator = Locator {
            headings: self.headings.path(),
            ..place.clone()
        };
        let (kind, text) = match piece {
            Piece::Heading(level, text) => return self.headings.enter(level, &text, place.clone(), output),
            Piece::Table(rows) => return table::send_rows(&rows, None, &locator, output),
            Piece::Paragraph(text) => (BlockKind::Paragraph, text),
            Piece::ListItem(text) => (BlockKind::ListItem, text),
        };
        output.block(Block { locator, kind, text })
    }
}

/// What the fallback gives are lines without places: paragraphs are joined by how lines end.
fn read_plainly(
    path: &Path,
    ocr: &Ocr,
    passwords: &[FilePassword],
    limits: &Limits,
    output: &mut Output<'_>,
) -> Result<Outline, ParseError> {
    let texts = pdf_fallback::pages(path, passwords, limits).map_err(|error| match error {
        ParseError::Password { .. } => ParseError::PdfPassword,
        error => error,
    })?;
    let pages = u32::try_from(texts.len()).unwrap_or(u32::MAX);
    if pages > limits.pages {
        return Err(ParseError::TooManyPages {
            pages,
            limit: limits.pages,
        });
    }
    let mut coverage = Coverage::default();
    for (number, text) in (1..).zip(texts) {
        let place = Locator {
            page: Some(number),
            ..Locator::default()
        };
        let before = output.blocks();
        for paragraph in text.split("\n\n") {
            let joined = lines::join(paragraph.lines());
            output.paragraph(&place, joined)?;
        }
        // The fallback does not see pictures: a page without text is taken for a scan, not for a blank one.
        coverage.push(if output.blocks() > before {
            PageFate::Text
        } else {
            ocr.absence().fate()
        });
    }
    Ok(Outline {
        title: None,
        coverage,
        ..Outline::default()
    })
}
