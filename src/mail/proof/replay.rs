//! Could somebody else have sent a genuine mail once more, to other people? A signature goes along with its mail: whoever
//! has the mail can pass it on, and it is valid as long as nothing is changed that it covers. What it covers, it says in
//! its tag `h=` (RFC 6376 §3.5, §8.6). Pure.

use super::results::MethodResult;
use crate::mail::Replay;
use crate::mail::parse::{Header, Parsed};

/// Fields that say to whom a mail was written, and when.
const ADDRESSING: [&str; 4] = ["from", "to", "cc", "date"];

/// Judged for a mail whose author's domain is proven, by the results that count.
pub(super) fn of(parsed: &Parsed, domain: &str, results: &[&MethodResult]) -> Replay {
    // Of two fields a signature covers one, and a reader may look at the other (RFC 6376 §8.15).
    if ADDRESSING.iter().any(|name| parsed.fields(name).nth(1).is_some()) {
        return Replay::Possible;
    }
    let stated: Vec<&str> = ADDRESSING.into_iter().filter(|name| parsed.header(name).is_some()).collect();
    let signer = |field: &&Header| tag(&field.raw, "d").is_some_and(|signer| is_near(&signer, domain));
    let signatures: Vec<&Header> = parsed.fields("dkim-signature").filter(signer).collect();
    let is_signed = |result: &&MethodResult| {
        result.is("dkim", "pass") && result.signer().is_some_and(|signer| is_near(signer, domain))
    };
    // Without a signature it was proven by the way it came, from the domain's own server; nobody can take one off.
    if came_from(domain, results) || signatures.is_empty() && !results.iter().any(is_signed) {
        Replay::Excluded
    } else if signatures.iter().all(|field| covers(field, &stated)) {
        Replay::ShownByDate
    } else {
        Replay::Possible
    }
}

/// SPF passed for the very domain: its own server handed the mail over.
fn came_from(domain: &str, results: &[&MethodResult]) -> bool {
    let mut spf = results.iter().filter(|result| result.method == "spf").peekable();
    let is_own = |envelope: &str| envelope.eq_ignore_ascii_case(domain);
    spf.peek().is_some() && spf.all(|result| result.result == "pass" && result.envelope().is_some_and(is_own))
}

/// Whose signature the proof may rest on: a domain that DMARC could align with the author's (RFC 7489 §3.1.1), and more.
fn is_near(signer: &str, domain: &str) -> bool {
    let end = |domain: &str| domain.rsplit('.').take(2).map(str::to_ascii_lowercase).collect::<Vec<_>>();
    end(signer) == end(domain)
}

/// All these fields, and the whole text (no `l=`).
fn covers(field: &Header, stated: &[&str]) -> bool {
    let signed = tag(&field.raw, "h").unwrap_or_default().to_ascii_lowercase();
    let signed: Vec<&str> = signed.split(':').collect();
    stated.iter().all(|name| signed.contains(name)) && tag(&field.raw, "l").is_none()
}

/// The value of a tag, without the blanks of its folds (RFC 6376 §3.2).
fn tag(raw: &str, name: &str) -> Option<String> {
    let mut tags = raw.split(';').filter_map(|tag| tag.split_once('='));
    let (_, value) = tags.find(|(stated, _)| stated.trim() == name)?;
    Some(value.chars().filter(|c| !c.is_ascii_whitespace()).collect())
}
