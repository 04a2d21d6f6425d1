//! Fuzzes the reader of comma- and tab-separated values.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("csv", data));
