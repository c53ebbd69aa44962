//! Whether an automatic letter may answer a mail (invariant 5): no letter answers a machine. Pure, and the only
//! place where this is decided; the caps are the last layer, for a machine that lies in every header.

use super::draft::Unacknowledged;
use super::official::known_authority;
use super::sent_by::{SentBy, is_machine};
use super::{Intent, Rules};
use crate::case::{Address, Customer, Reach};
use crate::mail::{FindingKind, Mail, SenderProof};

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
pub fn may_reply(mail: &Mail, intent: &Intent, rules: &Rules) -> Result<Address, WhyNot> {
    let address = may_reply_looked_at(mail, intent, rules)?;
    match mail.proof {
        SenderProof::Failed => return Err(WhyNot::Disowned),
        SenderProof::Unclear => return Err(WhyNot::Unclear),
        SenderProof::Proven | SenderProof::Inside | SenderProof::None => {}
    }
    match intent.sent_by {
        SentBy::Person => Ok(address),
        SentBy::Perhaps | SentBy::Bulk | SentBy::Machine(_) => Err(WhyNot::Machine),
    }
}

/// The same for a mail that a person has looked at: what a domain, a filter or a list says of its sender is overruled, and
/// so are signs; that a machine sent it is not.
///
/// # Errors
/// Why there is none.
pub(super) fn may_reply_looked_at(mail: &Mail, intent: &Intent, rules: &Rules) -> Result<Address, WhyNot> {
    let address = intent.from.clone().ok_or(WhyNot::NoAddress)?;
    if rules.is_desk(&address) {
        return Err(WhyNot::Ourselves);
    }
    // An authority's mail is no complaint, whatever a person makes of it.
    if known_authority(mail, Some(&address), rules).is_some() {
        return Err(WhyNot::Machine);
    }
    if mail.return_path.as_deref() == Some("") {
        return Err(WhyNot::NullSender);
    }
    // Of a flood of fields not all are read: among the others may be the one that says so, and no person's client writes
    // as many.
    let is_flood = mail.findings.iter().any(|finding| finding.kind == FindingKind::TooManyHeaders);
    let by_machine = match intent.sent_by {
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

impl From<WhyNot> for Unacknowledged {
    fn from(why: WhyNot) -> Self {
        match why {
            WhyNot::NoAddress => Self::NoAddress,
            WhyNot::Disowned | WhyNot::Unclear => Self::Disowned,
            WhyNot::Machine | WhyNot::NullSender | WhyNot::Ourselves => Self::Automatic,
        }
    }
}

/// The address of a customer whom a colleague names; a mailbox that nobody reads gets no letter by this way either
/// (invariant 5).
///
/// # Errors
/// Why no acknowledgement goes there.
pub(super) fn may_write_to(customer: &Customer) -> Result<Address, Unacknowledged> {
    match customer.reach() {
        Reach::Phone => Err(Unacknowledged::NoAddress),
        Reach::Post => Err(Unacknowledged::ByPost),
        Reach::Mail(address) if is_machine(address) => Err(Unacknowledged::Automatic),
        Reach::Mail(address) => Ok(address.clone()),
    }
}
