//! Outlook's own files: `winmail.dat`, in which it wraps what it sends, and `.msg`, in which it saves a mail. Read into the
//! same [`Parsed`] that a mail is taken apart into; nothing in them proves anything. Pure, without recursion, and in
//! proportion to the file: the readers that are on offer read no texts, or believe every length, or are not kept up.

use super::{Header, Leaf, Parsed, take_outside_apart};
use crate::mail::html;
use crate::mail::limits::TEXT_BYTES_MAX;
use chrono::{DateTime, Utc};
use mapi::{Body, Message, Object, id};

mod compound;
mod mapi;
mod msg;
mod rtf;
#[cfg(test)]
pub(in crate::mail) mod tests;
mod tnef;

/// One of them, opened.
pub(super) struct Opened {
    pub inside: Parsed,
    /// Something in it was not read.
    pub is_part_unread: bool,
}

/// A `winmail.dat`, by its type or by its name.
pub(super) fn is_winmail(leaf: &Leaf) -> bool {
    let named = leaf.name.as_deref().is_some_and(|name| name.to_ascii_lowercase().ends_with("winmail.dat"));
    named || matches!(&*leaf.media_type, "application/ms-tnef" | "application/vnd.ms-tnef")
}

/// A saved mail, by its type or by its name.
pub(crate) fn is_saved_mail(leaf: &Leaf) -> bool {
    let named = leaf.name.as_deref().is_some_and(|name| name.to_ascii_lowercase().ends_with(".msg"));
    (named || leaf.media_type == "application/vnd.ms-outlook") && compound::is_compound(&leaf.content)
}

/// None: it is none of them, whatever its name.
pub(super) fn open(bytes: &[u8]) -> Option<Opened> {
    let message = if tnef::is_tnef(bytes) { tnef::read(bytes)? } else { msg::read(bytes)? };
    let is_part_unread = message.is_part_unread;
    Some(Opened { inside: parsed(&message), is_part_unread })
}

fn parsed(message: &Message) -> Parsed {
    let mut parsed =
        Parsed { headers: headers(message), media_type: "multipart/mixed".to_owned(), ..Parsed::default() };
    match message.body() {
        Body::Plain(text) => parsed.text = super::body::plain(&text),
        Body::Page(page) => {
            let read = html::to_text(&super::body::plain(&page));
            (parsed.text, parsed.marks, parsed.html) = (read.text, read.marks, Some(page));
        }
        Body::None => {}
    }
    let end = (0..=TEXT_BYTES_MAX.min(parsed.text.len())).rev().find(|at| parsed.text.is_char_boundary(*at));
    parsed.text.truncate(end.unwrap_or_default());
    parsed.leaves = message.attachments.iter().filter_map(|attachment| leaf(message, attachment)).collect();
    parsed
}

/// The fields as they came over the mail servers where they were kept, else the few that the properties tell.
fn headers(message: &Message) -> Vec<Header> {
    let kept =
        message.text(id::HEADERS).map(|kept| take_outside_apart(format!("{}\n\n", kept.trim()).as_bytes()).headers);
    let mut headers = kept.unwrap_or_default();
    let mut add = |name: &str, value: String| {
        if !headers.iter().any(|header| header.name == name) && !value.is_empty() {
            headers.push(Header { name: name.to_owned(), raw: value.clone(), text: value });
        }
    };
    let (name, address) = message.sender();
    let bare = |text: &str| text.replace(|c: char| c.is_control() || "\"<>\\".contains(c), " ");
    if !address.is_empty() || !name.is_empty() {
        add("from", format!("\"{}\" <{}>", bare(&name), bare(&address)));
    }
    add("subject", message.text(id::SUBJECT).map(|subject| bare(&subject)).unwrap_or_default());
    let moment = |id| message.own.moment(id).map(|at: DateTime<Utc>| at.to_rfc2822()).unwrap_or_default();
    add("date", moment(id::SUBMITTED));
    // When it reached the mailbox it was saved from: what a Received field of that server would say.
    let delivered = moment(id::DELIVERED);
    add("received", if delivered.is_empty() { delivered } else { format!("; {delivered}") });
    headers
}

fn leaf(message: &Message, attachment: &Object) -> Option<Leaf> {
    let content = attachment.data(id::DATA)?.to_vec();
    let text = |id| message.of_attachment(attachment, id);
    let name = text(id::FILE_NAME).or_else(|| text(id::SHORT_FILE_NAME)).or_else(|| text(id::NAME));
    let stated = text(id::MEDIA_TYPE).map(|kind| kind.trim().to_ascii_lowercase()).filter(|kind| is_media_type(kind));
    Some(Leaf {
        media_type: stated.unwrap_or_else(|| "application/octet-stream".to_owned()),
        inline: text(id::CONTENT_ID).is_some(),
        name,
        content,
        attachment: true,
        ..Leaf::default()
    })
}

/// `type/subtype` of the characters of a token (RFC 2045 §5.1).
fn is_media_type(kind: &str) -> bool {
    let token =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    kind.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}
