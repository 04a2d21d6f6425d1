//! A document: one file of the watched folder, and the states that it can be in.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{PageCounts, Reason};

/// Identifies a document for as long as it is known, through renames and changes of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentId(pub i64);

/// Identifies one generation: what a document said between two changes of its content. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GenerationId(pub i64);

impl fmt::Display for DocumentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for GenerationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// BLAKE3 of a file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentHash(pub [u8; 32]);

/// A first-level folder of the watched folder. Files that lie in the watched folder itself belong to the
/// collection with the empty name, [`Collection::top`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Collection(pub String);

impl Collection {
    /// The collection of files that lie in no first-level folder.
    pub fn top() -> Self {
        Self(String::new())
    }

    /// The collection of a path that is relative to the watched folder and uses `/`.
    pub fn of_path(path: &str) -> Self {
        match path.split_once('/') {
            Some((first, _)) => Self(first.to_owned()),
            None => Self::top(),
        }
    }

    /// The folder's name; empty for [`Collection::top`].
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Collection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The file formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// Markdown: `.md`, `.markdown`.
    Markdown,
    /// Plain text: `.txt`, `.text`, `.log`.
    Text,
    /// reStructuredText: `.rst`.
    Rst,
    /// HTML: `.html`, `.htm`, `.xhtml`.
    Html,
    /// Comma- or tab-separated values: `.csv`, `.tsv`.
    Csv,
    /// PDF.
    Pdf,
    /// Word, Office Open XML: `.docx`, `.docm`, `.dotx`.
    Docx,
    /// Excel, Office Open XML: `.xlsx`, `.xlsm`, `.xltx`.
    Xlsx,
    /// PowerPoint, Office Open XML: `.pptx`, `.pptm`, `.ppsx`, `.potx`.
    Pptx,
    /// Word 97 to 2003: `.doc`, `.dot`.
    Doc,
    /// Rich Text Format: `.rtf`.
    Rtf,
    /// Text of OpenDocument: `.odt`, `.ott`.
    Odt,
    /// Excel 97 to 2003: `.xls`, `.xlt`.
    Xls,
    /// Excel, binary: `.xlsb`.
    Xlsb,
    /// Spreadsheet of OpenDocument: `.ods`, `.ots`.
    Ods,
    /// PowerPoint 97 to 2003: `.ppt`, `.pps`, `.pot`.
    Ppt,
    /// Presentation of OpenDocument: `.odp`, `.otp`.
    Odp,
    /// Mail with its attachments: `.eml`, `.msg`, `.mbox`.
    Mail,
    /// Files packed into one: `.zip`, `.tar`, `.tar.gz`, `.tgz`.
    Archive,
    /// A web page with all that belongs to it: `.mhtml`, `.mht`.
    Mhtml,
    /// Electronic books: `.epub`.
    Epub,
    /// AsciiDoc: `.adoc`, `.asciidoc`, `.asc`.
    Asciidoc,
    /// JSON and lines of it: `.json`, `.jsonl`, `.ndjson`.
    Json,
    /// XML of any vocabulary: `.xml`.
    Xml,
    /// Subtitles of recordings: `.srt`, `.vtt`.
    Subtitles,
    /// A picture, in TIFF of several pages: `.png`, `.jpg`, `.jpeg`, `.tif`, `.tiff`, `.webp`, `.bmp`.
    Image,
}

/// What a document of some format consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    /// Pages; also where a format has none, and the whole file counts as one.
    Page,
    /// The slides of a presentation.
    Slide,
    /// The sheets of a workbook.
    Sheet,
}

impl FileKind {
    /// Every format, in the order in which a filter lists them.
    pub const ALL: [Self; 26] = [
        Self::Pdf,
        Self::Docx,
        Self::Doc,
        Self::Rtf,
        Self::Odt,
        Self::Xlsx,
        Self::Xls,
        Self::Xlsb,
        Self::Ods,
        Self::Pptx,
        Self::Ppt,
        Self::Odp,
        Self::Mail,
        Self::Archive,
        Self::Image,
        Self::Markdown,
        Self::Text,
        Self::Rst,
        Self::Asciidoc,
        Self::Html,
        Self::Mhtml,
        Self::Epub,
        Self::Csv,
        Self::Json,
        Self::Xml,
        Self::Subtitles,
    ];

