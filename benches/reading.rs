//! How long reading takes, without recognising text and without embedding: small files of every format, where the processes'
//! starts weigh, and PDFs of many pages.
//!
//! `cargo bench --profile dev --bench reading [-- FOLDER ...]`; without FOLDER the files in `../shared/data/docling` and
//! `../shared/data/tabula`. Each file is read as the server reads it, in a process of its own under all of its bounds, one
//! file after the other and as many at once as there are cores. What is printed is the time from end to end: whatever is
//! done ahead for the next file is in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gemba::config::Config;
use gemba::domain::{FileKind, PageFate};
use gemba::ingest::isolation::{Leash, Printing, Readers};
use gemba::ingest::parse::Limits;

/// Rounds over the same files; the best one counts, for the machine may be busy with other things.
const ROUNDS: usize = 3;
/// From so many pages on, a file is a long one.
const LONG: u64 = 8;
/// A file is small up to so many bytes, if it has no pages.
const SMALL: u64 = 100_000;

/// A file, as what it is read, and how many of its pages have text; 1 where it has none.
type Sample = (PathBuf, FileKind, u64);

fn main() -> anyhow::Result<()> {
    // Files are read by processes of this same program.
    if gemba::ingest::isolation::asked() {
        gemba::ingest::isolation::serve();
        return Ok(());
    }
    let mut folders: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .map(PathBuf::from)
        .collect();
    if folders.is_empty() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
        folders = ["docling", "tabula"].map(|name| data.join(name)).to_vec();
    }
    let files: Vec<(PathBuf, FileKind)> = folders
        .iter()
        .filter_map(|folder| folder.canonicalize().ok())
        .flat_map(walkdir::WalkDir::new)
        .filter_map(Result::ok)
        .filter(|entry| {
            !entry
                .path()
                .components()
                .any(|part| part.as_os_str() == "groundtruth")
        })
        .filter_map(|entry| {
            let kind = FileKind::of_path(&entry.path().to_string_lossy())?;
            let small =
                kind == FileKind::Pdf || entry.metadata().is_ok_and(|metadata| metadata.len() <= SMALL);
            small.then(|| (entry.into_path(), kind))
        })
        .collect();
    if files.is_empty() {
        println!(
            "skipped: name a folder of documents, as in `cargo bench --profile dev --bench reading -- FOLDER`"
        );
        return Ok(());
    }

    let mut config = Config::default();
    if let Some(runtime) = std::env::var_os("GEMBA_RUNTIME") {
        config.runtime = runtime.into();
    }
    config.ocr.enabled = false;
    let work = tempfile::tempdir()?;
    let memory = config.documents.max_parse_memory_megabytes << 20;
    let office = Printing {
        config: &config.office,
        folder: &work.path().join("printed"),
    };
    let reading = work.path().join("reading");
    let readers = Readers::apart(&config.runtime, &reading, memory, config.ocr, office)?;

    let mut groups: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
    for (file, kind) in files {
        let pages = pages_with_text(&readers, &file, kind);
        let name = match (kind, pages) {
            (_, 0) => continue,
            (FileKind::Pdf, LONG..) => "long pdf".to_owned(),
            (kind, _) => format!("small {}", kind.as_str()),
        };
        groups.entry(name).or_default().push((file, kind, pages));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for (name, files) in groups {
        let pages: u64 = files.iter().map(|(.., pages)| pages).sum();
        println!("{name}: {} files with {pages} pages that have text", files.len());
        for at_once in [1, cores] {
            let best = (0..ROUNDS)
                .map(|_| read_all(&readers, &files, at_once))
                .min()
                .unwrap_or_default()
                .as_secs_f64();
            println!(
                "  {at_once} at once: {:.1} pages/s, {:.2} ms a file",
                pages as f64 / best,
                1_000.0 * best * at_once as f64 / files.len() as f64
            );
        }
    }
    Ok(())
}

fn pages_with_text(readers: &Readers, file: &Path, kind: FileKind) -> u64 {
    let outline = readers.read(file, kind, &Limits::default(), &Leash::default(), &mut |_| {
        std::ops::ControlFlow::Continue(())
    });
    outline.map_or(0, |outline| {
        let runs = outline.coverage.runs();
        let with_text = runs.iter().filter(|run| run.fate == PageFate::Text);
        with_text.map(|run| u64::from(run.pages())).sum()
    })
}

fn read_all(readers: &Readers, files: &[Sample], at_once: usize) -> Duration {
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some((file, kind, _)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    pages_with_text(readers, file, *kind);
                }
            });
        }
    });
    began.elapsed()
}
