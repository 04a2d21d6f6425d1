//! The scheduler: laws that hold whatever comes.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::scheduler::{Id, Limits, Scheduler};

#[derive(Debug, Clone)]
enum Event {
    Ask { prompt: usize, answer: usize },
    Cancel(usize),
    Step { reuse: usize },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        (1usize..22, 1usize..22).prop_map(|(prompt, answer)| Event::Ask { prompt, answer }),
        (0usize..30).prop_map(Event::Cancel),
        (0usize..9).prop_map(|reuse| Event::Step { reuse }),
        (0usize..9).prop_map(|reuse| Event::Step { reuse }),
    ];
    prop::collection::vec(event, 0..80)
}

/// A cache that only counts, and the requests that are running in it.
struct World {
    scheduler: Scheduler,
    limits: Limits,
    fills: Vec<usize>,
    asked: BTreeMap<Id, (usize, usize)>,
    said: BTreeMap<Id, usize>,
    ended: BTreeSet<Id>,
}

impl World {
    fn step(&mut self, reuse: usize) {
        if self.scheduler.next_waiting().is_some() {
            let row = (0..self.limits.rows)
                .rev()
                .find(|row| self.scheduler.is_free(*row))
                .unwrap();
            let admission = self.scheduler.admit(row, reuse).unwrap();
            assert!(admission.reused < self.asked[&admission.id].0);
            self.fills[row] = admission.reused;
        }
        let plan = self.scheduler.plan();
        let mut owned = BTreeSet::new();
        for (id, row) in &plan.decode {
            assert!(owned.insert(*row), "row {row} is owned twice");
            self.fills[*row] += 1;
            self.speak(*id);
        }
        if let Some(chunk) = plan.prefill {
            assert!(owned.insert(chunk.row), "row {} is owned twice", chunk.row);
            assert_eq!(chunk.from, self.fills[chunk.row]);
            let longest = if plan.decode.is_empty() {
                self.limits.chunk_alone
            } else {
                self.limits.chunk
            };
            assert!(chunk.count <= longest);
            self.fills[chunk.row] += chunk.count;
            self.scheduler.computed(&chunk);
            if chunk.last {
                assert_eq!(self.fills[chunk.row], self.asked[&chunk.id].0);
                self.speak(chunk.id);
            }
        }
        let capacity = self.limits.window + 1;
        assert!(self.fills.iter().all(|fill| *fill < capacity), "{:?}", self.fills);
    }

    fn speak(&mut self, id: Id) {
        let said = self.said.entry(id).or_default();
        *said += 1;
        if *said == self.asked[&id].1 {
            self.scheduler.remove(id).unwrap();
            self.ended.insert(id);
        }
    }
}

/// What came between a request and its first token, or between two tokens of a reader.
#[derive(Debug, Default)]
struct Between {
    behind: bool,
    steps: usize,
    tokens: usize,
}

/// Answers that nobody leaves, and rows for all of them: who waits for a first token, and who reads.
struct Room {
    scheduler: Scheduler,
    limits: Limits,
    waiting: BTreeMap<Id, Between>,
    reading: BTreeMap<Id, Between>,
}

impl Room {
    fn ask(&mut self, id: Id, prompt: usize) {
        let behind = !self.waiting.is_empty();
        self.scheduler.submit(id, prompt, 1).unwrap();
        self.waiting.insert(
            id,
            Between {
                behind,
                ..Between::default()
            },
        );
    }

    fn step(&mut self) {
        if self.scheduler.next_waiting().is_some() {
            let row = (0..self.limits.rows).find(|row| self.scheduler.is_free(*row));
            self.scheduler.admit(row.unwrap(), 0).unwrap();
        }
        let plan = self.scheduler.plan();
        if !plan.decode.is_empty() {
            self.waiting.values_mut().for_each(|one| one.steps += 1);
        }
        for (id, _) in &plan.decode {
            self.reading.get_mut(id).unwrap().tokens = 0;
        }
        let Some(chunk) = plan.prefill else {
            return;
        };
        self.scheduler.computed(&chunk);
        for one in self.waiting.values_mut().chain(self.reading.values_mut()) {
            one.tokens += chunk.count;
        }
        let Limits {
            chunk: small,
            chunk_alone: large,
            ..
        } = self.limits;
        assert!(
            self.reading.values().all(|one| one.tokens <= large),
            "{:?}",
            self.reading
        );
        if chunk.last {
            let waited = self.waiting.remove(&chunk.id).unwrap();
            let most = if waited.behind {
                1 + (waited.tokens - 1) / large
            } else {
                waited.tokens.div_ceil(small)
            };
            assert!(waited.steps <= most, "{waited:?}");
            self.reading.insert(chunk.id, Between::default());
        }
    }
}

proptest! {
    #[test]
    fn nobody_waits_for_more_than_the_prompts_ahead_and_the_steps_that_readers_are_owed(
        asked in prop::collection::vec((0usize..4, 1usize..40), 1..9), chunk in 1usize..8, more in 0usize..8,
    ) {
        let limits = Limits { rows: 8, window: 100, chunk, chunk_alone: chunk + more, waiting: 8 };
        let mut room = Room {
            scheduler: Scheduler::new(limits),
            limits,
            waiting: BTreeMap::new(),
            reading: BTreeMap::new(),
        };
        let everybody = asked.len();
        for (id, (steps, prompt)) in (0..).zip(asked) {
            (0..steps).for_each(|_| room.step());
            room.ask(id, prompt);
        }
        for _ in 0..400 {
            room.step();
        }
        prop_assert_eq!(room.reading.len(), everybody);
    }

    #[test]
    fn every_request_ends_whatever_comes(events in events(), rows in 1usize..4, chunk in 1usize..8) {
        let limits = Limits { rows, window: 20, chunk, chunk_alone: chunk * 2, waiting: 4 };
        let mut world = World {
            scheduler: Scheduler::new(limits),
            limits,
            fills: vec![0; rows],
            asked: BTreeMap::new(),
            said: BTreeMap::new(),
            ended: BTreeSet::new(),
        };
        let mut admitted = BTreeSet::new();
        for (id, event) in (0..).zip(events) {
            match event {
                Event::Ask { prompt, answer } => {
                    let (waiting, _) = world.scheduler.load();
                    let fits = prompt + answer <= limits.window;
                    let taken = world.scheduler.submit(id, prompt, answer).is_ok();
                    prop_assert_eq!(taken, fits && waiting < limits.waiting);
                    if taken {
                        world.asked.insert(id, (prompt, answer));
                        admitted.insert(id);
                    }
                }
                Event::Cancel(id) => {
                    world.scheduler.remove(id as Id);
                    admitted.remove(&(id as Id));
                }
                Event::Step { reuse } => world.step(reuse),
            }
        }
        for _ in 0..1_000 {
            world.step(0);
        }
        prop_assert_eq!(world.scheduler.load(), (0, 0));
        prop_assert!((0..rows).all(|row| world.scheduler.is_free(row)));
        prop_assert!(admitted.is_subset(&world.ended));
    }
}
