//! Slows down whoever guesses passwords: by the account that is tried, and by the address that tries.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use lru::LruCache;

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

struct Rule {
    free: u32,
    longest: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

/// What is remembered of failed attempts; lost with the process.
pub(super) struct Throttle(LruCache<Key, Failures>);

impl Default for Throttle {
    fn default() -> Self {
        Self(LruCache::new(REMEMBERED))
    }
}

impl Throttle {
    /// How long to wait before the next attempt, if at all.
    pub(super) fn wait(&mut self, name: &str, address: IpAddr, now: Instant) -> Option<Duration> {
        let account = self.left(&account(name), &ACCOUNT, now);
        let address = self.left(&Key::Address(network(address)), &ADDRESS, now);
        account.max(address)
    }

    /// Notes a failure.
    pub(super) fn failed(&mut self, name: &str, address: IpAddr, now: Instant) {
        for key in [account(name), Key::Address(network(address))] {
            let failures = self.0.get_or_insert_mut(key, || Failures { count: 0, last: now });
            if now.duration_since(failures.last) > FORGOTTEN {
                failures.count = 0;
            }
            failures.count += 1;
            failures.last = now;
        }
    }

    /// Forgets the failures of an account; those of an address stay, or one known password would clear them.
    pub(super) fn succeeded(&mut self, name: &str) {
        self.0.pop(&account(name));
    }

    fn left(&mut self, key: &Key, rule: &Rule, now: Instant) -> Option<Duration> {
        let failures = *self.0.get(key)?;
        let over = failures.count.checked_sub(rule.free)?;
        let wait = Duration::from_secs(1 << over.min(20)).min(rule.longest);
        let passed = now.duration_since(failures.last);
        wait.checked_sub(passed).filter(|left| !left.is_zero())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 168, 1, last])
    }

    #[test]
    fn the_first_attempts_cost_nothing_then_the_wait_doubles_to_its_greatest() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        for _ in 0..4 {
            throttle.failed("Ana", address(1), start);
        }
        assert_eq!(throttle.wait("ana", address(1), start), None);
        let mut waits = Vec::new();
        for _ in 0..9 {
            throttle.failed("ana", address(1), start);
            waits.push(throttle.wait("ANA", address(2), start).unwrap().as_secs());
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        let later = start + Duration::from_secs(60);
        assert_eq!(throttle.wait("ana", address(1), later), None);
    }

    #[test]
    fn one_address_cannot_try_one_account_after_the_other() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for number in 0..30 {
            throttle.failed(&format!("person {number}"), address(1), now);
        }
        assert!(throttle.wait("somebody else", address(1), now).is_some());
        assert_eq!(throttle.wait("somebody else", address(2), now), None);
        throttle.succeeded("somebody else");
        assert!(throttle.wait("somebody else", address(1), now).is_some());
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for number in 0..30_u128 {
            let address = IpAddr::V6((0x2001_0db8_u128 << 96 | number).into());
            throttle.failed(&format!("person {number}"), address, now);
        }
        let other = IpAddr::V6((0x2001_0db8_u128 << 96 | 0xffff).into());
        assert!(throttle.wait("somebody else", other, now).is_some());
    }

    #[test]
    fn failures_of_an_hour_ago_are_forgotten() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        for _ in 0..10 {
            throttle.failed("ana", address(1), start);
        }
        let later = start + FORGOTTEN + Duration::from_secs(1);
        throttle.failed("ana", address(1), later);
        assert_eq!(throttle.wait("ana", address(1), later), None);
    }
}
