//! What redaction must not break (§2.4.3): letters about others that are still on their way, letters that are being sent, mail
//! that is to be taken in, and mails of people whose address only looks alike.

use super::redaction::{Person, asked, deliver, is_sound, round, settled};
use super::support::smtp::{Act, At, Fault, Setup};
use super::*;
use klachtpost::daemon::{Sender, apply_terms, finish, past_terms_of, redact, run_once, scope_of};
use klachtpost::desk::draft::{Carried, Source};
use klachtpost::desk::{FiledBy, LostMail};
use klachtpost::register::{LetterRow, LetterState, Missing, Sent};

const ANNA: &str = "anna@lease.example";

/// A letter to a colleague that says this.
fn to_anna(letter: &str, kind: LetterKind, case: Option<u32>, text: &str) -> Outgoing {
    let new = outgoing(letter, ANNA);
    let bytes = format!("Subject: {letter}\r\n\r\n{text}\r\n").into_bytes();
    let letter = Letter { kind, case: case.map(number), side: Side::Staff, bytes, ..new.letter };
    Outgoing { letter, counted_as: String::new(), ..new }
}

/// Written down now.
async fn write(office: &Office, events: Vec<Event>, letters: &[Outgoing]) {
    let mut tx = office.register.begin().await.unwrap();
    tx.record(None, &decision(events), letters, office.clock.now(), &mut salt).await.unwrap();
    tx.commit().await.unwrap();
}

/// A list that names case 1 and a notification of case 2, which a cap held back, and the letter that goes out in their stead.
async fn bundled(desk: &Desk, office: &Arc<Office>) {
    let piet = "From: Piet <piet@ander.example>\nTo: klachten@lease.example\nMessage-ID: <p@ander.example>\nSubject: Ruitschade\n\nMijn ruit is stuk.\n";
    deliver(desk, "40", piet);
    round(office).await;
    let held = |letter: Outgoing| Outgoing { held_because: Some("cap".into()), ..letter };
    let list = held(to_anna("list", LetterKind::CaseList, None, "K-2026-000001 Wöllstoncroft"));
    let notification = held(to_anna("other", LetterKind::Notification, Some(2), "K-2026-000002"));
    write(office, vec![], &[list, notification]).await;
    let carried = |letter: &str| Carried {
        source: Source::Letter(id(letter)),
        name: format!("{letter}.eml"),
        media_type: "message/rfc822".into(),
        size: 9,
        sha256: String::new(),
    };
    let bundle = to_anna("bundle", LetterKind::Bundle, None, "twee");
    let letter = Letter { carried: vec![carried("list"), carried("other")], ..bundle.letter };
    let what = What::Bundled { letters: vec![id("list"), id("other")], into: id("bundle") };
    let event = Event { at: office.clock.now(), case: None, actor: Actor::Desk, mail: None, what };
    write(office, vec![event], &[Outgoing { letter, ..bundle }]).await;
}

async fn letter(office: &Office, of: &str) -> LetterRow {
    let all = office.register.letters(None, &[]).await.unwrap();
    all.into_iter().find(|row| row.id == id(of)).unwrap()
}

async fn stands(office: &Office, of: &str) -> (LetterState, String) {
    let row = letter(office, of).await;
    (row.state, row.held_because)
}

#[tokio::test]
async fn a_bundle_that_carries_it_counts_as_waiting_and_what_it_carries_of_others_waits_for_the_next() {
    let desk = Desk::new().await;
    let office = settled(&desk, &Person::karin()).await;
    bundled(&desk, &office).await;
    let asked = asked(&[1]);
    let scope = scope_of(&office, &asked).await.unwrap();
    assert_eq!((scope.waiting, scope.waiting_for_others, scope.sending), (0, 1, 0));
    assert!(scope.beside.contains(&id("list")) && scope.beside.contains(&id("bundle")));
    assert!(!scope.beside.contains(&id("other")));

    // As in a register that was restored.
    redact(&office, &asked, &scope).await.unwrap();
    assert_eq!(stands(&office, "list").await, (LetterState::Held, "redacted".to_owned()));
    assert_eq!(stands(&office, "bundle").await, (LetterState::Held, "redacted".to_owned()));
    assert_eq!(stands(&office, "other").await, (LetterState::Held, "cap".to_owned()));
    assert_eq!(desk.number("SELECT count(*) FROM letter WHERE id IN ('list', 'bundle')").await, 0);
    assert_eq!(desk.number("SELECT count(*) FROM letter WHERE id = 'other'").await, 1);
    is_sound(&office.register.verify().await.unwrap());
}

