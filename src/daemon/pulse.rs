//! Whether every loop still moves. The service manager's watchdog is told so only while each has been heard of in its
//! time; a loop that hangs ends that, and the service manager starts the daemon anew. Touches the monotonic clock only.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The daemon's loops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loop {
    Intake,
    Sending,
    Ticking,
    Telling,
}

impl Loop {
    const ALL: [Self; 4] = [Self::Intake, Self::Sending, Self::Ticking, Self::Telling];

    /// The stable name in figures.
    fn name(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Sending => "sending",
            Self::Ticking => "ticking",
            Self::Telling => "telling",
        }
    }

    /// The longest a loop can honestly be silent: what its longest single step takes when each of that step's own
    /// deadlines is used to the full. Shorter would end a slow server's honest session, again and again.
    fn patience(self) -> Duration {
        match self {
            // 32 MiB of mail by the MiB, three minutes each; or a wait of an hour for news.
            Self::Intake => Duration::from_secs(2 * 60 * 60),
            // One letter of 25 MB to a server at its slowest: the lease on it.
            Self::Sending => Duration::from_secs(2 * 60 * 60),
            // It comes by every minute, and a digest of many thousand cases takes seconds.
            Self::Ticking => Duration::from_secs(30 * 60),
            // Three small letters, over two servers, and a program that takes a minute.
            Self::Telling => Duration::from_secs(60 * 60),
        }
    }
}

/// When each loop was last heard of; a loop that was never begun is not waited for.
#[derive(Debug, Default)]
pub struct Pulse {
    heard: Mutex<[Option<Instant>; Loop::ALL.len()]>,
}

impl Pulse {
    /// The loop got something done, or is about to begin something.
    pub fn beat(&self, of: Loop) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = heard.get_mut(of as usize) {
            *slot = Some(Instant::now());
        }
    }

    /// The loops that were not heard of in their time.
    pub fn hanging(&self, now: Instant) -> Vec<Loop> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let late = |of: &Loop| {
            heard.get(*of as usize).copied().flatten().is_some_and(|at| now.duration_since(at) > of.patience())
        };
        Loop::ALL.into_iter().filter(late).collect()
    }

    /// Each loop, and whether it moves.
    pub fn moving(&self, now: Instant) -> Vec<(&'static str, bool)> {
        let hanging = self.hanging(now);
        Loop::ALL.into_iter().map(|of| (of.name(), !hanging.contains(&of))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_hangs_is_named_and_the_others_are_not() {
        let pulse = Pulse::default();
        let start = Instant::now();
        assert_eq!(pulse.hanging(start + Duration::from_secs(1_000_000)), [], "nothing was begun");
        for of in Loop::ALL {
            pulse.beat(of);
        }
        assert_eq!(pulse.hanging(start + Duration::from_secs(29 * 60)), []);
        assert_eq!(pulse.hanging(Instant::now() + Duration::from_secs(31 * 60)), [Loop::Ticking]);
        assert_eq!(pulse.hanging(Instant::now() + Duration::from_secs(3 * 60 * 60)), Loop::ALL);
    }
}
