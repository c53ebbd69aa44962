//! What the table of staff verbs is made of: the verbs themselves, where their text goes (invariant 7), what stands behind them.
//! Plain data.

use crate::case::Outcome;
use serde::Serialize;

/// What staff can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    Note,
    Answer,
    /// An answer with all that stands above our letter, also what looks like a quoted mail.
    Everything,
    /// A word to the customer in the meantime, and until when (§1).
    Interim,
    /// A sentence of the company's own, in an answer.
    StandardText,
    Close,
    /// Whether the complaint was founded.
    Outcome(Outcome),
    /// Why it arose.
    Cause,
    /// What was paid for it.
    Compensation,
    Phoned,
    TakeOver,
    Assign,
    Department,
    Escalate,
    Advise,
    Agenda,
    /// What the sender did for the customer without us: a letter on paper, posted; a mail of their own, confirmed.
    Sent,
    Reopen,
    Dismiss,
    Restore,
    Merge,
    /// Who the customer is.
    Customer,
    /// Who acts for the customer.
    Representative,
    /// Somebody uses a right over personal data.
    Right,
    /// Personal data were breached.
    Breach,
    /// Who alone sees the case.
    Confidential,
    Dispute,
    Ruling,
    Register(Taken),
    Show,
    /// Mails of our own folders that are not on file.
    Adopt,
    /// The whole file of a case.
    Dossier,
    /// Cases that match some words.
    Search,
    /// The sender's open cases.
    Standing,
    Help,
}

/// How a complaint was taken in by staff (§2.1.1, §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Taken {
    ByPhone,
    ByLetter,
    AtDesk,
    /// By mail to a colleague, whose sender was not certain (§2.2).
    ByMail,
}

/// Where the text of a mail with this verb goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TextGoes {
    /// To the customer.
    Customer,
    /// To the customer as the settlement (§2.4.2).
    Settlement,
    /// Into the file; nobody outside gets it.
    CaseFile,
    /// It is the new complaint's.
    Complaint,
    /// Nowhere: the verb has no use for a text.
    Nowhere,
}

/// What stands behind the verb on its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// More text.
    Text,
    Address,
    /// An address, and perhaps a name.
    Customer,
    Department,
    /// A moment and what is to be done then.
    Moment,
    /// A moment ahead, or none, and more text.
    Promise,
    /// A moment that is past, none: now; beside a letter that asks which case, a case number.
    Past,
    /// The number of a mail on file.
    Mail,
    /// A case number.
    Case,
    /// An address, and why it acts for the customer.
    Representative,
    /// Addresses of who may see it, and perhaps of who may not.
    Readers,
    /// A word for what it is, or that it is done, and text.
    Stage,
    /// A last day, if there is one, and text.
    LastDay,
    /// The name of one of the company's own sentences.
    TextName,
    /// One of the company's causes.
    Cause,
    /// An amount in euros.
    Amount,
    /// Words to search for.
    Words,
    None,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub verb: Verb,
    pub dutch: &'static str,
    pub english: &'static str,
    /// Other words people type for it.
    pub aliases: &'static [&'static str],
    pub text: TextGoes,
    pub value: Value,
    /// It is nothing without a text.
    pub wants_text: bool,
}
