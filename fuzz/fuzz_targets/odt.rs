//! Fuzzes the reader of OpenDocument texts.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("odt", data));
