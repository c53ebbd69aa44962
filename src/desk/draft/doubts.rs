//! Why a staff mail is asked about, where that has more than one form. Plain values.

use crate::case::{Address, Outcome};

/// Why what came of a complaint is not recorded yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misjudged {
    /// `#afgehandeld` without an outcome, where the settings ask for one.
    Missing,
    /// Not founded, or not all of it, and the settlement hardly says why.
    ReasonMissing(Outcome),
    /// More than one outcome.
    Several(Vec<Outcome>),
    /// `#oorzaak` with none of the company's list, which may be empty.
    UnknownCause { written: String, causes: Vec<String> },
    /// `#vergoeding` with something that is no certain amount.
    UnclearAmount { written: String },
    /// `#geenklacht` about a complaint that the customer had an acknowledgement of, and no answer yet (§2.1.2).
    AnswerFirst,
}

/// Over what the answers were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Often {
    /// Since the customer last wrote.
    InARow,
    /// In a day, whatever the customer wrote.
    InADay,
}

/// Why two cases cannot be made one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoMerge {
    /// There is no case of that number, or no number was given.
    Unknown,
    /// It is this very case.
    Same,
    /// They are of different customers.
    OtherCustomer,
    /// One of them goes on under another number already.
    Merged,
    /// One of them is no complaint.
    Dismissed,
}

/// Why a mail to the customer is not recorded as the answer without asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsure {
    /// The mail server does not confirm the sender (invariant 6).
    Sender,
    /// It is the sender's, but that it was sent now and to this customer is not shown: somebody may have sent on an older one.
    Resent,
    /// Somebody else got it too: it may have been meant for them (invariant 7).
    AlsoTo(Address),
}

impl Unsure {
    /// As the register keeps it.
    pub fn english(&self) -> &'static str {
        match self {
            Self::Sender => "a mail of staff's own to a customer, whose sender is not confirmed: asked",
            Self::Resent => "a mail of staff's own to a customer, which may be an older one sent on: asked",
            Self::AlsoTo(_) => "a colleague's mail to the customer and somebody else: asked",
        }
    }
}
