//! The case and how events make it: `apply` cannot fail and has no side effects, so that the register's row
//! can be rebuilt from the events at any time (invariant 8). Plain values.

mod letters;
mod merging;
mod promise;
mod steps;

pub use letters::{CustomerLetter, Round, Stamp};
pub use merging::Absorbed;
pub use promise::Promise;
pub use steps::{Dispute, Escalation, Ruling};

use super::{
    Address, AgendaItem, Breach, CaseNumber, Channel, Clock, CommitteeWord, Confidential, Customer, DirectAnswer, Due,
    Duty, Event, Judgement, Language, LetterId, LetterKind, MailboxName, Moment, Opened, Paper, Reference, Reopened,
    Representative, Solved, TermStage, Urgent, What,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Foreign Message-IDs kept for threading: the first and this many of the last, because relays refuse endless
/// References headers.
const THREAD_IDS_MAX: usize = 10;
/// References of one case: a car or two and their contracts; more is a price list.
const REFERENCES_MAX: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseState {
    Open,
    Closed,
    /// No complaint after all.
    Dismissed,
    /// Goes on under another number.
    Merged,
}

impl CaseState {
    /// The stable name in the register and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Dismissed => "dismissed",
            Self::Merged => "merged",
        }
    }
}

/// A complaint's file, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    pub number: CaseNumber,
    pub state: CaseState,
    pub channel: Channel,
    pub customer: Customer,
    pub subject: String,
    /// The complaint in the customer's words.
    pub text: String,
    pub language: Language,
    pub department: String,
    pub routing: super::Why,
    pub handler: Option<Address>,
    /// When the present round began: the complaint's receipt, or that of the mail that reopened it.
    pub received_at: Moment,
    /// When the complaint was first lodged: the committee counts from here.
    pub lodged_at: Moment,
    pub due: Due,
    pub acknowledged: Option<Stamp>,
    /// Accepted or posted answers of a person in the present round; the earliest stops the clock (§1).
    pub responses: Vec<Stamp>,
    /// What the customer was told in the meantime; the last word counts.
    #[serde(default)]
    pub promise: Option<Promise>,
    pub closed_at: Option<Moment>,
    pub settlement: Option<String>,
    /// What came of it in this round.
    #[serde(default)]
    pub judgement: Judgement,
    /// What the customer said of the settlement last, in this round.
    #[serde(default)]
    pub solved: Option<(Moment, Solved)>,
    pub closing_confirmed: Option<Stamp>,
    pub reopened: u32,
    pub linked: Vec<CaseNumber>,
    pub escalation: Option<Escalation>,
    /// What is still to be done, by its moment.
    pub agenda: Vec<AgendaItem>,
    /// Terms of this round that staff were told of.
    pub told: Vec<(Clock, TermStage)>,
    /// Letters to the customer that did not arrive and were not made good since.
    pub failed_letters: Vec<LetterId>,
    /// Letters on paper that are not posted yet, oldest first (§2.3).
    #[serde(default)]
    pub papers: Vec<Paper>,
    /// Letters to the customer in the order in which they were written.
    pub letters: Vec<CustomerLetter>,
    /// The dispute with the committee; a new one takes its place only after a ruling.
    pub disputed: Option<Dispute>,
    /// The committee's ruling on that dispute.
    pub ruling: Option<Ruling>,
    /// What is guarded beside the clocks, by its last moment.
    #[serde(default)]
    pub duties: Vec<Duty>,
    /// Who acts for the customer.
    #[serde(default)]
    pub representative: Option<Representative>,
    /// How it is known who uses a right over personal data; nothing is disclosed before.
    #[serde(default)]
    pub identity: Option<String>,
    /// What is known of a breach of personal data.
    #[serde(default)]
    pub breach: Option<Breach>,
    /// Who alone sees it.
    #[serde(default)]
    pub confidential: Option<Confidential>,
    /// Why it cannot wait.
    #[serde(default)]
    pub urgent: Option<Urgent>,
    /// What the customer has in writing of the committee.
    #[serde(default)]
    pub committee: CommitteeWord,
    /// Cases that go on in this one, whose numbers lead here.
    pub absorbed: Vec<CaseNumber>,
    /// The case this one goes on in.
    pub merged_into: Option<CaseNumber>,
    /// Plates and contract numbers in what the customer wrote, each once.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// Message-IDs the customer's mail client knows, oldest first.
    pub customer_thread: Vec<String>,
    /// Message-IDs the staff's mail clients know, oldest first.
    pub staff_thread: Vec<String>,
    pub last_event_at: Moment,
    /// When the personal data in it were blanked.
    #[serde(default)]
    pub redacted_at: Option<Moment>,
    /// Through which mailbox it came: its letters are written from there. None: the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<MailboxName>,
}

