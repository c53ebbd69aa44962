//! The town's own book: what truly happened to each complaint, written down from what people did and what arrived in their
//! mailboxes, never from klachtpost's register.

use crate::slow::{Moment, a_day_later, third_working_day};

/// One of the three clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    Acknowledge,
    FirstResponse,
    Resolve,
}

pub const TERMS: [Term; 3] = [Term::Acknowledge, Term::FirstResponse, Term::Resolve];

impl Term {
    /// As an alarm's subject says it.
    pub fn alarm(self) -> &'static str {
        match self {
            Self::Acknowledge => "ontvangstbevestiging",
            Self::FirstResponse => "eerste reactie",
            Self::Resolve => "oplossen",
        }
    }
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
    pub reopened: u32,
    /// No complaint after all.
    pub dismissed: bool,
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
            reopened: 0,
            dismissed: false,
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
        }
    }

    /// Whether this clock runs and has run out.
    pub fn is_late(&self, term: Term, at: Moment) -> bool {
        let stopped = match term {
            Term::Acknowledge => self.acknowledged.is_some(),
            Term::FirstResponse => !self.responses.is_empty(),
            Term::Resolve => false,
        };
        self.known.is_some() && self.closed.is_none() && !self.dismissed && !stopped && at >= self.due(term)
    }

    /// A letter did not arrive after all: what it stopped runs on.
    pub fn came_back(&mut self, id: &str) {
        if self.acknowledged_by.as_deref() == Some(id) {
            self.acknowledged = None;
            self.acknowledged_by = None;
        }
        self.responses.retain(|(_, letter)| letter.as_deref() != Some(id));
    }

    pub fn reopen(&mut self, at: Moment) {
        self.late_before.append(&mut self.late);
        self.perhaps_before.append(&mut self.perhaps_late);
        self.received = at;
        self.closed = None;
        self.responses.clear();
        self.reopened += 1;
    }
}
