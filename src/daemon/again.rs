//! UIDs that a server gives out a second time. It may not (RFC 3501 §2.3.1.1), but a mailbox that is restored from a
//! backup does: it knows neither the mails that came after the backup nor the UIDs they had, and keeps its UIDVALIDITY.
//! Taken for the mail that is on file, the new one would be moved away unread (invariant 1).

use super::WorkError;
use super::office::Office;
use crate::config::MailboxKind;
use crate::mailbox::{Entry, Uid};
use crate::register::{OnFile, Text};
use std::collections::HashMap;

/// Bits of an IMAP UID; above them there is room for the second of receipt.
const UID_BITS: u32 = 32;
/// 31 bits of seconds keep the whole number positive.
const SECONDS: i64 = 0x7fff_ffff;

/// For the mails whose UID another one had: what they are on file under instead. The same mail gets the same number at
/// every look. Where this is wrong (a server that changes its mind about the moment of receipt), the mail is fetched
/// once more and found to be a duplicate by its content.
pub(super) async fn keys(
    office: &Office,
    folder: &str,
    uid_validity: i64,
    batch: &[Entry],
) -> Result<HashMap<Uid, i64>, WorkError> {
    let uids: Vec<i64> = batch.iter().map(|entry| entry.uid.0).collect();
    let known = office.register.known_uids(folder, uid_validity, &uids).await?;
    let others = batch.iter().filter_map(|entry| {
        let on_file = known.get(&entry.uid.0)?;
        Some((entry.uid, key(entry, on_file)?))
    });
    Ok(others.collect())
}

/// The UID of a mail that is on file under this number.
pub(super) fn uid(kind: MailboxKind, key: i64) -> i64 {
    match kind {
        MailboxKind::Imap => key & ((1 << UID_BITS) - 1),
        MailboxKind::Maildir => key,
    }
}

/// A number of its own for a mail that is not the one on file under its UID: received at another second, and either
/// that one has left the inbox, or this one has another size. And for one that is on file without its text because the
/// server did not give it: that may come yet.
fn key(entry: &Entry, on_file: &OnFile) -> Option<i64> {
    if on_file.text == Text::NeverGiven && !on_file.moved && entry.uid.0 >> UID_BITS == 0 {
        // Above all seconds of receipt.
        return Some((SECONDS << UID_BITS) | entry.uid.0);
    }
    let received = entry.received_at?.timestamp();
    let other_size = entry.size.is_some_and(|size| i64::try_from(size).is_ok_and(|size| size != on_file.size));
    let is_imap = entry.uid.0 >> UID_BITS == 0;
    let is_other = received != on_file.received_at.timestamp() && (on_file.moved || other_size);
    (is_imap && is_other).then_some(((received & SECONDS) << UID_BITS) | entry.uid.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Moment;
    use crate::register::Known;

    fn at(second: i64) -> Moment {
        Moment::from_timestamp(second, 0).unwrap()
    }

    fn entry(uid: i64, size: u64, second: i64) -> Entry {
        Entry { uid: Uid(uid), size: Some(size), received_at: Some(at(second)), marked_done: false }
    }

    #[test]
    fn another_mail_under_the_same_uid_has_a_number_of_its_own() {
        let left = OnFile { known: Known::Undecided, received_at: at(1_000), size: 10, moved: true, text: Text::There };
        let stays = OnFile { moved: false, ..left };
        for (entry, on_file, other) in [
            (entry(7, 10, 1_000), left, false),
            (entry(7, 10, 2_000), left, true),
            (entry(7, 10, 2_000), stays, false),
            (entry(7, 11, 2_000), stays, true),
            (entry(7, 11, 1_000), stays, false),
            (Entry { received_at: None, ..entry(7, 11, 0) }, left, false),
            // A Maildir's number is a hash, never given out again.
            (entry(1 << 40, 11, 2_000), left, false),
        ] {
            let expected = other.then_some((2_000 << 32) | 7);
            assert_eq!(key(&entry, &on_file), expected, "{entry:?} {on_file:?}");
            let own = expected.unwrap_or(entry.uid.0);
            let kind = if entry.uid.0 == 7 { MailboxKind::Imap } else { MailboxKind::Maildir };
            assert_eq!(uid(kind, own), entry.uid.0);
        }
    }
    #[test]
    fn a_mail_that_was_never_given_has_a_number_for_when_it_is() {
        let apart =
            OnFile { known: Known::Undecided, received_at: at(1_000), size: 10, moved: false, text: Text::NeverGiven };
        let own = key(&entry(7, 10, 1_000), &apart).unwrap();
        assert_eq!(uid(MailboxKind::Imap, own), 7);
        assert_eq!(key(&Entry { received_at: None, ..entry(7, 10, 0) }, &apart), Some(own));
        assert_eq!(key(&entry(7, 10, 1_000), &OnFile { text: Text::There, ..apart }), None);
    }
}
