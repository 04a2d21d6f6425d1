//! How fast the engine reads and writes with a model: `GEMBA_BENCH_MODEL=FOLDER cargo bench --bench engine`.
//!
//! Prompts are of random tokens, so any export of any model will do. `GEMBA_BENCH_THREADS` sets the threads,
//! `GEMBA_BENCH_CONTEXT` the tokens of a prompt.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::executor::block_on;
use gemba::engine::{Engine, EngineError, Event, Generation, Options, Prompt, Request, Threads, Usage};

const ANSWER: usize = 64;
const FOLLOW_UP: usize = 24;

fn number(name: &str, otherwise: usize) -> usize {
    let named = std::env::var(name).ok().and_then(|text| text.parse().ok());
    named.unwrap_or(otherwise)
}

/// Tokens that look random and are the same in every run.
fn tokens(seed: u64, count: usize, vocabulary: usize) -> Vec<u32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(state % vocabulary as u64).unwrap_or_default()
    };
    (0..count).map(|_| next()).collect()
}

fn ask(prompt: &[u32], answer: usize, guess: bool) -> Request {
    Request {
        max_tokens: Some(answer),
        ignore_end: true,
        guess,
        ..Request::new(Prompt::Tokens(prompt.to_vec()))
    }
}

fn hear(mut generation: Generation) -> Result<Usage, EngineError> {
    block_on(async {
        while let Some(event) = generation.next().await {
            if let Event::Done(usage) = event? {
                return Ok(usage);
            }
        }
        Err(EngineError::Stopped("the answer has no end".to_owned()))
    })
}

fn a_second(tokens: usize, time: Duration) -> f64 {
    tokens as f64 / time.as_secs_f64()
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
        context: context + ANSWER * 2 + FOLLOW_UP + 2,
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
    let vocabulary = engine.shape().vocabulary;

    hear(engine.submit(ask(&tokens(99, 32, vocabulary), 4, false))?)?;
    let prompt = tokens(0, context, vocabulary);
    let cold = hear(engine.submit(ask(&prompt, ANSWER, false))?)?;
    println!(
        "prefill {context:5}    {:8.1} tokens/s",
        a_second(context, cold.first_token)
    );
    let follow_up = [&prompt[..], &tokens(50, FOLLOW_UP, vocabulary)].concat();
    let warm = hear(engine.submit(ask(&follow_up, 1, false))?)?;
    println!(
        "first token      {:8.0} ms cold, {:.0} ms after {} reused tokens: {:.1} %",
        cold.first_token.as_secs_f64() * 1e3,
        warm.first_token.as_secs_f64() * 1e3,
        warm.reused_tokens,
        100.0 * warm.first_token.as_secs_f64() / cold.first_token.as_secs_f64(),
    );

    for streams in [1, 2, 4, 8] {
        let prompts: Vec<Vec<u32>> = (0..streams)
            .map(|seed| tokens(seed, context, vocabulary))
            .collect();
        // Once to have the prompts in the cache, so that what is measured then is decoding.
        for prompt in &prompts {
            hear(engine.submit(ask(prompt, 1, false))?)?;
        }
        let before = engine.figures();
        let started = Instant::now();
        let asked: Vec<Generation> = prompts
            .iter()
            .map(|prompt| engine.submit(ask(prompt, ANSWER, false)))
            .collect::<Result<_, _>>()?;
        let usages: Vec<Usage> = asked.into_iter().map(hear).collect::<Result<_, _>>()?;
        let elapsed = started.elapsed();
        let after = engine.figures();
        let (busy, running) = (after.busy - before.busy, after.running - before.running);
        let outside = 100.0 * (1.0 - running.as_secs_f64() / busy.as_secs_f64());
        let last = usages
            .iter()
            .map(|usage| usage.first_token)
            .max()
            .unwrap_or_default();
        println!(
            "decode x{streams}        {:8.1} tokens/s, {outside:.2} % outside the runtime, last first token {:.0} ms",
            a_second(streams as usize * ANSWER, elapsed),
            last.as_secs_f64() * 1e3,
        );
    }

    // A prompt that repeats itself, as passages that are quoted do, and one in which nothing comes twice.
    let passage = tokens(7, context / 8, vocabulary);
    for (name, prompt) in [
        ("repeating", passage.repeat(8)),
        ("random", tokens(8, context, vocabulary)),
    ] {
        let mut speeds = Vec::new();
        for guess in [false, true] {
            hear(engine.submit(ask(&prompt, 1, false))?)?;
            let usage = hear(engine.submit(ask(&prompt, ANSWER * 2, guess))?)?;
            let time = usage.total.saturating_sub(usage.first_token);
            speeds.push((a_second(usage.answer_tokens - 1, time), usage));
        }
        let [(plain, _), (guessed, usage)] = speeds[..] else {
            continue;
        };
        println!(
            "guessing {name:9} {guessed:6.1} tokens/s, {:.2} times {plain:.1}; {} of {} guesses right",
            guessed / plain,
            usage.accepted_tokens,
            usage.guessed_tokens,
        );
    }
    let asked: Vec<Generation> = (100..108)
        .map(|seed| engine.submit(ask(&tokens(seed, context, vocabulary), 16, false)))
        .collect::<Result<_, _>>()?;
    let usages: Vec<Usage> = asked.into_iter().map(hear).collect::<Result<_, _>>()?;
    let worst = usages
        .iter()
        .map(|usage| usage.first_token)
        .max()
        .unwrap_or_default();
    println!(
        "8 at once        {:8.1} s to the last first token, {:.2} times 8 prefills alone",
        worst.as_secs_f64(),
        worst.as_secs_f64() / (8.0 * cold.first_token.as_secs_f64()),
    );
    println!("memory           {:8} MB at most", in_memory("VmHWM:"));
    Ok(())
}
