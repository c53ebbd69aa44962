//! `winmail.dat` (MS-OXTNEF): attributes one behind the other, each with its length, and in two of them a list of properties.
//! Lengths are believed only as far as the bytes go; nothing is ever longer than the file. Pure.

use super::mapi::{BINARY, MOMENT, Message, NARROW, NUMBER, OBJECT, Object, WIDE, id};
use crate::mail::limits::LEAVES_MAX;

const SIGNATURE: &[u8] = &[0x78, 0x9F, 0x3E, 0x22];
/// Attributes of the mail and of an attachment.
const BODY: u16 = 0x800C;
const SUBJECT: u16 = 0x8004;
const ATTACHMENT_DATA: u16 = 0x800F;
const ATTACHMENT_TITLE: u16 = 0x8010;
const ATTACHMENT_BEGINS: u16 = 0x9002;
const MAIL_PROPERTIES: u16 = 0x9003;
const ATTACHMENT_PROPERTIES: u16 = 0x9005;
const CODE_PAGE: u16 = 0x9007;
/// Octets before the value of an object: the identifier of its kind.
const OBJECT_HEAD: usize = 16;

/// Whether it begins as one.
pub(super) fn is_tnef(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// None: it is none.
pub(super) fn read(bytes: &[u8]) -> Option<Message> {
    let mut rest = Bytes(bytes.strip_prefix(SIGNATURE)?);
    rest.take(2)?;
    let mut message = Message::default();
    while !rest.0.is_empty() {
        let Some((name, value)) = attribute(&mut rest) else {
            message.is_part_unread = true;
            break;
        };
        take(&mut message, name, value);
    }
    Some(message)
}

/// Number and value of the next attribute.
fn attribute<'a>(rest: &mut Bytes<'a>) -> Option<(u16, &'a [u8])> {
    rest.take(1)?;
    let name = rest.half()?;
    rest.take(2)?;
    let length = rest.length()?;
    let value = rest.take(length)?;
    // The sum of the octets: a damaged value is read as far as it goes all the same.
    rest.take(2)?;
    Some((name, value))
}

fn take(message: &mut Message, name: u16, value: &[u8]) {
    match name {
        CODE_PAGE => message.own.set(id::CODE_PAGE, NUMBER, value.to_vec()),
        BODY => message.own.set(id::BODY, NARROW, value.to_vec()),
        SUBJECT => message.own.set(id::SUBJECT, NARROW, value.to_vec()),
        MAIL_PROPERTIES => message.is_part_unread |= properties(value, &mut message.own).is_none(),
        ATTACHMENT_BEGINS if message.attachments.len() < LEAVES_MAX => message.attachments.push(Object::default()),
        ATTACHMENT_BEGINS => message.is_part_unread = true,
        ATTACHMENT_DATA | ATTACHMENT_TITLE | ATTACHMENT_PROPERTIES => {
            let Some(attachment) = message.attachments.last_mut() else { return };
            match name {
                ATTACHMENT_DATA => attachment.set(id::DATA, BINARY, value.to_vec()),
                ATTACHMENT_TITLE => attachment.set(id::SHORT_FILE_NAME, NARROW, value.to_vec()),
                _ => message.is_part_unread |= properties(value, attachment).is_none(),
            }
        }
        _ => {}
    }
}

/// Reads a list of properties into an object; None: it breaks off.
fn properties(value: &[u8], object: &mut Object) -> Option<()> {
    let mut rest = Bytes(value);
    let count = rest.length()?;
    for _ in 0..count {
        let (kind, number) = (rest.half()?, rest.half()?);
        if number >= 0x8000 {
            name_of(&mut rest)?;
        }
        let several = kind & 0x1000 != 0;
        let kind = kind & !0x1000;
        let values = if several || is_long(kind) { rest.length()? } else { 1 };
        for nth in 0..values {
            let value = one_value(&mut rest, kind)?;
            if nth == 0 {
                object.set(number, kind, value.to_vec());
            }
        }
    }
    Some(())
}

/// Skips the name of a property that has one instead of a number.
fn name_of(rest: &mut Bytes<'_>) -> Option<()> {
    rest.take(16)?;
    let is_text = rest.length()? == 1;
    let length = rest.length()?;
    if is_text {
        rest.padded(length)?;
    }
    Some(())
}

/// Whether its values are counted and state their lengths.
fn is_long(kind: u16) -> bool {
    matches!(kind, NARROW | WIDE | OBJECT | BINARY)
}

fn one_value<'a>(rest: &mut Bytes<'a>, kind: u16) -> Option<&'a [u8]> {
    match kind {
        NARROW | WIDE | BINARY => {
            let length = rest.length()?;
            rest.padded(length)
        }
        OBJECT => {
            let length = rest.length()?;
            rest.padded(length)?.get(OBJECT_HEAD..)
        }
        0x02 | NUMBER | 0x04 | 0x0A | 0x0B => rest.take(4),
        0x05 | 0x06 | 0x07 | 0x14 | MOMENT => rest.take(8),
        0x48 => rest.take(16),
        // Of an unknown kind nobody can tell where it ends.
        _ => None,
    }
}

/// Bytes that are taken off at the front.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// The same, and what fills it up to a multiple of four.
    fn padded(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.take(count)?;
        self.take((4 - count % 4) % 4)?;
        Some(taken)
    }

    fn half(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn length(&mut self) -> Option<usize> {
        let four = self.take(4)?.try_into().ok().map(u32::from_le_bytes)?;
        usize::try_from(four).ok()
    }
}
