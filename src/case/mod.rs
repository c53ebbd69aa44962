//! The nouns of the procedure: a case, its number, its parties, its clocks, and the events that make it
//! what it is. Plain values only: no clock, no SQL, no mail formats.
//!
//! Invariant: a [`Case`] is only what [`Case::apply`] makes of its events (invariant 8).

mod address;
mod committee;
mod confidential;
mod duty;
mod event;
mod mailbox_name;
mod number;
mod outcome;
mod paper;
mod redacted;
mod reference;
mod representative;
mod said;
mod state;
mod token;
mod why;

pub use address::{Address, AddressError};
pub use committee::CommitteeWord;
pub use confidential::{Confidential, Urgent};
pub use duty::{Breach, Duty, DutyKind};
pub use event::{
    Actor, Adopts, AgendaItem, Certainty, Closed, DirectAnswer, Event, LetterFate, LetterSeal, Opened, Reopened, Seal,
    Sealed, TermStage, Tie, What,
};
pub use mailbox_name::MailboxName;
pub use number::{CaseNumber, NumberError};
pub use outcome::{Amount, Judgement, Outcome};
pub use paper::{Paper, PaperStage, Reach};
pub use redacted::{Blanks, Redacted, RedactedEvent};
pub use reference::{Reference, reference_key};
pub use representative::{Ground, Representative};
pub use state::{Absorbed, Case, CaseState, CustomerLetter, Dispute, Escalation, Promise, Round, Ruling, Stamp};
pub use token::{Keys, LetterId, Side, Token};
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

/// The language a letter is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "nl")]
    Dutch,
    #[serde(rename = "en")]
    English,
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

/// What a letter is for. The names are stable: they stand in the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// To the customer: registered, this is the number (§2.1.2).
    Acknowledgement,
    /// To the department: here is a complaint.
    Notification,
    /// A person's answer to the customer.
    Answer,
    /// A person's word in the meantime: why it takes longer, and until when. It answers nothing (§1).
    Interim,
    /// To the handler: the customer wrote again.
    FollowUp,
    /// To the customer: the written confirmation of the settlement (§2.4.2).
    Closing,
    /// To staff: what was done with their mail.
    Receipt,
    /// To staff: what was not done, and what would be right.
    Question,
    /// To staff: a letter to the customer did not arrive.
    DeliveryFailed,
    /// To a supervisor: the daily overview (§2.4.1).
    Digest,
    /// To a supervisor: the report of a month (§2.4.1).
    Month,
    /// To staff: a mail that was set aside wants a look.
    SetAside,
    /// To a supervisor or the operator: something needs a person now.
    Alarm,
    /// To the handler or supervisor: a clock runs out, or ran out (§2.4.1).
    Term,
    /// To the supervisor: a question with the whole file (§2.1.3).
    Escalation,
    /// To the handler: the supervisor's advice.
    Advice,
    /// To the handler: something on the agenda (§2.4.1).
    Agenda,
    /// To staff: a letter on paper for the customer, to be printed and posted (§2.3).
    Paper,
    /// To the supervisor: the customer went to the committee, or the committee ruled (the procedure's end).
    Dispute,
    /// To a colleague: the cases asked for.
    CaseList,
    /// To a colleague: the whole file of a case.
    Dossier,
    /// To the supervisor: a complaint is open for so long that its customer must hear of the committee.
    Status,
    /// To the supervisor: the handler of a case is away.
    Away,
    /// To staff: a mail on file that somebody asked to see.
    Shown,
    /// To the operator: klachtpost does not get through to a server, or does again.
    Outage,
    /// To a customer who sent a great many: one acknowledgement of several complaints (invariant 5).
    Acknowledgements,
    /// To staff: letters that became too many, in one (invariant 5).
    Bundle,
    /// To somebody who was written to as the customer and is not: the case goes on with somebody else.
    Misdirected,
    /// To the supervisor: the committee, a court or a regulator wrote (the procedure's end).
    Authority,
    /// To the supervisor: what a customer writes cannot wait.
    Urgent,
    /// To who guards personal data: somebody uses a right, or data were breached.
    Privacy,
    /// To a customer, and to who acts for the customer: whom we write to from now on.
    Represented,
}

