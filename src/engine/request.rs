//! What is asked of the engine, and what it gives: a stream of text that ends with what it took.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::Stream;

use super::EngineError;
use super::constrain::Constraint;
use super::events::Receiver;
use super::sampler::Sampling;
use super::template::Message;

/// What the model goes on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// A conversation, through the model's chat template.
    Chat(Vec<Message>),
    /// A text as it is, with the control tokens that it names.
    Text(String),
    /// Tokens as they are.
    Tokens(Vec<u32>),
}

/// One answer that is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// What the model goes on from.
    pub prompt: Prompt,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Tokens that the answer may have; without it, as many as fit after the prompt.
    pub max_tokens: Option<usize>,
    /// Texts before which the answer ends; what the model says to itself is not searched.
    pub stop: Vec<String>,
    /// Whether the model is to think first, where its template can say so; without it, as the template has it.
    pub thinking: Option<bool>,
    /// The form that the answer must have. A model that thinks should be told not to: the form holds from the first
    /// token on.
    pub constraint: Option<Constraint>,
    /// Whether tokens may be guessed ahead from what was said before. It changes the speed, never the answer.
    pub guess: bool,
    /// Whether the model's own end is overlooked, so that the answer has its greatest length. For measuring.
    pub ignore_end: bool,
    /// The first tokens of the answer, whatever the model would say; what they cost is as if it had said them. For
    /// measuring.
    pub dictated: Vec<u32>,
}

impl Request {
    /// Asks for the likeliest answer to `prompt`, as long as it may be.
    pub fn new(prompt: Prompt) -> Self {
        Self {
            prompt,
            sampling: Sampling::default(),
            max_tokens: None,
            stop: Vec::new(),
            thinking: None,
            constraint: None,
            guess: true,
            ignore_end: false,
            dictated: Vec::new(),
        }
    }
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model ended it, or a stop string, or the form that it was held to.
    Stop,
    /// It had as many tokens as it might.
    Length,
    /// [`Canceller::cancel`] was called.
    Cancelled,
}

/// What an answer took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Why it ended.
    pub finish: Finish,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Those of them that were computed for an earlier request.
    pub reused_tokens: usize,
    /// Tokens of the answer and of the thinking before it.
    pub answer_tokens: usize,
    /// Tokens that were guessed ahead.
    pub guessed_tokens: usize,
    /// Those of them that were right.
    pub accepted_tokens: usize,
    /// From the request until it had a row.
    pub waited: Duration,
    /// From the request until its first token; as long as all of it, if there was none.
    pub first_token: Duration,
    /// From the request until its end.
    pub total: Duration,
}

/// One thing that happens to an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The model says this to itself.
    Thinking(String),
    /// The model says this to the person.
    Text(String),
    /// It has ended. Nothing comes after this.
    Done(Usage),
}

/// An answer as it comes. Dropping it frees its place at the next step. Who reads slowly holds nobody up: what has come
/// meanwhile is given in one piece, and it is no more than the text of the tokens that the answer may have.
#[derive(Debug)]
pub struct Generation {
    pub(super) events: Receiver,
    pub(super) canceller: Canceller,
    pub(super) ended: bool,
}

impl Generation {
    /// A handle by which somebody else can end the answer.
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }
}

impl Stream for Generation {
    type Item = Result<Event, EngineError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let Poll::Ready(event) = self.events.poll(context) else {
            return Poll::Pending;
        };
        let event = event.unwrap_or_else(|| Err(EngineError::Stopped("the model was taken away".to_owned())));
        self.ended = !matches!(event, Ok(Event::Thinking(_) | Event::Text(_)));
        Poll::Ready(Some(event))
    }
}

/// Ends an answer at the next step; what was said until then is given, and [`Finish::Cancelled`].
#[derive(Debug, Clone, Default)]
pub struct Canceller(Arc<AtomicBool>);

impl Canceller {
    /// Ends the answer.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
