//! What the sender of a staff mail is told: what was done with it, or why nothing was. Plain values.

use super::why::{Misjudged, NoMerge, NoReader, NoRight, Often, Unsure};
use super::{Choice, Filing, OwedInWriting};
use crate::case::{
    Address, Breach, CaseNumber, CaseState, Customer, Due, Duty, DutyKind, Judgement, LetterKind, Moment,
    Representative,
};
use crate::mail::Place;

/// To the sender of a staff mail: exactly what was done and who got what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub done: Vec<Done>,
    pub customer: Customer,
    pub due: Due,
    /// Stopped clocks are not shown as due.
    pub first_response_done: bool,
    /// The case is closed, or no complaint: none of its clocks run.
    pub case_closed: bool,
}

/// One thing that was done with a staff mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// This text goes to the customer at that address, with so many attachments.
    Relayed {
        to: Address,
        text: String,
        attachments: usize,
    },
    /// The same as a word in the meantime, which is no answer (§1).
    Interim {
        to: Address,
        text: String,
        attachments: usize,
    },
    /// The customer was told to hear more by then: guarded like a term.
    Promised {
        until: Moment,
    },
    /// The customer had it from the sender already.
    InterimHad {
        to: Address,
        text: String,
    },
    /// Kept as an internal note; nobody got it.
    Noted {
        text: String,
    },
    /// This text comes back to that colleague as a letter on paper, with so many attachments to print.
    OnPaper {
        letter_kind: LetterKind,
        to: Address,
        text: String,
        attachments: usize,
    },
    /// Closed; the confirmation with this settlement comes back to that colleague as a letter on paper.
    ClosedOnPaper {
        to: Address,
        settlement: String,
        attachments: usize,
    },
    /// That letter on paper was posted: its clock stopped at that moment.
    Posted {
        letter_kind: LetterKind,
        at: Moment,
    },
    /// A conversation confirmed the settlement; that there is a committee the customer must still have in writing.
    CommitteeOwed(OwedInWriting),
    /// Closed; the confirmation with this settlement goes to that address, or is given in a conversation.
    Closed {
        to: Option<Address>,
        settlement: String,
    },
    /// A conversation with the customer was recorded: counts as a reaction (§1).
    Phoned {
        text: String,
    },
    /// The customer had it from the sender already; recorded as the answer of that moment, and not sent again.
    AnsweredDirectly {
        to: Option<Address>,
        text: String,
        received_at: Moment,
    },
    /// The customer stands in To or Cc of a mail whose text was internal, and so has read it.
    AlsoWithCustomer {
        to: Address,
    },
    /// Verbs in a mail to the customer that were left undone, as they were typed.
    LeftUndone {
        written: Vec<String>,
    },
    /// What came of the complaint is on file.
    Judged(Judgement),
    HandlerSet {
        handler: Address,
    },
    DepartmentSet {
        title: String,
    },
    Reopened,
    Dismissed,
    Restored,
    /// The acknowledgement that waited for a person's look goes to that address.
    Acknowledged {
        to: Address,
    },
    /// A new case was opened for a customer.
    Registered {
        number: CaseNumber,
        department_title: String,
        acknowledged: Option<Address>,
    },
    /// A customer's mail that was passed on belongs to this case, which is in that state now.
    PassedOn {
        number: CaseNumber,
        state: CaseState,
        became: Became,
    },
    /// The supervisor was asked.
    Escalated {
        to: Address,
        text: String,
    },
    /// The supervisor's advice went to the handler.
    Advised {
        to: Address,
        text: String,
    },
    /// On the agenda; the calendar entry comes in a letter of its own.
    AgendaSet {
        at: Moment,
        text: String,
        outside_hours: bool,
    },
    /// Nothing is on the agenda any more.
    AgendaCleared,
    /// The dispute with the committee was recorded; that supervisor hears of it.
    Disputed {
        filing: Filing,
        told: Option<Address>,
        text: String,
    },
    /// The committee's ruling was recorded; that supervisor hears of it.
    Ruled {
        told: Option<Address>,
        text: String,
    },
    /// That must be done by its last moment, and is guarded until then; or it was done.
    Guarded(Duty),
    DutyDone(DutyKind),
    /// Only these see the case from now on; the sender is one of them, or not.
    ConfidentialSet {
        readers: Vec<Address>,
    },
    ConfidentialLifted,
    /// A customer's mail that was passed on is with whoever handles it, of whom nothing is told.
    PassedOnUnseen,
    /// Who acts for the customer from now on; the customer is told there. And that it is over.
    RepresentativeSet {
        acts: Representative,
        told: Option<Address>,
    },
    RepresentativeEnded {
        was: Address,
        told: Option<Address>,
    },
    /// The outcome goes to the customer, too, who is represented.
    ClosedToCustomer {
        to: Address,
    },
    /// Who guards personal data hears of it.
    PrivacyTold {
        to: Address,
    },
    /// Nothing may be disclosed yet: it is to be recorded how it is known who asks.
    IdentityWanted,
    IdentityKnown {
        how: String,
    },
    /// So much is on file of a breach.
    BreachKept {
        breach: Breach,
    },
    /// What an authority wrote is with the supervisor.
    ToSupervisor {
        from: String,
    },
    /// Both cases are one now, under the number that stays, in that state; these colleagues hear of it.
    Merged {
        stays: CaseNumber,
        gone: CaseNumber,
        state: CaseState,
        told: Vec<Address>,
        /// Who wrote in the case that is gone, and is not the customer of the one that stays: gets no letters any more.
        not_told: Option<Address>,
    },
    /// Who complained of the same, is not the customer, and so does not hear the outcome from us.
    OthersNotTold {
        others: Vec<Address>,
    },
    /// Letters go to that customer from now on.
    CustomerSet {
        to: Address,
        name: String,
        owed: Vec<Owed>,
        /// Who had letters of a person as the customer, and hears that the case goes on with somebody else.
        told: Option<Address>,
    },
    /// A text with which nothing was done, because it is not clear where it belongs.
    Unused {
        text: String,
    },
    /// Files of the mail that do not go along to the customer, each with the reason.
    StayedHere {
        files: Vec<(String, Stays)>,
    },
    /// So many mails of our own folders are taken in at the next look.
    AdoptionAsked {
        mails: usize,
    },
    /// The list of verbs was asked for.
    Help,
}

