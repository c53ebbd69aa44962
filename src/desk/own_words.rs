//! What an acknowledgement repeats of the customer's words: only to the very address that is proven to have written them. To any
//! other address it would carry a stranger's text (invariant 11): a spammer's to whom he names as the sender, a colleague's to a
//! customer. Pure.

use super::{Intent, Role};
use crate::case::Address;
use crate::mail::{FindingKind, Mail, SenderProof};

/// Characters of it: enough to know one's own complaint by, and less than a phone's three screens.
const CHARS_MAX: usize = 1_500;

/// What the letter to that address may repeat: the new text alone, because below it stands what others wrote.
pub(super) fn own_words(mail: &Mail, intent: &Intent, to: &Address) -> Option<String> {
    let text = mail.reply.trim();
    if !is_authors_own(mail, intent, to) || text.is_empty() {
        return None;
    }
    let mut shown: String = text.chars().take(CHARS_MAX).collect();
    if text.chars().nth(CHARS_MAX).is_some() {
        // The mark is one of them.
        shown.pop();
        shown.push('…');
    }
    Some(shown)
}

/// DMARC or an aligned DKIM of the trusted host says that this address wrote it, and nobody passed it on: no form, no list, no
/// group, no colleague, no machine.
fn is_authors_own(mail: &Mail, intent: &Intent, to: &Address) -> bool {
    let is_theirs = |address: &str| Address::parse(address).is_ok_and(|address| address == *to);
    let is_sender = mail.from.as_ref().is_some_and(|from| is_theirs(&from.address));
    let is_passed_on = mail.forwarded.is_some() || mail.resent.is_some() || mail.written_by.is_some();
    let is_odd = mail.findings.iter().any(|finding| {
        matches!(finding.kind, FindingKind::ReplyToElsewhere | FindingKind::SeveralFrom | FindingKind::FromUnclear)
    });
    mail.proof == SenderProof::Proven
        && intent.role == Role::Outsider
        && intent.form.is_none()
        && is_sender
        && mail.reply_to.iter().all(|party| is_theirs(&party.address))
        && mail.lists.is_empty()
        && mail.automatic.is_none()
        && !is_passed_on
        && !is_odd
}
