//! Fuzzes the reader of pictures.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("image", data));
