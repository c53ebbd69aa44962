//! What lies in the mailbox's own folders, held against the register: two of Message-ID, size and receipt must agree, what is
//! missing is noted once, and the numbers it may have had are kept free (invariants 1 and 2).

use super::*;
use klachtpost::case::Adopts;
use klachtpost::daemon::compare;
use klachtpost::desk::{FiledBy, Lookup, LostMail, Within};
use klachtpost::mailbox::Mailbox;
use klachtpost::register::{ComparedFolder, Missing, Probe};

const FOLDER: &str = "klachten/Verwerkt";

fn missing(uid: i64, filed_by: FiledBy) -> (Missing, i32) {
    let mail = LostMail { from: "jan@klant.example".into(), subject: format!("deuk {uid}"), received_at: at(uid) };
    (Missing { mailbox: FOLDER.into(), uid_validity: 1, uid, size: 9, filed_by, mail }, 2026)
}

async fn note(desk: &Desk, found: &[(Missing, i32)]) -> usize {
    let mut tx = desk.register.begin().await.unwrap();
    let new = tx.note_missing(found, at(100)).await.unwrap();
    tx.commit().await.unwrap();
    new
}

async fn next_serial(desk: &Desk) -> u32 {
    let mut tx = desk.register.begin().await.unwrap();
    tx.snapshot(1, &identity("", "h"), &Lookup { year: 2026, ..Lookup::default() }).await.unwrap().next_serial
}

#[tokio::test]
async fn a_mail_is_known_again_by_what_survives_a_move() {
    let desk = Desk::new().await;
    desk.register.store_mails(&[new_mail(1), NewMail { size: 20, received_at: at(5), ..new_mail(2) }]).await.unwrap();
    let mut tx = desk.register.begin().await.unwrap();
    let decided = judged(1, &identity("a@x", "h"), Disposition::Complaint);
    tx.record(Some(&decided), &decision(vec![]), &[], at(6), &mut salt).await.unwrap();
    tx.commit().await.unwrap();
    let probe =
        |message_id: &str, minutes, size| Probe { message_id: message_id.into(), received_at: Some(at(minutes)), size };
    let cases = [
        (probe("a@x", 0, 9), true, "all agrees"),
        (probe("a@x", 0, 10), true, "the server states another size"),
        (probe("a@x", 7, 9), true, "the server states another receipt"),
        (Probe { received_at: None, ..probe("a@x", 0, 9) }, true, "the server states no receipt"),
        (probe("a@x", 7, 10), false, "another mail with its id"),
        (probe("b@x", 0, 9), false, "another mail of that second and size"),
        (probe("", 0, 9), false, "one without an id, where that one has an id"),
        (probe("c@x", 5, 20), true, "one that was never read, and has no id on file"),
        (probe("", 5, 20), true, "one that has no id"),
        (probe("", 5, 21), false, "one that has no id, and another size"),
    ];
    let probes: Vec<Probe> = cases.iter().map(|(probe, ..)| probe.clone()).collect();
    let found = desk.register.on_file(&Within::All, &probes).await.unwrap();
    for (place, (_, is_known, what)) in cases.iter().enumerate() {
        assert_eq!(found.contains(&place), *is_known, "{what}");
    }
}

#[tokio::test]
async fn what_is_missing_is_found_noted_once_and_its_numbers_are_kept_free() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    assert_eq!((desk.register.not_on_file().await.unwrap(), next_serial(&desk).await), (None, 3));
    let found = [missing(1, FiledBy::Ours), missing(2, FiledBy::Unmarked), missing(3, FiledBy::Others)];
    for (new, expected) in [(&found[..2], 2), (&found[..], 1), (&found[..], 0)] {
        assert_eq!(note(&desk, new).await, expected);
    }
    assert_eq!(next_serial(&desk).await, 6, "each may have had a number");
    let told = desk.register.not_on_file().await.unwrap().unwrap();
    assert_eq!((told.count, told.others, told.oldest, told.newest), (3, 1, at(1), at(3)));
    assert_eq!(told.named[0].subject, "deuk 1");

    let gone = ComparedFolder { mailbox: FOLDER, uid_validity: 1, next_uid: 9, gone: &[2], at: at(101) };
    let mut tx = desk.register.begin().await.unwrap();
    tx.note_compared(&gone).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(desk.register.compared_up_to(FOLDER, 1).await.unwrap(), Some(9));
    assert_eq!(desk.register.compared_up_to(FOLDER, 2).await.unwrap(), None, "its UIDs count anew");
    assert_eq!(desk.register.not_on_file().await.unwrap().unwrap().count, 2);
}

