//! What the clerk promises: the door holds, what cannot be written is told, a receipt is true, machines are capped.

use super::super::office::Office;
use super::*;
use crate::case::{CaseNumber, Channel, Customer, Language, LetterId, Opened, Token, Unwritable, Why};
use crate::clock::Clock;
use crate::config;
use crate::desk::caps::{ANSWERS_TO_STAFF_PER_HOUR_MAX, Count, Stranger, TO_CUSTOMER_PER_HOUR_MAX};
use crate::desk::draft::{Carried, Source};
use crate::desk::{Arrival, CaseFile, Disposition, Incoming, Snapshot, on_mail, understand};
use crate::mail::{self, MARKER};
use crate::register::Identity;
use std::path::Path;

const KLANT: &str = "klant@prive.example";
const JAN: &str = "jan@lease.example";
const NOTE: &str = "Klant dreigt met een advocaat, niet meer dan 300 euro bieden";
const NUMBER: CaseNumber = CaseNumber { year: 2026, serial: 7 };

fn stranger() -> Option<Stranger> {
    Some(Stranger { address: Address::parse(KLANT).unwrap(), proof: mail::SenderProof::Proven })
}

fn now() -> Moment {
    "2026-03-05T09:00:00Z".parse().unwrap()
}

async fn office(folder: &Path) -> Office {
    let settings = format!(
        r#"
[desk]
name = "Voorbeeld Lease"
address = "klachten@lease.example"
secret = "een geheim van de proef, lang genoeg om te tellen"
[mailbox]
kind = "maildir"
path = "in"
accept_unproven_staff = true
[sender]
kind = "maildir"
path = "out"
max_message_bytes = 1048576
[register]
url = "sqlite:{}"
[[department]]
name = "schade"
title = "Schade en verzekering"
address = "schade@lease.example"
supervisor = "chef@lease.example"
staff = ["{JAN}"]
fallback = true
"#,
        folder.join("proef.db").display()
    );
    Office::open(config::from_toml(&settings, "proef.toml").unwrap(), Clock::at(now())).await.unwrap()
}

fn file(office: &Office) -> CaseFile {
    let opened = Opened {
        channel: Channel::Email,
        customer: Customer {
            name: "Karin Klant".into(),
            address: Address::parse(KLANT).ok(),
            phone: None,
            postal: Vec::new(),
        },
        subject: "Kras op de deur".into(),
        text: "Er zit een kras op de deur.".into(),
        language: Language::Dutch,
        department: "schade".into(),
        routing: Why::Fallback,
        received_at: now(),
        due: office.rules.due(now()),
        message_id: None,
        references: Vec::new(),
        mailbox: None,
    };
    CaseFile { notes: vec![NOTE.to_owned()], ..CaseFile::of(Case::open(NUMBER, now(), &opened)) }
}

fn staff_token(office: &Office) -> String {
    let letter = LetterId::from_random([1; 8]);
    office.rules.keys.write(&Token { case: Some(NUMBER), side: Side::Staff, letter })
}

/// What is decided on a mail; on a reply of staff to case 7 when it comes from them.
fn decided(office: &Office, from: &str, text: &str, file: Option<&CaseFile>, fresh: &mut Fresh) -> Decided {
    let answers = file.map(|_| format!("In-Reply-To: <{}@lease.example>\r\n", staff_token(office))).unwrap_or_default();
    let raw = format!(
        "From: {from}\r\nTo: klachten@lease.example\r\nSubject: Kras\r\n{answers}\r\n{}\r\n",
        text.replace('\n', "\r\n")
    );
    let mail = mail::read(raw.as_bytes(), "");
    let letter_kind = file.map(|_| LetterKind::Notification);
    let known = Snapshot { file: file.cloned(), letter_kind, next_serial: 8, ..Snapshot::default() };
    let incoming = Incoming { id: 42, mail: &mail, received_at: now(), from_junk: false, arrival: Arrival::New };
    let decision =
        on_mail(&incoming, &understand(&incoming, &office.rules, now()), &known, &office.rules, now(), fresh);
    let identity = Identity { message_id: String::new(), content_hash: String::new() };
    Decided { file: file.cloned(), ..Decided::on_mail(42, identity, decision, &office.rules.mailbox) }
}

/// Renders and writes a decision's letters, as a step of work does.
fn write(decided: &mut Decided, counts: &Counts, office: &Office, fresh: &mut Fresh) -> Vec<Outgoing> {
    let stationery = office.stationery(now());
    let rendered = render(decided, &stationery);
    super::write(decided, rendered, &mut counts.clone(), &stationery, fresh)
}

fn none() -> Counts {
    Counts::default()
}

/// The letters, as (kind, recipient, why held).
fn shown(letters: &[Outgoing]) -> Vec<(LetterKind, &str, Option<&str>)> {
    letters.iter().map(|o| (o.letter.kind, o.letter.to.as_str(), o.held_because.as_deref())).collect()
}

