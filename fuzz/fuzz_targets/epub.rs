//! Fuzzes the reader of electronic books.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("epub", data));
