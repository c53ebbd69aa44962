//! A reply of staff to a letter about a case: relayed, kept as a note, or closing the case (§2.4). Pure.
//!
//! Who may: invariant 6. What reaches the customer: invariant 7. Whatever is not clear comes back to the sender
//! with the nearest right form, and nothing of that mail is relayed.

use super::aside::{Aside, set_aside};
use super::draft::{Answer, Content, Done, Draft, Problem, Receipt};
use super::letters_out::{answering, carry_to_customer, closing, question, to_customer, to_staff};
use super::verbs::{self, Mistake, Reply, Verb};
use super::{CaseFile, Decision, Disposition, Fresh, Incoming, Rules, Snapshot};
use crate::case::{Actor, Address, CaseState, Closed, Event, What};
use crate::case::{Case, Moment};
use crate::mail::SenderProof;

/// Decides on a reply that holds a staff token and comes from a staff address.
pub(super) fn on_reply(
    mail: &Incoming<'_>,
    file: &CaseFile,
    from: &Address,
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let desk = StaffDesk { mail, file, from, rules, now };
    let proven = match mail.mail.proof {
        SenderProof::Proven => true,
        SenderProof::Failed => false,
        SenderProof::None => rules.accept_unproven_staff,
    };
    if !proven {
        return desk.unproven(fresh);
    }
    let department = known.letter_department.as_deref().unwrap_or(&file.case.department);
    if !rules.department_or_fallback(department).is_some_and(|d| d.binds(from)) {
        return desk.refuse(Problem::NotYourCase { department: rules.title(department).to_owned() }, fresh);
    }
    match verbs::of_reply(&mail.mail.relayable, &mail.mail.reply) {
        Ok(typed) => desk.carry_out(&typed, fresh),
        Err(Mistake::Unknown { written, nearest }) => desk.refuse(Problem::UnknownVerb { written, nearest }, fresh),
        Err(Mistake::LowerDown { written }) => desk.refuse(Problem::VerbLowerDown { written }, fresh),
    }
}

/// One staff mail and all that is known about it.
struct StaffDesk<'a> {
    mail: &'a Incoming<'a>,
    file: &'a CaseFile,
    from: &'a Address,
    rules: &'a Rules,
    now: Moment,
}

