//! How many pages of born-digital PDFs are read in a second, without recognising text and without embedding.
//!
//! `cargo bench --profile dev --bench reading [-- FOLDER ...]`; without FOLDER the PDFs in `../shared/data/docling` and
//! `../shared/data/tabula`. Each file is read as the server reads it, in a process of its own under all of its bounds.
//! Printed are the pages that have text of their own, one file at a time and as many at once as there are cores, over
//! small files, where the processes' starts weigh, and over those of many pages.

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
        folders = ["docling/pdf", "tabula"].map(|name| data.join(name)).to_vec();
    }
    let files: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| folder.canonicalize().ok())
        .flat_map(walkdir::WalkDir::new)
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "pdf"))
        .collect();
    if files.is_empty() {
        println!(
            "skipped: name a folder of PDFs, as in `cargo bench --profile dev --bench reading -- FOLDER`"
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

    let pages: Vec<(PathBuf, u64)> = files
        .into_iter()
        .map(|file| (pages_with_text(&readers, &file), file))
        .filter(|(pages, _)| *pages > 0)
        .map(|(pages, file)| (file, pages))
        .collect();
    let (long, small): (Vec<_>, Vec<_>) = pages.into_iter().partition(|(_, pages)| *pages >= LONG);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for (name, files) in [("small files", &small), ("long files", &long)] {
        if files.is_empty() {
            continue;
        }
        let pages: u64 = files.iter().map(|(_, pages)| pages).sum();
        println!("{name}: {} with {pages} pages that have text", files.len());
        for at_once in [1, cores] {
            let best = (0..ROUNDS)
                .map(|_| read_all(&readers, files, at_once))
                .min()
                .unwrap_or_default()
                .as_secs_f64();
            println!(
                "  {at_once} at once: {:.1} pages/s, {:.1} ms a file",
                pages as f64 / best,
                1_000.0 * best * at_once as f64 / files.len() as f64
            );
        }
    }
    Ok(())
}

fn pages_with_text(readers: &Readers, file: &Path) -> u64 {
    let outline = readers.read(
        file,
        FileKind::Pdf,
        &Limits::default(),
        &Leash::default(),
        &mut |_| std::ops::ControlFlow::Continue(()),
    );
    outline.map_or(0, |outline| {
        let runs = outline.coverage.runs();
        let with_text = runs.iter().filter(|run| run.fate == PageFate::Text);
        with_text.map(|run| u64::from(run.pages())).sum()
    })
}

fn read_all(readers: &Readers, files: &[(PathBuf, u64)], at_once: usize) -> Duration {
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some((file, _)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    pages_with_text(readers, file);
                }
            });
        }
    });
    began.elapsed()
}
