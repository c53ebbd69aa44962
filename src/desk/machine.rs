//! A mail that a machine sent, or that holds no answer: a report, an absence, a list's mail, a click. What becomes of it
//! (invariants 1 and 5). Pure.
//!
//! Nothing of a person's is filed unseen, and no machine is answered. So only what is certain is filed: by a field that
//! only machines write, or by a text that is one from end to end. Words and signs may withhold an acknowledgement, never
//! the case; lists say how a mail was sent on, and nothing about who wrote it.

use super::aside::{Aside, filed, set_aside};
use super::authority::Act;
use super::letters_out::{follow_up, handler_address};
use super::may_reply::sender;
use super::opening::remarks;
use super::wrote::Words;
use super::{CaseFile, Decision, Disposition, Fresh, Incoming, Role, Rules, Snapshot, away};
use crate::case::{Address, CaseState, Moment, Side, Token};
use crate::mail::{AutomaticKind as Kind, Certainty, Mail, Mood, NoAnswer};
use chrono::TimeDelta;

/// Who sent a mail, as far as the desk acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SentBy {
    Person,
    /// Signs of a machine that a person's mail may have too: treated as a person's, and not acknowledged.
    Perhaps,
    Machine(Kind),
    /// Others' lists and newsletters.
    Bulk,
}

impl SentBy {
    pub fn of(mail: &Mail, rules: &Rules) -> Self {
        let Some(automatic) = &mail.automatic else {
            return if mail.no_answer == Some(NoAnswer::Absence) { Self::Perhaps } else { Self::Person };
        };
        match automatic.certainty {
            Certainty::Stated => Self::Machine(automatic.kind),
            Certainty::Distributed if came_through_group(mail, rules) => Self::Person,
            Certainty::Distributed if automatic.kind == Kind::List => Self::Bulk,
            Certainty::Distributed | Certainty::Signs => Self::Perhaps,
            Certainty::Words if mail.no_answer == Some(NoAnswer::Absence) => Self::Perhaps,
            Certainty::Words => Self::Person,
        }
    }

    /// Whether it is read as what somebody wrote.
    pub fn is_read_as_persons(self) -> bool {
        matches!(self, Self::Person | Self::Perhaps)
    }
}

/// Whether a mail came through a group of the company's own: one that its lists' fields name (`[mailbox] aliases`, or at
/// the desk's domain), one that put its own address into From, or, where no field names any, an alias in To.
pub(super) fn came_through_group(mail: &Mail, rules: &Rules) -> bool {
    let to = mail.to.iter().chain(&mail.cc).map(|party| party.address.as_str());
    let mut reached = to.chain(mail.delivered_to.iter().map(String::as_str)).filter_map(|a| Address::parse(a).ok());
    mail.written_by.is_some()
        || mail.lists.iter().any(|list| rules.is_own_list(list))
        || (mail.lists.is_empty() && reached.any(|address| rules.is_alias(&address)))
}

/// A letter answered within this time, by words that are an absence and nothing else and quote nothing, was answered by a
/// rule: people take longer to read, and write something.
const AT_ONCE: TimeDelta = TimeDelta::minutes(15);

/// One mail on its way to a decision, and the letter and case it answers.
pub(super) struct Arrived<'a> {
    pub mail: &'a Incoming<'a>,
    pub file: Option<&'a CaseFile>,
    pub token: Option<&'a Token>,
    pub known: &'a Snapshot,
    pub rules: &'a Rules,
    pub now: Moment,
}

