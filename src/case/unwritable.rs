//! What is in the way of a letter that klachtpost itself could not write. Plain values.

use serde::{Deserialize, Serialize};

/// By what a person can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unwritable {
    /// A template cannot be filled in: one of the company's own, unless the fault is ours.
    Template,
    /// No mail server takes that address.
    Address,
    /// With its attachments it is larger than the sending server takes.
    TooLarge,
    /// The text or the address does not fit on paper.
    Sheet,
    /// Nothing that staff can change.
    Other,
}