/// What a customer is owed who was not written to so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// The acknowledgement, which goes out at once (§2.1.2).
    Acknowledgement,
    /// An answer, which went to somebody else: a person writes it again (§1).
    Answer,
    /// The confirmation of the settlement, the same (§2.4.2).
    Confirmation,
    /// That there is a committee, in writing: the confirmation says it.
    Committee,
}

/// Why a file of a staff mail does not go along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    /// It is a mail.
    Mail,
    /// It seals or locks the mail as it was sent.
    Seal,
    /// A picture of a signature or a quote.
    Decoration,
    /// The mail's own text in another form.
    OtherForm,
    /// Something internal stands in it.
    Internal,
    /// It is no file: a gateway wrote it above the sender's words.
    Banner,
}

/// To the sender of a staff mail: nothing was done, why, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub why: Problem,
    /// What the sender typed, to copy it from.
    pub text: String,
    /// The ways to go on: each a reply that is typed already, and a button.
    pub choices: Vec<Choice>,
}

/// Why only a part of a mail was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InPart {
    /// It is larger than the desk takes in, so that its end is not on file.
    TooLarge,
    /// It has more text or parts than are read.
    TooMuch,
    /// A part of it is damaged, or packed in a way that could not be opened.
    Damaged,
}

/// What a customer's mail that a colleague passed on came to, on a case that was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// Its handler reads it.
    FollowUp,
    /// It opened the case again.
    Reopened,
    /// It was on file already.
    Nothing,
}

/// Why a staff mail was not acted on; nothing of it was relayed.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The case is not in a state for this verb.
    NotNow {
        verb: String,
    },
    /// A complaint taken by telephone, letter or at the desk: something is missing, or not understood.
    FormIncomplete {
        missing: Vec<String>,
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
