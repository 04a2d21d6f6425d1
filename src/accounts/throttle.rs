//! Slows down whoever guesses passwords: by the account that is tried, and by the address that tries.
//!
//! An attempt is noted before it is made and no more are made at a time than would be free if all of them failed, so that
//! whoever sends a thousand at once tries no more than whoever sends one after the other. Those beyond wait until it is
//! known how the others ended: many people with the right password may sit behind one address.

#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;
use tokio::sync::Notify;

use super::AccountsError;

/// Accounts and addresses that are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(10_000).expect("a number above zero");

/// Attempts that cost nothing, and the longest wait after many. An account can be locked by others, so its wait stays
/// short; an address of many people has more attempts.
const ACCOUNT: Rule = Rule {
    free: 5,
    longest: Duration::from_secs(60),
};
const ADDRESS: Rule = Rule {
    free: 20,
    longest: Duration::from_secs(15 * 60),
};
/// Failures that are longer ago are forgotten.
const FORGOTTEN: Duration = Duration::from_secs(60 * 60);
/// Attempts from one address that wait for others to end.
const WAITING: u32 = 256;

struct Rule {
    free: u32,
    longest: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Tries {
    /// Attempts that failed.
    failed: u32,
    /// When the last one did.
    last: Instant,
    /// Attempts that are being made.
    under_way: u32,
    /// Attempts that wait for those.
    waiting: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

/// Whether an attempt may be made.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// It is noted, and to be made.
    Now,
    /// When one of those under way has ended.
    Later,
    /// When this time is over.
    After(Duration),
}

/// What is remembered of attempts; lost with the process. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Throttle(Arc<Shared>);

#[derive(Default)]
struct Shared {
    known: Mutex<Known>,
    /// Told whenever an attempt has ended.
    ended: Notify,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was right: the failures of the account are forgotten.
    Right,
    /// It was wrong.
    Wrong,
    /// Whether it was right is not known, and not for want of the right password.
    Unknown,
}

/// An attempt that may be made. Dropped without an outcome, it was wrong.
pub(super) struct Attempt {
    shared: Arc<Shared>,
    keys: [Key; 2],
    outcome: Outcome,
}

impl Attempt {
    /// It has ended.
    pub(super) fn ended(mut self, outcome: Outcome) {
        self.outcome = outcome;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.shared.known().end(&self.keys, self.outcome, Instant::now());
        self.shared.ended.notify_waiters();
    }
}

impl Throttle {
    /// Notes an attempt, as soon as it may be made.
    ///
    /// # Errors
    ///
    /// [`AccountsError::Throttled`] where too many failed, [`AccountsError::Busy`] where too many wait.
    pub(super) async fn attempt(&self, name: &str, address: IpAddr) -> Result<Attempt, AccountsError> {
        let keys = [account(name), Key::Address(network(address))];
        let mut place = None;
        loop {
            // From here on no end is missed.
            let mut ended = std::pin::pin!(self.0.ended.notified());
            ended.as_mut().enable();
            let turn = self.0.known().begin(&keys, Instant::now());
            match turn {
                Turn::Now => {
                    return Ok(Attempt {
                        shared: Arc::clone(&self.0),
                        keys,
                        outcome: Outcome::Wrong,
                    });
                }
                Turn::After(wait) => return Err(AccountsError::Throttled(wait)),
                Turn::Later if place.is_none() => place = Some(Place::take(&self.0, &keys[1])?),
                Turn::Later => {}
            }
            ended.await;
        }
    }
}

/// A place among those of an address that wait.
struct Place {
    shared: Arc<Shared>,
    address: Key,
}

impl Place {
    fn take(shared: &Arc<Shared>, address: &Key) -> Result<Self, AccountsError> {
        let mut known = shared.known();
        let tries = known.of(address, Instant::now());
        if tries.waiting >= WAITING {
            return Err(AccountsError::Busy);
        }
        tries.waiting += 1;
        Ok(Self {
            shared: Arc::clone(shared),
            address: address.clone(),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut known = self.shared.known();
        let tries = known.of(&self.address, Instant::now());
        tries.waiting = tries.waiting.saturating_sub(1);
    }
}

impl Shared {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Known(LruCache<Key, Tries>);

impl Default for Known {
    fn default() -> Self {
        Self(LruCache::new(REMEMBERED))
    }
}

impl Known {
    /// Notes an attempt where it may be made.
    fn begin(&mut self, keys: &[Key; 2], now: Instant) -> Turn {
        let wait = keys.iter().filter_map(|key| self.left(key, now)).max();
        if let Some(wait) = wait {
            return Turn::After(wait);
        }
        if keys.iter().any(|key| self.is_taken(key)) {
            return Turn::Later;
        }
        for key in keys {
            self.of(key, now).under_way += 1;
        }
        Turn::Now
    }

    /// Notes how an attempt ended. One that was right clears the failures of the account; those of an address stay, or one
    /// known password would clear them.
    fn end(&mut self, keys: &[Key; 2], outcome: Outcome, now: Instant) {
        for key in keys {
            let tries = self.of(key, now);
            tries.under_way = tries.under_way.saturating_sub(1);
            match outcome {
                Outcome::Wrong => {
                    if now.duration_since(tries.last) > FORGOTTEN {
                        tries.failed = 0;
                    }
                    tries.failed += 1;
                    tries.last = now;
                }
                Outcome::Right if matches!(key, Key::Account(_)) => tries.failed = 0,
                Outcome::Right | Outcome::Unknown => {}
            }
            let tries = *tries;
            if tries.failed + tries.under_way + tries.waiting == 0 {
                self.0.pop(key);
            }
        }
    }

    /// How long to wait before the next attempt, if at all.
    fn left(&mut self, key: &Key, now: Instant) -> Option<Duration> {
        let tries = *self.0.get(key)?;
        let rule = key.rule();
        let over = tries.failed.checked_sub(rule.free)?;
        let wait = Duration::from_secs(1 << over.min(20)).min(rule.longest);
        let passed = now.duration_since(tries.last);
        wait.checked_sub(passed).filter(|left| !left.is_zero())
    }

    /// Whether as many attempts are under way as there may be: as many as are free, or one where none is.
    fn is_taken(&mut self, key: &Key) -> bool {
        let tries = self.0.get(key);
        tries.is_some_and(|tries| tries.under_way >= key.rule().free.saturating_sub(tries.failed).max(1))
    }

    fn of(&mut self, key: &Key, now: Instant) -> &mut Tries {
        self.0.get_or_insert_mut(key.clone(), || Tries {
            failed: 0,
            last: now,
            under_way: 0,
            waiting: 0,
        })
    }
}

impl Key {
    fn rule(&self) -> &'static Rule {
        match self {
            Self::Account(_) => &ACCOUNT,
            Self::Address(_) => &ADDRESS,
        }
    }
}

fn account(name: &str) -> Key {
    Key::Account(name.to_lowercase())
}

/// Whoever has one address of IPv6 has all of its network's.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => four.into(),
            None => IpAddr::V6((six.to_bits() & (u128::MAX << 64)).into()),
        },
    }
}
