//! What calendar programs send back for an appointment (RFC 5546 §3.2.3), with nothing of a person's in it. Pure.

use super::super::parse::Parsed;

/// "Jan de Boer heeft de uitnodiging geaccepteerd" has no more words.
const LINE_WORDS_MAX: usize = 12;

/// A calendar's REPLY, and no text beside what its program puts there. A COMMENT in it is a person's.
pub(super) fn is_answer(parsed: &Parsed, reply: &str) -> bool {
    let calendars =
        parsed.leaves.iter().filter(|leaf| matches!(&*leaf.media_type, "text/calendar" | "application/ics"));
    let calendars: Vec<String> = calendars.map(|leaf| String::from_utf8_lossy(&leaf.content).into_owned()).collect();
    let says = |text: &String, wanted: &str| text.lines().any(|line| line.trim().eq_ignore_ascii_case(wanted));
    let comments =
        |text: &String| text.lines().any(|line| line.get(..7).is_some_and(|name| name.eq_ignore_ascii_case("comment")));
    let is_reply = calendars.iter().any(|text| says(text, "METHOD:REPLY"));
    is_reply && !calendars.iter().any(comments) && is_of_program(reply, &calendars)
}

fn is_of_program(reply: &str, calendars: &[String]) -> bool {
    reply.lines().map(str::trim).filter(|line| !line.is_empty()).all(|line| {
        let lower = line.to_lowercase();
        is_value(line, calendars) || is_label(&lower) || says_answer(&lower)
    })
}

/// The line stands in the calendar too: the program repeats title and place.
fn is_value(line: &str, calendars: &[String]) -> bool {
    let is_it = |property: &str| property.split_once(':').is_some_and(|(_, value)| value.trim() == line);
    calendars.iter().any(|text| text.lines().any(is_it))
}

/// A line that begins with what such programs name.
fn is_label(lower: &str) -> bool {
    const LABELS: [&str; 26] = [
        "afspraak:",
        "begin:",
        "einde:",
        "plaats:",
        "organisator:",
        "deelnemer:",
        "omschrijving:",
        "wanneer:",
        "waar:",
        "wie:",
        "agenda:",
        "when:",
        "where:",
        "who:",
        "calendar:",
        "joining",
        "wann:",
        "wo:",
        "wer:",
        "kalender:",
        "quand:",
        "où :",
        "qui :",
        "invitation from google",
        "uitnodiging van google",
        "einladung von google",
    ];
    LABELS.iter().any(|label| lower.starts_with(label))
}

/// The one sentence in which the program says what was answered.
fn says_answer(lower: &str) -> bool {
    const SAID: [&str; 24] = [
        "heeft de uitnodiging",
        "heeft deze uitnodiging",
        "heeft uw uitnodiging",
        "heeft de vergadering",
        "heeft geaccepteerd",
        "has accepted this",
        "has accepted the",
        "has accepted your",
        "has declined this",
        "has declined the",
        "has declined your",
        "has tentatively accepted",
        "accepted this",
        "declined this",
        "hat diese einladung",
        "hat die einladung",
        "hat ihre einladung",
        "hat den termin",
        "a accepté",
        "a refusé",
        "ha aceptado",
        "ha rechazado",
        "ha accettato",
        "ha rifiutato",
    ];
    SAID.iter().any(|said| lower.contains(said)) && lower.split_whitespace().nth(LINE_WORDS_MAX).is_none()
}
