//! Any of the targets, by the name in `GEMBA_FUZZ_TARGET`: `fuzz/run` builds this one program for all of them.
#![no_main]

use std::sync::LazyLock;

static TARGET: LazyLock<String> =
    LazyLock::new(|| std::env::var("GEMBA_FUZZ_TARGET").expect("GEMBA_FUZZ_TARGET names a target"));

libfuzzer_sys::fuzz_target!(|data: &[u8]| gemba_fuzz::read(&TARGET, data));
