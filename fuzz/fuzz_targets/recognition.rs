//! Fuzzes the table of words that tesseract writes, and the page that is made of it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("recognition", data));
