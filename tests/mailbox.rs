//! The mailbox room on real servers: everything that is in the folder comes in, whole and in order; what is filed away
//! is where people look for it; nobody unproven is talked to; and every fault ends in time, with a clear error.

// So that helpers outside the test functions count as tests for the lints too.
#![cfg(test)]

#[path = "mailbox/connecting.rs"]
mod connecting;
#[path = "mailbox/dialects.rs"]
mod dialects;
#[path = "mailbox/faults.rs"]
mod faults;
#[path = "mailbox/filing.rs"]
mod filing;
#[path = "mailbox/reading.rs"]
mod reading;
mod support;
#[path = "mailbox/trial.rs"]
mod trial;

use klachtpost::mailbox::{Entry, Fetched, Folder, Mailbox, Uid};

/// A small mail with CR LF line ends.
fn mail(subject: &str) -> Vec<u8> {
    format!("From: klant@example.org\r\nTo: klachten@example.com\r\nSubject: {subject}\r\n\r\nTekst.\r\n").into_bytes()
}

/// All mails of a listing, whole.
async fn fetch_all(mailbox: &mut Mailbox, entries: &[Entry]) -> Vec<Vec<u8>> {
    let fetched = mailbox.fetch_many(entries, 1_000_000).await.unwrap();
    let uids: Vec<Uid> = fetched.iter().map(|(uid, _)| *uid).collect();
    assert_eq!(uids, entries.iter().map(|entry| entry.uid).collect::<Vec<_>>());
    let whole = fetched.into_iter().map(|(uid, fetched)| match fetched {
        Fetched::Whole(bytes) => bytes,
        other => panic!("{uid:?} came as {other:?}"),
    });
    whole.collect()
}

/// What is in the inbox now.
async fn inbox(mailbox: &mut Mailbox) -> Vec<Entry> {
    mailbox.list(Folder::Inbox).await.unwrap().entries
}
