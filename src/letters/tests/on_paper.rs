//! Letters on paper as they leave: what stands on the sheet, read back with Debian's `pdftotext` (poppler-utils), and what
//! the door lets through (§2.3, invariant 7).

use super::*;
use crate::desk::draft::{Answer, Paper, Sheet};
use crate::letters::paper::tests::text_of;
use mail_parser::MimeHeaders;

const NOTE: &str = "Klant dreigt met advocaat, niet meer dan € 300 bieden.";

fn paper(language: Language, sheet: Sheet) -> Draft {
    let Content::Paper(sample) = first(LetterKind::Paper, Language::Dutch).content else { unreachable!() };
    sample::draft(
        Language::Dutch,
        Content::Paper(Box::new(Paper { sheet, language, department_title: sample::title(language), ..*sample })),
    )
}

fn answer(text: &str) -> Draft {
    paper(Language::Dutch, Sheet::Answer(Answer { text: text.to_owned(), signed_by: None }))
}

fn pdf(letter: &Letter) -> Vec<u8> {
    let message = parsed(&letter.bytes);
    let part = message.parts.iter().find(|part| part.is_content_type("application", "pdf")).unwrap();
    assert!(part.attachment_name().unwrap().starts_with("K-2026-000123 "));
    part.contents().to_vec()
}

