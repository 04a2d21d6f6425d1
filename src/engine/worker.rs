//! The one thread that owns the session, the cache and the running answers, and takes step after step.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use super::EngineError;
use super::decoder::Decoder;
use super::detokenise::Vocabulary;
use super::prefix::{self, Held, Placement};
use super::request::Finish;
use super::scheduler::{Chunk, Id, StepPlan};
use super::sequence::{Job, Said, Sequence};
use super::shared::{Figures, Shared, State};

/// The tokens of a row: those that are computed, and of a running answer the last one that is not yet.
#[derive(Debug, Default)]
struct Row {
    tokens: Vec<u32>,
    used: u64,
}

pub(super) struct Worker {
    shared: Arc<Shared>,
    decoder: Box<dyn Decoder>,
    vocabulary: Arc<Vocabulary>,
    end: Arc<[u32]>,
    /// Whether beginnings that are computed already are used again.
    reuse: bool,
    running: BTreeMap<Id, Sequence>,
    rows: Vec<Row>,
    clock: u64,
    logits: Vec<f32>,
    room: Vec<(f32, u32)>,
    figures: Figures,
}

impl Drop for Worker {
    /// However the thread ends, nobody goes on waiting for it.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.stopped = true;
        state.jobs.clear();
    }
}

impl Worker {
    pub fn new(
        shared: Arc<Shared>,
        decoder: Box<dyn Decoder>,
        vocabulary: Arc<Vocabulary>,
        end: &[u32],
        reuse: bool,
    ) -> Self {
        let row = || Row {
            tokens: Vec::with_capacity(decoder.capacity()),
            used: 0,
        };
        Self {
            rows: (0..decoder.rows()).map(|_| row()).collect(),
            room: Vec::with_capacity(decoder.vocabulary()),
            shared,
            decoder,
            vocabulary,
            end: end.into(),
            reuse,
            running: BTreeMap::new(),
            clock: 0,
            logits: Vec::new(),
            figures: Figures::default(),
        }
    }

    /// Takes steps until the handle is gone.
    pub fn run(mut self) {
        while let Some((plan, admitted)) = self.next_plan() {
            let started = Instant::now();
            self.clock += 1;
            if let Some((job, id, placement)) = admitted {
                self.admit(job, id, placement);
            }
            self.decode(&plan.decode);
            // A request whose beginning could not be copied has failed already.
            if let Some(chunk) = plan.prefill.filter(|chunk| self.running.contains_key(&chunk.id)) {
                self.prefill(&chunk);
            }
            self.figures.steps += 1;
            self.figures.busy += started.elapsed();
            self.figures.running = self.decoder.running();
        }
    }

    /// Waits until there is something to do; `None` once the handle is gone.
    #[expect(clippy::type_complexity, reason = "used here and nowhere else")]
    fn next_plan(&mut self) -> Option<(StepPlan, Option<(Job, Id, Placement)>)> {
        self.drop_cancelled();
        let shared = Arc::clone(&self.shared);
        let mut state = shared.lock();
        state.figures = self.figures;
        loop {
            if state.closing {
                return None;
            }
            let gone: Vec<Id> = state
                .jobs
                .iter()
                .filter(|(_, job)| job.is_cancelled())
                .map(|(id, _)| *id)
                .collect();
            for id in gone {
                state.scheduler.remove(id);
                if let Some(job) = state.jobs.remove(&id) {
                    self.sequence(job, 0, 0).finish(Finish::Cancelled);
                }
            }
            let admitted = self.next_admission(&mut state);
            let plan = state.scheduler.plan();
            if !plan.is_empty() {
                return Some((plan, admitted));
            }
            state = shared.wait(state);
        }
    }

    fn next_admission(&mut self, state: &mut State) -> Option<(Job, Id, Placement)> {
        let id = state.scheduler.next_waiting()?;
        let prompt = state.jobs.get(&id).map_or(&[][..], |job| &job.prompt);
        let rows: Vec<Held> = self
            .rows
            .iter()
            .enumerate()
            .map(|(row, held)| Held {
                tokens: if self.reuse {
                    &held.tokens[..self.decoder.fill(row)]
                } else {
                    &[]
                },
                taken: !state.scheduler.is_free(row),
                used: held.used,
            })
            .collect();
        let placement = prefix::place(&rows, prompt)?;
        state.scheduler.admit(placement.row, placement.reused)?;
        Some((state.jobs.remove(&id)?, id, placement))
    }

    fn sequence(&self, job: Job, row: usize, reused: usize) -> Sequence {
        let vocabulary = Arc::clone(&self.vocabulary);
        Sequence::new(
            job,
            row,
            reused,
            vocabulary,
            Arc::clone(&self.end),
            self.decoder.vocabulary(),
        )
    }

    /// Brings the row of a new request to the beginning of its prompt.
    fn admit(&mut self, job: Job, id: Id, placement: Placement) {
        let Placement { row, from, reused } = placement;
        let sequence = self.sequence(job, row, reused);
        let copied = if from == row || reused == 0 {
            self.decoder.truncate(row, reused);
            Ok(())
        } else {
            self.decoder.copy(from, row, reused)
        };
        self.rows[row].tokens.clear();
        self.rows[row].tokens.extend_from_slice(sequence.prompt());
        self.figures.reused += reused as u64;
        self.running.insert(id, sequence);
        if let Err(error) = copied {
            self.fail(id, &error);
        }
    }

