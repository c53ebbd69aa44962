//! A case's timeline as people read it. Plain values.

use crate::case::{Moment, Outcome};
use serde::Serialize;

/// One line of a case's timeline, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happened {
    pub at: Moment,
    pub what: HappenedWhat,
    /// The text that belongs to it; may be empty.
    pub text: String,
    /// Who did it: an address, or empty for the customer and klachtpost itself.
    pub by: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum HappenedWhat {
    Received,
    CustomerWrote,
    /// In the customer's name; nothing proves it.
    CustomerPerhaps,
    OtherWrote,
    Answered,
    /// A word in the meantime.
    Interim,
    Noted,
    Phoned,
    Closed,
    /// What came of it.
    Judged(Option<Outcome>),
    Reopened,
    Moved,
    Handled,
    Planned,
    Dismissed,
    Restored,
    Escalated,
    Advised,
    Disputed,
    Ruled,
    /// An authority wrote.
    AuthorityWrote,
    /// Only its readers see it; or its department again.
    Hidden,
    Shown,
    /// Somebody uses a right over personal data; it is known who; or data were breached.
    RightUsed,
    Identified,
    Breach,
    /// Who acts for the customer, or no longer does.
    Represented,
    NotRepresented,
    /// It cannot wait.
    Urgent,
    /// Something is guarded from now on, or was done.
    DutySet,
    DutyDone,
    Merged,
    LetterFailed,
    Posted,
    /// Staff said who the customer is.
    CustomerSet,
}
