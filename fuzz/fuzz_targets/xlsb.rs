//! Fuzzes the reader of binary workbooks.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("xlsb", data));
