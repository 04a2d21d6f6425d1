//! Fuzzes the reader of JSON and lines of it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("json", data));
