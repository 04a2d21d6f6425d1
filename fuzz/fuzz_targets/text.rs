//! Fuzzes the reader of plain text and its encoding.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("text", data));
