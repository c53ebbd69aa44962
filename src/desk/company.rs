//! What one company has on file, where several share the register: told by the mailboxes that it came by. Plain values.

use crate::case::{Case, MailboxName};

/// The mails and cases of one company; no other company's are shown to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Within {
    /// There is only one.
    #[default]
    All,
    /// What came by these mailboxes.
    Only(Vec<MailboxName>),
    /// What did not come by these: the first company's is also what came before there were several.
    AllBut(Vec<MailboxName>),
}

impl Within {
    /// Whether a case is this company's.
    pub fn has(&self, case: &Case) -> bool {
        self.has_mailbox(case.mailbox.as_ref())
    }

    /// Whether what came by that mailbox, or was written through it, is this company's; None: by the first.
    pub fn has_mailbox(&self, mailbox: Option<&MailboxName>) -> bool {
        let is_of = |names: &[MailboxName]| mailbox.is_some_and(|name| names.contains(name));
        match self {
            Self::All => true,
            Self::Only(names) => is_of(names),
            Self::AllBut(names) => !is_of(names),
        }
    }

    /// Whether a folder is this company's, as the register names it.
    pub fn has_folder(&self, folder: &str) -> bool {
        let is_of = |names: &[MailboxName]| names.iter().any(|name| name.has(folder));
        match self {
            Self::All => true,
            Self::Only(names) => is_of(names),
            Self::AllBut(names) => !is_of(names),
        }
    }
}
