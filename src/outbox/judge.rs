//! Whose fate a refusal is: this letter's, or the state of a server that takes nothing now. Pure: what was refused and
//! accepted before is in the [`Judge`], the moment comes in as an argument.
//!
//! A provider's limit refuses whatever comes, often with a code "for good". So a refusal ends a letter only where it
//! speaks of the recipient or the letter itself and nobody else met the same, or where it is repeated while others are
//! accepted. Else the letter waits, at most [`WAITS_FOR`]: then a person must know.

use super::answer::{About, Answer};
use super::transport::Stage;
use crate::case::Moment;
use chrono::TimeDelta;

/// How long a refused letter waits for a server that takes nothing: a daily limit ends within it.
pub const WAITS_FOR: TimeDelta = TimeDelta::hours(24);
/// Letters that are sent side by side are written down one after the other: what was accepted this much before a refusal
/// counts as accepted beside it.
const BESIDE: TimeDelta = TimeDelta::seconds(60);
/// Refusals that are remembered: two show that it is the server, the others only who was asked.
const REMEMBERED_MAX: usize = 64;

/// A refusal of one letter for one recipient.
#[derive(Debug, Clone, Copy)]
pub struct Refusal<'a> {
    /// The letter's id.
    pub letter: &'a str,
    pub to: &'a str,
    pub stage: Stage,
    pub answer: &'a Answer,
    /// Files that go along in it.
    pub files: usize,
    /// When this letter was refused first, and waited since; None: never before.
    pub refused_at: Option<Moment>,
}

/// What follows from a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It ends the letter.
    Fate(Because),
    /// This letter waits; others are tried, and show whether it is the server.
    LetterWaits,
    /// Every letter waits: the server takes nothing from us now.
    ServerWaits,
}

/// Why a letter ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// The recipient or the letter itself.
    ItsOwn,
    /// It waited for [`WAITS_FOR`].
    Waited,
}

/// What was met since the server last took a letter.
#[derive(Debug, Clone, Default)]
pub struct Judge {
    accepted_at: Option<Moment>,
    refused: Vec<Met>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Met {
    letter: String,
    to: String,
    kind: (u16, Option<(u16, u16)>),
}

impl Judge {
    /// With the moment of the last acceptance that is on file.
    pub fn new(accepted_at: Option<Moment>) -> Self {
        Self { accepted_at, refused: Vec::new() }
    }

    /// The server took a letter: what it refused before is not its state any more.
    pub fn accepted(&mut self, now: Moment) {
        self.accepted_at = self.accepted_at.max(Some(now));
        self.refused.clear();
    }

    /// A refusal that was met before this process began, and after the last acceptance.
    pub fn remember(&mut self, letter: &str, to: &str, answer: &Answer) {
        let met = Met { letter: letter.to_owned(), to: to.to_ascii_lowercase(), kind: answer.kind() };
        if self.refused.len() < REMEMBERED_MAX && !self.refused.contains(&met) {
            self.refused.push(met);
        }
    }

    /// The server takes another recipient now, as far as RCPT TO tells: what it said of these alike, it said of each.
    pub fn takes_others(&mut self, answer: &Answer) {
        self.refused.retain(|met| met.kind != answer.kind());
    }

    /// A reply that refuses for good (5xx) at RCPT TO or later.
    pub fn refused(&mut self, refusal: &Refusal<'_>, now: Moment) -> Verdict {
        let others_alike = self.others_met(refusal);
        let goes_on = !others_alike && refusal.refused_at.is_some_and(|first| self.accepted_since(first));
        let verdict = match refusal.answer.about(refusal.stage) {
            _ if refusal.refused_at.is_some_and(|first| now - first >= WAITS_FOR) => Verdict::Fate(Because::Waited),
            // Many can be too large, each by itself, but no letter of text alone.
            About::Letter if refusal.files > 0 && refusal.answer.names_the_size() => Verdict::Fate(Because::ItsOwn),
            About::Server => Verdict::ServerWaits,
            About::Recipient | About::Letter if !others_alike => Verdict::Fate(Because::ItsOwn),
            About::Unclear if goes_on => Verdict::Fate(Because::ItsOwn),
            _ if others_alike => Verdict::ServerWaits,
            _ => Verdict::LetterWaits,
        };
        self.remember(refusal.letter, refusal.to, refusal.answer);
        verdict
    }

