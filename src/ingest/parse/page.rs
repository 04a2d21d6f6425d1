//! Why a page has no text though something is on it, in sentences that say what to do.

use crate::domain::{OCR_LATER, PageFate, Reason};

/// What keeps a page from having text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PageTrouble {
    /// A picture, and nothing on this machine that recognises text.
    #[error(
        "the page is a picture and no text recognition is installed: install tesseract-ocr with its languages, then \
         retry"
    )]
    OcrMissing,
    /// A picture, and nobody wants it recognised.
    #[error("the page is a picture and text recognition is switched off: set ocr.enabled, then retry")]
    OcrOff,
    /// A picture whose turn is still to come.
    #[error("the page is a picture whose text is recognised in its turn: nothing needs to be done")]
    OcrLater,
    /// A picture in which no text was recognised.
    #[error(
        "no text was recognised in the picture on this page: if there is some, scan it anew, larger or sharper, and drop \
         the result"
    )]
    OcrNothing,
    /// It took too long.
    #[error(
        "recognising this page took longer than {seconds} s and was given up: raise ocr.page_seconds, then retry"
    )]
    OcrSlow {
        /// The limit.
        seconds: u64,
    },
    /// All pages of the file together took too long.
    #[error(
        "recognising the pages of this file took longer than {seconds} s, so this one was left out: split the file, or \
         raise ocr.file_seconds and retry"
    )]
    OcrLimit {
        /// The limit.
        seconds: u64,
    },
    /// The program failed.
    #[error("the text recognition failed on this page ({detail}): retry, or scan the page anew")]
    OcrFailed {
        /// What it said.
        detail: String,
    },
    /// Its letters mean nothing, and nothing on this machine recognises them.
    #[error(
        "the text of this page is garbled, as its fonts do not say which letters they draw, and could not be recognised: \
         install tesseract-ocr with its languages and retry, or print the file to PDF anew"
    )]
    Garbled,
    /// Its letters mean nothing, and what was recognised in their place is not sure enough.
    #[error(
        "the text of this page is garbled, as its fonts do not say which letters they draw, and what was recognised in \
         its place is too unsure: print the file to PDF anew"
    )]
    GarbledUnsure,
    /// Nobody scans so large a sheet.
    #[error(
        "the picture has {megapixels} million pixels, more than the {limit} that are read: scan it smaller and drop the result"
    )]
    PictureTooLarge {
        /// Millions of pixels.
        megapixels: u64,
        /// What is allowed.
        limit: u64,
    },
    /// A picture that is kept in a way that is not read.
    #[error(
        "the picture is kept in a form that is not read ({detail}): save it as PDF, or as TIFF with the compression G4, LZW or JPEG, and drop the result"
    )]
    Form {
        /// What form, in a few words.
        detail: String,
    },
    /// A page of pictures that came after as many as are recognised.
    #[error(
        "the document has more than {limit} different pictures, and this page only those that were left out: split the file and drop its parts"
    )]
    TooManyPictures {
        /// What is allowed.
        limit: usize,
    },
    /// A slide of pictures.
    #[error("the slide holds only pictures, which are not read: write what they say into its notes")]
    Slide,
    /// The file is broken here.
    #[error("the page is damaged: open the file in its program, save it anew and drop it again")]
    Damaged,
}

/// Codes of the reasons that go away when text recognition is installed or switched on.
pub const WAITS_FOR_OCR: [&str; 3] = ["ocr-missing", "ocr-off", "garbled"];

impl PageTrouble {
    /// Whether recognition was tried, or would have been but for a limit: not where nobody wants it, or nothing was there.
    pub(super) fn is_failure(&self) -> bool {
        matches!(self.fate(), PageFate::Failed { .. } | PageFate::Skipped { .. })
    }

    /// What became of the page.
    pub(super) fn fate(&self) -> PageFate {
        let named = |code: &str| Reason::new(code, self.to_string());
        let picture = |reason| PageFate::Picture { reason };
        let failed = |reason| PageFate::Failed { reason };
        match self {
            Self::OcrMissing => picture(named("ocr-missing")),
            Self::OcrOff => picture(named("ocr-off")),
            Self::OcrLater => picture(named(OCR_LATER)),
            Self::OcrNothing => picture(named("ocr-nothing")),
            Self::OcrSlow { seconds } => PageFate::Skipped {
                reason: named("ocr-slow").with("seconds", seconds),
            },
            Self::OcrLimit { seconds } => PageFate::Skipped {
                reason: named("ocr-limit").with("seconds", seconds),
            },
            Self::PictureTooLarge { megapixels, limit } => PageFate::Skipped {
                reason: named("picture-too-large")
                    .with("megapixels", megapixels)
                    .with("limit", limit),
            },
            Self::OcrFailed { detail } => failed(named("ocr-failed").with("detail", detail)),
            Self::Garbled => failed(named("garbled")),
            Self::GarbledUnsure => failed(named("garbled-unsure")),
            Self::Form { detail } => failed(named("picture-form").with("detail", detail)),
            Self::TooManyPictures { limit } => PageFate::Skipped {
                reason: named("too-many-pictures").with("limit", limit),
            },
            Self::Slide => picture(named("slide-of-pictures")),
            Self::Damaged => failed(named("page-damaged")),
        }
    }
}
