//! The decoders against what `transformers` computed from the same weights: the logits and the greedy tokens.

use super::super::decoder::Decoder;
use super::super::sampler::likeliest;
use super::fixture::{self, Answer, Fixture};

/// How far logits may be away: numbers of 16 bits are not finer than this where logits lie. Where ONNX Runtime multiplies in
/// 8 bits, the last bit of a number, in which processors differ, may tip a rounding: `make.py` measured by how much.
fn tolerance(what: &str) -> f32 {
    match what {
        _ if what.contains("int4-pruned") => 0.5,
        _ if what.contains("fp16") => 5e-2,
        _ => 1e-3,
    }
}

fn assert_near(what: &str, logits: &[f32], expected: &[f32]) {
    assert_eq!(logits.len(), expected.len(), "{what}");
    let worst = logits
        .iter()
        .zip(expected)
        .map(|(one, other)| (one - other).abs())
        .fold(0.0, f32::max);
    assert!(worst < tolerance(what), "{what}: the logits are {worst} away");
}

/// Computes `ids` after what the row holds, `chunk` tokens at a time, and gives the last logits.
fn prefill(decoder: &mut dyn Decoder, row: usize, ids: &[u32], chunk: usize) -> Vec<f32> {
    let mut logits = Vec::new();
    for ids in ids.chunks(chunk) {
        decoder.extend(row, ids, 1, &mut logits).unwrap();
    }
    logits
}

/// Goes on greedily and compares each token, and the logits after the last.
fn assert_goes_on(what: &str, decoder: &mut dyn Decoder, row: usize, mut logits: Vec<f32>, answer: &Answer) {
    for token in &answer.tokens {
        assert_eq!(likeliest(&logits), *token, "{what}");
        decoder.step(&[(row, *token)], &mut logits).unwrap();
    }
    assert_near(what, &logits, &answer.logits_after);
}

fn each(mut test: impl FnMut(&str, &Fixture, &[Answer])) {
    for fixture in fixture::all() {
        eprintln!("{}", fixture.name());
        test(&fixture.name(), &fixture, &fixture.expected.prompts);
    }
}

#[test]
#[ignore = "runs a model: see own_process"]
fn each_model_answers_as_transformers_does() {
    each(|name, fixture, answers| {
        let mut decoder = fixture.decoder(2);
        for (answer, row) in answers.iter().zip([0, 1, 0, 1, 0]) {
            decoder.truncate(row, 0);
            let logits = prefill(&mut *decoder, row, &answer.ids, 1000);
            assert_near(name, &logits, &answer.logits);
            assert_goes_on(name, &mut *decoder, row, logits, answer);
        }
    });
}

#[test]
#[ignore = "runs a model: see own_process"]
fn a_prompt_may_be_computed_in_chunks_of_any_size() {
    each(|name, fixture, answers| {
        let mut decoder = fixture.decoder(1);
        for (answer, chunk) in answers
            .iter()
            .flat_map(|answer| [1, 2, 7, 16].map(|chunk| (answer, chunk)))
        {
            decoder.truncate(0, 0);
            let logits = prefill(&mut *decoder, 0, &answer.ids, chunk);
            let what = format!("{name} in chunks of {chunk}");
            assert_near(&what, &logits, &answer.logits);
            assert_goes_on(&what, &mut *decoder, 0, logits, answer);
        }
    });
}

/// Rows of different lengths decode together; between them lie rows that are free, and one that is being filled while
/// the others go on.
#[test]
#[ignore = "runs a model: see own_process"]
fn rows_of_different_lengths_decode_together_whatever_lies_between_them() {
    each(|name, fixture, answers| {
        let mut decoder = fixture.decoder(8);
        let rows = [6, 1, 3, 0, 7];
        let late = &answers[4];
        prefill(&mut *decoder, 5, &answers[1].ids, 1000);
        prefill(&mut *decoder, 4, &late.ids[..30], 1000);
        let mut logits: Vec<(usize, Vec<f32>)> = rows
            .iter()
            .zip(answers)
            .map(|(row, answer)| (*row, prefill(&mut *decoder, *row, &answer.ids, 1000)))
            .collect();
        logits.sort_by_key(|(row, _)| *row);
        let of = |row: usize| &answers[rows.iter().position(|one| *one == row).unwrap()];
        for step in 0..answers[0].tokens.len() {
            let tokens: Vec<(usize, u32)> = logits
                .iter()
                .map(|(row, _)| (*row, of(*row).tokens[step]))
                .collect();
            for ((_, logits), (_, token)) in logits.iter().zip(&tokens) {
                assert_eq!(likeliest(logits), *token, "{name}, step {step}");
            }
            let mut all = Vec::new();
            decoder.step(&tokens, &mut all).unwrap();
            for ((_, logits), row) in logits.iter_mut().zip(all.chunks(decoder.vocabulary())) {
                *logits = row.to_vec();
            }
            if step < late.ids.len() - 30 {
                prefill(&mut *decoder, 4, &late.ids[30 + step..=30 + step], 1);
            }
        }
        for (row, logits) in &logits {
            assert_near(name, logits, &of(*row).logits_after);
        }
        let rest = late.ids[decoder.fill(4)..].to_vec();
        let last = prefill(&mut *decoder, 4, &rest, 1000);
        assert_near(name, &last, &late.logits);
        assert_goes_on(name, &mut *decoder, 4, last, late);
        // The row that was free all the while still holds what it held.
        let held = decoder.fill(5);
        decoder.truncate(5, held - 1);
        let again = prefill(&mut *decoder, 5, &answers[1].ids[held - 1..], 1);
        assert_near(name, &again, &answers[1].logits);
    });
}

