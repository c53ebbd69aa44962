//! The nouns of the procedure: a case, its number, its parties, its clocks, and the events that make it
//! what it is. Plain values only: no clock, no SQL, no mail formats.
//!
//! Invariant: a [`Case`] is only what [`Case::apply`] makes of its events (invariant 8).

mod address;
mod agenda;
mod committee;
mod confidential;
mod duty;
mod event;
mod language;
mod letter_kind;
mod mailbox_name;
mod number;
mod outcome;
mod paper;
mod redacted;
mod reference;
mod representative;
mod said;
mod standard_text;
mod state;
mod token;
mod unwritable;
mod why;

pub use address::{Address, AddressError};
pub use agenda::AgendaItem;
pub use committee::CommitteeWord;
pub use confidential::{Confidential, Urgent};
pub use duty::{Breach, Duty, DutyKind};
pub use event::{
    Actor, Adopts, Certainty, Closed, DirectAnswer, Event, LetterFate, LetterSeal, Opened, Reopened, Seal, Sealed,
    TermStage, Tie, What,
};
pub use language::{Language, Texts, Worded};
pub use letter_kind::{CountedAs, Files, LetterKind, Origin, Reader, ReplyGoes, Says, Silence};
pub use mailbox_name::MailboxName;
pub use number::{CaseNumber, NumberError};
pub use outcome::{Amount, Judgement, Outcome, Solved};
pub use paper::{Paper, PaperStage, Reach};
pub use redacted::{Blanks, Redacted, RedactedEvent};
pub use reference::{Reference, reference_key};
pub use representative::{Ground, Representative};
pub use standard_text::{Blank, Piece, StandardText, UnknownBlank, pieces};
pub use state::{Absorbed, Case, CaseState, CustomerLetter, Dispute, Escalation, Promise, Round, Ruling, Stamp};
pub use token::{Keys, LetterId, Side, Token};
pub use unwritable::Unwritable;
pub use why::{Match, Place, Why};

use serde::{Deserialize, Serialize};

/// A point in time; milliseconds are kept, the zone is the desk's when it is shown.
pub type Moment = chrono::DateTime<chrono::Utc>;

/// How a complaint reached the company (§2.1 phone, §2.2 email, §2.3 letter or desk).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    Email,
    Phone,
    Letter,
    Desk,
}

/// Who complains. Without an address the customer gets letters on paper.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Customer {
    /// As the customer wrote it; may be empty.
    pub name: String,
    pub address: Option<Address>,
    pub phone: Option<String>,
    /// The postal address without the name, line by line; empty where it is not known.
    #[serde(default)]
    pub postal: Vec<String>,
}

impl Customer {
    /// Name and address, as far as they are known.
    pub fn named(&self) -> String {
        let address = self.address.as_ref().map(Address::as_str).unwrap_or_default();
        format!("{} {address}", self.name).trim().to_owned()
    }
}

/// The last moments of the three clocks (§1, §2.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub acknowledge: Moment,
    pub first_response: Moment,
    pub resolve: Moment,
}

/// One of the clocks: the three of the procedure, and the company's own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    Acknowledge,
    FirstResponse,
    Resolve,
    /// What a colleague promised the customer in the meantime (`#tussenbericht`): runs only where a day was named.
    Promised,
}

impl Clock {
    /// In the order of the procedure.
    pub const ALL: [Self; 4] = [Self::Acknowledge, Self::FirstResponse, Self::Resolve, Self::Promised];
}
