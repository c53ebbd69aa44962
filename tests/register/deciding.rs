//! The step of deciding on a real register: what goes wrong with one mail is that mail's alone, and what goes wrong with
//! the database is no mail's. A trigger in the database plays the fault that always comes back.

use super::*;
use klachtpost::daemon::{Office, Step, decide_batch, tick};
use std::sync::Arc;

fn complaint(uid: i64, from: &str) -> NewMail {
    let raw = format!(
        "From: Klant <{from}>\r\nTo: klachten@lease.example\r\nMessage-ID: <{uid}@klant.example>\r\nSubject: Klacht {uid}\r\n\r\nMijn auto is kapot, al de {uid}e keer.\r\n"
    );
    NewMail { raw: raw.into_bytes(), ..new_mail(uid) }
}

/// Decides until nothing waits; more steps than any fault may take mean that it never ends.
async fn decide_all(office: &Arc<Office>) -> usize {
    for steps in 0..100 {
        if decide_batch(office).await.unwrap() == Step::Idle {
            return steps;
        }
    }
    panic!("the queue is stuck");
}

async fn ids(office: &Office, disposition: Disposition) -> Vec<i64> {
    found(office, disposition).await.into_iter().map(|(id, _)| id).collect()
}

#[tokio::test]
async fn a_mail_whose_decision_cannot_be_recorded_is_set_apart_and_the_others_are_complaints() {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    desk.by_hand(
        "CREATE TRIGGER poison BEFORE INSERT ON outbox WHEN NEW.recipient_key = 'poison@klant.example' \
         BEGIN SELECT RAISE(ABORT, 'this letter is cursed'); END",
    )
    .await;
    let mails: Vec<NewMail> = (1..=9)
        .map(|uid| complaint(uid, if uid == 4 { "poison@klant.example" } else { "jan@klant.example" }))
        .collect();
    office.register.store_mails(&mails).await.unwrap();
    decide_all(&office).await;
    assert_eq!(ids(&office, Disposition::Complaint).await, [1, 2, 3, 5, 6, 7, 8, 9]);
    let apart = found(&office, Disposition::Unreadable).await;
    assert_eq!(apart.len(), 1);
    assert!(apart[0].0 == 4 && apart[0].1.contains("failed 3 times") && apart[0].1.contains("cursed"), "{apart:?}");
    tick(&office).await.unwrap();
    // A person hears of it, the numbers have no gap, and nothing of the tries is left.
    let told = desk.number("SELECT count(*) FROM outbox WHERE kind = 'set_aside' AND recipient = 'chef@lease.example'");
    assert_eq!(told.await, 1);
    assert_eq!(desk.number("SELECT MAX(serial) FROM cases").await, 8);
    let verified = office.register.verify().await.unwrap();
    assert_eq!((verified.cases, verified.findings), (8, vec![]));
}

#[tokio::test]
async fn even_where_no_letter_at_all_can_be_written_every_mail_ends_as_a_row() {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    desk.by_hand("CREATE TRIGGER no_letters BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'none'); END").await;
    office.register.store_mails(&[complaint(1, "a@klant.example"), complaint(2, "b@klant.example")]).await.unwrap();
    decide_all(&office).await;
    assert_eq!(ids(&office, Disposition::Unreadable).await, [1, 2]);
    assert_eq!(office.register.verify().await.unwrap().findings, []);
}

#[tokio::test]
async fn a_killed_reading_costs_its_batch_one_attempt_and_no_mail() {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    office
        .register
        .store_mails(&(1..=5).map(|uid| complaint(uid, "jan@klant.example")).collect::<Vec<_>>())
        .await
        .unwrap();
    // As after a kill between counting and recording.
    office.register.count_attempt(&[1, 2, 3, 4, 5], at(0)).await.unwrap();
    decide_all(&office).await;
    assert_eq!(ids(&office, Disposition::Complaint).await, [1, 2, 3, 4, 5]);
    assert_eq!(desk.number("SELECT count(DISTINCT serial) FROM cases").await, 5);
}

/// The ids of the next batch.
async fn next(office: &Office) -> Vec<i64> {
    office
        .register
        .pending(&Within::All, 50, i64::MAX, office.clock.now())
        .await
        .unwrap()
        .into_iter()
        .map(|mail| mail.id)
        .collect()
}