fn kinds(decided: &Decided) -> Vec<&'static str> {
    decided.decision.events.iter().map(|event| event.what.name()).collect()
}

#[tokio::test]
async fn an_answer_goes_out_with_its_receipt_bound_to_the_department() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path()).await;
    let (file, mut fresh) = (file(&office), Fresh::new([1; 32]));
    let mut done = decided(&office, JAN, "Wij betalen.", Some(&file), &mut fresh);
    let letters = write(&mut done, &none(), &office, &mut fresh);
    assert_eq!(shown(&letters), [(LetterKind::Answer, KLANT, None), (LetterKind::Receipt, JAN, None)]);
    assert_eq!((letters[0].department.as_str(), letters[1].department.as_str()), ("", "schade"));
    assert_eq!(kinds(&done), ["handler_set", "answered", "letter_written", "letter_written"]);
}

#[tokio::test]
async fn what_is_internal_is_held_at_the_door_and_the_handler_alarmed() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path()).await;
    let file = file(&office);
    let token = staff_token(&office);
    let own_note = "#intern Klant kreeg in 2024 ook al coulance\n#afgehandeld\nU krijgt niets: klant kreeg in 2024 ook al coulance";
    for text in [format!("Beste Karin,\n\n{NOTE}"), format!("Ref {token} hoort hierbij"), own_note.to_owned()] {
        let mut fresh = Fresh::new([1; 32]);
        let mut done = decided(&office, JAN, &text, Some(&file), &mut fresh);
        assert!(
            !done.decision.letters.is_empty() && done.decision.letters[0].side == Side::Customer,
            "{text}: {done:?}"
        );
        let letters = write(&mut done, &none(), &office, &mut fresh);
        let held = letters.iter().find(|o| o.letter.side == Side::Customer).unwrap();
        assert!(held.held_because.as_ref().is_some_and(|reason| reason != "cap"), "{text}");
        assert!(letters.iter().any(|o| o.letter.kind == LetterKind::Alarm && o.letter.to.as_str() == JAN), "{text}");
        assert!(kinds(&done).contains(&"letter_fate"), "{text}");
        // The receipt must not say that it went out.
        let receipt = letters.iter().find(|o| o.letter.kind == LetterKind::Receipt);
        assert_eq!(receipt.is_some(), text == own_note, "{text}");
        assert!(receipt.is_none_or(|o| !String::from_utf8_lossy(&o.letter.bytes).contains("gesloten")), "{text}");
    }
}

#[tokio::test]
async fn the_marker_is_held_too() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path()).await;
    let (file, mut fresh) = (file(&office), Fresh::new([1; 32]));
    let mut done = decided(&office, JAN, "Wij betalen.", Some(&file), &mut fresh);
    if let Content::Answer(answer) = &mut done.decision.letters[0].content {
        answer.text = format!("Wij betalen.\n{MARKER}\nDe klant schrijft");
    }
    let letters = write(&mut done, &none(), &office, &mut fresh);
    assert!(letters[0].held_because.is_some());
}

#[tokio::test]
async fn a_note_is_met_at_the_door_also_between_the_quotes_it_answers() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path()).await;
    let mut file = file(&office);
    file.notes = vec![format!("{NOTE}\n> Er zit een kras op de deur.\nDat was er al voor de levering")];
    for (text, is_held) in
        [(NOTE, true), ("Dat was er al voor de levering", true), ("Er zit een kras op de deur.", false)]
    {
        let mut fresh = Fresh::new([1; 32]);
        let mut done = decided(&office, JAN, text, Some(&file), &mut fresh);
        let letters = write(&mut done, &none(), &office, &mut fresh);
        assert_eq!(letters[0].held_because.is_some(), is_held, "{text}");
    }
}

#[tokio::test]
async fn a_letter_that_cannot_be_written_is_told_to_handler_and_sender_and_the_mail_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path()).await;
    let mut file = file(&office);
    file.case.handler = Address::parse(JAN).ok();
    let mut fresh = Fresh::new([1; 32]);
    let mut done = decided(&office, "chef@lease.example", "Zie de bijlage.", Some(&file), &mut fresh);
    done.decision.letters[0].carried = vec![Carried {
        source: Source::Attachment { mail: 42, index: 0 },
        name: "film.mp4".into(),
        media_type: "video/mp4".into(),
        size: 30 << 20,
        sha256: String::new(),
    }];
    let letters = write(&mut done, &none(), &office, &mut fresh);
    let mut told = shown(&letters);
    told.sort_by_key(|(_, to, _)| to.to_string());
    let failed = LetterKind::DeliveryFailed;
    assert_eq!(told, [(failed, "chef@lease.example", None), (failed, JAN, None)]);
    assert_ne!(letters[0].letter.id, letters[1].letter.id);
    assert_eq!(done.mail.as_ref().unwrap().verdict.disposition, Disposition::Staff);
    let unwritten = done.decision.events.iter().any(|event| {
        let What::LetterFate { fate, .. } = &event.what else { return false };
        matches!(fate, LetterFate::Unwritten { because: Unwritable::TooLarge, .. })
    });
    assert!(unwritten && done.decision.events.iter().any(|event| event.mail == Some(42)));
}