    /// One token, or with guesses several, for each who reads.
    fn decode(&mut self, plan: &[(Id, usize)]) {
        if let [(id, row)] = plan
            && self.decode_guessing(*id, *row)
        {
            return;
        }
        let last = |(_, row): &(Id, usize)| (*row, self.rows[*row].tokens.last().copied().unwrap_or(0));
        let tokens: Vec<(usize, u32)> = plan.iter().map(last).collect();
        let mut logits = std::mem::take(&mut self.logits);
        match self.decoder.step(&tokens, &mut logits) {
            Ok(()) => {
                let width = self.decoder.vocabulary();
                for ((id, _), logits) in plan.iter().zip(logits.chunks_exact_mut(width)) {
                    self.say(*id, logits);
                }
            }
            Err(error) => plan.iter().for_each(|(id, _)| self.fail(*id, &error)),
        }
        self.logits = logits;
    }

    /// Computes the last token and what may follow it in one run, and keeps what the model says itself; `false` if
    /// there is nothing to guess.
    fn decode_guessing(&mut self, id: Id, row: usize) -> bool {
        let fill = self.decoder.fill(row);
        let Some(sequence) = self
            .running
            .get_mut(&id)
            .filter(|_| self.decoder.sees_every_position())
        else {
            return false;
        };
        let room = sequence
            .may_guess()
            .min((self.decoder.capacity() - 1).saturating_sub(fill + 1));
        let known = &self.rows[row].tokens;
        let guess = sequence.lookup.guess(known, room);
        if guess.is_empty() {
            return false;
        }
        let mut tokens = Vec::with_capacity(1 + guess.len());
        tokens.extend(known.last());
        tokens.extend_from_slice(&guess);
        let mut logits = std::mem::take(&mut self.logits);
        match self.decoder.extend(row, &tokens, tokens.len(), &mut logits) {
            Ok(()) => {
                let width = self.decoder.vocabulary();
                let mut right = 0;
                for (at, logits) in logits.chunks_exact_mut(width).enumerate() {
                    // What stands in the cache after a wrong guess is forgotten, before the answer can end on it.
                    let said = self.choose(id, logits);
                    let guessed = tokens.get(at + 1).copied();
                    if matches!(said, Some(Said::Token(token)) if Some(token) == guessed) {
                        right += 1;
                        self.keep(id, said);
                        continue;
                    }
                    self.decoder.truncate(row, fill + 1 + right);
                    self.learn(id, tokens.len() - 1, right);
                    self.keep(id, said);
                    break;
                }
            }
            Err(error) => self.fail(id, &error),
        }
        self.logits = logits;
        true
    }

    fn learn(&mut self, id: Id, proposed: usize, right: usize) {
        if let Some(sequence) = self.running.get_mut(&id) {
            sequence.lookup.learn(proposed, right);
        }
    }

    /// The next part of a prompt, and after the last part the first token of the answer.
    fn prefill(&mut self, chunk: &Chunk) {
        let mut logits = std::mem::take(&mut self.logits);
        let tokens = &self.rows[chunk.row].tokens[chunk.from..chunk.from + chunk.count];
        match self
            .decoder
            .extend(chunk.row, tokens, usize::from(chunk.last), &mut logits)
        {
            Ok(()) => {
                self.shared.lock().scheduler.computed(chunk);
                self.figures.prefilled += chunk.count as u64;
                if chunk.last {
                    self.say(chunk.id, &mut logits);
                }
            }
            Err(error) => self.fail(chunk.id, &error),
        }
        self.logits = logits;
    }

    fn say(&mut self, id: Id, logits: &mut [f32]) {
        let said = self.choose(id, logits);
        self.keep(id, said);
    }

    fn choose(&mut self, id: Id, logits: &mut [f32]) -> Option<Said> {
        self.figures.decoded += 1;
        match self.running.get_mut(&id)?.say(logits, &mut self.room) {
            Ok(said) => Some(said),
            Err(error) => {
                self.fail(id, &error);
                None
            }
        }
    }

    /// Lets the answer go on after its token, or ends it.
    fn keep(&mut self, id: Id, said: Option<Said>) {
        match said {
            Some(Said::Token(token)) => {
                if let Some(sequence) = self.running.get(&id) {
                    self.rows[sequence.row].tokens.push(token);
                }
            }
            Some(Said::End(finish)) => {
                if let Some(sequence) = self.release(id) {
                    sequence.finish(finish);
                }
            }
            None => {}
        }
    }

    /// Frees the row of an answer; what it holds stays for requests that begin in the same way.
    fn release(&mut self, id: Id) -> Option<Sequence> {
        self.shared.lock().scheduler.remove(id);
        let sequence = self.running.remove(&id)?;
        let row = &mut self.rows[sequence.row];
        row.tokens.truncate(self.decoder.fill(sequence.row));
        row.used = self.clock;
        Some(sequence)
    }

    fn fail(&mut self, id: Id, error: &EngineError) {
        tracing::warn!(%error, "an answer failed");
        if let Some(sequence) = self.release(id) {
            self.decoder.truncate(sequence.row, 0);
            self.rows[sequence.row].tokens.clear();
            sequence.fail(EngineError::Runtime(error.to_string()));
        }
    }

    fn drop_cancelled(&mut self) {
        let gone: Vec<Id> = self
            .running
            .iter()
            .filter(|(_, one)| one.is_cancelled())
            .map(|(id, _)| *id)
            .collect();
        for id in gone {
            if let Some(sequence) = self.release(id) {
                sequence.finish(Finish::Cancelled);
            }
        }
    }
}
