//! What is to be written: everything a letter says, decided, before it is rendered. Plain values; the room
//! `letters/` turns a draft into bytes and adds nothing to what it says.

use crate::case::{
    Address, CaseNumber, CaseState, Channel, Customer, Due, Language, LetterId, LetterKind, Moment, Reference, Side,
    Unwritable, Why, Worded,
};
use crate::digest::month::MonthOverview;
use crate::digest::{Digest, May};

mod alarm;
mod aside;
mod asked;
mod bundle;
mod choice;
mod committee;
mod cover;
mod earlier;
mod handled;
mod happened;
mod official;
mod outage;
mod paper;
mod privacy;
mod question;
mod remarks;
mod represented;
mod urgent;
mod why;

pub use super::rules::Filing;
pub use alarm::{Alarm, AlarmAbout};
pub use aside::{SetAside, Shown};
pub use asked::{Asked, CaseList, Dossier, ListedCase, MayAnswer, WrittenLetter};
pub use bundle::{Acknowledged, Acknowledgements, Bundle};
pub use choice::{Choice, Does, Stands, Way};
pub use committee::{Dispute, DisputeStage, OwedInWriting, Status};
pub use cover::{Cover, Writer};
pub use earlier::{Earlier, EarlierCase, Manual};
pub use handled::{Done, Owed, Receipt, Stays};
pub use happened::{Happened, HappenedWhat};
pub use official::{KnownBy, Official, OfficialAbout};
pub use outage::{Outage, OutageStage};
pub use paper::{Paper, Sheet, Waiting};
pub use privacy::{Privacy, PrivacyStage};
pub use question::{Became, InPart, Problem, Question};
pub use remarks::{OddSender, Remark, Unread};
pub use represented::{Represented, RepresentedStage};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
pub use urgent::Urgent;
pub use why::{Misjudged, NoMerge, NoReader, NoRight, Often, Unsure};

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
    /// In which the customer of its case is written to; None: it is about no case.
    pub customer_language: Option<Language>,
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Topic {
    /// The complaint's subject; of a letter without a case, that of the mail it is about.
    pub subject: String,
    /// The customer's name, else the address; may be empty.
    pub customer: String,
}

/// A file that goes along: referred to, not stored twice (invariant 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    pub source: Source,
    pub name: String,
    pub media_type: String,
    /// Size in bytes, decoded.
    pub size: usize,
    /// SHA-256 of the decoded content, hexadecimal.
    pub sha256: String,
}

/// Where the register keeps the content of a file that goes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An attachment of a mail: the mail's row, and which attachment, counted from 0.
    Attachment { mail: i64, index: usize },
    /// A whole mail as it came: its row.
    Mail(i64),
    /// A letter of ours; attachments that it carried itself are only named in it.
    Letter(LetterId),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Attachment { mail, index } => write!(f, "attachment {index} of mail {mail}"),
            Self::Mail(mail) => write!(f, "mail {mail}"),
            Self::Letter(letter) => write!(f, "letter {letter}"),
        }
    }
}

/// A file made for a letter; it stands in the letter's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosed {
    pub name: String,
    /// With parameters, e.g. `text/calendar; method=REQUEST; charset=utf-8`.
    pub media_type: String,
    pub content: Vec<u8>,
}

macro_rules! contents {
    ($($kind:ident($says:ty),)+) => {
        /// What the letter says: of each kind one. Templates get it as it is, each field a variable of that name.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum Content {
            $($kind($says),)+
        }

        impl Content {
            pub fn kind(&self) -> LetterKind {
                match self {
                    $(Self::$kind(_) => LetterKind::$kind,)+
                }
            }
        }
    };
}

contents! {
    Acknowledgement(Acknowledgement),
    Notification(Box<Notification>),
    Answer(Answer),
    Interim(Interim),
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
    Dispute(Dispute),
    Status(Status),
    CaseList(CaseList),
    Dossier(Box<Dossier>),
    Away(Box<Away>),
    Shown(Shown),
    Digest(Box<Digest>),
    Paper(Box<Paper>),
    Month(Box<MonthOverview>),
    Outage(Outage),
    Acknowledgements(Acknowledgements),
    Bundle(Box<Bundle>),
    Misdirected(Misdirected),
    Authority(Box<Official>),
    Urgent(Box<Urgent>),
    Privacy(Box<Privacy>),
    Represented(Represented),
}

/// Serialises what a variant holds under a name, where the variant's own name stands beside it.
fn value<T: Serialize, S: Serializer>(held: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry("value", held)?;
    map.end()
}

/// §2.1.2: registered; no text of a stranger (invariant 11): not even the complaint's subject, unless who wrote it is proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acknowledgement {
    /// For the salutation; letters only shows it when it looks like a person's name.
    pub customer_name: String,
    pub department_title: Worded,
    pub received_at: Moment,
    /// What we aim for; a moment already past is left out of the letter.
    pub due: Due,
    /// The case is open again: a second acknowledgement says so.
    pub reopened: bool,
    /// The customer's own words, where they are proven to come from the very address the letter goes to: a letter to a forged
    /// address carries nothing of its author (invariant 11).
    pub own_words: Option<String>,
}

