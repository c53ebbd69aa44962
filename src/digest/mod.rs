//! The supervisor's overviews (§2.4.1), the day's and the month's: built from cases, as plain values that templates
//! print. No sending, no clock, no SQL of its own.

mod balance;
mod build;
pub mod chart;
pub mod month;
mod not_on_file;
mod put_aside;
pub mod sheet;

pub use balance::{Balance, MailDay, Route, Unsent};
pub use build::{Asked, Named, build, placed};
pub use not_on_file::{FiledBy, LostMail, NotOnFile};
pub use put_aside::{PutAside, Tells, WhyAside};

use crate::case::{Address, AgendaItem, CaseNumber, Clock, Duty, Escalation, Moment};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;

/// One digest for one reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Digest {
    pub day: NaiveDate,
    /// The short names of the departments whose supervisor reads it; none: the whole company.
    pub departments: Vec<String>,
    /// Their names for people; none: the whole company.
    pub titles: Vec<String>,
    /// Since the last digest (for what was received and closed).
    pub since: Moment,
    pub now: Moment,
    /// Each open case stands in one of them, once; what is most urgent stands first.
    pub sections: BTreeMap<Section, Vec<Row>>,
    /// Complaints registered since the last digest.
    pub received_since: usize,
    /// Cases that are open.
    pub open: usize,
    /// Cases closed since the last digest, those whose closing letter failed among them.
    pub closed_since: usize,
    /// How it stood when the last digest was made.
    pub before: Before,
    /// The same for each department, where there are several.
    pub by_department: Vec<OfDepartment>,
    /// Questions to a supervisor that wait for an answer (§2.1.3), whatever section their case stands in.
    pub questions: usize,
    /// Four weeks as a picture; None where nothing happened in them.
    pub picture: Option<Picture>,
    /// The same list with every case in it, for who wants to sort and count.
    pub sheet: Goes,
    /// Hash of the last event of the register's chain: this mail is its witness.
    pub chain_head: String,
    /// For who watches over the whole desk: the mail balance, and what was put aside.
    pub mail: Option<Box<MailDay>>,
}

/// What was open and late when the last digest was made, as far as the cases of today tell: one that was dismissed or merged since
/// is not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Before {
    pub open: usize,
    pub overdue: usize,
}

/// A department's figures in an overview of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfDepartment {
    pub title: String,
    /// Registered since the last digest.
    pub received: usize,
    pub open: usize,
    pub overdue: usize,
    /// Closed since the last digest.
    pub closed: usize,
}

impl Digest {
    /// Whether it is about the whole company.
    pub fn is_of_company(&self) -> bool {
        self.departments.is_empty()
    }

    /// Nothing is open, nothing came in or was closed, nothing waits: who reads it has nothing to do and nothing to know.
    pub fn is_empty(&self) -> bool {
        let mail_is_quiet = self.mail.as_deref().is_none_or(MailDay::is_quiet);
        self.sections.is_empty() && self.received_since + self.closed_since + self.open == 0 && mail_is_quiet
    }

    /// The cases of a section.
    pub fn rows(&self, section: Section) -> &[Row] {
        self.sections.get(&section).map_or(&[], Vec::as_slice)
    }

    /// Cases with a clock that ran out; what cannot wait stands in a section of its own.
    pub fn overdue(&self) -> usize {
        let is_late = |row: &&Row| row.next.is_some_and(|(_, due)| due < self.now);
        self.rows(Section::Overdue).len() + self.rows(Section::Urgent).iter().filter(is_late).count()
    }
}

/// Where a case stands in a digest. The order is that of urgency: a case is in the first that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// What the customer writes cannot wait.
    Urgent,
    /// A clock ran out.
    Overdue,
    /// A clock runs out before the day ends.
    DueToday,
    /// The supervisor was asked something (§2.1.3).
    Escalated,
    /// Something is guarded that the law or an authority wants done, of a closed case too.
    Duty,
    /// A letter to the customer did not arrive; of a closed case too, and there also one that was never sent (§2.4.2).
    Undelivered,
    /// Something on the agenda is to be done today, or was missed (§2.4.1).
    Agenda,
    /// The customer was not satisfied with the settlement.
    Reopened,
    /// Nobody answered yet (§1).
    Waiting,
    /// Answered, open, and nothing on the agenda: nobody is going to do anything (§2.4.1).
    Idle,
    /// Answered, and on the agenda of a later day.
    Planned,
    /// Closed since the last digest.
    Closed,
}

impl Section {
    pub const ALL: [Self; 12] = [
        Self::Urgent,
        Self::Overdue,
        Self::DueToday,
        Self::Escalated,
        Self::Duty,
        Self::Undelivered,
        Self::Agenda,
        Self::Reopened,
        Self::Waiting,
        Self::Idle,
        Self::Planned,
        Self::Closed,
    ];
}

/// One case in a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub number: CaseNumber,
    pub subject: String,
    pub customer: String,
    pub department_title: String,
    /// Address of the handler; empty: the department.
    pub handler: String,
    pub received_at: Moment,
    /// The clock that runs out first (or has run out), and its last moment.
    pub next: Option<(Clock, Moment)>,
    pub closed_at: Option<Moment>,
    /// What else the reader should know of it.
    pub marks: Vec<Mark>,
    /// Where to write about it: the department's address.
    pub reply_address: String,
    /// What its reader may do about it.
    #[serde(skip)]
    pub may: May,
}

/// What somebody who is shown a case may do about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum May {
    /// Ask for its file, and write to who handles it.
    #[default]
    Look,
    /// Take it over, or give it to one of these.
    Act { colleagues: Vec<Address> },
}

/// What stands beside a case in a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Mark {
    /// A question waits for the supervisor.
    Question(Escalation),
    /// To be done today, or missed; where there is no such item, the next one.
    ToDo(AgendaItem),
    /// A letter to the customer did not arrive.
    Undelivered,
    /// So many letters on paper wait to be posted (§2.3).
    ToPost(usize),
    /// Closed, and the customer was not told of the settlement yet (§2.4.2).
    Unconfirmed,
    /// Closed in a conversation: the customer has nothing in writing of the committee yet.
    CommitteeOwed,
    Reopened,
    /// Nobody answered the customer yet.
    Unanswered,
    /// The customer went to the committee.
    Dispute(DisputeStands),
    /// It cannot wait, by these words.
    Urgent(Vec<String>),
    /// Guarded until its last moment.
    Duty(Duty),
}

/// How far a dispute with the committee is (the procedure's end).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeStands {
    WithCommittee,
    Ruled,
}

/// A picture that stands in a letter, with the words that say the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// None: it could not go along, and only the words do.
    #[serde(skip)]
    pub png: Option<Vec<u8>>,
    pub alt: String,
}

/// Whether a file goes along with an overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goes {
    /// There is nothing to put in it.
    #[default]
    Nothing,
    Along,
    /// It would make the letter too large; the letter says so.
    LeftOut,
}
