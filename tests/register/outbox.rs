//! Letters: claimed once, given back, marked; those of a killed daemon come back; a broken one stops no other.

use super::*;
use klachtpost::register::{LetterState, Sent};

const NOW: i64 = 10;

async fn claimed(desk: &Desk, minutes: i64) -> Vec<String> {
    let letters = desk.register.claim(at(minutes), at(minutes + 120), 64).await.unwrap();
    letters.iter().map(|letter| letter.id.to_string()).collect()
}

/// Letters to these addresses, written a minute apart, the first named `l0`.
async fn with_letters(desk: &Desk, to: &[&str]) {
    for (index, to) in to.iter().enumerate() {
        let mut tx = desk.register.begin().await.unwrap();
        let letters = [outgoing(&format!("l{index}"), to)];
        let minutes = i64::try_from(index).unwrap();
        tx.record(None, &decision(vec![]), &letters, at(minutes), &mut salt).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn mark(desk: &Desk, letter: &str, sent: Sent) {
    let mut tx = desk.register.begin().await.unwrap();
    tx.mark_sent(&[(&id(letter), &sent)]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn letters_are_claimed_oldest_first_and_by_one_only() {
    let desk = Desk::new().await;
    with_letters(&desk, &["c@x.nl", "a@x.nl", "b@x.nl"]).await;
    assert_eq!(claimed(&desk, 1).await, ["l0", "l1"], "the third is not due yet");
    assert_eq!(claimed(&desk, NOW).await, ["l2"]);
    assert!(claimed(&desk, NOW).await.is_empty());
    // A lease lapses: whoever had them is gone.
    assert_eq!(claimed(&desk, 122).await, ["l0", "l1"]);
}

#[tokio::test]
async fn a_letter_given_back_is_due_again_with_no_attempt_counted() {
    let desk = Desk::new().await;
    with_letters(&desk, &["a@x.nl", "b@x.nl"]).await;
    claimed(&desk, NOW).await;
    mark(&desk, "l1", Sent::Accepted { at: at(NOW), server: "mx\0".into(), reply: "250 2.0.0 ok\0".into() }).await;
    desk.register.unclaim(&[id("l0"), id("l1")], Some(at(30))).await.unwrap();
    assert!(claimed(&desk, 29).await.is_empty());
    assert_eq!(desk.register.next_letter_due().await.unwrap(), Some(at(30)));
    desk.register.claim(at(30), at(60), 64).await.unwrap();
    desk.register.unclaim(&[id("l0")], None).await.unwrap();
    let again = desk.register.claim(at(30), at(60), 64).await.unwrap();
    assert_eq!(again.iter().map(|l| (l.id.as_str(), l.attempts)).collect::<Vec<_>>(), [("l0", 0)]);
    assert_eq!(again[0].bytes, outgoing("l0", "a@x.nl").letter.bytes);
    let accepted = desk.register.letters(Some(number(1)), &[LetterState::Accepted]).await.unwrap();
    assert_eq!(accepted.len(), 1);
    assert_eq!((accepted[0].reply.as_str(), accepted[0].accepted_at), ("250 2.0.0 ok", Some(at(NOW))));
}

#[tokio::test]
async fn each_outcome_is_written_down_as_what_it_is() {
    let desk = Desk::new().await;
    with_letters(&desk, &["a@x.nl", "b@x.nl", "c@x.nl"]).await;
    claimed(&desk, NOW).await;
    mark(&desk, "l0", Sent::Refused { reply: "550 no".into() }).await;
    mark(&desk, "l1", Sent::Again { not_before: at(40), reply: "451 later".into() }).await;
    mark(&desk, "l2", Sent::Lighter { not_before: at(NOW), reply: "552 too big".into() }).await;
    let again = desk.register.claim(at(NOW), at(60), 64).await.unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].weight, again[0].attempts), (klachtpost::letters::Weight::Light, 1));
    mark(&desk, "l2", Sent::Again { not_before: at(50), reply: "421".into() }).await;
    let both = desk.register.claim(at(60), at(90), 64).await.unwrap();
    assert_eq!(both.iter().map(|l| l.id.as_str()).collect::<Vec<_>>(), ["l1", "l2"]);
    assert_eq!(both[1].weight, klachtpost::letters::Weight::Light, "a light letter stays light");
    assert_eq!(desk.register.count_letters(LetterState::Refused).await.unwrap(), 1);
}

#[tokio::test]
async fn letters_of_a_killed_daemon_come_back_with_the_next_one() {
    if engines::is_about_the_other("letters_of_a_killed_daemon_come_back_with_the_next_one") {
        return;
    }
    let desk = Desk::new().await;
    with_letters(&desk, &["a@x.nl", "b@x.nl"]).await;
    let only = desk.register.only_daemon(&desk.url).await.unwrap();
    assert_eq!(claimed(&desk, NOW).await.len(), 2);
    mark(&desk, "l1", Sent::Refused { reply: "550".into() }).await;
    drop(only);
    let _next = desk.register.only_daemon(&desk.url).await.unwrap();
    assert_eq!(claimed(&desk, NOW).await, ["l0"]);
}

#[tokio::test]
async fn a_letter_that_the_register_cannot_show_is_held_and_the_others_go() {
    let desk = Desk::new().await;
    with_letters(&desk, &["a@x.nl", "b@x.nl", "c@x.nl", "d@x.nl"]).await;
    desk.by_hand("DELETE FROM letter WHERE id = 'l0'").await;
    desk.by_hand("UPDATE outbox SET kind = 'poem' WHERE id = 'l1'").await;
    desk.by_hand("UPDATE outbox SET recipient = 'nobody' WHERE id = 'l2'").await;
    assert_eq!(claimed(&desk, NOW).await, ["l3"]);
    assert_eq!(desk.register.count_letters(LetterState::Held).await.unwrap(), 3);
}

#[tokio::test]
async fn a_person_holds_and_releases_a_letter_that_waits() {
    let desk = Desk::new().await;
    with_letters(&desk, &["a@x.nl"]).await;
    assert!(desk.register.hold_letter(&id("l0"), "held by the operator").await.unwrap());
    assert!(!desk.register.hold_letter(&id("l0"), "again").await.unwrap());
    assert!(claimed(&desk, NOW).await.is_empty());
    assert!(desk.register.release_letter(&id("l0"), at(NOW)).await.unwrap());
    assert!(!desk.register.release_letter(&id("l0"), at(NOW)).await.unwrap());
    assert_eq!(claimed(&desk, NOW).await, ["l0"]);
    assert!(!desk.register.hold_letter(&id("l0"), "too late, it is under way").await.unwrap());
}

#[tokio::test]
async fn once_hurried_everything_that_waits_for_a_retry_is_due() {
    let desk = Desk::new().await;
    with_letters(&desk, &["a@x.nl"]).await;
    claimed(&desk, NOW).await;
    mark(&desk, "l0", Sent::Again { not_before: at(100), reply: "451".into() }).await;
    assert!(claimed(&desk, 20).await.is_empty());
    desk.register.hurry(at(20)).await.unwrap();
    assert_eq!(claimed(&desk, 20).await, ["l0"]);
}

#[tokio::test]
async fn a_letter_that_a_wrong_clock_put_off_for_a_year_is_due_when_it_is_right() {
    let desk = Desk::new().await;
    with_letters(&desk, &["a@x.nl", "b@x.nl"]).await;
    claimed(&desk, NOW).await;
    let in_a_year = at(365 * 24 * 60);
    mark(&desk, "l0", Sent::Again { not_before: in_a_year, reply: "451".into() }).await;
    mark(&desk, "l1", Sent::Again { not_before: at(NOW + 60), reply: "451".into() }).await;
    assert_eq!(claimed(&desk, NOW).await, ["l0"]);
}
