//! Fuzzes the layout of PDF pages.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("layout", data));
