//! Fuzzes the reader of Outlook's messages.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("msg", data));
