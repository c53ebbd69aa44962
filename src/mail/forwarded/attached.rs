//! A mail passed on as an attachment (`message/rfc822`, a file `.eml`, a `.msg` of Outlook). Pure.

use super::party;
use crate::mail::parse::{self, Leaf, Parsed, Reading, is_mail, is_saved_mail};
use crate::mail::words::{self, Prefix};
use crate::mail::{Forwarded, ForwardedHow, Party, ToldBy};
use chrono::{DateTime, FixedOffset};

/// The mail that is attached.
pub(super) fn of(parsed: &Parsed) -> Option<Forwarded> {
    let mut messages = parsed.leaves.iter().filter(|leaf| is_mail(leaf));
    let leaf = messages.next()?;
    let is_only_one = messages.next().is_none() && !is_of_digest(leaf);
    let is_answer = words::subject_prefix(parsed.header("subject").unwrap_or_default()).0 == Prefix::Reply;
    let nested = leaf.message();
    let (from, is_sure) = sender(nested);
    // A file that only is called so, or one that could not be read, names nobody.
    if from == Party::default() && nested.text.is_empty() && nested.header("subject").is_none() {
        return None;
    }
    let by_server = nested.header("received").and_then(received);
    let dated = nested.header("date").and_then(|date| DateTime::parse_from_rfc2822(date.trim()).ok());
    Some(Forwarded {
        from,
        subject: nested.header("subject").unwrap_or_default().to_owned(),
        body: nested.text.trim().to_owned(),
        above: parsed.text.trim().to_owned(),
        // A client that keeps no server's fields (or a mail that was saved before it was sent) leaves what it states itself.
        received: by_server.or(dated),
        told_by: if by_server.is_some() { ToldBy::Server } else { ToldBy::Date },
        stated_local: None,
        date: nested.header("date").unwrap_or_default().to_owned(),
        message_id: parse::message_id(nested),
        answers: parse::answers(nested),
        how: ForwardedHow::Attached,
        certain: is_sure && is_only_one && !is_answer,
        ..Forwarded::default()
    })
}

/// Whether it is one of a list's collected mails: only in a digest does a part need no type of its own to be a mail
/// (RFC 2046 section 5.1.5).
fn is_of_digest(leaf: &Leaf) -> bool {
    !is_saved_mail(leaf) && leaf.headers.iter().all(|header| header.name != "content-type")
}

/// The author of the attached mail, and whether that is beyond doubt: one address that mail can be sent to, and no other
/// one shown.
fn sender(nested: &Parsed) -> (Party, bool) {
    let author = parse::author(nested);
    let Party { name, address } = author.party.unwrap_or_default();
    let name = if name.eq_ignore_ascii_case(&address) { String::new() } else { party::clean_name(&name) };
    let is_read = matches!(author.reading, Reading::Strict | Reading::Loose);
    let is_sure = is_read && party::can_be_written_to(&address) && !name.contains('@');
    (Party { name, address }, is_sure)
}

/// The moment in a Received header: what stands behind its last semicolon (RFC 5321 section 4.4).
fn received(header: &str) -> Option<DateTime<FixedOffset>> {
    let (_, moment) = header.rsplit_once(';')?;
    DateTime::parse_from_rfc2822(moment.trim()).ok()
}
