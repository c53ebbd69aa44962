//! How long to wait before a server is tried again: doubling, bounded, and spread by a jitter that comes in as an
//! argument. Pure: it neither sleeps nor draws random numbers.

use std::time::{Duration, Instant};

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
    /// When the pause that was told last is over.
    until: Option<Instant>,
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
        Self { first, next: first, longest, until: None }
    }

    /// The server is back: the next pause is the first one again.
    pub fn reset(&mut self) {
        (self.next, self.until) = (self.first, None);
    }

    /// How long to wait from `now`. `jitter` (0.0 to 1.0; anything else is brought within) takes off up to half, so that
    /// several daemons do not come back at the same moment. Where the pause before is not over, something woke us early: that
    /// failed too, which says nothing of how long the server is away, and only what is left of it is waited.
    pub fn pause(&mut self, now: Instant, jitter: f64) -> Duration {
        if let Some(left) = self.until.map(|until| until.saturating_duration_since(now)).filter(|left| !left.is_zero())
        {
            return left;
        }
        let whole = self.next;
        self.next = whole.saturating_mul(2).min(self.longest);
        let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 };
        let pause = whole.mul_f64(1.0 - jitter / 2.0);
        self.until = Some(now + pause);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The pauses told when each is waited out.
    fn waited_out(backoff: &mut Backoff, rounds: usize, jitter: f64) -> Vec<Duration> {
        let mut now = Instant::now();
        let one = |_| {
            let pause = backoff.pause(now, jitter);
            now += pause;
            pause
        };
        (0..rounds).map(one).collect()
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_start_anew_after_success() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(5));
        assert_eq!(waited_out(&mut backoff, 5, 0.0), [1, 2, 4, 5, 5].map(Duration::from_secs));
        backoff.reset();
        assert_eq!(waited_out(&mut backoff, 1, 0.0), [Duration::from_secs(1)]);
    }

    #[test]
    fn what_fails_when_woken_early_waits_for_what_is_left_and_doubles_nothing() {
        let (mut backoff, start) = (Backoff::default(), Instant::now());
        let at = |millis| start + Duration::from_millis(millis);
        let pauses = [0, 0, 400, 999, 1_000, 2_500, 3_000].map(|now| backoff.pause(at(now), 0.0).as_millis());
        assert_eq!(pauses, [1_000, 1_000, 600, 1, 2_000, 500, 4_000]);
    }

    proptest! {
        #[test]
        fn jitter_takes_off_at_most_half(jitter in proptest::num::f64::ANY, rounds in 1usize..40) {
            let plain = waited_out(&mut Backoff::default(), rounds, 0.0);
            let spread = waited_out(&mut Backoff::default(), rounds, jitter);
            for (whole, pause) in plain.into_iter().zip(spread) {
                prop_assert!(pause <= whole && pause >= whole / 2);
                prop_assert!(whole <= LONGEST);
            }
        }
    }
}
