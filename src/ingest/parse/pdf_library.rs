//! The pdfium library, loaded once a process.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use pdfium_render::prelude::Pdfium;

/// Its name in the runtime folder.
pub const PDF_LIBRARY: &str = "libpdfium.so";

/// The one library of this process. pdfium keeps global state and can be initialised only once.
static LOADED: Mutex<Option<&'static Pdfium>> = Mutex::new(None);

/// pdfium, ready to read. Cheap to copy; its calls are serialised inside.
#[derive(Clone, Copy)]
pub struct PdfLibrary {
    pdfium: &'static Pdfium,
}

/// Where pdfium lies. It is loaded when the first PDF is met: most files are none, and it takes a third of the time in which
/// a short one is read.
#[derive(Debug, Clone, Default)]
pub struct PdfLibraryAt(Option<PathBuf>);

impl PdfLibraryAt {
    /// The library is the file at `path`, if it can be loaded.
    pub fn new(path: PathBuf) -> Self {
        Self(Some(path))
    }

    /// The library; nothing where there is none.
    pub fn load(&self) -> Option<PdfLibrary> {
        PdfLibrary::load(self.0.as_deref()?).ok()
    }
}

/// The library could not be loaded; PDF files are then read by the fallback.
#[derive(Debug, thiserror::Error)]
#[error(
    "pdfium could not be loaded from {path} ({reason}): PDF files are read by a simpler reader; run the set-up again to have pdfium back"
)]
pub struct PdfLibraryError {
    path: String,
    reason: String,
}

impl PdfLibrary {
    /// Loads `libpdfium.so` from `path`. A second call gives back what the first one loaded.
    pub fn load(path: &Path) -> Result<Self, PdfLibraryError> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pdfium) = *loaded {
            return Ok(Self { pdfium });
        }
        let bindings = Pdfium::bind_to_library(path).map_err(|error| PdfLibraryError {
            path: path.display().to_string(),
            reason: error.to_string(),
        })?;
        let pdfium: &'static Pdfium = Box::leak(Box::new(Pdfium::new(bindings)));
        *loaded = Some(pdfium);
        Ok(Self { pdfium })
    }

    /// The library itself.
    pub(super) fn pdfium(self) -> &'static Pdfium {
        self.pdfium
    }
}

impl std::fmt::Debug for PdfLibrary {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PdfLibrary")
    }
}
