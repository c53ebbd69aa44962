//! What the supervisor is told of a dispute with the committee (the procedure's end). Plain values.

use crate::case::{Address, Customer, Moment};
use crate::desk::rules::Filing;

/// To the supervisor: the customer went to the committee, or the committee ruled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    pub stage: DisputeStage,
    /// The last day for the company's defence, or to carry the ruling out, where one was typed.
    pub by_day: Option<chrono::NaiveDate>,
    /// What the colleague wrote about it; may be empty for a dispute.
    pub text: String,
    /// Who recorded it.
    pub by: Address,
    pub customer: Customer,
    pub subject: String,
    /// When the complaint was first lodged: the committee counts from here.
    pub lodged_at: Moment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeStage {
    /// The customer went to the committee.
    Filed(Filing),
    /// The committee ruled, binding for the company.
    Ruled,
}
