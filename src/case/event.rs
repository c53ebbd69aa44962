//! What happened, in the past tense: the only thing that ever changes a case. Plain values; their JSON form
//! stands in the register for ever, so names are kept and fields are only added (with `#[serde(default)]`).

use super::{
    Absorbed, Address, AgendaItem, Breach, CaseNumber, Channel, Clock, Confidential, Customer, Due, Duty, DutyKind,
    Judgement, Language, LetterId, LetterKind, MailboxName, Moment, Redacted, Reference, Representative, Solved,
    Unwritable,
};
use serde::{Deserialize, Serialize};

/// One entry of the register's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub at: Moment,
    /// None for what concerns no case (a digest, a mail set aside).
    pub case: Option<CaseNumber>,
    pub actor: Actor,
    /// The mail that caused it: its row in the register.
    pub mail: Option<i64>,
    pub what: What,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "who", content = "address")]
pub enum Actor {
    Customer,
    Staff(Address),
    /// Somebody who holds a letter of the case but is not the one it was sent to.
    Other(String),
    /// klachtpost itself.
    Desk,
    /// A mail server that reported something.
    Server,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum What {
    Opened(Box<Opened>),
    /// The customer wrote again, on this case.
    FollowedUp {
        message_id: Option<String>,
        from: String,
        /// The new text; the whole mail is kept beside it.
        #[serde(default)]
        text: String,
        #[serde(default)]
        references: Vec<Reference>,
        #[serde(default)]
        tie: Tie,
    },
    /// Somebody else wrote on this case, holding one of its letters (invariant 6).
    OtherWrote {
        message_id: Option<String>,
        from: String,
        #[serde(default)]
        text: String,
        #[serde(default)]
        references: Vec<Reference>,
    },
    /// Staff wrote to the customer: the text that goes out.
    Answered {
        letter: LetterId,
        text: String,
    },
    /// Staff wrote to the customer in the meantime: it answers nothing and stops no clock (§1).
    Interim {
        letter: LetterId,
        text: String,
        /// Until when the customer was told to wait.
        #[serde(default)]
        promised: Option<Moment>,
    },
    /// Staff wrote to the customer themselves, with the desk in copy: nothing goes out again, and it is a reaction (§1).
    AnsweredDirectly(DirectAnswer),
    /// Such a mail, of an uncertain sender or meaning: it counts once it is confirmed in a reply to this letter (invariant 6).
    AnswerToConfirm {
        question: LetterId,
        answer: DirectAnswer,
    },
    /// A colleague who was about to write to the customer was told of the answer another one gave at that moment.
    AnswerShown {
        to: Address,
        answered_at: Moment,
    },
    /// The supervisor was told that the handler is away.
    AwayTold {
        who: Address,
        to: Address,
    },
    /// Internal: never leaves the house (invariant 7).
    Noted {
        text: String,
    },
    HandlerSet {
        handler: Address,
    },
    Closed(Closed),
    Reopened(Reopened),
    /// Staff said what came of the complaint: what is left out stays as it was.
    Judged(Judgement),
    /// A colleague who was about to drop an acknowledged complaint was told that the customer waits for an answer.
    AnswerAsked {
        to: Address,
    },
    /// The customer answered the question below the closing.
    SolvedSaid {
        solved: Solved,
    },
    /// Staff spoke to the customer: counts as a reaction, and as the confirmation (§1, §2.1.2).
    PhoneContact {
        text: String,
    },
    DepartmentSet {
        department: String,
        routing: crate::case::Why,
    },
    /// The supervisor was asked (§2.1.3).
    Escalated {
        question: String,
        to: Address,
    },
    /// The supervisor's advice: goes to the handler only.
    Advised {
        text: String,
    },
    /// The supervisor handed the case back, took it over, or it was closed.
    EscalationSettled,
    /// Something is to be done at that moment (§2.4.1); a later entry with the same id moves it.
    AgendaSet(AgendaItem),
    /// It was done, or is not needed any more.
    AgendaCleared {
        id: String,
    },
    /// Its hour came and the handler was reminded.
    AgendaReminded {
        id: String,
    },
    /// No complaint after all: out of the figures, nothing is deleted.
    Dismissed {
        reason: String,
    },
    /// It is one after all.
    Restored,
    /// Staff were warned that a clock runs out, or told that it did; each once.
    TermTold {
        clock: Clock,
        stage: TermStage,
    },
    /// A case that may belong with this one: a number was named without proof.
    Linked {
        other: CaseNumber,
    },
    /// It came from where nobody reads an answer, and it is not known whose complaint it is; who it may be.
    CustomerUnknown {
        from: String,
        perhaps: Vec<Customer>,
    },
    /// Staff said who the customer is.
    CustomerSet {
        customer: Customer,
    },
    /// The customer went to the committee (the procedure's end).
    Disputed {
        text: String,
        /// The last day it can be filed; None: the committee does not take this department's complaints.
        last_day: Option<chrono::NaiveDate>,
    },
    /// An authority of the settings wrote about this case: it changes nothing (the procedure's end).
    AuthorityWrote {
        /// As the settings name it.
        authority: String,
        message_id: Option<String>,
        from: String,
        text: String,
        certainty: Certainty,
    },
    /// The supervisor was told that it cannot wait, by these words of the customer.
    UrgentTold {
        words: Vec<String>,
        to: Address,
    },
    /// From now on nobody but its readers sees the case.
    ConfidentialSet(Confidential),
    /// Its department sees it again.
    ConfidentialLifted,
    /// Somebody acts for the customer from now on, by staff's word.
    RepresentativeSet(Representative),
    /// The customer does so again.
    RepresentativeEnded,
    /// Somebody uses a right over personal data; what is asked, in staff's words.
    RightUsed {
        right: DutyKind,
        text: String,
    },
    /// It is known who asks, and how.
    IdentityKnown {
        how: String,
    },
    /// A breach of personal data, or more about one: as it was typed, and taken apart.
    BreachFound {
        text: String,
        breach: Breach,
    },
    /// Something is guarded until its last moment.
    DutySet(Duty),
    /// It was done, or is not needed any more.
    DutyDone {
        duty: DutyKind,
    },
    /// The committee ruled; the text says what, and what the company does about it.
    Ruled {
        text: String,
    },
    /// The customer must have it in writing that there is a committee, whatever is said in a conversation.
    CommitteeOwed,
    /// A complaint was open for long: the supervisor was asked for a letter that names the committee.
    StatusAsked {
        to: Address,
    },
    /// Another case of the same customer goes on in this one, with all that is owed there.
    Absorbed(Box<Absorbed>),
    /// This case goes on in another one.
    Merged {
        into: CaseNumber,
    },
    /// A letter was put in the outbox.
    LetterWritten {
        letter: LetterId,
        letter_kind: LetterKind,
        to: String,
        message_id: String,
    },
    /// What became of a letter.
    LetterFate {
        letter: LetterId,
        letter_kind: LetterKind,
        to: String,
        fate: LetterFate,
    },
    /// A refused letter goes out again at the operator's word: the same bytes, the same Message-ID.
    LetterResent {
        letter: LetterId,
        letter_kind: LetterKind,
        to: String,
    },
    /// Letters that a cap held back go out together in another one, whose fate is theirs (invariant 5).
    Bundled {
        letters: Vec<LetterId>,
        into: LetterId,
    },
    /// A letter on paper was made, for staff to print and post (§2.3).
    PaperWritten {
        /// The letter to staff that brings it.
        letter: LetterId,
        /// What stands on it.
        letter_kind: LetterKind,
    },
    /// Staff posted a letter on paper.
    Posted {
        letter: LetterId,
        letter_kind: LetterKind,
        /// When, as staff say: here its clock stops.
        posted_at: Moment,
    },
    /// A mail that concerns no case, or changed nothing on it, and why.
    MailFiled {
        disposition: String,
        reason: String,
    },
    /// A person was told of mails that were put aside; without a letter, they stand in the digest only.
    AsideTold {
        letter: Option<LetterId>,
        mails: Vec<i64>,
    },
    /// A person asked to take in mails that lie in our own folders and are not on file.
    AdoptionAsked {
        adopts: Adopts,
        mails: usize,
    },
    /// A mail that was put aside turned out to be something else: a person said so. The event's mail is that one.
    Reconsidered {
        disposition: String,
        reason: String,
    },
    /// The sender's domain disowns the mail: no acknowledgement until a person has looked (invariant 6).
    AcknowledgementHeld,
    /// A person looked: the acknowledgement goes out after all.
    AcknowledgementReleased,
    /// The digest of a day went to the outbox.
    DigestWritten {
        day: chrono::NaiveDate,
        recipients: usize,
    },
    /// The report of a month, named by its first day, went to the outbox.
    MonthWritten {
        month: chrono::NaiveDate,
        recipients: usize,
    },
    /// Personal data were blanked at a person's word: of a case, or of mails that concern none.
    Redacted(Redacted),
    /// The register's own entry behind a decision: the hashes of its mail and letters (invariant 8).
    Sealed(Sealed),
}

/// What ties a mail in the customer's name to the case (invariant 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// It answers a letter of ours.
    #[default]
    Letter,
    /// It names the case or answers a mail on file, and the mail server confirms the sender.
    Named,
    /// The same, and nothing confirms the sender: it reopens, confirms and stops nothing.
    NamedUnproven,
}

