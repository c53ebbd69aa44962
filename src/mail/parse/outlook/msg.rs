//! A mail that Outlook saved as a file (`.msg`, MS-OXMSG): a compound file with a stream for each long property, one for all
//! short ones, and a folder for each attachment. Pure.

use super::compound::{Compound, Entry};
use super::mapi::{Message, OBJECT, Object, id};
use crate::mail::limits::LEAVES_MAX;

/// How the names of streams and folders begin; behind the first stand number and type of a property.
const PROPERTY: &str = "__substg1.0_";
const SHORT_PROPERTIES: &str = "__properties_version1.0";
const ATTACHMENT: &str = "__attach_version1.0_";
/// Octets before the short properties of a mail, and of an attachment; each takes so many.
const HEAD_OF_MAIL: usize = 32;
const HEAD_OF_ATTACHMENT: usize = 8;
const SHORT_BYTES: usize = 16;

/// None: it is none.
pub(super) fn read(bytes: &[u8]) -> Option<Message> {
    let file = Compound::read(bytes)?;
    let root = file.root();
    let mut message = Message::default();
    message.is_part_unread = fill(&mut message.own, &file, &root, HEAD_OF_MAIL);
    let folders = root.iter().filter(|entry| entry.is_folder && entry.name.starts_with(ATTACHMENT));
    for folder in folders.take(LEAVES_MAX) {
        let mut attachment = Object::default();
        message.is_part_unread |= fill(&mut attachment, &file, &file.within(folder), HEAD_OF_ATTACHMENT);
        message.attachments.push(attachment);
    }
    // A compound file may be anything: a document, a picture of a program.
    let is_mail = root.iter().any(|entry| entry.name == SHORT_PROPERTIES);
    is_mail.then_some(message)
}

/// Reads the properties among these entries. True: one of them is a mail of its own, which is not opened.
fn fill(object: &mut Object, file: &Compound<'_>, entries: &[&Entry], head: usize) -> bool {
    let mut holds_mail = false;
    for entry in entries {
        if entry.name == SHORT_PROPERTIES {
            short_properties(object, &file.stream(entry), head);
        } else if let Some((number, kind)) = entry.name.strip_prefix(PROPERTY).and_then(number_and_type) {
            holds_mail |= entry.is_folder && number == id::DATA && kind == OBJECT;
            if !entry.is_folder {
                object.set(number, kind, file.stream(entry));
            }
        }
    }
    holds_mail
}

/// `0037001F`: the subject, as Unicode.
fn number_and_type(name: &str) -> Option<(u16, u16)> {
    let number = u16::from_str_radix(name.get(..4)?, 16).ok()?;
    let kind = u16::from_str_radix(name.get(4..8)?, 16).ok()?;
    (name.len() == 8).then_some((number, kind))
}

fn short_properties(object: &mut Object, stream: &[u8], head: usize) {
    for one in stream.get(head..).unwrap_or_default().chunks_exact(SHORT_BYTES) {
        let [k0, k1, n0, n1, _, _, _, _, value @ ..] = one else { continue };
        let kind = u16::from_le_bytes([*k0, *k1]);
        // Of the long ones only the length stands here.
        if matches!(kind, super::mapi::NUMBER | super::mapi::MOMENT) {
            object.set(u16::from_le_bytes([*n0, *n1]), kind, value.to_vec());
        }
    }
}
