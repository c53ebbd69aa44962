//! A mail came in: whose is it, which case, and what is done about it. Pure.
//!
//! The order is the order of doubt: what might be a loop or a machine's report is settled first, then what a
//! token proves, and what is left is a complaint. A number in the subject proves nothing (invariant 6).

use super::aside::unreadable;
use super::authority::Act;
use super::belonging::{Belongs, belongs, clicked, numbers};
use super::colleague::received_by;
use super::deciding::{Deciding, Pen};
use super::intent::{Ours, ServersWord};
use super::machine::Arrived;
use super::may_reply::may_reply;
use super::opening::{NewCase, hidden_with};
use super::own_words::own_words;
use super::resent::{self, SentOn};
use super::whose::Whose;
use super::wrote::OnCase;
use super::{
    CaseFile, Disposition, Fresh, Incoming, Intent, MailDecision, Role, Rules, Snapshot, not_on_file, official,
};
use crate::case::{Actor, Address, CaseNumber, Certainty, Event, Moment, Side, Tie, Token, What, Why};
use crate::digest::WhyAside;
use crate::mail::{FindingKind, Mail};

/// Decides on one mail.
pub fn on_mail(
    mail: &Incoming<'_>,
    intent: &Intent,
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> MailDecision {
    Deciding { mail, intent, known, now, pen: Pen { rules, fresh } }.decide()
}

impl<'a> Deciding<'a> {
    fn decide(&self) -> MailDecision {
        let (mail, known) = (self.mail.mail, self.known);
        if let Some(first) = known.duplicate_of {
            return self.filed(Disposition::Duplicate, None, format!("same mail as number {first}"));
        }
        match (self.intent.server, &known.bounced) {
            (ServersWord::Report, _) => return self.on_bounce(),
            (ServersWord::Notice, Some(letter)) => return self.on_servers_words(letter),
            (ServersWord::Notice, None) | (ServersWord::None, _) => {}
        }
        // A person has looked at it: that outweighs all that follows.
        if let Some(first) = &known.put_back {
            return self.put_back(first);
        }
        match self.intent.ours {
            Some(Ours::Mark) => return self.set_aside(None, WhyAside::OurMark),
            Some(Ours::RoundTrip(_)) => {
                return self.filed(Disposition::RoundTrip, None, "a test mail of ours came back".to_owned());
            }
            Some(Ours::Letter) => return self.set_aside(None, WhyAside::OurLetter),
            None => {}
        }
        let is_spam = self.mail.from_junk || mail.marked_spam;
        if self.intent.form.is_some() {
            return if is_spam { self.set_aside(None, WhyAside::Spam) } else { self.on_form() };
        }
        // Not a letter of ours, but in our name: a web form on the company's site, or somebody at the shared mailbox.
        if self.intent.role == Role::Ourselves {
            return self.set_aside(None, WhyAside::InOurName);
        }
        let file = known.file.as_ref().filter(|_| self.intent.answers.is_some()).or_else(|| self.confirmed());
        // A proven authority is read whatever a filter thinks, and whether a person or a program of its wrote.
        let official = self.by_authority().filter(|by| by.certainty == Certainty::Proven || !is_spam);
        if let Some(by) = official.filter(|_| !self.is_own_case(file)) {
            return self.on_official(by, file);
        }
        // A letter of ours in the sender's hands outweighs a filter's opinion.
        if file.is_none() && is_spam {
            return self.set_aside(None, WhyAside::Spam);
        }
        self.machines(file).or_else(|| self.on_query(file)).unwrap_or_else(|| self.on_words(file))
    }

    /// The customer's own answer, who may work at an authority (§2.4.2).
    fn is_own_case(&self, file: Option<&CaseFile>) -> bool {
        let answers_ours = self.intent.answers.as_ref().is_some_and(|token| token.side == Side::Customer);
        let customer = file.and_then(|file| file.case.customer.address.as_ref());
        answers_ours && customer.is_some() && customer == self.intent.from.as_ref()
    }

    /// What no person wrote, or nobody is believed to have written.
    fn machines(&self, file: Option<&'a CaseFile>) -> Option<MailDecision> {
        let of_staff = self.intent.role != Role::Outsider;
        // Whom a group names as the author is written to, and is believed nothing (invariant 6).
        if of_staff && self.mail.mail.written_by.is_some() {
            return Some(self.set_aside(file.map(|file| &file.case), WhyAside::Unproven));
        }
        let arrived = Arrived { on: *self, file: file.or_else(|| clicked(self)) };
        // A calendar's words beside a colleague's answer to an entry are no answer to the customer (invariant 7).
        let calendars = || of_staff && is_calendar_answer(self.mail.mail);
        arrived
            .settle()
            .or_else(|| calendars().then(|| self.set_aside(file.map(|file| &file.case), WhyAside::MachineOfStaff)))
    }

    /// What somebody wrote.
    fn on_words(&self, file: Option<&'a CaseFile>) -> MailDecision {
        match (file, &self.intent.answers, &self.intent.from) {
            (_, Some(token), Some(from)) if self.answers_unknown(token) => {
                let why = not_on_file::answers_forgotten(self.mail, token);
                self.ask(from, why, "it answers a letter of ours that is not on file: its sender is asked")
            }
            // About a mail that was put aside, from whatever letter it was asked.
            (_, _, Some(from)) if self.intent.lookup().asked.is_some() => self.on_colleague(from),
            (Some(file), Some(token), Some(from)) => self.on_answer(file, token.side, from),
            (Some(file), Some(_), None) => OnCase { on: *self, file }.other_wrote(),
            _ => self.on_new(),
        }
    }

    /// A colleague's answer to a letter to staff that is not on file: it proves no case and no mail put aside, because their
    /// numbers may be others' by now (invariant 6). The letters about outages never are on file, and name neither.
    fn answers_unknown(&self, token: &Token) -> bool {
        let names_something = token.case.is_some() || self.intent.lookup().asked.is_some();
        self.known.unknown_letter.is_some() && token.side == Side::Staff && self.is_of_colleague() && names_something
    }

    fn is_of_colleague(&self) -> bool {
        Act::Speak.is_for(self.intent.role, None) && Act::Speak.believes(self.mail.mail.proof, self.rules)
    }

    fn on_answer(&self, file: &CaseFile, side: Side, from: &Address) -> MailDecision {
        let role = self.intent.role;
        if side == Side::Staff && role != Role::Outsider && self.acts_on_privacy(from) {
            return self.on_reply(file, from);
        }
        let is_customer = file.case.customer.address.as_ref() == Some(from) || self.represents(file, from);
        if side == Side::Customer && Act::Record.is_for(role, Some(side)) && !is_customer {
            // A colleague who answers the customer's own mail has our letter to the customer quoted in it.
            if let Some(decision) = self.on_direct_mail(from, Some(file.case.number)) {
                return decision;
            }
        }
        let is_passed_on = self.mail.mail.forwarded.is_some() && Act::Register.is_for(role, None);
        let on_case = OnCase { on: *self, file };
        if Act::Handle.is_for(role, Some(side)) {
            self.on_reply(file, from)
        } else if is_customer {
            on_case.customer_wrote(Tie::Letter)
        } else if side == Side::Customer && is_passed_on {
            // The customer's mail, with our letter to the customer quoted in it, in a colleague's hands (§2.2).
            self.on_colleague(from)
        } else {
            on_case.other_wrote()
        }
    }

    /// Who acts for the customer, in answer to a letter that went there: the customer's own letters in other hands are no proof of
    /// that.
    fn represents(&self, file: &CaseFile, from: &Address) -> bool {
        let acts = file.case.representative.as_ref().is_some_and(|acts| acts.address == *from);
        let went_there = |event: &Event| match (&event.what, &self.intent.answers) {
            (What::LetterWritten { letter, to, .. }, Some(token)) => {
                *letter == token.letter && Address::parse(to).is_ok_and(|to| to == *from)
            }
            _ => false,
        };
        acts && file.events.iter().any(went_there)
    }

    /// A mail that answers no letter of ours.
    fn on_new(&self) -> MailDecision {
        if is_nothing(self.mail.mail) {
            return unreadable(self.mail.id, WhyAside::Nothing, self.now);
        }
        let is_for = |act: Act| act.is_for(self.intent.role, None);
        let is_persons = self.intent.sent_by.is_read_as_persons();
        if let Some(from) = self.intent.from.as_ref().filter(|_| is_for(Act::Record) && is_persons)
            && let Some(decision) = self.on_direct_mail(from, None)
        {
            return decision;
        }
        match &self.intent.from {
            Some(_) if is_for(Act::Speak) && !self.is_of_colleague() => self.set_aside(None, WhyAside::Unproven),
            Some(from) if is_for(Act::Speak) && is_persons => self.on_colleague(from),
            _ => match belongs(self) {
                Belongs::To(file, tie) => {
                    not_on_file::marked(OnCase { on: *self, file }.customer_wrote(tie), self.known)
                }
                Belongs::Again(file) => self.sent_twice(file),
                Belongs::Apart(linked) => self.on_complaint(&linked),
            },
        }
    }

    /// A complaint: registered, routed, acknowledged, told to the department (§2.1).
    fn on_complaint(&self, linked: &[CaseNumber]) -> MailDecision {
        let mail = self.mail.mail;
        let whose = Whose::of(mail, self.intent, self.rules);
        let sent_on = resent::sent_on(mail, self.rules);
        let received_at = self.mail.received_at;
        let received_at = sent_on.as_ref().map_or(received_at, |sent_on| sent_on.received_at(received_at));
        let mut opened = whose.opened(mail, received_at, self.rules);
        if let Some(by) = sent_on.as_ref().and_then(SentOn::receiver) {
            opened = received_by(by, opened, self.rules);
        }
        // Who can judge whether the two are one sees both. Not so for a number: what a stranger is told would then depend on
        // whether there is such a case.
        if let Some(file) = self.known.answered.first() {
            opened.department.clone_from(&file.case.department);
            opened.routing = Why::Thread;
        }
        let acknowledge = whose.acknowledge(may_reply(mail, self.intent, self.rules));
        let own_words = acknowledge.as_ref().ok().and_then(|to| own_words(mail, self.intent, to));
        let quoted = mail.quoted.clone();
        let confidential = hidden_with(self.known, linked);
        let new = NewCase {
            opened,
            actor: Actor::Customer,
            acknowledge,
            own_words,
            named: linked,
            quoted,
            cover: None,
            confidential,
        };
        let marked = whose.remark().into_iter().chain(not_on_file::remark(self.known));
        let marked = marked.chain(official::remark(mail, self.intent.from.as_ref(), self.rules));
        let marked = marked.chain(sent_on.iter().filter_map(SentOn::remark)).collect();
        let (mut decision, case) = self.open_case(new, marked);
        let on_file = whose.on_file().map(|what| self.event(Some(case.number), Actor::Desk, what));
        decision.events.extend(on_file);
        let receipt = sent_on.and_then(|sent_on| sent_on.receipt(&decision, &case, self));
        decision.letters.extend(receipt);
        decision
    }

    /// A web form of the company's: it opens a case and does nothing else, whatever was typed into it (invariant 6).
    fn on_form(&self) -> MailDecision {
        match &self.known.twice {
            Some(first) if self.mail.mail.attachments.is_empty() => self.sent_twice(first),
            _ => self.on_complaint(&numbers(&self.known.named)),
        }
    }

    fn sent_twice(&self, first: &CaseFile) -> MailDecision {
        let number = first.case.number;
        let reason = format!("the words with which {number} was opened within the hour: sent twice");
        self.filed(Disposition::Duplicate, Some(number), reason)
    }
}

/// What calendar programs send back for an agenda entry (RFC 5546 §3.2.3), with words beside it that may be a person's.
fn is_calendar_answer(mail: &Mail) -> bool {
    let is_calendar = |kind: &str| matches!(kind, "text/calendar" | "application/ics");
    let calendars = mail.attachments.iter().filter(|attachment| is_calendar(&attachment.media_type));
    calendars.map(|attachment| String::from_utf8_lossy(&attachment.content).to_ascii_uppercase()).any(|text| {
        text.lines().any(|line| matches!(line.trim(), "METHOD:REPLY" | "METHOD:COUNTER" | "METHOD:DECLINECOUNTER"))
    })
}

fn is_nothing(mail: &Mail) -> bool {
    let damaged = mail.findings.iter().any(|f| f.kind == FindingKind::Unreadable);
    mail.from.is_none() && mail.subject.is_empty() && mail.text.trim().is_empty() && mail.attachments.is_empty()
        || damaged && mail.from.is_none() && mail.text.trim().is_empty()
}
