//! What the sender of a staff mail is told: what was done with it, or why nothing was. Plain values.

use super::{Became, Filing, OwedInWriting};
use crate::case::{
    Address, Breach, CaseNumber, CaseState, Customer, Due, Duty, DutyKind, Judgement, LetterKind, Moment,
    Representative,
};
use serde::Serialize;

/// To the sender of a staff mail: exactly what was done and who got what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
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
    #[serde(serialize_with = "super::value")]
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
    #[serde(serialize_with = "super::value")]
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
    /// The company's own sentences there are, by their names.
    StandardTexts {
        names: Vec<String>,
    },
}

/// What a customer is owed who was not written to so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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
