//! Filing away: what was decided on is moved out of the inbox, to the folder that shows what it was. It is on file: that a mail
//! cannot be moved stops nothing else.

use super::WorkError;
use super::hindered::Hindered;
use super::intake::{Place, folder_name, known};
use super::office::Office;
use crate::crash;
use crate::desk::Disposition;
use crate::mailbox::{Destination, Entry, Mailbox, MailboxError, Uid};
use crate::register::Known;
use std::collections::BTreeMap;

/// Moves in which a folder's mails are filed away, where they are many thousands.
const MOVES: usize = 100;
/// Mails of one move: what the slowest server does within its deadline.
const MOVED_MAX: usize = 1_000;

/// What becomes of a mail in the inbox that was decided on.
enum Goes {
    To(Destination),
    /// A test mail of our own: what is on file of it is enough.
    Away,
}

/// How many mails must have come together before they are moved: usually each batch is, at once. A server may walk over the
/// whole folder for each move (Dovecot does, on a Maildir), so where there are very many, it is walked over a hundred times
/// and not a thousand.
pub(super) fn moved_together(listed: usize) -> usize {
    (listed / MOVES).min(MOVED_MAX)
}

/// Moves what has been decided on to the folder that shows what it was.
pub(super) async fn file_away(
    office: &Office,
    mailbox: &mut Mailbox,
    place: Place<'_>,
    batch: &[Entry],
    hindered: &mut Hindered,
) -> Result<(), WorkError> {
    let known = known(office, place, batch).await?;
    let mut by_destination: BTreeMap<u8, (Goes, Vec<Uid>)> = BTreeMap::new();
    for entry in batch.iter().filter(|entry| !entry.marked_done) {
        let Some(Known::Decided(disposition)) = known.get(&place.key(entry.uid)).map(|on_file| on_file.known) else {
            continue;
        };
        let (order, destination) = match disposition {
            Disposition::SetAside => (1, Goes::To(Destination::SetAside)),
            Disposition::Unreadable => (2, Goes::To(Destination::Unreadable)),
            Disposition::RoundTrip => (3, Goes::Away),
            _ => (0, Goes::To(Destination::Processed)),
        };
        by_destination.entry(order).or_insert((destination, Vec::new())).1.push(entry.uid);
    }
    for (destination, uids) in by_destination.into_values() {
        crash::point("before moving mails");
        let moved = match destination {
            Goes::To(destination) => mailbox.file_away(&uids, destination).await,
            Goes::Away => mailbox.take_away(&uids, Destination::Processed).await,
        };
        let gone = match moved {
            Ok(gone) => gone,
            // On file and decided on: that it stays in the inbox (a full quota, say) stops nothing else.
            Err(error @ MailboxError::Server { .. }) => {
                hindered.moving = Some(error.to_string());
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        crash::point("after moving mails");
        if gone.len() < uids.len() {
            let left = uids.len() - gone.len();
            hindered.moving = Some(format!("the server was asked to move {} mails, and {left} stay", uids.len()));
        }
        let gone: Vec<i64> = gone.iter().map(|uid| place.key(*uid)).collect();
        office
            .register
            .mark_moved(&folder_name(&office.config.mailbox, place.folder), place.uid_validity, &gone)
            .await?;
        crash::point("after marking mails as moved");
    }
    Ok(())
}
