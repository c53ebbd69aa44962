//! What a case went through beside its answers: a question to the supervisor, a dispute, a ruling. Plain values.

use crate::case::{Address, Moment};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A question to the supervisor that is not settled yet (§2.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    pub question: String,
    pub to: Address,
    pub at: Moment,
}

/// The customer went to the committee (the procedure's end).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// When staff recorded it: the month's report counts it then.
    pub at: Moment,
    pub text: String,
    /// The last day it could be filed, as it was known then; None: the committee does not take such complaints.
    pub last_day: Option<NaiveDate>,
}

/// What the committee decided, binding for the company (the procedure's end).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    pub at: Moment,
    /// The ruling, and what the company does about it.
    pub text: String,
}
