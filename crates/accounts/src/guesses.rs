//! Who is guessing?
//!
//! Failed attempts by account and attempts by address, kept in memory. Names nobody has are counted like all others, so
//! that a lock tells nothing.

use base::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// Failed attempts until an account is locked.
const FAILURES: usize = 5;
/// How long it is locked, and how long a failure counts.
const LOCK: Duration = Duration::from_secs(15 * 60);
/// Attempts from one address in a minute.
const ATTEMPTS: usize = 20;
const MINUTE: Duration = Duration::from_secs(60);
/// Names and addresses remembered at most; the oldest are forgotten first.
const MOST: usize = 10_000;

/// What is remembered of failed and other attempts.
#[derive(Debug, Default)]
pub struct Guesses {
    failures: BTreeMap<String, Vec<Timestamp>>,
    attempts: BTreeMap<String, Vec<Timestamp>>,
}

impl Guesses {
    /// Until when an account is locked, if it is. Failures before `forgiven_at` do not count.
    pub fn locked_until(&self, account: &str, forgiven_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let failures = self.failures.get(account)?;
        let counted: Vec<&Timestamp> =
            failures.iter().filter(|at| **at >= forgiven_at && age(**at, now) < LOCK).collect();
        let last = counted.last().filter(|_| counted.len() >= FAILURES)?;
        (**last).checked_add(LOCK).ok()
    }

    /// Counts a failure; `true` when it is the one that locks.
    pub fn failed(&mut self, account: &str, now: Timestamp) -> bool {
        let failures = remembered(&mut self.failures, account, now, LOCK);
        failures.push(now);
        failures.len() == FAILURES
    }

    /// Forgets the failures of somebody who signed in.
    pub fn succeeded(&mut self, account: &str) {
        self.failures.remove(account);
    }

    /// Counts an attempt; `false` when there were too many from this address.
    pub fn may_try(&mut self, address: &str, now: Timestamp) -> bool {
        let attempts = remembered(&mut self.attempts, address, now, MINUTE);
        if attempts.len() >= ATTEMPTS {
            return false;
        }
        attempts.push(now);
        true
    }
}

fn age(at: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(at).unsigned_abs()
}

fn remembered<'a>(
    all: &'a mut BTreeMap<String, Vec<Timestamp>>,
    name: &str,
    now: Timestamp,
    long: Duration,
) -> &'a mut Vec<Timestamp> {
    if all.len() >= MOST && !all.contains_key(name) {
        all.retain(|_, times| times.last().is_some_and(|last| age(*last, now) < long));
        let oldest = all.iter().min_by_key(|(_, times)| times.last().copied()).map(|(name, _)| name.clone());
        if let Some(oldest) = oldest.filter(|_| all.len() >= MOST) {
            all.remove(&oldest);
        }
    }
    let times = all.entry(name.to_string()).or_default();
    times.retain(|at| age(*at, now) < long);
    times
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn five_failures_lock_for_a_quarter_of_an_hour() {
        let mut guesses = Guesses::default();
        for second in 0..4 {
            assert!(!guesses.failed("wang", at(second)));
        }
        assert_eq!(guesses.locked_until("wang", at(-9), at(4)), None);
        assert!(guesses.failed("wang", at(4)));
        assert_eq!(guesses.locked_until("wang", at(-9), at(5)), Some(at(4 + 900)));
        assert_eq!(guesses.locked_until("wang", at(5), at(5)), None, "forgiven");
        assert_eq!(guesses.locked_until("li", at(-9), at(5)), None);
        assert_eq!(guesses.locked_until("wang", at(-9), at(904)), None, "decayed");
    }

    #[test]
    fn an_address_tries_twenty_times_a_minute() {
        let mut guesses = Guesses::default();
        assert!((0..20).all(|second| guesses.may_try("10.0.0.9", at(second))));
        assert!(!guesses.may_try("10.0.0.9", at(20)));
        assert!(guesses.may_try("10.0.0.8", at(20)));
        assert!(guesses.may_try("10.0.0.9", at(61)));
    }
}
