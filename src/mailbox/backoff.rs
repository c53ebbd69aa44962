//! How long to wait before a server is tried again: doubling, bounded, and spread by a jitter that comes in as an
//! argument. Pure: it neither sleeps nor draws random numbers.

use std::time::Duration;

/// First pause: a server that restarts is back within seconds.
const FIRST: Duration = Duration::from_secs(1);
/// Longest pause: an hour-long outage is noticed to be over within two minutes, and costs the server little.
const LONGEST: Duration = Duration::from_secs(120);

/// The pauses between attempts at one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    next: Duration,
    longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new(FIRST, LONGEST)
    }
}

impl Backoff {
    /// Pauses that start at `first` and double up to `longest`.
    pub fn new(first: Duration, longest: Duration) -> Self {
        let first = first.min(longest);
        Self { first, next: first, longest }
    }

    /// The server is back: the next pause is the first one again.
    pub fn reset(&mut self) {
        self.next = self.first;
    }

    /// How long to wait now. `jitter` (0.0 to 1.0; anything else is brought within) takes off up to half, so that
    /// several daemons do not come back at the same moment.
    pub fn pause(&mut self, jitter: f64) -> Duration {
        let whole = self.next;
        self.next = whole.saturating_mul(2).min(self.longest);
        let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 };
        whole.mul_f64(1.0 - jitter / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_start_anew_after_success() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(5));
        let pauses: Vec<u64> = (0..5).map(|_| backoff.pause(0.0).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 5, 5]);
        backoff.reset();
        assert_eq!(backoff.pause(0.0).as_secs(), 1);
    }

    proptest! {
        #[test]
        fn jitter_takes_off_at_most_half(jitter in proptest::num::f64::ANY, rounds in 1usize..40) {
            let mut plain = Backoff::default();
            let mut spread = Backoff::default();
            for _ in 0..rounds {
                let (whole, pause) = (plain.pause(0.0), spread.pause(jitter));
                prop_assert!(pause <= whole && pause >= whole / 2);
                prop_assert!(whole <= LONGEST);
            }
        }
    }
}
