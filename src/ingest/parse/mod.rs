//! Reads documents: one file per format, all of which turn a file into a stream of [`Block`]s with their places.
//!
//! A parser never holds more than it must: text and CSV are streamed, archives are read through limits, PDF page by
//! page. Whatever is wrong with a file comes back as a [`ParseError`], a sentence for an administrator.
//!
//! To add a format: a variant of [`FileKind`], a file here with a type that is a [`Parser`], one line in [`Parsers::of`].

mod archive;
mod asciidoc;
mod asciidoc_inline;
mod asciidoc_table;
mod block;
mod chart;
mod child;
mod csv;
mod docx;
mod docx_math;
mod docx_parts;
mod encoding;
mod epub;
mod error;
mod front_matter;
mod headings;
mod held;
#[cfg(any(test, fuzzing))]
pub mod hostile;
mod html;
mod html_page;
mod html_picture;
mod html_table;
mod image;
mod image_file;
mod inside;
mod json;
mod limits;
mod lines;
mod mail;
mod markdown;
mod mhtml;
mod msg;
mod ocr;
mod odf;
mod odf_margins;
mod odf_sheets;
mod odf_slides;
mod odf_styles;
pub(super) mod office;
mod office97;
mod package;
mod page;
mod pasted;
mod pdf;
mod pdf_annotations;
mod pdf_beside;
mod pdf_columns;
mod pdf_fallback;
mod pdf_garbled;
mod pdf_glyphs;
mod pdf_info;
mod pdf_layout;
mod pdf_library;
mod pdf_page;
mod pdf_stamp;
mod pdf_style;
mod pdf_table;
mod picture;
mod pptx;
mod pptx_slide;
mod properties;
mod records;
mod rst;
mod rst_directive;
mod rst_docinfo;
mod rst_inline;
mod rst_table;
mod rtf;
mod rtf_body;
mod rtf_picture;
mod rtf_text;
mod search;
mod sheet;
mod sheet_margin;
mod signature;
mod subtitles;
mod table;
mod text;
mod tiff;
mod tree;
mod unlock;
mod xls;
mod xls_bounds;
mod xls_notes;
mod xls_records;
mod xlsb_merged;
mod xlsb_notes;
mod xlsb_records;
mod xlsx;
mod xlsx_notes;
mod xml;

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub use block::{Block, BlockKind, Output};
pub use error::ParseError;
pub use inside::Inside;
pub use limits::Limits;
pub use ocr::{EXPECTED as EXPECTED_LANGUAGES, Ocr, Recognised, RecognisedPage};
pub use office::{Office, OfficeFault};
pub use page::WAITS_FOR_OCR;
pub use pdf_library::{PDF_LIBRARY, PdfLibrary, PdfLibraryAt, PdfLibraryError};
pub use picture::{
    CitedText, KnownSheet, Mark, PageOrder, PagePicture, PagePlace, PageShape, PictureError, PlaceOrder,
    Sought, Window,
};

use crate::domain::{Coverage, FileKind, FilePassword, Locator, Reason};

/// What is longer is no title, in bytes.
const LONGEST_TITLE: usize = 2_000;

/// What a parser knows of the document as a whole once it has read it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// The title that the document gives itself. It is not repeated among the headings of its blocks.
    pub title: Option<String>,
    /// What became of each page, slide or sheet. A format without them leaves it as it is by default.
    pub coverage: Coverage,
    /// The pages whose text was recognised, with the places of the words.
    #[serde(default)]
    pub recognised: Vec<RecognisedPage>,
    /// How many blocks stand before the title, where it stands in the text and not only in the properties.
    pub title_at: Option<u64>,
    /// What the file says about itself, by name: `title`, `subject`, `author`, `keywords`, `category`, `status`,
    /// `version`, `revision`, `created`, `modified` (as the format writes times), and under `custom.` whatever else
    /// people have added: `custom.Document number`. What stands in front matter has its names under `front.`.
    pub properties: BTreeMap<String, String>,
    /// Files inside this one that could not be read. The rest of it was.
    pub unread: Vec<Unread>,
    /// Whether there is text in it that was not recognised, because that was put off ([`Limits::recognise`]) or is not
    /// possible on this machine.
    #[serde(default)]
    pub unrecognised: bool,
}

/// A file inside a file, which could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Its path, as in [`Locator::part`].
    pub part: String,
    /// What is wrong and what to do.
    pub reason: Reason,
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
    image: image::ImageParser,
    ocr: Ocr,
}

