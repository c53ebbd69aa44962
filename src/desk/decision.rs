//! What was decided: plain values for the register and the sender.

use super::draft::Draft;
use crate::case::{CaseNumber, Event};
use serde::{Deserialize, Serialize};

/// What is done: recorded in one transaction, then sent (invariant 3).
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub events: Vec<Event>,
    pub letters: Vec<Draft>,
}

/// What a mail turned out to be (invariant 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub disposition: Disposition,
    /// For people: why.
    pub reason: String,
    /// The case the mail is filed on.
    pub case: Option<CaseNumber>,
}

/// What is decided on a mail.
#[derive(Debug, Clone, PartialEq)]
pub struct MailDecision {
    pub verdict: Verdict,
    pub events: Vec<Event>,
    pub letters: Vec<Draft>,
}

impl MailDecision {
    /// What the mail is, and what is done.
    pub fn split(self) -> (Verdict, Decision) {
        let Self { verdict, events, letters } = self;
        (verdict, Decision { events, letters })
    }
}

/// What a mail turned out to be; each mail has exactly one (invariant 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Disposition {
    Complaint,
    FollowUp,
    Staff,
    Bounce,
    Automatic,
    Duplicate,
    /// Spam, a loop, or suspect: a person looks at it.
    SetAside,
    Unreadable,
    /// A test mail of the watch's, from the desk to itself.
    RoundTrip,
}

impl Disposition {
    pub const ALL: [Self; 9] = [
        Self::Complaint,
        Self::FollowUp,
        Self::Staff,
        Self::Bounce,
        Self::Automatic,
        Self::Duplicate,
        Self::SetAside,
        Self::Unreadable,
        Self::RoundTrip,
    ];

    /// The stable name in the register.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::FollowUp => "follow_up",
            Self::Staff => "staff",
            Self::Bounce => "bounce",
            Self::Automatic => "automatic",
            Self::Duplicate => "duplicate",
            Self::SetAside => "set_aside",
            Self::Unreadable => "unreadable",
            Self::RoundTrip => "round_trip",
        }
    }

    /// The disposition of that stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|disposition| disposition.name() == name)
    }
}
