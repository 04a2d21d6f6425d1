//! Fuzzes the reader of PDF, through pdfium where `GEMBA_RUNTIME` names its folder.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("pdf", data));
