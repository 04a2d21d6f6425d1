//! A million tokens: memory does not grow with what is written. Takes minutes, so it is run by name:
//! `cargo test --lib engine::tests::endurance -- --ignored`.

use super::super::{Options, Prompt, Request, Sampling};
use super::fixture::{self, hear};

/// Kilobytes that the system says this process has.
fn in_memory() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}

#[test]
#[ignore = "takes minutes"]
fn a_million_tokens_are_written_without_growth_in_memory() {
    let engine = fixture::named("genai/qwen3").engine(&Options {
        rows: 4,
        context: 256,
        ..Options::default()
    });
    let (mut written, mut before, mut round) = (0, 0, 0u32);
    while written < 1_000_000 {
        let asked: Vec<_> = (0..8)
            .map(|seed| {
                let prompt = (0..20)
                    .map(|at| (round * 31 + seed * 7 + at * at) % 300)
                    .collect();
                let request = Request {
                    sampling: Sampling {
                        temperature: if seed % 2 == 0 { 0.0 } else { 1.0 },
                        top_p: 0.9,
                        seed: u64::from(round),
                        ..Sampling::default()
                    },
                    ignore_end: true,
                    ..Request::new(Prompt::Tokens(prompt))
                };
                engine.submit(request).unwrap()
            })
            .collect();
        written += asked
            .into_iter()
            .map(|generation| hear(generation).usage.answer_tokens)
            .sum::<usize>();
        round += 1;
        if round == 50 {
            before = in_memory();
        }
    }
    let grown = in_memory() - before;
    println!(
        "{written} tokens, {grown} kB more than after {} of them",
        50 * 8 * 235
    );
    assert!(grown < 4_000, "{grown} kB");
}
