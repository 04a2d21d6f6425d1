//! What is free, what waits, and for how long.

use super::*;

fn address(last: u8) -> IpAddr {
    IpAddr::from([192, 168, 1, last])
}

fn keys(name: &str, address: IpAddr) -> [Key; 2] {
    [account(name), Key::Address(network(address))]
}

impl Known {
    fn failed(&mut self, name: &str, address: IpAddr, now: Instant) {
        self.end(&keys(name, address), Outcome::Wrong, now);
    }

    fn wait(&mut self, name: &str, address: IpAddr, now: Instant) -> Option<Duration> {
        let keys = keys(name, address);
        keys.iter().filter_map(|key| self.left(key, now)).max()
    }
}

#[test]
fn the_first_attempts_cost_nothing_then_the_wait_doubles_to_its_greatest() {
    let (mut known, start) = (Known::default(), Instant::now());
    for _ in 0..4 {
        known.failed("Ana", address(1), start);
    }
    assert_eq!(known.wait("ana", address(1), start), None);
    let mut waits = Vec::new();
    for _ in 0..9 {
        known.failed("ana", address(1), start);
        waits.push(known.wait("ANA", address(2), start).unwrap().as_secs());
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    let later = start + Duration::from_secs(60);
    assert_eq!(known.wait("ana", address(1), later), None);
}

#[test]
fn one_address_cannot_try_one_account_after_the_other() {
    let (mut known, now) = (Known::default(), Instant::now());
    for number in 0..30 {
        known.failed(&format!("person {number}"), address(1), now);
    }
    assert!(known.wait("somebody else", address(1), now).is_some());
    assert_eq!(known.wait("somebody else", address(2), now), None);
    known.end(&keys("somebody else", address(1)), Outcome::Right, now);
    assert!(known.wait("somebody else", address(1), now).is_some());
}

#[test]
fn a_network_of_ipv6_counts_as_one_address() {
    let (mut known, now) = (Known::default(), Instant::now());
    for number in 0..30_u128 {
        let address = IpAddr::V6((0x2001_0db8_u128 << 96 | number).into());
        known.failed(&format!("person {number}"), address, now);
    }
    let other = IpAddr::V6((0x2001_0db8_u128 << 96 | 0xffff).into());
    assert!(known.wait("somebody else", other, now).is_some());
}

#[test]
fn failures_of_an_hour_ago_are_forgotten() {
    let (mut known, start) = (Known::default(), Instant::now());
    for _ in 0..10 {
        known.failed("ana", address(1), start);
    }
    let later = start + FORGOTTEN + Duration::from_secs(1);
    known.failed("ana", address(1), later);
    assert_eq!(known.wait("ana", address(1), later), None);
}

#[test]
fn no_more_attempts_are_under_way_than_are_free_and_those_beyond_wait_for_their_end() {
    let (mut known, now) = (Known::default(), Instant::now());
    let ana = keys("ana", address(1));
    for _ in 0..5 {
        assert_eq!(known.begin(&ana, now), Turn::Now);
    }
    assert_eq!(known.begin(&ana, now), Turn::Later);
    assert_eq!(known.begin(&keys("ben", address(1)), now), Turn::Now);
    // One that ends otherwise than wrong makes room for the next one.
    for outcome in [Outcome::Right, Outcome::Unknown] {
        known.end(&ana, outcome, now);
        assert_eq!(known.begin(&ana, now), Turn::Now);
        assert_eq!(known.begin(&ana, now), Turn::Later);
    }
    known.end(&ana, Outcome::Wrong, now);
    assert_eq!(known.begin(&ana, now), Turn::Later, "four may still fail");
    for _ in 0..4 {
        known.end(&ana, Outcome::Wrong, now);
    }
    let second = Duration::from_secs(1);
    assert_eq!(known.begin(&ana, now), Turn::After(second));
    assert_eq!(known.begin(&ana, now + second), Turn::Now, "one at a time");
    assert_eq!(known.begin(&ana, now + second), Turn::Later);
}

#[tokio::test]
async fn whoever_waits_goes_on_when_an_attempt_has_ended_and_one_too_many_is_sent_away() {
    let throttle = Throttle::default();
    let mut attempts = Vec::new();
    for number in 0..20 {
        let name = format!("person {number}");
        attempts.push(throttle.attempt(&name, address(1)).await.unwrap());
    }
    let waiting: Vec<_> = (0..WAITING)
        .map(|number| {
            let throttle = throttle.clone();
            tokio::spawn(async move {
                let name = format!("one more {number}");
                let attempt = throttle.attempt(&name, address(1)).await;
                attempt.map(|attempt| attempt.ended(Outcome::Right)).is_ok()
            })
        })
        .collect();
    while throttle
        .0
        .known()
        .of(&Key::Address(address(1)), Instant::now())
        .waiting
        < WAITING
    {
        tokio::task::yield_now().await;
    }
    let refused = throttle.attempt("somebody", address(1)).await.err();
    assert!(matches!(refused, Some(AccountsError::Busy)), "{refused:?}");
    assert!(throttle.attempt("somebody", address(2)).await.is_ok());
    attempts.pop().unwrap().ended(Outcome::Right);
    for one in waiting {
        assert!(one.await.unwrap());
    }
    drop(attempts);
    let refused = throttle.attempt("somebody", address(1)).await.err();
    assert!(refused.is_none(), "nineteen failed: {refused:?}");
}