#[tokio::test]
async fn no_mail_overtakes_one_that_was_tried_before_and_none_is_tried_together_with_it() {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    let mails: Vec<NewMail> = (1..=5).map(|uid| complaint(uid, "jan@klant.example")).collect();
    office.register.store_mails(&mails).await.unwrap();
    assert_eq!(next(&office).await, [1, 2, 3, 4, 5], "new ones together, in the order of their arrival");
    office.register.count_attempt(&[3], at(0)).await.unwrap();
    assert_eq!(next(&office).await, [1, 2], "those before it do not share its attempts");
    decide_batch(&office).await.unwrap();
    assert_eq!(next(&office).await, [3], "it is alone, and those behind it wait");
    office.register.count_attempt(&[3], at(0)).await.unwrap();
    office.register.count_attempt(&[3], at(0)).await.unwrap();
    assert_eq!(next(&office).await, [4, 5], "for three attempts and no longer");
    office.clock.set(at(2));
    assert_eq!(next(&office).await, [3], "then it has its turn again");
    decide_batch(&office).await.unwrap();
    assert_eq!(ids(&office, Disposition::Complaint).await, [1, 2, 3], "its deaths said nothing about it");
    assert_eq!(next(&office).await, [4, 5]);
}

#[tokio::test]
async fn a_decision_that_fails_and_then_does_not_is_not_overtaken() {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    let mails: Vec<NewMail> = (1..=4).map(|uid| complaint(uid, &format!("k{uid}@klant.example"))).collect();
    office.register.store_mails(&mails).await.unwrap();
    desk.by_hand(
        "CREATE TRIGGER poison BEFORE INSERT ON outbox WHEN NEW.recipient_key = 'k2@klant.example' \
         BEGIN SELECT RAISE(ABORT, 'not now'); END",
    )
    .await;
    decide_batch(&office).await.unwrap();
    assert_eq!(next(&office).await, [2]);
    desk.by_hand("DROP TRIGGER poison").await;
    decide_all(&office).await;
    let in_order = "SELECT count(*) FROM cases, mail WHERE case_number = number AND serial = mail.id";
    assert_eq!(desk.number(in_order).await, 4, "the numbers are in the order of arrival");
    assert_eq!(desk.number("SELECT attempts FROM mail WHERE id = 4").await, 1, "the fault was not that of the others");
}

#[tokio::test]
async fn a_mail_the_server_never_gave_goes_on_file_and_a_person_hears_of_it() {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    let because = "the mail server did not give it in 5 attempts: NO";
    let withheld = NewMail { raw: vec![], whole: false, unreadable_because: Some(because.to_owned()), ..new_mail(1) };
    office.register.store_mails(&[withheld, complaint(2, "jan@klant.example")]).await.unwrap();
    decide_all(&office).await;
    let apart = found(&office, Disposition::Unreadable).await;
    assert!(apart.len() == 1 && apart[0].0 == 1 && apart[0].1.contains(because), "{apart:?}");
    assert_eq!(ids(&office, Disposition::Complaint).await, [2]);
    tick(&office).await.unwrap();
    assert_eq!(desk.number("SELECT count(*) FROM outbox WHERE kind = 'set_aside'").await, 1);
}

#[tokio::test]
async fn of_a_mail_that_is_not_whole_staff_are_told_so() {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    let slice = NewMail { whole: false, size: 500_000_000, ..complaint(1, "jan@klant.example") };
    office.register.store_mails(&[slice]).await.unwrap();
    decide_all(&office).await;
    assert_eq!(ids(&office, Disposition::Complaint).await, [1]);
    let letters = office.register.claim(at(1), at(2), 10).await.unwrap();
    let notification = letters.iter().find(|letter| letter.kind == LetterKind::Notification).unwrap();
    let text = klachtpost::mail::read(&notification.bytes, "").text;
    assert!(text.contains("Het hele bericht ligt in de klachtenmailbox"), "{text}");
}

#[tokio::test]
async fn a_locked_database_blames_no_mail() {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    office.register.store_mails(&[complaint(1, "jan@klant.example")]).await.unwrap();
    let held = desk.register.begin().await.unwrap();
    let error = decide_batch(&office).await.unwrap_err();
    assert!(error.to_string().contains("another program keeps it locked"), "{error}");
    drop(held);
    assert_eq!(desk.number("SELECT attempts FROM mail").await, 0);
    decide_all(&office).await;
    assert_eq!(ids(&office, Disposition::Complaint).await, [1]);
}

#[tokio::test]
async fn in_one_batch_each_mail_is_decided_on_what_the_one_before_it_made() {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    // The same mail twice, by two routes, and eleven more of one sender: over the cap of an hour.
    let twice = NewMail { uid: 50, ..complaint(1, "jan@klant.example") };
    let mut mails: Vec<NewMail> = (1..=12).map(|uid| complaint(uid, "jan@klant.example")).collect();
    mails.push(twice);
    office.register.store_mails(&mails).await.unwrap();
    assert_eq!(decide_all(&office).await, 1, "one batch");
    assert_eq!(found(&office, Disposition::Duplicate).await, [(13, "same mail as number 1".to_owned())]);
    assert_eq!(desk.number("SELECT count(*) FROM cases").await, 12);
    let acknowledged = "SELECT count(*) FROM outbox WHERE kind = 'acknowledgement' AND state =";
    assert_eq!(desk.number(&format!("{acknowledged} 'queued'")).await, 10);
    assert_eq!(desk.number(&format!("{acknowledged} 'held'")).await, 2);
}
