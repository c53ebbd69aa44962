//! Two cases about one complaint become one: nothing that is owed is forgotten, and no clock gets later. Plain values.

use super::{Case, CaseState, CustomerLetter, Dispute, Escalation, Promise, Round, Ruling, Stamp, remember};
use crate::case::{
    Address, AgendaItem, Breach, CaseNumber, Clock, CommitteeWord, Confidential, Customer, Due, Duty, Judgement,
    LetterId, Moment, Paper, Reference, Representative, TermStage, Urgent,
};
use serde::{Deserialize, Serialize};

/// What a case brings into the one it goes on in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absorbed {
    pub other: CaseNumber,
    pub state: CaseState,
    pub customer: Customer,
    pub handler: Option<Address>,
    pub received_at: Moment,
    pub lodged_at: Moment,
    pub due: Due,
    pub acknowledged: Option<Stamp>,
    pub responses: Vec<Stamp>,
    #[serde(default)]
    pub promise: Option<Promise>,
    #[serde(default)]
    pub judgement: Judgement,
    pub closing_confirmed: Option<Stamp>,
    pub linked: Vec<CaseNumber>,
    pub references: Vec<Reference>,
    pub escalation: Option<Escalation>,
    pub agenda: Vec<AgendaItem>,
    pub told: Vec<(Clock, TermStage)>,
    pub failed_letters: Vec<LetterId>,
    pub letters: Vec<CustomerLetter>,
    /// Letters on paper that are still to be posted.
    #[serde(default)]
    pub papers: Vec<Paper>,
    pub disputed: Option<Dispute>,
    pub ruling: Option<Ruling>,
    #[serde(default)]
    pub duties: Vec<Duty>,
    #[serde(default)]
    pub representative: Option<Representative>,
    #[serde(default)]
    pub identity: Option<String>,
    #[serde(default)]
    pub breach: Option<Breach>,
    #[serde(default)]
    pub confidential: Option<Confidential>,
    #[serde(default)]
    pub urgent: Option<Urgent>,
    #[serde(default)]
    pub committee: CommitteeWord,
    pub absorbed: Vec<CaseNumber>,
    pub customer_thread: Vec<String>,
    pub staff_thread: Vec<String>,
}

impl Absorbed {
    /// All that the case brings along.
    pub fn of(case: &Case) -> Self {
        // Every field is named: whoever adds one to a case decides here whether it is owed.
        let Case {
            number,
            state,
            customer,
            handler,
            received_at,
            lodged_at,
            due,
            acknowledged,
            responses,
            promise,
            judgement,
            closing_confirmed,
            linked,
            references,
            escalation,
            agenda,
            told,
            failed_letters,
            letters,
            papers,
            disputed,
            ruling,
            breach,
            committee,
            confidential,
            duties,
            identity,
            representative,
            urgent,
            absorbed,
            customer_thread,
            staff_thread,
            // What was said stays on file with the case itself; how and to whom it came is the staying case's.
            channel: _,
            subject: _,
            text: _,
            language: _,
            department: _,
            routing: _,
            closed_at: _,
            settlement: _,
            solved: _,
            reopened: _,
            merged_into: _,
            last_event_at: _,
            redacted_at: _,
            // Both came by mailboxes of one company: the case that goes on keeps its own.
            mailbox: _,
        } = case.clone();
        Self {
            other: number,
            state,
            customer,
            handler,
            received_at,
            lodged_at,
            due,
            acknowledged,
            responses,
            promise,
            judgement,
            closing_confirmed,
            linked,
            references,
            escalation,
            agenda,
            told,
            failed_letters,
            letters,
            papers,
            disputed,
            ruling,
            breach,
            committee,
            confidential,
            duties,
            identity,
            representative,
            urgent,
            absorbed,
            customer_thread,
            staff_thread,
        }
    }
}

impl Case {
    /// The other case goes on in this one.
    pub(super) fn absorb(&mut self, other: &Absorbed) {
        match (self.state, other.state) {
            (CaseState::Closed, CaseState::Open) => self.go_on_as(other),
            (CaseState::Open, CaseState::Open) => self.earliest_terms(other),
            // Confirmed are both settlements, or neither.
            (CaseState::Closed, CaseState::Closed) if other.closing_confirmed.is_none() => {
                self.closing_confirmed = None;
            }
            _ => {}
        }
        self.lodged_at = self.lodged_at.min(other.lodged_at);
        self.take_stamps(other);
        self.take_parties(other);
        self.take_owed(other);
        let mine = std::mem::replace(&mut self.judgement, other.judgement.clone());
        self.judgement.take(&mine);
        let numbers = other.absorbed.iter().chain([&other.other]);
        self.absorbed.extend(numbers.filter(|number| **number != self.number));
        other.customer_thread.iter().for_each(|id| remember(&mut self.customer_thread, Some(id)));
        other.staff_thread.iter().for_each(|id| remember(&mut self.staff_thread, Some(id)));
    }

    /// This case goes on in another one, which owes from now on what this one did.
    pub(super) fn go_on_in(&mut self, into: CaseNumber) {
        self.state = CaseState::Merged;
        self.merged_into = Some(into);
        self.escalation = None;
        self.agenda.clear();
        self.duties.clear();
        self.failed_letters.clear();
        self.papers.clear();
    }

    /// It was closed; what is still open is the other's round, with its terms.
    fn go_on_as(&mut self, other: &Absorbed) {
        self.state = CaseState::Open;
        self.closed_at = None;
        self.received_at = other.received_at;
        self.due = other.due;
        self.promise.clone_from(&other.promise);
        self.judgement = Judgement::default();
        self.told.clone_from(&other.told);
        self.responses.clear();
        self.begin_round();
        self.reopened += 1;
    }