#[tokio::test]
async fn a_persons_word_takes_in_what_the_letter_told_of_and_nothing_of_another_register() {
    let desk = Desk::new().await;
    note(&desk, &[missing(1, FiledBy::Ours), missing(3, FiledBy::Others)]).await;
    let mut tx = desk.register.begin().await.unwrap();
    tx.told_not_on_file(&id("told"), &Within::All).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(desk.register.untold_not_on_file(&Within::All).await.unwrap(), None);
    note(&desk, &[missing(4, FiledBy::Unmarked)]).await;
    let asked = async |adopts: Adopts| {
        let event = Event { case: None, ..event(1, What::AdoptionAsked { adopts, mails: 1 }) };
        desk.record(vec![event], &[]).await.unwrap();
        let asked = desk.register.adopted_in(FOLDER).await.unwrap();
        asked.into_iter().map(|missing| missing.uid).collect::<Vec<_>>()
    };
    assert_eq!(asked(Adopts::ToldIn(id("another"))).await, Vec::<i64>::new());
    assert_eq!(asked(Adopts::ToldIn(id("told"))).await, [1]);
    assert_eq!(asked(Adopts::OwnAndUnmarked).await, [1, 4]);
    assert_eq!(asked(Adopts::OthersToo).await, [1, 3, 4]);
    desk.register.no_longer_missing(FOLDER, &[1, 3, 4]).await.unwrap();
    assert_eq!(desk.register.not_on_file().await.unwrap(), None);
    assert_eq!(desk.register.verify().await.unwrap().findings, []);
}

/// It names the register for good, and a backup of it has the same.
#[tokio::test]
async fn a_register_has_a_mark_of_its_own_and_a_day_on_which_it_began() {
    let (desk, other) = (Desk::new().await, Desk::new().await);
    let mark = desk.register.mark().await.unwrap();
    assert_ne!(mark, other.register.mark().await.unwrap());
    assert!(mark.len() >= 8 && mark.bytes().all(|byte| byte.is_ascii_alphanumeric()), "an atom of IMAP: {mark}");
    assert_eq!(desk.register.began_at(at(50)).await.unwrap(), at(50));
    assert_eq!(desk.register.began_at(at(90)).await.unwrap(), at(50));
    // One of an older version began with its first mail.
    other.register.store_mails(&[new_mail(1)]).await.unwrap();
    assert_eq!(other.register.began_at(at(50)).await.unwrap(), at(1));
    let again = Register::open(&desk.url).await.unwrap();
    assert_eq!(again.mark().await.unwrap(), mark);
}

/// A folder that keeps no marks, as of many mail servers: only what is decided on is moved, so a register that is lost had done so.
#[tokio::test]
async fn what_waits_here_and_lies_in_a_folder_without_marks_is_missing_and_not_decided_on_again() {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    let raw = b"From: jan@klant.example\r\nMessage-ID: <a@klant.example>\r\nSubject: deuk\r\n\r\nEen deuk.\r\n";
    let size = i64::try_from(raw.len()).unwrap();
    let waits = |uid| NewMail { raw: raw.to_vec(), size, received_at: at(2), ..new_mail(uid) };
    desk.register.store_mails(&[waits(1), NewMail { received_at: at(3), ..waits(2) }]).await.unwrap();
    let mut mailbox = Mailbox::open(&office.config.mailbox).await.unwrap();
    let filed = desk._dir.path().join("in/.Verwerkt/cur");
    std::fs::create_dir_all(&filed).unwrap();
    let filed = filed.join("een:2,S");
    std::fs::write(&filed, raw).unwrap();
    std::fs::File::options().write(true).open(&filed).unwrap().set_modified(at(2).into()).unwrap();
    office.clock.set(at(5));
    assert_eq!(compare(&office, &mut mailbox).await.unwrap(), 1);
    assert_eq!(desk.register.missing_in(FOLDER).await.unwrap().len(), 1);
    assert_eq!(desk.number("SELECT uid FROM mail").await, 2, "the one that is in the inbox still waits");
    assert_eq!(next_serial(&desk).await, 2, "it may have had a number");
}
