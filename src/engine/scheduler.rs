//! Who is computed next: admission, chunks of prompts, and the rows that decode together. Pure, without clock or I/O.
//!
//! The policy: requests are admitted in the order in which they came, one prompt being computed at a time, in chunks.
//! Admission waits for the prompt before, because what that computed may be the beginning of this one too. Two laws
//! hold between those who read and those who wait for their first token:
//!
//! - Whoever reads gets a token after every [`Limits::chunk`] tokens of a prompt that came alone, and after every
//!   [`Limits::chunk_alone`] at the latest where prompts queue.
//! - Whoever came behind another prompt, while rows are free, waits for the prompts ahead and for one decode step, and
//!   for one more with every [`Limits::chunk_alone`] tokens that are computed until then, whatever prompts these are of.
//!   So eight short prompts that come together wait for each other and for one step. A further step comes in only
//!   where all who were reading have left: then whoever began last gets its second token.

use std::collections::VecDeque;

use super::EngineError;

/// Names a request; later ones are greater.
pub type Id = u64;

/// The bounds within which is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Sequences that have a row in the cache.
    pub rows: usize,
    /// Tokens of prompt and answer together.
    pub window: usize,
    /// Tokens of a prompt that are computed between two tokens of those who are reading.
    pub chunk: usize,
    /// The same while prompts queue; and those that are computed in one step while nobody is reading.
    pub chunk_alone: usize,
    /// Requests that may wait.
    pub waiting: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Waiting {
    id: Id,
    prompt: usize,
    /// Whether it came behind another one that had no first token yet.
    behind: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Prefilling {
    id: Id,
    row: usize,
    prompt: usize,
    filled: usize,
    /// As in [`Waiting`].
    behind: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Reading {
    id: Id,
    row: usize,
    /// Tokens of prompts that were computed since it got a token.
    stalled: usize,
}

/// A request that got a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// The request.
    pub id: Id,
    /// Its row.
    pub row: usize,
    /// How many tokens of its prompt the row holds already; fewer than the prompt has.
    pub reused: usize,
}

/// A part of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// The request.
    pub id: Id,
    /// Its row.
    pub row: usize,
    /// The place of the first token.
    pub from: usize,
    /// How many tokens.
    pub count: usize,
    /// Whether the prompt ends here, so that the first token of the answer follows.
    pub last: bool,
}

/// What one step computes: first a token for each who is reading, if it is their turn, then the chunk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepPlan {
    /// The requests that decode, with their rows in ascending order.
    pub decode: Vec<(Id, usize)>,
    /// The part of a prompt.
    pub prefill: Option<Chunk>,
}

impl StepPlan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.decode.is_empty() && self.prefill.is_none()
    }
}

/// Who waits, whose prompt is computed, and who reads.
#[derive(Debug, Clone)]
pub struct Scheduler {
    limits: Limits,
    waiting: VecDeque<Waiting>,
    prefilling: Option<Prefilling>,
    /// By row.
    decoding: Vec<Reading>,
}

