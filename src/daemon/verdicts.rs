//! What an attempt to send a letter comes to: what the register keeps, the fate the case is told of, and whether the others
//! wait too. Pure; the judge remembers.

use crate::case::{LetterFate, LetterKind, Moment};
use crate::letters;
use crate::outbox::answer::About;
use crate::outbox::backoff::{Jitter, NextAttempt, next_attempt};
use crate::outbox::judge::{Because, Judge, Refusal, Verdict};
use crate::outbox::{Answer, Outcome, RefusedFor, Stage};
use crate::register::{Claimed, Sent};
use chrono::TimeDelta;

/// How a connection's share of a round ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    /// Nothing is left, or the daemon stops.
    Done,
    /// It could not be made, or was taken away.
    TurnedAway(Outcome),
    /// The server takes nothing from us now.
    ServerRefuses,
}

impl Ended {
    pub fn turned_away(&self) -> Option<&Outcome> {
        match self {
            Self::TurnedAway(outcome) => Some(outcome),
            Self::Done | Self::ServerRefuses => None,
        }
    }
}

/// What follows from an attempt.
#[derive(Debug, Clone)]
pub(super) struct Ruling {
    pub sent: Sent,
    /// The end of the letter's way; None: it goes on.
    pub fate: Option<LetterFate>,
    /// Every other letter waits as well.
    pub halts: bool,
    /// When: the row and the events say the same moment.
    pub at: Moment,
    because: Because,
}

impl Ruling {
    fn waits(sent: Sent, halts: bool, at: Moment) -> Self {
        Self { sent, fate: None, halts, at, because: Because::ItsOwn }
    }

    fn ends(reply: String, because: Because, at: Moment) -> Self {
        let fate = Some(LetterFate::Refused { reply: reply.clone() });
        Self { sent: Sent::Refused { reply }, fate, halts: false, at, because }
    }

    /// Whether it came to an end for what the letter or its recipient is.
    pub fn is_its_own(&self) -> bool {
        self.fate.is_some() && self.because == Because::ItsOwn
    }

    /// Whether people are told of its end by a letter. Not of the end of a letter that itself told of letters, where the
    /// server took nothing: each would make another one, and the operator has been told of the server.
    pub fn tells(&self, kind: LetterKind) -> bool {
        let is_about_letters = matches!(kind, LetterKind::DeliveryFailed | LetterKind::Alarm);
        self.because == Because::ItsOwn || !is_about_letters
    }
}

/// Rules on one attempt; the judge takes note of it.
pub(super) fn rule(judge: &mut Judge, letter: &Claimed, outcome: Outcome, now: Moment, jitter: Jitter) -> Ruling {
    match outcome {
        Outcome::Accepted { reply, server } => {
            judge.accepted(now);
            Ruling {
                sent: Sent::Accepted { at: now, server: server.clone(), reply: reply.clone() },
                fate: Some(LetterFate::Accepted { server, reply }),
                halts: false,
                at: now,
                because: Because::ItsOwn,
            }
        }
        Outcome::Refused { reply, cause: RefusedFor::Size, .. } if can_be_lighter(letter) => {
            Ruling::waits(Sent::Lighter { not_before: now, reply }, false, now)
        }
        Outcome::Refused { reply, stage, .. } => refused(judge, letter, reply, stage, now, jitter),
        Outcome::TryAgain { reason, stage, said, .. } => {
            let halts = said.is_some_and(|answer| {
                let refusal = refusal(letter, stage, &answer);
                judge.put_off(&refusal) == Verdict::ServerWaits
            });
            again(letter, reason, halts, now, jitter)
        }
        Outcome::Unknown { reason } => again(letter, reason, false, now, jitter),
    }
}

/// The reply, where it refuses for what the recipient is: at RCPT TO, where another recipient can be asked about.
pub(super) fn said_of_the_recipient(outcome: &Outcome) -> Option<Answer> {
    let Outcome::Refused { reply, stage, .. } = outcome else { return None };
    Answer::read(reply).filter(|answer| *stage == Stage::RcptTo && answer.about(*stage) == About::Recipient)
}

/// The server, or we, said no for good.
fn refused(judge: &mut Judge, letter: &Claimed, reply: String, stage: Stage, now: Moment, jitter: Jitter) -> Ruling {
    // Without a reply of the server it is our own look at the letter.
    let Some(answer) = Answer::read(&reply) else { return Ruling::ends(reply, Because::ItsOwn, now) };
    let first = letter.refused_at.unwrap_or(now);
    let verdict = judge.refused(&refusal(letter, stage, &answer), now);
    let waited = (now - first).to_std().unwrap_or_default();
    match (verdict, next_attempt(waited, attempts(letter), jitter)) {
        (Verdict::Fate(Because::ItsOwn), _) => Ruling::ends(reply, Because::ItsOwn, now),
        (Verdict::Fate(Because::Waited), _) | (_, NextAttempt::GiveUp) => {
            let hours = (now - first).num_hours();
            Ruling::ends(format!("given up after {hours} hours: {reply}"), Because::Waited, now)
        }
        (verdict, NextAttempt::After(wait)) => {
            let not_before = now + TimeDelta::from_std(wait).unwrap_or_default();
            Ruling::waits(Sent::Waits { not_before, reply }, verdict == Verdict::ServerWaits, now)
        }
    }
}

fn again(letter: &Claimed, reason: String, halts: bool, now: Moment, jitter: Jitter) -> Ruling {
    let age = (now - letter.created_at).to_std().unwrap_or_default();
    let attempts = attempts(letter);
    match next_attempt(age, attempts, jitter) {
        NextAttempt::After(wait) => {
            let not_before = now + TimeDelta::from_std(wait).unwrap_or_default();
            Ruling::waits(Sent::Again { not_before, reply: reason }, halts, now)
        }
        NextAttempt::GiveUp => {
            let reply = format!("given up after {attempts} attempts: {reason}");
            Ruling { halts, ..Ruling::ends(reply, Because::Waited, now) }
        }
    }
}

fn refusal<'a>(letter: &'a Claimed, stage: Stage, answer: &'a Answer) -> Refusal<'a> {
    let files = letter.carried.len();
    Refusal { letter: letter.id.as_str(), to: letter.to.as_str(), stage, answer, files, refused_at: letter.refused_at }
}

fn attempts(letter: &Claimed) -> u32 {
    u32::try_from(letter.attempts + 1).unwrap_or(u32::MAX)
}

/// Only what is for staff: a customer's letter goes whole or not at all.
fn can_be_lighter(letter: &Claimed) -> bool {
    letter.weight == letters::Weight::Full && !letter.carried.is_empty() && !letter.kind.is_for_customer()
}
