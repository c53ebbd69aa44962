//! The town's own book: what truly happened to each complaint, written down from what people did and what arrived in their
//! mailboxes, never from klachtpost's register.

use crate::slow::{Moment, a_day_later, third_working_day};

/// One of the three clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    Acknowledge,
    FirstResponse,
    Resolve,
    /// What the customer was promised in the meantime.
    Promised,
}

pub const TERMS: [Term; 4] = [Term::Acknowledge, Term::FirstResponse, Term::Resolve, Term::Promised];

impl Term {
    /// As an alarm's subject says it.
    pub fn alarm(self) -> &'static str {
        match self {
            Self::Acknowledge => "ontvangstbevestiging",
            Self::FirstResponse => "eerste reactie",
            Self::Resolve => "oplossen",
            Self::Promised => "beloofd bericht",
        }
    }
}

/// What a colleague said of a complaint beside its settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// And paid that many cents.
    Upheld(u64),
    Rejected,
}

/// From a receipt to what ended it.
#[derive(Debug, Clone)]
pub struct Round {
    pub received: Moment,
    pub responded: Option<Moment>,
    pub closed: Option<Moment>,
    pub verdict: Option<Verdict>,
}

/// A complaint, and what became of it.
#[derive(Debug, Clone)]
pub struct Complaint {
    pub customer: String,
    pub department: &'static str,
    pub channel: &'static str,
    pub english: bool,
    /// When the company received it.
    pub lodged: Moment,
    /// When the present round began.
    pub received: Moment,
    /// The desk's first moment at work after it came in.
    pub known: Option<Moment>,
    pub number: String,
    pub acknowledged: Option<Moment>,
    /// The letter that did it; none for a call.
    pub acknowledged_by: Option<String>,
    /// Reactions of the present round, and the letter each came by; none for a call.
    pub responses: Vec<(Moment, Option<String>)>,
    pub closed: Option<Moment>,
    /// What was said of it in the present round.
    pub verdict: Option<Verdict>,
    /// How it was told that the complaint is closed: by a letter, or in a conversation.
    pub confirmed: Option<Option<String>>,
    /// The letter by which the customer knows of the committee.
    pub told_of_committee: Option<String>,
    pub reopened: u32,
    /// Rounds before this one.
    pub past: Vec<Round>,
    /// When the customer heard something in the meantime.
    pub interims: Vec<Moment>,
    /// What a colleague is about to promise.
    pub promising: Option<Moment>,
    /// Since when more is promised, and until when.
    pub promise: Option<(Moment, Moment)>,
    /// When it went to the committee, and when that ruled, for the customer each time.
    pub disputes: Vec<Moment>,
    pub rulings: Vec<Moment>,
    /// No complaint after all, since then.
    pub dismissed: Option<Moment>,
    /// Moments of work at which an alarm was due before and after, by term: it must have come.
    pub late: Vec<Term>,
    /// Moments of work at which one may have come: it ran out in the middle of the work.
    pub perhaps_late: Vec<Term>,
    /// Alarms of earlier rounds that must have come, and that may have.
    pub late_before: Vec<Term>,
    pub perhaps_before: Vec<Term>,
}

impl Complaint {
    pub fn new(
        customer: String,
        department: &'static str,
        channel: &'static str,
        english: bool,
        lodged: Moment,
    ) -> Self {
        Self {
            customer,
            department,
            channel,
            english,
            lodged,
            received: lodged,
            known: None,
            number: String::new(),
            acknowledged: None,
            acknowledged_by: None,
            responses: Vec::new(),
            closed: None,
            verdict: None,
            confirmed: None,
            told_of_committee: None,
            reopened: 0,
            past: Vec::new(),
            interims: Vec::new(),
            promising: None,
            promise: None,
            disputes: Vec::new(),
            rulings: Vec::new(),
            dismissed: None,
            late: Vec::new(),
            perhaps_late: Vec::new(),
            late_before: Vec::new(),
            perhaps_before: Vec::new(),
        }
    }