impl Scheduler {
    /// Starts with nobody.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            waiting: VecDeque::new(),
            prefilling: None,
            decoding: Vec::with_capacity(limits.rows),
        }
    }

    /// Lets a request wait, with the tokens of its prompt and the tokens that its answer may have.
    ///
    /// # Errors
    ///
    /// [`EngineError::EmptyPrompt`], [`EngineError::TooLong`]: it can never be admitted. [`EngineError::Busy`]: not
    /// now.
    pub fn submit(&mut self, id: Id, prompt: usize, answer: usize) -> Result<(), EngineError> {
        let window = self.limits.window;
        if prompt == 0 {
            return Err(EngineError::EmptyPrompt);
        }
        if prompt.saturating_add(answer.max(1)) > window {
            return Err(EngineError::TooLong {
                prompt,
                answer,
                window,
            });
        }
        if self.waiting.len() >= self.limits.waiting {
            return Err(EngineError::Busy {
                waiting: self.waiting.len(),
            });
        }
        let behind = self.prefilling.is_some() || !self.waiting.is_empty();
        self.waiting.push_back(Waiting { id, prompt, behind });
        Ok(())
    }

    /// The request that may have a row now, if there is one and a row is free.
    pub fn next_waiting(&self) -> Option<Id> {
        let free = self.decoding.len() < self.limits.rows && self.prefilling.is_none();
        self.waiting.front().filter(|_| free).map(|waiting| waiting.id)
    }

    /// Gives the request of [`next_waiting`](Self::next_waiting) a row that [`is_free`](Self::is_free), of which the
    /// first `reused` tokens are those of its prompt.
    pub fn admit(&mut self, row: usize, reused: usize) -> Option<Admission> {
        self.next_waiting()?;
        if !self.is_free(row) {
            return None;
        }
        let Waiting { id, prompt, behind } = self.waiting.pop_front()?;
        let reused = reused.min(prompt - 1);
        self.prefilling = Some(Prefilling {
            id,
            row,
            prompt,
            filled: reused,
            behind,
        });
        Some(Admission { id, row, reused })
    }

    /// Whether a row exists and belongs to nobody.
    pub fn is_free(&self, row: usize) -> bool {
        row < self.limits.rows
            && self.prefilling.as_ref().is_none_or(|one| one.row != row)
            && self.decoding.iter().all(|one| one.row != row)
    }

    /// What the next step computes. Those who decode in it are taken as having got their token.
    pub fn plan(&mut self) -> StepPlan {
        let stalled = self.decoding.iter().map(|one| one.stalled).max();
        let prompt = self.prefilling.as_ref();
        let queue = prompt.is_some_and(|one| one.behind || !self.waiting.is_empty());
        let most = match stalled {
            None => self.limits.chunk_alone,
            // Where prompts queue, their chunks follow each other until it is the readers' turn.
            Some(stalled) if queue && (1..self.limits.chunk_alone).contains(&stalled) => {
                return StepPlan {
                    decode: Vec::new(),
                    prefill: self.chunk(self.limits.chunk_alone - stalled),
                };
            }
            Some(_) => self.limits.chunk,
        };
        let decode = self.decoding.iter_mut().map(|one| {
            one.stalled = 0;
            (one.id, one.row)
        });
        StepPlan {
            decode: decode.collect(),
            prefill: self.chunk(most),
        }
    }

    /// The next `most` tokens, and one at least, of the prompt that is being computed.
    fn chunk(&self, most: usize) -> Option<Chunk> {
        let one = self.prefilling.as_ref()?;
        let left = one.prompt - one.filled;
        Some(Chunk {
            id: one.id,
            row: one.row,
            from: one.filled,
            count: left.min(most.max(1)),
            last: left <= most.max(1),
        })
    }

    /// Takes note that a chunk of the plan was computed; after the last the request decodes.
    pub fn computed(&mut self, chunk: &Chunk) {
        let Some(one) = self.prefilling.take_if(|one| one.id == chunk.id) else {
            return;
        };
        for reading in &mut self.decoding {
            reading.stalled += chunk.count;
        }
        let filled = one.filled + chunk.count;
        if filled >= one.prompt {
            let at = self.decoding.partition_point(|reading| reading.row < one.row);
            let reading = Reading {
                id: one.id,
                row: one.row,
                stalled: 0,
            };
            self.decoding.insert(at, reading);
        } else {
            self.prefilling = Some(Prefilling { filled, ..one });
        }
    }

    /// Takes a request out, wherever it is: it has ended, or nobody wants it any more. Gives the row that it had.
    pub fn remove(&mut self, id: Id) -> Option<usize> {
        self.waiting.retain(|waiting| waiting.id != id);
        if let Some(one) = self.prefilling.take_if(|one| one.id == id) {
            return Some(one.row);
        }
        let at = self.decoding.iter().position(|one| one.id == id)?;
        Some(self.decoding.remove(at).row)
    }

    /// How many wait, and how many have a row.
    pub fn load(&self) -> (usize, usize) {
        let active = self.decoding.len() + usize::from(self.prefilling.is_some());
        (self.waiting.len(), active)
    }
}
