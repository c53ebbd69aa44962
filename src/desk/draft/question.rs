//! Why nothing was done with a staff mail, and what its sender is asked. Plain values.

use super::Choice;
use super::why::{Misjudged, NoMerge, NoReader, NoRight, Often, Unsure};
use crate::case::{Address, Blank, CaseNumber, Moment};
use crate::mail::Place;
use serde::Serialize;

/// To the sender of a staff mail: nothing was done, why, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    pub why: Problem,
    /// What the sender typed, to copy it from.
    pub text: String,
    /// The ways to go on: each a reply that is typed already, and a button.
    pub choices: Vec<Choice>,
}

/// Why only a part of a mail was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InPart {
    /// It is larger than the desk takes in, so that its end is not on file.
    TooLarge,
    /// It has more text or parts than are read.
    TooMuch,
    /// A part of it is damaged, or packed in a way that could not be opened.
    Damaged,
}

/// What a form lacks, or what of it could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Lacking {
    /// The customer's name.
    Name,
    /// An e-mail address, a telephone number or a postal address: one of them.
    Contact,
    /// What the complaint is.
    Text,
    Email {
        found: String,
    },
    Phone {
        found: String,
    },
    /// When it was received: the nearest right form.
    Received {
        nearest: String,
    },
}

/// What a customer's mail that a colleague passed on came to, on a case that was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// Its handler reads it.
    FollowUp,
    /// It opened the case again.
    Reopened,
    /// It was on file already.
    Nothing,
}

