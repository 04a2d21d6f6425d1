//! How answers end: by a stop string, because nobody wants them any more, because the engine goes away; or before they
//! begin, because there is no place.

use std::collections::BTreeSet;

use futures::executor::block_on_stream;

use super::super::{EngineError, Event, Finish, Options, Prompt, Request};
use super::fixture::{self, hear, small, text_of};

/// After each number of steps, the reader goes or cancels; the rows are free again and the others' answers are whole.
#[test]
#[ignore = "runs a model: see own_process"]
fn a_cancelled_sequence_frees_its_row_at_every_step() {
    for name in ["genai/qwen3", "optimum/qwen3"] {
        let fixture = fixture::named(name);
        let engine = fixture.engine(&Options { rows: 2, ..small() });
        let answers = &fixture.expected.prompts;
        for events in 0..12 {
            let leaves = engine
                .submit(Request {
                    ignore_end: true,
                    ..Request::new(answers[4].request().prompt)
                })
                .unwrap();
            let stays = engine.submit(answers[2].request()).unwrap();
            let cancelled = engine
                .submit(Request {
                    ignore_end: true,
                    ..Request::new(answers[3].request().prompt)
                })
                .unwrap();
            let canceller = cancelled.canceller();
            let mut leaves = block_on_stream(leaves);
            (0..events).for_each(|_| drop(leaves.next()));
            drop(leaves);
            canceller.cancel();
            assert_eq!(hear(cancelled).finish(), Finish::Cancelled);
            assert_eq!(hear(stays).all(), text_of(&engine, &answers[2].tokens));
        }
        // What was asked last ends only once a row is free, so all of them are.
        hear(engine.submit(answers[0].request()).unwrap());
        hear(engine.submit(answers[1].request()).unwrap());
        assert_eq!(engine.load_now(), (0, 0));
    }
}

#[test]
#[ignore = "runs a model: see own_process"]
fn who_comes_when_all_places_are_taken_is_told_so_at_once() {
    let fixture = fixture::named("genai/qwen3");
    let engine = fixture.engine(&Options {
        rows: 1,
        waiting: 2,
        ..small()
    });
    let long = Request {
        ignore_end: true,
        ..Request::new(Prompt::Tokens(vec![5, 6, 7]))
    };
    let mut asked = Vec::new();
    let refused = loop {
        match engine.submit(long.clone()) {
            Ok(generation) => asked.push(generation),
            Err(error) => break error,
        }
        assert!(asked.len() <= 200);
    };
    assert!(matches!(refused, EngineError::Busy { waiting: 2 }), "{refused}");
    asked.truncate(1);
    asked.into_iter().for_each(|generation| drop(hear(generation)));
    hear(engine.submit(fixture.expected.prompts[0].request()).unwrap());
}

#[test]
#[ignore = "runs a model: see own_process"]
fn stop_strings_and_the_model_s_own_end_stop_the_answer() {
    let fixture = fixture::named("genai/qwen3");
    let engine = fixture.engine(&small());
    let answer = &fixture.expected.prompts[4];
    let whole = hear(engine.submit(answer.request()).unwrap()).text;
    let characters: Vec<char> = whole.chars().collect();
    let stop: String = characters[characters.len() / 2..].iter().take(3).collect();
    let request = Request {
        stop: vec![stop.clone()],
        ..answer.request()
    };
    let heard = hear(engine.submit(request).unwrap());
    assert_eq!(heard.text, whole[..whole.find(&stop).unwrap()]);
    assert_eq!(heard.finish(), Finish::Stop);
}

#[test]
#[ignore = "runs a model: see own_process"]
fn pieces_are_whole_characters_and_an_engine_that_goes_away_says_so() {
    let fixture = fixture::named("genai/qwen3");
    let engine = fixture.engine(&small());
    let request = Request {
        ignore_end: true,
        ..Request::new(Prompt::Tokens(vec![5, 6, 7]))
    };
    let mut left = block_on_stream(engine.submit(request).unwrap());
    let mut kinds = BTreeSet::new();
    for event in left.by_ref().take(3) {
        if let Ok(Event::Text(text) | Event::Thinking(text)) = event {
            assert!(!text.is_empty() && !text.contains(char::REPLACEMENT_CHARACTER));
            kinds.insert("text");
        }
    }
    drop(engine);
    let last = left.last().unwrap();
    assert!(
        matches!(last, Err(EngineError::Stopped(_)) | Ok(Event::Done(_))),
        "{last:?}"
    );
}

/// The one row is free again once the answer has ended, so nobody waited for its reader.
#[test]
#[ignore = "runs a model: see own_process"]
fn who_does_not_read_holds_nobody_up_and_is_given_all_that_came_in_one_piece() {
    let fixture = fixture::named("genai/qwen3");
    let engine = fixture.engine(&Options { rows: 1, ..small() });
    let long = Request {
        ignore_end: true,
        ..Request::new(Prompt::Tokens(vec![5, 6, 7]))
    };
    let unread = engine.submit(long.clone()).unwrap();
    hear(engine.submit(fixture.expected.prompts[0].request()).unwrap());
    let events: Vec<Event> = block_on_stream(unread).map(|event| event.unwrap()).collect();
    let [Event::Text(text), Event::Done(usage)] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(usage.answer_tokens, engine.window() - 3);
    assert_eq!(*text, hear(engine.submit(long).unwrap()).text);
}
