//! A mailbox that is not the one it was: restored from a backup, so that the server gives out UIDs a second time; full,
//! so that nothing can be moved; without the folder for handled mail.

use crate::desk::Desk;
use crate::support::dovecot::USER;
use crate::support::proxy::Act;
use klachtpost::register::CaseQuery;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

fn mail(subject: &str) -> Vec<u8> {
    format!(
        "From: {subject} <{subject}@klant.example>\r\nTo: klachten@lease.example\r\nMessage-ID: <{subject}@klant.example>\r\n\
         Subject: {subject}\r\n\r\nEr zit een deuk in.\r\n"
    )
    .into_bytes()
}

async fn subjects(desk: &Desk) -> Vec<String> {
    let cases = desk.office.register.cases(CaseQuery::All).all().await.unwrap();
    let mut subjects: Vec<String> = cases.into_iter().map(|case| case.subject).collect();
    subjects.sort();
    subjects
}

/// The backup knows nothing of what came after it: its next UID is one that was given out already, under the same
/// UIDVALIDITY. The mail that gets it is a new mail (invariant 1), the old ones are still the old ones (invariant 2).
#[tokio::test]
async fn a_uid_that_is_given_out_again_is_another_mail() {
    let mut desk = Desk::open().await;
    let received = |seconds| SystemTime::now() - Duration::from_secs(seconds);
    desk.dovecot.deliver_at(USER, &mail("eerste"), received(5_000));
    desk.clean_round().await;
    desk.dovecot.deliver_at(USER, &mail("oude"), received(4_000));
    let maildir = desk.dovecot.maildir(USER);
    let backup = maildir.with_file_name("backup");
    // Somebody looks, so that the backup has given it a UID.
    assert_eq!(crate::support::imap_reader::inbox(desk.dovecot.imap_port, USER).len(), 1);
    copy(&maildir, &backup);
    desk.clean_round().await;
    desk.dovecot.deliver_at(USER, &mail("tweede"), received(3_000));
    desk.clean_round().await;
    assert_eq!(subjects(&desk).await, ["eerste", "oude", "tweede"]);

    desk.dovecot.stop();
    std::fs::remove_dir_all(&maildir).unwrap();
    copy(&backup, &maildir);
    desk.dovecot.restart();
    desk.dovecot.deliver_at(USER, &mail("derde"), received(2_000));
    let letters = desk.smtp.letters().len();
    for _ in 0..2 {
        desk.clean_round().await;
        assert_eq!(subjects(&desk).await, ["derde", "eerste", "oude", "tweede"]);
        assert_eq!(desk.smtp.letters().len(), letters + 2, "letters about the new one only");
    }
    assert!(desk.dovecot.mails(USER, "").is_empty());
}

#[tokio::test]
async fn mail_that_cannot_be_moved_is_handled_once_and_moved_later() {
    let desk = Desk::open().await;
    for (command, act) in [
        ("UID MOVE", Act::Say("TAG NO [OVERQUOTA] Quota exceeded\r\n")),
        ("UID MOVE", Act::Say("TAG NO [READ-ONLY] Mailbox is read-only\r\n")),
        ("UID MOVE", Act::Cut),
    ] {
        let what = format!("{act:?}");
        let (before, mails) = (desk.before().await, desk.deliver());
        desk.imap.always(command, act);
        for _ in 0..3 {
            desk.faulty_round_with(16).await;
            assert!(desk.imap.fired(), "{what}");
        }
        assert_eq!(desk.dovecot.mails(USER, "").len(), mails.len(), "{what}: they stay");
        desk.assert_sent(&before, crate::desk::Repeats::None, &what).await;
        desk.clean_round().await;
        desk.assert_registered(&before, &mails, &what).await;
        desk.assert_sent(&before, crate::desk::Repeats::None, &what).await;
    }
}

#[tokio::test]
async fn the_folder_for_handled_mail_that_vanishes_is_made_again_and_one_that_cannot_be_made_loses_nothing() {
    let desk = Desk::open().await;
    let first = desk.deliver();
    desk.clean_round().await;
    assert_eq!(first.len(), crate::desk::MAILS);
    let folder = desk.dovecot.maildir(USER).join(".Verwerkt");
    std::fs::remove_dir_all(&folder).unwrap();
    let (before, mails) = (desk.before().await, desk.deliver());
    desk.clean_round().await;
    desk.assert_registered(&before, &mails, "vanished").await;

    std::fs::remove_dir_all(&folder).unwrap();
    let (before, mails) = (desk.before().await, desk.deliver());
    desk.imap.always("CREATE", Act::Say("TAG NO [NOPERM] Permission denied\r\n"));
    desk.faulty_round_with(16).await;
    assert!(desk.imap.fired());
    desk.clean_round().await;
    desk.assert_registered(&before, &mails, "could not be made").await;
    desk.assert_sent(&before, crate::desk::Repeats::None, "could not be made").await;
}