    /// The format that a path's extension names, without regard to case.
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next()?;
        let (stem, extension) = name.rsplit_once('.')?;
        if stem.is_empty() {
            return None;
        }
        let mut extension = extension.to_ascii_lowercase();
        if extension == "gz" && stem.to_ascii_lowercase().ends_with(".tar") {
            extension.insert_str(0, "tar.");
        }
        Self::ALL
            .into_iter()
            .find(|kind| kind.extensions().contains(&extension.as_str()))
    }

    /// The extensions that name the format, in lower case; the usual one first.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Markdown => &["md", "markdown"],
            Self::Text => &["txt", "text", "log"],
            Self::Rst => &["rst"],
            Self::Html => &["html", "htm", "xhtml"],
            Self::Csv => &["csv", "tsv"],
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx", "docm", "dotx", "dotm"],
            Self::Doc => &["doc", "dot"],
            Self::Rtf => &["rtf"],
            Self::Odt => &["odt", "ott"],
            Self::Xlsx => &["xlsx", "xlsm", "xltx", "xltm"],
            Self::Xls => &["xls", "xlt"],
            Self::Xlsb => &["xlsb"],
            Self::Ods => &["ods", "ots"],
            Self::Pptx => &["pptx", "pptm", "ppsx", "ppsm", "potx", "potm"],
            Self::Ppt => &["ppt", "pps", "pot"],
            Self::Odp => &["odp", "otp"],
            Self::Mail => &["eml", "msg", "mbox"],
            Self::Archive => &["zip", "tar", "tgz", "tar.gz"],
            Self::Mhtml => &["mhtml", "mht"],
            Self::Epub => &["epub"],
            Self::Asciidoc => &["adoc", "asciidoc", "asc"],
            Self::Json => &["json", "jsonl", "ndjson"],
            Self::Xml => &["xml"],
            Self::Subtitles => &["srt", "vtt"],
            Self::Image => &["png", "jpg", "jpeg", "tif", "tiff", "webp", "bmp"],
        }
    }

    /// What the pages are that are counted of it.
    pub fn leaf(self) -> Leaf {
        match self {
            Self::Pptx | Self::Ppt | Self::Odp => Leaf::Slide,
            Self::Xlsx | Self::Xls | Self::Xlsb | Self::Ods => Leaf::Sheet,
            _ => Leaf::Page,
        }
    }

    /// Whether its passages know the number of their page or slide.
    pub fn has_numbered_pages(self) -> bool {
        self.may_be_scanned() || self.leaf() == Leaf::Slide
    }

    /// Whether its pages may be pictures whose text has to be recognised.
    pub fn may_be_scanned(self) -> bool {
        matches!(self, Self::Pdf | Self::Image)
    }

    /// Whether it is made of other files, each with a place of its own.
    pub fn holds_files(self) -> bool {
        matches!(self, Self::Mail | Self::Archive)
    }

    /// Whether its pages are only known once a program has laid them out.
    pub fn is_laid_out(self) -> bool {
        matches!(self, Self::Docx | Self::Doc | Self::Rtf | Self::Odt) || self.leaf() != Leaf::Page
    }

    /// Whether there may be pictures inside whose text is recognised: pasted between the words, or in files inside it.
    pub fn may_hold_pictures(self) -> bool {
        let pasted = [
            Self::Docx,
            Self::Pptx,
            Self::Xlsx,
            Self::Xlsb,
            Self::Odt,
            Self::Odp,
            Self::Ods,
            Self::Rtf,
            Self::Html,
            Self::Mhtml,
        ];
        pasted.contains(&self) || self.holds_files()
    }

    /// The name used in the store, the indexes, addresses and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Text => "text",
            Self::Rst => "rst",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Doc => "doc",
            Self::Rtf => "rtf",
            Self::Odt => "odt",
            Self::Xls => "xls",
            Self::Xlsb => "xlsb",
            Self::Ods => "ods",
            Self::Ppt => "ppt",
            Self::Odp => "odp",
            Self::Mail => "mail",
            Self::Archive => "archive",
            Self::Mhtml => "mhtml",
            Self::Epub => "epub",
            Self::Asciidoc => "asciidoc",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Subtitles => "subtitles",
            Self::Image => "image",
        }
    }

    /// The inverse of [`FileKind::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Where a document stands. Every file that was seen ends in one of the last three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum DocumentState {
    /// Seen, not read yet; an earlier generation, if there is one, still answers.
    Pending,
    /// Its visible generation answers questions.
    Searchable,
    /// The same bytes as another document of the same collection, which answers for it.
    Duplicate {
        /// The document that answers.
        of: DocumentId,
    },
    /// It could not be read; an earlier generation does not answer in its place.
    Failed {
        /// What is wrong and what to do.
        reason: Reason,
    },
}

impl DocumentState {
    /// The name used in the store, addresses and JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Searchable => "searchable",
            Self::Duplicate { .. } => "duplicate",
            Self::Failed { .. } => "failed",
        }
    }
}

impl DocumentState {
    /// What is wrong with a document that failed.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Failed { reason } => Some(reason),
            Self::Pending | Self::Searchable | Self::Duplicate { .. } => None,
        }
    }
}

impl Document {
    /// Whether it is a PDF that could not be read for want of its password, or holds nothing but such PDFs.
    pub fn asks_for_password(&self) -> bool {
        let asks = |reason: &Reason| match reason.code.as_str() {
            Reason::PDF_PASSWORD => self.kind == FileKind::Pdf || self.kind.holds_files(),
            // Before a password could be given, all formats had one name for it.
            "password" => self.kind == FileKind::Pdf,
            _ => false,
        };
        self.state.reason().is_some_and(asks)
    }

    /// Whether reading it again may find more than there is now: it failed, or some of its pages are not as they should
    /// be.
    pub fn can_be_retried(&self) -> bool {
        match self.state {
            DocumentState::Failed { .. } => true,
            DocumentState::Searchable => self.coverage.silent() + self.coverage.doubtful > 0,
            DocumentState::Pending | DocumentState::Duplicate { .. } => false,
        }
    }
}

/// One file of the watched folder as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Stays the same through renames and changes.
    pub id: DocumentId,
    /// Relative to the watched folder, with `/` between names.
    pub path: String,
    /// The first-level folder.
    pub collection: Collection,
    /// The format.
    pub kind: FileKind,
    /// From the document itself where it has a title, else the file's name without its extension.
    pub title: String,
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// Modification time of the file, milliseconds since 1970.
    pub modified_ms: i64,
    /// Where it stands.
    pub state: DocumentState,
    /// The generation that answers, if one does.
    pub generation: Option<GenerationId>,
    /// Pages, slides or sheets, as they were last read; 0 for formats without them.
    pub pages: u32,
    /// What became of them. A file without pages counts as one.
    pub coverage: PageCounts,
    /// Passages of the visible generation.
    pub passages: u32,
    /// When the state last changed, milliseconds since 1970.
    pub updated_ms: i64,
}