    /// The desk hears of it; what has run out by then may be told before the letter that stops it goes out.
    pub fn heard(&mut self, at: Moment) {
        self.known = Some(at);
        self.perhaps_late = TERMS.into_iter().filter(|term| at >= self.due(*term)).collect();
    }

    pub fn first_response(&self) -> Option<Moment> {
        self.responses.iter().map(|(at, _)| *at).min()
    }

    pub fn due(&self, term: Term) -> Moment {
        match term {
            Term::Acknowledge | Term::FirstResponse => a_day_later(self.received),
            Term::Resolve => third_working_day(self.received),
            Term::Promised => self.promise.map_or(Moment::MAX_UTC, |(_, until)| until),
        }
    }

    /// Whether this clock runs and has run out.
    pub fn is_late(&self, term: Term, at: Moment) -> bool {
        let stopped = match term {
            Term::Acknowledge => self.acknowledged.is_some(),
            Term::FirstResponse => !self.responses.is_empty(),
            Term::Resolve => false,
            Term::Promised => {
                self.promise.is_none_or(|(made, _)| self.responses.iter().any(|(answered, _)| *answered >= made))
            }
        };
        self.known.is_some() && self.closed.is_none() && self.dismissed.is_none() && !stopped && at >= self.due(term)
    }

    /// A letter did not arrive after all: what it stopped runs on.
    pub fn came_back(&mut self, id: &str) {
        if self.acknowledged_by.as_deref() == Some(id) {
            self.acknowledged = None;
            self.acknowledged_by = None;
        }
        self.responses.retain(|(_, letter)| letter.as_deref() != Some(id));
        self.confirmed.take_if(|by| by.as_deref() == Some(id));
        self.told_of_committee.take_if(|by| by == id);
    }

    /// The customer got a settlement.
    pub fn settled(&mut self, at: Moment, letter: &str, verdict: Option<Verdict>) {
        self.closed = Some(at);
        self.confirmed = Some(Some(letter.to_owned()));
        self.told_of_committee.get_or_insert_with(|| letter.to_owned());
        self.verdict = verdict.or(self.verdict);
    }

    pub fn was_called(&mut self, at: Moment) {
        self.acknowledged.get_or_insert(at);
        self.responses.push((at, None));
        if self.closed.is_some() {
            self.confirmed.get_or_insert(None);
        }
    }

    /// What is said while the committee has it belongs to the same dispute.
    pub fn disputed(&mut self, at: Moment) {
        let is_there = self.disputes.last().is_some_and(|last| self.rulings.last().is_none_or(|ruled| ruled < last));
        if self.dismissed.is_none() && !is_there {
            self.disputes.push(at);
        }
    }

    /// For the customer; what was paid before stays paid. What two colleagues record at one moment is one ruling.
    pub fn ruled(&mut self, at: Moment) {
        if self.dismissed.is_none() {
            if self.rulings.last() != Some(&at) {
                self.rulings.push(at);
            }
            let paid = if let Some(Verdict::Upheld(cents)) = self.verdict { cents } else { 0 };
            self.verdict = Some(Verdict::Upheld(paid));
        }
    }

    /// A word that is no reaction.
    pub fn had_interim(&mut self, at: Moment, letter: &str) {
        self.interims.push(at);
        self.promise = self.promising.take().map(|until| (at, until)).or(self.promise);
        if self.closed.is_some() || !self.past.is_empty() {
            self.told_of_committee.get_or_insert_with(|| letter.to_owned());
        }
    }

    /// All rounds, the present one last.
    pub fn rounds(&self) -> Vec<Round> {
        self.past.iter().cloned().chain([self.round()]).collect()
    }

    fn round(&self) -> Round {
        let (received, responded) = (self.received, self.first_response());
        Round { received, responded, closed: self.closed, verdict: self.verdict }
    }

    pub fn reopen(&mut self, at: Moment) {
        self.past.push(self.round());
        (self.verdict, self.confirmed, self.promise) = (None, None, None);
        self.late_before.append(&mut self.late);
        self.perhaps_before.append(&mut self.perhaps_late);
        self.received = at;
        self.closed = None;
        self.responses.clear();
        self.reopened += 1;
    }
}
