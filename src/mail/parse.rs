//! Bytes → headers, parts and attachments, by mail-parser behind a guard; then every other file of the room is asked
//! for its conclusion. The only place that knows mail-parser's types. Pure and total.

use super::{Attachment, Finding, FindingKind, Mail, Original, Witness};
use crate::mail::html::{Mark, Page};
use crate::mail::limits::{HEADERS_MAX, SIGNATURES_MAX};
use mail_parser::{Message, MessageParser, MimeHeaders};
use sha2::{Digest, Sha256};
use std::cell::OnceCell;

mod author;
mod body;
mod calendar;
mod continued;
mod elsewhere;
mod envelope;
mod flowed;
mod guard;
mod headers;
mod leaves;
mod names;
mod outlook;
mod pictures;
mod signed;
#[cfg(test)]
mod tests;
mod uuencoded;

pub(crate) use crate::text::turns_direction;
#[cfg(test)]
pub(crate) use author::tests::hostile as hostile_from;
pub(crate) use author::{Author, Reading, of as author};
pub(crate) use envelope::{answers, message_id};
pub(crate) use headers::clean;
pub(crate) use outlook::is_saved_mail;

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
    /// Its Content-ID, without brackets.
    pub content_id: Option<String>,
    /// It is one of several forms of the mail's own text (multipart/alternative).
    pub alternative: bool,
    /// Content-Disposition: attachment, or a leaf that is no body text.
    pub attachment: bool,
    /// What `message` gives, once it was asked for: taking a big mail apart twice would cost twice.
    pub(super) opened: OnceCell<Box<Parsed>>,
}

impl Leaf {
    /// The nested message in it, taken apart.
    pub fn message(&self) -> &Parsed {
        let read = || match outlook::open(&self.content) {
            Some(opened) if outlook::is_saved_mail(self) => opened.inside,
            _ => take_apart(&self.content),
        };
        self.opened.get_or_init(|| Box::new(read()))
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
    /// `text` has words that were struck out, between two marks of it each (`~~`).
    pub struck: bool,
    /// How many lines of `text` stand above a picture of the mail, and its Content-ID.
    pub pictures: Vec<(usize, String)>,
    /// The HTML body where there is one.
    pub html: Option<String>,
    /// The form of the text that was not taken, where there are two (multipart/alternative).
    pub other: Option<Page>,
    /// The plain text that seemed to say no more than that there is a page, so that the page was taken.
    pub stub: Option<Page>,
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

/// Reads one mail. `witness` says whose word on its sender counts: a name alone is a host whose Authentication-Results do
/// ("" for nobody's).
pub fn read<'a>(raw: &[u8], witness: impl Into<Witness<'a>>) -> Mail {
    read_with(raw, witness.into())
}

fn read_with(raw: &[u8], witness: Witness<'_>) -> Mail {
    let parsed = take_apart(raw);
    let author = author(&parsed);
    let mut mail = envelope::of(&parsed, &author);
    let new_text = super::newtext::split(&parsed);
    mail.reply = new_text.reply;
    mail.relayable = new_text.relayable;
    mail.quoted = new_text.quoted;
    mail.cuts = new_text.cuts;
    mail.other = parsed.other.as_ref().or(parsed.stub.as_ref()).map(|form| super::newtext::other_form(&parsed, form));
    mail.findings.extend(new_text.finding);
    mail.automatic = super::automatic::of(&parsed);
    mail.bounce = super::bounce::of(&parsed);
    mail.forwarded = super::forwarded::of(&parsed);
    (mail.proof, mail.replay) = super::proof::of(&parsed, &author, witness);
    if mail.written_by.is_some() && matches!(mail.proof, super::SenderProof::Proven | super::SenderProof::Inside) {
        // That of the group was proven, and not the domain of whom it names as the author (invariant 6).
        (mail.proof, mail.replay) = Default::default();
    }
    mail.findings.extend(super::proof::findings(&parsed, mail.from.as_ref()));
    if let Some(resent) = &mut mail.resent {
        resent.proof = super::proof::of_resender(&parsed, &resent.from.address, witness);
    }
    elsewhere::add(&parsed, &mut mail);
    mail.no_answer = super::no_answer::of(&parsed, &mail);
    mail.language = super::language::of(&mail.reply, &mail.subject);
    mail.original = mail.findings.iter().any(|finding| finding.kind.leaves_out()).then(|| Original {
        size: raw.len(),
        sha256: Sha256::digest(raw).iter().map(|byte| format!("{byte:02x}")).collect(),
    });
    mail
}

/// The attachments of a mail as [`read`] gives them, and nothing else of it.
pub fn attachments(raw: &[u8]) -> Vec<Attachment> {
    envelope::attachments(&take_apart(raw))
}

/// Headers, leaves and text of a mail; never fails. Nested messages are not opened: give their content to this.
pub(crate) fn take_apart(raw: &[u8]) -> Parsed {
    let mut parsed = take_outside_apart(raw);
    let mut opened = 0;
    for _ in 0..SIGNATURES_MAX {
        let Some(inside) = elsewhere::signed(parsed.leaves.get(opened..).unwrap_or_default()) else { break };
        opened = parsed.leaves.len();
        elsewhere::join(&mut parsed, take_outside_apart(&inside));
    }
    elsewhere::unwrap(&mut parsed);
    parsed
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
    uuencoded::take_out(&mut parsed);
    parsed
}

/// A mail as an attachment: by its type, by its name, or as Outlook saves it.
pub(crate) fn is_mail(leaf: &Leaf) -> bool {
    let named = leaf.name.as_deref().is_some_and(|name| name.to_ascii_lowercase().ends_with(".eml"));
    named || matches!(&*leaf.media_type, "message/rfc822" | "message/global") || is_saved_mail(leaf)
}

fn report_type(message: &Message<'_>) -> String {
    message.content_type().and_then(|c| c.attribute("report-type")).unwrap_or_default().to_ascii_lowercase()
}

fn finding(kind: FindingKind, detail: &str) -> Finding {
    Finding { kind, detail: detail.to_owned() }
}
