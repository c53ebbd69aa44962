//! The mail balance on a real Dovecot and a real register (invariant 1): what the server gave out is what is on file, waits,
//! or vanished before it was read; a mail that nobody accounts for shows.

use super::support::dovecot::{Dovecot, PASSWORD, USER};
use super::*;
use klachtpost::daemon::{day_of_mail, take_in};
use klachtpost::digest::Balance;
use klachtpost::mailbox::{Destination, Folder, Mailbox};
use klachtpost::register::{DealtWith, Numbering};

fn complaint(number: u32) -> Vec<u8> {
    format!(
        "From: jan@klant.example\r\nTo: klachten@lease.example\r\nMessage-ID: <{number}@klant.example>\r\n\
         Subject: Klacht {number}\r\n\r\nMijn auto is kapot, al de {number}e keer.\r\n"
    )
    .into_bytes()
}

async fn office_on(desk: &Desk, dovecot: &Dovecot) -> Arc<Office> {
    let mailbox = format!(
        "kind = \"imap\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nusername = \"{USER}\"\npassword = \"{PASSWORD}\"",
        dovecot.imap_port
    );
    office(desk, &mailbox, &maildir(desk, "out")).await
}

/// A poll at that minute.
async fn poll(office: &Arc<Office>, minute: i64) {
    office.clock.set(at(minute));
    let mut mailbox = Mailbox::open(&office.config.mailbox).await.unwrap();
    take_in(office, &mut mailbox).await.unwrap();
    mailbox.close().await;
}

/// The balance of what was dealt with after that minute.
async fn since(office: &Office, minute: i64) -> Balance {
    let day = day_of_mail(office, at(minute), at(1_000_000)).await.unwrap();
    assert_eq!(day.total().difference() == 0, day.adds_up());
    day.total()
}

/// Somebody takes the newest mail out of the inbox before we look.
async fn expunge_newest(dovecot: &Dovecot) {
    let mut colleague = Mailbox::open(&dovecot.settings()).await.unwrap();
    let newest = colleague.list(Folder::Inbox).await.unwrap().entries.last().unwrap().uid;
    assert_eq!(colleague.file_away(&[newest], Destination::Processed).await.unwrap(), [newest]);
    colleague.close().await;
}

#[tokio::test]
async fn what_vanished_between_two_polls_is_counted_and_the_difference_is_0() {
    let (desk, dovecot) = (Desk::new().await, Dovecot::start());
    let office = office_on(&desk, &dovecot).await;
    poll(&office, 0).await;
    dovecot.deliver(USER, &complaint(1));
    dovecot.deliver(USER, &complaint(2));
    poll(&office, 1).await;
    let first = since(&office, 0).await;
    assert_eq!((first.given_out, first.complaints, first.vanished, first.difference()), (2, 2, 0, 0));

    dovecot.deliver(USER, &complaint(3));
    dovecot.deliver(USER, &complaint(4));
    expunge_newest(&dovecot).await;
    poll(&office, 2).await;
    let second = since(&office, 1).await;
    assert_eq!((second.given_out, second.complaints, second.vanished, second.difference()), (2, 1, 1, 0));
    // Also where nothing is left to list.
    dovecot.deliver(USER, &complaint(5));
    expunge_newest(&dovecot).await;
    poll(&office, 3).await;
    let third = since(&office, 2).await;
    assert_eq!((third.given_out, third.vanished, third.difference()), (1, 1, 0));
    poll(&office, 4).await;
    assert_eq!(since(&office, 3).await, Balance::default(), "a poll without news notes nothing");
    assert_eq!(since(&office, 0).await.given_out, 5);
}

#[tokio::test]
async fn another_uidvalidity_starts_anew() {
    let (desk, dovecot) = (Desk::new().await, Dovecot::start());
    let office = office_on(&desk, &dovecot).await;
    dovecot.deliver(USER, &complaint(1));
    poll(&office, 1).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await; // UIDVALIDITY counts seconds.
    dovecot.wipe(USER);
    for number in [1, 2, 3] {
        dovecot.deliver(USER, &complaint(number));
    }
    // Taken out before we ever saw it: the folder is new to us, and what was in it before is not counted.
    expunge_newest(&dovecot).await;
    poll(&office, 2).await;
    let after = since(&office, 1).await;
    assert_eq!((after.given_out, after.complaints, after.duplicates, after.difference()), (2, 1, 1, 0));
}

#[tokio::test]
async fn a_mail_that_nobody_accounts_for_makes_a_difference() {
    let (desk, dovecot) = (Desk::new().await, Dovecot::start());
    let office = office_on(&desk, &dovecot).await;
    dovecot.deliver(USER, &complaint(1));
    dovecot.deliver(USER, &complaint(2));
    poll(&office, 1).await;
    desk.by_hand("PRAGMA foreign_keys = OFF; DELETE FROM mail_raw WHERE mail_id = 2; DELETE FROM mail WHERE id = 2")
        .await;
    let balance = since(&office, 0).await;
    assert_eq!((balance.given_out, balance.complaints, balance.difference()), (2, 1, 1));
    assert!(!day_of_mail(&office, at(0), at(5)).await.unwrap().adds_up());
}

