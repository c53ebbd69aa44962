//! What must be done by a last moment that the law or an authority sets, beside the procedure's own clocks: guarded until
//! somebody says that it is done. Plain values.

use super::{Case, Moment};
use serde::{Deserialize, Serialize};

/// Something to be done by a last moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// `kind` is what an event says of itself.
    #[serde(rename = "duty")]
    pub kind: DutyKind,
    /// The last moment; of a last day its last minute.
    pub due: Moment,
}

/// What is to be done. Of each kind a case has one: a new one takes the place of the old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyKind {
    /// The company's answer to the committee (the procedure's end).
    Defence,
    /// What the committee ruled is to be carried out.
    Ruling,
    /// Somebody asks to see the personal data there are (GDPR art. 15).
    Access,
    /// To have them erased (art. 17).
    Erasure,
    /// To have them put right (art. 16).
    Rectification,
    /// Somebody objects to their use (art. 21).
    Objection,
    /// A breach of personal data is to be notified (art. 33).
    Breach,
}

impl DutyKind {
    /// Rights of a person, to be answered within a month (GDPR art. 12(3)).
    pub const RIGHTS: [Self; 4] = [Self::Access, Self::Erasure, Self::Rectification, Self::Objection];
}

/// What must be kept of a breach of personal data (GDPR art. 33(5)); empty where it is not known yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    pub facts: String,
    pub effects: String,
    /// What is done about it.
    pub remedy: String,
}

impl Breach {
    /// With what is said of it later.
    #[must_use]
    pub fn and(self, later: &Self) -> Self {
        let last = |known: String, said: &String| if said.is_empty() { known } else { said.clone() };
        Self {
            facts: last(self.facts, &later.facts),
            effects: last(self.effects, &later.effects),
            remedy: last(self.remedy, &later.remedy),
        }
    }

    /// Whether all of it is on file.
    pub fn is_whole(&self) -> bool {
        [&self.facts, &self.effects, &self.remedy].iter().all(|part| !part.is_empty())
    }
}

impl Case {
    /// A new one takes the place of the old of its kind.
    pub(super) fn set_duty(&mut self, duty: &Duty) {
        self.duties.retain(|known| known.kind != duty.kind);
        self.duties.push(duty.clone());
        self.duties.sort_by_key(|duty| duty.due);
    }
}
