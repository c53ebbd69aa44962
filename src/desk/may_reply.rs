//! Whether an automatic letter may answer a mail (invariant 5): no letter answers a machine. Pure, and the only
//! place where this is decided; the caps are the last layer, for a machine that lies in every header.

use super::Rules;
use super::machine::SentBy;
use crate::case::Address;
use crate::mail::{FindingKind, Mail, Party, SenderProof};

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

/// Why no automatic letter goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    NoAddress,
    /// The mail is automatic, or its sender is a mailbox nobody reads.
    Machine,
    /// The null envelope sender (RFC 5321 §4.5.5).
    NullSender,
    /// It would be a letter to ourselves.
    Ourselves,
    /// The trusted server says that the sender's domain disowns the mail.
    Disowned,
    /// From can be read as more than one sender: the letter might go to somebody whom no server was asked about.
    Unclear,
}

/// The address an automatic letter may go to.
///
/// # Errors
/// Why there is none.
pub fn may_reply(mail: &Mail, rules: &Rules) -> Result<Address, WhyNot> {
    let address = may_reply_looked_at(mail, rules)?;
    match mail.proof {
        SenderProof::Failed => return Err(WhyNot::Disowned),
        SenderProof::Unclear => return Err(WhyNot::Unclear),
        SenderProof::Proven | SenderProof::None => {}
    }
    match SentBy::of(mail, rules) {
        SentBy::Person => Ok(address),
        SentBy::Perhaps | SentBy::Bulk | SentBy::Machine(_) => Err(WhyNot::Machine),
    }
}

/// The same for a mail that a person has looked at: what a domain, a filter or a list says of its sender is overruled, and
/// so are signs; that a machine sent it is not.
///
/// # Errors
/// Why there is none.
pub(super) fn may_reply_looked_at(mail: &Mail, rules: &Rules) -> Result<Address, WhyNot> {
    let address = sender(mail).ok_or(WhyNot::NoAddress)?;
    if rules.is_desk(&address) {
        return Err(WhyNot::Ourselves);
    }
    if mail.return_path.as_deref() == Some("") {
        return Err(WhyNot::NullSender);
    }
    // Of a flood of fields not all are read: among the others may be the one that says so, and no person's client writes
    // as many.
    let is_flood = mail.findings.iter().any(|finding| finding.kind == FindingKind::TooManyHeaders);
    let by_machine = match SentBy::of(mail, rules) {
        SentBy::Machine(_) => true,
        // A list's own address would send the letter on to all its readers.
        SentBy::Bulk => mail.lists.contains(&address.key()),
        SentBy::Person | SentBy::Perhaps => false,
    };
    if by_machine || mail.bounce.is_some() || is_machine(&address) || is_flood {
        return Err(WhyNot::Machine);
    }
    Ok(address)
}

/// Who wrote it. Of a mail in whose From a group put its own address that is whom the group names, who is believed nothing
/// (see `intake`).
pub(super) fn author(mail: &Mail) -> Option<&Party> {
    mail.written_by.as_ref().or(mail.from.as_ref())
}

/// The author's address, when it is one that can be written to.
pub fn sender(mail: &Mail) -> Option<Address> {
    author(mail).and_then(|party| Address::parse(&party.address).ok())
}

/// Whether nobody reads what is sent there.
pub(super) fn is_machine(address: &Address) -> bool {
    let local = address.local().to_lowercase();
    MACHINES.contains(&local.as_str()) || local.starts_with("mailer-daemon") || local.starts_with("bounce+")
}
