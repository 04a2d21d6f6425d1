//! Fuzzes the reader of what stands beside the cells of binary workbooks.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("notes", data));
