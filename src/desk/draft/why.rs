//! Why something was not done at once, where a problem has several reasons. Plain values.

use crate::case::{Address, Breach, Outcome};
use serde::Serialize;

/// Why what came of a complaint is not recorded yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Misjudged {
    /// `#afgehandeld` without an outcome, where the settings ask for one.
    #[serde(rename = "outcome_missing")]
    Missing,
    /// Not founded, or not all of it, and the settlement hardly says why.
    #[serde(serialize_with = "super::value")]
    ReasonMissing(Outcome),
    /// More than one outcome.
    #[serde(rename = "several_outcomes")]
    #[serde(serialize_with = "super::value")]
    Several(Vec<Outcome>),
    /// `#oorzaak` with none of the company's list, which may be empty.
    UnknownCause { written: String, causes: Vec<String> },
    /// `#vergoeding` with something that is no certain amount.
    UnclearAmount { written: String },
    /// `#geenklacht` about a complaint that the customer had an acknowledgement of, and no answer yet (§2.1.2).
    AnswerFirst,
}

/// Over what the answers were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Often {
    /// Since the customer last wrote.
    InARow,
    /// In a day, whatever the customer wrote.
    InADay,
}

/// Why two cases cannot be made one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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
    /// Both are confidential, and others see the one than the other.
    Readers,
}

/// Why a mail to the customer is not recorded as the answer without asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
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

/// Why a case cannot be seen by those alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum NoReader {
    /// That is no colleague's own address; these could see it.
    #[serde(rename = "no_reader")]
    NotAColleague { written: String, colleagues: Vec<Address> },
    /// Nobody is left to watch over it: somebody else must be named first.
    NobodyLeft,
}

/// Why a request about personal data, or a breach, is not recorded so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum NoRight {
    /// Which right it is; may be empty.
    #[serde(rename = "which_right")]
    Unclear { written: String },
    /// `#avg bekend` without how.
    HowMissing,
    /// It is not on file how it is known who asks.
    IdentityUnknown,
    /// Something that must be kept of a breach is missing.
    BreachNotWhole(Breach),
}
