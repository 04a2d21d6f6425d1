//! The whole engine: what it answers is what the model says, whoever else is asking, in whatever order.

use super::super::{Constraint, EngineError, Finish, Options, Prompt, Request, Sampling};
use super::fixture::{self, Fixture, hear, small, text_of};

fn assert_answers(fixture: &Fixture, options: &Options, order: &[usize], guess: bool) {
    let engine = fixture.engine(options);
    let answers = &fixture.expected.prompts;
    for round in 0..2 {
        let asked: Vec<_> = order
            .iter()
            .map(|at| {
                let request = Request {
                    guess,
                    ..answers[*at].request()
                };
                (*at, engine.submit(request).unwrap())
            })
            .collect();
        for (at, generation) in asked {
            let heard = hear(generation);
            let what = format!("{} prompt {at} round {round} {options:?}", fixture.name());
            assert_eq!(heard.all(), text_of(&engine, &answers[at].tokens), "{what}");
            assert_eq!(heard.usage.answer_tokens, answers[at].tokens.len(), "{what}");
            assert_eq!(heard.finish(), Finish::Length, "{what}");
            if options.reuse && round == 1 && answers[at].ids.len() > 1 && order.len() <= options.rows {
                assert!(heard.usage.reused_tokens > 0, "{what}");
            }
        }
    }
    assert_eq!(engine.load_now(), (0, 0));
}

#[test]
#[ignore = "runs a model: see own_process"]
fn each_model_answers_the_same_alone_and_among_others_in_any_order() {
    for fixture in fixture::all() {
        eprintln!("{}", fixture.name());
        assert_answers(&fixture, &small(), &[3], true);
        assert_answers(&fixture, &small(), &[0, 1, 2, 3, 4], true);
        assert_answers(&fixture, &small(), &[4, 2, 4, 3, 0, 1, 2], false);
        assert_answers(&fixture, &Options { rows: 1, ..small() }, &[1, 4, 1], true);
        assert_answers(
            &fixture,
            &Options {
                rows: 8,
                chunk: 1,
                reuse: false,
                ..small()
            },
            &[2, 0, 3, 1, 4],
            true,
        );
    }
}

#[test]
#[ignore = "runs a model: see own_process"]
fn a_conversation_that_goes_on_starts_where_it_was() {
    for fixture in fixture::all() {
        eprintln!("{}", fixture.name());
        let engine = fixture.engine(&small());
        let answer = &fixture.expected.prompts[4];
        let first = hear(engine.submit(answer.request()).unwrap());
        assert_eq!(first.usage.reused_tokens, 0);
        let said = answer.tokens.len();
        let ids = [&answer.ids[..], &answer.tokens, &[7, 8, 9]].concat();
        let follow_up = Request {
            max_tokens: Some(5),
            ..Request::new(Prompt::Tokens(ids.clone()))
        };
        let second = hear(engine.submit(follow_up.clone()).unwrap());
        assert_eq!(
            second.usage.reused_tokens,
            answer.ids.len() + said - 1,
            "{}",
            fixture.name()
        );
        let cold = fixture.engine(&Options {
            reuse: false,
            ..small()
        });
        let cold = hear(cold.submit(follow_up).unwrap());
        assert_eq!(second.all(), cold.all());
        assert_eq!(engine.figures().reused as usize, second.usage.reused_tokens);
    }
}

