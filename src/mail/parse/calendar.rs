//! A calendar part in words: what, when, where and who, for mail that is nothing but an invitation. Reads the few
//! properties of RFC 5545 that a person looks at, line by line; it is no calendar. Pure.

use crate::mail::limits::CALENDAR_EVENTS_MAX;

/// Lines such as `Afspraak: …`, `Begin: …`; empty when there is no event in it.
pub(super) fn in_words(ics: &str) -> String {
    let unfolded = ics.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let (mut out, mut events, mut inside) = (String::new(), 0, false);
    for line in unfolded.lines() {
        let Some((head, value)) = split_property(line) else { continue };
        let name = head.split(';').next().unwrap_or_default().to_ascii_uppercase();
        match (&*name, value) {
            ("BEGIN", "VEVENT" | "VTODO") => {
                events += 1;
                inside = true;
            }
            ("END", "VEVENT" | "VTODO") => {
                inside = false;
                out.push('\n');
            }
            _ => {}
        }
        if events > CALENDAR_EVENTS_MAX {
            break;
        }
        if inside && let Some(words) = property(&name, head, value) {
            out.push_str(&words);
            out.push('\n');
        }
    }
    out.trim().to_owned()
}

/// Name with parameters, and value: the first colon outside quotes parts them (§3.1).
fn split_property(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    })?;
    Some((line.get(..colon.0)?, line.get(colon.0 + 1..)?))
}

fn property(name: &str, head: &str, value: &str) -> Option<String> {
    let text = || value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";");
    Some(match name {
        "SUMMARY" => format!("Afspraak: {}", text()),
        "DTSTART" => format!("Begin: {}", moment(head, value)?),
        "DTEND" | "DUE" => format!("Einde: {}", moment(head, value)?),
        "LOCATION" => format!("Plaats: {}", text()),
        "ORGANIZER" => format!("Organisator: {}", person(head, value)),
        "ATTENDEE" => format!("Deelnemer: {}", person(head, value)),
        "STATUS" if value.eq_ignore_ascii_case("cancelled") => "Status: geannuleerd".to_owned(),
        "DESCRIPTION" => format!("Omschrijving: {}", text()),
        _ => return None,
    })
}

/// `20261123T101500Z` as `23-11-2026 10:15 UTC`, with the zone where one is named.
fn moment(head: &str, value: &str) -> Option<String> {
    let date = format!("{}-{}-{}", value.get(6..8)?, value.get(4..6)?, value.get(..4)?);
    let zone = head.split(';').find_map(|p| p.strip_prefix("TZID=")).map(|z| format!(" ({})", z.trim_matches('"')));
    let zone = if value.ends_with('Z') { " UTC".to_owned() } else { zone.unwrap_or_default() };
    Some(match (value.get(9..11), value.get(11..13)) {
        (Some(hour), Some(minute)) => format!("{date} {hour}:{minute}{zone}"),
        _ => date,
    })
}

/// `CN` and address of an organiser or attendee.
fn person(head: &str, value: &str) -> String {
    let address = value.get(..7).filter(|m| m.eq_ignore_ascii_case("mailto:")).map_or(value, |m| &value[m.len()..]);
    match head.split(';').find_map(|p| p.strip_prefix("CN=")) {
        Some(name) if name.trim_matches('"') != address => format!("{} <{address}>", name.trim_matches('"')),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_says_what_when_and_who() {
        let ics = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Schade\\, \r\n taxatie\r\nDTSTART;TZID=Europe/Amsterdam:20261123T101500\r\n\
            DTEND:20261123T110000Z\r\nORGANIZER;CN=\"De Vries: Jan\":mailto:jan@voorbeeld.nl\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(
            in_words(ics),
            "Afspraak: Schade, taxatie\nBegin: 23-11-2026 10:15 (Europe/Amsterdam)\nEinde: 23-11-2026 11:00 UTC\n\
             Organisator: De Vries: Jan <jan@voorbeeld.nl>"
        );
    }

    #[test]
    fn what_is_no_calendar_says_nothing() {
        assert_eq!(in_words("Beste mensen: dit is tekst"), "");
        assert_eq!(in_words("BEGIN:VEVENT\nDTSTART:kort\nEND:VEVENT"), "");
    }
}
