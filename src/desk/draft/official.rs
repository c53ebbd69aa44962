//! What the supervisor is told of a mail of the committee, a court or a regulator (the procedure's end). Plain values.

use super::Cover;
use crate::case::{CaseNumber, CaseState, Certainty, Customer, Moment};
use serde::Serialize;

/// To the supervisor: an authority wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Official {
    /// As the settings name it.
    pub authority: String,
    /// Where it wrote from.
    pub from: String,
    pub certainty: Certainty,
    pub subject: String,
    pub text: String,
    pub quoted: String,
    pub received_at: Moment,
    /// The case it is filed with.
    pub about: Option<OfficialAbout>,
    /// Cases that it may be about; where it is filed with one, others beside it.
    pub perhaps: Vec<CaseNumber>,
    /// What the colleague wrote who passed it on.
    pub cover: Option<Cover>,
}

/// The case that a mail of an authority is filed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfficialAbout {
    pub known_by: KnownBy,
    pub customer: Customer,
    pub subject: String,
    pub state: CaseState,
    pub lodged_at: Moment,
}

/// How it is known which case that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// It names the case, or answers a mail of it.
    Number,
    /// By its customer alone, of whose name there may be others.
    Name,
}
