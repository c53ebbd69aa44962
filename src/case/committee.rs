//! Whether the customer has it in writing that there is a committee (Dutch act on out-of-court settlement of consumer disputes,
//! art. 12: on paper or another durable medium): owed from the closing on, or once a complaint has been open for long, until a
//! letter that says so was accepted or posted. A conversation confirms a settlement, not this. Plain values.

use super::{Case, CaseState, LetterId, LetterKind, Moment, Reach, Stamp};
use serde::{Deserialize, Serialize};

/// What the customer was told of the committee.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CommitteeWord {
    /// Since when it is owed; letters written from then on name the committee.
    #[serde(default)]
    pub owed_since: Option<Moment>,
    /// When the supervisor was asked for a letter about an open complaint: once.
    #[serde(default)]
    pub asked_at: Option<Moment>,
    /// The letter that told it.
    #[serde(default)]
    pub given: Option<Stamp>,
}

impl CommitteeWord {
    pub fn is_owed(&self) -> bool {
        self.owed_since.is_some() && self.given.is_none()
    }
}

impl Case {
    /// Closed, and the customer has nothing in writing of the committee.
    pub fn owes_committee(&self) -> bool {
        self.state == CaseState::Closed && self.committee.is_owed()
    }

    /// Since when it is owed of a closed case whose customer can be written to: it is guarded until then, however long ago.
    pub fn committee_guarded_since(&self) -> Option<Moment> {
        self.committee.owed_since.filter(|_| self.owes_committee() && self.reach() != Reach::Phone)
    }

    pub(super) fn owe_committee(&mut self, at: Moment) {
        self.committee.owed_since.get_or_insert(at);
    }

    /// A letter was accepted or posted: one that was written since it is owed names the committee.
    pub(super) fn tell_of_committee(&mut self, kind: LetterKind, letter: &LetterId, at: Moment) {
        let Some(owed_since) = self.committee.owed_since else { return };
        let names_it = matches!(kind, LetterKind::Closing | LetterKind::Interim);
        let written_at = self.letters.iter().find(|known| known.letter == *letter).map(|known| known.at);
        if names_it && written_at.is_some_and(|at| at >= owed_since) {
            self.committee.given.get_or_insert_with(|| Stamp { letter: Some(letter.clone()), at });
        }
    }
}
