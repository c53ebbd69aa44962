//! What a calendar program needs of an entry, what strangers may put into one, and what comes back.

use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

fn write(change: impl FnOnce(&mut CalendarEntry<'_>)) -> String {
    let desk = Address::parse("klachten@voorbeeld.nl").unwrap();
    let handler = Address::parse("petra+werk@voorbeeld.nl").unwrap();
    let uid = uid("K-2026-000123".parse().unwrap(), "7", &desk);
    let mut entry = CalendarEntry {
        method: Method::Request,
        uid: &uid,
        sequence: 0,
        stamp: at("2026-11-24T09:00:00.123Z"),
        start: at("2026-11-27T13:00:00Z"),
        end: at("2026-11-27T13:15:00Z"),
        summary: "Garage bellen",
        description: "Klacht K-2026-000123",
        organizer: &desk,
        organizer_name: "Voorbeeld Lease",
        attendee: &handler,
        alarm_minutes: 15,
    };
    change(&mut entry);
    entry.write()
}

/// The content lines, put together again.
fn unfolded(object: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in object.trim_start_matches('\u{feff}').lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(begun)) => begun.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// `NAME;PARAMETERS:value`; a colon or semicolon within quotation marks separates nothing.
fn property(line: &str) -> Option<(String, &str, &str)> {
    let mut quoted = false;
    let colon = line.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    let (head, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    Some((name.trim().to_uppercase(), parameters, value))
}

/// A value of type TEXT read back; the reverse of `text`.
fn unescaped(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => plain.extend(chars.next().map(|c| if matches!(c, 'n' | 'N') { '\n' } else { c })),
            _ => plain.push(c),
        }
    }
    plain
}

/// The values of a property, as a calendar program would read them.
fn values(object: &str, wanted: &str) -> Vec<String> {
    let lines = unfolded(object);
    let found = lines.iter().filter_map(|line| property(line)).filter(|(name, ..)| name == wanted);
    found.map(|(.., value)| unescaped(value)).collect()
}

#[test]
fn an_item_is_written_as_the_standard_asks() {
    assert_eq!(
        write(|entry| entry.summary = "Garage bellen: remmen, banden; a\\b").replace("\r\n", "\n"),
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//klachtpost//klachtpost//NL\nCALSCALE:GREGORIAN\nMETHOD:REQUEST\n\
         BEGIN:VEVENT\nUID:agenda-7-K-2026-000123@voorbeeld.nl\nSEQUENCE:0\nDTSTAMP:20261124T090000Z\n\
         DTSTART:20261127T130000Z\nDTEND:20261127T131500Z\nSUMMARY:Garage bellen: remmen\\, banden\\; a\\\\b\n\
         DESCRIPTION:Klacht K-2026-000123\nORGANIZER;CN=\"Voorbeeld Lease\":mailto:klachten@voorbeeld.nl\n\
         ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=\n TRUE:mailto:petra+werk@voorbeeld.nl\n\
         TRANSP:OPAQUE\nSTATUS:CONFIRMED\nBEGIN:VALARM\nACTION:DISPLAY\n\
         DESCRIPTION:Garage bellen: remmen\\, banden\\; a\\\\b\nTRIGGER:-PT15M\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n"
    );
}

#[test]
fn a_cancellation_has_the_same_uid_a_higher_sequence_and_no_alarm() {
    let cancelled = write(|entry| {
        entry.method = Method::Cancel;
        entry.sequence = 2;
    });
    assert_eq!(values(&cancelled, "UID"), values(&write(|_| {}), "UID"));
    assert_eq!(
        (values(&cancelled, "METHOD"), values(&cancelled, "SEQUENCE")),
        (vec!["CANCEL".into()], vec!["2".into()])
    );
    assert_eq!(values(&cancelled, "STATUS"), ["CANCELLED"]);
    assert!(!cancelled.contains("VALARM") && !cancelled.contains("RSVP"));
}

#[test]
fn an_item_never_ends_before_it_begins() {
    let object = write(|entry| entry.end = at("2026-11-27T12:00:00Z"));
    assert_eq!(values(&object, "DTEND"), ["20261127T130000Z"]);
}

#[test]
fn line_ends_in_a_summary_make_no_line_of_their_own() {
    let attack = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\nATTENDEE:mailto:evil@x.nl\u{2028}METHOD:CANCEL\u{85}y";
    let object = write(|entry| {
        entry.summary = attack;
        entry.description = attack;
        entry.organizer_name = "a\":mailto:evil@x.nl\r\nMETHOD:CANCEL";
        entry.uid = attack;
    });
    let components = object.lines().filter(|line| line.starts_with("BEGIN:")).count();
    assert_eq!((components, values(&object, "METHOD")), (3, vec!["REQUEST".to_owned()]));
    assert_eq!(values(&object, "ATTENDEE"), ["mailto:petra+werk@voorbeeld.nl"]);
    assert_eq!(values(&object, "ORGANIZER"), ["mailto:klachten@voorbeeld.nl"]);
}

#[test]
fn an_address_ends_where_it_ends() {
    let odd = Address::parse("a?cc=b&c#d%e@voorbeeld.nl").unwrap();
    let object = write(|entry| entry.organizer = Box::leak(Box::new(odd)));
    assert_eq!(values(&object, "ORGANIZER"), ["mailto:a%3Fcc=b%26c%23d%25e@voorbeeld.nl"]);
}

#[test]
fn the_largest_item_stays_small() {
    let long = "é\\;\n".repeat(100_000);
    let object = write(|entry| (entry.summary, entry.description) = (&*long.clone().leak(), &*long.clone().leak()));
    assert!(object.len() < 20_000, "{}", object.len());
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_whole(summary in "\\PC{0,100}", description in "(\\PC|\n){0,300}") {
        let object = write(|entry| (entry.summary, entry.description) = (summary.clone().leak(), description.clone().leak()));
        let cleaned = clean::line(&summary, SUMMARY_CHARS_MAX);
        prop_assert_eq!(values(&object, "SUMMARY"), [cleaned.clone()]);
        prop_assert_eq!(values(&object, "DESCRIPTION"), [clean::text(&description), cleaned]);
    }

    #[test]
    fn lines_are_short_and_end_as_they_should_whatever_the_text(summary in any::<String>(), description in any::<String>()) {
        let object = write(|entry| (entry.summary, entry.description) = (summary.clone().leak(), description.clone().leak()));
        prop_assert!(object.ends_with("END:VCALENDAR\r\n"));
        for line in object.split_terminator("\r\n") {
            prop_assert!(line.len() <= LINE_OCTETS_MAX && !line.contains(['\r', '\n']), "{:?}", line);
        }
        prop_assert_eq!(object.matches("\r\nBEGIN:").count(), 2);
    }
}
