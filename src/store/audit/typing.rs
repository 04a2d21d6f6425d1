//! Searches that are being typed: each pause shows results, and together they make one row, of the words that stood, with all
//! that was shown on the way. Nothing that was shown is left out, so nobody who types in a browser of their own making
//! escapes the log.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::NewEntry;
use crate::store::Store;

/// For how long a search stands before it is written down.
const SETTLED: Duration = Duration::from_secs(3);

/// The searches that do not stand yet: at most one of each person at each place.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct Typing {
    held: Arc<Mutex<Held>>,
    /// Ends the waiting when the store is closed.
    pub(in crate::store) closing: CancellationToken,
}

#[derive(Debug, Default)]
struct Held {
    entries: Vec<(u64, NewEntry)>,
    count: u64,
}

impl Typing {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is held of whoever did `entry`.
    fn take_of(&self, entry: &NewEntry) -> Option<NewEntry> {
        let mut held = self.held();
        let place = held
            .entries
            .iter()
            .position(|(_, known)| known.is_by_the_same(entry))?;
        Some(held.entries.swap_remove(place).1)
    }

    fn take(&self, number: u64) -> Option<NewEntry> {
        let mut held = self.held();
        let place = held.entries.iter().position(|(known, _)| *known == number)?;
        Some(held.entries.swap_remove(place).1)
    }

    fn put(&self, entry: NewEntry) -> u64 {
        let mut held = self.held();
        held.count += 1;
        let number = held.count;
        held.entries.push((number, entry));
        number
    }

    /// The rows to be written where `entry` follows what is held: one, where it only goes on from it.
    pub(super) fn before(&self, entry: NewEntry) -> (Option<NewEntry>, NewEntry) {
        match self.take_of(&entry) {
            Some(earlier) if entry.goes_on_from(&earlier) => (None, entry.with_all_of(earlier)),
            earlier => (earlier, entry),
        }
    }
}

impl Store {
    /// Adds a row to the audit log about a search that somebody may go on typing: once it stands, or they do something
    /// else, or the store is closed.
    pub fn record_once_settled(&self, entry: NewEntry) {
        let (earlier, entry) = self.typing.before(entry);
        let number = self.typing.put(entry);
        let store = self.clone();
        let work = async move {
            if let Some(earlier) = earlier {
                store.record_or_log(&earlier).await;
            }
            tokio::select! {
                () = store.typing.closing.cancelled() => {}
                () = tokio::time::sleep(SETTLED) => {}
            }
            if let Some(entry) = store.typing.take(number) {
                store.record_or_log(&entry).await;
            }
        };
        self.later.spawn_on(work, &self.runtime);
    }
}