#[test]
#[ignore = "runs a model: see own_process"]
fn guessing_ahead_changes_nothing_that_is_said() {
    let mut guessing = 0;
    for fixture in fixture::all() {
        eprintln!("{}", fixture.name());
        let guesses = fixture.decoder(1).sees_every_position();
        guessing += usize::from(guesses);
        let engine = fixture.engine(&small());
        let answer = &fixture.expected.prompts[2];
        // The answer stands in the prompt, as a passage does that is quoted.
        let ids = [
            &answer.ids[..],
            &answer.tokens,
            &answer.ids,
            &answer.tokens,
            &answer.ids,
        ]
        .concat();
        let (quoted, nothing) = (&answer.tokens[..], &[][..]);
        let scattered = Sampling {
            temperature: 0.8,
            top_k: 20,
            seed: 7,
            ..Sampling::default()
        };
        let penalised = Sampling {
            repetition_penalty: 1.2,
            ..Sampling::default()
        };
        // What is dictated is copied from the prompt, so that there are right guesses; behind it the model goes on.
        for (sampling, dictated) in [
            (Sampling::default(), quoted),
            (Sampling::default(), nothing),
            (scattered, nothing),
            (penalised, nothing),
        ] {
            let ask = |guess| {
                let request = Request {
                    sampling,
                    guess,
                    dictated: dictated.to_vec(),
                    max_tokens: Some(60),
                    ignore_end: true,
                    ..Request::new(Prompt::Tokens(ids.clone()))
                };
                hear(engine.submit(request).unwrap())
            };
            let (plain, guessed) = (ask(false), ask(true));
            assert_eq!(plain.all(), guessed.all(), "{} {sampling:?}", fixture.name());
            assert_eq!(plain.usage.answer_tokens, guessed.usage.answer_tokens);
            assert_eq!(plain.usage.guessed_tokens, 0);
            if !dictated.is_empty() {
                let right = guessed.usage.accepted_tokens;
                assert_eq!(right > 0, guesses, "{}: {right}", fixture.name());
            }
        }
    }
    assert!(guessing > 0, "no model was guessed with");
}

/// Weights of random numbers think nothing, so the words are dictated; what becomes of them is the engine's work.
#[test]
#[ignore = "runs a model: see own_process"]
fn what_a_model_says_to_itself_is_told_apart_from_the_answer() {
    for name in ["genai/qwen3", "optimum/qwen3"] {
        let fixture = fixture::named(name);
        let engine = fixture.engine(&small());
        let chat = Prompt::Chat(fixture.expected.chat.messages.clone());
        let begun = Prompt::Text("<|im_start|>assistant\n<think>\n".to_owned());
        for (prompt, said, thinking, text) in [
            (
                chat.clone(),
                "<think>\nPassage 1 says it.\n</think>\n\n45 Nm [1].",
                "\nPassage 1 says it.\n",
                "45 Nm [1].",
            ),
            (
                begun,
                "Passage 1 says it.\n</think>\n\n45 Nm [1].",
                "Passage 1 says it.\n",
                "45 Nm [1].",
            ),
            (chat.clone(), "<think>\nPassage 1", "\nPassage 1", ""),
            (chat, "45 Nm [1].", "", "45 Nm [1]."),
        ] {
            let dictated = engine.vocabulary.encode(said).unwrap();
            let heard = hear(
                engine
                    .submit(Request {
                        max_tokens: Some(dictated.len()),
                        // What it says to itself is not searched for the ends of an answer.
                        stop: vec!["Passage".to_owned()],
                        dictated,
                        ..Request::new(prompt)
                    })
                    .unwrap(),
            );
            assert_eq!(
                (heard.thinking.as_str(), heard.text.as_str()),
                (thinking, text),
                "{name}: {said}"
            );
            assert_eq!(heard.finish(), Finish::Length, "{name}: {said}");
        }
    }
}

#[test]
#[ignore = "runs a model: see own_process"]
fn a_seed_gives_the_same_answer_again_whoever_else_is_asking() {
    let fixture = fixture::named("genai/qwen3");
    let engine = fixture.engine(&small());
    let sampling = Sampling {
        temperature: 1.0,
        top_p: 0.95,
        seed: 11,
        ..Sampling::default()
    };
    let request = Request {
        sampling,
        ..fixture.expected.prompts[2].request()
    };
    let alone = hear(engine.submit(request.clone()).unwrap());
    let other = engine.submit(fixture.expected.prompts[4].request()).unwrap();
    let among = hear(engine.submit(request).unwrap());
    assert_eq!(alone.all(), among.all());
    drop(other);
}