/// What a reader of the sheet reads, its lines joined.
fn sheet(draft: &Draft, house: &House) -> String {
    text_of(&pdf(&write_for(draft, house))).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_sheet_is_whole_and_nothing_on_it_is_staffs() {
    let greetings = ["Met vriendelijke groet", "Kind regards", "Mit freundlichen Grüßen", "Cordialement"];
    for (language, words) in Language::ALL.into_iter().zip(greetings) {
        let Content::Acknowledgement(acknowledgement) = first(LetterKind::Acknowledgement, language).content else {
            unreachable!()
        };
        let closing = sample::paper::closing(language);
        for kind in [Sheet::Acknowledgement(acknowledgement), Sheet::Closing(closing)] {
            let draft = paper(language, kind);
            let shown = sheet(&draft, &sample::house());
            let whole = ["Voorbeeld Lease", "Postbus 100", "Şirin Özgür-Łukasz", "Coöperatiehof 12-b", "K-2026-000123"];
            for wanted in whole.into_iter().chain([words, "033 123 45 67"]) {
                assert!(shown.contains(wanted), "{wanted} is not in {shown}");
            }
            assert!(!shown.contains(MARKER) && !shown.contains('#') && !shown.contains('@'), "{shown}");
            assert!(sample::keys().find(&shown).is_none() && !shown.contains("kp."), "{shown}");
            assert_eq!(write(&draft).bytes, write(&draft).bytes);
        }
    }
}

#[test]
fn the_confirmation_on_paper_says_all_it_must() {
    let days = ["22 november 2027", "22 November 2027", "22. November 2027", "22 novembre 2027"];
    for (language, until) in Language::ALL.into_iter().zip(days) {
        let shown = sheet(&paper(language, Sheet::Closing(sample::paper::closing(language))), &sample::house());
        let committee = "Geschillencommissie Keurmerk Private Lease";
        for wanted in [
            until,
            committee,
            "€ 52,50",
            "https://www.degeschillencommissie.nl/",
            "https://www.keurmerkprivatelease.nl/",
            "240",
            "Kras op mijn leaseauto",
            &until.replace("2027", "2026"),
        ] {
            assert!(shown.to_lowercase().contains(&wanted.to_lowercase()), "{wanted} is not in {shown}");
        }
    }
}

#[test]
fn an_answer_on_paper_is_what_staff_typed_with_its_attachments_named() {
    let mut draft = answer("Beste mevrouw,\n\nWoensdag is de kras weg.\n\nGroet,\nPieter 👍");
    draft.carried = vec![bytes::carried("../offerte.pdf", "application/pdf", b"x").0];
    let shown = sheet(&draft, &sample::house());
    assert!(shown.contains("Beste mevrouw, Woensdag is de kras weg. Groet, Pieter \u{FFFD}"), "{shown}");
    assert!(shown.contains("Bijlage: – _offerte.pdf") && !shown.contains("vriendelijke groet"), "{shown}");
    let Read { text, letter, .. } = read(&draft);
    assert_eq!(letter.carried.len(), 1);
    assert!(text.contains("Print de brief en de bijlagen") && text.contains("- _offerte.pdf (1 bytes)"), "{text}");
    assert!(text.contains("Sommige tekens kan de brief niet laten zien"), "{text}");
    assert!(!read(&answer("Gewone tekst, Şirin € 5.")).text.contains("Sommige tekens"));
}

#[test]
fn attachments_too_large_to_send_along_are_named_to_who_prints() {
    let mut draft = answer("Zie de bijlage.");
    draft.carried = vec![bytes::carried("video.mp4", "video/mp4", &[1; 400_000]).0];
    let small = House { max_message_bytes: 200_000, ..sample::house() };
    let letter = write_for(&draft, &small);
    let text = parsed(&letter.bytes).body_text(0).unwrap().into_owned();
    assert!(letter.carried.is_empty() && text.contains("- video.mp4 (400 kB)"), "{text}");
}

#[test]
fn a_letter_that_is_read_days_later_promises_no_moment_that_is_past_by_then() {
    let Content::Acknowledgement(sample) = first(LetterKind::Acknowledgement, Language::Dutch).content else {
        unreachable!()
    };
    let aim = |hours| {
        let due = Due { resolve: sample::now() + TimeDelta::hours(hours), ..sample.due };
        let content = Sheet::Acknowledgement(Acknowledgement { due, ..sample.clone() });
        sheet(&paper(Language::Dutch, content), &sample::house())
    };
    let (soon, later) = (aim(47), aim(56));
    assert!(soon.contains("U hoort zo snel mogelijk van ons.") && !soon.contains("Ons doel"), "{soon}");
    assert!(later.contains("uiterlijk woensdag 25 november 2026 om 17.30 uur"), "{later}");
    assert!(!later.contains("eerste inhoudelijke reactie"), "its hour would be past: {later}");
}

#[test]
fn without_a_letterhead_the_companys_name_and_the_complaints_address_must_do() {
    let bare = House { letterhead: None, ..sample::house() };
    let shown = sheet(&paper(Language::Dutch, Sheet::Closing(sample::paper::closing(Language::Dutch))), &bare);
    assert!(shown.contains("Voorbeeld Lease") && shown.contains("via klachten@voorbeeld.example"), "{shown}");
    assert!(!shown.contains("Retouradres") && !shown.contains("adres hierboven"), "{shown}");
}

#[test]
fn the_door_reads_the_sheet() {
    let keys = sample::keys();
    let draft = answer("");
    let token = keys.write(&Token { case: draft.case, side: Side::Staff, letter: draft.id });
    let at_the_door = |text: &str| {
        door(&write(&answer(text)), &Internal { keys: &sample::keys(), notes: &[NOTE.to_owned()], customers: &[] })
    };
    assert_eq!(at_the_door("Wij betalen de schade.\n\nGroet, Jan"), Ok(()));
    assert_eq!(at_the_door(&format!("Kenmerk: {token}")), Err(HeldBecause::StaffToken));
    assert_eq!(at_the_door(&format!("> {MARKER}")), Err(HeldBecause::Marker));
    for note in [NOTE.to_owned(), NOTE.replace(' ', "\n> "), NOTE.replace("met", "m\u{200b}e\u{ad}t")] {
        assert_eq!(at_the_door(&format!("Beste mevrouw,\n\n{note}")), Err(HeldBecause::Note), "{note}");
    }
}

#[test]
fn as_long_a_text_as_the_desk_lets_through_is_printed() {
    for text in ["W".repeat(34) + "\n", "kort\n\n".to_owned(), "日本 ".repeat(11) + "\n"] {
        let lines = 800 / text.matches('\n').count();
        write(&answer(&text.repeat(lines)));
    }
}
