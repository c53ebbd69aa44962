//! What is decided on a mail and what is decided on anything else, looked at alike.

use super::*;

/// A decision on a mail, or on anything else.
pub(super) trait Either {
    fn events(&self) -> &[Event];
    fn letters(&self) -> &[Draft];
}

impl Either for Decision {
    fn events(&self) -> &[Event] {
        &self.events
    }

    fn letters(&self) -> &[Draft] {
        &self.letters
    }
}

impl Either for MailDecision {
    fn events(&self) -> &[Event] {
        &self.events
    }

    fn letters(&self) -> &[Draft] {
        &self.letters
    }
}

/// Kinds and recipients of the letters.
pub(super) fn sent(decision: &impl Either) -> Vec<(LetterKind, &str)> {
    decision.letters().iter().map(|draft| (draft.content.kind(), draft.to.as_str())).collect()
}

pub(super) fn kinds(decision: &impl Either) -> Vec<&'static str> {
    decision.events().iter().map(|event| event.what.name()).collect()
}