/// What the register would have counted: so many of each in the last hour, and the alarms of today.
fn counts(of: &[(&str, usize)], held_today: &[&str]) -> Counts {
    let count = |(of, last_hour): &(&str, usize)| {
        let count = Count { last_hour: *last_hour, last_day: *last_hour, is_held_today: held_today.contains(of) };
        ((*of).to_owned(), count)
    };
    Counts { of: of.iter().map(count).collect(), ..Counts::default() }
}

#[tokio::test]
async fn over_the_cap_an_acknowledgement_waits_and_the_supervisor_is_told_once_with_both_ends() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path()).await;
    let (to, alarm) = (format!("customer {KLANT}"), format!("alarm cap {KLANT}"));
    let max = TO_CUSTOMER_PER_HOUR_MAX;
    for (counts, held, alarmed) in [
        (counts(&[(&to, max - 1)], &[]), None, false),
        (counts(&[(&to, max)], &[]), Some("cap"), true),
        (counts(&[(&to, max), (&alarm, 1)], &[]), Some("cap"), false),
        // Held once, bundled for a day: a machine gets no other ten each hour.
        (counts(&[(&to, 1)], &[&to]), Some("cap"), true),
    ] {
        let mut fresh = Fresh::new([1; 32]);
        let mut done = decided(&office, KLANT, "Schade!", None, &mut fresh);
        done.about = stranger();
        let letters = write(&mut done, &counts, &office, &mut fresh);
        assert_eq!(letters[0].held_because.as_deref(), held, "{counts:?}");
        assert_eq!(letters[0].counted_as, to);
        assert_eq!(letters[1].held_because, None, "the department is told all the same");
        assert_eq!(done.mail.as_ref().unwrap().verdict.disposition, Disposition::Complaint, "registered all the same");
        let told = letters.iter().find(|o| o.letter.kind == LetterKind::Alarm);
        assert_eq!(told.map(|o| o.letter.to.as_str()), alarmed.then_some("chef@lease.example"), "{counts:?}");
        let Some(told) = told else { continue };
        let text = mail::read(&told.letter.bytes, "").text;
        assert!(text.contains(KLANT) && text.contains("klachten@lease.example"), "{text}");
        assert_eq!(told.counted_as, alarm);
    }
}

#[tokio::test]
async fn receipts_and_questions_to_a_colleague_who_may_be_a_machine_wait_but_answers_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path()).await;
    let file = file(&office);
    for (answers, held) in [(ANSWERS_TO_STAFF_PER_HOUR_MAX - 1, None), (ANSWERS_TO_STAFF_PER_HOUR_MAX, Some("cap"))] {
        let counts = counts(&[(&format!("answer {JAN}"), answers), (&format!("question {JAN}"), answers)], &[]);
        let mut fresh = Fresh::new([1; 32]);
        let mut done = decided(&office, JAN, "Wij betalen.", Some(&file), &mut fresh);
        let letters = write(&mut done, &counts, &office, &mut fresh);
        assert_eq!(shown(&letters)[..2], [(LetterKind::Answer, KLANT, None), (LetterKind::Receipt, JAN, held)]);
        let mut done = decided(&office, JAN, "#onbekend", Some(&file), &mut fresh);
        let letters = write(&mut done, &counts, &office, &mut fresh);
        assert_eq!(shown(&letters)[0], (LetterKind::Question, JAN, held));
    }
}

#[tokio::test]
async fn a_letter_on_paper_with_something_internal_is_held_before_it_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path()).await;
    let mut file = file(&office);
    file.case.customer =
        Customer { address: None, postal: vec!["Hof 1".into(), "1234 AB Utrecht".into()], ..file.case.customer };
    let token = staff_token(&office);
    for text in [format!("Beste Karin,\n\n{NOTE}"), format!("#afgehandeld\nZie {token}")] {
        let mut fresh = Fresh::new([1; 32]);
        let mut done = decided(&office, JAN, &text, Some(&file), &mut fresh);
        let letters = write(&mut done, &none(), &office, &mut fresh);
        let held: Vec<_> = letters.iter().filter(|o| o.held_because.is_some()).map(|o| o.letter.kind).collect();
        assert_eq!(held, [LetterKind::Paper], "{text}");
        // No receipt says that it can be posted; the handler is alarmed instead.
        assert!(letters.iter().any(|o| o.letter.kind == LetterKind::Alarm && o.held_because.is_none()), "{text}");
        assert!(letters.iter().all(|o| o.letter.kind != LetterKind::Receipt), "{text}");
        let case = case_after(&done).unwrap();
        assert_eq!((case.to_post().count(), case.failed_letters.len()), (0, 1), "{text}");
    }
}