/// To the department: the complaint and all that is needed to answer it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notification {
    pub customer: Customer,
    pub channel: Channel,
    pub subject: String,
    /// The customer's words (new text; the whole text where there is nothing else).
    pub text: String,
    /// The rest of the mail below it (quotes), if any; may be long.
    pub quoted: String,
    /// Plates and contract numbers in it.
    pub references: Vec<Reference>,
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
    /// What the colleague wrote who passed it on.
    pub cover: Option<Cover>,
    /// What this customer complained of before.
    pub earlier: Earlier,
    pub manual: Manual,
}

/// Why no acknowledgement was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unacknowledged {
    /// There is no address one could write to.
    NoAddress,
    /// It goes on paper, in a letter of its own to who posts it (§2.3).
    ByPost,
    /// A machine sent it and nobody would read the answer (invariant 5).
    Automatic,
    /// The sender's domain disowns the mail (DMARC fail), or From can be read as two senders: held until a person looks.
    Disowned,
}

/// To somebody who was written to as the customer and is not: nothing of the complaint but its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Misdirected {
    /// By which the letters were addressed.
    pub customer_name: String,
}

/// What staff typed, and nothing else (invariant 7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    pub text: String,
    /// Whose words they are, where the text does not say so itself.
    pub signed_by: Option<SignedBy>,
}

/// Who typed an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignedBy {
    pub name: String,
    /// The text ends with a greeting of its own, and no name below it.
    pub greeted: bool,
}

/// What staff typed to the customer in the meantime, and the day by which the customer hears more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interim {
    pub text: String,
    pub promised: Option<Moment>,
    /// Where the letter names the committee: the last day a dispute can be filed.
    pub committee_last_day: Option<chrono::NaiveDate>,
}

/// To the handler: the customer wrote again, or somebody else did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowUp {
    pub customer: Customer,
    pub by: Writer,
    pub subject: String,
    pub text: String,
    pub quoted: String,
    pub received_at: Moment,
    pub due: Due,
    pub listed: Vec<(String, usize)>,
    pub remarks: Vec<Remark>,
    /// Stopped clocks are not shown as due.
    pub first_response_done: bool,
    /// What is not open stays so until somebody acts.
    pub state: CaseState,
    /// What the colleague wrote who passed it on.
    pub cover: Option<Cover>,
}

/// §2.4.2 and the procedure's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closing {
    pub customer_name: String,
    /// What the complaint was: its subject.
    pub subject: String,
    pub received_at: Moment,
    pub settlement: String,
    /// The last day a dispute can be filed; None where the department's complaints cannot go to a committee.
    pub committee_last_day: Option<chrono::NaiveDate>,
    /// The customer is asked whether it was solved.
    pub asks: bool,
}

/// To staff: a letter to the customer did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryFailed {
    pub customer: Customer,
    pub letter_kind: LetterKind,
    pub to: String,
    /// What staff typed in it; empty where nobody did, or that is not known.
    pub text: String,
    pub how: Undelivered,
    /// What the server said, or what is in the way; shortened.
    pub reply: String,
    /// The clock that runs again because of it, with its original last moment.
    pub runs_again: Option<(crate::case::Clock, Moment)>,
}

/// Why a customer did not get a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Undelivered {
    /// A mail server refused it.
    Refused,
    /// A mail server goes on trying.
    NotYet,
    /// klachtpost could not write it.
    Unwritten { because: Unwritable },
}

/// To the supervisor: a question about a case, with the whole file (§2.1.3). A plain reply is advice for the handler.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

/// The supervisor's advice to the handler; the customer gets nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    pub text: String,
    pub by: Address,
    pub customer: Customer,
    pub due: Due,
    pub first_response_done: bool,
}

/// To the handler: something to do at that moment, with a calendar entry enclosed (§2.4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agenda {
    /// The item's id, and how often it was changed: its calendar entry is known by them.
    pub id: String,
    pub sequence: u32,
    pub stage: AgendaStage,
    pub at: Moment,
    pub text: String,
    pub customer: Customer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgendaStage {
    /// Put on the agenda, or moved: the entry is enclosed.
    Set,
    /// Its hour has come.
    Due,
    /// Not needed any more: the entry's cancellation is enclosed.
    Cancelled,
}

/// To the supervisor: the handler of this case is away (§2.4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Away {
    pub who: Address,
    /// The first lines of the absence notice.
    pub notice: String,
    pub customer: Customer,
    pub due: Due,
    pub first_response_done: bool,
    /// Who else could take it.
    pub colleagues: Vec<Address>,
}

/// To the handler or supervisor: a clock runs out, or ran out (§2.4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    pub customer: Customer,
    pub clock: crate::case::Clock,
    pub stage: crate::case::TermStage,
    pub due: Moment,
    /// Other clocks of the case that are told of here.
    pub also: Vec<OtherClock>,
    pub received_at: Moment,
    pub department_title: String,
    pub handler: Option<Address>,
    /// The complaint in the customer's words.
    pub text: String,
    /// What the reader may do about it beside answering.
    #[serde(skip)]
    pub may: May,
    /// Letters to the customer that are on their way or did not arrive: why the clock still runs.
    pub failed_letters: usize,
    /// Letters on paper that nobody posted yet: why the clock still runs.
    pub to_post: Vec<Waiting>,
}

/// A clock that is told of in the letter about another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OtherClock {
    pub clock: crate::case::Clock,
    pub stage: crate::case::TermStage,
    pub due: Moment,
}
