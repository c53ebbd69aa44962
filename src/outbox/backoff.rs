//! When an attempt is made again, and when no more. Pure: age, attempts and chance come in as arguments.
//! In Postfix's manner: the longer a letter waits, the longer until the next attempt.

use std::time::Duration;

/// Shortest wait: greylisting servers ask for a minute or more.
pub const MIN_WAIT: Duration = Duration::from_secs(60);
/// Longest wait, so that a letter goes within the hour after its obstacle is gone (§2.1.2 counts in hours).
pub const MAX_WAIT: Duration = Duration::from_secs(60 * 60);
/// A letter nobody took in this time is given up and shown to a person (RFC 5321 §4.5.4.1: at least 4 to 5 days).
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(5 * 24 * 60 * 60);
/// First wait after the server could not be reached: a restart of it takes about this long.
pub const MIN_SERVER_WAIT: Duration = Duration::from_secs(5);
/// Longest wait for a server that stays away: the queue moves within this time of its return.
pub const MAX_SERVER_WAIT: Duration = Duration::from_secs(5 * 60);
/// The chance stretches a wait by at most one part in this many, so that a queue does not come back all at once.
const JITTER_PART: u32 = 5;

/// A piece of chance, given by the caller: 0 adds nothing to a wait, 255 a fifth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jitter(pub u8);

/// What follows on an attempt that failed for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextAttempt {
    After(Duration),
    GiveUp,
}

/// For a letter of this age (since it was put in the outbox) after its `attempts`th failed attempt.
///
/// The wait grows with the age, but is no longer than doubling from [`MIN_WAIT`] with each attempt gives: a letter
/// that grew old because the server was away is not made to wait an hour for its first greylisting. The last attempt
/// falls on [`GIVE_UP_AFTER`] itself.
pub fn next_attempt(age: Duration, attempts: u32, jitter: Jitter) -> NextAttempt {
    match GIVE_UP_AFTER.checked_sub(age) {
        None | Some(Duration::ZERO) => NextAttempt::GiveUp,
        Some(left) => {
            let wait = age.min(doubled(MIN_WAIT, attempts)).clamp(MIN_WAIT, MAX_WAIT);
            NextAttempt::After(stretched(wait, jitter).min(left))
        }
    }
}

/// For the whole queue, after the server could not be reached or logged in to `failures` times in a row. Never gives
/// up: no letter is to blame, and its own age is counted apart.
pub fn server_wait(failures: u32, jitter: Jitter) -> Duration {
    stretched(doubled(MIN_SERVER_WAIT, failures).min(MAX_SERVER_WAIT), jitter)
}

/// `first`, doubled for each time after the first.
fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(2u32.saturating_pow(times.saturating_sub(1)))
}

fn stretched(wait: Duration, jitter: Jitter) -> Duration {
    wait + wait / JITTER_PART * u32::from(jitter.0) / u32::from(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;

    #[test]
    fn waits_by_age_and_attempts() {
        for (age, attempts, jitter, expected) in [
            (0, 1, 0, Some(MINUTE)),
            (30, 1, 0, Some(MINUTE)),
            (3 * MINUTE, 2, 0, Some(2 * MINUTE)),
            (3 * MINUTE, 3, 0, Some(3 * MINUTE)),
            (30 * MINUTE, 9, 0, Some(30 * MINUTE)),
            (5 * HOUR, 9, 0, Some(HOUR)),
            (5 * HOUR, 9, 255, Some(HOUR + 12 * MINUTE)),
            // Aged while the server was away, greylisted at once after that.
            (48 * HOUR, 1, 0, Some(MINUTE)),
            (48 * HOUR, u32::MAX, 0, Some(HOUR)),
            (119 * HOUR + 45 * MINUTE, 200, 255, Some(15 * MINUTE)),
            (120 * HOUR, 1, 0, None),
            (9_999 * HOUR, 1, 255, None),
        ] {
            let expected = expected.map_or(NextAttempt::GiveUp, |s| NextAttempt::After(Duration::from_secs(s)));
            assert_eq!(next_attempt(Duration::from_secs(age), attempts, Jitter(jitter)), expected, "{age} {attempts}");
        }
    }

    #[test]
    fn the_server_is_tried_soon_and_then_every_five_minutes() {
        for (failures, expected) in [(0, 5), (1, 5), (2, 10), (3, 20), (7, 300), (u32::MAX, 300)] {
            assert_eq!(server_wait(failures, Jitter(0)), Duration::from_secs(expected), "{failures}");
        }
        assert_eq!(server_wait(7, Jitter(255)), Duration::from_secs(360));
    }

    proptest! {
        #[test]
        fn a_wait_is_never_zero_and_never_passes_the_end(age in 0u64..600_000, attempts: u32, jitter: u8) {
            let age = Duration::from_secs(age);
            match next_attempt(age, attempts, Jitter(jitter)) {
                NextAttempt::GiveUp => prop_assert!(age >= GIVE_UP_AFTER),
                NextAttempt::After(wait) => {
                    prop_assert!(wait > Duration::ZERO && wait <= MAX_WAIT + MAX_WAIT / JITTER_PART);
                    prop_assert!(age + wait <= GIVE_UP_AFTER);
                }
            }
        }
    }
}
