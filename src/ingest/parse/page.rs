//! Why a page has no text though something is on it, in sentences that say what to do.

use crate::domain::{PageFate, Reason};

/// What keeps a page from having text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PageTrouble {
    /// It is a scan, or a drawing.
    #[error("the page is a picture: run text recognition (OCR) over the file and drop the result")]
    Scan,
    /// A slide of pictures.
    #[error("the slide holds only pictures, which are not read: write what they say into its notes")]
    Slide,
    /// The file is broken here.
    #[error("the page is damaged: open the file in its program, save it anew and drop it again")]
    Damaged,
}

impl PageTrouble {
    /// What became of the page.
    pub(super) fn fate(&self) -> PageFate {
        let named = |code: &str| Reason::new(code, self.to_string());
        match self {
            Self::Scan => PageFate::Picture {
                reason: named("scan"),
            },
            Self::Slide => PageFate::Picture {
                reason: named("slide-of-pictures"),
            },
            Self::Damaged => PageFate::Failed {
                reason: named("page-damaged"),
            },
        }
    }
}
