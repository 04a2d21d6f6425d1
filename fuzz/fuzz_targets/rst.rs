//! Fuzzes the reader of reStructuredText.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("rst", data));
