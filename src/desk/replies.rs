//! Where a plain reply to a letter goes: the one table, which the desk acts on and every letter to staff says of itself
//! (invariant 7). Only who was shown the customer's words answers them; of every other reply the sender is asked. Pure.

use crate::case::LetterKind;

/// Where the text of a reply without a verb goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyGoes {
    /// To the customer.
    Customer,
    /// To the handler, as advice (§2.1.3).
    Handler,
    /// Nowhere: the sender is asked.
    Nowhere,
}

impl ReplyGoes {
    /// Of a letter of that kind.
    pub fn of(kind: LetterKind) -> Self {
        use LetterKind as Kind;
        match kind {
            Kind::Notification | Kind::FollowUp => Self::Customer,
            Kind::Escalation => Self::Handler,
            // What the customer got from us; no colleague's reply answers it with a token of staff.
            Kind::Acknowledgement
            | Kind::Acknowledgements
            | Kind::Answer
            | Kind::Interim
            | Kind::Closing
            | Kind::Misdirected
            | Kind::Represented => Self::Nowhere,
            // What was done, asked or found: between the desk and its reader.
            Kind::Receipt | Kind::Question | Kind::Advice | Kind::Dossier | Kind::CaseList | Kind::Shown => {
                Self::Nowhere
            }
            // What somebody should do.
            Kind::Term | Kind::Agenda | Kind::Paper | Kind::Dispute | Kind::Status | Kind::Away => Self::Nowhere,
            // What went wrong.
            Kind::DeliveryFailed | Kind::SetAside | Kind::Alarm | Kind::Outage => Self::Nowhere,
            // Many things at once.
            Kind::Digest | Kind::Month | Kind::Bundle => Self::Nowhere,
            // What must be known at once; an answer to an authority is not ours to relay.
            Kind::Authority | Kind::Urgent | Kind::Privacy => Self::Nowhere,
        }
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
