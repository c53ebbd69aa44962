//! Where a plain reply to a letter goes, which the desk acts on and every letter to staff says of itself (invariant 7): of each kind
//! its row of the table says it. Pure.

pub use crate::case::ReplyGoes;

use crate::case::LetterKind;

impl ReplyGoes {
    /// Of a letter of that kind.
    pub fn of(kind: LetterKind) -> Self {
        kind.row().reply
    }

    /// Of the letter that is answered; of one that is not on file nobody knows what its reader saw.
    pub fn of_answered(kind: Option<LetterKind>) -> Self {
        kind.map_or(Self::Nowhere, Self::of)
    }
}

/// Whether a letter shows what colleagues typed: in a reply to it only what certainly is a quote counts as one.
pub(super) fn shows_typed(kind: Option<LetterKind>) -> bool {
    kind.is_none_or(|kind| ReplyGoes::of(kind) != ReplyGoes::Customer)
}
