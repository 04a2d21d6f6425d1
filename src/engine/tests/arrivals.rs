//! Whoever asks what, and whenever they come: what is computed among others is what is computed alone.

use futures::executor::block_on_stream;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::super::{Event, Generation, Options, Prompt, Request};
use super::fixture::{self, Fixture, hear, small};

/// One who asks.
#[derive(Debug, Clone)]
struct Asker {
    /// Whose prompt, and how much of it.
    prompt: usize,
    tokens: usize,
    answer: usize,
    guess: bool,
    /// Whether the next one comes only after this one's first words.
    heard_first: bool,
}

fn askers() -> impl Strategy<Value = Vec<Asker>> {
    let one = (0usize..5, 1usize..71, 1usize..25, any::<bool>(), any::<bool>());
    let one = one.prop_map(|(prompt, tokens, answer, guess, heard_first)| Asker {
        prompt,
        tokens,
        answer,
        guess,
        heard_first,
    });
    prop::collection::vec(one, 2..9)
}

impl Asker {
    fn request(&self, fixture: &Fixture) -> Request {
        let ids = &fixture.expected.prompts[self.prompt].ids;
        Request {
            max_tokens: Some(self.answer),
            guess: self.guess,
            ..Request::new(Prompt::Tokens(ids[..self.tokens.min(ids.len())].to_vec()))
        }
    }
}

/// The text of events, thinking and answer together.
fn told(events: impl IntoIterator<Item = Event>) -> String {
    let texts = events.into_iter().map(|event| match event {
        Event::Thinking(text) | Event::Text(text) => text,
        Event::Done(_) => String::new(),
    });
    texts.collect()
}

fn rest(generation: Generation) -> String {
    told(block_on_stream(generation).map(|event| event.unwrap()))
}

#[test]
#[ignore = "runs a model: see own_process"]
fn among_others_everybody_is_told_what_they_are_told_alone_in_whatever_order_they_come() {
    for name in ["genai/qwen3", "optimum/qwen3"] {
        let fixture = fixture::named(name);
        let together = fixture.engine(&small());
        let alone = fixture.engine(&Options {
            rows: 1,
            reuse: false,
            ..small()
        });
        // The same cases each time: of all logits there are, some lie nearer to each other than numbers are exact.
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let config = ProptestConfig {
            cases: 16,
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        let law = |askers: Vec<Asker>| {
            let mut running = Vec::new();
            for asker in &askers {
                let mut generation = together.submit(asker.request(&fixture)).unwrap();
                let mut first = None;
                if asker.heard_first {
                    first = block_on_stream(&mut generation)
                        .next()
                        .map(|event| event.unwrap());
                }
                running.push((first, generation));
            }
            for (asker, (first, generation)) in askers.iter().zip(running) {
                let plain = Request {
                    guess: false,
                    ..asker.request(&fixture)
                };
                let expected = hear(alone.submit(plain).unwrap()).all();
                prop_assert_eq!(told(first) + &rest(generation), expected, "{}: {:?}", name, asker);
            }
            prop_assert_eq!(together.load_now(), (0, 0));
            Ok(())
        };
        TestRunner::new_with_rng(config, rng)
            .run(&askers(), law)
            .unwrap_or_else(|error| panic!("{error}"));
    }
}
