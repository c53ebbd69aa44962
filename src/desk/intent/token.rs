//! Which letter of ours a mail answers: the one reader of its token. Pure.

use crate::case::{Address, CaseNumber, LetterId, Moment, Side, Token};
use crate::desk::{Role, Rules};
use crate::mail::Mail;
use std::collections::BTreeSet;

/// Every case that a token of ours in this mail names.
pub(super) fn numbers(mail: &Mail, rules: &Rules) -> Vec<CaseNumber> {
    let ids = mail.message_id.iter().chain(&mail.in_reply_to).chain(&mail.references);
    let in_headers = ids.filter_map(|id| rules.keys.read(id)).chain(plus_address(mail, rules));
    let all: BTreeSet<CaseNumber> =
        in_headers.chain(rules.keys.find_all(&mail.text)).filter_map(|token| token.case).collect();
    all.into_iter().collect()
}

/// The letter of ours this mail answers: by In-Reply-To (its direct parent, never an older id of the thread), by the
/// plus-address it was sent to, or by the line in the quoted text where a server rewrote the Message-ID.
pub(super) fn answered_letter(mail: &Mail, role: Role, rules: &Rules) -> Option<Token> {
    let by_parent = match mail.in_reply_to.as_slice() {
        [] => mail.references.last().and_then(|id| rules.keys.read(id)),
        parents => parents.iter().find_map(|id| rules.keys.read(id)),
    };
    by_parent.or_else(|| plus_address(mail, rules)).or_else(|| quoted_letter(mail, role, rules))
}

/// The topmost letter of ours that is quoted. A colleague answers the notification, and what it tells of the customer's
/// words stands above its own line: a letter of ours that the customer quoted there is not the one that is answered.
fn quoted_letter(mail: &Mail, role: Role, rules: &Rules) -> Option<Token> {
    let staffs = || rules.keys.find_all(&mail.text).find(|token| token.side == Side::Staff);
    let staffs = if role == Role::Staff { staffs() } else { None };
    staffs.or_else(|| rules.keys.find(&mail.text))
}

/// What else a line says that ends in which letter of ours is meant: a word for it, and its token; None: it does not end so. A
/// client may have put the line behind what its writer typed.
pub(in crate::desk) fn without_reference<'a>(line: &'a str, rules: &Rules) -> Option<&'a str> {
    let (before, token) = line.rsplit_once(':')?;
    rules.keys.read(token.trim())?;
    // French has a blank before the colon.
    let before = before.trim_end();
    Some(before.rsplit_once(char::is_whitespace).map_or("", |(said, _)| said.trim_end()))
}

/// By what a letter of ours is known that came back to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::desk) enum Ours {
    Mark,
    Letter,
    /// A test mail of the watch's, sent at that moment.
    RoundTrip(Moment),
}

/// A letter of ours that came back to us: the second of the three layers against loops (invariant 5).
pub(super) fn our_own(mail: &Mail, rules: &Rules) -> Option<Ours> {
    let marked = mail.loop_marks.iter().any(|mark| Address::parse(mark).is_ok_and(|a| rules.is_desk(&a)));
    let our_id = mail.message_id.as_deref().is_some_and(|id| rules.keys.read(id).is_some());
    marked.then_some(Ours::Mark).or(our_id.then_some(Ours::Letter))
}

/// A test mail of the watch's. Known by its stamp, which nobody can make; by its sender, because whoever sees the stamp can
/// repeat it; and because it answers nothing: somebody at the shared mailbox may press Reply. Not by our mark, which a server
/// on the way may take out.
pub(super) fn round_trip(mail: &Mail, rules: &Rules) -> Option<Ours> {
    let from = mail.from.as_ref().and_then(|from| Address::parse(&from.address).ok())?;
    let is_ours = rules.is_desk(&from) && mail.in_reply_to.is_empty() && mail.references.is_empty();
    rules.keys.stamped_at(&mail.subject).filter(|_| is_ours).map(Ours::RoundTrip)
}

/// The letter of ours that a mail which came back is, or carries along.
pub(in crate::desk) fn letter_that_came_back(mail: &Mail, rules: &Rules) -> Option<LetterId> {
    let by_id = mail.message_id.as_deref().and_then(|id| rules.keys.read(id));
    by_id.or_else(|| rules.keys.find(&mail.text)).map(|token| token.letter)
}

pub(super) fn plus_address(mail: &Mail, rules: &Rules) -> Option<Token> {
    let stated =
        mail.to.iter().chain(&mail.cc).map(|p| p.address.as_str()).chain(mail.delivered_to.iter().map(String::as_str));
    // From the right, because the desk's own address may have a tag of its own.
    stated.filter_map(|a| a.split_once('@')?.0.rsplit_once('+')).find_map(|(_, tag)| rules.keys.read(tag))
}
