//! One running answer: its tokens become text and events, and its end is seen here.

use std::sync::Arc;
use std::time::Instant;

use super::EngineError;
use super::constrain::Form;
use super::detokenise::{Detokeniser, Vocabulary};
use super::events::Sender;
use super::lookup::Lookup;
use super::reasoning::{Piece, Reasoning};
use super::request::{Canceller, Event, Finish, Usage};
use super::sampler::{Sampler, Sampling};
use super::stop::StopStrings;

/// A request that waits for a row, with all that it will need.
pub(super) struct Job {
    /// The tokens of the prompt.
    pub prompt: Vec<u32>,
    /// Tokens that the answer may have.
    pub most: usize,
    pub sampling: Sampling,
    pub stop: StopStrings,
    pub reasoning: Reasoning,
    pub form: Option<Form>,
    pub guess: bool,
    pub ignore_end: bool,
    pub dictated: Vec<u32>,
    pub events: Sender,
    pub canceller: Canceller,
    pub submitted: Instant,
}

impl Job {
    /// Whether nobody wants the answer any more.
    pub fn is_cancelled(&self) -> bool {
        self.canceller.is_cancelled() || !self.events.is_read()
    }
}

/// What choosing a token came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// The answer goes on after this token.
    Token(u32),
    /// The answer has ended.
    End(Finish),
}

/// A request that has a row.
pub(super) struct Sequence {
    pub row: usize,
    job: Job,
    end: Arc<[u32]>,
    sampler: Sampler,
    detokeniser: Detokeniser,
    pub lookup: Lookup,
    reused: usize,
    said: usize,
    admitted: Instant,
    first: Option<Instant>,
    /// Whether a stop string ended the text; nothing more is given then.
    stopped: bool,
}

impl Sequence {
    /// Starts in `row`, whose cache holds the first `reused` tokens of the prompt.
    pub fn new(
        job: Job,
        row: usize,
        reused: usize,
        vocabulary: Arc<Vocabulary>,
        end: Arc<[u32]>,
        width: usize,
    ) -> Self {
        let mut sampler = Sampler::new(job.sampling, width);
        job.prompt.iter().for_each(|token| sampler.observe(*token));
        Self {
            row,
            sampler,
            detokeniser: Detokeniser::new(vocabulary),
            lookup: Lookup::default(),
            reused,
            said: 0,
            admitted: Instant::now(),
            first: None,
            stopped: false,
            end,
            job,
        }
    }

    pub fn prompt(&self) -> &[u32] {
        &self.job.prompt
    }

    pub fn is_cancelled(&self) -> bool {
        self.job.is_cancelled()
    }

    /// How many tokens may be guessed beyond the next one.
    pub fn may_guess(&self) -> usize {
        let left = self.job.most - self.said;
        if self.job.guess { left.saturating_sub(1) } else { 0 }
    }

    /// Chooses the next token from `logits` and gives its text to whoever reads.
    pub fn say(&mut self, logits: &mut [f32], room: &mut Vec<(f32, u32)>) -> Result<Said, EngineError> {
        if self.job.ignore_end {
            for token in self.end.iter() {
                if let Some(logit) = logits.get_mut(*token as usize) {
                    *logit = f32::NEG_INFINITY;
                }
            }
        }
        if let Some(form) = &mut self.job.form {
            form.mask(logits)?;
        }
        let picked = self.sampler.pick(logits, room);
        let token = self.job.dictated.get(self.said).copied().unwrap_or(picked);
        self.first.get_or_insert_with(Instant::now);
        if self.end.contains(&token) {
            return Ok(Said::End(Finish::Stop));
        }
        self.said += 1;
        self.sampler.observe(token);
        let complete = match &mut self.job.form {
            Some(form) => form.accept(token)?,
            None => false,
        };
        let text = self.detokeniser.push(token);
        self.tell(&text);
        if self.stopped || complete {
            return Ok(Said::End(Finish::Stop));
        }
        if self.said >= self.job.most {
            return Ok(Said::End(Finish::Length));
        }
        Ok(Said::Token(token))
    }

    /// Gives `text` to whoever reads, as far as it may be given yet.
    fn tell(&mut self, text: &str) {
        for piece in self.job.reasoning.push(text) {
            self.tell_piece(piece);
        }
    }

    fn tell_piece(&mut self, piece: Piece) {
        match piece {
            _ if self.stopped => {}
            Piece::Thinking(text) => self.send(Event::Thinking(text)),
            Piece::Answer(text) => {
                let (text, stopped) = self.job.stop.push(&text);
                self.stopped = stopped;
                if !text.is_empty() {
                    self.send(Event::Text(text));
                }
            }
        }
    }

    /// A reader who has gone is seen at the next step.
    fn send(&self, event: Event) {
        self.job.events.send(Ok(event));
    }

    /// Gives what was held back and what the answer took.
    pub fn finish(mut self, finish: Finish) {
        let rest = self.detokeniser.finish();
        self.tell(&rest);
        if let Some(held) = self.job.reasoning.finish() {
            self.tell_piece(held);
        }
        let held = self.job.stop.finish();
        if !self.stopped && !held.is_empty() {
            self.send(Event::Text(held));
        }
        let since = |then: Instant| then.duration_since(self.job.submitted);
        let now = Instant::now();
        self.send(Event::Done(Usage {
            finish,
            prompt_tokens: self.job.prompt.len(),
            reused_tokens: self.reused,
            answer_tokens: self.said,
            guessed_tokens: self.lookup.proposed,
            accepted_tokens: self.lookup.accepted,
            waited: since(self.admitted),
            first_token: since(self.first.unwrap_or(now)),
            total: since(now),
        }));
    }

    /// Tells whoever reads why there is no answer.
    pub fn fail(self, error: EngineError) {
        self.job.events.send(Err(error));
    }
}
