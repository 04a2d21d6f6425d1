//! Fuzzes the reader of merged cells of binary workbooks.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("merged", data));
