//! A person looks at what was put aside: `#toon 17` brings the mail, `#klacht 17` makes it a complaint with its true
//! receipt (invariant 9), once. So does putting it back into the inbox. Pure.
//!
//! Who may: the fallback department, which is told of such mails, the department of the case it is filed on, and
//! `digest.recipients`; from a proven sender (invariant 6). To others a number says nothing.

use super::aside::{put_aside, told_of};
use super::deciding::{Deciding, decides_on_mail};
use super::draft::{Content, Done, Draft, Problem, Receipt, Remark, Shown, Topic, Unacknowledged};
use super::intent::understand;
use super::may_reply::may_reply_looked_at;
use super::opening::NewCase;
use super::originals::original;
use super::sight::may_see;
use super::verbs::Verb;
use super::whose::Whose;
use super::words::TEXT_MAX;
use super::{Arrival, Disposition, Incoming, MailDecision, PutBack, Role, Stored};
use crate::case::{Actor, Address, Case, CaseNumber, Event, Opened, What};
use crate::digest::WhyAside;
use crate::mail::Mail;

/// How the register's reason begins for a mail that was put aside and is a complaint now.
const MADE_ONE: &str = "a person made it a complaint; before: ";

/// A proven colleague's mail that asks for one.
pub(super) struct Look<'a> {
    pub on: Deciding<'a>,
    pub from: &'a Address,
}

decides_on_mail!(Look);

impl Look<'_> {
    /// Shows the mail, or makes it a complaint (`#klacht`); `text` stood below the verb.
    ///
    /// # Errors
    /// Why neither was done.
    pub fn carry_out(&self, verb: Verb, text: &str) -> Result<MailDecision, Problem> {
        let stored = self.known.stored.as_ref().filter(|stored| self.may_see(stored)).ok_or(Problem::NoSuchMail)?;
        match verb {
            Verb::Restore => self.make_complaint(stored, text),
            _ => Ok(self.show(stored)),
        }
    }

    fn may_see(&self, stored: &Stored) -> bool {
        if let Some(case) = stored.filed_on.as_deref().filter(|case| case.confidential.is_some()) {
            return may_see(case, self.from, self.rules);
        }
        let binds = |department: Option<&super::Department>| department.is_some_and(|d| d.binds(self.from));
        let of_case = stored.department.as_deref().and_then(|name| self.rules.department(name));
        let was_put_aside = is_put_aside(stored.disposition) || stored.reason.starts_with(MADE_ONE);
        self.rules.digest_recipients.contains(self.from)
            || binds(of_case)
            || was_put_aside && binds(self.rules.fallback())
    }

    fn show(&self, stored: &Stored) -> MailDecision {
        let content = Content::Shown(shown(stored));
        let subject = stored.mail.as_deref().map(|mail| mail.subject.clone()).unwrap_or_default();
        let topic = Topic { subject, customer: String::new() };
        let carried = original(stored, self.rules).into_iter().collect();
        let letter = Draft { topic, carried, ..self.caseless(self.from.clone(), content) };
        self.answered(&format!("asked to see mail {}", stored.id), self.answering(letter))
    }

    fn make_complaint(&self, stored: &Stored, text: &str) -> Result<MailDecision, Problem> {
        let settled = stored.became.or(stored.case.filter(|_| stored.disposition == Disposition::Complaint));
        if let Some(case) = settled {
            return Err(Problem::IsComplaint { mail: stored.id, case });
        }
        if !is_put_aside(stored.disposition) {
            return Err(Problem::NoSuchMail);
        }
        let actor = Actor::Staff(self.from.clone());
        let looked = Looked { asked: self.on, stored, actor: actor.clone(), by: Some(self.from) };
        let (opened, case, acknowledged) = looked.open();
        let reason = format!("made mail {} a complaint", stored.id);
        let mut decision = self.filed(Disposition::Staff, Some(case.number), reason);
        decision.events.splice(0..0, opened.events);
        let event = |what| self.event(Some(case.number), actor.clone(), what);
        let reason = format!("{MADE_ONE}{}", stored.reason);
        let what = What::Reconsidered { disposition: Disposition::Complaint.name().to_owned(), reason };
        decision.events.push(Event { mail: Some(stored.id), ..event(what) });
        if !text.trim().is_empty() {
            decision.events.push(event(What::Noted { text: text.to_owned() }));
        }
        decision.letters = opened.letters;
        let done = Done::registered(&case, acknowledged, self.rules);
        decision.letters.push(self.receipt(&case, self.from.clone(), Receipt::of(&case, vec![done])));
        Ok(decision)
    }
}

/// Dispositions that a person may overrule.
fn is_put_aside(disposition: Disposition) -> bool {
    matches!(disposition, Disposition::SetAside | Disposition::Unreadable | Disposition::Automatic)
}