#[tokio::test]
async fn what_is_past_its_term_and_has_a_letter_that_waits_is_skipped_and_told() {
    let desk = Desk::new().await;
    let office = settled(&desk, &Person::karin()).await;
    bundled(&desk, &office).await;
    let terms = "[retention]\ncases_months = 1\nno_complaint_months = 1\n";
    let settings = settings(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")) + terms;
    let config = klachtpost::config::from_toml(&settings, "the test's settings").unwrap();
    let later = as_program(Office::open(config, Clock::at(at(60 * 24 * 60))).await.unwrap());
    let past = past_terms_of(&later, &Within::All).await.unwrap();
    assert_eq!((past.cases.as_slice(), past.mails.is_empty()), (&[number(1)][..], false));
    let skipped = apply_terms(&later, &past).await.unwrap();
    assert_eq!((skipped.cases, skipped.mails), (vec![number(1)], vec![]));
    assert_eq!(later.register.case(number(1)).await.unwrap().unwrap().redacted_at, None);
    assert_eq!(past_terms_of(&later, &Within::All).await.unwrap().mails, [] as [i64; 0], "the rest went");
    assert_eq!(stands(&later, "bundle").await.0, LetterState::Queued);
}

#[tokio::test]
async fn a_letter_that_is_being_sent_is_seen_and_what_became_of_it_is_not_written_behind_a_redaction() {
    let desk = Desk::new().await;
    let office = settled(&desk, &Person::karin()).await;
    write(&office, vec![], &[outgoing("going", "karinwolls@klantdomein.example")]).await;
    let now = office.clock.now();
    office.register.claim(now, now + chrono::TimeDelta::minutes(5), 9).await.unwrap();
    let asked = asked(&[1]);
    let scope = scope_of(&office, &asked).await.unwrap();
    assert_eq!((scope.waiting, scope.waiting_for_others, scope.sending), (1, 0, 1));
    redact(&office, &asked, &scope).await.unwrap();
    let reply = "250 karinwolls@klantdomein.example ok".to_owned();
    let sent = Sent::Accepted { at: now, server: "mx".into(), reply };
    let mut tx = office.register.begin().await.unwrap();
    tx.mark_sent(&[(&id("going"), &sent)]).await.unwrap();
    assert_eq!(tx.not_ours(&[&id("going")]).await.unwrap(), [id("going")].into());
    tx.commit().await.unwrap();
    let row = letter(&office, "going").await;
    assert_eq!((row.state, row.reply.as_str(), row.accepted_at), (LetterState::Held, "", None));
    is_sound(&office.register.verify().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_letter_that_was_blanked_while_it_was_sent_no_event_says_to_whom() {
    let desk = Desk::new().await;
    let before = settled(&desk, &Person::karin()).await;
    let server = SmtpServer::start(Setup::default()).await;
    let office = office_sending_to(&desk, &server).await;
    office.clock.set(before.clock.now());
    write(&office, vec![], &[outgoing("going", "karinwolls@klantdomein.example")]).await;
    server.fault(Fault::at(At::Rcpt, Act::Late(std::time::Duration::from_secs(4))));
    let sending = office.clone();
    let sent = tokio::spawn(async move { Sender::new(&sending).await.unwrap().send_due(&sending).await.map(drop) });
    let asked = asked(&[1]);
    let mut scope = scope_of(&office, &asked).await.unwrap();
    while scope.sending == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        scope = scope_of(&office, &asked).await.unwrap();
    }
    redact(&office, &asked, &scope).await.unwrap();
    assert_eq!(server.letters().len(), 0, "it is still on its way");
    sent.await.unwrap().unwrap();
    assert_eq!(server.letters().len(), 1, "it went all the same");
    assert_eq!(stands(&office, "going").await, (LetterState::Held, "redacted".to_owned()));
    let told = "SELECT count(*) FROM event_payload WHERE body LIKE '%klantdomein%' OR body LIKE '%going%' AND body LIKE '%\"letter_fate\"%'";
    assert_eq!(desk.number(told).await, 0);
    is_sound(&office.register.verify().await.unwrap());
}

#[tokio::test]
async fn a_redaction_that_fails_holds_its_letters_and_keeps_no_mail_from_being_taken_in() {
    let desk = Desk::new().await;
    let office = settled(&desk, &Person::karin()).await;
    desk.by_hand("CREATE TRIGGER refuses BEFORE DELETE ON letter BEGIN SELECT RAISE(ABORT, 'no'); END").await;
    write(&office, vec![], &[outgoing("mine", "karinwolls@klantdomein.example")]).await;
    let asked = asked(&[1]);
    let scope = scope_of(&office, &asked).await.unwrap();
    let error = redact(&office, &asked, &scope).await.unwrap_err().to_string();
    assert!(error.starts_with("entry ") && error.contains("hint: "), "{error}");

    let piet = "From: Piet <piet@ander.example>\nTo: klachten@lease.example\nMessage-ID: <p@ander.example>\nSubject: Ruitschade\n\nMijn ruit is stuk.\n";
    deliver(&desk, "40", piet);
    run_once(office.clone()).await.unwrap();
    assert!(office.register.case(number(2)).await.unwrap().is_some(), "the next complaint is on file");
    assert_eq!(stands(&office, "mine").await.0, LetterState::Held);
    let acknowledged = "SELECT count(*) FROM outbox WHERE kind = 'acknowledgement' AND state = 'accepted' AND case_number = 'K-2026-000002'";
    assert_eq!(desk.number(acknowledged).await, 1);

    desk.by_hand("DROP TRIGGER refuses").await;
    finish(&office, None).await.unwrap();
    assert_eq!(stands(&office, "mine").await, (LetterState::Held, "redacted".to_owned()));
    is_sound(&office.register.verify().await.unwrap());
}

/// A colleague's mail that concerns no case; its row.
async fn asks(desk: &Desk, office: &Arc<Office>, name: &str, about: &str) -> i64 {
    let staff = format!("From: {ANNA}\nTo: klachten@lease.example\n");
    deliver(desk, name, &format!("{staff}Message-ID: <{name}@lease.example>\nSubject: zoek\n\n#zoek {about}\n"));
    round(office).await;
    desk.number("SELECT MAX(id) FROM mail").await
}

#[tokio::test]
async fn only_the_whole_address_is_the_persons_and_a_colleagues_mails_are_not_the_complaints() {
    let desk = Desk::new().await;
    let office = settled(&desk, &Person::karin()).await;
    let named = asks(&desk, &office, "50", "karinwolls@klantdomein.example").await;
    let longer = asks(&desk, &office, "51", "jkarinwolls@klantdomein.example").await;
    let asked = asked(&[1]);
    let scope = scope_of(&office, &asked).await.unwrap();
    assert!(scope.mails.contains_key(&named));
    assert!(!scope.mails.contains_key(&longer), "another's address that ends the same");

    let settings = settings(&desk, &maildir(&desk, "in"), &maildir(&desk, "out"));
    let settings = settings.replace(ANNA, "karinwolls@klantdomein.example");
    let config = klachtpost::config::from_toml(&settings, "the test's settings").unwrap();
    let of_staff = Office::open(config, Clock::at(office.clock.now())).await.unwrap();
    let scope = scope_of(&of_staff, &asked).await.unwrap();
    assert_eq!(scope.named, []);
    assert!(!scope.mails.contains_key(&named));
}

#[tokio::test]
async fn who_wrote_what_is_not_on_file_is_not_kept_of_the_person_alone() {
    let desk = Desk::new().await;
    let office = settled(&desk, &Person::karin()).await;
    let lost = |uid: i64, from: &str, subject: &str| {
        let mail = LostMail { from: from.into(), subject: subject.into(), received_at: at(uid) };
        let mailbox = "klachten/Verwerkt".into();
        (Missing { mailbox, uid_validity: 1, uid, size: 9, filed_by: FiledBy::Unmarked, mail }, 2026)
    };
    let mut tx = office.register.begin().await.unwrap();
    let found = [
        lost(901, "KarinWolls@klantdomein.example", "Deur"),
        lost(902, "bram@lease.example", "Fwd: karinwolls@klantdomein.example"),
        lost(903, "jkarinwolls@klantdomein.example", "Ruit"),
    ];
    tx.note_missing(&found, at(1)).await.unwrap();
    tx.commit().await.unwrap();
    let asked = asked(&[1]);
    redact(&office, &asked, &scope_of(&office, &asked).await.unwrap()).await.unwrap();
    let kept = "SELECT count(*) FROM not_on_file WHERE sender <> '' AND subject <> ''";
    assert_eq!(desk.number(&format!("{kept} AND uid = 903")).await, 1);
    assert_eq!(desk.number(kept).await, 1);
    assert_eq!(desk.number("SELECT count(*) FROM not_on_file WHERE sender = '' AND subject = ''").await, 2);
}
