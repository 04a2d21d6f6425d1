//! Reads documents: one file per format, all of which turn a file into a stream of [`Block`]s with their places.
//!
//! A parser never holds more than it must: text and CSV are streamed, archives are read through limits, PDF page by
//! page. Whatever is wrong with a file comes back as a [`ParseError`], a sentence for an administrator.
//!
//! To add a format: a variant of [`FileKind`], a file here with a type that is a [`Parser`], one line in [`Parsers::of`].

mod block;
mod csv;
mod docx;
mod docx_parts;
mod encoding;
mod error;
mod headings;
mod held;
mod html;
mod html_page;
mod html_table;
mod limits;
mod lines;
mod markdown;
mod ocr;
mod package;
mod page;
mod pdf;
mod pdf_columns;
mod pdf_fallback;
mod pdf_glyphs;
mod pdf_layout;
mod pdf_library;
mod pdf_page;
mod pdf_style;
mod pdf_table;
mod picture;
mod pptx;
mod rst;
mod rst_directive;
mod rst_inline;
mod rst_table;
mod table;
mod text;
mod xlsx;
mod xml;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub use block::{Block, BlockKind, Output};
pub use error::ParseError;
pub use limits::Limits;
pub use ocr::{EXPECTED as EXPECTED_LANGUAGES, Ocr, Recognised};
pub use page::WAITS_FOR_OCR;
pub use pdf_library::{PDF_LIBRARY, PdfLibrary, PdfLibraryError};
pub use picture::{CitedText, Mark, PageOrder, PagePicture, PageShape, PictureError};

use crate::domain::{Coverage, FileKind};

/// What a parser knows of the document as a whole once it has read it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// The title that the document gives itself. It is not repeated among the headings of its blocks.
    pub title: Option<String>,
    /// What became of each page, slide or sheet. A format without them leaves it as it is by default.
    pub coverage: Coverage,
    /// The pages whose text was recognised, with the places of the words.
    #[serde(default)]
    pub recognised: Vec<(u32, Recognised)>,
}

/// Reads one format.
pub trait Parser: Send + Sync {
    /// Sends the blocks of the file at `path` to `output`, in reading order.
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError>;
}

/// The parsers of all formats, with what some of them work with. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Parsers {
    pdf: pdf::PdfParser,
}

impl Parsers {
    /// Without a library PDF files are read by a fallback in pure Rust, which manages fewer of them. Without recognition
    /// pages that are pictures are not read.
    pub fn new(library: Option<PdfLibrary>, ocr: Ocr) -> Self {
        Self {
            pdf: pdf::PdfParser::new(library, ocr),
        }
    }

    /// The parser of a format.
    pub fn of(&self, kind: FileKind) -> &dyn Parser {
        match kind {
            FileKind::Markdown => &markdown::MarkdownParser,
            FileKind::Text => &text::TextParser,
            FileKind::Rst => &rst::RstParser,
            FileKind::Html => &html::HtmlParser,
            FileKind::Csv => &csv::CsvParser,
            FileKind::Pdf => &self.pdf,
            FileKind::Docx => &docx::DocxParser,
            FileKind::Xlsx => &xlsx::XlsxParser,
            FileKind::Pptx => &pptx::PptxParser,
        }
    }

    /// Reads the file at `path` as `kind` and hands each block to `emit`, which stops the reading with
    /// [`ControlFlow::Break`]. A file without any text is an error, so that nothing empty is ever shown as ready;
    /// the error knows what became of its pages.
    /// Parsers do not panic knowingly, but the caller must expect it: run this inside `catch_unwind`.
    pub fn parse(
        &self,
        kind: FileKind,
        path: &Path,
        limits: &Limits,
        emit: &mut dyn FnMut(Block) -> ControlFlow<()>,
    ) -> Result<Outline, ParseError> {
        let size = fs::metadata(path).map_err(ParseError::from_io)?.len();
        if size == 0 {
            return Err(ParseError::Empty);
        }
        if size > limits.file_bytes {
            return Err(ParseError::too_large(size, limits.file_bytes));
        }
        let mut output = Output::new(limits, emit);
        let outline = self.of(kind).parse(path, limits, &mut output)?;
        if output.blocks() == 0 {
            return Err(match outline.title {
                _ if outline.coverage.pages() > 0 => ParseError::NoPage {
                    coverage: outline.coverage,
                },
                Some(title) => {
                    // A document that is nothing but its title still has that to say.
                    output.paragraph(&crate::domain::Locator::default(), title.clone())?;
                    return Ok(Outline {
                        title: Some(title),
                        ..outline
                    });
                }
                None => ParseError::NoText,
            });
        }
        Ok(outline)
    }
}

#[cfg(test)]
mod tests;
