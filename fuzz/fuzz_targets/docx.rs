//! Fuzzes the reader of Word documents.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("docx", data));