impl StaffDesk<'_> {
    fn case(&self) -> &Case {
        &self.file.case
    }

    fn event(&self, what: What) -> Event {
        let actor = Actor::Staff(self.from.clone());
        Event { at: self.now, case: Some(self.case().number), actor, mail: Some(self.mail.id), what }
    }

    fn decision(&self, reason: &str, events: Vec<Event>, letters: Vec<Draft>) -> Decision {
        let case = Some(self.case().number);
        Decision { disposition: Disposition::Staff, reason: reason.to_owned(), case, events, letters }
    }

    /// Nothing was done: the sender hears why.
    fn refuse(&self, why: Problem, fresh: &mut Fresh) -> Decision {
        let reason = "asked the sender what is meant; nothing was relayed";
        let filed = What::MailFiled { disposition: Disposition::Staff.name().to_owned(), reason: reason.to_owned() };
        let asked = question(Some(self.case()), self.from.clone(), why, self.mail.mail, self.rules, fresh);
        self.decision(reason, vec![self.event(filed)], vec![asked])
    }

    /// Perhaps not this colleague at all: set aside, and the registered address is told (invariant 6).
    fn unproven(&self, fresh: &mut Fresh) -> Decision {
        let case = Some(self.case());
        let asked = question(case, self.from.clone(), Problem::Unproven, self.mail.mail, self.rules, fresh);
        let mut decision = set_aside(self.mail, case, Aside::Unproven, self.rules, self.now, fresh);
        decision.letters.push(asked);
        decision
    }

    /// Somebody else in To or Cc: a colleague, the customer, a garage. What is typed may be meant for them and not for the
    /// customer (invariant 7); an answer to a notification goes to the desk alone, so somebody added them by hand.
    fn somebody_in_copy(&self) -> Option<Address> {
        let named = self.mail.mail.to.iter().chain(&self.mail.mail.cc).filter_map(|p| Address::parse(&p.address).ok());
        named.into_iter().find(|a| !self.rules.is_desk(a) && a != self.from)
    }

    fn carry_out(&self, typed: &Reply, fresh: &mut Fresh) -> Decision {
        let instruction = &typed.instruction;
        let value = |verb: Verb| {
            let values = instruction.lines.iter().filter(|l| l.verb == verb && !l.value.is_empty());
            values.map(|l| l.value.as_str()).collect::<Vec<_>>().join("\n")
        };
        let has = |verb: Verb| instruction.lines.iter().any(|l| l.verb == verb);
        // A note goes to nobody, whoever stands in copy.
        let relays = has(Verb::Close) || !has(Verb::Note);
        if let Some(address) = self.somebody_in_copy().filter(|_| relays) {
            return self.refuse(Problem::ColleagueInCopy { address }, fresh);
        }
        match (has(Verb::Note), has(Verb::Close)) {
            (false, false) => self.answer(&instruction.text, fresh),
            (true, false) => self.note(&joined(&value(Verb::Note), &typed.whole), fresh),
            (false, true) => self.close(None, &joined(&value(Verb::Close), &instruction.text), fresh),
            // With both, the note stands on its own line, so that it is clear which text is the customer's.
            (true, true) if !value(Verb::Note).is_empty() => {
                self.close(Some(value(Verb::Note)), &joined(&value(Verb::Close), &instruction.text), fresh)
            }
            (true, true) => self.refuse(Problem::NoteAndSettlement, fresh),
        }
    }

    /// A plain reply goes to the customer; the first one is the substantive reaction (§1).
    fn answer(&self, text: &str, fresh: &mut Fresh) -> Decision {
        let carried = carry_to_customer(self.mail);
        // Words below the quote are not relayed, and an attachment without the words that go with it is half an answer.
        let typed_elsewhere = !self.mail.mail.reply.trim().is_empty();
        if text.trim().is_empty() && (carried.is_empty() || typed_elsewhere) {
            return self.refuse(Problem::NothingTyped, fresh);
        }
        let Some(to) = self.case().customer.address.clone() else {
            return self.refuse(Problem::NoCustomerAddress, fresh);
        };
        let attachments = carried.len();
        let content = Content::Answer(Answer { text: text.to_owned() });
        let letter = Draft { carried, ..to_customer(self.case(), to.clone(), content, fresh) };
        let mut events = self.handler();
        events.push(self.event(What::Answered { letter: letter.id.clone(), text: text.to_owned() }));
        let done = Done::Relayed { to, text: text.to_owned(), attachments };
        let receipt = self.receipt(vec![done], true, fresh);
        self.decision("an answer to the customer", events, vec![letter, receipt])
    }

    fn note(&self, text: &str, fresh: &mut Fresh) -> Decision {
        if text.trim().is_empty() && self.mail.mail.attachments.is_empty() {
            return self.refuse(Problem::NothingTyped, fresh);
        }
        let events = vec![self.event(What::Noted { text: text.to_owned() })];
        let answered = self.case().first_response_at().is_some();
        let receipt = self.receipt(vec![Done::Noted { text: text.to_owned() }], answered, fresh);
        self.decision("an internal note", events, vec![receipt])
    }

    /// §2.4.1: the settlement is on file; §2.4.2: the customer gets it in writing.
    fn close(&self, note: Option<String>, settlement: &str, fresh: &mut Fresh) -> Decision {
        if settlement.trim().is_empty() {
            return self.refuse(Problem::SettlementMissing, fresh);
        }
        if !self.may_close() {
            return self.refuse(Problem::CaseClosed, fresh);
        }
        let Some(to) = self.case().customer.address.clone() else {
            return self.refuse(Problem::NoCustomerAddress, fresh);
        };
        let carried = carry_to_customer(self.mail);
        let letter = Draft { carried, ..closing(self.case(), to.clone(), settlement, self.rules, fresh) };
        let mut events = self.handler();
        events.extend(note.iter().map(|text| self.event(What::Noted { text: text.clone() })));
        let closed = Closed { settlement: settlement.to_owned(), letter: letter.id.clone() };
        events.push(self.event(What::Closed(closed)));
        let noted = note.into_iter().map(|text| Done::Noted { text });
        let closed = Done::Closed { to: Some(to), settlement: settlement.to_owned() };
        let receipt = self.receipt(std::iter::once(closed).chain(noted).collect(), true, fresh);
        self.decision("closed with a settlement", events, vec![letter, receipt])
    }

    /// An open case; and a closed one whose confirmation was held, refused or came back, so that it can be put right
    /// (§2.4.2).
    fn may_close(&self) -> bool {
        let case = self.case();
        let unconfirmed = case.closing_confirmed.is_none() && !case.failed_letters.is_empty();
        case.state == CaseState::Open || case.state == CaseState::Closed && unconfirmed
    }

    /// Who answers first handles the case; from a shared mailbox that is the department.
    fn handler(&self) -> Vec<Event> {
        let shared = self.rules.departments.iter().any(|d| d.address == *self.from);
        let wanted = self.case().handler.is_none() && !shared;
        wanted.then(|| self.event(What::HandlerSet { handler: self.from.clone() })).into_iter().collect()
    }

    fn receipt(&self, done: Vec<Done>, first_response_done: bool, fresh: &mut Fresh) -> Draft {
        let (customer, due) = (self.case().customer.clone(), self.case().due);
        let content = Content::Receipt(Receipt { done, customer, due, first_response_done });
        answering(to_staff(self.case(), self.from.clone(), content, self.rules, fresh), self.mail.mail)
    }
}

fn joined(value: &str, text: &str) -> String {
    [value, text].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}