impl Deciding<'_> {
    /// A mail that a person put back into the inbox: a complaint, received when it first came.
    pub fn put_back(&self, first: &PutBack) -> MailDecision {
        let received_at = first.received_at.min(self.mail.received_at);
        let stored = Stored { received_at, ..Stored::of(self.mail, &first.reason) };
        let looked = Looked { asked: *self, stored: &stored, actor: Actor::Desk, by: None };
        let (mut decision, ..) = looked.open();
        decision.verdict.reason =
            format!("a person put it back into the inbox; first set aside as number {}: {}", first.mail, first.reason);
        decision
    }
}

/// A mail that a person calls a complaint.
struct Looked<'a> {
    /// The mail that says so.
    asked: Deciding<'a>,
    stored: &'a Stored,
    actor: Actor,
    /// Who said so; None: whoever put it back into the inbox.
    by: Option<&'a Address>,
}

impl Looked<'_> {
    /// The case, its letters, and the address that gets an acknowledgement.
    fn open(self) -> (MailDecision, Case, Option<Address>) {
        let unread = Mail::default();
        let mail = self.stored.mail.as_deref().unwrap_or(&unread);
        let Stored { id, received_at, from_junk, .. } = *self.stored;
        let incoming = Incoming { id, mail, received_at, from_junk, arrival: Arrival::New };
        let (rules, now) = (self.asked.rules, self.asked.now);
        let intent = understand(&incoming, rules, now);
        let on = Deciding { mail: &incoming, intent: &intent, ..self.asked };
        let whose = Whose::of(mail, &intent, rules);
        let acknowledge = self.acknowledge(&on, &whose);
        let acknowledged = acknowledge.as_ref().ok().cloned();
        let (opened, quoted) = (self.opened(mail, &whose), mail.quoted.clone());
        // What is filed on a hidden case may tell of it.
        let hidden = self.stored.filed_on.as_deref().filter(|case| case.confidential.is_some());
        let named: Vec<CaseNumber> = hidden.iter().map(|case| case.number).collect();
        let confidential = hidden.and_then(|case| case.confidential.clone());
        let actor = self.actor.clone();
        let new =
            NewCase { opened, actor, acknowledge, own_words: None, named: &named, quoted, cover: None, confidential };
        let why = put_aside(self.stored).why;
        let remark = Remark::WasAside { why, by: self.by.map(ToString::to_string) };
        let marked = std::iter::once(remark).chain(whose.remark()).collect();
        let (mut decision, case) = on.open_case(new, marked);
        decision.events.extend(whose.on_file().map(|what| on.event(Some(case.number), Actor::Desk, what)));
        (decision, case, acknowledged)
    }

    /// A person looked, so that neither a spam filter nor the domain's word stands in the way; a machine gets none.
    fn acknowledge(&self, on: &Deciding<'_>, whose: &Whose<'_>) -> Result<Address, Unacknowledged> {
        if WhyAside::of(&self.stored.reason).is_loop() {
            return Err(Unacknowledged::Automatic);
        }
        let address = whose.acknowledge(may_reply_looked_at(on.mail.mail, on.intent, on.rules))?;
        // A colleague's name on a mail that nobody proved is no customer.
        Some(address).filter(|address| on.rules.role(address) == Role::Outsider).ok_or(Unacknowledged::NoAddress)
    }

    fn opened(&self, mail: &Mail, whose: &Whose<'_>) -> Opened {
        let mut opened = whose.opened(mail, self.stored.received_at, self.asked.rules);
        opened.customer.address.take_if(|address| self.asked.rules.role(address) != Role::Outsider);
        // Of what could not be read only the original says what it is about.
        if self.stored.mail.is_none() {
            opened.subject = String::new();
        }
        opened
    }
}

/// A mail on file for somebody who asked to see it.
fn shown(stored: &Stored) -> Shown {
    let mail = stored.mail.as_deref();
    let told = told_of(stored);
    let file = |attachment: &crate::mail::Attachment| (attachment.name.clone(), attachment.content.len());
    Shown {
        mail: stored.id,
        from: told.from,
        subject: told.subject,
        received_at: stored.received_at,
        // Why it is where it is; of a complaint there is nothing to explain.
        why: is_put_aside(stored.disposition).then_some(told.why),
        case: stored.case.or(stored.became),
        is_read: mail.is_some(),
        text: mail.map(|mail| mail.text.chars().take(TEXT_MAX).collect()).unwrap_or_default(),
        attachments: mail.map(|mail| mail.attachments.iter().map(file).collect()).unwrap_or_default(),
        whole: stored.whole,
        can_be_complaint: stored.became.is_none() && is_put_aside(stored.disposition),
    }
}