impl Arrived<'_> {
    /// What becomes of a machine's mail and of one without an answer; None: it is read as a person's.
    pub fn settle(&self, fresh: &mut Fresh) -> Option<Decision> {
        if let Some(decision) = self.without_answer(fresh) {
            return Some(decision);
        }
        match SentBy::of(self.mail.mail, self.rules) {
            SentBy::Person => None,
            // Words of an absence in a colleague's name are never relayed, whoever typed them (invariant 7).
            SentBy::Perhaps if self.would_go_on() => Some(self.filed(self.reason())),
            SentBy::Perhaps if self.is_of_staff() || self.role() != Role::Outsider => {
                Some(self.aside(Aside::MachineOfStaff, fresh))
            }
            SentBy::Perhaps => None,
            SentBy::Bulk if self.is_of_staff() && !self.would_go_on() => Some(self.aside(Aside::MachineOfStaff, fresh)),
            // The customer's letter in hand outweighs the list that sent the answer on.
            SentBy::Bulk if !self.is_of_staff() && self.token.is_some() => None,
            SentBy::Bulk if self.would_go_on() => Some(self.filed("a list sent it on")),
            SentBy::Bulk => Some(self.aside(Aside::Bulk, fresh)),
            SentBy::Machine(kind) => self.by_machine(kind, fresh),
        }
    }

    /// A machine's mail that a person may have written (a web form, a ticket system) is never filed unseen: without a case
    /// it opens one, with the customer's letter it is shown to the handler. On the staff's side nothing of it is ever
    /// relayed, and the supervisor sees what no absence notice explains.
    fn by_machine(&self, kind: Kind, fresh: &mut Fresh) -> Option<Decision> {
        let of_staff = self.is_of_staff();
        match kind {
            Kind::MailSystem if self.would_go_on() => Some(self.filed("the mail system's answer")),
            Kind::MailSystem => Some(self.aside(Aside::MailSystem, fresh)),
            Kind::Generated | Kind::List if of_staff && !self.would_go_on() => {
                Some(self.aside(Aside::MachineOfStaff, fresh))
            }
            Kind::Generated if !of_staff => None,
            Kind::AutoReply if self.token.is_none() && self.role() == Role::Outsider => None,
            // The null sender alone says that no answer is wanted; whether a person wrote it, it does not.
            Kind::AutoReply if !of_staff && self.says_only_null_sender() => None,
            Kind::OutOfOffice | Kind::AutoReply => Some(self.absent(fresh)),
            // A person may pass on what a server wrote in the form in which it came.
            Kind::Receipt | Kind::Report if self.mail.mail.bounce.is_some() => {
                Some(self.aside(Aside::MailSystem, fresh))
            }
            Kind::Receipt | Kind::Report | Kind::List | Kind::Generated => Some(self.filed(self.reason())),
        }
    }

    fn without_answer(&self, fresh: &mut Fresh) -> Option<Decision> {
        let what = self.mail.mail.no_answer?;
        let is_closed = self.file.is_some_and(|file| file.case.state != CaseState::Open);
        let of_staff = self.is_of_staff();
        match what {
            NoAnswer::Calendar => Some(self.filed("a calendar program's answer to an appointment")),
            NoAnswer::Absence if self.answers_at_once() || (is_closed && !of_staff) => Some(self.absent(fresh)),
            NoAnswer::Absence => None,
            NoAnswer::ReadReceipt if self.token.is_some() || !self.known.named.is_empty() => {
                Some(self.filed("a receipt in words"))
            }
            // What a colleague clicked is answered as any reply without text: `staff` sees to it.
            NoAnswer::Reaction(_) | NoAnswer::Recall if of_staff => None,
            NoAnswer::ReadReceipt | NoAnswer::Reaction(_) | NoAnswer::Recall if self.file.is_none() => {
                Some(self.aside(Aside::Click, fresh))
            }
            NoAnswer::Reaction(Mood::Friendly) if is_closed => Some(self.filed("a friendly sign after closing")),
            NoAnswer::ReadReceipt | NoAnswer::Reaction(_) | NoAnswer::Recall => Some(self.shown(fresh)),
        }
    }

    /// Filed as no answer: it stops, reopens and confirms nothing; the handler sees it.
    fn shown(&self, fresh: &mut Fresh) -> Decision {
        let number = self.file.map(|file| file.case.number);
        let reason = "a click in a mail program: no answer".to_owned();
        let mut decision = filed(self.mail, Disposition::FollowUp, number, reason, self.now);
        let told = self.file.and_then(|file| {
            let to = handler_address(&file.case, self.rules)?;
            let words = Words::of(self.mail, file.writer(sender(self.mail.mail).as_ref()));
            Some(follow_up(&file.case, to, self.mail, &words, remarks(self.mail.mail, &[]), self.rules, fresh))
        });
        decision.letters.extend(told);
        decision
    }

    /// Filed; who handles a case and is away is told of to the supervisor.
    fn absent(&self, fresh: &mut Fresh) -> Decision {
        let mut decision = self.filed(self.reason());
        if let (Some(file), Some(from)) = (self.file, sender(self.mail.mail))
            && Act::Speak.believes(self.mail.mail.proof, self.rules)
            && let Some((event, letter)) = away::on_absence(self.mail.mail, &from, file, self.rules, self.now, fresh)
        {
            decision.events.push(event);
            decision.letters.push(letter);
        }
        decision
    }

    fn filed(&self, reason: &str) -> Decision {
        let number = self.file.map(|file| file.case.number);
        filed(self.mail, Disposition::Automatic, number, reason.to_owned(), self.now)
    }

    fn aside(&self, why: Aside<'_>, fresh: &mut Fresh) -> Decision {
        set_aside(self.mail, self.file.map(|file| &file.case), why, self.rules, self.now, fresh)
    }

    fn reason(&self) -> &str {
        self.mail.mail.automatic.as_ref().map_or("an absence from end to end", |automatic| automatic.reason.as_str())
    }

    fn role(&self) -> Role {
        sender(self.mail.mail).map_or(Role::Outsider, |from| self.rules.role(&from))
    }

    fn holds_staff_letter(&self) -> bool {
        self.token.is_some_and(|token| token.side == Side::Staff)
    }

    fn is_of_staff(&self) -> bool {
        self.holds_staff_letter() || self.role() == Role::Staff
    }

    /// Whoever answers by machine to a letter without a case (a digest, a notice) would answer the next notice too.
    fn would_go_on(&self) -> bool {
        self.holds_staff_letter() && self.token.is_some_and(|token| token.case.is_none())
    }

    fn says_only_null_sender(&self) -> bool {
        self.mail.mail.automatic.as_ref().is_some_and(|automatic| automatic.reason == "null Return-Path")
    }

    fn answers_at_once(&self) -> bool {
        let answered = self.token.map(|token| &token.letter);
        let written = self.file.zip(answered).and_then(|(file, letter)| file.written_at(letter));
        written.is_some_and(|at| self.mail.received_at - at <= AT_ONCE)
    }
}
