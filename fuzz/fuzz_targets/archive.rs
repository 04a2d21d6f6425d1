//! Fuzzes the reader of zip and tar archives.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("archive", data));
