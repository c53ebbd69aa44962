//! Listing, fetching and being woken, on Dovecot.

use crate::support::dovecot::{Dovecot, USER};
use crate::{fetch_all, inbox, mail};
use klachtpost::config::Mailbox as Settings;
use klachtpost::mailbox::{Fetched, Folder, Mailbox, Uid, Woken};
use std::time::{Duration, Instant, SystemTime};

#[tokio::test]
async fn all_mails_come_in_order_with_the_servers_moment_of_receipt() {
    let dovecot = Dovecot::start();
    for number in 0..3u64 {
        let received = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 - number * 3_600);
        dovecot.deliver_at(USER, &mail(&number.to_string()), received);
    }
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    let listing = mailbox.list(Folder::Inbox).await.unwrap();
    let uids: Vec<_> = listing.entries.iter().map(|entry| entry.uid).collect();
    assert_eq!(uids, [Uid(1), Uid(2), Uid(3)]);
    assert_eq!(listing.uid_next, Some(4));
    assert!(listing.uid_validity > 1_600_000_000);
    let moments: Vec<_> = listing.entries.iter().map(|entry| entry.received_at.unwrap().timestamp()).collect();
    assert_eq!(moments, [1_700_000_000, 1_699_996_400, 1_699_992_800]);
    assert!(listing.entries.iter().all(|entry| entry.size == Some(mail("0").len() as u64) && !entry.marked_done));
    let mails = fetch_all(&mut mailbox, &listing.entries).await;
    assert_eq!(mails, [mail("0"), mail("1"), mail("2")]);
    mailbox.close().await;
    assert!(!dovecot.commands(USER).contains("BODY["), "a fetch without PEEK would mark mails as read");
}

#[tokio::test]
async fn an_empty_inbox_is_empty_and_a_new_mail_is_seen_on_the_same_connection() {
    let dovecot = Dovecot::start();
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    assert_eq!(inbox(&mut mailbox).await, []);
    dovecot.deliver(USER, &mail("later"));
    assert_eq!(inbox(&mut mailbox).await.len(), 1);
}

#[tokio::test]
async fn a_thousand_mails_come_in_fast() {
    let dovecot = Dovecot::start();
    let expected: Vec<Vec<u8>> = (0..1_000).map(|number| mail(&format!("klacht {number}"))).collect();
    for mail in &expected {
        dovecot.deliver(USER, mail);
    }
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    let entries = inbox(&mut mailbox).await;
    let started = Instant::now();
    let mails = fetch_all(&mut mailbox, &entries).await;
    let taken = started.elapsed();
    println!("1,000 mails fetched in {taken:?}");
    assert!(mails == expected, "not the mails that were delivered");
    // One by one it is 2,000 round trips; together it is five.
    let fetches = dovecot.commands(USER).matches("UID FETCH").count();
    assert!(fetches < 20, "{fetches} fetches");
    assert!(taken < Duration::from_secs(30), "{taken:?}");
}

#[tokio::test]
async fn of_a_mail_over_the_limit_only_the_start_comes() {
    let dovecot = Dovecot::start();
    let mut big = mail("groot");
    while big.len() < 5_000_000 {
        big.extend_from_slice(b"Een regel tekst van een bijlage die maar niet ophoudt en niet ophoudt.\r\n");
    }
    dovecot.deliver(USER, &big);
    dovecot.deliver(USER, &mail("klein"));
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    let entries = inbox(&mut mailbox).await;
    let fetched = mailbox.fetch_many(&entries, 2_000_000).await.unwrap();
    let [(uid, Fetched::Slice { headers_and_start, size }), (_, Fetched::Whole(small))] = fetched.as_slice() else {
        panic!("{} mails came", fetched.len())
    };
    assert_eq!(*uid, entries[0].uid);
    assert_eq!(*size, Some(big.len() as u64));
    assert_eq!(headers_and_start.len(), 1_048_576);
    assert!(big.starts_with(headers_and_start));
    assert_eq!(*small, mail("klein"));
    let whole = mailbox.fetch(entries[0].uid, 64_000_000).await.unwrap();
    assert!(whole == Fetched::Whole(big), "the slices do not add up to the mail");
}

#[tokio::test]
async fn slices_that_end_exactly_at_the_mails_end_are_the_whole_mail() {
    let dovecot = Dovecot::start();
    let mut exact = mail("precies");
    exact.resize(2 * 1_048_576 - 2, b'x');
    exact.extend_from_slice(b"\r\n");
    dovecot.deliver(USER, &exact);
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    let uid = inbox(&mut mailbox).await[0].uid;
    let size = exact.len() as u64;
    assert!(mailbox.fetch(uid, size).await.unwrap() == Fetched::Whole(exact));
    assert!(matches!(mailbox.fetch(uid, size - 1).await.unwrap(), Fetched::Slice { .. }));
}

