//! Mails that lie in the mailbox's own folders and are not in the register (invariant 1): a backup of it was restored, or
//! another register works on the same mailbox. Plain values.

use crate::case::Moment;
use serde::Serialize;

/// What is missing, as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotOnFile {
    /// At least one.
    pub count: usize,
    /// Of those, how many bear the mark of another register.
    pub others: usize,
    pub oldest: Moment,
    pub newest: Moment,
    /// The oldest of them, one by one.
    pub named: Vec<LostMail>,
}

/// One of them, as far as its header says; nobody proved any of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LostMail {
    /// As the mail names it; may be empty.
    pub from: String,
    pub subject: String,
    pub received_at: Moment,
}

/// Who put a mail into an own folder, by the mark on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FiledBy {
    /// This register, which has forgotten it.
    Ours,
    /// Nobody says: a person, an older version, or a server that keeps no marks.
    Unmarked,
    /// Another register.
    Others,
}

impl FiledBy {
    /// The stable name in the register.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Unmarked => "unmarked",
            Self::Others => "others",
        }
    }

    /// The one of that stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Ours, Self::Unmarked, Self::Others].into_iter().find(|one| one.name() == name)
    }
}
