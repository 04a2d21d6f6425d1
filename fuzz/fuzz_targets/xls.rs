//! Fuzzes the reader of workbooks of Excel 97 to 2003.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("xls", data));
