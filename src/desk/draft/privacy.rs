//! What is told to who guards personal data (GDPR). Plain values.

use crate::case::{Address, Breach, Customer, Duty, DutyKind, Moment};
use serde::Serialize;

/// To who guards personal data: somebody uses a right over them, or they were breached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Privacy {
    pub stage: PrivacyStage,
    /// Who recorded it.
    pub by: Address,
    /// The case is confidential, and hidden from the reader: whom to ask. Then nothing else is said.
    pub ask: Option<Address>,
    /// What the colleague wrote about it; may be empty.
    pub text: String,
    pub customer: Customer,
    pub subject: String,
    pub lodged_at: Moment,
    /// How it is known who asks.
    pub identity: Option<String>,
    pub breach: Option<Breach>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum PrivacyStage {
    /// Guarded from now on.
    Begins(Duty),
    /// It was done.
    Ended(DutyKind),
}
