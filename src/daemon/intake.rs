//! One step of taking in: what the mailbox lists and the register does not know is fetched and put on file, decided
//! on, and only then moved out of the inbox (invariant 1). Every UID counts, seen or not.

use super::deciding::decide_batch;
use super::office::Office;
use super::{Step, WorkError};
use crate::config;
use crate::desk::Disposition;
use crate::mailbox::{Destination, Entry, Fetched, Folder, Listing, Mailbox, Uid};
use crate::register::{Known, NewMail};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Mails fetched and put on file at a time.
const BATCH: usize = 100;
/// Bytes fetched at a time: bounds the memory; one mail may be larger.
const BATCH_BYTES: u64 = 32 * 1024 * 1024;

/// Takes in everything the mailbox holds now.
///
/// # Errors
/// The mailbox or the register failed; what was on file by then stays on file.
pub async fn take_in(office: &Arc<Office>, mailbox: &mut Mailbox) -> Result<Step, WorkError> {
    let mut step = Step::Idle;
    while !office.stop.is_cancelled() && decide_batch(office).await? == Step::Worked {
        step = Step::Worked;
    }
    for folder in mailbox.folders() {
        let listing = mailbox.list(*folder).await?;
        if take_in_folder(office, mailbox, *folder, &listing).await? == Step::Worked {
            step = Step::Worked;
        }
    }
    Ok(step)
}

async fn take_in_folder(
    office: &Arc<Office>,
    mailbox: &mut Mailbox,
    folder: Folder,
    listing: &Listing,
) -> Result<Step, WorkError> {
    let mut step = Step::Idle;
    for batch in batches(&listing.entries) {
        // Asked to stop: what is on file stays, what is not stays in the mailbox.
        if office.stop.is_cancelled() {
            break;
        }
        let known = known(office, folder, listing.uid_validity, batch).await?;
        let new: Vec<Entry> = batch.iter().filter(|e| !known.contains_key(&e.uid.0)).copied().collect();
        if !new.is_empty() {
            let mails = fetch(office, mailbox, folder, listing.uid_validity, &new).await?;
            office.register.store_mails(&mails).await?;
            step = Step::Worked;
        }
        while decide_batch(office).await? == Step::Worked {}
        if folder == Folder::Inbox {
            file_away(office, mailbox, listing.uid_validity, batch).await?;
        }
    }
    Ok(step)
}

/// Runs of entries, each bounded in number and bytes.
fn batches(entries: &[Entry]) -> Vec<&[Entry]> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, entry) in entries.iter().enumerate() {
        // A size nobody states may be any.
        let size = entry.size.unwrap_or(BATCH_BYTES);
        if at > start && (at - start >= BATCH || bytes + size > BATCH_BYTES) {
            batches.push(&entries[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    if start < entries.len() {
        batches.push(&entries[start..]);
    }
    batches
}

async fn known(
    office: &Office,
    folder: Folder,
    uid_validity: i64,
    batch: &[Entry],
) -> Result<HashMap<i64, Known>, WorkError> {
    let uids = || batch.iter().map(|entry| entry.uid.0);
    let (first, last) = (uids().min().unwrap_or(0), uids().max().unwrap_or(0));
    let name = folder_name(&office.config.mailbox, folder);
    Ok(office.register.known_uids(&name, uid_validity, first, last).await?)
}

/// The name a folder's mails are on file under: two folders may share a UIDVALIDITY.
fn folder_name(settings: &config::Mailbox, folder: Folder) -> String {
    match folder {
        Folder::Inbox => settings.name.clone(),
        Folder::Junk => format!("{}/{}", settings.name, settings.junk),
    }
}

async fn fetch(
    office: &Office,
    mailbox: &mut Mailbox,
    folder: Folder,
    uid_validity: i64,
    entries: &[Entry],
) -> Result<Vec<NewMail>, WorkError> {
    let settings = &office.config.mailbox;
    let by_uid: HashMap<Uid, &Entry> = entries.iter().map(|entry| (entry.uid, entry)).collect();
    let now = office.clock.now();
    let mut mails = Vec::with_capacity(entries.len());
    for (uid, fetched) in mailbox.fetch_many(entries, settings.max_message_bytes).await? {
        let Some(entry) = by_uid.get(&uid) else { continue };
        let (raw, whole, size) = match fetched {
            Fetched::Whole(raw) => (raw, true, entry.size),
            Fetched::Slice { headers_and_start, size } => (headers_and_start, false, size.or(entry.size)),
            Fetched::Vanished => continue,
            Fetched::Withheld { reason } => {
                tracing::warn!(mail.uid = uid.0, %reason, "the mail server does not give this mail; it is tried again");
                continue;
            }
        };
        mails.push(NewMail {
            mailbox: folder_name(settings, folder),
            uid_validity,
            uid: uid.0,
            from_junk: folder == Folder::Junk,
            received_at: received_at(entry, &raw, now),
            fetched_at: now,
            size: i64::try_from(size.unwrap_or(raw.len() as u64)).unwrap_or(i64::MAX),
            whole,
            raw,
        });
    }
    Ok(mails)
}

/// INTERNALDATE; missing: our own server's Received; else the poll. Never later than now (invariant 9).
fn received_at(entry: &Entry, raw: &[u8], now: crate::case::Moment) -> crate::case::Moment {
    let stated = entry.received_at.or_else(|| crate::mail::topmost_received(raw));
    stated.filter(|at| *at <= now).unwrap_or(now)
}

/// Moves what has been decided on to the folder that shows what it was.
async fn file_away(
    office: &Office,
    mailbox: &mut Mailbox,
    uid_validity: i64,
    batch: &[Entry],
) -> Result<(), WorkError> {
    let known = known(office, Folder::Inbox, uid_validity, batch).await?;
    let mut by_destination: BTreeMap<u8, (Destination, Vec<Uid>)> = BTreeMap::new();
    for entry in batch.iter().filter(|entry| !entry.marked_done) {
        let Some(Known::Decided(disposition)) = known.get(&entry.uid.0) else { continue };
        let (order, destination) = match disposition {
            Disposition::SetAside => (1, Destination::SetAside),
            Disposition::Unreadable => (2, Destination::Unreadable),
            _ => (0, Destination::Processed),
        };
        by_destination.entry(order).or_insert((destination, Vec::new())).1.push(entry.uid);
    }
    for (destination, uids) in by_destination.into_values() {
        let gone = mailbox.file_away(&uids, destination).await?;
        let gone: Vec<i64> = gone.iter().map(|uid| uid.0).collect();
        office.register.mark_moved(&folder_name(&office.config.mailbox, Folder::Inbox), uid_validity, &gone).await?;
    }
    Ok(())
}
