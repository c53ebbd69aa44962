//! Mails that are kept and not acted on: filed, set aside as spam, a loop or suspect, or unreadable. Nothing that is put
//! aside goes unseen (invariant 1): `aside_notice.rs` tells a person of it within the hour; what concerns a case is told
//! to that case's department at once. Pure.

use super::deciding::Deciding;
use super::draft::{Content, Draft, Problem, SetAside};
use super::sent_by::SentBy;
use super::sight::supervisor;
use super::{Disposition, Incoming, MailDecision, Stored, Verdict};
use crate::case::{Actor, Address, Case, CaseNumber, Event, Moment, What};
use crate::digest::{PutAside, Tells, WhyAside};
use crate::mail::Mail;

/// Characters of a text shown with a mail that was put aside: enough to tell an advertisement from a complaint.
const EXCERPT_MAX: usize = 400;

impl Deciding<'_> {
    /// A mail that is kept, and about which nothing more is done.
    pub fn filed(&self, disposition: Disposition, case: Option<CaseNumber>, reason: String) -> MailDecision {
        kept(self.mail.id, disposition, case, reason, self.now)
    }

    /// A colleague's mail that changes nothing, and the letter that answers it.
    pub fn answered(&self, reason: &str, letter: Draft) -> MailDecision {
        MailDecision { letters: vec![letter], ..self.filed(Disposition::Staff, None, reason.to_owned()) }
    }

    /// Nothing of it is done: its sender is asked.
    pub fn ask(&self, to: &Address, why: Problem, reason: &str) -> MailDecision {
        self.answered(reason, self.question(None, to.clone(), why))
    }

    /// Set aside. On a case its department's supervisor is told at once; what concerns no case waits for the notice.
    pub fn set_aside(&self, case: Option<&Case>, why: WhyAside) -> MailDecision {
        let number = case.map(|case| case.number);
        let mut decision = self.filed(Disposition::SetAside, number, why.english().to_owned());
        if let Some(letter) = case.and_then(|case| self.told_at_once(case, why)) {
            let what = What::AsideTold { letter: Some(letter.id.clone()), mails: vec![self.mail.id] };
            decision.events.push(Event { mail: None, ..self.event(number, Actor::Desk, what) });
            decision.letters.push(letter);
        }
        decision
    }

    /// None where the reader's own mailbox is the machine that sent it, whosever that is (invariant 5): then the notice to
    /// somebody else tells of it.
    fn told_at_once(&self, case: &Case, why: WhyAside) -> Option<Draft> {
        let reader = supervisor(case, self.rules)?;
        let is_machines = self.intent.sent_by != SentBy::Person;
        if is_machines && self.intent.from.as_ref() == Some(&reader) {
            return None;
        }
        let told = told(self.mail.id, Some(self.mail.mail), self.mail.received_at, why);
        Some(self.to_staff(case, reader, Content::SetAside(SetAside { mails: vec![told], waiting: 0 })))
    }
}

fn kept(mail: i64, disposition: Disposition, case: Option<CaseNumber>, reason: String, now: Moment) -> MailDecision {
    let what = What::MailFiled { disposition: disposition.name().to_owned(), reason: reason.clone() };
    let event = Event { at: now, case, actor: Actor::Desk, mail: Some(mail), what };
    MailDecision { verdict: Verdict { disposition, reason, case }, events: vec![event], letters: Vec::new() }
}

/// A mail that reading did not survive (invariant 1): a person sees it, in the next notice.
pub fn on_unreadable(mail: i64, reason: &str, now: Moment) -> MailDecision {
    unreadable(mail, WhyAside::of(reason), now)
}

pub(super) fn unreadable(mail: i64, why: WhyAside, now: Moment) -> MailDecision {
    kept(mail, Disposition::Unreadable, None, why.english().to_owned(), now)
}

/// A mail put aside, as people are told of it who watch over the whole desk: of what is filed on a confidential case only that
/// it is there.
pub fn put_aside(stored: &Stored) -> PutAside {
    let told = told_of(stored);
    if stored.filed_on.as_ref().is_none_or(|case| case.confidential.is_none()) {
        return told;
    }
    let (from, subject, excerpt) = (String::new(), String::new(), String::new());
    PutAside { from, subject, excerpt, tells: Tells::ThatItIsThere, ..told }
}

/// The same for somebody who may see it.
pub(super) fn told_of(stored: &Stored) -> PutAside {
    told(stored.id, stored.mail.as_deref(), stored.received_at, WhyAside::of(&stored.reason))
}

fn told(id: i64, mail: Option<&Mail>, received_at: Moment, why: WhyAside) -> PutAside {
    let from = mail.and_then(|mail| mail.from.as_ref()).map(|party| match party.name.is_empty() {
        true => party.address.clone(),
        false => format!("{} <{}>", party.name, party.address),
    });
    let text = mail.map_or("", |mail| if mail.reply.trim().is_empty() { &mail.text } else { &mail.reply });
    PutAside {
        mail: id,
        from: from.unwrap_or_default(),
        subject: mail.map(|mail| mail.subject.clone()).unwrap_or_default(),
        received_at,
        why,
        excerpt: text.trim().chars().take(EXCERPT_MAX).collect(),
        tells: Tells::All,
    }
}

impl Stored {
    /// A mail that is being decided on, as it will be kept.
    pub(super) fn of(mail: &Incoming<'_>, reason: &str) -> Self {
        Self {
            id: mail.id,
            disposition: Disposition::SetAside,
            reason: reason.to_owned(),
            case: None,
            department: None,
            filed_on: None,
            received_at: mail.received_at,
            from_junk: mail.from_junk,
            failed_readings: 0,
            whole: true,
            raw: Vec::new(),
            sha256: None,
            became: None,
            mail: Some(Box::new(mail.mail.clone())),
        }
    }
}
