//! Fuzzes the reader of subtitles.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("subtitles", data));
