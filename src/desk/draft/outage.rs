//! What the operator is told when klachtpost does not get through. Plain values.

use crate::case::{MailboxName, Moment};
use crate::desk::outage::{Area, Trouble};
use serde::Serialize;

/// To the operator: mail cannot be taken in or letters cannot be sent, or that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outage {
    pub area: Area,
    /// Of which mailbox, where there are several.
    pub mailbox: Option<MailboxName>,
    /// Its first failure.
    pub since: Moment,
    /// When this was found.
    pub now: Moment,
    pub stage: OutageStage,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OutageStage {
    Failing {
        trouble: Trouble,
        /// The error as it stands in the log: tried, expected, found; no secrets.
        found: String,
    },
    Over,
}
