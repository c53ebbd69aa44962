//! Who wrote to whom, when, in answer to what: the header fields of a mail as values. Pure.

use super::author::{Author, Reading};
use super::headers::{clean, ids, moment, parties};
use super::{Leaf, Parsed, finding, is_mail, names, pictures};
use crate::mail::limits::{IDS_MAX, SUBJECT_CHARS_MAX};
use crate::mail::{Attachment, Finding, FindingKind, Mail, Party, Resent, Standing};

/// Fields in which servers write the address they delivered to.
const DELIVERED_TO: &[&str] = &["delivered-to", "x-original-to", "envelope-to", "x-envelope-to"];

/// The mail as far as its header fields and parts tell; the texts are the caller's.
pub(super) fn of(parsed: &Parsed, author: &Author) -> Mail {
    let mut findings = parsed.findings.clone();
    findings.extend(odd_author(parsed, author));
    let from = author.party.clone();
    let reply_to = people(parsed, "reply-to");
    if let Some(from) = &from
        && !reply_to.is_empty()
        && !reply_to.iter().any(|p| p.address.eq_ignore_ascii_case(&from.address))
    {
        findings.push(finding(FindingKind::ReplyToElsewhere, "answers are asked to go to another address than From"));
    }
    if parsed.text.trim().is_empty() && !parsed.leaves.iter().any(|l| l.attachment) {
        findings.push(finding(FindingKind::Empty, "no text and no attachment"));
    }
    let received = parsed.header("received").and_then(|r| r.rsplit_once(';')).and_then(|(_, when)| moment(when));
    let attachments = attachments(parsed);
    let lists = lists(parsed);
    let written_by = from.as_ref().and_then(|from| written_by(parsed, from, &lists));
    Mail {
        subject: clean(parsed.header("subject").unwrap_or_default(), SUBJECT_CHARS_MAX),
        from,
        reply_to,
        to: people(parsed, "to"),
        cc: people(parsed, "cc"),
        delivered_to: delivered_to(parsed),
        return_path: return_path(parsed),
        date: parsed.fields("date").find_map(|field| moment(&field.raw)),
        received,
        message_id: message_id(parsed),
        in_reply_to: thread_ids(parsed, "in-reply-to"),
        references: thread_ids(parsed, "references"),
        written_by,
        lists,
        loop_marks: parsed.fields("x-loop").map(|field| clean(&field.text, SUBJECT_CHARS_MAX)).collect(),
        marked_spam: marked_spam(parsed),
        resent: resent(parsed),
        attachments,
        findings: once_each(findings),
        ..Mail::default()
    }
}

/// The same thing found in ten parts is one finding.
fn once_each(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        if !kept.contains(&finding) {
            kept.push(finding);
        }
    }
    kept
}

/// What a person should know of how the sender is stated.
fn odd_author(parsed: &Parsed, author: &Author) -> Option<Finding> {
    let several = || {
        let addressed = parsed.fields("from").flat_map(parties).filter(|party| !party.address.is_empty());
        parsed.fields("from").count() > 1 || addressed.count() > 1
    };
    match author.reading {
        Reading::Strict => None,
        Reading::Nobody => Some(finding(FindingKind::NoFrom, "no sender address is stated")),
        Reading::Unclear if several() => Some(finding(FindingKind::SeveralFrom, "more than one sender is stated")),
        Reading::Unclear => {
            Some(finding(FindingKind::FromUnclear, "the sender is written so that two programs may read two senders"))
        }
        Reading::Loose => Some(finding(FindingKind::FromUnclear, "the sender is not written as RFC 5322 asks")),
    }
}

/// Everybody with an address in the fields of that name.
fn people(parsed: &Parsed, name: &str) -> Vec<Party> {
    parsed.fields(name).flat_map(parties).filter(|p| p.address.contains('@')).collect()
}

fn delivered_to(parsed: &Parsed) -> Vec<String> {
    let mut found = Vec::new();
    for address in DELIVERED_TO.iter().flat_map(|name| people(parsed, name)).map(|p| p.address) {
        if !found.contains(&address) && found.len() < IDS_MAX {
            found.push(address);
        }
    }
    found
}

/// What the fields of list servers name, in lower case (RFC 2369, RFC 2919 and their forerunners).
fn lists(parsed: &Parsed) -> Vec<String> {
    const NAMED_IN: [&str; 6] = ["list-id", "list-post", "list-owner", "mailing-list", "x-mailing-list", "x-beenthere"];
    let fields = NAMED_IN.iter().flat_map(|name| parsed.fields(name));
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+');
    let named = |text: &str| -> Vec<String> {
        let lower = text.to_lowercase();
        let pieces = lower.split(|c: char| !is_part(c)).map(|piece| piece.trim_matches('.'));
        pieces.filter(|piece| piece.contains('.')).map(str::to_owned).collect()
    };
    fields.flat_map(|field| named(&field.text)).take(IDS_MAX).collect()
}

/// The author of a mail in whose From a group put its own address ("'Jan' via Klachten"): Google Groups and other lists do
/// so for senders whose domain forbids others to send in its name.
fn written_by(parsed: &Parsed, from: &Party, lists: &[String]) -> Option<Party> {
    let own = from.address.to_lowercase();
    let says_via = from.name.to_lowercase().contains(" via ");
    if !lists.contains(&own) && (!says_via || lists.is_empty()) {
        return None;
    }
    let one = |name: &str| people(parsed, name).into_iter().next();
    let named = ["x-original-from", "x-original-sender"].into_iter().find_map(one);
    // A newsletter asks for answers elsewhere too: Reply-To is the author's only where the name says so.
    let asked = || <[Party; 1]>::try_from(people(parsed, "reply-to")).ok().map(|[only]| only).filter(|_| says_via);
    let author = named.or_else(asked)?;
    let name = if author.name.is_empty() { before_via(&from.name) } else { author.name };
    let is_other = !author.address.eq_ignore_ascii_case(&own) && !lists.contains(&author.address.to_lowercase());
    is_other.then_some(Party { name, address: author.address })
}

