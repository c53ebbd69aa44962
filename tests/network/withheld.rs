//! Mails that a server has and does not give, on Dovecot with files it cannot open: by the clock and not by the number of
//! looks, never for good, and told to a person.

use crate::desk::Desk;
use crate::support::dovecot::USER;
use chrono::TimeDelta;
use klachtpost::daemon::take_in;
use klachtpost::desk::Within;
use klachtpost::mailbox::Mailbox;
use klachtpost::register::CaseQuery;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// The files of the inbox, in order.
fn files(desk: &Desk) -> Vec<PathBuf> {
    let parts = ["new", "cur"].map(|part| desk.dovecot.maildir(USER).join(part));
    let mut files: Vec<PathBuf> =
        parts.iter().flat_map(|part| std::fs::read_dir(part).unwrap().map(|entry| entry.unwrap().path())).collect();
    files.sort_by_key(|file| file.file_name().map(ToOwned::to_owned));
    files
}

fn set_mode(files: &[PathBuf], mode: u32) {
    for file in files {
        std::fs::set_permissions(file, Permissions::from_mode(mode)).unwrap();
    }
}

async fn look(desk: &Desk) {
    let mut mailbox = Mailbox::open(&desk.office.config.mailbox).await.unwrap();
    // Where it gives nothing at all, the first look may end at that.
    let _ = take_in(&desk.office, &mut mailbox).await;
    mailbox.close().await;
}

async fn cases(desk: &Desk) -> usize {
    desk.office.register.cases(CaseQuery::All).all().await.unwrap().len()
}

fn later(desk: &Desk, time: TimeDelta) {
    desk.clock.set(desk.clock.now() + time);
}

#[tokio::test]
async fn short_trouble_with_storage_makes_nothing_unreadable() {
    let desk = Desk::open().await;
    desk.deliver();
    desk.deliver();
    set_mode(&files(&desk), 0o000);
    // Many looks in a short time, as a server that sends news has us take.
    for _ in 0..12 {
        look(&desk).await;
        later(&desk, TimeDelta::seconds(3));
    }
    assert_eq!((cases(&desk).await, files(&desk).len()), (0, 4));
    set_mode(&files(&desk), 0o644);
    later(&desk, TimeDelta::minutes(1));
    look(&desk).await;
    assert_eq!((cases(&desk).await, files(&desk).len()), (4, 0));
    assert!(desk.dovecot.mails(USER, ".Onleesbaar").is_empty());
    assert_eq!(desk.dovecot.mails(USER, ".Verwerkt").len(), 4);
}

#[tokio::test]
async fn a_mail_that_was_given_up_is_registered_when_it_comes_after_all() {
    let desk = Desk::open().await;
    desk.deliver();
    let unreadable = files(&desk)[..1].to_vec();
    set_mode(&unreadable, 0o000);
    look(&desk).await;
    assert_eq!(cases(&desk).await, 1, "the other is registered at once");
    // Each hour, with a new mail beside it so that it is not the server's trouble.
    for _ in 0..8 {
        later(&desk, TimeDelta::hours(1));
        look(&desk).await;
    }
    let told = desk.office.register.untold_aside(&Within::All, 10).await.unwrap();
    assert_eq!(told.len(), 1, "a person hears of the one that cannot be had");
    assert_eq!(files(&desk).len(), 1, "it stays where it is");
    set_mode(&files(&desk), 0o644);
    later(&desk, TimeDelta::hours(2));
    look(&desk).await;
    assert_eq!((cases(&desk).await, files(&desk).len()), (2, 0), "and is a complaint like any other");
    assert_eq!(desk.dovecot.mails(USER, ".Verwerkt").len(), 2);
    look(&desk).await;
    assert_eq!(cases(&desk).await, 2);
}
