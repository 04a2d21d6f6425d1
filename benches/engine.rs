//! How fast the engine reads and writes with a model: `GEMBA_BENCH_MODEL=FOLDER cargo bench --bench engine`.
//!
//! `GEMBA_BENCH_THREADS` sets the threads, `GEMBA_BENCH_CONTEXT` the tokens of a prompt, `GEMBA_BENCH_CHUNK` and
//! `GEMBA_BENCH_CHUNK_ALONE` how prompts are cut.

use std::path::PathBuf;
use std::time::Instant;

use gemba::engine::{Engine, Options, Threads, measure};

fn number(name: &str, otherwise: usize) -> usize {
    let named = std::env::var(name).ok().and_then(|text| text.parse().ok());
    named.unwrap_or(otherwise)
}

/// Megabytes that the system says this process has.
fn in_memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kilobytes.unwrap_or(0) >> 10
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(folder) = std::env::var_os("GEMBA_BENCH_MODEL").map(PathBuf::from) else {
        println!("skipped: GEMBA_BENCH_MODEL names no folder of a model");
        return Ok(());
    };
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let runtime = std::env::var_os("GEMBA_RUNTIME").map_or(home.join(".cache/gemba/runtime"), PathBuf::from);
    let environment = ort::init_from(runtime.join("libonnxruntime.so"))?
        .with_name("bench")
        .build()?;
    let context = number("GEMBA_BENCH_CONTEXT", 512);
    let options = Options {
        threads: Threads(number("GEMBA_BENCH_THREADS", Threads::default().0)),
        context: context + measure::BEYOND,
        chunk: number("GEMBA_BENCH_CHUNK", Options::default().chunk),
        chunk_alone: number("GEMBA_BENCH_CHUNK_ALONE", Options::default().chunk_alone),
        ..Options::default()
    };
    let started = Instant::now();
    let engine = Engine::load(&environment, &folder, &options)?;
    println!(
        "load             {:8.2} s, {} MB in memory, {} MB of weights in files",
        started.elapsed().as_secs_f64(),
        in_memory("VmRSS:"),
        engine.shape().graph.weight_bytes >> 20,
    );
    measure::measure(&engine, context, &mut |line| println!("{line}"))?;
    println!("memory           {:8} MB at most", in_memory("VmHWM:"));
    Ok(())
}
