//! How fast a loaded model reads and writes: what `gemba models try --bench` and `benches/engine.rs` print.
//!
//! Prompts are of random tokens, so any export of any model will do: what it says does not matter. Nobody else may use
//! the model meanwhile.

use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::executor::block_on;

use super::bandwidth::Memory;
use super::{Engine, EngineError, Event, Generation, Prompt, Request, Sampling, Usage};

/// Tokens of an answer that is measured.
pub const ANSWER: usize = 64;
/// Tokens of a follow-up question.
pub const FOLLOW_UP: usize = 24;
/// Tokens that a measured sequence may have beyond its context.
pub const BEYOND: usize = 2 * ANSWER + FOLLOW_UP + 2;
/// Answers at the same time.
const STREAMS: [usize; 4] = [1, 2, 4, 8];
/// A temperature at which every token is about as likely as any other.
const SCATTERED: f32 = 50.0;
/// Tokens of a sentence that is copied, and of the mark behind it.
const SENTENCE: usize = 32;
const MARK: usize = 4;

/// Measures `engine` at `context` tokens, and tells each figure in a line as it is known.
///
/// # Errors
///
/// Those of [`Engine::submit`], and what a step fails with.
pub fn measure(engine: &Engine, context: usize, tell: &mut dyn FnMut(&str)) -> Result<(), EngineError> {
    let vocabulary = engine.shape().vocabulary;
    let context = context.min(engine.window().saturating_sub(BEYOND)).max(1);
    let hear = |request| hear(engine.submit(request)?);
    hear(ask(&tokens(99, 32, vocabulary), 4, false))?;

    let prompt = tokens(0, context, vocabulary);
    let cold = hear(ask(&prompt, ANSWER, false))?;
    tell(&format!(
        "prefill {context:5}    {:8.1} tokens/s",
        a_second(context, cold.first_token)
    ));
    let follow_up = [&prompt[..], &tokens(50, FOLLOW_UP, vocabulary)].concat();
    let warm = hear(ask(&follow_up, 1, false))?;
    tell(&format!(
        "first token      {:8.0} ms cold, {:.0} ms after {} reused tokens: {:.1} %",
        cold.first_token.as_secs_f64() * 1e3,
        warm.first_token.as_secs_f64() * 1e3,
        warm.reused_tokens,
        100.0 * warm.first_token.as_secs_f64() / cold.first_token.as_secs_f64(),
    ));
    for streams in STREAMS {
        // Read before and behind one answer, since what else the machine does falls on both; gone with this answer.
        let memory = (streams == 1).then(|| Memory::new(engine.threads().0)).flatten();
        let before = memory.as_ref().map(Memory::read);
        let (line, speed) = decode(engine, streams, context)?;
        tell(&line);
        match (&memory, before) {
            (Some(memory), Some(before)) => {
                let bandwidth = before.max(memory.read());
                limit(engine, context, bandwidth, speed, tell);
            }
            _ if streams == 1 => tell("memory             not read: too little of it is free"),
            _ => {}
        }
    }
    let prompt = tokens(8, context, vocabulary);
    tell(&guessing(engine, "nothing", &prompt, Vec::new())?);
    tell(&guessing(
        engine,
        "copying",
        &prompt,
        copied(&prompt, vocabulary),
    )?);
    let asked: Vec<Generation> = (100..108)
        .map(|seed| engine.submit(ask(&tokens(seed, context, vocabulary), 16, false)))
        .collect::<Result<_, _>>()?;
    let usages: Vec<Usage> = asked.into_iter().map(self::hear).collect::<Result<_, _>>()?;
    let worst = longest_first_token(&usages);
    tell(&format!(
        "8 at once        {:8.1} s to the last first token, {:.2} times 8 prefills alone",
        worst.as_secs_f64(),
        worst.as_secs_f64() / (8.0 * cold.first_token.as_secs_f64()),
    ));
    Ok(())
}

