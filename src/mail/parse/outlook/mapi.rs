//! Outlook's own form of a mail: numbered properties (MS-OXPROPS), of the mail and of each of its attachments. Pure.

use super::compound::wide;
use super::rtf;
use crate::mail::charset;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use std::collections::BTreeMap;

/// Numbers of the properties that are read.
pub(super) mod id {
    pub const SUBJECT: u16 = 0x0037;
    pub const SUBMITTED: u16 = 0x0039;
    pub const REPRESENTED_NAME: u16 = 0x0042;
    pub const REPRESENTED_TYPE: u16 = 0x0064;
    pub const REPRESENTED_ADDRESS: u16 = 0x0065;
    pub const HEADERS: u16 = 0x007D;
    pub const SENDER_NAME: u16 = 0x0C1A;
    pub const SENDER_TYPE: u16 = 0x0C1E;
    pub const SENDER_ADDRESS: u16 = 0x0C1F;
    pub const DELIVERED: u16 = 0x0E06;
    pub const BODY: u16 = 0x1000;
    pub const RTF: u16 = 0x1009;
    pub const HTML: u16 = 0x1013;
    pub const NAME: u16 = 0x3001;
    pub const DATA: u16 = 0x3701;
    pub const SHORT_FILE_NAME: u16 = 0x3704;
    pub const FILE_NAME: u16 = 0x3707;
    pub const MEDIA_TYPE: u16 = 0x370E;
    pub const CONTENT_ID: u16 = 0x3712;
    pub const CODE_PAGE: u16 = 0x3FFD;
    pub const SENDER_SMTP: u16 = 0x5D01;
    pub const REPRESENTED_SMTP: u16 = 0x5D02;
}

/// Types of values.
pub(super) const NUMBER: u16 = 0x03;
pub(super) const OBJECT: u16 = 0x0D;
pub(super) const NARROW: u16 = 0x1E;
pub(super) const WIDE: u16 = 0x1F;
pub(super) const MOMENT: u16 = 0x40;
pub(super) const BINARY: u16 = 0x102;

/// Properties kept of one object; Outlook writes some three hundred.
const PROPERTIES_MAX: usize = 5_000;

/// The properties of a mail or of an attachment: type and value by number.
#[derive(Debug, Clone, Default)]
pub(super) struct Object(BTreeMap<u16, (u16, Vec<u8>)>);

/// A mail as Outlook keeps it.
#[derive(Debug, Clone, Default)]
pub(super) struct Message {
    pub own: Object,
    pub attachments: Vec<Object>,
    /// Something in it was not read: a mail within, damaged properties.
    pub is_part_unread: bool,
}

impl Object {
    pub fn set(&mut self, id: u16, kind: u16, value: Vec<u8>) {
        if self.0.len() < PROPERTIES_MAX {
            self.0.insert(id, (kind, value));
        }
    }

    /// The octets of a property that is data.
    pub fn data(&self, id: u16) -> Option<&[u8]> {
        self.0.get(&id).filter(|(kind, _)| matches!(*kind, BINARY | OBJECT)).map(|(_, value)| value.as_slice())
    }

    /// A text, under the code page where it is not Unicode; None where there is none or it is blank.
    pub fn text(&self, id: u16, code_page: Option<u32>) -> Option<String> {
        let (kind, value) = self.0.get(&id)?;
        let text = match *kind {
            WIDE => wide(value),
            NARROW | BINARY => in_code_page(value, code_page),
            _ => return None,
        };
        // Each may end in a zero, and nothing behind one is shown.
        let text = text.split('\0').next().unwrap_or_default().to_owned();
        Some(text).filter(|text| !text.trim().is_empty())
    }

    pub fn number(&self, id: u16) -> Option<u32> {
        let (_, value) = self.0.get(&id).filter(|(kind, _)| *kind == NUMBER)?;
        value.get(..4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// A moment: tenths of microseconds since 1601 (MS-DTYP FILETIME).
    pub fn moment(&self, id: u16) -> Option<DateTime<Utc>> {
        let (_, value) = self.0.get(&id).filter(|(kind, _)| *kind == MOMENT)?;
        let ticks = i64::from_le_bytes(value.get(..8)?.try_into().ok()?);
        let start = Utc.with_ymd_and_hms(1601, 1, 1, 0, 0, 0).single()?;
        start.checked_add_signed(TimeDelta::microseconds(ticks / 10)).filter(|_| ticks > 0)
    }
}

impl Message {
    fn code_page(&self) -> Option<u32> {
        self.own.number(id::CODE_PAGE)
    }

    pub fn text(&self, id: u16) -> Option<String> {
        self.own.text(id, self.code_page())
    }

    pub fn of_attachment(&self, attachment: &Object, id: u16) -> Option<String> {
        attachment.text(id, self.code_page())
    }

    /// The mail's words: its plain text, or its page, whichever Outlook kept.
    pub fn body(&self) -> Body {
        if let Some(text) = self.text(id::BODY) {
            return Body::Plain(text);
        }
        if let Some(page) = self.text(id::HTML) {
            return Body::Page(page);
        }
        self.own.data(id::RTF).and_then(rtf::unpack).map_or(Body::None, |packed| rtf::read(&packed))
    }

    /// Who sent it: name and address. An address of Exchange's own kind (`/O=…`) is none.
    pub fn sender(&self) -> (String, String) {
        let by_type = |kind: u16, address: u16| {
            let smtp = self.text(kind).is_some_and(|kind| kind.eq_ignore_ascii_case("smtp"));
            self.text(address).filter(|_| smtp)
        };
        let address = self
            .text(id::REPRESENTED_SMTP)
            .or_else(|| by_type(id::REPRESENTED_TYPE, id::REPRESENTED_ADDRESS))
            .or_else(|| self.text(id::SENDER_SMTP))
            .or_else(|| by_type(id::SENDER_TYPE, id::SENDER_ADDRESS));
        let name = self.text(id::REPRESENTED_NAME).or_else(|| self.text(id::SENDER_NAME));
        (name.unwrap_or_default(), address.unwrap_or_default())
    }
}

/// The words of a mail in the form they were kept in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    Plain(String),
    Page(String),
    None,
}

/// Bytes under one of Windows' code pages; what the bytes look like where it is unknown.
pub(super) fn in_code_page(bytes: &[u8], code_page: Option<u32>) -> String {
    let label = match code_page {
        None => None,
        Some(65001 | 20127) => Some("utf-8".to_owned()),
        Some(page @ 28591..=28606) => Some(format!("iso-8859-{}", page - 28590)),
        Some(932) => Some("shift_jis".to_owned()),
        Some(936) => Some("gbk".to_owned()),
        Some(949) => Some("euc-kr".to_owned()),
        Some(950) => Some("big5".to_owned()),
        Some(page) => Some(format!("windows-{page}")),
    };
    match label {
        Some(label) => charset::decode(bytes, Some(&label)).text,
        None => charset::guess(bytes).text,
    }
}