/// Whether it is sure who wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The mail server confirms the sender.
    Proven,
    /// It does not, or a colleague passed the mail on, which proves the colleague alone.
    Unproven,
}

/// Which mails of our own folders are taken in at a person's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "which", content = "letter")]
pub enum Adopts {
    /// Those that this letter tells of; none of another register's.
    ToldIn(LetterId),
    /// All but those that bear another register's mark.
    OwnAndUnmarked,
    OthersToo,
}

/// What stands in the chain for the mail and the letters of one decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Of the event's mail.
    #[serde(default)]
    pub mail: Option<Seal>,
    #[serde(default)]
    pub letters: Vec<LetterSeal>,
}

/// Of a row and of the bytes that belong to it: SHA-256, hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Over the columns that never change.
    pub row: String,
    /// Over the bytes, which can be blanked on a lawful request; empty where there were none.
    pub content: String,
}

/// The seal of one letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterSeal {
    pub letter: LetterId,
    pub seal: Seal,
}

/// A complaint was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    pub channel: Channel,
    pub customer: Customer,
    pub subject: String,
    /// The complaint in the customer's words.
    pub text: String,
    pub language: Language,
    pub department: String,
    /// For people: why it came to this department.
    pub routing: crate::case::Why,
    /// When the company received it (invariant 9); the clocks start here.
    pub received_at: Moment,
    pub due: Due,
    pub message_id: Option<String>,
    /// Plates and contract numbers in subject and text.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// Through which mailbox; none in what was registered before there could be several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<MailboxName>,
}

/// A mail of staff that the customer got from them and not from us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectAnswer {
    /// What the colleague typed.
    pub text: String,
    /// The customer's mail client knows it by this.
    pub message_id: Option<String>,
    pub from: Address,
    /// When our mail server received its copy: the nearest we know to when the customer's did (invariant 9).
    pub received_at: Moment,
}

/// How far a clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermStage {
    /// It runs out soon.
    Before,
    /// It ran out.
    After,
}

/// The case was closed with a settlement (§2.4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub settlement: String,
    pub letter: LetterId,
}

/// A closed case was opened again: new terms, the old ones stay on file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopened {
    pub received_at: Moment,
    pub due: Due,
}

/// What became of a letter after it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fate")]
pub enum LetterFate {
    /// A mail server took it (SMTP 250) and said so: never called "delivered".
    Accepted { server: String, reply: String },
    /// A mail server refused it for good.
    Refused { reply: String },
    /// Accepted at first, and reported back as failed.
    Bounced { permanent: bool, status: String },
    /// Kept back at the door for a person to look at.
    Held { reason: String },
    /// klachtpost could not write it, and asked no server; in full for who mends it.
    Unwritten { because: Unwritable, detail: String },
}
