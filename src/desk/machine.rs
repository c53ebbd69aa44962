//! A mail that a machine sent, or that holds no answer: a report, an absence, a list's mail, a click. What becomes of it
//! (invariants 1 and 5). Pure.
//!
//! Nothing of a person's is filed unseen, and no machine is answered. So only what is certain is filed: by a field that
//! only machines write, or by a text that is one from end to end. Words and signs may withhold an acknowledgement, never
//! the case; lists say how a mail was sent on, and nothing about who wrote it.

use super::authority::Act;
use super::deciding::{Deciding, decides_on_mail};
use super::opening::remarks;
use super::sent_by::SentBy;
use super::sight::handler_address;
use super::words::Words;
use super::{CaseFile, Disposition, MailDecision, Role, away};
use crate::case::{CaseState, Side};
use crate::digest::WhyAside;
use crate::mail::{AutomaticKind as Kind, Mood, NoAnswer};
use chrono::TimeDelta;

/// A letter answered within this time, by words that are an absence and nothing else and quote nothing, was answered by a
/// rule: people take longer to read, and write something.
const AT_ONCE: TimeDelta = TimeDelta::minutes(15);

/// One mail on its way to a decision, and the case it is about.
pub(super) struct Arrived<'a> {
    pub on: Deciding<'a>,
    pub file: Option<&'a CaseFile>,
}

decides_on_mail!(Arrived);

