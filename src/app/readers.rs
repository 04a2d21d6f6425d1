//! The processes that read files: how they are started, and what is said where this system cannot lock them in.

use std::path::Path;

use super::health::{Check, State};
use crate::config::Config;
use crate::ingest::isolation::{Confinement, IsolationError, Printing, Readers};
use crate::ingest::parse::{EXPECTED_LANGUAGES, Ocr};

/// What is said where pdfium is not there.
const NO_PDFIUM: &str = "pdfium is not in the runtime folder or cannot be loaded: PDF files are read by a simpler \
                         reader and have no pictures of pages; run the set-up again to have pdfium back";

/// Reads files in processes that work in `folder`; what this system lacks for that is logged.
/// `printed` keeps the pages of Office files; it is made when there are some.
pub(crate) fn open(config: &Config, folder: &Path, printed: &Path) -> Result<Readers, IsolationError> {
    let memory = config.documents.max_parse_memory_megabytes << 20;
    let office = Printing {
        config: &config.office,
        folder: printed,
    };
    let readers = Readers::apart(&config.runtime, folder, memory, config.ocr.clone(), office)?;
    if let Some(confinement) = readers.confinement() {
        for missing in confinement.missing() {
            tracing::warn!("{missing}");
        }
        if !confinement.pdfium {
            tracing::warn!("{NO_PDFIUM}");
        }
    }
    Ok(readers)
}

/// How the processes stand that a server would start.
pub(super) fn checks(config: &Config) -> Vec<Check> {
    let what = "reading files";
    let probed = tempfile::tempdir()
        .map_err(|error| error.to_string())
        .and_then(|folder| {
            let (reading, printed) = (folder.path().join("reading"), folder.path().join("printed"));
            open(config, &reading, &printed).map_err(|error| error.to_string())
        });
    let readers = match probed {
        Ok(readers) => readers,
        Err(error) => return vec![Check::new(what, State::Wrong, error)],
    };
    let mut checks = readers.confinement().map(checked).unwrap_or_default();
    checks.push(recognition(&readers.ocr()));
    checks.push(office(config, &readers));
    checks
}

/// Whether the pages of Office files can be shown.
fn office(config: &Config, readers: &Readers) -> Check {
    let what = "pages of Office files";
    if !config.office.enabled {
        return Check::new(
            what,
            State::Note,
            "switched off by office.enabled: they are shown as text alone",
        );
    }
    if readers.can_print() {
        return Check::new(
            what,
            State::Good,
            "LibreOffice lays them out, so they can be seen as pictures",
        );
    }
    Check::new(
        what,
        State::Note,
        "LibreOffice is not there, so Word, Excel, PowerPoint and OpenDocument files are shown as text alone: to see their \
         pages with what is cited marked, install libreoffice-writer-nogui libreoffice-impress-nogui \
         libreoffice-calc-nogui (Debian's names; about 450 MB)",
    )
}

/// Which languages text is recognised in, and which are missing.
fn recognition(ocr: &Ocr) -> Check {
    let what = "text recognition";
    if ocr.is_off() {
        return Check::new(
            what,
            State::Note,
            "switched off by ocr.enabled: pages that are pictures are not searched",
        );
    }
    let (there, missing): (Vec<_>, Vec<_>) = EXPECTED_LANGUAGES
        .iter()
        .partition(|(language, _)| ocr.languages().iter().any(|known| known == language));
    let packages: Vec<&str> = missing.iter().map(|(_, package)| *package).collect();
    let packages = packages.join(" ");
    if !ocr.is_ready() {
        let found = format!(
            "tesseract is not installed, so pages that are pictures are not searched: install tesseract-ocr \
             tesseract-ocr-osd {packages} (Debian's names); what waits for it is read again then"
        );
        return Check::new(what, State::Note, found);
    }
    let languages = ocr.languages().join(", ");
    if there.len() == EXPECTED_LANGUAGES.len() {
        return Check::new(what, State::Good, format!("tesseract reads {languages}"));
    }
    let found = format!(
        "tesseract reads {languages}; for the others install {packages}, or name those in ocr.languages"
    );
    Check::new(what, State::Note, found)
}

fn checked(confinement: &Confinement) -> Vec<Check> {
    let what = "reading files";
    let missing: Vec<&str> = confinement.missing().collect();
    let apart = if missing.is_empty() {
        let found = "each in a process of its own that can open nothing else, reach no network, and has bounded memory";
        Check::new(what, State::Good, found)
    } else {
        let found = format!("each in a process of its own, but {}", missing.join("; "));
        Check::new(what, State::Note, found)
    };
    let pdfium = if confinement.pdfium {
        Check::new("pdfium", State::Good, "it is there")
    } else {
        Check::new("pdfium", State::Note, NO_PDFIUM)
    };
    vec![apart, pdfium]
}