/// Where the physical limit of one answer lies: for each of its tokens all weights and the cache must come from memory.
fn limit(engine: &Engine, context: usize, bandwidth: f64, reached: f64, tell: &mut dyn FnMut(&str)) {
    let shape = engine.shape();
    let weights = shape.graph.read_bytes;
    let cache = shape.cache_bytes_per_token() * (context + ANSWER / 2) as u64;
    let limit = bandwidth / (weights + cache) as f64;
    tell(&format!(
        "read a token     {:8.1} MB: {:.1} MB of weights and {:.1} MB of cache",
        (weights + cache) as f64 / 1e6,
        weights as f64 / 1e6,
        cache as f64 / 1e6,
    ));
    tell(&format!(
        "memory           {:8.1} GB/s read by {} threads: {limit:.1} tokens/s at most, of which x1 reaches {:.0} %",
        bandwidth / 1e9,
        engine.threads().0,
        100.0 * reached / limit,
    ));
}

/// Several answers at the same time, their prompts computed before: a line, and the tokens a second.
fn decode(engine: &Engine, streams: usize, context: usize) -> Result<(String, f64), EngineError> {
    let prompts: Vec<Vec<u32>> = (0..streams)
        .map(|seed| tokens(seed as u64, context, engine.shape().vocabulary))
        .collect();
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
    let speed = a_second(streams * ANSWER, elapsed);
    let line = format!(
        "decode x{streams}        {speed:8.1} tokens/s, {:.2} % outside the runtime, last first token {:.0} ms",
        100.0 * (1.0 - running.as_secs_f64() / busy.as_secs_f64()),
        longest_first_token(&usages).as_secs_f64() * 1e3,
    );
    Ok((line, speed))
}

/// An answer as it is written from passages: sentences of the prompt, each with the mark of its source behind it.
fn copied(prompt: &[u32], vocabulary: usize) -> Vec<u32> {
    let mut answer = Vec::new();
    for (number, at) in [1, 5, 3].into_iter().enumerate() {
        let from = prompt.len() * at / 8;
        answer.extend(&prompt[from..(from + SENTENCE).min(prompt.len())]);
        answer.extend(tokens(500 + number as u64, MARK, vocabulary));
    }
    answer
}

/// The same answer with guessing and without it, turn about, so that what else the machine does falls on both: the one
/// that is `dictated`, or one of tokens that come as they will, of which nothing can be guessed.
fn guessing(engine: &Engine, name: &str, prompt: &[u32], dictated: Vec<u32>) -> Result<String, EngineError> {
    const TURNS: usize = 3;
    let length = if dictated.is_empty() {
        ANSWER
    } else {
        dictated.len()
    };
    let request = |guess| Request {
        sampling: Sampling {
            temperature: if dictated.is_empty() { SCATTERED } else { 0.0 },
            ..Sampling::default()
        },
        dictated: dictated.clone(),
        ..ask(prompt, length, guess)
    };
    hear(engine.submit(ask(prompt, 1, false))?)?;
    let (mut times, mut written) = ([Duration::ZERO; 2], [0; 2]);
    let (mut guessed, mut right) = (0, 0);
    for _ in 0..TURNS {
        for (place, guess) in [false, true].into_iter().enumerate() {
            let usage = hear(engine.submit(request(guess))?)?;
            times[place] += usage.total.saturating_sub(usage.first_token);
            written[place] += usage.answer_tokens.saturating_sub(1);
            guessed += usage.guessed_tokens;
            right += usage.accepted_tokens;
        }
    }
    let [plain, ahead] = [0, 1].map(|place| a_second(written[place], times[place]));
    Ok(format!(
        "guessing {name:9} {ahead:6.1} tokens/s, {:.2} times {plain:.1}; {right} of {guessed} guesses right",
        ahead / plain,
    ))
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

fn longest_first_token(usages: &[Usage]) -> Duration {
    usages
        .iter()
        .map(|usage| usage.first_token)
        .max()
        .unwrap_or_default()
}

fn a_second(tokens: usize, time: Duration) -> f64 {
    tokens as f64 / time.as_secs_f64()
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
