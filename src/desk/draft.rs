//! What is to be written: everything a letter says, decided, before it is rendered. Plain values; the room
//! `letters/` turns a draft into bytes and adds nothing to what it says.

use crate::case::{Address, CaseNumber, Channel, Customer, Due, Language, LetterId, LetterKind, Moment, Side, Why};
use crate::digest::Digest;

/// One letter to one recipient.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub id: LetterId,
    pub to: Address,
    /// The recipient's name for the To header; may be empty.
    pub to_name: String,
    /// Whose token it carries.
    pub side: Side,
    pub case: Option<CaseNumber>,
    pub topic: Topic,
    pub language: Language,
    /// Message-ID this letter answers in the reader's client; without angle brackets.
    pub in_reply_to: Option<String>,
    /// The thread in the reader's client, oldest first.
    pub references: Vec<String>,
    /// Attachments of a registered mail that go along.
    pub carried: Vec<Carried>,
    /// Files made for this letter (a calendar entry, a spreadsheet).
    pub enclosed: Vec<Enclosed>,
    pub content: Content,
}

/// What the subject line of a letter to staff names, the same in all letters of a case so that they thread.
/// A letter to a customer does not show it (invariant 11).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topic {
    /// The complaint's subject; of a letter without a case, that of the mail it is about.
    pub subject: String,
    /// The customer's name, else the address; may be empty.
    pub customer: String,
}

/// An attachment that goes along: referred to, not stored twice (invariant 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The mail's row in the register.
    pub mail: i64,
    /// Which attachment of that mail, counted from 0.
    pub index: usize,
    pub name: String,
    pub media_type: String,
    /// Size in bytes, decoded.
    pub size: usize,
    /// SHA-256 of the decoded content, hexadecimal.
    pub sha256: String,
}

/// A file made for a letter; it stands in the letter's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosed {
    pub name: String,
    /// With parameters, e.g. `text/calendar; method=REQUEST; charset=utf-8`.
    pub media_type: String,
    pub content: Vec<u8>,
}

/// What the letter says.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Acknowledgement(Acknowledgement),
    Notification(Box<Notification>),
    Answer(Answer),
    FollowUp(FollowUp),
    Closing(Closing),
    Receipt(Receipt),
    Question(Question),
    DeliveryFailed(DeliveryFailed),
    SetAside(SetAside),
    Alarm(Alarm),
    Term(Term),
    Escalation(Box<Escalation>),
    Advice(Advice),
    Agenda(Agenda),
    Digest(Box<Digest>),
}

impl Content {
    pub fn kind(&self) -> LetterKind {
        match self {
            Self::Acknowledgement(_) => LetterKind::Acknowledgement,
            Self::Notification(_) => LetterKind::Notification,
            Self::Answer(_) => LetterKind::Answer,
            Self::FollowUp(_) => LetterKind::FollowUp,
            Self::Closing(_) => LetterKind::Closing,
            Self::Receipt(_) => LetterKind::Receipt,
            Self::Question(_) => LetterKind::Question,
            Self::DeliveryFailed(_) => LetterKind::DeliveryFailed,
            Self::SetAside(_) => LetterKind::SetAside,
            Self::Alarm(_) => LetterKind::Alarm,
            Self::Term(_) => LetterKind::Term,
            Self::Escalation(_) => LetterKind::Escalation,
            Self::Advice(_) => LetterKind::Advice,
            Self::Agenda(_) => LetterKind::Agenda,
            Self::Digest(_) => LetterKind::Digest,
        }
    }
}

/// §2.1.2: registered; no text of a stranger (invariant 11): not even the complaint's subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// For the salutation; letters only shows it when it looks like a person's name.
    pub customer_name: String,
    pub department_title: String,
    pub received_at: Moment,
    /// What we aim for; a moment already past is left out of the letter.
    pub due: Due,
    /// The case is open again: a second acknowledgement says so.
    pub reopened: bool,
}

/// To the department: the complaint and all that is needed to answer it.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    pub customer: Customer,
    pub channel: Channel,
    pub subject: String,
    /// The customer's words (new text; the whole text where there is nothing else).
    pub text: String,
    /// The rest of the mail below it (quotes), if any; may be long.
    pub quoted: String,
    pub department_title: String,
    pub why: Why,
    pub received_at: Moment,
    pub due: Due,
    /// Attachments that did not fit and are only listed: name and size in bytes.
    pub listed: Vec<(String, usize)>,
    /// For people: what was odd about the mail, e.g. "afzender niet bewezen", "mogelijk hoort dit bij K-…".
    pub remarks: Vec<Remark>,
    pub reopened: bool,
    /// No acknowledgement went out, and why.
    pub unacknowledged: Option<Unacknowledged>,
}

/// Something staff should know about a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The mail names this case without proof; a case of its own was opened.
    MayBelongTo(CaseNumber),
    /// The trusted server says the sender's domain disowns this mail (DMARC fail).
    SenderDisowned,
    /// Reply-To names another address; letters go to From.
    ReplyToElsewhere(String),
    /// The sender may be somebody else than it seems: two senders, or a name that shows another address.
    SenderOdd(String),
    /// It was not all read (a limit, a damaged part): the original is on file.
    NotAllRead(String),
    /// The case was closed, and this mail opened it again with new terms.
    Reopened,
    /// It came from another address than the customer's; that address is told nothing (invariant 6).
    FromOther(String),
}

/// Why no acknowledgement was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unacknowledged {
    /// There is no address one could write to.
    NoAddress,
    /// A machine sent it and nobody would read the answer (invariant 5).
    Automatic,
    /// The sender's domain disowns the mail (DMARC fail): held until a person looks.
    Disowned,
}

