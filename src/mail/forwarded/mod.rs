//! Is it somebody else's mail that the sender passed on (§2.2): attached, inline, or sent on by a mailing group. Pure.
//!
//! Structure first: the first thing in the text that stands between two mails (a header block, a separator, an
//! attribution line) is what the client put there; whether it says "passed on" or "answered" follows from the
//! wording of the separator, then from the subject's prefix. What is not sure says so, and the desk asks.

mod attached;
mod block;
mod dates;
mod inline;
mod lines;
mod party;
#[cfg(test)]
mod tests;

use super::parse::Parsed;
use super::{Forwarded, ForwardedHow, Party, bounce, newtext};

/// What was passed on, if anything was. What a machine returns or reports is passed on by nobody.
pub(crate) fn of(parsed: &Parsed) -> Option<Forwarded> {
    if is_report(parsed) {
        return None;
    }
    let inline = inline::of(&parsed.text, parsed.header("subject").unwrap_or_default());
    // A subject "FW:" alone passes on nothing inline: above an attached mail, it is that mail's.
    let names_one = |inline: Forwarded| inline.from != Party::default() || inline.body != parsed.text.trim();
    let found = match attached::of(parsed) {
        // Two mails passed on in two ways: which one is meant, only the sender knows.
        Some(attached) => Some(Forwarded { certain: attached.certain && !inline.is_some_and(names_one), ..attached }),
        None => inline.or_else(|| rewritten(parsed)),
    };
    // Asked last, because it costs the most and hardly any mail comes this far.
    let found = found.filter(|_| bounce::of(parsed).is_none())?;
    let (said, quoted) = newtext::said(&found.body);
    Some(Forwarded { said, quoted, ..found })
}

/// A report of a machine about a mail (RFC 6522): delivery, reading, abuse.
fn is_report(parsed: &Parsed) -> bool {
    let reports = ["message/delivery-status", "message/disposition-notification", "message/feedback-report"];
    parsed.media_type == "multipart/report"
        || !parsed.report_type.is_empty()
        || parsed.leaves.iter().any(|leaf| reports.contains(&leaf.media_type.as_str()))
}

/// A mail whose From a mailing group replaced by its own address (Google Groups does so for senders whose domain
/// forbids others to send in its name).
fn rewritten(parsed: &Parsed) -> Option<Forwarded> {
    let header = ["x-original-from", "x-original-sender"].iter().find_map(|name| parsed.header(name))?;
    let original = party::read(header);
    let from = party::read(parsed.header("from").unwrap_or_default());
    if original.party.address.is_empty() || original.party.address.eq_ignore_ascii_case(&from.party.address) {
        return None;
    }
    let is_group = ["list-id", "mailing-list", "x-google-group-id"].iter().any(|name| parsed.header(name).is_some());
    Some(Forwarded {
        from: original.party,
        subject: parsed.header("subject").unwrap_or_default().to_owned(),
        body: parsed.text.trim().to_owned(),
        date: parsed.header("date").unwrap_or_default().to_owned(),
        how: ForwardedHow::Rewritten,
        certain: original.certain && is_group,
        ..Forwarded::default()
    })
}
