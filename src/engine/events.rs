//! The way from the engine's thread to whoever reads an answer. The thread never waits for a reader: what is not read yet
//! grows together to one piece of text, so that no more lies here than a thought, a text and an end, and no more bytes
//! than the tokens have that the answer may have.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::EngineError;
use super::request::Event;

/// What is not read yet.
#[derive(Debug, Default)]
struct Unread {
    events: VecDeque<Result<Event, EngineError>>,
    reader: Option<Waker>,
    /// Nothing more will come.
    closed: bool,
    /// Nobody will read it.
    left: bool,
}

#[derive(Debug, Default)]
struct Way(Mutex<Unread>);

impl Way {
    fn lock(&self) -> MutexGuard<'_, Unread> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end at which an answer is told.
#[derive(Debug)]
pub struct Sender(Arc<Way>);

/// The end at which it is read.
#[derive(Debug)]
pub struct Receiver(Arc<Way>);

/// Both ends of a way.
pub fn way() -> (Sender, Receiver) {
    let way = Arc::new(Way::default());
    (Sender(Arc::clone(&way)), Receiver(way))
}

impl Sender {
    /// Tells an event; one that nobody will read is forgotten.
    pub fn send(&self, event: Result<Event, EngineError>) {
        let mut unread = self.0.lock();
        if unread.left {
            return;
        }
        match (unread.events.back_mut(), event) {
            (Some(Ok(Event::Text(text))), Ok(Event::Text(more))) => text.push_str(&more),
            (Some(Ok(Event::Thinking(text))), Ok(Event::Thinking(more))) => text.push_str(&more),
            (_, event) => unread.events.push_back(event),
        }
        wake(unread);
    }

    /// Whether somebody may still read.
    pub fn is_read(&self) -> bool {
        !self.0.lock().left
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let mut unread = self.0.lock();
        unread.closed = true;
        wake(unread);
    }
}

/// Wakes the reader once the lock is free again.
fn wake(mut unread: MutexGuard<'_, Unread>) {
    let reader = unread.reader.take();
    drop(unread);
    if let Some(reader) = reader {
        reader.wake();
    }
}

impl Receiver {
    /// The next event; nothing once there will be none.
    pub fn poll(&self, context: &Context<'_>) -> Poll<Option<Result<Event, EngineError>>> {
        let mut unread = self.0.lock();
        match unread.events.pop_front() {
            None if !unread.closed => {
                unread.reader = Some(context.waker().clone());
                Poll::Pending
            }
            event => Poll::Ready(event),
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let mut unread = self.0.lock();
        unread.left = true;
        unread.events.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(receiver: &Receiver) -> Poll<Option<Result<Event, EngineError>>> {
        receiver.poll(&Context::from_waker(Waker::noop()))
    }

    #[test]
    fn what_is_not_read_yet_grows_together_and_stays_in_order() {
        let (sender, receiver) = way();
        assert!(read(&receiver).is_pending());
        for _ in 0..1_000 {
            sender.send(Ok(Event::Thinking("h".to_owned())));
        }
        for _ in 0..1_000 {
            sender.send(Ok(Event::Text("w".to_owned())));
        }
        sender.send(Err(EngineError::EmptyPrompt));
        assert_eq!(receiver.0.lock().events.len(), 3);
        drop(sender);
        assert!(
            matches!(read(&receiver), Poll::Ready(Some(Ok(Event::Thinking(text)))) if text == "h".repeat(1_000))
        );
        assert!(
            matches!(read(&receiver), Poll::Ready(Some(Ok(Event::Text(text)))) if text == "w".repeat(1_000))
        );
        assert!(matches!(
            read(&receiver),
            Poll::Ready(Some(Err(EngineError::EmptyPrompt)))
        ));
        assert!(matches!(read(&receiver), Poll::Ready(None)));
    }

    #[test]
    fn a_reader_who_has_left_is_seen_and_nothing_is_kept_for_them() {
        let (sender, receiver) = way();
        sender.send(Ok(Event::Text("w".to_owned())));
        assert!(sender.is_read());
        drop(receiver);
        assert!(!sender.is_read());
        sender.send(Ok(Event::Text("w".to_owned())));
        assert!(sender.0.lock().events.is_empty());
    }
}