/// Else the test above would compare rows that are run alone with themselves.
#[test]
#[ignore = "runs a model: see own_process"]
fn only_an_export_that_is_not_told_its_places_is_run_row_by_row() {
    each(|name, fixture, _| {
        assert_eq!(
            fixture.decoder(2).steps_together(),
            name != "optimum/gemma3",
            "{name}"
        );
        assert!(!fixture.decoder(1).steps_together() || name.starts_with("genai"));
    });
}

/// A row joins those that go on, another one leaves them and comes back, one is cut back among them.
#[test]
#[ignore = "runs a model: see own_process"]
fn rows_join_and_leave_those_that_decode_together_and_each_goes_on_as_alone() {
    each(|name, fixture, answers| {
        let mut decoder = fixture.decoder(4);
        let mut said = [0usize; 4];
        let mut all = Vec::new();
        let mut last: Vec<Vec<f32>> = vec![Vec::new(); 4];
        for (row, answer) in answers.iter().take(4).enumerate() {
            last[row] = prefill(&mut *decoder, row, &answer.ids, 1000);
        }
        let steps = answers[0].tokens.len();
        let plan = [
            &[0, 1][..],
            &[0, 1],
            &[0, 1, 2],
            &[0, 2],
            &[0, 1, 2, 3],
            &[3],
            &[1, 3],
            &[0, 1, 2, 3],
        ];
        for rows in plan.into_iter().cycle() {
            let going: Vec<(usize, u32)> = rows
                .iter()
                .filter(|row| said[**row] < steps)
                .map(|row| (*row, answers[*row].tokens[said[*row]]))
                .collect();
            if said.iter().all(|said| *said == steps) {
                break;
            }
            if going.is_empty() {
                continue;
            }
            for (row, token) in &going {
                assert_eq!(likeliest(&last[*row]), *token, "{name}, row {row}");
            }
            decoder.step(&going, &mut all).unwrap();
            for ((row, _), logits) in going.iter().zip(all.chunks(decoder.vocabulary())) {
                last[*row] = logits.to_vec();
                said[*row] += 1;
            }
            if said[1] == 5 && going.len() > 1 {
                // A guess that was wrong is forgotten while the row lies among the others.
                decoder.truncate(1, answers[1].ids.len() + 4);
                decoder
                    .step(
                        &[(0, answers[0].tokens[said[0] - 1]), (1, answers[1].tokens[4])],
                        &mut all,
                    )
                    .unwrap();
                let fill = decoder.fill(0);
                decoder.truncate(0, fill - 1);
                last[1] = all[decoder.vocabulary()..].to_vec();
            }
        }
        for (row, logits) in last.iter().enumerate() {
            assert_near(name, logits, &answers[row].logits_after);
        }
    });
}

#[test]
#[ignore = "runs a model: see own_process"]
fn a_row_can_be_copied_cut_and_gone_on_from() {
    each(|name, fixture, answers| {
        let answer = &answers[3];
        for fill in [1, 13, answer.ids.len() - 1] {
            let mut decoder = fixture.decoder(3);
            prefill(&mut *decoder, 2, &answers[2].ids, 1000);
            prefill(&mut *decoder, 1, &answer.ids, 1000);
            decoder.copy(1, 2, fill).unwrap();
            assert_eq!((decoder.fill(1), decoder.fill(2)), (answer.ids.len(), fill));
            for row in [2, 1] {
                decoder.truncate(row, fill);
                let logits = prefill(&mut *decoder, row, &answer.ids[fill..], 1000);
                assert_near(name, &logits, &answer.logits);
                assert_goes_on(name, &mut *decoder, row, logits, answer);
            }
        }
    });
}

#[test]
#[ignore = "runs a model: see own_process"]
fn several_tokens_are_checked_at_once_and_wrong_ones_forgotten() {
    each(|name, fixture, answers| {
        let mut decoder = fixture.decoder(2);
        if !decoder.sees_every_position() {
            return;
        }
        let answer = &answers[2];
        prefill(&mut *decoder, 1, &answer.ids, 1000);
        let fill = decoder.fill(1);
        let mut guess = answer.tokens[..6].to_vec();
        guess[4] ^= 1;
        let mut logits = Vec::new();
        decoder.extend(1, &guess, 6, &mut logits).unwrap();
        let said: Vec<u32> = logits.chunks(decoder.vocabulary()).map(likeliest).collect();
        assert_eq!(said[..4], answer.tokens[1..5], "{name}");
        decoder.truncate(1, fill + 4);
        decoder.step(&[(1, answer.tokens[4])], &mut logits).unwrap();
        for token in &answer.tokens[5..] {
            assert_eq!(likeliest(&logits), *token, "{name}");
            decoder.step(&[(1, *token)], &mut logits).unwrap();
        }
        assert_near(name, &logits, &answer.logits_after);
    });
}

#[test]
#[ignore = "runs a model: see own_process"]
fn a_full_row_refuses_more_and_is_as_it_was() {
    each(|name, fixture, answers| {
        let mut decoder = fixture.decoder(1);
        let capacity = decoder.capacity();
        let mut logits = Vec::new();
        let long: Vec<u32> = answers[4].ids.iter().copied().cycle().take(capacity).collect();
        decoder.extend(0, &long, 1, &mut logits).unwrap_err();
        decoder.extend(0, &long[1..], 1, &mut logits).unwrap();
        assert_eq!(decoder.fill(0), capacity - 1, "{name}");
        decoder.step(&[(0, 1)], &mut logits).unwrap_err();
        assert_eq!(decoder.fill(0), capacity - 1);
        decoder.truncate(0, 0);
        let logits = prefill(&mut *decoder, 0, &answers[1].ids, 1000);
        assert_near(name, &logits, &answers[1].logits);
    });
}