impl LetterKind {
    pub const ALL: &[Self] = &[
        Self::Acknowledgement,
        Self::Notification,
        Self::Answer,
        Self::Interim,
        Self::FollowUp,
        Self::Closing,
        Self::Receipt,
        Self::Question,
        Self::DeliveryFailed,
        Self::Digest,
        Self::Month,
        Self::SetAside,
        Self::Alarm,
        Self::Term,
        Self::Escalation,
        Self::Advice,
        Self::Agenda,
        Self::Paper,
        Self::Dispute,
        Self::Status,
        Self::CaseList,
        Self::Dossier,
        Self::Away,
        Self::Shown,
        Self::Outage,
        Self::Acknowledgements,
        Self::Bundle,
        Self::Misdirected,
        Self::Authority,
        Self::Urgent,
        Self::Privacy,
        Self::Represented,
    ];

    /// Whether the reader is a customer, or was taken for one: such a letter passes the door check (invariant 7).
    pub fn is_for_customer(self) -> bool {
        let to_customers = [
            Self::Acknowledgement,
            Self::Acknowledgements,
            Self::Answer,
            Self::Interim,
            Self::Closing,
            Self::Misdirected,
            Self::Represented,
        ];
        to_customers.contains(&self)
    }

    /// Whether a customer gets words by it: in the letter itself, or on the paper that goes with it.
    pub fn reaches_customer(self) -> bool {
        self.is_for_customer() || self == Self::Paper
    }

    /// Whether klachtpost writes it of itself: counted for the caps (invariant 5). An answer is a person's.
    pub fn is_automatic(self) -> bool {
        !self.is_of_a_person()
    }

    /// Whether a colleague typed it for the customer.
    pub fn is_of_a_person(self) -> bool {
        matches!(self, Self::Answer | Self::Interim | Self::Closing)
    }

    /// How much it tells the customer: a word in the meantime shows that the complaint is known, an answer says more, and a
    /// settlement also answers. None of the three: what else may be written.
    pub fn says(self) -> u8 {
        match self {
            Self::Acknowledgement | Self::Acknowledgements | Self::Represented => 0,
            Self::Interim => 1,
            Self::Closing => 3,
            _ => 2,
        }
    }

    /// Whether it goes out in the stead of others, whose fate is its own.
    pub fn is_bundle(self) -> bool {
        matches!(self, Self::Acknowledgements | Self::Bundle)
    }

    /// The stable name in the register.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acknowledgement => "acknowledgement",
            Self::Notification => "notification",
            Self::Answer => "answer",
            Self::Interim => "interim",
            Self::FollowUp => "follow_up",
            Self::Closing => "closing",
            Self::Receipt => "receipt",
            Self::Question => "question",
            Self::DeliveryFailed => "delivery_failed",
            Self::Digest => "digest",
            Self::Month => "month",
            Self::SetAside => "set_aside",
            Self::Alarm => "alarm",
            Self::Term => "term",
            Self::Escalation => "escalation",
            Self::Advice => "advice",
            Self::Agenda => "agenda",
            Self::Paper => "paper",
            Self::Dispute => "dispute",
            Self::Status => "status",
            Self::CaseList => "case_list",
            Self::Dossier => "dossier",
            Self::Away => "away",
            Self::Shown => "shown",
            Self::Outage => "outage",
            Self::Acknowledgements => "acknowledgements",
            Self::Bundle => "bundle",
            Self::Misdirected => "misdirected",
            Self::Authority => "authority",
            Self::Urgent => "urgent",
            Self::Privacy => "privacy",
            Self::Represented => "represented",
        }
    }

    /// The kind of that stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
