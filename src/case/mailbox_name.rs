//! The name of a mailbox in the settings: part of the identity of every mail (invariant 2), and what a case remembers of
//! the way it came in. Plain values.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Between a mailbox's name and a folder of it, as the register names folders.
const FOLDER: char = '/';

/// A mailbox, by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailboxName(String);

impl MailboxName {
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A folder of it, as the register names it.
    pub fn folder(&self, within: &str) -> String {
        format!("{}{FOLDER}{within}", self.0)
    }

    /// Whether that is its inbox, or another folder of it, as the register names them.
    pub fn has(&self, folder: &str) -> bool {
        folder.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with(FOLDER))
    }

    /// Whether folders of another mailbox can be taken for its own.
    pub fn is_ambiguous(&self) -> bool {
        self.0.contains(FOLDER)
    }
}

impl From<&str> for MailboxName {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for MailboxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_has_its_inbox_and_its_folders_and_no_namesakes() {
        let name = MailboxName::new("klachten");
        assert!(name.has("klachten") && name.has("klachten/Verwerkt") && name.has("klachten/pipe"));
        assert!(!name.has("klachten2") && !name.has("klacht") && !name.has("zakelijk/klachten"));
        assert!(name.has(&name.folder("Terzijde")));
    }
}