#[test]
#[ignore = "runs a model: see own_process"]
fn templates_and_tokenizers_give_what_transformers_gives() {
    for fixture in fixture::all() {
        eprintln!("{}", fixture.name());
        let engine = fixture.engine(&small());
        let chat = &fixture.expected.chat;
        let template = engine.template().unwrap();
        let name = fixture.name();
        assert_eq!(
            template.render(&chat.messages, None).unwrap(),
            chat.text,
            "{name}"
        );
        if let Some(text) = &chat.text_without_thinking {
            assert!(template.knows_thinking() || *text == chat.text, "{name}");
            assert_eq!(
                &template.render(&chat.messages, Some(false)).unwrap(),
                text,
                "{name}"
            );
        }
        let prompt = Prompt::Chat(chat.messages.clone());
        assert_eq!(
            engine.count_tokens(&prompt, None).unwrap(),
            chat.ids.len(),
            "{name}"
        );
        let sentence = Prompt::Text(fixture.expected.sentence.text.clone());
        assert_eq!(
            engine.count_tokens(&sentence, None).unwrap(),
            fixture.expected.sentence.ids.len()
        );
        assert_eq!(
            text_of(&engine, &fixture.expected.sentence.ids).trim(),
            fixture.expected.sentence.text,
            "{name}"
        );
        let request = Request {
            max_tokens: Some(3),
            ..Request::new(prompt)
        };
        assert_eq!(
            hear(engine.submit(request).unwrap()).usage.prompt_tokens,
            chat.ids.len()
        );
    }
}

#[test]
#[ignore = "runs a model: see own_process"]
fn an_answer_can_be_held_to_a_form() {
    let mut whole = 0;
    for fixture in fixture::all() {
        eprintln!("{}", fixture.name());
        let engine = fixture.engine(&small());
        let schema = serde_json::json!({
            "type": "object",
            "properties": {"kind": {"enum": ["bolt", "nut"]}, "count": {"type": "integer", "minimum": 1, "maximum": 99}},
            "required": ["kind", "count"],
            "additionalProperties": false
        });
        for seed in 0..4 {
            let sampling = Sampling {
                temperature: 1.5,
                seed,
                ..Sampling::default()
            };
            let ask = |constraint| Request {
                sampling,
                constraint: Some(constraint),
                max_tokens: Some(150),
                ..Request::new(Prompt::Text("How many?".to_owned()))
            };
            let heard = hear(
                engine
                    .submit(ask(Constraint::JsonSchema(schema.clone())))
                    .unwrap(),
            );
            // A model that means nothing may fill its answer with the space that the form leaves.
            if heard.finish() == Finish::Stop {
                whole += 1;
                let value: serde_json::Value = serde_json::from_str(&heard.text)
                    .unwrap_or_else(|error| panic!("{error}: {}", heard.text));
                assert!(["bolt", "nut"].contains(&value["kind"].as_str().unwrap()));
                assert!((1..=99).contains(&value["count"].as_u64().unwrap()));
            }
            let heard = hear(
                engine
                    .submit(ask(Constraint::Regex("(M[0-9]{1,2}|none)".to_owned())))
                    .unwrap(),
            );
            assert_eq!(heard.finish(), Finish::Stop);
            let size = heard
                .text
                .strip_prefix('M')
                .map(|size| size.parse::<u32>().unwrap());
            assert!(heard.text == "none" || size.unwrap() < 100, "{}", heard.text);
        }
        let broken = Request {
            constraint: Some(Constraint::Regex("(".to_owned())),
            ..Request::new(Prompt::Text("x".to_owned()))
        };
        assert!(matches!(engine.submit(broken), Err(EngineError::Constraint(_))));
    }
    assert!(whole > 0, "no answer came to its end");
}

/// What one request computed is the beginning of the others, though it is still running.
#[test]
#[ignore = "runs a model: see own_process"]
fn a_beginning_in_common_is_computed_once_for_all_who_ask_at_the_same_time() {
    for fixture in fixture::all() {
        eprintln!("{}", fixture.name());
        let engine = fixture.engine(&small());
        let answer = &fixture.expected.prompts[4];
        let asked: Vec<_> = (0..6)
            .map(|last| {
                let ids = [&answer.ids[..], &[20 + last]].concat();
                let request = Request {
                    max_tokens: Some(6),
                    ignore_end: true,
                    ..Request::new(Prompt::Tokens(ids))
                };
                (request.clone(), engine.submit(request).unwrap())
            })
            .collect();
        let cold = fixture.engine(&Options {
            reuse: false,
            ..small()
        });
        for (at, (request, generation)) in asked.into_iter().enumerate() {
            let heard = hear(generation);
            let expected = if at == 0 { 0 } else { answer.ids.len() };
            assert_eq!(heard.usage.reused_tokens, expected, "request {at}");
            assert_eq!(heard.all(), hear(cold.submit(request).unwrap()).all());
        }
    }
}
