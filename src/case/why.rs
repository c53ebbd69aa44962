//! Why a case is with its department: kept with the case, told in the notification. Plain value.

use serde::{Deserialize, Serialize};

/// Where a keyword was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Subject,
    Text,
    From,
    To,
}

/// One keyword that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// As it stands in the settings.
    pub keyword: String,
    #[serde(rename = "where")]
    pub place: Place,
    /// The word or words it met first: `schadeformulier` for `schade*`.
    #[serde(default)]
    pub found: String,
}

impl Match {
    /// What it is about, for people: the keyword without the stars that only routing needs.
    pub fn topic(&self) -> &str {
        self.keyword.trim_matches('*')
    }
}

impl Why {
    /// The keywords that decided; none for the fallback.
    pub fn matched(&self) -> &[Match] {
        match self {
            Self::Keywords { matched } | Self::Tie { matched, .. } => matched,
            Self::Fallback | Self::Person | Self::Thread | Self::Receiver => &[],
        }
    }
}

/// How the department was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Why {
    /// This department's keywords weighed most.
    Keywords { matched: Vec<Match> },
    /// As many for another department: the one that stands first in the settings.
    Tie { matched: Vec<Match>, others: Vec<String> },
    /// No keyword was found: the department for what remains.
    Fallback,
    /// No keyword was found: the department of the colleague who received it (§2.2).
    Receiver,
    /// A person said so.
    Person,
    /// It answers a mail of a case that is with this department.
    Thread,
}
