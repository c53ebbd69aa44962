//! What a notification tells beside the complaint: what this customer complained of before, and how to handle it. Plain values.

use crate::case::{CaseNumber, CaseState, Moment, Outcome};
use serde::Serialize;

/// Earlier cases of the same customer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Earlier {
    /// Of departments that the reader may see, newest first.
    pub cases: Vec<EarlierCase>,
    /// Further ones, of other departments or too many to name.
    pub others: usize,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EarlierCase {
    pub number: CaseNumber,
    pub lodged_at: Moment,
    pub subject: String,
    pub state: CaseState,
    pub outcome: Option<Outcome>,
}

/// How much a notification says of what its reader can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Manual {
    #[default]
    Whole,
    /// Its reader had it often enough: a line, and where the rest is.
    Short,
}