impl Parsers {
    /// Without a library PDF files are read by a fallback in pure Rust, which manages fewer of them. Without recognition
    /// pages that are pictures are not read.
    pub fn new(library: PdfLibraryAt, ocr: Ocr) -> Self {
        Self {
            pdf: pdf::PdfParser::new(library, ocr.clone()),
            image: image::ImageParser::new(ocr.clone()),
            ocr,
        }
    }

    /// The same, with the passwords of the file that is to be read, or of those inside it.
    #[must_use]
    pub fn opening_with(mut self, passwords: Vec<FilePassword>) -> Self {
        self.pdf.passwords = passwords;
        self
    }

    /// The parser of a format. Those of mails and archives read what is inside with these parsers again.
    pub fn of(&self, kind: FileKind) -> Box<dyn Parser + '_> {
        match kind {
            FileKind::Pdf => Box::new(self.pdf.clone()),
            FileKind::Mail => Box::new(mail::MailParser::new(self)),
            FileKind::Archive => Box::new(archive::ArchiveParser::new(self)),
            FileKind::Markdown => Box::new(markdown::MarkdownParser),
            FileKind::Text => Box::new(text::TextParser),
            FileKind::Rst => Box::new(rst::RstParser),
            FileKind::Html => Box::new(html::HtmlParser::new(&self.ocr)),
            FileKind::Csv => Box::new(csv::CsvParser),
            FileKind::Docx => Box::new(docx::DocxParser::new(&self.ocr)),
            FileKind::Xlsx => Box::new(xlsx::XlsxParser::new(&self.ocr)),
            FileKind::Pptx => Box::new(pptx::PptxParser::new(&self.ocr)),
            FileKind::Doc => Box::new(office97::DocParser::new(&self.ocr)),
            FileKind::Ppt => Box::new(office97::PptParser::new(&self.ocr)),
            FileKind::Xls | FileKind::Xlsb => Box::new(xls::XlsParser::new(&self.ocr)),
            FileKind::Rtf => Box::new(rtf::RtfParser::new(&self.ocr)),
            FileKind::Odt | FileKind::Odp => Box::new(odf::OdfParser::new(&self.ocr)),
            FileKind::Ods => Box::new(odf_sheets::OdsParser::new(&self.ocr)),
            FileKind::Mhtml => Box::new(mhtml::MhtmlParser::new(&self.ocr)),
            FileKind::Epub => Box::new(epub::EpubParser),
            FileKind::Asciidoc => Box::new(asciidoc::AsciidocParser),
            FileKind::Json => Box::new(json::JsonParser),
            FileKind::Xml => Box::new(records::XmlParser::new(&self.ocr)),
            FileKind::Subtitles => Box::new(subtitles::SubtitlesParser),
            FileKind::Image => Box::new(self.image.clone()),
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
        let mut output = Output::new(limits, emit);
        let outline = self.parse_into(kind, path, limits, &mut output)?;
        Ok(Outline {
            title_at: output.title_at(),
            ..outline
        })
    }

    /// The same for a file whose blocks follow others.
    fn parse_into(
        &self,
        kind: FileKind,
        path: &Path,
        limits: &Limits,
        output: &mut Output<'_>,
    ) -> Result<Outline, ParseError> {
        let size = fs::metadata(path).map_err(ParseError::from_io)?.len();
        if size == 0 {
            return Err(ParseError::Empty);
        }
        if size > limits.file_bytes {
            return Err(ParseError::too_large(size, limits.file_bytes));
        }
        let before = output.blocks();
        let mut outline = self.of(kind).parse(path, limits, output)?;
        // A title of blanks is none, and one that never ends is text.
        let title = outline.title.take().map(|title| headings::one_line(&title));
        match title.filter(|title| !title.is_empty()) {
            Some(text) if text.len() > LONGEST_TITLE => output.paragraph(&Locator::default(), text)?,
            title => outline.title = title,
        }
        if output.blocks() > before {
            return Ok(outline);
        }
        match &outline.title {
            _ if outline.coverage.pages() > 0 || !outline.coverage.is_searchable() => {
                Err(ParseError::NoPage {
                    coverage: outline.coverage,
                })
            }
            // A document that is nothing but its title still has that to say.
            Some(title) => {
                output.paragraph(&Locator::default(), title.clone())?;
                output.forget_title();
                Ok(outline)
            }
            None => Err(ParseError::NoText),
        }
    }
}

#[cfg(test)]
mod tests;
