//! Fuzzes archives of models.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("model_archive", data));