impl Arrived<'_> {
    /// What becomes of a machine's mail and of one without an answer; None: it is read as a person's.
    pub fn settle(&self) -> Option<MailDecision> {
        if let Some(decision) = self.without_answer() {
            return Some(decision);
        }
        match self.intent.sent_by {
            SentBy::Person => None,
            // Words of an absence in a colleague's name are never relayed, whoever typed them (invariant 7).
            SentBy::Perhaps if self.would_go_on() => Some(self.as_automatic(self.reason())),
            SentBy::Perhaps if self.is_of_staff() || self.intent.role != Role::Outsider => {
                Some(self.put_aside(WhyAside::MachineOfStaff))
            }
            SentBy::Perhaps => None,
            SentBy::Bulk if self.is_of_staff() && !self.would_go_on() => Some(self.put_aside(WhyAside::MachineOfStaff)),
            // The customer's letter in hand outweighs the list that sent the answer on.
            SentBy::Bulk if !self.is_of_staff() && self.intent.answers.is_some() => None,
            SentBy::Bulk if self.would_go_on() => Some(self.as_automatic("a list sent it on")),
            SentBy::Bulk => Some(self.put_aside(WhyAside::Bulk)),
            SentBy::Machine(kind) => self.by_machine(kind),
        }
    }

    /// A machine's mail that a person may have written (a web form, a ticket system) is never filed unseen: without a case
    /// it opens one, with the customer's letter it is shown to the handler. On the staff's side nothing of it is ever
    /// relayed, and the supervisor sees what no absence notice explains.
    fn by_machine(&self, kind: Kind) -> Option<MailDecision> {
        let of_staff = self.is_of_staff();
        match kind {
            Kind::MailSystem if self.would_go_on() => Some(self.as_automatic("the mail system's answer")),
            Kind::MailSystem => Some(self.put_aside(WhyAside::MailSystem)),
            Kind::Generated | Kind::List if of_staff && !self.would_go_on() => {
                Some(self.put_aside(WhyAside::MachineOfStaff))
            }
            Kind::Generated if !of_staff => None,
            Kind::AutoReply if self.intent.answers.is_none() && self.intent.role == Role::Outsider => None,
            // The null sender alone says that no answer is wanted; whether a person wrote it, it does not.
            Kind::AutoReply if !of_staff && self.says_only_null_sender() => None,
            Kind::OutOfOffice | Kind::AutoReply => Some(self.absent()),
            // A person may pass on what a server wrote in the form in which it came.
            Kind::Receipt | Kind::Report if self.mail.mail.bounce.is_some() => {
                Some(self.put_aside(WhyAside::MailSystem))
            }
            Kind::Receipt | Kind::Report | Kind::List | Kind::Generated => Some(self.as_automatic(self.reason())),
        }
    }

    fn without_answer(&self) -> Option<MailDecision> {
        let what = self.mail.mail.no_answer?;
        let is_closed = self.file.is_some_and(|file| file.case.state != CaseState::Open);
        let of_staff = self.is_of_staff();
        match what {
            NoAnswer::Calendar => Some(self.as_automatic("a calendar program's answer to an appointment")),
            NoAnswer::Absence if self.answers_at_once() || (is_closed && !of_staff) => Some(self.absent()),
            NoAnswer::Absence => None,
            NoAnswer::ReadReceipt if self.intent.answers.is_some() || !self.known.named.is_empty() => {
                Some(self.as_automatic("a receipt in words"))
            }
            // What a colleague clicked is answered as any reply without text: `staff` sees to it.
            NoAnswer::Reaction(_) | NoAnswer::Recall if of_staff => None,
            NoAnswer::ReadReceipt | NoAnswer::Reaction(_) | NoAnswer::Recall if self.file.is_none() => {
                Some(self.put_aside(WhyAside::Click))
            }
            NoAnswer::Reaction(Mood::Friendly) if is_closed => Some(self.as_automatic("a friendly sign after closing")),
            NoAnswer::ReadReceipt | NoAnswer::Reaction(_) | NoAnswer::Recall => Some(self.shown()),
        }
    }

    /// Filed as no answer: it stops, reopens and confirms nothing; the handler sees it.
    fn shown(&self) -> MailDecision {
        let number = self.file.map(|file| file.case.number);
        let reason = "a click in a mail program: no answer".to_owned();
        let mut decision = self.filed(Disposition::FollowUp, number, reason);
        let told = self.file.and_then(|file| {
            let to = handler_address(&file.case, self.rules)?;
            let words = Words::of(self.mail, file.writer(self.intent.from.as_ref()));
            Some(self.follow_up(&file.case, to, &words, remarks(self.mail.mail, &[])))
        });
        decision.letters.extend(told);
        decision
    }

    /// Filed; who handles a case and is away is told of to the supervisor.
    fn absent(&self) -> MailDecision {
        let mut decision = self.as_automatic(self.reason());
        if let (Some(file), Some(from)) = (self.file, &self.intent.from)
            && Act::Speak.believes(self.mail.mail.proof, self.rules)
            && let Some((event, letter)) = away::on_absence(self, from, file)
        {
            decision.events.push(event);
            decision.letters.push(letter);
        }
        decision
    }

    fn as_automatic(&self, reason: &str) -> MailDecision {
        let number = self.file.map(|file| file.case.number);
        self.filed(Disposition::Automatic, number, reason.to_owned())
    }

    fn put_aside(&self, why: WhyAside) -> MailDecision {
        self.set_aside(self.file.map(|file| &file.case), why)
    }

    fn reason(&self) -> &str {
        self.mail.mail.automatic.as_ref().map_or("an absence from end to end", |automatic| automatic.reason.as_str())
    }

    fn holds_staff_letter(&self) -> bool {
        self.intent.answers.as_ref().is_some_and(|token| token.side == Side::Staff)
    }

    fn is_of_staff(&self) -> bool {
        self.holds_staff_letter() || self.intent.role == Role::Staff
    }

    /// Whoever answers by machine to a letter without a case (a digest, a notice) would answer the next notice too.
    fn would_go_on(&self) -> bool {
        self.holds_staff_letter() && self.intent.answers.as_ref().is_some_and(|token| token.case.is_none())
    }

    fn says_only_null_sender(&self) -> bool {
        self.mail.mail.automatic.as_ref().is_some_and(|automatic| automatic.reason == "null Return-Path")
    }

    fn answers_at_once(&self) -> bool {
        let answered = self.intent.answers.as_ref().map(|token| &token.letter);
        let written = self.file.zip(answered).and_then(|(file, letter)| file.written_at(letter));
        written.is_some_and(|at| self.mail.received_at - at <= AT_ONCE)
    }
}