impl Case {
    /// The case that an `Opened` event makes.
    pub fn open(number: CaseNumber, at: Moment, opened: &Opened) -> Self {
        Self {
            number,
            state: CaseState::Open,
            channel: opened.channel,
            customer: opened.customer.clone(),
            subject: opened.subject.clone(),
            text: opened.text.clone(),
            language: opened.language,
            department: opened.department.clone(),
            routing: opened.routing.clone(),
            handler: None,
            received_at: opened.received_at,
            lodged_at: opened.received_at,
            due: opened.due,
            acknowledged: None,
            responses: Vec::new(),
            promise: None,
            closed_at: None,
            settlement: None,
            judgement: Judgement::default(),
            solved: None,
            closing_confirmed: None,
            reopened: 0,
            linked: Vec::new(),
            escalation: None,
            agenda: Vec::new(),
            told: Vec::new(),
            failed_letters: Vec::new(),
            papers: Vec::new(),
            letters: Vec::new(),
            disputed: None,
            ruling: None,
            duties: Vec::new(),
            representative: None,
            identity: None,
            breach: None,
            confidential: None,
            urgent: None,
            committee: CommitteeWord::default(),
            absorbed: Vec::new(),
            merged_into: None,
            references: opened.references.clone(),
            customer_thread: opened.message_id.iter().cloned().collect(),
            staff_thread: Vec::new(),
            last_event_at: at,
            redacted_at: None,
            mailbox: opened.mailbox.clone(),
        }
    }

