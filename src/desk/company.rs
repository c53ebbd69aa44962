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

    /// What is this company's or that one's.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let not = match (self, other) {
            (Self::All, _) | (_, Self::All) => return Self::All,
            (Self::Only(own), Self::Only(others)) => {
                let mut all = [own, others].concat();
                all.sort();
                all.dedup();
                return Self::Only(all);
            }
            (Self::AllBut(mut not), Self::Only(own)) | (Self::Only(own), Self::AllBut(mut not)) => {
                not.retain(|name| !own.contains(name));
                not
            }
            (Self::AllBut(mut not), Self::AllBut(nor)) => {
                not.retain(|name| nor.contains(name));
                not
            }
        };
        if not.is_empty() { Self::All } else { Self::AllBut(not) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_one_of_two_companies_is_of_neither_other() {
        let names = |all: &[&str]| all.iter().map(|name| MailboxName::from(*name)).collect::<Vec<_>>();
        let (first, rental, bikes) = (
            Within::AllBut(names(&["verhuur", "fietsen"])),
            Within::Only(names(&["verhuur"])),
            Within::Only(names(&["fietsen"])),
        );
        let has = |within: Within| {
            ["klachten", "verhuur", "fietsen"].map(|name| within.has_mailbox(Some(&MailboxName::from(name))))
        };
        assert_eq!(has(first.clone().or(rental.clone())), [true, true, false]);
        assert_eq!(has(rental.clone().or(first.clone())), [true, true, false]);
        assert_eq!(has(rental.clone().or(bikes.clone())), [false, true, true]);
        assert_eq!(has(first.clone().or(first.clone())), [true, false, false]);
        assert_eq!(first.or(rental).or(bikes.clone()), Within::All);
        assert_eq!(has(bikes.or(Within::All)), [true; 3]);
    }
}
