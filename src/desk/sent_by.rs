//! Whether a person or a machine sent a mail, as far as the mail says. Pure.

use super::Rules;
use crate::case::Address;
use crate::mail::{AutomaticKind as Kind, Certainty, Mail, NoAnswer};

/// Local parts of mailboxes that no person reads: RFC 2142 role names of mail systems, and the usual no-replies.
const MACHINES: &[&str] = &[
    "mailer-daemon",
    "mailerdaemon",
    "postmaster",
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "bounce",
    "bounces",
    "nobody",
    "root",
    "majordomo",
    "listserv",
    "abuse",
    "niet-beantwoorden",
    "nietbeantwoorden",
];

/// Who sent a mail, as far as the desk acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SentBy {
    Person,
    /// Signs of a machine that a person's mail may have too: treated as a person's, and not acknowledged.
    Perhaps,
    Machine(Kind),
    /// Others' lists and newsletters.
    Bulk,
}

impl SentBy {
    pub fn of(mail: &Mail, rules: &Rules) -> Self {
        let Some(automatic) = &mail.automatic else {
            return if mail.no_answer == Some(NoAnswer::Absence) { Self::Perhaps } else { Self::Person };
        };
        match automatic.certainty {
            Certainty::Stated => Self::Machine(automatic.kind),
            Certainty::Distributed if came_through_group(mail, rules) => Self::Person,
            Certainty::Distributed if automatic.kind == Kind::List => Self::Bulk,
            Certainty::Distributed | Certainty::Signs => Self::Perhaps,
            Certainty::Words if mail.no_answer == Some(NoAnswer::Absence) => Self::Perhaps,
            Certainty::Words => Self::Person,
        }
    }

    /// Whether it is read as what somebody wrote.
    pub fn is_read_as_persons(self) -> bool {
        matches!(self, Self::Person | Self::Perhaps)
    }
}

/// Whether a mail came through a group of the company's own: one that its lists' fields name (`[mailbox] aliases`, or at
/// the desk's domain), one that put its own address into From, or, where no field names any, an alias in To.
pub(super) fn came_through_group(mail: &Mail, rules: &Rules) -> bool {
    let to = mail.to.iter().chain(&mail.cc).map(|party| party.address.as_str());
    let mut reached = to.chain(mail.delivered_to.iter().map(String::as_str)).filter_map(|a| Address::parse(a).ok());
    mail.written_by.is_some()
        || mail.lists.iter().any(|list| rules.is_own_list(list))
        || (mail.lists.is_empty() && reached.any(|address| rules.is_alias(&address)))
}

/// Whether nobody reads what is sent there.
pub(super) fn is_machine(address: &Address) -> bool {
    let local = address.local().to_lowercase();
    MACHINES.contains(&local.as_str()) || local.starts_with("mailer-daemon") || local.starts_with("bounce+")
}
