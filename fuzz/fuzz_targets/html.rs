//! Fuzzes the reader of HTML.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("html", data));
