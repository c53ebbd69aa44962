//! An agenda item as a calendar entry (RFC 5545) sent by mail (iTIP, RFC 5546). What calendar programs send back is
//! filed by the desk. Pure: the moment of writing comes in as an argument.
//!
//! An item keeps its UID for life; moving it sends REQUEST, dropping it CANCEL, each with a higher SEQUENCE
//! (RFC 5546 §2.1.4). Times are written in UTC, so that no VTIMEZONE is needed and every program agrees.

use super::{House, clean};
use crate::case::{Address, CaseNumber, Moment};
use crate::desk::draft::{AgendaStage, Content, Draft, Enclosed};
use chrono::TimeDelta;
use std::fmt::Write;

/// Octets of one line without its line end (RFC 5545 §3.1).
const LINE_OCTETS_MAX: usize = 75;
/// What a calendar shows of the title without opening the item.
const SUMMARY_CHARS_MAX: usize = 120;
/// The notes of the item; the case itself is in the notification.
const DESCRIPTION_CHARS_MAX: usize = 2_000;

/// What the recipient's calendar is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Add the item, or move it.
    Request,
    /// Take it out.
    Cancel,
}

/// One agenda item of a case (§2.4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEntry<'a> {
    pub method: Method,
    /// See [`uid`].
    pub uid: &'a str,
    /// 0 first, one more with each change (RFC 5545 §3.8.7.4).
    pub sequence: u32,
    /// When this is written.
    pub stamp: Moment,
    pub start: Moment,
    /// After `start`; else the item has no length.
    pub end: Moment,
    pub summary: &'a str,
    pub description: &'a str,
    /// The desk, which gets the replies.
    pub organizer: &'a Address,
    pub organizer_name: &'a str,
    /// The handler.
    pub attendee: &'a Address,
    /// Minutes before the start at which the calendar rings.
    pub alarm_minutes: u32,
}

/// The UID of an agenda item: the same for life, and nobody else's (RFC 7986 §5.3).
#[must_use]
pub fn uid(case: CaseNumber, item: &str, desk: &Address) -> String {
    format!("agenda-{item}-{case}@{}", desk.domain())
}

/// How long an agenda item takes in a calendar: long enough to be seen there.
const ITEM_MINUTES: i64 = 30;
/// The calendar rings this long before.
const ALARM_MINUTES: u32 = 15;

/// The entry that goes with a letter about an agenda item; a reminder needs none.
pub(super) fn enclosed(draft: &Draft, house: &House, now: Moment) -> Option<Enclosed> {
    let Content::Agenda(agenda) = &draft.content else { return None };
    let method = match agenda.stage {
        AgendaStage::Set => Method::Request,
        AgendaStage::Cancelled => Method::Cancel,
        AgendaStage::Due => return None,
    };
    let number = draft.case?;
    let entry = CalendarEntry {
        method,
        uid: &uid(number, &agenda.id, &house.desk_address),
        sequence: agenda.sequence,
        stamp: now,
        start: agenda.at,
        end: agenda.at + TimeDelta::minutes(ITEM_MINUTES),
        summary: &format!("{number}: {}", agenda.text),
        description: &format!("{number}, {}: {}", draft.topic.customer, draft.topic.subject),
        organizer: &house.desk_address,
        organizer_name: &house.company,
        attendee: &draft.to,
        alarm_minutes: ALARM_MINUTES,
    };
    Some(Enclosed {
        name: format!("{number}.ics"),
        media_type: format!("text/calendar; method={}; charset=utf-8", method.name()),
        content: entry.write().into_bytes(),
    })
}

impl Method {
    /// As it stands in the object, and in the `method` parameter of its Content-Type (RFC 6047 §2.4).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

impl CalendarEntry<'_> {
    /// The calendar object: folded lines, CRLF, UTF-8. To be sent as `text/calendar; charset=utf-8; method=…`.
    #[must_use]
    pub fn write(&self) -> String {
        let mut object = Object::default();
        object.line("BEGIN:VCALENDAR");
        object.line("VERSION:2.0");
        object.line("PRODID:-//klachtpost//klachtpost//NL");
        object.line("CALSCALE:GREGORIAN");
        object.line(&format!("METHOD:{}", self.method.name()));
        object.line("BEGIN:VEVENT");
        object.line(&format!("UID:{}", text(self.uid)));
        object.line(&format!("SEQUENCE:{}", self.sequence));
        object.line(&format!("DTSTAMP:{}", utc(self.stamp)));
        object.line(&format!("DTSTART:{}", utc(self.start)));
        object.line(&format!("DTEND:{}", utc(self.end.max(self.start))));
        let summary = clean::line(self.summary, SUMMARY_CHARS_MAX);
        object.line(&format!("SUMMARY:{}", text(&summary)));
        object.line(&format!("DESCRIPTION:{}", text(&clean::shortened(self.description, DESCRIPTION_CHARS_MAX).0)));
        let organizer = parameter(&clean::line(self.organizer_name, clean::NAME_CHARS_MAX));
        object.line(&format!("ORGANIZER;CN=\"{organizer}\":{}", cal_address(self.organizer)));
        object.line(&self.attendee());
        object.line("TRANSP:OPAQUE");
        match self.method {
            Method::Request => {
                object.line("STATUS:CONFIRMED");
                object.line("BEGIN:VALARM");
                object.line("ACTION:DISPLAY");
                object.line(&format!("DESCRIPTION:{}", text(&summary)));
                object.line(&format!("TRIGGER:-PT{}M", self.alarm_minutes));
                object.line("END:VALARM");
            }
            // No alarm in a cancellation (RFC 5546 §3.2.5).
            Method::Cancel => object.line("STATUS:CANCELLED"),
        }
        object.line("END:VEVENT");
        object.line("END:VCALENDAR");
        object.0
    }

    fn attendee(&self) -> String {
        let address = cal_address(self.attendee);
        let asked = match self.method {
            Method::Request => ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE",
            Method::Cancel => "",
        };
        format!("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT{asked}:{address}")
    }
}

/// The lines written so far.
#[derive(Default)]
struct Object(String);

impl Object {
    /// One content line, folded between characters (RFC 5545 §3.1). Line ends within it are taken out, whatever the
    /// caller did.
    fn line(&mut self, content: &str) {
        let mut octets = 0;
        for c in content.chars().filter(|c| !c.is_control()) {
            if octets + c.len_utf8() > LINE_OCTETS_MAX {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// A value of type TEXT (RFC 5545 §3.3.11).
fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Within a quoted parameter a quotation mark cannot stand (RFC 5545 §3.2).
fn parameter(value: &str) -> String {
    value.replace('"', "'")
}

/// `mailto:` with the characters encoded that would end the address in a URI (RFC 6068 §2).
fn cal_address(address: &Address) -> String {
    let mut uri = String::from("mailto:");
    for c in address.as_str().chars() {
        match c {
            // Writing to a String does not fail.
            '%' | '?' | '#' | '&' | '/' => drop(write!(uri, "%{:02X}", u32::from(c))),
            _ => uri.push(c),
        }
    }
    uri
}

/// `20261124T130000Z`.
fn utc(moment: Moment) -> String {
    moment.format("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests;