/// What staff typed, and nothing else (invariant 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub text: String,
}

/// To the handler: the customer wrote again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    pub customer: Customer,
    pub subject: String,
    pub text: String,
    pub quoted: String,
    pub received_at: Moment,
    pub due: Due,
    pub listed: Vec<(String, usize)>,
    pub remarks: Vec<Remark>,
    /// Stopped clocks are not shown as due.
    pub first_response_done: bool,
    /// The case is closed, and stays so until somebody acts.
    pub case_closed: bool,
}

/// §2.4.2 and the procedure's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    pub customer_name: String,
    /// What the complaint was: its subject.
    pub subject: String,
    pub received_at: Moment,
    pub settlement: String,
    /// The last day a dispute can be filed; None where the department's complaints cannot go to a committee.
    pub committee_last_day: Option<chrono::NaiveDate>,
}

/// To the sender of a staff mail: exactly what was done and who got what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub done: Vec<Done>,
    pub customer: Customer,
    pub due: Due,
    /// Stopped clocks are not shown as due.
    pub first_response_done: bool,
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
    /// Kept as an internal note; nobody got it.
    Noted {
        text: String,
    },
    /// Closed; the confirmation with this settlement goes to that address.
    Closed {
        to: Option<Address>,
        settlement: String,
    },
    /// A conversation with the customer was recorded: counts as a reaction (§1).
    Phoned {
        text: String,
    },
    HandlerSet {
        handler: Address,
    },
    DepartmentSet {
        title: String,
    },
    Reopened,
    Dismissed,
    Restored,
    /// A new case was opened for a customer.
    Registered {
        number: CaseNumber,
        department_title: String,
        acknowledged: Option<Address>,
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
    /// The list of verbs was asked for.
    Help,
}

/// To the sender of a staff mail: nothing was done, why, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub why: Problem,
    /// What the sender typed, to copy it from.
    pub text: String,
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
    /// A reply without any new text or attachment.
    NothingTyped,
    /// Somebody else stands in To or Cc: the text may be meant for them (invariant 7).
    ColleagueInCopy {
        address: Address,
    },
    /// The sender could not be proven (invariant 6).
    Unproven,
    /// A letter cannot be sent: the customer has no address.
    NoCustomerAddress,
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
    /// A new mail of staff without a reply token: what is meant?
    NoCase,
    /// The reply answers a letter of a department the sender does not belong to (any more).
    NotYourCase {
        department: String,
    },
}

/// To staff: a letter to the customer did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryFailed {
    pub customer: Customer,
    pub letter_kind: LetterKind,
    pub to: String,
    /// What the server said, shortened.
    pub reply: String,
    pub permanent: bool,
    /// The clock that runs again because of it, with its original last moment.
    pub runs_again: Option<(crate::case::Clock, Moment)>,
}

/// To staff: a mail was set aside or could not be read, and somebody should look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    pub from: String,
    pub subject: String,
    pub received_at: Moment,
    pub reason: String,
    /// Its row in the register.
    pub mail: i64,
    /// First lines of the text, if any could be read.
    pub excerpt: String,
}

/// To the supervisor: a question about a case, with the whole file (§2.1.3). A plain reply is advice for the handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    pub question: String,
    /// Who asks.
    pub by: Address,
    pub customer: Customer,
    pub subject: String,
    /// The complaint in the customer's words.
    pub text: String,
    pub received_at: Moment,
    pub due: Due,
    pub first_response_done: bool,
    /// What happened so far, oldest first.
    pub timeline: Vec<Happened>,
}

/// One line of a case's timeline, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    pub at: Moment,
    pub what: HappenedWhat,
    /// The text that belongs to it; may be empty.
    pub text: String,
    /// Who did it: an address, or empty for the customer and klachtpost itself.
    pub by: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HappenedWhat {
    Received,
    CustomerWrote,
    OtherWrote,
    Answered,
    Noted,
    Phoned,
    Closed,
    Reopened,
    Moved,
    Escalated,
    Advised,
    LetterFailed,
}

/// The supervisor's advice to the handler; the customer gets nothing of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    pub text: String,
    pub by: Address,
    pub customer: Customer,
    pub due: Due,
    pub first_response_done: bool,
}

/// To the handler: something to do at that moment, with a calendar entry enclosed (§2.4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agenda {
    /// The item's id, and how often it was changed: its calendar entry is known by them.
    pub id: String,
    pub sequence: u32,
    pub stage: AgendaStage,
    pub at: Moment,
    pub text: String,
    pub customer: Customer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgendaStage {
    /// Put on the agenda, or moved: the entry is enclosed.
    Set,
    /// Its hour has come.
    Due,
    /// Not needed any more: the entry's cancellation is enclosed.
    Cancelled,
}

/// To the handler or supervisor: a clock runs out, or ran out (§2.4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub customer: Customer,
    pub clock: crate::case::Clock,
    pub stage: crate::case::TermStage,
    pub due: Moment,
    pub received_at: Moment,
    pub department_title: String,
    pub handler: Option<Address>,
    /// Letters to the customer that are on their way or did not arrive: why the clock still runs.
    pub failed_letters: usize,
}

/// To a supervisor or the operator: something needs a person now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    pub about: AlarmAbout,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlarmAbout {
    /// A letter to staff was refused for good: so this goes up one step (invariant 4).
    StaffLetterRefused { to: String, letter_kind: LetterKind, reply: String },
    /// Letters are held back because of a cap (invariant 5).
    CapReached { address: String, held: usize },
    /// A letter to a customer was held at the door because something internal stood in it (invariant 7).
    HeldAtDoor { to: String, reason: String },
}
