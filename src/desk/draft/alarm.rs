//! What needs a person now. Plain values.

use crate::case::{Address, LetterKind, Unwritable};
use crate::desk::limits::Cap;
use crate::digest::NotOnFile;
use serde::Serialize;

/// To a supervisor or the operator: something needs a person now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alarm {
    pub about: AlarmAbout,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AlarmAbout {
    /// A letter to staff was refused for good: so this goes up one step (invariant 4).
    StaffLetterRefused { to: String, letter_kind: LetterKind, reply: String },
    /// Letters are held back because of a cap (invariant 5). Both ends of what may be a loop: the desk, and an address, a
    /// domain, or nobody in particular.
    CapReached { cap: Cap, desk: Address, other_end: String },
    /// A letter to a customer was held at the door because something internal stood in it (invariant 7).
    HeldAtDoor { to: String, reason: String },
    /// The same for a letter on paper: it was not sent to who would print it.
    PaperHeld { reason: String },
    /// klachtpost could not write a letter, and sent none.
    Unwritten { to: String, letter_kind: LetterKind, because: Unwritable, detail: String },
    /// Mails lie in our own folders and are not in the register (invariant 1).
    NotOnFile(Box<NotOnFile>),
}
