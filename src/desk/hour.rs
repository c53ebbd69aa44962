//! Whether the host's clock can be believed (invariant 9): what is decided at a wrong hour stays on file for ever, and
//! what is noted for a day to come keeps that day's work from being done. Pure; what witnesses the hour comes in.
//!
//! The mail server has a clock of its own, and stamps each mail it receives with it. Where it agrees with ours on a mail
//! that just came, ours is right, whatever our own register says: that was written by our clock.

use crate::case::Moment;
use chrono::TimeDelta;

/// How far two clocks may be apart: one that was set to local time in place of UTC is off by so much, and neither a mail
/// server's nor a build machine's of that kind may stop the desk.
const APART_MAX: TimeDelta = TimeDelta::hours(14);
/// Nobody is silent for so long and then finds a mail this old: a desk that did nothing for two weeks, in a mailbox whose
/// newest unread mail is as old. A desk that ran in that time has written its digests, and a mailbox that is used has
/// newer mail.
const SILENCE_MAX: TimeDelta = TimeDelta::days(14);

/// What says which hour it is, beside the host's clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// When this program was built: before that it cannot run.
    pub built_at: Moment,
    /// The newest moment of receipt on file that a mail server stated.
    pub last_receipt: Option<Moment>,
    /// The last thing that the desk wrote down, by its own clock.
    pub last_event: Option<Moment>,
    /// When the mail server received the mails that are not on file yet.
    pub arrived: Vec<Moment>,
}

/// Why the clock cannot be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It stands before the program was built.
    BeforeBuild(Moment),
    /// The mail server received a mail later than now.
    BehindMail(Moment),
    /// Everything else ended long ago: the last event, and the newest mail that waits.
    AheadOfMail(Moment),
    /// It is ahead of that of the register's database, by which several instances share their work, or behind it: less than 0.
    OfDatabase(TimeDelta),
}

/// Why the clock that shows `now` cannot be right; None: nothing speaks against it.
pub fn doubt(now: Moment, witnesses: &Witnesses) -> Option<Doubt> {
    let is_later = |at: &Moment| *at - now > APART_MAX;
    if is_later(&witnesses.built_at) {
        return Some(Doubt::BeforeBuild(witnesses.built_at));
    }
    if witnesses.arrived.iter().any(|at| (*at - now).abs() <= APART_MAX) {
        return None;
    }
    let newest = witnesses.arrived.iter().max().copied();
    if let Some(at) = newest.into_iter().chain(witnesses.last_receipt).find(is_later) {
        return Some(Doubt::BehindMail(at));
    }
    // A desk that never did anything may be new at an old mailbox.
    let (newest, last_event) = (newest?, witnesses.last_event?);
    let last_sign = newest.max(last_event).max(witnesses.last_receipt.unwrap_or(newest));
    (now - last_sign > SILENCE_MAX).then_some(Doubt::AheadOfMail(newest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    /// A desk that worked yesterday.
    fn yesterday() -> Witnesses {
        Witnesses {
            built_at: at("2026-11-01T00:00:00Z"),
            last_receipt: Some(at("2026-11-28T15:00:00Z")),
            last_event: Some(at("2026-11-28T15:01:00Z")),
            arrived: Vec::new(),
        }
    }

    #[test]
    fn a_clock_that_went_wrong_is_doubted_by_whatever_speaks_against_it() {
        let (mail, waits) =
            (at("2026-11-29T09:00:00Z"), |mails: &[Moment]| Witnesses { arrived: mails.to_vec(), ..yesterday() });
        for (now, witnesses, doubted) in [
            ("1970-01-01T00:05:00Z", yesterday(), Some(Doubt::BeforeBuild(yesterday().built_at))),
            ("2026-11-10T09:00:00Z", yesterday(), Some(Doubt::BehindMail(at("2026-11-28T15:00:00Z")))),
            ("2026-11-10T09:00:00Z", waits(&[mail]), Some(Doubt::BehindMail(mail))),
            ("2027-01-08T09:00:00Z", waits(&[mail]), Some(Doubt::AheadOfMail(mail))),
            ("2029-11-29T09:00:00Z", waits(&[mail]), Some(Doubt::AheadOfMail(mail))),
        ] {
            assert_eq!(doubt(at(now), &witnesses), doubted, "{now}");
        }
    }

    #[test]
    fn what_can_honestly_happen_stops_nobody() {
        let old = at("2026-08-01T09:00:00Z");
        let with =
            |arrived: &[&str]| Witnesses { arrived: arrived.iter().map(|text| at(text)).collect(), ..yesterday() };
        for (what, now, witnesses) in [
            ("an ordinary day", "2026-11-29T09:00:00Z", with(&["2026-11-29T08:59:00Z"])),
            ("nothing came for months", "2027-03-29T09:00:00Z", with(&[])),
            ("and then something does", "2027-03-29T09:00:00Z", with(&["2027-03-29T08:00:00Z"])),
            ("the server's clock shows local time", "2026-11-29T09:00:00Z", with(&["2026-11-29T20:00:00Z"])),
            ("somebody puts an old mail back", "2026-11-29T09:00:00Z", with(&["2026-08-01T09:00:00Z"])),
            (
                "a mail with a date to come, among others",
                "2026-11-29T09:00:00Z",
                with(&["2038-01-01T00:00:00Z", "2026-11-29T08:00:00Z"]),
            ),
            ("off over the holidays", "2026-12-06T09:00:00Z", with(&["2026-11-29T09:00:00Z"])),
            (
                "a new desk at an old mailbox",
                "2026-11-29T09:00:00Z",
                Witnesses { built_at: at("2026-11-01T00:00:00Z"), arrived: vec![old], ..Witnesses::default() },
            ),
            (
                "the register was written by a clock that was wrong, and the mail agrees with this one",
                "2026-11-29T09:00:00Z",
                Witnesses {
                    last_receipt: Some(at("2027-01-08T09:00:00Z")),
                    last_event: Some(at("2027-01-08T09:00:00Z")),
                    ..with(&["2026-11-29T08:59:00Z"])
                },
            ),
            (
                "the same, and no mail waits",
                "2026-11-29T09:00:00Z",
                Witnesses { last_event: Some(at("2027-01-08T09:00:00Z")), ..yesterday() },
            ),
        ] {
            assert_eq!(doubt(at(now), &witnesses), None, "{what}");
        }
    }
}
