//! How long one IDLE may last on this line. Servers allow half an hour (RFC 2177), but proxies and firewalls cut what is
//! quiet, some after 20 seconds: that is learnt from two cuts alike, and IDLE is renewed before it. Pure.

use super::Deadlines;
use super::error::{MailboxError, Step};
use std::time::Duration;

/// A line that was quiet for less was not cut for that.
const SHORTEST: Duration = Duration::from_secs(5);
/// Two cuts are alike if their silences differ by at most this part of the longer.
const ALIKE_PART: u32 = 4;

/// What is known of the line. Kept over all connections of one process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits {
    /// IDLE is renewed after this, once it is known.
    renewed_after: Option<Duration>,
    /// How long it was quiet before the last cut, if it was not quiet for longer without one since.
    cut_after: Option<Duration>,
}

/// What a lost connection says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// A fault like another.
    Fault,
    /// Cut while it was quiet: a new connection may be made at once.
    Quiet,
    /// The same, and now IDLE is renewed before it.
    Learnt(Duration),
}

impl Waits {
    /// The deadlines for the next connection.
    pub fn deadlines(&self) -> Deadlines {
        let usual = Deadlines::default();
        Deadlines { idle: self.renewed_after.map_or(usual.idle, |after| after.min(usual.idle)), ..usual }
    }

    /// A wait ended as it should, after so long.
    pub fn ended(&mut self, waited: Duration) {
        if self.cut_after.is_some_and(|cut| self.quiet(waited) > cut) {
            self.cut_after = None;
        }
    }

    /// A wait ended with this error, after so long.
    pub fn lost(&mut self, error: &MailboxError, waited: Duration) -> Loss {
        let quiet = self.quiet(waited);
        if !matches!(error, MailboxError::Unreachable { step: Step::Wait, .. }) || quiet < SHORTEST {
            return Loss::Fault;
        }
        let alike = |cut: Duration| cut.abs_diff(quiet) <= cut.max(quiet) / ALIKE_PART;
        match self.cut_after.replace(quiet) {
            Some(before) if alike(before) => {
                let after = before.min(quiet) * 3 / 4;
                self.renewed_after = Some(after);
                self.cut_after = None;
                Loss::Learnt(after)
            }
            _ => Loss::Quiet,
        }
    }

    /// How long the line was quiet at most.
    fn quiet(&self, waited: Duration) -> Duration {
        self.renewed_after.map_or(waited, |after| after.min(waited))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut() -> MailboxError {
        MailboxError::Unreachable { server: "mail.example:993".into(), step: Step::Wait, found: "gone".into() }
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_line_that_is_cut_when_quiet_is_learnt_at_the_second_cut() {
        let mut waits = Waits::default();
        assert_eq!(waits.deadlines(), Deadlines::default());
        assert_eq!(waits.lost(&cut(), seconds(20)), Loss::Quiet);
        assert_eq!(waits.lost(&cut(), seconds(21)), Loss::Learnt(seconds(15)));
        assert_eq!(waits.deadlines().idle, seconds(15));
        // From then on it holds; if it does not, it is renewed sooner still.
        waits.ended(seconds(60));
        assert_eq!(waits.lost(&cut(), seconds(12)), Loss::Quiet);
        assert_eq!(waits.lost(&cut(), seconds(12)), Loss::Learnt(seconds(9)));
    }

    #[test]
    fn a_server_that_restarts_now_and_then_teaches_nothing() {
        let mut waits = Waits::default();
        assert_eq!(waits.lost(&cut(), seconds(1)), Loss::Fault);
        assert_eq!(waits.lost(&cut(), seconds(20)), Loss::Quiet);
        waits.ended(seconds(60));
        assert_eq!(waits.lost(&cut(), seconds(20)), Loss::Quiet);
        assert_eq!(waits.lost(&cut(), seconds(50)), Loss::Quiet);
        let other = MailboxError::Timeout { server: String::new(), step: Step::Wait, after: seconds(60) };
        assert_eq!(waits.lost(&other, seconds(50)), Loss::Fault);
        assert_eq!(waits.deadlines(), Deadlines::default());
    }
}
