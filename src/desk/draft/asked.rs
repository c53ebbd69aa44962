//! What a colleague is answered who asks the register by mail: a list of cases, or a whole file. Plain values.

use super::Happened;
use crate::case::{
    Address, CaseNumber, CaseState, Channel, Clock, Customer, LetterFate, LetterKind, Moment, Reference,
};
use serde::Serialize;

/// Cases that a colleague asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseList {
    pub asked: Asked,
    /// In the order to show them.
    pub cases: Vec<ListedCase>,
    /// There are more than the register gives at once.
    pub more: bool,
    /// Typed below the verb, and used for nothing; may be empty.
    pub unused: String,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Asked {
    /// `#zoek` with these words, as they were used; none: nothing to search for was typed.
    Search { words: Vec<String> },
    /// `#stand`.
    Standing,
}

/// One case in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedCase {
    pub number: CaseNumber,
    /// Name, else address; may be empty.
    pub customer: String,
    pub subject: String,
    pub department_title: String,
    /// None: nobody handles it.
    pub handler: Option<Address>,
    pub state: CaseState,
    pub received_at: Moment,
    pub closed_at: Option<Moment>,
    /// The clock that runs out first, with its last moment.
    pub next: Option<(Clock, Moment)>,
}

/// The readable file of a case, with its mails and letters attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dossier {
    pub customer: Customer,
    pub channel: Channel,
    pub subject: String,
    /// The complaint in the customer's words.
    pub text: String,
    pub references: Vec<Reference>,
    pub department_title: String,
    pub handler: Option<Address>,
    pub state: CaseState,
    /// When the complaint was first lodged.
    pub lodged_at: Moment,
    pub closed_at: Option<Moment>,
    /// Each clock of the present round: its last moment, and when it was stopped.
    pub clocks: [(Clock, Moment, Option<Moment>); 3],
    /// Everything that happened, oldest first.
    pub timeline: Vec<Happened>,
    pub letters: Vec<WrittenLetter>,
    /// Originals that are not in the register whole: name and size in bytes.
    pub listed: Vec<(String, usize)>,
    pub may_answer: MayAnswer,
    /// Typed below the verb, and used for nothing; may be empty.
    pub unused: String,
}

/// Whether a plain reply of the reader goes to the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MayAnswer {
    Yes,
    /// The customer has no address.
    NoAddress,
    /// The reader sees every case, and is of another department or none.
    OnlyTheDepartment,
}

/// A letter of the file, and the last that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrittenLetter {
    pub kind: LetterKind,
    pub to: String,
    pub written_at: Moment,
    /// None: it is still on its way.
    pub fate: Option<(Moment, LetterFate)>,
}