    /// A reply that puts off (4xx), or refuses the sender (MAIL FROM): the letter waits anyhow. A word about the system is
    /// the server's state once another letter to somebody else meets it too; of greylisting each letter has its own.
    pub fn put_off(&mut self, refusal: &Refusal<'_>) -> Verdict {
        if refusal.answer.about(refusal.stage) != About::Server {
            return Verdict::LetterWaits;
        }
        let others_alike = self.others_met(refusal);
        self.remember(refusal.letter, refusal.to, refusal.answer);
        if others_alike { Verdict::ServerWaits } else { Verdict::LetterWaits }
    }

    /// Whether another letter to another recipient met the same since the last acceptance.
    fn others_met(&self, refusal: &Refusal<'_>) -> bool {
        let kind = refusal.answer.kind();
        let is_other = |met: &Met| met.letter != refusal.letter && !met.to.eq_ignore_ascii_case(refusal.to);
        self.refused.iter().any(|met| met.kind == kind && is_other(met))
    }

    fn accepted_since(&self, first: Moment) -> bool {
        self.accepted_at.is_some_and(|accepted| accepted + BESIDE >= first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use proptest::prelude::*;

    const LIMIT: &str = "550 5.4.5 Daily limit";
    const UNKNOWN: &str = "550 5.1.1 No such user";
    const SPAM: &str = "554 5.7.1 no";

    fn at(minute: i64) -> Moment {
        chrono::Utc.with_ymd_and_hms(2026, 11, 24, 9, 0, 0).unwrap() + TimeDelta::minutes(minute)
    }

    /// A step: a letter of this number is refused so for this recipient, or (`None`) some letter is accepted.
    type Step<'a> = (i64, Option<(u32, &'a str, &'a str)>);

    /// One letter for a verdict: f its own fate, t its time is over, w it waits, q the queue waits; a for acceptance.
    fn story(steps: &[Step<'_>]) -> String {
        let mut judge = Judge::default();
        let mut first = std::collections::BTreeMap::new();
        let said = steps.iter().map(|&(minute, step)| {
            let Some((number, to, line)) = step else {
                judge.accepted(at(minute));
                return 'a';
            };
            let (letter, answer) = (number.to_string(), Answer::read(line).unwrap());
            let refused_at = first.get(&number).copied();
            let refusal = Refusal { letter: &letter, to, stage: Stage::RcptTo, answer: &answer, files: 0, refused_at };
            let verdict = judge.refused(&refusal, at(minute));
            first.entry(number).or_insert_with(|| at(minute));
            match verdict {
                Verdict::Fate(Because::ItsOwn) => 'f',
                Verdict::Fate(Because::Waited) => 't',
                Verdict::LetterWaits => 'w',
                Verdict::ServerWaits => 'q',
            }
        });
        said.collect()
    }

    #[test]
    fn a_limit_ends_no_letter() {
        // Said in the code: the first one shows it.
        assert_eq!(story(&[(0, Some((1, "a", LIMIT))), (1, Some((2, "b", LIMIT))), (2, Some((1, "a", LIMIT)))]), "qqq");
        // Not said: the second one does.
        assert_eq!(story(&[(0, Some((1, "a", SPAM))), (0, Some((2, "b", SPAM))), (1, Some((1, "a", SPAM)))]), "wqq");
        // A limit that comes back is no letter's fate either, as long as its code says so.
        assert_eq!(story(&[(0, Some((1, "a", LIMIT))), (9, None), (60, Some((1, "a", LIMIT)))]), "qaq");
    }

    #[test]
    fn what_is_said_of_a_recipient_ends_the_letter_unless_others_hear_it_too() {
        assert_eq!(story(&[(0, Some((1, "a", UNKNOWN)))]), "f");
        assert_eq!(story(&[(0, Some((1, "a", UNKNOWN))), (0, Some((2, "a", UNKNOWN)))]), "ff");
        assert_eq!(story(&[(0, Some((1, "a", UNKNOWN))), (0, Some((2, "b", UNKNOWN)))]), "fq");
        // Others are accepted: it was about that recipient after all.
        let mended =
            [(0, Some((1, "a", UNKNOWN))), (0, Some((2, "b", UNKNOWN))), (1, None), (2, Some((2, "b", UNKNOWN)))];
        assert_eq!(story(&mended), "fqaf");
    }

    #[test]
    fn what_the_server_says_of_each_recipient_is_each_ones_fate() {
        let mut judge = Judge::default();
        let answer = Answer::read(UNKNOWN).unwrap();
        let refusal = |letter: &'static str| Refusal {
            letter,
            to: letter,
            stage: Stage::RcptTo,
            answer: &answer,
            files: 0,
            refused_at: None,
        };
        assert_eq!(judge.refused(&refusal("a"), at(0)), Verdict::Fate(Because::ItsOwn));
        assert_eq!(judge.refused(&refusal("b"), at(0)), Verdict::ServerWaits);
        judge.takes_others(&answer);
        assert_eq!(judge.refused(&refusal("b"), at(0)), Verdict::Fate(Because::ItsOwn));
    }

    #[test]
    fn what_may_be_anything_is_the_letters_once_others_are_accepted() {
        assert_eq!(story(&[(0, Some((1, "a", SPAM))), (1, None), (2, Some((1, "a", SPAM)))]), "waf");
        assert_eq!(story(&[(0, None), (0, Some((1, "a", SPAM))), (1, Some((1, "a", SPAM)))]), "awf");
        // Nobody else was asked: it waits, and is told after a day.
        let alone = [(0, Some((1, "a", SPAM))), (60, Some((1, "a", SPAM))), (24 * 60, Some((1, "a", SPAM)))];
        assert_eq!(story(&alone), "wwt");
        // Accepted long before: nothing is known of now.
        assert_eq!(story(&[(0, None), (60, Some((1, "a", SPAM))), (61, Some((1, "a", SPAM)))]), "aww");
        // Accepted since, and refused to others again: the server's state is back.
        let back = [(0, Some((1, "a", SPAM))), (1, None), (2, Some((2, "b", SPAM))), (3, Some((1, "a", SPAM)))];
        assert_eq!(story(&back), "wawq");
    }

    #[test]
    fn after_a_day_it_is_told_whatever_was_said() {
        assert_eq!(story(&[(0, Some((1, "a", LIMIT))), (24 * 60, Some((1, "a", LIMIT)))]), "qt");
    }

    #[test]
    fn putting_off_is_the_servers_once_two_hear_of_its_system() {
        for (line, expected) in
            [("452 4.3.1 Disk full", "wq"), ("450 4.7.1 Greylisted", "ww"), ("451 4.5.3 Too many", "wq")]
        {
            let mut judge = Judge::default();
            let answer = Answer::read(line).unwrap();
            let said = [("1", "a"), ("2", "b")].map(|(letter, to)| {
                let refusal = Refusal { letter, to, stage: Stage::RcptTo, answer: &answer, files: 0, refused_at: None };
                if judge.put_off(&refusal) == Verdict::ServerWaits { 'q' } else { 'w' }
            });
            assert_eq!(said.iter().collect::<String>(), expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn a_server_that_refuses_all_alike_ends_one_letter_at_most(
            code in prop_oneof![Just("550"), Just("554")],
            status in prop_oneof![Just(""), Just("5.1.1 "), Just("5.4.5 "), Just("5.7.1 "), Just("5.6.0 "), Just("5.0.0 ")],
            letters in proptest::collection::vec(0u32..12, 1..60),
        ) {
            let line = format!("{code} {status}no");
            let names: Vec<String> = (0..12).map(|n| n.to_string()).collect();
            // Each letter is for somebody else, and comes again and again within the day.
            let steps: Vec<Step<'_>> = letters
                .iter()
                .enumerate()
                .filter_map(|(at, &n)| Some((at as i64, Some((n, names.get(n as usize)?.as_str(), line.as_str())))))
                .collect();
            let said = story(&steps);
            let first = letters.first().copied();
            let ended = said.chars().zip(&letters).filter(|(verdict, _)| *verdict == 'f');
            for (_, letter) in ended {
                prop_assert_eq!(Some(*letter), first, "{}", said);
            }
        }
    }
}
