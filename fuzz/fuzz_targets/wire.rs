//! Fuzzes what a reading process says to the server.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("wire", data));
