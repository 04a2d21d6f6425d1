//! What people have added to the properties of a PDF: Acrobat and Word write them into its Info dictionary, under whatever name
//! they have. pdfium does not list them, so it is asked for those that tell of a controlled document.

use std::collections::BTreeMap;
use std::ffi::c_ulong;
use std::path::Path;
use std::ptr::null_mut;

use pdfium_render::prelude::PdfiumLibraryBindingsAccessor;

use super::PdfLibrary;
use super::properties::put;
use crate::domain::FilePassword;
use crate::ingest::announced;

/// A longer entry is none that a person wrote.
const LONGEST_BYTES: c_ulong = 4 << 10;

/// Puts into `properties` what the file at `path` has of them, named as those that people add to Office files.
pub(super) fn read(
    library: PdfLibrary,
    path: &Path,
    password: Option<&FilePassword>,
    properties: &mut BTreeMap<String, String>,
) {
    let Some(path) = path.to_str() else { return };
    let bindings = library.pdfium().bindings();
    // The wrapper keeps the document that it has open to itself, so it is opened once more.
    // SAFETY: what is loaded is asked below and closed once; nothing of it is kept.
    let document = unsafe { bindings.FPDF_LoadDocument(path, password.map(FilePassword::reveal)) };
    if document.is_null() {
        return;
    }
    let entry = |name: &str| -> Option<String> {
        // SAFETY: the document is open, and nothing is written where no room is given.
        let length = unsafe { bindings.FPDF_GetMetaText(document, name, null_mut(), 0) };
        if length > LONGEST_BYTES {
            return None;
        }
        let mut units = vec![0_u16; usize::try_from(length).ok()? / 2];
        // SAFETY: there is room for as many bytes as are said to be there, and no more are written.
        unsafe { bindings.FPDF_GetMetaText(document, name, units.as_mut_ptr().cast(), length) };
        let text = String::from_utf16_lossy(&units);
        Some(text.trim_end_matches('\0').to_owned())
    };
    for (word, forms) in announced::forms() {
        let mut said = forms.iter().filter_map(|form| entry(form));
        if let Some(value) = said.find(|value| !value.trim().is_empty()) {
            put(properties, &format!("custom.{word}"), &value);
        }
    }
    // SAFETY: it was opened above, and is asked no more.
    unsafe { bindings.FPDF_CloseDocument(document) };
}