/// `Jan de Boer` of `'Jan de Boer' via Klachten`.
fn before_via(name: &str) -> String {
    let author = name.find(" via ").and_then(|at| name.get(..at)).unwrap_or_default();
    author.trim_matches(['\'', '"', ' ']).to_owned()
}

/// `Some("")` for the null sender `<>`.
fn return_path(parsed: &Parsed) -> Option<String> {
    let field = parsed.fields("return-path").next()?;
    let value = field.raw.trim().trim_start_matches('<').trim_end_matches('>');
    Some(clean(value, SUBJECT_CHARS_MAX))
}

/// A Message-ID that is no id by the rules, but the only one there is.
fn bare_id(parsed: &Parsed) -> Option<String> {
    let value = clean(parsed.header("message-id")?, SUBJECT_CHARS_MAX);
    let value = value.trim_matches(['<', '>', ' ']);
    (!value.is_empty()).then(|| value.to_owned())
}

/// The mail's own id, without angle brackets.
pub(crate) fn message_id(parsed: &Parsed) -> Option<String> {
    parsed.fields("message-id").flat_map(ids).next().or_else(|| bare_id(parsed))
}

/// The ids of the mails it answers, the nearest first.
pub(crate) fn answers(parsed: &Parsed) -> Vec<String> {
    let references = thread_ids(parsed, "references").into_iter().rev();
    thread_ids(parsed, "in-reply-to").into_iter().chain(references).collect()
}

/// The newest ids of a thread field, oldest first.
fn thread_ids(parsed: &Parsed, name: &str) -> Vec<String> {
    let all: Vec<String> = parsed.fields(name).flat_map(ids).collect();
    let too_many = all.len().saturating_sub(IDS_MAX);
    all.into_iter().skip(too_many).collect()
}

/// Who sent the mail on, and when it had reached that person. Fields are put on top, so that what a server wrote before it
/// stands below them, and the topmost of those is the last server's before.
fn resent(parsed: &Parsed) -> Option<Resent> {
    let at = parsed.headers.iter().position(|header| header.name == "resent-from")?;
    let (block, below) = (parsed.headers.get(at)?, parsed.headers.get(at..)?);
    let from = parties(block).into_iter().find(|party| !party.address.is_empty())?;
    let field = below.iter().find(|header| header.name == "received");
    let received = field.and_then(|field| field.text.rsplit_once(';')).and_then(|(_, when)| moment(when));
    Some(Resent { from, received, ..Resent::default() })
}

/// The marks of SpamAssassin, rspamd, Exchange and the providers that copy them.
fn marked_spam(parsed: &Parsed) -> bool {
    let says_yes = |name: &str| {
        parsed.fields(name).any(|field| {
            let value = field.raw.trim_start().to_ascii_lowercase();
            value.starts_with("yes") || value.starts_with("true") || value.starts_with("spam")
        })
    };
    ["x-spam-flag", "x-spam-status", "x-spam", "x-spamd-result-flag", "x-bogosity"].into_iter().any(says_yes)
}

/// The attachments, and those inside a mail that is passed on as the only attachment (§2.2: then the case is the
/// customer's, and so is what the customer sent along).
pub fn attachments(parsed: &Parsed) -> Vec<Attachment> {
    let mut found = Vec::new();
    let attached: Vec<&Leaf> = parsed.leaves.iter().filter(|l| l.attachment).collect();
    let decorations = pictures::decorations(parsed);
    add_attachments(&attached, &decorations, &mut found);
    let mut others = attached.iter().filter(|l| !l.inline || is_mail(l));
    if let (Some(passed_on), None) = (others.next().filter(|l| is_mail(l)), others.next()) {
        let inner = passed_on.message();
        let carried: Vec<&Leaf> = inner.leaves.iter().filter(|l| l.attachment).collect();
        add_attachments(&carried, &[], &mut found);
    }
    found
}

fn add_attachments(leaves: &[&Leaf], decorations: &[String], found: &mut Vec<Attachment>) {
    for leaf in leaves {
        let name = leaf.name.clone().or_else(|| subject_name(leaf));
        let name = names::safe(name.as_deref(), &leaf.media_type, found.len() + 1);
        let is_decoration = leaf.content_id.as_ref().is_some_and(|id| decorations.contains(id));
        let standing = match (leaf.alternative, is_decoration) {
            (true, _) => Standing::Alternative,
            (_, true) => Standing::Decoration,
            (false, false) => Standing::Attached,
        };
        let (media_type, inline) = (leaf.media_type.clone(), leaf.inline);
        found.push(Attachment { name, media_type, content: leaf.content.clone(), inline, standing });
    }
}

/// An attached mail without a file name is called after its subject.
fn subject_name(leaf: &Leaf) -> Option<String> {
    let header = leaf.text.as_deref().filter(|_| leaf.media_type.starts_with("message/"))?.split("\n\n").next()?;
    let line = header.lines().find(|line| line.get(..8).is_some_and(|n| n.eq_ignore_ascii_case("subject:")))?;
    let subject = super::headers::decode_words(line.get(8..)?);
    let subject = subject.replace(['/', '\\'], "-");
    (!subject.trim().is_empty()).then(|| format!("{}.eml", subject.trim()))
}
