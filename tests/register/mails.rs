//! Rows of mails: on file once, counted before they are read, decided on once, and the same mail known again.

use super::*;
use klachtpost::desk::Lookup;
use klachtpost::register::{Known, Withheld};

/// As many bytes as a batch may have.
const BYTES: i64 = 1_000_000;

async fn pending_ids(desk: &Desk) -> Vec<i64> {
    desk.register.pending(&Within::All, 50, BYTES, at(0)).await.unwrap().iter().map(|mail| mail.id).collect()
}

async fn decide(desk: &Desk, mail: i64, identity: &Identity, disposition: Disposition) -> Result<(), RegisterError> {
    let mut tx = desk.register.begin().await?;
    tx.record(Some(&judged(mail, identity, disposition)), &decision(vec![]), &[], at(2), &mut salt).await?;
    tx.commit().await
}

/// The mail on file that the desk would be told is the same.
async fn duplicate_of(desk: &Desk, mail: i64, identity: &Identity) -> Option<i64> {
    let mut tx = desk.register.begin().await.unwrap();
    tx.snapshot(mail, identity, &Lookup::default()).await.unwrap().duplicate_of
}

#[tokio::test]
async fn a_mail_is_on_file_once_whoever_brings_it_again() {
    let desk = Desk::new().await;
    let mails: Vec<NewMail> = (1..=3).map(new_mail).collect();
    assert_eq!(desk.register.store_mails(&mails).await.unwrap(), 3);
    assert_eq!(desk.register.store_mails(&mails).await.unwrap(), 0);
    // Another UIDVALIDITY and another folder: other mails (RFC 3501 §2.3.1.1).
    let others =
        [NewMail { uid_validity: 2, ..new_mail(1) }, NewMail { mailbox: "klachten/Spam".into(), ..new_mail(1) }];
    assert_eq!(desk.register.store_mails(&others).await.unwrap(), 2);
    assert_eq!(desk.register.raw_mail(2).await.unwrap().as_deref(), Some(&b"mail 0002"[..]));
    assert_eq!(desk.register.raw_mail(99).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_known_of_a_uid_follows_its_decision() {
    let desk = Desk::new().await;
    // More than one list's worth, with the hashes of a Maildir among them.
    let mut uids: Vec<i64> = (1..=1200).collect();
    uids.push(i64::MAX);
    desk.register.store_mails(&[new_mail(1), new_mail(700), new_mail(i64::MAX)]).await.unwrap();
    decide(&desk, 2, &identity("a@x", "h"), Disposition::Complaint).await.unwrap();
    let mut known: Vec<_> = desk
        .register
        .known_uids("klachten", 1, &uids)
        .await
        .unwrap()
        .into_iter()
        .map(|(uid, on_file)| (uid, on_file.known))
        .collect();
    known.sort_by_key(|(uid, _)| *uid);
    let expected = [(1, Known::Undecided), (700, Known::Decided(Disposition::Complaint)), (i64::MAX, Known::Undecided)];
    assert_eq!(known, expected);
    assert!(desk.register.known_uids("klachten", 2, &uids).await.unwrap().is_empty());
    assert!(desk.register.known_uids("klachten", 1, &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn new_mails_come_together_and_one_that_was_begun_before_comes_alone_and_first() {
    let desk = Desk::new().await;
    desk.register.store_mails(&(1..=3).map(new_mail).collect::<Vec<_>>()).await.unwrap();
    assert_eq!(pending_ids(&desk).await, [1, 2, 3]);
    desk.register.count_attempt(&[1, 2, 3], at(0)).await.unwrap();
    desk.register.count_attempt(&[1], at(0)).await.unwrap();
    desk.register.store_mails(&[new_mail(4)]).await.unwrap();
    // What came after it waits, so that no mail of a case overtakes another.
    assert_eq!(pending_ids(&desk).await, [1]);
    decide(&desk, 1, &identity("", "h1"), Disposition::Complaint).await.unwrap();
    assert_eq!(pending_ids(&desk).await, [2]);
    desk.register.uncount_attempt(&[2]).await.unwrap();
    assert_eq!(pending_ids(&desk).await, [2], "those before it do not share its attempts");
    desk.register.uncount_attempt(&[3]).await.unwrap();
    assert_eq!(pending_ids(&desk).await, [2, 3, 4]);
    desk.register.uncount_attempt(&[2, 2, 2]).await.unwrap();
    assert_eq!(desk.number("SELECT MIN(attempts) FROM mail").await, 0);
}

#[tokio::test]
async fn a_mail_that_was_often_in_hand_keeps_the_others_waiting_for_its_turn_only() {
    let desk = Desk::new().await;
    desk.register.store_mails(&(1..=3).map(new_mail).collect::<Vec<_>>()).await.unwrap();
    let ids_at = async |moment| -> Vec<i64> {
        desk.register.pending(&Within::All, 50, BYTES, moment).await.unwrap().iter().map(|mail| mail.id).collect()
    };
    for _ in 0..3 {
        assert_eq!(
            ids_at(at(5)).await,
            if desk.number("SELECT attempts FROM mail WHERE id = 1").await == 0 { vec![1, 2, 3] } else { vec![1] }
        );
        desk.register.count_attempt(&[1], at(5)).await.unwrap();
    }
    assert_eq!(ids_at(at(5)).await, [2, 3], "three times they waited for it");
    assert_eq!(ids_at(at(6)).await, [2, 3]);
    assert_eq!(ids_at(at(7)).await, [1], "alone again, after a while");
    assert_eq!(ids_at(at(4)).await, [1], "a clock that was wrong puts nothing off for years");
    desk.register.count_attempt(&[1], at(7)).await.unwrap();
    assert_eq!(ids_at(at(7)).await, [2, 3], "for one attempt");
}

#[tokio::test]
async fn a_batch_is_bounded_in_bytes_but_one_large_mail_still_comes() {
    let desk = Desk::new().await;
    let large = |uid| NewMail { raw: vec![b'x'; 600_000], ..new_mail(uid) };
    desk.register.store_mails(&[new_mail(1), large(2), large(3), new_mail(4)]).await.unwrap();
    assert_eq!(pending_ids(&desk).await, [1, 2]);
    let alone: Vec<i64> =
        desk.register.pending(&Within::All, 50, 10, at(0)).await.unwrap().iter().map(|mail| mail.id).collect();
    assert_eq!(alone, [1, 2].get(..1).unwrap());
    desk.by_hand("UPDATE mail SET disposition = 'complaint' WHERE id = 1").await;
    let alone: Vec<i64> =
        desk.register.pending(&Within::All, 50, 10, at(0)).await.unwrap().iter().map(|mail| mail.id).collect();
    assert_eq!(alone, [2]);
}

#[tokio::test]
async fn a_mail_is_decided_on_once_even_by_two_daemons() {
    let desk = Desk::new().await;
    desk.register.store_mails(&[new_mail(1)]).await.unwrap();
    decide(&desk, 1, &identity("a@x", "h"), Disposition::Complaint).await.unwrap();
    let second = decide(&desk, 1, &identity("a@x", "h"), Disposition::SetAside).await.unwrap_err();
    assert!(matches!(second, RegisterError::Decided { mail: 1 }) && second.is_conflict(), "{second}");
    assert_eq!(desk.number("SELECT count(*) FROM mail WHERE disposition = 'complaint'").await, 1);
}

#[tokio::test]
async fn the_same_mail_is_known_again_and_another_with_its_id_is_not() {
    let desk = Desk::new().await;
    desk.register.store_mails(&(1..=5).map(new_mail).collect::<Vec<_>>()).await.unwrap();
    decide(&desk, 1, &identity("a@x", "content"), Disposition::Complaint).await.unwrap();
    decide(&desk, 2, &identity("", "raw"), Disposition::Complaint).await.unwrap();
    assert_eq!(duplicate_of(&desk, 3, &identity("a@x", "content")).await, Some(1));
    assert_eq!(duplicate_of(&desk, 3, &identity("a@x", "other content")).await, None);
    assert_eq!(duplicate_of(&desk, 3, &identity("b@x", "content")).await, None);
    assert_eq!(duplicate_of(&desk, 3, &identity("", "raw")).await, Some(2));
    assert_eq!(duplicate_of(&desk, 3, &identity("", "other bytes")).await, None);
    assert_eq!(duplicate_of(&desk, 1, &identity("a@x", "content")).await, None, "a mail is no duplicate of itself");
    // All point to the first, so that no chain of duplicates grows.
    decide(&desk, 3, &identity("a@x", "content"), Disposition::Duplicate).await.unwrap();
    assert_eq!(duplicate_of(&desk, 4, &identity("a@x", "content")).await, Some(1));
}

#[tokio::test]
async fn a_mail_that_a_person_puts_back_from_the_junk_is_handled() {
    for disposition in [Disposition::SetAside, Disposition::Unreadable] {
        let desk = Desk::new().await;
        let junk = NewMail { mailbox: "klachten/Spam".into(), from_junk: true, ..new_mail(1) };
        desk.register.store_mails(&[junk, new_mail(1)]).await.unwrap();
        decide(&desk, 1, &identity("a@x", "h"), disposition).await.unwrap();
        assert_eq!(duplicate_of(&desk, 2, &identity("a@x", "h")).await, None, "{disposition:?}");
    }
}

#[tokio::test]
async fn fetches_in_vain_are_counted_until_the_mail_is_on_file() {
    let desk = Desk::new().await;
    let failed = |reason: &str| vec![(7, reason.to_owned()), (8, "NO\0 busy".to_owned())];
    desk.register.count_withheld("klachten", 1, &failed("NO")).await.unwrap();
    desk.register.count_withheld("klachten", 1, &failed("cut off")).await.unwrap();
    let withheld = desk.register.withheld("klachten", 1, &[6, 7, 8]).await.unwrap();
    assert_eq!(withheld.len(), 2);
    assert_eq!(withheld[&7], Withheld { attempts: 2, reason: "cut off".into() });
    assert_eq!(withheld[&8].reason, "NO busy");
    assert!(desk.register.withheld("klachten", 2, &[7]).await.unwrap().is_empty());
    let never = NewMail { raw: vec![], whole: false, unreadable_because: Some("never given".into()), ..new_mail(7) };
    desk.register.store_mails(&[never]).await.unwrap();
    assert_eq!(desk.register.withheld("klachten", 1, &[7, 8]).await.unwrap().len(), 1);
    let pending = desk.register.pending(&Within::All, 50, BYTES, at(0)).await.unwrap();
    assert_eq!(pending[0].unreadable_because.as_deref(), Some("never given"));
}

#[tokio::test]
async fn a_mail_whose_bytes_were_blanked_too_early_does_not_wait_for_ever() {
    let desk = Desk::new().await;
    desk.register.store_mails(&[new_mail(1), new_mail(2)]).await.unwrap();
    desk.by_hand("DELETE FROM mail_raw WHERE mail_id = 1").await;
    let pending = desk.register.pending(&Within::All, 50, BYTES, at(0)).await.unwrap();
    let told: Vec<bool> = pending.iter().map(|mail| mail.unreadable_because.is_some()).collect();
    assert_eq!(told, [true, false]);
}

#[tokio::test]
async fn mails_are_counted_and_listed_by_what_they_turned_out_to_be() {
    let desk = Desk::new().await;
    desk.register.store_mails(&(1..=4).map(new_mail).collect::<Vec<_>>()).await.unwrap();
    decide(&desk, 1, &identity("a@x", "1"), Disposition::Complaint).await.unwrap();
    decide(&desk, 2, &identity("b@x", "2"), Disposition::SetAside).await.unwrap();
    desk.register.set_apart(3, "a NUL\0 in it", at(5), "salt").await.unwrap();
    desk.register.set_apart(1, "too late: it is decided on", at(5), "salt").await.unwrap();
    let counted = desk.register.dispositions(at(0)).await.unwrap();
    let expected = [Some(Disposition::Complaint), Some(Disposition::SetAside), Some(Disposition::Unreadable), None];
    assert_eq!(counted.len(), expected.len());
    assert!(expected.iter().all(|disposition| counted[disposition] == 1), "{counted:?}");
    assert!(desk.register.dispositions(at(60)).await.unwrap().is_empty());
    let apart = desk.register.mails_of(Disposition::Unreadable, at(0), 10).await.unwrap();
    assert_eq!(apart.iter().map(|row| (row.id, row.reason.as_str())).collect::<Vec<_>>(), [(3, "a NUL in it")]);
}

#[tokio::test]
async fn moved_marks_only_those_that_are_gone() {
    let desk = Desk::new().await;
    desk.register.store_mails(&(1..=3).map(new_mail).collect::<Vec<_>>()).await.unwrap();
    desk.register.mark_moved("klachten", 1, &[1, 3, 99]).await.unwrap();
    desk.register.mark_moved("klachten", 2, &[2]).await.unwrap();
    assert_eq!(desk.number("SELECT count(*) FROM mail WHERE moved = 1").await, 2);
}
