//! Fuzzes the reader of mails and mailboxes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read("mail", data));