    /// The case that a list of events makes; None when they do not begin with `Opened`.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut case: Option<Self> = None;
        for event in events {
            match (&mut case, event.case, &event.what) {
                (None, Some(number), What::Opened(opened)) => case = Some(Self::open(number, event.at, opened)),
                (None, ..) => return None,
                (Some(case), ..) => case.apply(event),
            }
        }
        case
    }

    /// Takes one event in.
    pub fn apply(&mut self, event: &Event) {
        self.last_event_at = event.at;
        match &event.what {
            What::Opened(_)
            | What::Answered { .. }
            | What::AnswerToConfirm { .. }
            | What::AnswerShown { .. }
            | What::AnswerAsked { .. }
            | What::AwayTold { .. }
            | What::AuthorityWrote { .. }
            | What::RightUsed { .. }
            | What::Noted { .. }
            | What::Advised { .. }
            | What::MailFiled { .. }
            | What::AsideTold { .. }
            | What::LetterResent { .. }
            | What::AdoptionAsked { .. }
            | What::Reconsidered { .. }
            | What::AcknowledgementHeld
            | What::AcknowledgementReleased
            | What::CustomerUnknown { .. }
            | What::DigestWritten { .. }
            | What::MonthWritten { .. }
            | What::Bundled { .. }
            | What::Sealed(_) => {}
            What::FollowedUp { message_id, references, from, .. } => {
                remember(self.thread_with(from), message_id.as_deref());
                self.refer_to(references);
            }
            What::OtherWrote { references, .. } => self.refer_to(references),
            What::Interim { promised, .. } => self.promised(event.at, *promised),
            What::AnsweredDirectly(answer) => self.answered_directly(answer),
            What::HandlerSet { handler } => self.handler = Some(handler.clone()),
            What::DepartmentSet { department, routing } => {
                self.department.clone_from(department);
                self.routing = routing.clone();
                self.handler = None;
            }
            What::PhoneContact { .. } => self.reached(event.at),
            What::CustomerSet { customer } => self.set_customer(customer),
            What::Escalated { question, to } => {
                self.escalation = Some(Escalation { question: question.clone(), to: to.clone(), at: event.at });
            }
            What::EscalationSettled => self.escalation = None,
            What::AgendaSet(item) => self.set_agenda(item),
            What::AgendaCleared { id } => self.agenda.retain(|item| item.id != *id),
            What::AgendaReminded { id } => {
                self.agenda.iter_mut().filter(|item| item.id == *id).for_each(|item| item.reminded = true);
            }
            What::Closed(closed) => {
                self.state = CaseState::Closed;
                self.closed_at = Some(event.at);
                self.settlement = Some(closed.settlement.clone());
                self.closing_confirmed = None;
                self.escalation = None;
            }
            What::Reopened(reopened) => self.reopen(reopened),
            What::Judged(judgement) => self.judgement.take(judgement),
            What::SolvedSaid { solved } => self.solved = Some((event.at, *solved)),
            What::Dismissed { .. } => self.state = CaseState::Dismissed,
            What::Restored => self.state = CaseState::Open,
            What::TermTold { clock, stage } => self.told.push((*clock, *stage)),
            What::Linked { other } => {
                if !self.linked.contains(other) {
                    self.linked.push(*other);
                }
            }
            What::PaperWritten { letter, letter_kind } => self.paper_written(letter, *letter_kind, event.at),
            What::Posted { letter, letter_kind, posted_at } => self.posted(letter, *letter_kind, *posted_at),
            What::Disputed { text, last_day } => self.dispute(event.at, text, *last_day),
            What::Ruled { text } => self.ruling = Some(Ruling { at: event.at, text: text.clone() }),
            What::UrgentTold { words, .. } => self.urgent = Some(Urgent { words: words.clone(), at: event.at }),
            What::ConfidentialSet(confidential) => self.confidential = Some(confidential.clone()),
            What::ConfidentialLifted => self.confidential = None,
            What::RepresentativeSet(acts) => self.representative = Some(acts.clone()),
            What::RepresentativeEnded => self.representative = None,
            What::IdentityKnown { how } => self.identity = Some(how.clone()),
            What::BreachFound { breach, .. } => self.breach = Some(self.breach.take().unwrap_or_default().and(breach)),
            What::DutySet(duty) => self.set_duty(duty),
            What::DutyDone { duty } => self.duties.retain(|known| known.kind != *duty),
            What::CommitteeOwed => self.owe_committee(event.at),
            What::StatusAsked { .. } => {
                self.owe_committee(event.at);
                self.committee.asked_at = Some(event.at);
            }
            What::Absorbed(other) => self.absorb(other),
            What::Redacted(_) => self.redact(event.at),
            What::Merged { into } => self.go_on_in(*into),
            What::LetterWritten { letter, letter_kind, message_id, to } => {
                // What is written to somebody who is not the customer stands in nobody's thread.
                if *letter_kind == LetterKind::Misdirected {
                    return;
                }
                let for_customer = letter_kind.is_for_customer();
                let thread = if for_customer { self.thread_with(to) } else { &mut self.staff_thread };
                remember(thread, Some(message_id));
                if for_customer && !letter_kind.is_bundle() && *letter_kind != LetterKind::Represented {
                    self.know(event.at, letter, *letter_kind, Some(to));
                }
            }
            What::LetterFate { letter, letter_kind, fate, .. } => {
                self.letter_fate(event.at, letter, *letter_kind, fate)
            }
        }
    }

    /// New terms; the old ones stay on file in the events.
    fn reopen(&mut self, reopened: &Reopened) {
        self.state = CaseState::Open;
        self.closed_at = None;
        self.received_at = reopened.received_at;
        self.due = reopened.due;
        self.responses.clear();
        self.promise = None;
        self.judgement = Judgement::default();
        self.solved = None;
        self.told.clear();
        self.begin_round();
        self.reopened += 1;
    }

    /// What is added while it lies there belongs to the same dispute.
    fn dispute(&mut self, at: Moment, text: &str, last_day: Option<NaiveDate>) {
        if self.ruling.take().is_some() {
            self.disputed = None;
        }
        self.disputed.get_or_insert_with(|| Dispute { at, text: text.to_owned(), last_day });
    }

    /// Staff spoke to the customer: it also confirms what had to be confirmed (§2.1.2, §2.4.2).
    fn reached(&mut self, at: Moment) {
        let stamp = Stamp { letter: None, at };
        self.acknowledged.get_or_insert_with(|| stamp.clone());
        if self.state == CaseState::Closed {
            self.closing_confirmed.get_or_insert_with(|| stamp.clone());
        }
        self.respond(stamp);
    }

    /// Oldest first: what staff confirm or posted may be told later than an answer that came after it.
    fn respond(&mut self, stamp: Stamp) {
        self.responses.push(stamp);
        self.responses.sort_by_key(|stamp| stamp.at);
    }

    /// A person's answer, without a letter of ours. One of an earlier round stops no clock of this one.
    fn answered_directly(&mut self, answer: &DirectAnswer) {
        remember(&mut self.customer_thread, answer.message_id.as_deref());
        if answer.received_at >= self.received_at {
            self.respond(Stamp { letter: None, at: answer.received_at });
        }
    }

    fn refer_to(&mut self, references: &[Reference]) {
        for one in references {
            let known = self.references.iter().any(|known| known.name == one.name && known.key() == one.key());
            if !known && self.references.len() < REFERENCES_MAX {
                self.references.push(one.clone());
            }
        }
    }

    fn set_agenda(&mut self, item: &AgendaItem) {
        self.agenda.retain(|known| known.id != item.id);
        self.agenda.push(item.clone());
        self.agenda.sort_by_key(|item| item.at);
    }

    /// When a person's first answer of this round was accepted, or posted (§1).
    pub fn first_response_at(&self) -> Option<Moment> {
        self.responses.iter().map(|stamp| stamp.at).min()
    }

    /// When the acknowledgement was accepted (§2.1.2).
    pub fn acknowledged_at(&self) -> Option<Moment> {
        self.acknowledged.as_ref().map(|stamp| stamp.at)
    }

    /// The first moment at which something on the agenda is to be told of, or that is guarded: a closed case with one is
    /// looked at, too.
    pub fn next_reminder(&self) -> Option<Moment> {
        let agenda = self.agenda.iter().filter(|item| !item.reminded).map(|item| item.at);
        agenda.chain(self.duties.iter().map(|duty| duty.due)).min()
    }

    /// The last moment of a clock and, when it was stopped, when.
    pub fn clock(&self, clock: Clock) -> (Moment, Option<Moment>) {
        match clock {
            Clock::Acknowledge => (self.due.acknowledge, self.acknowledged_at()),
            Clock::FirstResponse => (self.due.first_response, self.first_response_at()),
            Clock::Resolve => (self.due.resolve, self.closed_at),
            // Where nothing was promised nothing runs.
            Clock::Promised => self
                .promise
                .as_ref()
                .map_or((self.due.resolve, Some(self.received_at)), |promise| (promise.until, self.promise_kept_at())),
        }
    }

    /// The clock that runs out first, and its last moment; None when all have stopped.
    pub fn next_clock(&self) -> Option<(Clock, Moment)> {
        if self.state != CaseState::Open {
            return None;
        }
        let running = Clock::ALL.into_iter().filter_map(|clock| match self.clock(clock) {
            (due, None) => Some((clock, due)),
            (_, Some(_)) => None,
        });
        // Of two that run out together the later one of the procedure counts more: an answer also confirms.
        running.min_by_key(|(clock, due)| (*due, std::cmp::Reverse(*clock)))
    }

    /// The clocks that still run past their last moment. A case that is not open has none.
    pub fn overdue(&self, now: Moment) -> Vec<Clock> {
        if self.state != CaseState::Open {
            return Vec::new();
        }
        Clock::ALL.into_iter().filter(|clock| matches!(self.clock(*clock), (due, None) if due < now)).collect()
    }
}

fn remember(thread: &mut Vec<String>, message_id: Option<&str>) {
    let Some(id) = message_id.filter(|id| !id.is_empty()) else { return };
    if thread.iter().any(|known| known == id) {
        return;
    }
    thread.push(id.to_owned());
    if thread.len() > THREAD_IDS_MAX {
        thread.remove(1);
    }
}

#[cfg(test)]
mod tests;
