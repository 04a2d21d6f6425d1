//! Fuzzes the reader of AsciiDoc.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("asciidoc", data));
