//! Fuzzes the reader of web archives.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("mhtml", data));