#[tokio::test]
async fn a_mail_that_is_gone_is_vanished_and_the_others_come() {
    let dovecot = Dovecot::start();
    for subject in ["een", "twee", "drie"] {
        dovecot.deliver(USER, &mail(subject));
    }
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    let entries = inbox(&mut mailbox).await;
    let mut colleague = Mailbox::open(&dovecot.settings()).await.unwrap();
    let taken = [entries[1].uid];
    let destination = klachtpost::mailbox::Destination::SetAside;
    assert_eq!(colleague.file_away(&taken, destination).await.unwrap(), taken);
    let fetched = mailbox.fetch_many(&entries, 1_000).await.unwrap();
    let mails: Vec<_> = fetched.into_iter().map(|(_, mail)| mail).collect();
    assert_eq!(mails, [Fetched::Whole(mail("een")), Fetched::Vanished, Fetched::Whole(mail("drie"))]);
    assert_eq!(mailbox.fetch(Uid(4_000), 1_000).await.unwrap(), Fetched::Vanished);
}

#[tokio::test]
async fn a_new_mail_wakes_us_within_two_seconds() {
    let dovecot = Dovecot::start();
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    assert_eq!(inbox(&mut mailbox).await, []);
    assert_eq!(mailbox.wait(Duration::from_millis(100)).await.unwrap(), Woken::Timeout);
    let delivering = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        dovecot.deliver(USER, &mail("nieuw"));
        Instant::now()
    };
    let (woken, delivered) = tokio::join!(mailbox.wait(Duration::from_secs(30)), delivering);
    let latency = delivered.elapsed();
    println!("woken after {latency:?}");
    assert_eq!(woken.unwrap(), Woken::News);
    assert!(latency < Duration::from_secs(2), "{latency:?}");
    assert_eq!(inbox(&mut mailbox).await.len(), 1);
    assert_eq!(mailbox.wait(Duration::from_millis(100)).await.unwrap(), Woken::Timeout);
}

#[tokio::test]
async fn a_wait_that_is_dropped_leaves_the_connection_in_order() {
    let dovecot = Dovecot::start();
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    inbox(&mut mailbox).await;
    // From before the command is sent to the middle of it.
    for milliseconds in [0, 1, 5, 100] {
        let cut = tokio::time::timeout(Duration::from_millis(milliseconds), mailbox.wait(Duration::from_secs(60)));
        assert!(cut.await.is_err());
        dovecot.deliver(USER, &mail("tussendoor"));
        inbox(&mut mailbox).await;
    }
    assert_eq!(inbox(&mut mailbox).await.len(), 4);
}

#[tokio::test]
async fn without_idle_it_just_waits() {
    let dovecot = Dovecot::start();
    let settings = Settings { idle: false, ..dovecot.settings() };
    let mut mailbox = Mailbox::open(&settings).await.unwrap();
    inbox(&mut mailbox).await;
    assert_eq!(mailbox.wait(Duration::from_millis(200)).await.unwrap(), Woken::Timeout);
    assert!(!dovecot.commands(USER).contains("IDLE"));
}

#[tokio::test]
async fn the_junk_folder_is_watched_when_it_is_named() {
    let dovecot = Dovecot::start();
    let mut plain = Mailbox::open(&dovecot.settings()).await.unwrap();
    assert_eq!(plain.folders(), [Folder::Inbox]);
    assert!(plain.list(Folder::Junk).await.unwrap_err().to_string().contains("mailbox.junk"));
    let settings = Settings { junk: "Terzijde".into(), ..dovecot.settings() };
    let mut mailbox = Mailbox::open(&settings).await.unwrap();
    assert_eq!(mailbox.folders(), [Folder::Inbox, Folder::Junk]);
    dovecot.deliver(USER, &mail("spam?"));
    let uids: Vec<_> = inbox(&mut mailbox).await.iter().map(|entry| entry.uid).collect();
    mailbox.file_away(&uids, klachtpost::mailbox::Destination::SetAside).await.unwrap();
    let junk = mailbox.list(Folder::Junk).await.unwrap();
    assert_eq!(fetch_all(&mut mailbox, &junk.entries).await, [mail("spam?")]);
    assert_eq!(mailbox.wait(Duration::from_millis(100)).await.unwrap(), Woken::Timeout);
    mailbox.list(Folder::Junk).await.unwrap();
    dovecot.deliver(USER, &mail("in de inbox"));
    assert_eq!(mailbox.wait(Duration::from_secs(30)).await.unwrap(), Woken::News);
}

#[tokio::test]
async fn another_uidvalidity_is_told_after_a_restore() {
    let dovecot = Dovecot::start();
    dovecot.deliver(USER, &mail("voor"));
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    let before = mailbox.list(Folder::Inbox).await.unwrap();
    mailbox.close().await;
    // The server makes UIDVALIDITY from the second of creation.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    dovecot.wipe(USER);
    dovecot.deliver(USER, &mail("na"));
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    let after = mailbox.list(Folder::Inbox).await.unwrap();
    assert_eq!(after.entries[0].uid, before.entries[0].uid);
    assert_ne!(after.uid_validity, before.uid_validity);
}