fn dealt<'a>(next: i64, listed: &'a [i64], vanished: &'a [i64], minute: i64) -> DealtWith<'a> {
    let numbering = Numbering::Ascending { next };
    DealtWith { mailbox: "klachten", uid_validity: 1, numbering, listed, vanished, at: at(minute) }
}

async fn counted(desk: &Desk, after: i64) -> (u64, u64, u64, u64) {
    let count = desk.register.balance(at(after), at(1_000_000)).await.unwrap().pop().unwrap_or_default();
    let waiting = count.mails.get(&None).copied().unwrap_or_default();
    (count.given_out, count.mails.values().sum::<u64>() - waiting, waiting, count.vanished)
}

#[tokio::test]
async fn what_a_killed_run_put_on_file_is_noted_by_the_next() {
    let desk = Desk::new().await;
    desk.register.store_mails(&[new_mail(4), new_mail(5)]).await.unwrap();
    // On file and moved; then the process died. The inbox is empty now.
    desk.register.deal_with(&dealt(6, &[], &[], 1)).await.unwrap();
    assert_eq!(counted(&desk, 0).await, (2, 0, 2, 0));
    desk.register.store_mails(&[new_mail(6), new_mail(8)]).await.unwrap();
    desk.register.deal_with(&dealt(9, &[8], &[], 2)).await.unwrap();
    assert_eq!(counted(&desk, 1).await, (3, 0, 2, 1));
    desk.register.deal_with(&dealt(9, &[8], &[], 3)).await.unwrap();
    assert_eq!(counted(&desk, 2).await, (0, 0, 0, 0));
}

#[tokio::test]
async fn a_mail_that_the_server_withholds_waits_and_may_still_vanish() {
    let desk = Desk::new().await;
    desk.register.store_mails(&[new_mail(1)]).await.unwrap();
    desk.register.count_withheld("klachten", 1, &[(2, "NO".into()), (3, "NO".into())]).await.unwrap();
    desk.register.deal_with(&dealt(4, &[1, 2, 3], &[], 1)).await.unwrap();
    assert_eq!(counted(&desk, 0).await, (3, 0, 3, 0));
    desk.register.store_mails(&[new_mail(2)]).await.unwrap();
    desk.register.deal_with(&dealt(4, &[], &[], 2)).await.unwrap();
    assert_eq!(counted(&desk, 0).await, (3, 0, 2, 1), "one came after all, one is gone");
    assert_eq!(desk.number("SELECT count(*) FROM withheld").await, 0);
    // Listed, and gone when it was fetched.
    desk.register.deal_with(&dealt(5, &[4], &[4], 3)).await.unwrap();
    assert_eq!(counted(&desk, 2).await, (1, 0, 0, 1));
}

#[tokio::test]
async fn a_pipe_and_a_maildir_count_what_they_gave_once() {
    let desk = Desk::new().await;
    desk.register.store_mails(&[new_mail(70), new_mail(9)]).await.unwrap();
    let numbering = Numbering::Unordered;
    let both = DealtWith { numbering, ..dealt(0, &[70, 9], &[], 1) };
    desk.register.deal_with(&both).await.unwrap();
    desk.register.deal_with(&DealtWith { at: at(2), ..both }).await.unwrap();
    assert_eq!(counted(&desk, 0).await, (2, 0, 2, 0));
}

/// `check` tries filing away with a mail of its own: the UIDs it used up are nobody's, whoever looks first.
#[tokio::test]
async fn a_mail_of_our_own_is_on_neither_side() {
    let desk = Desk::new().await;
    let nothing = &[];
    // A folder that was never listed has no gap.
    desk.register.take_back("klachten", 1, &[1], at(0)).await.unwrap();
    desk.register.store_mails(&[new_mail(1), new_mail(2), new_mail(3)]).await.unwrap();
    desk.register.deal_with(&dealt(4, &[1, 2, 3], nothing, 1)).await.unwrap();
    assert_eq!(counted(&desk, 0).await, (3, 0, 3, 0));
    // Before a listing sees the gap.
    desk.register.take_back("klachten", 1, &[4, 5], at(2)).await.unwrap();
    desk.register.store_mails(&[new_mail(6)]).await.unwrap();
    desk.register.deal_with(&dealt(7, &[6], nothing, 3)).await.unwrap();
    assert_eq!(counted(&desk, 1).await, (1, 0, 1, 0));
    // After one saw it; the other that is gone was somebody's.
    desk.register.deal_with(&dealt(9, &[], nothing, 4)).await.unwrap();
    assert_eq!(counted(&desk, 3).await, (2, 0, 0, 2));
    desk.register.take_back("klachten", 1, &[7], at(5)).await.unwrap();
    assert_eq!(counted(&desk, 3).await, (1, 0, 0, 1));
}
