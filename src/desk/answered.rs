//! A mail that the customer had from a colleague already, as the case keeps it: what waits for the sender's word, and what
//! stands against believing it (the table is in `direct.rs`). Pure.

use super::authority::Act;
use super::deciding::Deciding;
use super::draft::Unsure;
use super::words::TEXT_MAX;
use super::{CaseFile, Incoming};
use crate::case::{Address, DirectAnswer, LetterId, Moment, What};
use crate::mail::Replay;
use chrono::TimeDelta;

/// How long such a mail may have been under way, by its own date: servers try again for hours, a laptop sends in the evening.
const UNDER_WAY_MAX: TimeDelta = TimeDelta::hours(24);
/// How far the sender's clock may be ahead of ours: an hour of a wrong zone, and some.
const AHEAD_MAX: TimeDelta = TimeDelta::hours(2);

/// What waits for a confirmation in answer to this letter.
pub(super) fn to_confirm<'a>(file: &'a CaseFile, asked_in: &LetterId) -> Option<&'a DirectAnswer> {
    file.events.iter().find_map(|event| match &event.what {
        What::AnswerToConfirm { question, answer } if question == asked_in => Some(answer),
        _ => None,
    })
}

/// The mail as the case keeps it.
pub(super) fn answer(mail: &Incoming<'_>, from: &Address, text: &str) -> DirectAnswer {
    DirectAnswer {
        text: text.chars().take(TEXT_MAX).collect(),
        message_id: mail.mail.message_id.clone(),
        from: from.clone(),
        received_at: mail.received_at,
    }
}

impl<'a> Deciding<'a> {
    /// The file of the case that a reply names which does nothing but confirm, if the letter that is answered asked about that
    /// very case: a number alone opens nothing (invariant 6).
    pub fn confirmed(&self) -> Option<&'a CaseFile> {
        let asked_in = &self.intent.answers.as_ref()?.letter;
        self.known.confirms.as_ref().filter(|file| to_confirm(file, asked_in).is_some())
    }

    /// What stands against believing that this mail of staff without a token of theirs is the sender's answer to the customer it
    /// went to (invariant 6). A signature is as good on a copy: whoever has a genuine mail can send it to another customer. So it
    /// must be shown that it was sent now, to these people, and that it is not one that was on file before. A person's mail has
    /// a date (RFC 5322 §3.6); to one without it anybody may have added what is missing.
    pub fn doubt(&self) -> Option<Unsure> {
        let mail = self.mail;
        if !Act::Record.believes(mail.mail.proof, self.rules) {
            return Some(Unsure::Sender);
        }
        let is_now = |date: Moment| date <= mail.received_at + AHEAD_MAX && date >= mail.received_at - UNDER_WAY_MAX;
        let is_shown = mail.mail.date.is_some_and(|date| match mail.mail.replay {
            Replay::Excluded => true,
            Replay::ShownByDate => is_now(date.to_utc()),
            Replay::Possible => false,
        });
        (!is_shown || self.known.same_id.is_some()).then_some(Unsure::Resent)
    }
}
