//! Fuzzes the reader of PowerPoint 97 to 2003.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("ppt", data));
