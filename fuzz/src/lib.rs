//! What the fuzz targets share: how bytes become a file, and which panics count.
//!
//! A panic in Gemba's own code ends the run. One in a library that it uses costs a reading process its file and nothing
//! else, so it is told of once for each place, its file is kept in the folder `GEMBA_FUZZ_CAUGHT`, and the run goes on.

mod memory;
mod parts;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::PathBuf;
use std::process;
use std::sync::{LazyLock, Mutex, Once};

pub use gemba::domain::FileKind;
pub use parts::{listed, packed};

#[cfg(not(fuzzing))]
compile_error!("build the targets with `fuzz/run` or with `cargo fuzz`: they need `--cfg fuzzing`");

/// Hands `data` to the reader of the target of this name. A list of parts is packed into an archive before.
pub fn read(target: &str, data: &[u8]) {
    let whole = packed(data);
    let reader = reader(target).unwrap_or_else(|| panic!("{target} is no target"));
    guarded(&whole, || match reader {
        Reader::File(kind) => gemba::ingest::parse::hostile::read(kind, &whole, &RUNTIME),
        Reader::Bytes(read) => read(&whole),
    });
}

/// The folder of the native libraries.
static RUNTIME: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::var_os("GEMBA_RUNTIME").map_or_else(PathBuf::new, PathBuf::from));

enum Reader {
    File(FileKind),
    Bytes(fn(&[u8])),
}

fn reader(target: &str) -> Option<Reader> {
    Some(match target {
        "layout" => Reader::Bytes(gemba::ingest::parse::hostile::layout),
        "wire" => Reader::Bytes(gemba::ingest::isolation::hostile::listen),
        "ignored" => Reader::Bytes(gemba::ingest::parse::hostile::ignored),
        "recognition" => Reader::Bytes(gemba::ingest::parse::hostile::recognition),
        "merged" => Reader::Bytes(gemba::ingest::parse::hostile::merged),
        "notes" => Reader::Bytes(gemba::ingest::parse::hostile::notes),
        "control" => Reader::Bytes(gemba::ingest::parse::hostile::control),
        "model_archive" => Reader::Bytes(gemba::models::hostile::unpack),
        // Messages of Outlook have a corpus of their own.
        "msg" => Reader::File(FileKind::Mail),
        format => Reader::File(FileKind::parse(format)?),
    })
}

thread_local! {
    static READING: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn guarded(data: &[u8], read: impl FnOnce()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| panic::set_hook(Box::new(tell)));
    READING.replace(data.to_vec());
    memory::begin();
    let _ = panic::catch_unwind(AssertUnwindSafe(read));
    if let Some(bytes) = memory::beyond() {
        eprintln!("{bytes} bytes of memory were taken for a file of {}", data.len());
        process::abort();
    }
}

fn tell(panicked: &PanicHookInfo<'_>) {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let Some(place) = panicked.location().map(ToString::to_string) else {
        process::abort()
    };
    let Some((_, library)) = place.split_once("/registry/src/") else {
        eprintln!("{panicked}\n{}", std::backtrace::Backtrace::force_capture());
        process::abort();
    };
    let is_new = TOLD.lock().is_ok_and(|mut told| told.insert(library.to_owned()));
    if !is_new {
        return;
    }
    eprintln!("CAUGHT in a library: {library}: {panicked}");
    if let Some(folder) = std::env::var_os("GEMBA_FUZZ_CAUGHT") {
        let mut name = DefaultHasher::new();
        library.hash(&mut name);
        let path = PathBuf::from(folder).join(format!("{:016x}", name.finish()));
        if !path.exists() {
            READING.with_borrow(|data| drop(std::fs::write(path, data)));
        }
    }
}