    /// Of each clock the last moment that comes first, and what staff were told of that one.
    fn earliest_terms(&mut self, other: &Absorbed) {
        let (mine, theirs) = (self.due, other.due);
        let promises = self.promise.iter().chain(&other.promise);
        let promise = promises.min_by_key(|promise| promise.until).cloned();
        let is_mine = |clock| match clock {
            Clock::Acknowledge => mine.acknowledge <= theirs.acknowledge,
            Clock::FirstResponse => mine.first_response <= theirs.first_response,
            Clock::Resolve => mine.resolve <= theirs.resolve,
            Clock::Promised => promise == self.promise,
        };
        self.told.retain(|(clock, _)| is_mine(*clock));
        self.told.extend(other.told.iter().filter(|(clock, _)| !is_mine(*clock)));
        self.due = Due {
            acknowledge: mine.acknowledge.min(theirs.acknowledge),
            first_response: mine.first_response.min(theirs.first_response),
            resolve: mine.resolve.min(theirs.resolve),
        };
        self.promise = promise;
        self.received_at = self.received_at.min(other.received_at);
    }

    /// An answer to the one complaint is an answer to the other, unless it was given before the present round.
    fn take_stamps(&mut self, other: &Absorbed) {
        let begun = self.received_at;
        // What was written to somebody else is no answer to the customer.
        let is_other = |address: &Option<Address>| address.is_some() && self.customer.address.is_some();
        if is_other(&other.customer.address) && other.customer.address != self.customer.address {
            self.letters.extend(
                other.letters.iter().map(|letter| CustomerLetter { round: Round::Elsewhere, ..letter.clone() }),
            );
            self.letters.sort_by_key(|letter| letter.at);
            return;
        }
        self.responses.extend(other.responses.iter().filter(|stamp| stamp.at >= begun).cloned());
        self.responses.sort_by_key(|stamp| stamp.at);
        let acknowledged = [self.acknowledged.take(), other.acknowledged.clone()];
        self.committee.given = self.committee.given.take().or_else(|| other.committee.given.clone());
        self.acknowledged = acknowledged.into_iter().flatten().min_by_key(|stamp| stamp.at);
        self.letters.extend(other.letters.iter().map(|letter| CustomerLetter {
            round: if letter.at < begun && letter.round == Round::Present { Round::Earlier } else { letter.round },
            ..letter.clone()
        }));
        self.letters.sort_by_key(|letter| letter.at);
    }

    fn take_parties(&mut self, other: &Absorbed) {
        let customer = &mut self.customer;
        if customer.name.trim().is_empty() {
            customer.name.clone_from(&other.customer.name);
        }
        customer.address = customer.address.take().or_else(|| other.customer.address.clone());
        customer.phone = customer.phone.take().or_else(|| other.customer.phone.clone());
        if customer.postal.is_empty() {
            customer.postal.clone_from(&other.customer.postal);
        }
        self.handler = self.handler.take().or_else(|| other.handler.clone());
    }

    fn take_owed(&mut self, other: &Absorbed) {
        for item in &other.agenda {
            self.set_agenda(item);
        }
        for letter in &other.failed_letters {
            let is_elsewhere = |known: &CustomerLetter| known.letter == *letter && known.round == Round::Elsewhere;
            if !self.failed_letters.contains(letter) && !self.letters.iter().any(is_elsewhere) {
                self.failed_letters.push(letter.clone());
            }
        }
        self.take_papers(other);
        for number in &other.linked {
            if *number != self.number && !self.linked.contains(number) {
                self.linked.push(*number);
            }
        }
        self.refer_to(&other.references);
        self.linked.retain(|number| *number != other.other);
        self.escalation = match (self.escalation.take(), other.escalation.clone()) {
            (Some(mine), Some(theirs)) => {
                Some(Escalation { question: format!("{}\n\n{}", mine.question, theirs.question), ..mine })
            }
            (mine, theirs) => mine.or(theirs),
        };
        let disputes = [self.disputed.take(), other.disputed.clone()];
        self.disputed = disputes.into_iter().flatten().min_by_key(|dispute| dispute.at);
        self.ruling = self.ruling.take().or_else(|| other.ruling.clone());
        if other.customer.address == self.customer.address {
            self.representative = self.representative.take().or_else(|| other.representative.clone());
            self.identity = self.identity.take().or_else(|| other.identity.clone());
        }
        self.breach = match (self.breach.take(), &other.breach) {
            (Some(mine), Some(theirs)) => Some(theirs.clone().and(&mine)),
            (mine, theirs) => mine.or_else(|| theirs.clone()),
        };
        // What one of them hides is hidden in both.
        self.confidential = self.confidential.take().or_else(|| other.confidential.clone());
        self.urgent = self.urgent.take().or_else(|| other.urgent.clone());
        // Of two last moments for the same the first counts.
        for duty in &other.duties {
            if self.duties.iter().all(|known| known.kind != duty.kind || known.due > duty.due) {
                self.set_duty(duty);
            }
        }
        let since = self.committee.owed_since.into_iter().chain(other.committee.owed_since);
        self.committee.owed_since = since.min();
        self.committee.asked_at = self.committee.asked_at.or(other.committee.asked_at);
    }

    /// What waited to be posted still does, but for the word that an open complaint was closed.
    fn take_papers(&mut self, other: &Absorbed) {
        self.papers.extend(other.papers.iter().cloned());
        self.papers.sort_by_key(|paper| paper.written_at);
        if self.state == CaseState::Open {
            self.recall_confirmations();
        }
    }
}
