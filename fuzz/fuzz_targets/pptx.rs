//! Fuzzes the reader of presentations.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("pptx", data));
