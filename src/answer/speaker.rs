//! Whoever reads an answer while it is made: what is told to them, and how they stop it, by a word or by going away.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use futures::channel::mpsc;

use super::AnswerError;
use crate::domain::{AnswerEvent, PersonId};
use crate::generate::Canceller;

/// Says what happens to an answer to whoever reads it, if anybody does.
pub(super) struct Speaker {
    events: mpsc::UnboundedSender<Result<AnswerEvent, AnswerError>>,
    /// Who asks, and where a stop is heard; nothing where only the whole answer is wanted.
    stopped_by: Option<(Option<PersonId>, Stops)>,
    /// Ends what the model writes.
    writing: Mutex<Option<Canceller>>,
}

impl Speaker {
    /// One to whom `person` listens.
    pub fn to(
        person: Option<PersonId>,
        stops: &Stops,
        events: mpsc::UnboundedSender<Result<AnswerEvent, AnswerError>>,
    ) -> Self {
        Self {
            events,
            stopped_by: Some((person, stops.clone())),
            writing: Mutex::new(None),
        }
    }

    /// One to whom nobody listens, for only the whole answer is wanted.
    pub fn alone() -> Self {
        Self {
            events: mpsc::unbounded().0,
            stopped_by: None,
            writing: Mutex::new(None),
        }
    }

    pub fn say(&self, event: AnswerEvent) {
        // Whoever has gone away does not hear it.
        let _ = self.events.unbounded_send(Ok(event));
    }

    pub fn fail(&self, error: AnswerError) {
        let _ = self.events.unbounded_send(Err(error));
    }

    /// A model has begun to write, which `canceller` ends. It can be stopped until what comes back is dropped.
    pub fn writes(&self, canceller: Canceller) -> Option<Stoppable> {
        *self.writing.lock().unwrap_or_else(PoisonError::into_inner) = Some(canceller.clone());
        let (person, stops) = self.stopped_by.as_ref()?;
        let stoppable = stops.enter(*person, canceller)?;
        self.say(AnswerEvent::Writing {
            stop: stoppable.name.clone(),
        });
        Some(stoppable)
    }

    /// The reader has gone away: ends what the model writes; `false` if it had not begun.
    pub fn reader_gone(&self) -> bool {
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        writing.as_ref().inspect(|canceller| canceller.cancel()).is_some()
    }
}

/// Who asked for an answer that is being written, and what ends it.
type Running = (Option<PersonId>, Canceller);

/// The answers that are being written and can be stopped, by names that are drawn at random.
#[derive(Clone, Default)]
pub(super) struct Stops(Arc<Mutex<HashMap<String, Running>>>);

impl Stops {
    fn enter(&self, person: Option<PersonId>, canceller: Canceller) -> Option<Stoppable> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)
            .inspect_err(|error| tracing::warn!(%error, "an answer cannot be stopped by its name"))
            .ok()?;
        let name = random.iter().fold(String::new(), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        });
        self.lock().insert(name.clone(), (person, canceller));
        Some(Stoppable {
            name,
            stops: self.clone(),
        })
    }

    /// Ends the answer of that name which `person` asked for; `false` if none is being written.
    pub fn stop(&self, person: Option<PersonId>, name: &str) -> bool {
        let running = self.lock();
        let found = running.get(name).filter(|(asked, _)| *asked == person);
        found.inspect(|(_, canceller)| canceller.cancel()).is_some()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer that can be stopped.
pub(super) struct Stoppable {
    name: String,
    stops: Stops,
}

impl Drop for Stoppable {
    fn drop(&mut self) {
        self.stops.lock().remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_stopped_by_whoever_asked_and_only_while_it_is_written() {
        let stops = Stops::default();
        let (asked, other) = (Some(PersonId(1)), Some(PersonId(2)));
        let stoppable = stops.enter(asked, Canceller::default()).unwrap();
        let name = stoppable.name.clone();
        assert_eq!(name.len(), 32);
        assert!(!stops.stop(other, &name) && !stops.stop(None, &name) && !stops.stop(asked, "x"));
        assert!(stops.stop(asked, &name));
        drop(stoppable);
        assert!(!stops.stop(asked, &name) && stops.lock().is_empty());
    }

    #[test]
    fn a_reader_who_goes_away_ends_only_what_is_being_written() {
        let speaker = Speaker::alone();
        assert!(!speaker.reader_gone());
        assert!(speaker.writes(Canceller::default()).is_none());
        assert!(speaker.reader_gone());
    }
}
