//! What the supervisor is told of a dispute with the committee (the procedure's end). Plain values.

use crate::case::{Address, Customer, Moment};
use crate::desk::rules::Filing;
use serde::Serialize;

/// To the supervisor: the customer went to the committee, or the committee ruled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum DisputeStage {
    /// The customer went to the committee.
    Filed(Filing),
    /// The committee ruled, binding for the company.
    Ruled,
}

/// To the supervisor: the complaint is open for so long that its customer must hear of the committee, which a word in the
/// meantime does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    pub customer: Customer,
    pub subject: String,
    pub lodged_at: Moment,
    /// Days it is open.
    pub days: i64,
    pub department_title: String,
    pub handler: Option<Address>,
}

/// How the customer of a closed complaint can still get it in writing that there is a committee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OwedInWriting {
    /// There is no address at all.
    NoAddress,
    /// The letter waits to be posted.
    ToPost,
    /// The confirmation did not arrive: it goes out once more.
    SendAgain,
}
