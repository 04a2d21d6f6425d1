//! The scheduler: traces as data.

use super::super::EngineError;
use super::super::scheduler::{Id, Limits, Scheduler, StepPlan};

const LIMITS: Limits = Limits {
    rows: 2,
    window: 20,
    chunk: 4,
    chunk_alone: 6,
    waiting: 3,
};

fn show(plan: &StepPlan) -> String {
    let decode: Vec<String> = plan
        .decode
        .iter()
        .map(|(id, row)| format!("{id}@{row}"))
        .collect();
    let mut line = decode.join(" ");
    if let Some(chunk) = plan.prefill {
        let (from, to) = (chunk.from, chunk.from + chunk.count);
        let end = if chunk.last { "." } else { "" };
        line = format!("{line} | {}@{} {from}..{to}{end}", chunk.id, chunk.row);
    }
    line.trim().to_owned()
}

/// Each line is an event and what is said to it: `ask ID PROMPT ANSWER`, `end ID`, and `step`, which gives waiting
/// requests the lowest free row, shows the plan, and takes it as computed.
fn run(trace: &[(&str, &str)]) {
    run_within(LIMITS, trace);
}

fn run_within(limits: Limits, trace: &[(&str, &str)]) {
    let mut scheduler = Scheduler::new(limits);
    for (at, (event, expected)) in trace.iter().enumerate() {
        let words: Vec<&str> = event.split(' ').collect();
        let number = |at: usize| words[at].parse::<usize>().unwrap();
        let said = match words[0] {
            "ask" => match scheduler.submit(number(1) as Id, number(2), number(3)) {
                Ok(()) => "waits".to_owned(),
                Err(EngineError::Busy { waiting }) => format!("busy {waiting}"),
                Err(EngineError::TooLong { .. }) => "too long".to_owned(),
                Err(other) => other.to_string(),
            },
            "end" => format!("{:?}", scheduler.remove(number(1) as Id)),
            _ => {
                if scheduler.next_waiting().is_some() {
                    let row = (0..limits.rows).find(|row| scheduler.is_free(*row)).unwrap();
                    scheduler
                        .admit(row, words.get(2).map_or(0, |_| number(2)))
                        .unwrap();
                }
                let plan = scheduler.plan();
                if let Some(chunk) = &plan.prefill {
                    scheduler.computed(chunk);
                }
                show(&plan)
            }
        };
        assert_eq!(&said, expected, "line {at}: {event}");
    }
}

#[test]
fn a_long_prompt_is_computed_between_the_tokens_of_those_who_read() {
    run(&[
        ("ask 1 5 4", "waits"),
        ("step", "| 1@0 0..5."),
        ("ask 2 10 2", "waits"),
        ("step", "1@0 | 2@1 0..4"),
        ("step", "1@0 | 2@1 4..8"),
        ("step", "1@0 | 2@1 8..10."),
        ("step", "1@0 2@1"),
        ("end 1", "Some(0)"),
        ("step", "2@1"),
    ]);
}

/// Rows for all who ask.
const ROOMY: Limits = Limits {
    rows: 4,
    window: 40,
    waiting: 8,
    ..LIMITS
};

#[test]
fn short_prompts_that_come_together_wait_for_each_other_and_for_one_step() {
    run_within(
        ROOMY,
        &[
            ("ask 1 2 9", "waits"),
            ("ask 2 2 9", "waits"),
            ("ask 3 2 9", "waits"),
            ("ask 4 2 9", "waits"),
            ("step", "| 1@0 0..2."),
            ("step", "1@0 | 2@1 0..2."),
            ("step", "| 3@2 0..2."),
            ("step", "| 4@3 0..2."),
            ("step", "1@0 2@1 3@2 4@3"),
        ],
    );
}

#[test]
fn where_prompts_queue_readers_get_their_turn_after_larger_parts_of_them() {
    run_within(
        ROOMY,
        &[
            ("ask 1 2 9", "waits"),
            ("step", "| 1@0 0..2."),
            ("step", "1@0"),
            ("ask 2 13 9", "waits"),
            ("ask 3 5 9", "waits"),
            ("step", "1@0 | 2@1 0..4"),
            ("step", "| 2@1 4..6"),
            ("step", "1@0 | 2@1 6..10"),
            ("step", "| 2@1 10..12"),
            ("step", "1@0 | 2@1 12..13."),
            ("step", "| 3@2 0..5."),
            ("step", "1@0 2@1 3@2"),
        ],
    );
}

#[test]
fn larger_chunks_are_taken_while_nobody_reads() {
    run(&[
        ("ask 1 13 1", "waits"),
        ("step", "| 1@0 0..6"),
        ("step", "| 1@0 6..12"),
        ("step", "| 1@0 12..13."),
    ]);
}

#[test]
fn requests_are_admitted_in_the_order_in_which_they_came_as_rows_get_free() {
    run(&[
        ("ask 1 2 1", "waits"),
        ("ask 2 2 1", "waits"),
        ("ask 3 2 1", "waits"),
        ("ask 4 2 1", "busy 3"),
        ("step", "| 1@0 0..2."),
        ("step", "1@0 | 2@1 0..2."),
        ("ask 4 2 1", "waits"),
        ("step", "1@0 2@1"),
        ("end 1", "Some(0)"),
        ("step", "2@1 | 3@0 0..2."),
        ("end 2", "Some(1)"),
        ("step", "3@0 | 4@1 0..2."),
        ("step", "3@0 4@1"),
    ]);
}

#[test]
fn what_can_never_fit_is_refused_at_once() {
    run(&[
        ("ask 1 21 1", "too long"),
        ("ask 2 18 3", "too long"),
        ("ask 3 20 0", "too long"),
        ("ask 4 0 5", "the prompt is empty"),
        ("ask 5 18 2", "waits"),
        ("step", "| 5@0 0..6"),
    ]);
}

#[test]
fn a_request_is_taken_out_wherever_it_is() {
    run(&[
        ("ask 1 9 1", "waits"),
        ("ask 2 3 1", "waits"),
        ("ask 3 3 1", "waits"),
        ("step", "| 1@0 0..6"),
        ("end 2", "None"),
        ("end 1", "Some(0)"),
        ("step", "| 3@0 0..3."),
        ("end 9", "None"),
        ("step", "3@0"),
    ]);
}

#[test]
fn a_beginning_that_is_there_already_is_not_computed() {
    run(&[
        ("ask 1 9 1", "waits"),
        ("step reused 7", "| 1@0 7..9."),
        ("ask 2 3 1", "waits"),
        ("step reused 50", "1@0 | 2@1 2..3."),
    ]);
}