/// Why a staff mail was not acted on; nothing of it was relayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Problem {
    UnknownVerb {
        written: String,
        nearest: Option<String>,
    },
    /// Lower down in the text stands something that looks like a verb.
    VerbLowerDown {
        written: String,
    },
    /// `#afgehandeld` without a settlement (§2.4.1).
    SettlementMissing,
    /// What came of the complaint is not clear, or not right yet.
    Misjudged(Misjudged),
    /// `#uitspraak` without what was ruled and what we do about it.
    RulingMissing,
    /// `#samenvoegen` with a case that cannot be made one with this one.
    NotMerged {
        /// The number as it was typed, or the case that stands in the way; may be empty.
        written: String,
        why: NoMerge,
    },
    /// A reply without any new text or attachment.
    NothingTyped,
    /// The reply is encrypted.
    Encrypted,
    /// Two forms of the reply's text say different things.
    TextsDiffer,
    /// Not all of the reply was read.
    #[serde(serialize_with = "super::value")]
    ReadInPart(InPart),
    /// Somebody else stands in To or Cc: the text may be meant for them (invariant 7).
    ColleagueInCopy {
        /// As written, which need be no address that we could write to.
        address: String,
    },
    /// The sender could not be proven (invariant 6).
    Unproven,
    /// A letter cannot be sent: the customer has neither e-mail address nor postal address.
    NoCustomerAddress,
    /// The text is longer than a letter on paper may be.
    TooLongForPaper,
    /// `#verstuurd`, and no letter on paper waits to be posted.
    NothingToPost,
    /// `#verstuurd` with a moment that is not understood, or not past: the nearest right form.
    UnclearPosting {
        found: String,
        nearest: String,
    },
    /// `#verstuurd` with a moment before the letter was written.
    PostedBeforeWritten {
        said: Moment,
        written_at: Moment,
    },
    /// `#afgehandeld` on a case that is closed already.
    CaseClosed,
    /// Two verbs that both want the text, and it is not clear which of it is for the customer (invariant 7).
    TwoTexts {
        first: String,
        second: String,
    },
    /// `#toewijzen` to somebody who is not of the department.
    NotAColleague {
        written: String,
        colleagues: Vec<Address>,
    },
    /// `#gemachtigde` with nobody who can act for the customer, or without a ground.
    NoRepresentative {
        written: String,
    },
    NoGround {
        written: String,
    },
    /// `#avg` or `#datalek`, and something is missing.
    Privacy(NoRight),
    /// `#vertrouwelijk`, and with whom it should be is not clear.
    Readers(NoReader),
    /// The case is none that the sender may see.
    Hidden,
    /// `#klant` with something that is no customer's address.
    NotACustomer {
        written: String,
    },
    /// `#afdeling` with a name that is none.
    UnknownDepartment {
        written: String,
        departments: Vec<String>,
    },
    /// `#tekst` with a name that no text of the company's has.
    UnknownText {
        written: String,
        names: Vec<String>,
    },
    /// Something in such a text is not known of this case, or is past.
    TextLacks {
        name: String,
        lacks: Blank,
    },
    /// `#agenda` with a moment that is not understood: the nearest right form.
    UnclearMoment {
        found: String,
        nearest: String,
    },
    /// `#tussenbericht` with a day that is not understood: the nearest right form.
    UnclearPromise {
        found: String,
        nearest: String,
    },
    /// `#geschil` or `#uitspraak` with a last day that is not understood, or past: the nearest right form.
    UnclearLastDay {
        verb: String,
        found: String,
        nearest: String,
    },
    /// The case is not in a state for this verb.
    NotNow {
        verb: String,
    },
    /// A complaint taken by telephone, letter or at the desk: something is missing, or not understood.
    FormIncomplete {
        missing: Vec<Lacking>,
        prefilled: String,
    },
    /// A mail was passed on, and it is not certain who the customer is (§2.2).
    WhoIsTheCustomer {
        prefilled: String,
    },
    /// A verb that asks stands beside another one.
    AskAlone {
        verb: String,
    },
    /// `#dossier` of a case that there is not; empty: of no case at all.
    CaseUnknown {
        written: String,
    },
    /// A colleague without a department asks about complaints.
    AskTheDepartment,
    /// A mail that the customer seems to have had from the sender: was it the sender's answer?
    SentByYou {
        customer: Address,
        why: Unsure,
    },
    /// The same, and the customer has several open cases.
    WhichCase {
        customer: Address,
        choices: Vec<(CaseNumber, String)>,
    },
    /// A colleague answered before, and the sender could not know: nothing goes out twice.
    AnsweredAlready {
        by: Address,
        at: Moment,
        /// What the colleague wrote.
        text: String,
        prefilled: String,
    },
    /// So many answers to a customer: a machine may be answering in the sender's mailbox.
    ManyAnswers {
        count: usize,
        often: Often,
        prefilled: String,
    },
    /// `#toon` or `#klacht` with a number that is no mail the sender may see, or without one where it is not clear which.
    NoSuchMail,
    /// `#klacht` about a mail that became a case before.
    IsComplaint {
        mail: i64,
        case: CaseNumber,
    },
    /// A new mail of staff without a reply token: what is meant?
    NoCase,
    /// A reply without a verb to a letter that does not show what the customer wrote: is it meant for the customer?
    ForWhom,
    /// Beside the new text stands something that is neither our letter nor a signature: perhaps the half of an answer.
    TextApart {
        place: Place,
        /// The new text; may be empty.
        upper: String,
        lower: String,
    },
    /// A verb that opens a case, in a reply about another one.
    NewMailWanted {
        verb: String,
    },
    /// `#escaleren` by the supervisor, who would be asking nobody else.
    AskedYourself,
    /// A mail of our own folders, taken in because the register had forgotten it: what it asks for was done once, most
    /// probably, and is not done again.
    HandledBefore {
        /// None: the letter that it answers is not on file, so that nobody knows.
        case: Option<CaseNumber>,
        received_at: Moment,
        /// To be sent after all.
        prefilled: String,
    },
    /// `#opnemen` that answers no notice of missing mails, or one whose mails were all asked for.
    NothingToAdopt,
    /// The answered letter, about this case or none, is not on file: nobody knows whose case it was.
    LetterUnknown {
        case: Option<CaseNumber>,
    },
    /// The reply answers a letter of a department the sender does not belong to (any more).
    NotYourCase {
        department: String,
    },
}
