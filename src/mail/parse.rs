//! Bytes → headers, parts and attachments, by mail-parser behind a guard; then every other file of the room is asked
//! for its conclusion. The only place that knows mail-parser's types. Pure and total.

use super::{Finding, FindingKind, Mail};
use crate::mail::html::Mark;
use crate::mail::limits::{HEADERS_MAX, SIGNATURES_MAX};
use mail_parser::{Message, MessageParser, MimeHeaders};
use std::cell::OnceCell;

mod body;
mod calendar;
mod envelope;
mod flowed;
mod guard;
mod headers;
mod leaves;
mod names;
mod signed;
#[cfg(test)]
mod tests;

pub(crate) use headers::turns_direction;

/// One header, in the order of the mail.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    /// In lower case.
    pub name: String,
    /// Unfolded and undecoded.
    pub raw: String,
    /// Encoded words decoded.
    pub text: String,
}

/// A leaf of the MIME tree (a nested message is one leaf, with its own bytes as content: `message` reads it).
#[derive(Debug, Clone, Default)]
pub(crate) struct Leaf {
    /// `type/subtype` in lower case.
    pub media_type: String,
    /// File name as sent, not made safe.
    pub name: Option<String>,
    /// The part's own headers.
    pub headers: Vec<Header>,
    /// Transfer encoding undone; unencoded content has LF line ends.
    pub content: Vec<u8>,
    /// Decoded text where the media type is `text/*` or `message/*`.
    pub text: Option<String>,
    pub inline: bool,
    /// Content-Disposition: attachment, or a leaf that is no body text.
    pub attachment: bool,
    /// What `message` gives, once it was asked for: taking a big mail apart twice would cost twice.
    pub(super) opened: OnceCell<Box<Parsed>>,
}

impl Leaf {
    /// The nested message in it, taken apart.
    pub fn message(&self) -> &Parsed {
        self.opened.get_or_init(|| Box::new(take_apart(&self.content)))
    }
}

/// A mail taken apart: what the other files of the room draw their conclusions from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parsed {
    pub headers: Vec<Header>,
    /// `type/subtype` of the whole mail, in lower case.
    pub media_type: String,
    /// `report-type` of a multipart/report.
    pub report_type: String,
    pub leaves: Vec<Leaf>,
    /// Readable text of the mail (of HTML-only mail too).
    pub text: String,
    /// Lines of `text` (from 0) and what the client that made its HTML says about them.
    pub marks: Vec<(usize, Mark)>,
    /// The HTML body where there is one.
    pub html: Option<String>,
    pub findings: Vec<Finding>,
}

impl Parsed {
    /// The first header of that (lower-case) name, decoded.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|h| h.name == name).map(|h| h.text.as_str())
    }

    /// All headers of that (lower-case) name, topmost first.
    pub fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Header> {
        self.headers.iter().filter(move |h| h.name == name)
    }
}

/// Reads one mail. `trusted_authserv_id` is the host whose Authentication-Results count ("" for none).
pub fn read(raw: &[u8], trusted_authserv_id: &str) -> Mail {
    let parsed = take_apart(raw);
    let mut mail = envelope::of(&parsed);
    let new_text = super::newtext::split(&parsed);
    mail.reply = new_text.reply;
    mail.relayable = new_text.relayable;
    mail.quoted = new_text.quoted;
    mail.cuts = new_text.cuts;
    mail.findings.extend(new_text.finding);
    mail.language = super::language::of(&mail.reply, &mail.subject);
    mail.automatic = super::automatic::of(&parsed);
    mail.bounce = super::bounce::of(&parsed);
    mail.forwarded = super::forwarded::of(&parsed);
    mail.proof = super::proof::of(&parsed, trusted_authserv_id);
    mail.findings.extend(super::proof::findings(&parsed, mail.from.as_ref()));
    mail.text = parsed.text;
    mail
}

/// Headers, leaves and text of a mail; never fails. Nested messages are not opened: give their content to this.
pub(crate) fn take_apart(raw: &[u8]) -> Parsed {
    let mut parsed = take_outside_apart(raw);
    for _ in 0..SIGNATURES_MAX {
        let Some(inside) = opaque(&parsed) else { break };
        let inner = take_outside_apart(&inside);
        parsed.leaves.extend(inner.leaves);
        parsed.findings.extend(inner.findings);
        (parsed.text, parsed.marks, parsed.html) = (inner.text, inner.marks, inner.html);
    }
    parsed
}

/// What an opaque signature wraps, when the mail has no other text.
fn opaque(parsed: &Parsed) -> Option<Vec<u8>> {
    let wraps = |l: &&Leaf| matches!(&*l.media_type, "application/pkcs7-mime" | "application/x-pkcs7-mime");
    let wrapping = parsed.leaves.iter().rfind(wraps).filter(|_| parsed.text.trim().is_empty())?;
    signed::content(&wrapping.content)
}

fn take_outside_apart(raw: &[u8]) -> Parsed {
    let prepared = guard::prepare(raw);
    let mut parsed = Parsed { findings: prepared.findings, ..Parsed::default() };
    let message = MessageParser::default().parse(&prepared.masked).filter(|m| !m.parts.is_empty());
    let Some(message) = message else {
        parsed.findings.push(finding(FindingKind::Unreadable, "no header and no text was recognised"));
        return parsed;
    };
    let mut all = leaves::of(&message, &prepared.raw, &prepared.masked, &mut parsed.findings);
    if let Some(root) = message.parts.first() {
        parsed.headers = headers::of(root, &prepared.raw, &prepared.masked, HEADERS_MAX);
        parsed.media_type = leaves::media_type(root);
        parsed.report_type = report_type(&message);
    }
    body::fill(&mut parsed, &message, &mut all);
    parsed.leaves = all.leaves;
    parsed
}

fn report_type(message: &Message<'_>) -> String {
    message.content_type().and_then(|c| c.attribute("report-type")).unwrap_or_default().to_ascii_lowercase()
}

fn finding(kind: FindingKind, detail: &str) -> Finding {
    Finding { kind, detail: detail.to_owned() }
}
