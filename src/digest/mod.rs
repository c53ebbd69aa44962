//! The supervisor's overview (§2.4.1): built from cases, as plain values that the template prints.
//! No sending, no clock, no SQL of its own.

mod build;
pub mod chart;
pub mod month;
pub mod sheet;

pub use build::{Asked, Named, build};

use crate::case::{CaseNumber, Clock, Moment};
use chrono::NaiveDate;

/// One digest for one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub day: NaiveDate,
    /// None: the whole company.
    pub department_title: Option<String>,
    /// Since the last digest (for what was received and closed).
    pub since: Moment,
    pub now: Moment,
    /// Overdue first, longest overdue first.
    pub overdue: Vec<Row>,
    pub due_today: Vec<Row>,
    pub open: Vec<Row>,
    pub closed: Vec<Row>,
    pub received_since: usize,
    /// Letters to customers that did not arrive.
    pub failed_letters: Vec<Row>,
    /// Hash of the last event of the register's chain: this mail is its witness.
    pub chain_head: String,
}

/// One case in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub number: CaseNumber,
    pub subject: String,
    pub customer: String,
    pub department_title: String,
    /// Address or name of the handler; empty: the department.
    pub handler: String,
    pub received_at: Moment,
    /// The clock that runs out first (or has run out), and its last moment.
    pub next: Option<(Clock, Moment)>,
    pub closed_at: Option<Moment>,
    /// Where a dispute with the committee stands; None: there is none.
    pub dispute: Option<DisputeStands>,
    /// Waiting for a first reaction (§1).
    pub unanswered: bool,
    /// Where to write about it: the department's address.
    pub reply_address: String,
}

/// How far a dispute with the committee is (the procedure's end).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeStands {
    WithCommittee,
    Ruled,
}
