//! Fuzzes the numbers of controlled documents.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("control", data));
