//! Fuzzes the reader of Markdown.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("markdown", data));
