//! Fuzzes the reader of Rich Text Format.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("rtf", data));
