//! Files made for a letter, read back by a mail parser.

use super::*;
use crate::desk::draft::Enclosed;
use mail_parser::MimeHeaders;

fn file(name: &str, media_type: &str, content: &[u8]) -> Enclosed {
    Enclosed { name: name.to_owned(), media_type: media_type.to_owned(), content: content.to_vec() }
}

/// Type with parameters, file name and content of every part that is no container.
fn parts(bytes: &[u8]) -> Vec<(String, Option<String>, Vec<u8>)> {
    let message = parsed(bytes);
    let plain = message.parts.iter().filter(|part| !part.is_multipart());
    let kind = |part: &mail_parser::MessagePart<'_>| {
        let stated = part.content_type().unwrap();
        let method = stated.attribute("method").map_or_else(String::new, |method| format!("; method={method}"));
        format!("{}/{}{method}", stated.ctype(), stated.subtype().unwrap_or_default())
    };
    plain.map(|part| (kind(part), part.attachment_name().map(str::to_owned), part.contents().to_vec())).collect()
}

#[test]
fn an_invitation_is_an_alternative_of_the_text_and_a_file() {
    let draft = first(LetterKind::Agenda, Language::Dutch);
    let letter = write(&draft);
    let parts = parts(&letter.bytes);
    let seen: Vec<_> = parts.iter().map(|(kind, name, _)| (kind.as_str(), name.as_deref())).collect();
    assert_eq!(
        seen,
        [
            ("text/plain", None),
            ("text/html", None),
            ("text/calendar; method=REQUEST", None),
            ("application/ics", Some("K-2026-000123.ics")),
        ]
    );
    // Outlook takes no invitation that is not within the alternatives; the line ends of RFC 5545 must stay.
    let message = parsed(&letter.bytes);
    let alternatives = message.parts.iter().find(|part| part.is_content_type("multipart", "alternative")).unwrap();
    assert_eq!(alternatives.sub_parts().map(<[_]>::len), Some(3));
    assert!(parts[2].2 == parts[3].2 && parts[2].2.starts_with(b"BEGIN:VCALENDAR\r\n"));
}

#[test]
fn other_files_stand_beside_the_attachments_that_go_along() {
    let workbook: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    let plain_calendar = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
    let mut draft = first(LetterKind::Notification, Language::Dutch);
    let table = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    draft.enclosed = vec![
        file("../klachten \"x\".xlsx", table, &workbook),
        file("agenda.ics", "text/calendar; charset=utf-8", plain_calendar),
        file("vreemd.bin", "no type\r\nBcc: x@y.example", b"\0"),
    ];
    let one = bytes::carried("foto.jpg", "image/jpeg", b"jpeg");
    draft.carried = vec![one.0.clone()];
    let whole = assemble(&write(&draft).bytes, &[one]).unwrap();
    let parts = parts(&whole);
    let names: Vec<_> = parts.iter().filter_map(|(_, name, _)| name.as_deref()).collect();
    assert_eq!(names, ["_klachten _x_.xlsx", "agenda.ics", "vreemd.bin", "foto.jpg"]);
    let kinds: Vec<_> = parts.iter().map(|(kind, ..)| kind.as_str()).collect();
    assert_eq!(kinds, ["text/plain", "text/html", table, "text/calendar", "application/octet-stream", "image/jpeg"]);
    assert!(parts[2].2 == workbook && parts[3].2 == plain_calendar && parts[5].2 == b"jpeg");
    assert!(!String::from_utf8_lossy(&whole).contains("\r\nBcc"));
}

#[test]
fn what_was_made_for_the_letter_counts_in_its_size() {
    let house = House { max_message_bytes: 120_000, ..sample::house() };
    let mut draft = first(LetterKind::Escalation, Language::Dutch);
    let one = bytes::carried("foto.jpg", "image/jpeg", &[1; 40_000]);
    draft.carried = vec![one.0];
    assert_eq!(write_for(&draft, &house).carried.len(), 1);
    draft.enclosed = vec![file("tabel.csv", "text/csv", &[2; 30_000])];
    let letter = write_for(&draft, &house);
    assert!(letter.carried.is_empty() && letter.bytes.len() as u64 <= house.max_message_bytes);
    // The supervisor reads that there is more.
    let text = parsed(&letter.bytes).body_text(0).unwrap().into_owned();
    assert!(text.contains("- foto.jpg (40 kB)"), "{text}");
    draft.enclosed = vec![file("tabel.csv", "text/csv", &[2; 90_000])];
    let refused = LETTERS.render(&draft, &house, &sample::keys(), sample::now());
    assert!(matches!(refused, Err(RenderError::TooLarge { max: 120_000, .. })));
}
